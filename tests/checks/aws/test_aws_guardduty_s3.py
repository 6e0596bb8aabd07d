import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.providers.aws.model import Detector, EventRule, Region
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-guardduty-s3"
NO_DETECTOR = denied("guardduty:GetDetector")
NO_RULES = denied("events:ListRules")
RULE = EventRule(name="alert", enabled=True, targets=1)
SEVERE = EventRule(name="severe-only", enabled=True, targets=1, narrowed=True)


def detector(*, enabled: bool = True, s3_protection: bool = True, destinations: int = 0) -> Detector:
    return Detector(id="d", enabled=enabled, s3_protection=s3_protection, destinations=destinations)


def region(detectors: object, rules: object = ()) -> Region:
    return build(Region, buckets=1, detectors=detectors, guardduty_rules=rules)


@pytest.mark.parametrize(
    "good",
    [
        region((detector(),), (RULE,)),
        region((detector(destinations=1),)),
        region((detector(destinations=1),), NO_RULES),
        region((detector(enabled=False), detector()), (RULE,)),
        region((detector(), detector(destinations=1))),
        region((detector(),), (SEVERE, RULE)),
        region((detector(destinations=1),), (SEVERE,)),
    ],
)
def test_a_detector_that_is_heard_passes(good: Region) -> None:
    assert verdict(CHECK, good).status is Status.PASS


@pytest.mark.parametrize(
    "bad",
    [
        region((), (RULE,)),
        region((), NO_RULES),
        region((detector(enabled=False, destinations=1),), (RULE,)),
        region((detector(s3_protection=False, destinations=1),), NO_RULES),
    ],
)
def test_without_a_detector_that_watches_s3_it_fails(bad: Region) -> None:
    finding = verdict(CHECK, bad)
    assert finding.status is Status.FAIL
    assert "No GuardDuty detector" in finding.reason.en


@pytest.mark.parametrize(
    "rules",
    [
        (),
        (EventRule(name="off", enabled=False, targets=1),),
        (EventRule(name="nobody", enabled=True, targets=0),),
    ],
)
def test_findings_that_go_nowhere_fail(rules: object) -> None:
    finding = verdict(CHECK, region((detector(),), rules))
    assert finding.status is Status.FAIL
    assert "nowhere" in finding.reason.en


def test_a_rule_that_lets_only_some_findings_through_is_not_enough() -> None:
    finding = verdict(CHECK, region((detector(),), (SEVERE,)))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.UNSUPPORTED
    assert "only some of the findings: severe-only" in finding.reason.en
    assert "一部の検知結果しか通知されません: severe-only" in finding.reason.ja
    off = EventRule(name="off", enabled=False, targets=1, narrowed=True)
    assert verdict(CHECK, region((detector(),), (off,))).status is Status.FAIL
    assert verdict(CHECK, region((), (SEVERE,))).status is Status.FAIL


def test_the_destination_of_a_detector_that_is_off_does_not_count() -> None:
    bad = region((detector(enabled=False, destinations=1), detector()))
    assert verdict(CHECK, bad).status is Status.FAIL


@pytest.mark.parametrize(
    ("unsure", "missing"),
    [
        (region(NO_DETECTOR, (RULE,)), {NO_DETECTOR.permission}),
        (region((detector(),), NO_RULES), {NO_RULES.permission}),
        (region(NO_DETECTOR, NO_RULES), {NO_DETECTOR.permission, NO_RULES.permission}),
    ],
)
def test_what_was_denied_and_could_decide_is_named(unsure: Region, missing: set[str]) -> None:
    finding = verdict(CHECK, unsure)
    assert finding.status is Status.NOT_ASSESSED
    assert set(finding.missing_permissions) == missing
