"""CloudTrail: trails, what they log of S3, and changes of exposure in the last 90 days."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from msgspec import Struct

from cloudaudit.facts import Fact, Read, Source
from cloudaudit.providers.aws.model import DataEvents, ExposureEvent, Trail
from cloudaudit.providers.aws.operations import (
    DESCRIBE_TRAILS,
    GET_EVENT_SELECTORS,
    GET_TRAIL_STATUS,
    LOOKUP_EVENTS,
)
from cloudaudit.providers.aws.reader import CallFailed, Limit, Page, Reader, text_time
from cloudaudit.text import Text

EXPOSURE_EVENTS = (
    "DeleteAccountPublicAccessBlock",
    "DeleteBucketPublicAccessBlock",
    "PutAccountPublicAccessBlock",
    "PutBucketAcl",
    "PutBucketPolicy",
    "PutBucketPublicAccessBlock",
)
ALL_BUCKETS = frozenset(
    f"arn:{partition}:s3{tail}" for partition in ("aws", "aws-cn", "aws-us-gov") for tail in ("", ":::")
)
OBJECT_TYPE = "AWS::S3::Object"
KNOWN_FIELDS = frozenset({"eventCategory", "resources.type", "resources.ARN", "readOnly"})
PAGE_SIZE = 50
MOST_EVENTS = Limit(200, Text(en="too many events", ja="イベントが多すぎるため読み取れません"))
"""Ten thousand events of one name; CloudTrail answers two pages a second, and a run may not wait for ever."""


class TrailLine(
    Struct,
    frozen=True,
    rename={
        "name": "Name",
        "arn": "TrailARN",
        "home": "HomeRegion",
        "bucket": "S3BucketName",
        "multi_region": "IsMultiRegionTrail",
        "organization": "IsOrganizationTrail",
        "validation": "LogFileValidationEnabled",
        "kms_key": "KmsKeyId",
    },
):
    """One trail as DescribeTrails tells it."""

    name: str
    arn: str
    home: str
    bucket: str = ""
    multi_region: bool = False
    organization: bool = False
    validation: bool = False
    kms_key: str = ""


class _Trails(Struct, frozen=True):
    trailList: tuple[TrailLine, ...]  # noqa: N815 - the API's spelling


class _Status(Struct, frozen=True, rename="pascal"):
    is_logging: bool


class _DataResource(Struct, frozen=True, rename="pascal"):
    type: str
    values: tuple[str, ...] = ()


class _Selector(Struct, frozen=True, rename="pascal"):
    read_write_type: str = "All"
    include_management_events: bool = False
    data_resources: tuple[_DataResource, ...] = ()


class _FieldSelector(Struct, frozen=True, rename="pascal"):
    field: str
    equals: tuple[str, ...] = ()
    starts_with: tuple[str, ...] = ()
    ends_with: tuple[str, ...] = ()
    not_equals: tuple[str, ...] = ()
    not_starts_with: tuple[str, ...] = ()
    not_ends_with: tuple[str, ...] = ()


class _Advanced(Struct, frozen=True, rename="pascal"):
    field_selectors: tuple[_FieldSelector, ...] = ()


class Selectors(
    Struct,
    frozen=True,
    rename={
        "trail_arn": "TrailARN",
        "event_selectors": "EventSelectors",
        "advanced_event_selectors": "AdvancedEventSelectors",
    },
):
    """The answer of GetEventSelectors: basic or advanced ones."""

    trail_arn: str
    event_selectors: tuple[_Selector, ...] = ()
    advanced_event_selectors: tuple[_Advanced, ...] = ()


class _Event(Struct, frozen=True, rename="pascal"):
    event_name: str
    event_time: datetime
    cloud_trail_event: str = ""


class _Events(Struct, frozen=True, rename="pascal"):
    events: tuple[_Event, ...]
    next_token: str = ""


def list_trails(reader: Reader, region: str) -> tuple[TrailLine, ...]:
    """Return the trails that log in a region, shadows of trails from elsewhere included.

    Raises:
        CallFailed: the listing was not answered.
    """
    return reader.call(DESCRIBE_TRAILS, region, {"includeShadowTrails": True}, _Trails).body.trailList


def read_trail(reader: Reader, line: TrailLine, *, account: str) -> Trail:
    """Read whether a trail logs, and what."""
    where = {"TrailName": line.arn}
    logging: Fact[bool] = reader.fact(
        GET_TRAIL_STATUS, line.home, {"Name": line.arn}, _Status, lambda body: body.is_logging
    )
    selectors: Fact[Selectors] = reader.fact(
        GET_EVENT_SELECTORS, line.home, where, Selectors, lambda body: body
    )
    return Trail(
        id=line.arn,
        name=line.name,
        account=account,
        region=line.home,
        owner=line.arn.split(":")[4],
        multi_region=line.multi_region,
        organization=line.organization,
        log_file_validation=line.validation,
        bucket=line.bucket,
        kms_key=line.kms_key,
        logging=logging,
        management_events=Read(logs_management(selectors.value), selectors.source)
        if isinstance(selectors, Read)
        else selectors,
        data_events=Read(data_events(selectors.value), selectors.source)
        if isinstance(selectors, Read)
        else selectors,
    )


def logs_management(selectors: Selectors) -> bool:
    """Return whether management events are logged, reads and writes."""
    if any(
        item.include_management_events and item.read_write_type == "All" for item in selectors.event_selectors
    ):
        return True
    return any(_all_management(item.field_selectors) for item in selectors.advanced_event_selectors)


def _all_management(fields: Sequence[_FieldSelector]) -> bool:
    """Whether a selector logs management events but for some services' (KMS and RDS Data may be left out)."""
    management = any(field.field == "eventCategory" and "Management" in field.equals for field in fields)
    return management and all(
        field.field == "eventCategory" or (field.field == "eventSource" and not field.equals)
        for field in fields
    )


def data_events(selectors: Selectors) -> tuple[DataEvents, ...]:
    """Return which S3 objects are logged, selector by selector."""
    found: list[DataEvents] = []
    for item in selectors.event_selectors:
        arns = [arn for line in item.data_resources if line.type == OBJECT_TYPE for arn in line.values]
        if arns:
            found.append(
                DataEvents(
                    read=item.read_write_type in {"All", "ReadOnly"},
                    write=item.read_write_type in {"All", "WriteOnly"},
                    buckets=_everything_or(arns),
                )
            )
    found.extend(
        events for item in selectors.advanced_event_selectors if (events := _advanced(item.field_selectors))
    )
    return tuple(found)


def _everything_or(arns: Sequence[str]) -> tuple[str, ...]:
    return ("*",) if any(arn in ALL_BUCKETS for arn in arns) else tuple(sorted(arns))


def _advanced(fields: Sequence[_FieldSelector]) -> DataEvents | None:
    by_name = {field.field: field for field in fields}
    types = by_name.get("resources.type")
    if types is None or OBJECT_TYPE not in types.equals:
        return None
    read_only = by_name.get("readOnly")
    arn = by_name.get("resources.ARN")
    narrowed = bool(by_name.keys() - KNOWN_FIELDS) or (
        arn is not None and bool(arn.ends_with or arn.not_ends_with)
    )
    included = (*arn.equals, *arn.starts_with) if arn else ()
    return DataEvents(
        read=read_only is None or "true" in read_only.equals,
        write=read_only is None or "false" in read_only.equals,
        buckets=_everything_or(included) if included else ("*",),
        excluded=tuple(sorted((*arn.not_equals, *arn.not_starts_with))) if arn else (),
        partial=narrowed,
    )


def read_exposure_events(reader: Reader, region: str) -> Fact[tuple[ExposureEvent, ...]]:
    """Look up who changed a bucket's exposure when, newest first; one paged call an event name."""
    found: list[ExposureEvent] = []
    source = Source(LOOKUP_EVENTS.label)
    for name in EXPOSURE_EVENTS:
        try:
            answer = reader.pages(
                LOOKUP_EVENTS,
                region,
                {
                    "LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": name}],
                    "MaxResults": PAGE_SIZE,
                },
                _Events,
                lambda body: Page(body.events, body.next_token),
                "NextToken",
                limit=MOST_EVENTS,
            )
        except CallFailed as failure:
            return failure.unread
        source = answer.source
        found.extend(changes for event in answer.body if (changes := _exposure_event(event)))
    return Read(tuple(sorted(found, key=lambda event: (event.at, event.bucket), reverse=True)), source)


def _exposure_event(event: _Event) -> ExposureEvent | None:
    """Return the change that an event tells of; None for a call that was refused, since it changed nothing."""
    record = _record(event.cloud_trail_event)
    if record.get("errorCode"):
        return None
    return ExposureEvent(bucket=_bucket_of(record), event=event.event_name, at=text_time(event.event_time))


def _record(text: str) -> dict[str, Any]:
    """Return an event's own record; empty where it cannot be parsed, so that the event itself still counts."""
    try:
        body: Any = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", body) if isinstance(body, dict) else {}


def _bucket_of(record: dict[str, Any]) -> str:
    """Return the bucket that a record names; empty for one about the whole account."""
    parameters = record.get("requestParameters")
    name = cast("Any", parameters).get("bucketName") if isinstance(parameters, dict) else None
    return name if isinstance(name, str) else ""
