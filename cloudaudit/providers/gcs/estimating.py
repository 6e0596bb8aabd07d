"""What looking at the objects of Google buckets would take, from counts that Monitoring keeps; no object is asked for."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from math import ceil

from msgspec import Struct

from cloudaudit.clock import stamp
from cloudaudit.facts import Fact, Read, Unread
from cloudaudit.inventory.forecast import BucketEstimate, Estimate, Line
from cloudaudit.providers.gcs.collectors import projects
from cloudaudit.providers.gcs.collectors.buckets import UNKNOWN_REGION, BucketLine, list_buckets
from cloudaudit.providers.gcs.collectors.objects import PAGE_SIZE
from cloudaudit.providers.gcs.collectors.projects import Target
from cloudaudit.providers.gcs.connect import GcsOptions
from cloudaudit.providers.gcs.operations import LIST_OBJECTS, LIST_TIME_SERIES
from cloudaudit.providers.gcs.prices import price_of
from cloudaudit.providers.gcs.reader import CallFailed, Page, Reader, now
from cloudaudit.text import Text

COUNTED = "storage.googleapis.com/storage/object_count"
"""Objects by bucket and storage class, old versions included and soft-deleted ones not, sampled once a day.
https://cloud.google.com/monitoring/api/metrics_gcp_p_z"""

COUNTED_WITHIN = timedelta(days=2)
SECONDS_A_REQUEST = 0.3
"""For a page of 1,000 objects with their ACLs; an assumption, not a measurement."""

WHY = Text(en="a listing, 1,000 objects a request", ja="一覧の取得(1 リクエストあたり 1,000 オブジェクト)")
ASSUMED = Text(
    en="Assumed: objects as Monitoring counted them within the last two days (a bucket that it does not name counts as "
    f"empty), {SECONDS_A_REQUEST} s a request, requests charged by the bucket's own storage class. States of KMS keys are "
    "asked for besides, once each.",
    ja="前提: オブジェクト数は Monitoring の直近2日以内の値(値がないバケットは空とみなす)、"
    f"1 リクエスト {SECONDS_A_REQUEST} 秒、料金はバケットのストレージクラスによる。"
    "このほか、使用されている KMS の鍵ごとに1回、状態を照会します。",
)


class _Labels(Struct, frozen=True):
    labels: dict[str, str] = {}


class _Interval(Struct, frozen=True, rename="camel"):
    end_time: str


class _Value(Struct, frozen=True, rename="camel"):
    int64_value: str = ""
    double_value: float | None = None


class _Point(Struct, frozen=True):
    interval: _Interval
    value: _Value


class _Series(Struct, frozen=True):
    resource: _Labels
    points: tuple[_Point, ...] = ()


class _AllSeries(Struct, frozen=True, rename="camel"):
    time_series: tuple[_Series, ...] = ()
    next_page_token: str = ""


def read_counts(reader: Reader, project: str) -> Fact[Mapping[str, int]]:
    """Return how many objects each bucket of a project held when they were last counted; one call a project."""
    at = now()
    params = {
        "filter": f'metric.type="{COUNTED}" AND resource.type="gcs_bucket"',
        "interval.startTime": stamp(at - COUNTED_WITHIN),
        "interval.endTime": stamp(at),
    }
    try:
        answer = reader.pages(
            LIST_TIME_SERIES,
            (project,),
            _AllSeries,
            lambda told: Page(told.time_series, told.next_page_token),
            params=params,
        )
    except CallFailed as failure:
        return failure.unread
    counts: dict[str, int] = {}
    for series in answer.body:
        if series.points:
            name = series.resource.labels.get("bucket_name", "")
            newest = max(series.points, key=lambda point: point.interval.end_time).value
            # One series a storage class.
            counts[name] = counts.get(name, 0) + int(newest.int64_value or newest.double_value or 0)
    return Read(counts, answer.source)


def estimate(
    reader: Reader,
    targets: tuple[Target, ...],
    parent: str,
    *,
    chosen: tuple[tuple[str, ...], tuple[str, ...]],
    options: GcsOptions,
) -> Estimate:
    """Return what looking at the objects of all buckets would take.

    Args:
        reader: asks.
        targets: projects that were named.
        parent: folder or organisation whose projects are meant; empty without.
        chosen: names of buckets and of regions; empty for all.
        options: how many requests may be sent, and how fast.
    """
    buckets: list[BucketEstimate] = []
    unlisted: list[Unread] = []
    found = {target.number: target for target in targets}
    found.update((target.number, target) for target in _below(reader, parent, unlisted))
    for number in sorted(found):
        try:
            lines = [
                line
                for page in list_buckets(reader, found[number].project)
                for line in page.lines
                if _chosen(line, *chosen)
            ]
        except CallFailed as failure:
            unlisted.append(failure.unread)
            continue
        counts = read_counts(reader, found[number].project) if lines else None
        buckets += [_bucket(line, counts) for line in lines if counts is not None]
    return Estimate(
        buckets=tuple(buckets),
        unlisted=tuple(unlisted),
        assumed=ASSUMED,
        seconds_a_request=SECONDS_A_REQUEST,
        concurrency=options.concurrency,
        max_rps=options.max_rps,
        budget=options.objects.budget,
    )


def _below(reader: Reader, parent: str, unlisted: list[Unread]) -> Iterator[Target]:
    folders = [parent] if parent else []
    while folders:
        folder = folders.pop()
        try:
            yield from projects.list_projects(reader, folder)
            folders += projects.list_folders(reader, folder)
        except CallFailed as failure:
            unlisted.append(failure.unread)


def _chosen(line: BucketLine, names: tuple[str, ...], regions: tuple[str, ...]) -> bool:
    return (not names or line.name in names) and (not regions or line.region in {*regions, UNKNOWN_REGION})


def _bucket(line: BucketLine, counts: Fact[Mapping[str, int]]) -> BucketEstimate:
    if isinstance(counts, Unread):
        return BucketEstimate(name=line.name, objects=counts, lines=(), why=WHY)
    objects = counts.value.get(line.name, 0)
    price = price_of(str(line.told.get("storageClass")), str(line.told.get("locationType")))
    listing = Line(operation=LIST_OBJECTS.label, requests=max(1, ceil(objects / PAGE_SIZE)), price=price)
    return BucketEstimate(name=line.name, objects=Read(objects, counts.source), lines=(listing,), why=WHY)
