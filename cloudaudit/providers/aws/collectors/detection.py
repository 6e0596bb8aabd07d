"""What watches a region: Access Analyzer, GuardDuty with its rules, Macie."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

from msgspec import Struct

from cloudaudit.facts import Fact, Read, Unread
from cloudaudit.providers.aws.failures import NOT_ENABLED
from cloudaudit.providers.aws.model import Analyzer, Detector, EventRule, Macie
from cloudaudit.providers.aws.operations import (
    GET_AUTOMATED_DISCOVERY,
    GET_DETECTOR,
    GET_MACIE_SESSION,
    LIST_ANALYZERS,
    LIST_DETECTORS,
    LIST_PUBLISHING_DESTINATIONS,
    LIST_RULES,
    LIST_TARGETS,
)
from cloudaudit.providers.aws.reader import CallFailed, Page, Reader, collected, combine

GUARDDUTY_SOURCE = "aws.guardduty"
FINDING = "GuardDuty Finding"
ON = frozenset({"ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"})
WORKING = "PUBLISHING"


class _Analyzer(Struct, frozen=True):
    name: str
    type: str
    status: str


class _Analyzers(Struct, frozen=True, rename="camel"):
    analyzers: tuple[_Analyzer, ...]
    next_token: str = ""


class _DetectorIds(Struct, frozen=True, rename="pascal"):
    detector_ids: tuple[str, ...]
    next_token: str = ""


class _Feature(Struct, frozen=True, rename="pascal"):
    name: str
    status: str


class _S3Logs(Struct, frozen=True, rename="pascal"):
    status: str = ""


class _DataSources(Struct, frozen=True, rename={"s3": "S3Logs"}):
    s3: _S3Logs = _S3Logs()


class _Detector(Struct, frozen=True, rename="pascal"):
    status: str
    features: tuple[_Feature, ...] = ()
    data_sources: _DataSources = _DataSources()


class _Destination(Struct, frozen=True, rename="pascal"):
    status: str = ""


class _Destinations(Struct, frozen=True, rename="pascal"):
    destinations: tuple[_Destination, ...]
    next_token: str = ""


class _Rule(Struct, frozen=True, rename="pascal"):
    name: str
    state: str = ""
    event_pattern: str = ""


class _Rules(Struct, frozen=True, rename="pascal"):
    rules: tuple[_Rule, ...]
    next_token: str = ""


class _Target(Struct, frozen=True, rename="pascal"):
    arn: str


class _Targets(Struct, frozen=True, rename="pascal"):
    targets: tuple[_Target, ...]
    next_token: str = ""


class _Session(Struct, frozen=True):
    status: str


class _Discovery(Struct, frozen=True):
    status: str


def read_analyzers(reader: Reader, region: str) -> Fact[tuple[Analyzer, ...]]:
    """Read the Access Analyzers of a region."""
    try:
        answer = reader.pages(
            LIST_ANALYZERS,
            region,
            {},
            _Analyzers,
            lambda body: Page(body.analyzers, body.next_token),
            "nextToken",
        )
    except CallFailed as failure:
        return failure.unread
    return Read(
        tuple(Analyzer(name=line.name, type=line.type, status=line.status) for line in answer.body),
        answer.source,
    )


def read_detectors(reader: Reader, region: str) -> Fact[tuple[Detector, ...]]:
    """Read the GuardDuty detectors of a region, with where they publish to."""
    try:
        answer = reader.pages(
            LIST_DETECTORS,
            region,
            {},
            _DetectorIds,
            lambda body: Page(body.detector_ids, body.next_token),
            "NextToken",
        )
    except CallFailed as failure:
        return failure.unread
    return collected((_detector(reader, region, identifier) for identifier in answer.body), answer.source)


def _detector(reader: Reader, region: str, identifier: str) -> Fact[Detector]:
    where = {"DetectorId": identifier}
    settings: Fact[_Detector] = reader.fact(GET_DETECTOR, region, where, _Detector, lambda body: body)
    if isinstance(settings, Unread):
        return settings

    def make(body: _Detector, destinations: int) -> Detector:
        return Detector(
            id=identifier,
            enabled=body.status == "ENABLED",
            s3_protection=_protects_s3(body),
            destinations=destinations,
        )

    return combine(make, settings, _working_destinations(reader, region, where))


def _protects_s3(body: _Detector) -> bool:
    return body.data_sources.s3.status == "ENABLED" or any(
        feature.name == "S3_DATA_EVENTS" and feature.status == "ENABLED" for feature in body.features
    )


def _working_destinations(reader: Reader, region: str, where: dict[str, str]) -> Fact[int]:
    try:
        answer = reader.pages(
            LIST_PUBLISHING_DESTINATIONS,
            region,
            where,
            _Destinations,
            lambda body: Page(body.destinations, body.next_token),
            "NextToken",
        )
    except CallFailed as failure:
        return failure.unread
    return Read(sum(line.status == WORKING for line in answer.body), answer.source)


def read_guardduty_rules(reader: Reader, region: str) -> Fact[tuple[EventRule, ...]]:
    """Read the EventBridge rules of a region that match GuardDuty findings, with how many targets each has."""
    try:
        answer = reader.pages(
            LIST_RULES, region, {}, _Rules, lambda body: Page(body.rules, body.next_token), "NextToken"
        )
    except CallFailed as failure:
        return failure.unread
    patterns = ((rule, _pattern(rule.event_pattern)) for rule in answer.body)
    matching = [(rule, pattern) for rule, pattern in patterns if _matches_guardduty(pattern)]
    return collected(
        (_event_rule(reader, region, rule, narrowed=_narrows(pattern)) for rule, pattern in matching),
        answer.source,
    )


def _pattern(text: str) -> Mapping[str, Any]:
    """Return a rule's pattern; one that cannot be parsed matches nothing in AWS, as the empty one here."""
    try:
        body: Any = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", body) if isinstance(body, dict) else {}


def _matches_guardduty(pattern: Mapping[str, Any]) -> bool:
    """Whether a pattern names GuardDuty as a source."""
    sources = pattern.get("source")
    return isinstance(sources, list) and any(map(_is_guardduty, cast("Iterable[Any]", sources)))


def _is_guardduty(source: object) -> bool:
    if not isinstance(source, dict):
        return source == GUARDDUTY_SOURCE
    return any(_fits(str(how), wanted) for how, wanted in cast("Mapping[str, object]", source).items())


def _fits(how: str, wanted: object) -> bool:
    """Whether one of EventBridge's comparisons holds for GuardDuty's source."""
    if how == "prefix" and isinstance(wanted, dict):
        ignoring = cast("Any", wanted).get("equals-ignore-case")
        return isinstance(ignoring, str) and GUARDDUTY_SOURCE.startswith(ignoring.lower())
    if not isinstance(wanted, str):
        return False
    if how == "wildcard":
        return re.fullmatch(".*".join(map(re.escape, wanted.split("*"))), GUARDDUTY_SOURCE) is not None
    if how == "equals-ignore-case":
        return wanted.lower() == GUARDDUTY_SOURCE
    return how == "prefix" and GUARDDUTY_SOURCE.startswith(wanted)


def _narrows(pattern: Mapping[str, Any]) -> bool:
    """Whether a pattern that matches GuardDuty's source lets only some of its findings through."""
    types = pattern.get("detail-type", [FINDING])
    return bool(pattern.keys() - {"source", "detail-type"}) or not (
        isinstance(types, list) and FINDING in types
    )


def _event_rule(reader: Reader, region: str, rule: _Rule, *, narrowed: bool) -> Fact[EventRule]:
    try:
        answer = reader.pages(
            LIST_TARGETS,
            region,
            {"Rule": rule.name},
            _Targets,
            lambda body: Page(body.targets, body.next_token),
            "NextToken",
        )
    except CallFailed as failure:
        return failure.unread
    return Read(
        EventRule(name=rule.name, enabled=rule.state in ON, targets=len(answer.body), narrowed=narrowed),
        answer.source,
    )


def read_macie(reader: Reader, region: str) -> Fact[Macie | None]:
    """Read whether Macie is on in a region; it answers AccessDenied where it is not enabled, and says so."""
    session: Fact[_Session | None] = reader.fact(
        GET_MACIE_SESSION, region, {}, _Session, lambda body: body, absent={NOT_ENABLED: None}
    )
    if isinstance(session, Unread) or session.value is None:
        return session if isinstance(session, Unread) else Read(None, session.source)
    discovery: Fact[_Discovery] = reader.fact(
        GET_AUTOMATED_DISCOVERY, region, {}, _Discovery, lambda body: body
    )

    def make(state: _Session, automated: _Discovery) -> Macie | None:
        return Macie(enabled=state.status == "ENABLED", automated_discovery=automated.status == "ENABLED")

    return combine(make, session, discovery)
