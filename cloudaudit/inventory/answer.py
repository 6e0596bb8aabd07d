"""From the rows that an engine returns to what is known of a bucket's objects. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.inventory.acl import openings
from cloudaudit.inventory.errors import InventoryError
from cloudaudit.inventory.libraries import load
from cloudaudit.inventory.model import (
    AgeCount,
    EncryptionCount,
    EncryptionState,
    Mode,
    Objects,
    Offender,
    PublicCount,
    Tally,
)
from cloudaudit.inventory.question import Question, Span
from cloudaudit.inventory.source import Inventory, InventoryFiles
from cloudaudit.text import Text
from cloudaudit.visible import shortened, visible

Row = Mapping[str, Any]

STATES: dict[str, EncryptionState] = {
    "NOT-SSE": EncryptionState.NONE,
    "SSE-S3": EncryptionState.SSE_S3,
    "SSE-KMS": EncryptionState.SSE_KMS,
    "DSSE-KMS": EncryptionState.DSSE_KMS,
    "SSE-C": EncryptionState.SSE_C,
    "SSE-FSX": EncryptionState.SSE_FSX,
    "GOOGLE_MANAGED_ENCRYPTION": EncryptionState.GOOGLE_DEFAULT,
    "CUSTOMER_MANAGED_ENCRYPTION": EncryptionState.CMEK,
    "CUSTOMER_SUPPLIED_ENCRYPTION": EncryptionState.CSEK,
}
NO_ENCRYPTION = tuple(word for word, state in STATES.items() if state is EncryptionState.NONE)
MOST_ACLS = 10_000
"""Different public ACLs that are remembered to find their objects' keys; whatever there are beyond is only counted."""
WHY = Text(en="a complete inventory exists", ja="完全なインベントリがあるため")
_FIELDS = {
    ("aws", "encryption"): "EncryptionStatus",
    ("aws", "acl"): "ObjectAccessControlList",
    ("aws", "modified"): "LastModifiedDate",
    ("gcs", "encryption"): "encryptionType",
    ("gcs", "acl"): "acl",
    ("gcs", "modified"): "updated",
}


class _Sum:
    """Objects and bytes, growing."""

    __slots__ = ("bytes", "objects")

    def __init__(self) -> None:
        self.objects = 0
        self.bytes = 0

    def add(self, objects: int, size: int) -> None:
        self.objects += objects
        self.bytes += size


class _Encryption(Struct, frozen=True, order=True):
    state: str
    key: str
    bucket_key: str
    old: bool | None


class _Bucket:
    """What was counted of one bucket so far."""

    def __init__(self) -> None:
        self.total = _Sum()
        self.markers = 0
        self.acls_unknown = 0
        self.encryption: defaultdict[tuple[tuple[str | None, ...], bool | None], _Sum] = defaultdict(_Sum)
        self.public: defaultdict[tuple[str, str, bool | None], _Sum] = defaultdict(_Sum)
        self.ages: defaultdict[tuple[int, bool | None], _Sum] = defaultdict(_Sum)


class Counted:
    """Adds up the groups of an inventory; memory grows with its buckets and their kinds of ACL, not with its rows."""

    def __init__(self, inventory: Inventory, asked: Question) -> None:
        self._inventory = inventory
        self._asked = asked
        self._buckets: dict[str, _Bucket] = {bucket: _Bucket() for bucket in inventory.buckets}
        self._rows = 0
        self._public_acls: defaultdict[str, int] = defaultdict(int)

    def add(self, batch: Any) -> None:  # noqa: ANN401 - Arrow ships no types
        """Add an Arrow record batch of groups that were counted.

        Raises:
            InventoryError: one is of a bucket that the inventory should not list.
        """
        told = _columns(batch)
        missing = [None] * batch.num_rows
        # Column by column, and in one loop: a table of thousands of buckets has tens of thousands of groups.
        for name, objects, size, marker, old, age, acl, *encryption in zip(
            *(
                told.get(name, missing)
                for name in (
                    *("bucket", "objects", "bytes", "marker", "old", "age", "acl"),
                    *("encryption", "kms_key", "bucket_key"),
                )
            ),
            strict=True,
        ):
            bucket = self._buckets.get(name or "")
            if bucket is None:
                raise _foreign(name or "")
            self._rows += objects
            if marker:
                bucket.markers += objects
            else:
                self._count(bucket, objects, int(size or 0), self._old(old), age, acl, tuple(encryption))

    def close(self) -> None:
        """Check that all rows were there.

        Raises:
            InventoryError: the manifest promises another number.
        """
        inventory = self._inventory
        if isinstance(inventory, InventoryFiles) and inventory.rows not in (None, self._rows):
            raise InventoryError(
                Text(
                    en=f"The inventory's manifest promises {inventory.rows} objects, and its files hold {self._rows}; "
                    "wait for the next delivery.",
                    ja=f"インベントリのマニフェストでは {inventory.rows} 件ですが、ファイルには {self._rows} 件しかありません。"
                    "次回の配信を待ってください。",
                )
            )

    @property
    def any_unencrypted(self) -> bool:
        """Whether there is an object without encryption."""
        return any(
            STATES.get(written[0] or "") is EncryptionState.NONE
            for bucket in self._buckets.values()
            for written, _ in bucket.encryption
        )

    @property
    def public_acls(self) -> list[str]:
        """The ACLs, as written, that open something to the public; the commonest first."""
        return sorted(self._public_acls, key=lambda acl: (-self._public_acls[acl], acl))

    def objects(
        self, unencrypted: Mapping[str, list[Offender]], exposed: Mapping[str, list[Offender]], engine: str
    ) -> dict[str, Objects]:
        """Return what is known of each bucket."""
        return {
            name: self._objects(
                bucket, tuple(unencrypted.get(name, ())), tuple(exposed.get(name, ())), engine
            )
            for name, bucket in self._buckets.items()
        }

    def _count(
        self,
        bucket: _Bucket,
        objects: int,
        size: int,
        old: bool | None,  # noqa: FBT001 - a column, not a switch
        age: int | None,
        acl: str | None,
        encryption: tuple[str | None, ...],
    ) -> None:
        fields = self._asked.fields
        bucket.total.add(objects, size)
        if age is not None:
            bucket.ages[age, old].add(objects, size)
        if "encryption" in fields:
            bucket.encryption[encryption, old].add(objects, size)
        if "acl" in fields:
            found = openings(acl)
            if found is None:
                bucket.acls_unknown += objects
            elif found and acl is not None:
                self._remember(acl, objects)
                for audience, right in found:
                    bucket.public[audience, right, old].add(objects, size)

    def _remember(self, written: str, objects: int) -> None:
        if written in self._public_acls or len(self._public_acls) < MOST_ACLS:
            self._public_acls[written] += objects

    def _old(self, told: bool | None) -> bool | None:  # noqa: FBT001 - a column, not a switch
        if "old" in self._asked.fields:
            return bool(told)
        return None if self._inventory.versions else False

    def _tally(self, counted: _Sum) -> Tally:
        return Tally(objects=counted.objects, bytes=counted.bytes if "size" in self._asked.fields else None)

    def _objects(
        self, bucket: _Bucket, unencrypted: tuple[Offender, ...], exposed: tuple[Offender, ...], engine: str
    ) -> Objects:
        source = Source(f"inventory:{engine}", self._inventory.as_of)
        return Objects(
            mode=Mode.INVENTORY,
            why=WHY,
            source=self._inventory.source,
            as_of=self._inventory.as_of,
            total=Read(self._tally(bucket.total), source),
            examined=bucket.total.objects,
            versions=self._inventory.versions,
            encryption=self._encryptions(bucket, source),
            public=self._publics(bucket, source),
            ages=self._ages(bucket, source),
            unencrypted=unencrypted,
            exposed=exposed,
            delete_markers=bucket.markers,
        )

    def _encryptions(self, bucket: _Bucket, source: Source) -> Fact[tuple[EncryptionCount, ...]]:
        if "encryption" not in self._asked.fields:
            return self._lacks("encryption", source)
        kinds: defaultdict[_Encryption, _Sum] = defaultdict(_Sum)
        for ((state, key, bucket_key), old), counted in bucket.encryption.items():
            known = STATES.get(state or "", EncryptionState.OTHER)
            kind = _Encryption(known, key or "", _bucket_key(bucket_key), old)
            kinds[kind].add(counted.objects, counted.bytes)
        return Read(
            tuple(
                EncryptionCount(
                    state=EncryptionState(kind.state),
                    tally=self._tally(counted),
                    key=kind.key,
                    key_told="kms_key" in self._asked.fields,
                    bucket_key=kind.bucket_key,
                    old=kind.old,
                )
                for kind, counted in sorted(
                    kinds.items(),
                    key=lambda item: (item[0].state, item[0].key, item[0].bucket_key, item[0].old is True),
                )
            ),
            source,
        )

    def _publics(self, bucket: _Bucket, source: Source) -> Fact[tuple[PublicCount, ...]]:
        if "acl" not in self._asked.fields:
            return self._lacks("acl", source)
        if bucket.acls_unknown and not bucket.public:
            return Unread(
                Cause.UNSUPPORTED,
                source,
                detail=Text(
                    en=f"the inventory does not tell the ACL of {bucket.acls_unknown} objects",
                    ja=f"{bucket.acls_unknown}個のオブジェクトの ACL がインベントリに記載されていません",
                ),
            )
        return Read(
            tuple(
                PublicCount(audience=audience, right=right, tally=self._tally(counted), old=old)
                for (audience, right, old), counted in sorted(
                    bucket.public.items(), key=lambda item: (item[0][0], item[0][1], item[0][2] is True)
                )
            ),
            source,
        )

    def _ages(self, bucket: _Bucket, source: Source) -> Fact[tuple[AgeCount, ...]]:
        if "age" not in self._asked.fields:
            return self._lacks("modified", source)
        return Read(
            tuple(
                _age_count(self._asked.spans[index], self._tally(counted), old)
                for (index, old), counted in sorted(
                    bucket.ages.items(), key=lambda item: (item[0][0], item[0][1] is True)
                )
                if index >= 0
            ),
            source,
        )

    def _lacks(self, what: str, source: Source) -> Unread:
        name = _FIELDS[self._inventory.provider, what]
        return Unread(
            Cause.UNSUPPORTED,
            source,
            detail=Text(
                en=f"the inventory has no field {name}", ja=f"インベントリに項目 {name} が含まれていません"
            ),
        )


def _age_count(span: Span, tally: Tally, old: bool | None) -> AgeCount:  # noqa: FBT001 - a column, not a switch
    return AgeCount(days_from=span.days_from, days_to=span.days_to, tally=tally, old=old)


def no_encryption(row: Row) -> str:  # noqa: ARG001 - one of two ways to name a row
    """Return what is wrong with a row of ``unencrypted``."""
    return EncryptionState.NONE.value


def opened(row: Row) -> str:
    """Return the gravest of what the ACL of a row of ``exposed`` opens: audience and right."""
    found = openings(text_or_none(row["acl"]))
    return " ".join(found[0]) if found else ""


def offenders(
    rows: Iterable[Row], inventory: Inventory, what: Callable[[Row], str]
) -> Iterator[tuple[str, bytes, Offender]]:
    """Yield bucket, raw key and object for what was found, in no order.

    Args:
        rows: of ``unencrypted`` or of ``exposed``.
        inventory: tells how keys are written.
        what: names what is wrong with a row.
    """
    encoded = (
        isinstance(inventory, InventoryFiles) and inventory.format == "csv" and inventory.csv.url_encoded_keys
    )
    for row in rows:
        key = raw(row["key"])
        if encoded:
            key = unquote_to_bytes(key.replace(b"+", b" "))
        current = row.get("old") is False or ("old" not in row and not inventory.versions)
        yield (
            text(row["bucket"]),
            key,
            Offender(
                key=key.decode("utf-8", "backslashreplace"),
                what=what(row),
                version="" if current else text(row.get("version")),
                client_encrypted=text(row.get("client")),
            ),
        )


def raw(value: str | bytes | None) -> bytes:
    """Return the bytes of a value, whatever the engine made of it."""
    return value if isinstance(value, bytes) else (value or "").encode("utf-8", "surrogatepass")


def text(value: str | bytes | None) -> str:
    r"""Return a value as text, undecodable bytes as ``\xNN``."""
    return raw(value).decode("utf-8", "backslashreplace")


def text_or_none(value: str | bytes | None) -> str | None:
    """Return the same, and None for what is not there."""
    return None if value is None else text(value)


def _columns(batch: Any) -> dict[str, list[Any]]:  # noqa: ANN401 - Arrow ships no types
    """Return the columns of a batch by name; a text that stands in many rows is decoded once."""
    return {name: _values(column) for name, column in zip(batch.schema.names, batch.columns, strict=True)}


def _values(column: Any) -> list[Any]:  # noqa: ANN401 - Arrow ships no types
    types = load("pyarrow").types
    if not (types.is_binary(column.type) or types.is_large_binary(column.type)):
        return list(column.to_pylist())
    encoded = column.dictionary_encode()
    words = [text_or_none(word) for word in encoded.dictionary.to_pylist()]
    return [None if place is None else words[place] for place in encoded.indices.to_pylist()]


def _bucket_key(value: str | None) -> str:
    told = (value or "").upper()
    return {"TRUE": "ENABLED", "FALSE": "DISABLED"}.get(told, told)


def _foreign(bucket: str) -> InventoryError:
    name = shortened(visible(bucket), 80)
    return InventoryError(
        Text(
            en=f"The inventory lists objects of another bucket ({name}) than its manifest says; it cannot be used.",
            ja=f"インベントリにマニフェストと異なるバケット({name})のオブジェクトが含まれているため、使用できません。",
        )
    )
