"""Listings without end are given up with a reason, and what the answers mean in detail."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from cloudaudit.facts import Cause
from cloudaudit.providers.aws.collectors import audit_trails, inventories
from cloudaudit.providers.aws.collectors.bucket_answers import Filter
from cloudaudit.providers.aws.model import Bucket, Region
from cloudaudit.providers.aws.reader import Limit
from cloudaudit.text import Text
from fakes.aws import Bucket as Pail
from fakes.aws import Estate
from fakes.aws.estate import Region as Place
from fakes.aws.estate import Rule

from .collected import ONE, World, record, said, unread, world_of

HOME = "ap-northeast-1"
HISTORY = "aws-s3-exposure-history"
INVENTORY: dict[str, Any] = {
    "Id": "all",
    "IsEnabled": True,
    "IncludedObjectVersions": "All",
    "Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::pail", "Format": "CSV"}},
    "OptionalFields": ["EncryptionStatus"],
    "Schedule": {"Frequency": "Daily"},
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_of(Estate(), tmp_path_factory.mktemp("scans")) as made:
        yield made


def delivered(world: World, *folders: str, **changes: Any) -> Any:
    objects = {f"pail/all/{folder}/manifest.json": "2026-01-15T02:00:00Z" for folder in folders}
    world.become(Estate(buckets=[Pail(name="pail", inventories=[INVENTORY], objects=objects)], **changes))
    (report,) = said(record(world.scan(ONE), Bucket).inventories)
    return report.newest


def test_old_reports_take_no_pages(world: World) -> None:
    old = [f"20{year:02}-{month:02}-01T01-00Z" for year in range(10, 25) for month in range(1, 13)]
    assert said(delivered(world, *old, "2026-01-15T01-00Z", page_size=50)) == "2026-01-15T01:00:00Z"
    assert world.asked("ListObjectsV2") == 1


def test_none_that_is_newer_than_what_is_looked_for_is_none(world: World) -> None:
    assert said(delivered(world, "2024-01-15T01-00Z", "data")) is None
    assert said(delivered(world, "2025-01-15T01-00Z")) == "2025-01-15T01:00:00Z"


def test_a_destination_with_too_many_folders_has_not_been_read(world: World) -> None:
    folders = [f"x{number:02}" for number in range(inventories.MOST_FOLDERS.pages + 1)]
    assert said(delivered(world, *folders[1:], page_size=1)) is None
    fact = unread(delivered(world, *folders, page_size=1))
    assert (fact.cause, fact.detail) == (Cause.UNSUPPORTED, inventories.MOST_FOLDERS.beyond)
    assert world.asked("ListObjectsV2") == inventories.MOST_FOLDERS.pages


def event(number: int, record: str = "{}") -> dict[str, Any]:
    return {
        "EventId": str(number),
        "EventName": "PutBucketPolicy",
        "EventTime": f"2026-01-{number + 1:02}T00:00:00Z",
        "CloudTrailEvent": record,
    }


def history(world: World, *events: dict[str, Any], **changes: Any) -> Any:
    regions = {HOME: Place(events=events)}
    world.become(
        Estate(buckets=[Pail(name="b")], regions=regions, region_states={HOME: "opted-in"}, **changes)
    )
    return record(world.scan(HISTORY), Region).exposure_events


def test_too_many_events_have_not_been_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert audit_trails.MOST_EVENTS.pages == 200
    few = Limit(2, Text(en="too many events", ja="多すぎます"))
    monkeypatch.setattr(audit_trails, "MOST_EVENTS", few)
    assert len(said(history(world, event(1), event(2), page_size=1))) == 2
    fact = unread(history(world, event(1), event(2), event(3), page_size=1))
    assert (fact.cause, fact.detail) == (Cause.UNSUPPORTED, few.beyond)


def test_a_call_that_was_refused_changed_nothing(world: World) -> None:
    changed = '{"requestParameters": {"bucketName": "b"}}'
    refused = '{"errorCode": "AccessDenied", "requestParameters": {"bucketName": "b"}}'
    found = said(history(world, event(3, refused), event(2, changed), event(1, "[" * 9)))
    assert [(each.bucket, each.at) for each in found] == [
        ("b", "2026-01-03T00:00:00Z"),
        ("", "2026-01-02T00:00:00Z"),
    ]


# --------------------------------------------------------------------------- rules of EventBridge


@pytest.mark.parametrize(
    ("pattern", "narrowed"),
    [
        ('{"source":["aws.guardduty"]}', False),
        ('{"source":["aws.guardduty"],"detail-type":["GuardDuty Finding"]}', False),
        ('{"source":["aws.guardduty"],"detail-type":["GuardDuty Finding","Other"]}', False),
        ('{"source":["aws.guardduty"],"detail-type":["Other"]}', True),
        ('{"source":["aws.guardduty"],"detail-type":"GuardDuty Finding"}', True),
        ('{"source":["aws.guardduty"],"detail":{"severity":[{"numeric":[">=",7]}]}}', True),
        ('{"source":["aws.guardduty"],"account":["123456789012"]}', True),
        ('{"source":[{"wildcard":"aws.*"}]}', False),
        ('{"source":[{"wildcard":"*"}]}', False),
        ('{"source":[{"wildcard":"aws.s*"}]}', None),
        ('{"source":[{"wildcard":"aws?guardduty"}]}', None),
        ('{"source":[{"prefix":"aws."}]}', False),
        ('{"source":[{"prefix":"com."}]}', None),
        ('{"source":[{"prefix":{"equals-ignore-case":"AWS."}}]}', False),
        ('{"source":[{"prefix":{"equals-ignore-case":1}}]}', None),
        ('{"source":[{"equals-ignore-case":"AWS.GuardDuty"}]}', False),
        ('{"source":[{"equals-ignore-case":"aws.s3"}]}', None),
        ('{"source":[{"exists":true}]}', None),
        ('{"source":"aws.guardduty"}', None),
        ("[]", None),
        ("", None),
    ],
)
def test_which_rules_bring_which_findings(world: World, pattern: str, *, narrowed: bool | None) -> None:
    place = Place(rules=[Rule(name="r", pattern=pattern)])
    world.become(Estate(buckets=[Pail(name="b")], regions={HOME: place}, region_states={HOME: "opted-in"}))
    rules = said(record(world.scan("aws-guardduty-s3"), Region).guardduty_rules)
    assert [rule.narrowed for rule in rules] == ([] if narrowed is None else [narrowed])


@pytest.mark.parametrize(
    ("state", "enabled"),
    [("ENABLED", True), ("ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS", True), ("DISABLED", False)],
)
def test_states_of_a_rule(world: World, state: str, *, enabled: bool) -> None:
    place = Place(rules=[Rule(name="r", pattern='{"source":["aws.guardduty"]}', state=state)])
    world.become(Estate(buckets=[Pail(name="b")], regions={HOME: place}, region_states={HOME: "opted-in"}))
    (rule,) = said(record(world.scan("aws-guardduty-s3"), Region).guardduty_rules)
    assert rule.enabled is enabled


# --------------------------------------------------------------------------- what a filter leaves out


@pytest.mark.parametrize(
    ("members", "whole"),
    [
        ({}, True),
        ({"Prefix": ""}, True),
        ({"Prefix": "a"}, False),
        ({"ObjectSizeLessThan": 0}, False),
        ({"ObjectSizeLessThan": 9}, False),
        ({"ObjectSizeGreaterThan": 0}, True),
        ({"ObjectSizeGreaterThan": -1}, True),
        ({"ObjectSizeGreaterThan": 1}, False),
    ],
)
def test_a_limit_of_size_leaves_objects_out(members: dict[str, Any], *, whole: bool) -> None:
    assert msgspec.convert(members, Filter).whole is whole
