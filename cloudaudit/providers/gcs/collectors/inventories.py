"""Storage Insights: the inventory reports of a project's buckets."""

from collections.abc import Mapping

from msgspec import Struct

from cloudaudit.facts import Fact, Read, Unread
from cloudaudit.providers.gcs.collectors.times import utc
from cloudaudit.providers.gcs.model import Delivery, InventoryReport
from cloudaudit.providers.gcs.operations import LIST_INVENTORIES, LIST_INVENTORY_REPORTS
from cloudaudit.providers.gcs.reader import Answer, CallFailed, Page, Reader


class _Date(Struct, frozen=True):
    year: int
    month: int
    day: int


class _Frequency(Struct, frozen=True, rename="camel"):
    frequency: str = ""
    end_date: _Date | None = None


class _Filters(Struct, frozen=True):
    bucket: str = ""


class _Destination(Struct, frozen=True, rename="camel"):
    bucket: str = ""
    destination_path: str = ""


class _Options(Struct, frozen=True, rename="camel"):
    metadata_fields: tuple[str, ...] = ()
    storage_filters: _Filters | None = None
    storage_destination_options: _Destination | None = None


class _Config(Struct, frozen=True, rename="camel"):
    name: str
    frequency_options: _Frequency | None = None
    object_metadata_report_options: _Options | None = None


class _Configs(Struct, frozen=True, rename="camel"):
    report_configs: tuple[_Config, ...] = ()
    next_page_token: str = ""


class _Outcome(Struct, frozen=True):
    code: int = 0


class _Report(Struct, frozen=True, rename="camel"):
    snapshot_time: str = ""
    status: _Outcome | None = None
    report_path_prefix: str = ""

    @property
    def ok(self) -> bool:
        """Whether it was made without an error."""
        return self.status is None or self.status.code == 0


class _Reports(Struct, frozen=True, rename="camel"):
    report_details: tuple[_Report, ...] = ()
    next_page_token: str = ""


def read_inventories(
    reader: Reader, project: str, location: str
) -> Fact[Mapping[str, tuple[InventoryReport, ...]]]:
    """Return a project's inventory reports of one location by the name of the bucket that they list.

    A report lies where its bucket lies, so the locations in use are all there are to ask.
    """
    try:
        configs = reader.pages(
            LIST_INVENTORIES,
            (project, location),
            _Configs,
            lambda told: Page(told.report_configs, told.next_page_token),
            params={"pageSize": "1000"},
        )
    except CallFailed as failure:
        return failure.unread
    found: dict[str, tuple[InventoryReport, ...]] = {}
    for config in configs.body:
        options = config.object_metadata_report_options
        if options is None or options.storage_filters is None:
            continue
        bucket = options.storage_filters.bucket
        found[bucket] = (*found.get(bucket, ()), _report(reader, config, options))
    return Read(found, configs.source)


def of_bucket(
    inventories: Fact[Mapping[str, tuple[InventoryReport, ...]]], name: str
) -> Fact[tuple[InventoryReport, ...]]:
    """Return those of one bucket."""
    if isinstance(inventories, Unread):
        return inventories
    return Read(inventories.value.get(name, ()), inventories.source)


def _report(reader: Reader, config: _Config, options: _Options) -> InventoryReport:
    frequency = config.frequency_options or _Frequency()
    end = frequency.end_date
    destination = options.storage_destination_options or _Destination()
    newest, ok, delivered = _newest(reader, config.name)
    return InventoryReport(
        name=config.name.rpartition("/")[2],
        frequency=frequency.frequency,
        fields=options.metadata_fields,
        destination=destination.bucket,
        path=destination.destination_path.strip("/"),
        ends_on=f"{end.year:04}-{end.month:02}-{end.day:02}" if end is not None else "",
        newest=newest,
        newest_ok=ok,
        delivered=delivered,
    )


def _newest(reader: Reader, name: str) -> tuple[Fact[str | None], Fact[bool | None], Fact[Delivery | None]]:
    """Return when the newest report was made, whether that went well, and the newest with which it did."""
    variables = tuple(name.split("/")[1::2])
    try:
        details: Answer[tuple[_Report, ...]] = reader.pages(
            LIST_INVENTORY_REPORTS,
            variables,
            _Reports,
            lambda told: Page(told.report_details, told.next_page_token),
            params={"pageSize": "1000"},
        )
    except CallFailed as failure:
        return failure.unread, failure.unread, failure.unread
    dated = [(utc(each.snapshot_time), each) for each in details.body if each.snapshot_time]
    if not dated:
        return Read(None, details.source), Read(None, details.source), Read(None, details.source)
    when, newest = max(dated, key=lambda pair: pair[0])
    good = [Delivery(at=at, prefix=each.report_path_prefix) for at, each in dated if each.ok]
    delivered = max(good, key=lambda delivery: delivery.at, default=None)
    return Read(when, details.source), Read(newest.ok, details.source), Read(delivered, details.source)
