"""What is asked of an inventory: one expression for all engines, written with ibis.

First one pass that counts, grouped by everything that a report tells apart; then, only where something was found, the
first offending keys. Both are bounded: the groups stream out of the engine, and the keys are cut to the first few inside
it, for one bucket by ORDER BY and LIMIT, which every engine answers with a heap of that size, and for several buckets in
one table by a row number over a window, for which DuckDB sorts all offenders, on disk where they are many.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from cloudaudit.clock import SECONDS_A_DAY, parse
from cloudaudit.inventory.errors import InventoryError
from cloudaudit.inventory.libraries import Expression, load
from cloudaudit.inventory.manifests import plain
from cloudaudit.inventory.source import Inventory, InventoryFiles, Provider
from cloudaudit.text import Text
from cloudaudit.visible import shortened, visible

S3_ENCRYPTS_ALL_SINCE = "2023-01-05T00:00:00Z"
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html"""

AGES = (0, 30, 90, 365, 1095)
"""Days. What is new, what a quarter's and a year's audit has not seen, and what outlives a usual retention of three years."""

NAMES: dict[Provider, dict[str, str]] = {
    "aws": {
        "bucket": "bucket",
        "key": "key",
        "versionid": "version",
        "islatest": "latest",
        "isdeletemarker": "marker",
        "size": "size",
        "lastmodifieddate": "modified",
        "encryptionstatus": "encryption",
        "kmskeyarn": "kms_key",
        "bucketkeystatus": "bucket_key",
        "isbucketkeyenabled": "bucket_key",
        "objectaccesscontrollist": "acl",
        "usermetadata": "metadata",
    },
    "gcs": {
        "bucket": "bucket",
        "name": "key",
        "generation": "version",
        "timedeleted": "deleted",
        "softdeletetime": "soft_deleted",
        "size": "size",
        "updated": "modified",
        "encryptiontype": "encryption",
        "kmskeyname": "kms_key",
    },
}
"""A column's name, as ``plain`` returns it, to ours.

S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html and, for S3 Metadata,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/metadata-tables-inventory-schema.html. Storage Insights:
https://cloud.google.com/storage/docs/insights/inventory-reports and, for its datasets,
https://cloud.google.com/storage/docs/insights/dataset-tables-and-schemas.
"""

JOURNAL = "recordtype"
"""A column that only S3 Metadata's journal has, which lists what happened and not what is there."""

GROUPS = ("marker", "old", "encryption", "kms_key", "bucket_key", "acl", "age")
CLIENT_FIELDS = ("x-amz-key", "x-amz-key-v2", "x-amz-cek-alg")
"""User metadata by which the AWS SDKs' encryption clients mark what they wrote."""


class Span(Struct, frozen=True):
    """One class of age, in days before the inventory; ``days_to`` is None for the oldest."""

    days_from: int
    days_to: int | None


class Question(Struct, frozen=True):
    """An inventory, ready to be asked.

    Attributes:
        rows: a table expression with the columns of ``fields``.
        fields: which of our names the inventory has.
        spans: the classes of age; the column ``age`` holds an index into them, or -1 where no time is told.
        one_bucket: whether all rows are of one.
    """

    rows: Expression
    fields: frozenset[str]
    spans: tuple[Span, ...]
    one_bucket: bool


def question(table: Expression, inventory: Inventory) -> Question:
    """Return an inventory's table under our own names, with old versions and ages worked out.

    Raises:
        InventoryError: the table is no inventory, or lacks a column that the manifest names.
    """
    names = _names(table, inventory)
    if "key" not in names or ("bucket" not in names and len(inventory.buckets) != 1):
        raise _another_schema("key" if "key" not in names else "bucket")
    columns = {ours: table[theirs] for ours, theirs in names.items()}
    if not (columns["key"].type().is_string() or columns["key"].type().is_binary()):
        raise _another_schema(names["key"])
    spans = _spans(inventory)
    made = {
        "bucket": _text(columns.get("bucket", load("ibis").literal(inventory.buckets[0]))),
        "key": columns["key"],
        **_told(columns, spans, parse(inventory.as_of)),
    }
    rows = table.select(**made)
    if not isinstance(inventory, InventoryFiles):
        rows = rows.filter(rows["bucket"].isin(inventory.buckets))
    if "soft_deleted" in made:
        rows = rows.filter(rows["soft_deleted"].isnull())
    return Question(rows, frozenset(made) - {"soft_deleted"}, spans, len(inventory.buckets) == 1)


def counts(asked: Question) -> Expression:
    """Return objects and bytes, grouped by bucket and by whatever of ``GROUPS`` the inventory tells."""
    rows = asked.rows
    sums = {"objects": rows.count()}
    if "size" in asked.fields:
        sums["bytes"] = rows["size"].sum()
    return rows.group_by(["bucket", *(name for name in GROUPS if name in asked.fields)]).aggregate(**sums)


def unencrypted(asked: Question, words: Sequence[str], first: int) -> Expression:
    """Return the first objects of each bucket whose encryption is one of these words."""
    return _first(asked, asked.rows["encryption"].isin(words), first, ())


def exposed(asked: Question, acls: Sequence[str], first: int) -> Expression:
    """Return the first objects of each bucket whose ACL is one of these, in the field's own text."""
    return _first(asked, asked.rows["acl"].isin(acls), first, ("acl",))


def _first(asked: Question, condition: Expression, first: int, also: tuple[str, ...]) -> Expression:
    ibis = load("ibis")
    rows = asked.rows.filter(condition)
    kept = [name for name in ("bucket", "key", "version", "old", "client", *also) if name in asked.fields]
    order = [rows[name] for name in ("key", "version") if name in asked.fields]
    if asked.one_bucket:
        return rows.order_by(order).limit(first).select(*kept)
    place = ibis.row_number().over(ibis.window(group_by=rows["bucket"], order_by=order))
    numbered = rows.select(*kept, place=place)
    return numbered.filter(numbered["place"] < first)


def _names(table: Expression, inventory: Inventory) -> dict[str, str]:
    theirs = {plain(name): name for name in table.columns}
    if JOURNAL in theirs:
        raise InventoryError(
            Text(
                en="The table is a journal of S3 Metadata, not its inventory table; name the table `inventory`.",
                ja="指定されたテーブルは S3 Metadata のジャーナルです。`inventory` テーブルを指定してください。",
            )
        )
    promised = inventory.columns if isinstance(inventory, InventoryFiles) else ()
    for name in promised:
        if plain(name) not in theirs:
            raise _another_schema(name)
    return {ours: theirs[name] for name, ours in NAMES[inventory.provider].items() if name in theirs}


def _another_schema(column: str) -> InventoryError:
    name = shortened(visible(column), 60)
    return InventoryError(
        Text(
            en=f"The inventory's files have another schema than its manifest: no column {name}; wait for the next delivery.",
            ja=f"インベントリのファイルに列 {name} がなく、マニフェストの定義と異なります。次回の配信を待ってください。",
        )
    )


def _told(columns: dict[str, Expression], spans: Sequence[Span], as_of: datetime) -> dict[str, Expression]:
    told: dict[str, Expression] = {}
    for name in ("encryption", "kms_key", "bucket_key", "acl"):
        if name in columns:
            told[name] = _text(columns[name])
    if "version" in columns:
        # An object that was written before versioning has none; where nulls go is each engine's own choice.
        told["version"] = _text(columns["version"]).fill_null("")
    if "size" in columns:
        told["size"] = _number(columns["size"])
    if "modified" in columns:
        told["age"] = _age(columns["modified"], spans, as_of)
    if "metadata" in columns and columns["metadata"].type().is_map():
        told["client"] = _client(columns["metadata"])
    return told | _lives(columns)


def _lives(columns: dict[str, Expression]) -> dict[str, Expression]:
    told: dict[str, Expression] = {}
    if "marker" in columns:
        told["marker"] = _truth(columns["marker"])
    if "latest" in columns:
        told["old"] = ~_truth(columns["latest"])
    elif "deleted" in columns:
        told["old"] = _present(columns["deleted"])
    if "soft_deleted" in columns:
        told["soft_deleted"] = columns["soft_deleted"]
    return told


def _client(column: Expression) -> Expression:
    ibis = load("ibis")
    return ibis.cases(*((column.contains(name), name) for name in CLIENT_FIELDS), else_="")


def _text(column: Expression) -> Expression:
    return column if column.type().is_string() else column.cast("string")


def _number(column: Expression) -> Expression:
    kind = column.type()
    if kind.is_integer():
        return column
    if kind.is_string():
        return column.nullif("").cast("int64")
    raise _another_schema("size")


def _truth(column: Expression) -> Expression:
    if not (column.type().is_boolean() or column.type().is_string()):
        raise _another_schema(column.get_name())
    if column.type().is_boolean():
        return column.fill_null(False)  # noqa: FBT003 - ibis takes it by place
    return (column.lower() == "true").fill_null(False)  # noqa: FBT003 - ibis takes it by place


def _present(column: Expression) -> Expression:
    return (column.nullif("") if column.type().is_string() else column).notnull()


def _spans(inventory: Inventory) -> tuple[Span, ...]:
    edges: set[int] = {*AGES}
    if inventory.provider == "aws":
        since = parse(inventory.as_of) - parse(S3_ENCRYPTS_ALL_SINCE)
        edges.add(max(0, int(since.total_seconds() // SECONDS_A_DAY)))
    starts = sorted(edges)
    return tuple(Span(start, end) for start, end in zip(starts, [*starts[1:], None], strict=True))


def _age(column: Expression, spans: Sequence[Span], as_of: datetime) -> Expression:
    """Return the index of the span: each but the oldest ends where an older one begins."""
    ibis = load("ibis")
    edges = [as_of - timedelta(days=span.days_to) for span in spans if span.days_to is not None]
    older = len(edges)
    unknown, younger = _comparison(column, edges)
    return ibis.cases((unknown, -1), *((test, index) for index, test in enumerate(younger)), else_=older)


def _comparison(column: Expression, edges: Iterable[datetime]) -> tuple[Expression, list[Expression]]:
    ibis = load("ibis")
    kind = column.type()
    if kind.is_string():
        # ISO 8601 sorts as text, and every engine reads it as a time in its own way.
        told = column.like("____-__-__T%").fill_null(False)  # noqa: FBT003 - ibis takes it by place
        return ~told, [column > edge.replace(tzinfo=None).isoformat(timespec="seconds") for edge in edges]
    if kind.is_integer():
        return column.isnull(), [column > int(edge.timestamp() * 1000) for edge in edges]
    if kind.is_timestamp():
        # A literal of the column's own type, so that no row is converted.
        naive = kind.timezone is None
        moments = [edge.replace(tzinfo=None) if naive else edge for edge in edges]
        return column.isnull(), [column > ibis.literal(moment, type=kind) for moment in moments]
    raise _another_schema("last_modified_date")
