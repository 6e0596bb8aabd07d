"""S3 Inventory and metadata tables: what tells of single objects, and how fresh it is."""

import re
from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct

from cloudaudit.clock import age_days, parse
from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.providers.aws.collectors.bucket_answers import Filter, Wire
from cloudaudit.providers.aws.model import InventoryReport
from cloudaudit.providers.aws.operations import GET_METADATA_TABLE, LIST_INVENTORIES, LIST_OBJECTS
from cloudaudit.providers.aws.reader import Answer, CallFailed, Limit, Page, Reader
from cloudaudit.text import Text

FRESH_DAYS = 400
"""Reports older than this are not looked for, so that one page holds the folders of all the others."""
WEEKLY_DAYS = 8
"""A weekly inventory that came is at most this old; an older one makes the question of a table worth a call."""
MOST_FOLDERS = Limit(
    20,
    Text(
        en="too many folders where the inventory is delivered",
        ja="インベントリの配信先のフォルダーが多すぎます",
    ),
)
ENCRYPTION_FIELD = "EncryptionStatus"
"""The field without which an inventory says nothing of encryption, so that nobody asks how fresh it is."""
ACL_FIELD = "ObjectAccessControlList"
NO_CALL_LEFT = Text(
    en="not asked: the calls that one bucket may take were spent on other questions",
    ja="1 バケットあたりの呼び出し回数の上限に達したため、確認していません",
)
FOLDER = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})T(?P<hour>\d{2})-(?P<minute>\d{2})Z")


class _InventoryBucket(Wire, frozen=True):
    bucket: str
    prefix: str = ""
    account_id: str = ""

    @property
    def name(self) -> str:
        """The bucket's name, of its ARN."""
        return self.bucket.rpartition(":")[2]


class _InventoryDestination(Struct, frozen=True, rename={"bucket": "S3BucketDestination"}):
    bucket: _InventoryBucket


class _Schedule(Wire, frozen=True):
    frequency: str = ""


class _Inventory(Wire, frozen=True):
    id: str
    is_enabled: bool
    destination: _InventoryDestination
    schedule: _Schedule = _Schedule()
    optional_fields: tuple[str, ...] = ()
    filter: Filter = Filter()
    included_object_versions: str = ""

    def prefix(self, bucket: str) -> str:
        """Return what the names of all its files begin with."""
        below = f"{self.destination.bucket.prefix}/" if self.destination.bucket.prefix else ""
        return f"{below}{bucket}/{self.id}/"


class _Inventories(Wire, frozen=True):
    inventory_configuration_list: tuple[_Inventory, ...] = ()
    next_continuation_token: str = ""


class _TableResult(Wire, frozen=True):
    table_status: str = ""


class _MetadataResult(Wire, frozen=True):
    inventory_table_configuration_result: _TableResult = _TableResult()


class _Metadata(Wire, frozen=True):
    metadata_configuration_result: _MetadataResult


class _MetadataAnswer(Wire, frozen=True):
    get_bucket_metadata_configuration_result: _Metadata


class _Prefix(Wire, frozen=True):
    prefix: str = ""


class _Objects(Wire, frozen=True):
    common_prefixes: tuple[_Prefix, ...] = ()
    next_continuation_token: str = ""


class Told(Struct, frozen=True, kw_only=True):
    """What tells of the objects of a bucket; see ``Bucket`` for the members."""

    inventories: Fact[tuple[InventoryReport, ...]]
    metadata_table: Fact[str | None]


def read_told(reader: Reader, region: str, where: dict[str, str], *, enforced: bool, calls: int) -> Told:
    """Read a bucket's inventories and its metadata table.

    Args:
        reader: calls.
        region: of the bucket.
        where: the bucket, as a parameter.
        enforced: whether ACLs are off. Only there can a table answer, since it has none.
        calls: how many may be made after the listing of the inventories.
    """
    try:
        answer = reader.pages(
            LIST_INVENTORIES,
            region,
            where,
            _Inventories,
            lambda body: Page(body.inventory_configuration_list, body.next_continuation_token),
            "ContinuationToken",
        )
    except CallFailed as failure:
        return Told(inventories=failure.unread, metadata_table=failure.unread)
    # One is kept for the table, but not the only one: who set up an inventory looks for its reports there.
    most = max(calls - 1, min(calls, 1)) if enforced else calls
    asked = sorted((line for line in answer.body if _tells(line)), key=_promise)[: max(most, 0)]
    reports = tuple(
        _inventory(
            where["Bucket"], line, _delivered(reader, region, where["Bucket"], line, answer.source, asked)
        )
        for line in answer.body
    )
    return Told(
        inventories=Read(reports, answer.source),
        metadata_table=Read(None, answer.source)
        if not enforced or any(_suffices(report) for report in reports)
        else _metadata_table(reader, region, where)
        if calls > len(asked)
        else Unread(
            Cause.UNSUPPORTED, Source(GET_METADATA_TABLE.label, answer.source.at), detail=NO_CALL_LEFT
        ),
    )


def _tells(line: _Inventory) -> bool:
    return line.is_enabled and line.filter.whole and ENCRYPTION_FIELD in line.optional_fields


def _promise(line: _Inventory) -> tuple[bool, bool]:
    """Return the order in which inventories are looked for: what tells most, and most often, comes first."""
    return (ACL_FIELD not in line.optional_fields, line.schedule.frequency != "Daily")


def _delivered(
    reader: Reader, region: str, bucket: str, line: _Inventory, listed: Source, asked: Sequence[_Inventory]
) -> Fact[str | None]:
    if not _tells(line):
        return Read(None, listed)
    if line not in asked:
        return Unread(Cause.UNSUPPORTED, Source(LIST_OBJECTS.label, listed.at), detail=NO_CALL_LEFT)
    return _newest(reader, region, line.destination.bucket.name, line.prefix(bucket), listed)


def _inventory(bucket: str, line: _Inventory, newest: Fact[str | None]) -> InventoryReport:
    return InventoryReport(
        id=line.id,
        enabled=line.is_enabled,
        destination=line.destination.bucket.name,
        frequency=line.schedule.frequency,
        fields=tuple(sorted(line.optional_fields)),
        whole_bucket=line.filter.whole,
        newest=newest,
        prefix=line.prefix(bucket),
        versions=line.included_object_versions == "All",
        destination_account=line.destination.bucket.account_id,
    )


def _newest(reader: Reader, region: str, destination: str, prefix: str, listed: Source) -> Fact[str | None]:
    """Return the date of the newest report: names of folders are read, never a report."""
    try:
        answer = deliveries(reader, region, destination, prefix, listed.at)
    except CallFailed as failure:
        return failure.unread
    newest = max(answer.body, default=None)
    return Read(None if newest is None else delivered_at(newest), answer.source)


def deliveries(
    reader: Reader, region: str, destination: str, prefix: str, at: str
) -> Answer[tuple[str, ...]]:
    """Return the names of the folders of an inventory's deliveries, such as ``2026-11-20T01-00Z``; others hold data.

    Args:
        reader: calls.
        region: of the destination, which is that of the bucket.
        destination: name of the bucket that receives them.
        prefix: of the inventory.
        at: UTC time; what is older than ``FRESH_DAYS`` then is left out.

    Raises:
        CallFailed: the folders could not be listed.
    """
    # Folders are named after their day and listed by name, so the older ones can be left out beforehand.
    since = (parse(at) - timedelta(days=FRESH_DAYS)).date().isoformat()
    answer = reader.pages(
        LIST_OBJECTS,
        region,
        {"Bucket": destination, "Prefix": prefix, "Delimiter": "/", "StartAfter": f"{prefix}{since}"},
        _Objects,
        lambda body: Page(body.common_prefixes, body.next_continuation_token),
        "ContinuationToken",
        limit=MOST_FOLDERS,
    )
    names = (folder.prefix.removeprefix(prefix).strip("/") for folder in answer.body)
    return Answer(tuple(name for name in names if FOLDER.fullmatch(name)), answer.source)


def delivered_at(folder: str) -> str:
    """Return the UTC time that the name of a delivery's folder tells."""
    match = FOLDER.fullmatch(folder)
    if match is None:
        message = f"{folder!r} is no folder of a delivery"
        raise ValueError(message)
    return f"{match['day']}T{match['hour']}:{match['minute']}:00Z"


def best_report(inventories: Fact[tuple[InventoryReport, ...]]) -> InventoryReport | None:
    """Return the inventory of the whole bucket that tells most, and among those the one delivered last, if any came."""
    reports = inventories.value if isinstance(inventories, Read) else ()
    usable = [
        report
        for report in reports
        if report.enabled
        and report.whole_bucket
        and report.prefix
        and isinstance(report.newest, Read)
        and report.newest.value is not None
    ]
    return max(usable, key=_worth, default=None)


def _worth(report: InventoryReport) -> tuple[bool, bool, bool, str]:
    newest = report.newest.value if isinstance(report.newest, Read) else None
    return (ENCRYPTION_FIELD in report.fields, ACL_FIELD in report.fields, report.versions, newest or "")


def _metadata_table(reader: Reader, region: str, where: dict[str, str]) -> Fact[str | None]:
    return reader.fact(
        GET_METADATA_TABLE,
        region,
        where,
        _MetadataAnswer,
        lambda body: (
            body.get_bucket_metadata_configuration_result.metadata_configuration_result.inventory_table_configuration_result.table_status
            or None
        ),
        absent={"MetadataConfigurationNotFound": None, "NoSuchMetadataConfiguration": None},
    )


def _suffices(report: InventoryReport) -> bool:
    """Whether an inventory tells of encryption for the whole bucket and was delivered lately."""
    newest = report.newest.value if isinstance(report.newest, Read) else None
    return (
        report.enabled
        and report.whole_bucket
        and ENCRYPTION_FIELD in report.fields
        and newest is not None
        and age_days(newest, parse(report.newest.source.at)) <= WEEKLY_DAYS
    )
