"""S3 Inventory and metadata tables: what tells of single objects, and how fresh it is."""

import re
from collections.abc import Iterable
from datetime import timedelta

from msgspec import Struct

from cloudaudit.clock import age_days, parse
from cloudaudit.facts import Fact, Read, Source, Unread
from cloudaudit.providers.aws.collectors.bucket_answers import Filter, Wire
from cloudaudit.providers.aws.model import InventoryReport
from cloudaudit.providers.aws.operations import GET_METADATA_TABLE, LIST_INVENTORIES, LIST_OBJECTS
from cloudaudit.providers.aws.reader import CallFailed, Limit, Page, Reader
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
FOLDER = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})T(?P<hour>\d{2})-(?P<minute>\d{2})Z")


class _InventoryBucket(Wire, frozen=True):
    bucket: str
    prefix: str = ""


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


def read_inventories(reader: Reader, region: str, where: dict[str, str]) -> Fact[tuple[InventoryReport, ...]]:
    """Read a bucket's inventories, and for those that could tell of encryption when the newest report came."""
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
        return failure.unread
    return Read(
        tuple(_inventory(reader, region, where["Bucket"], line, answer.source) for line in answer.body),
        answer.source,
    )


def _inventory(reader: Reader, region: str, bucket: str, line: _Inventory, listed: Source) -> InventoryReport:
    destination = line.destination.bucket
    name = destination.bucket.rpartition(":")[2]
    prefix = f"{destination.prefix}/" if destination.prefix else ""
    tells = line.is_enabled and line.filter.whole and ENCRYPTION_FIELD in line.optional_fields
    return InventoryReport(
        id=line.id,
        enabled=line.is_enabled,
        destination=name,
        frequency=line.schedule.frequency,
        fields=tuple(sorted(line.optional_fields)),
        whole_bucket=line.filter.whole,
        newest=_newest(reader, region, name, f"{prefix}{bucket}/{line.id}/", listed)
        if tells
        else Read(None, listed),
    )


def _newest(reader: Reader, region: str, destination: str, prefix: str, listed: Source) -> Fact[str | None]:
    """Return the date of the newest report: names of folders are read, never a report."""
    # Folders are named after their day and listed by name, so the older ones can be left out beforehand.
    since = (parse(listed.at) - timedelta(days=FRESH_DAYS)).date().isoformat()
    try:
        answer = reader.pages(
            LIST_OBJECTS,
            region,
            {"Bucket": destination, "Prefix": prefix, "Delimiter": "/", "StartAfter": f"{prefix}{since}"},
            _Objects,
            lambda body: Page(body.common_prefixes, body.next_continuation_token),
            "ContinuationToken",
            limit=MOST_FOLDERS,
        )
    except CallFailed as failure:
        return failure.unread
    return Read(
        _newest_folder(folder.prefix.removeprefix(prefix).strip("/") for folder in answer.body), answer.source
    )


def _newest_folder(names: Iterable[str]) -> str | None:
    """Return the newest of the folders named after a time, e.g. ``2026-11-20T01-00Z``; others hold data."""
    times = [
        f"{match['day']}T{match['hour']}:{match['minute']}:00Z"
        for name in names
        if (match := FOLDER.fullmatch(name))
    ]
    return max(times, default=None)


def read_metadata_table(
    reader: Reader,
    region: str,
    where: dict[str, str],
    inventories: Fact[tuple[InventoryReport, ...]],
    *,
    enforced: bool,
) -> Fact[str | None]:
    """Ask only where a table can answer: it has no ACLs, so they must be off, and no inventory may be there."""
    if isinstance(inventories, Unread):
        return inventories
    if not enforced or any(_suffices(report) for report in inventories.value):
        return Read(None, inventories.source)
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
