from collections.abc import Callable
from typing import Any

import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Finding, Severity, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.gcs.model import HmacKey
from cloudaudit.testing import build, denied, verdict

CHECK = "gcs-hmac-key-age"
Ago = Callable[[int], str]


def judged(created_at: str, policy: AuditPolicy | None = None, **given: Any) -> Finding:
    facts: dict[str, Any] = {"state": "ACTIVE", "last_used": "2026-11-20T00:00:00Z"}
    made = build(HmacKey, name="GOOG1E…", created_at=created_at, service_account="a@b", **{**facts, **given})
    return verdict(CHECK, made, policy=policy)


@pytest.mark.parametrize(("days", "status"), [(0, Status.PASS), (89, Status.PASS), (90, Status.FAIL)])
def test_a_key_as_old_as_the_rule_fails(ago: Ago, days: int, status: Status) -> None:
    finding = judged(ago(days))
    assert finding.status is status
    assert finding.severity is Severity.MEDIUM
    assert finding.evidence["age_days"] == days


def test_the_limit_is_the_policys(ago: Ago) -> None:
    assert judged(ago(100), AuditPolicy(access_key_max_age_days=365)).status is Status.PASS


def test_a_key_that_nobody_used_fails_lower(ago: Ago) -> None:
    finding = judged(ago(60), last_used=None)
    assert finding.status is Status.FAIL
    assert finding.severity is Severity.LOW
    assert "直近42日間" in finding.reason.ja


def test_a_new_key_need_not_be_used_yet(ago: Ago) -> None:
    assert judged(ago(10), last_used=denied("monitoring.timeSeries.list")).status is Status.PASS


def test_an_inactive_key_is_not_applicable(ago: Ago) -> None:
    assert judged(ago(400), state="INACTIVE").status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("then", ["", "2030-01-01T00:00:00Z"])
def test_a_key_without_a_usable_date_is_never_young(then: str) -> None:
    assert judged(then).cause is Cause.MALFORMED


def test_denied_reads_are_not_assessed(ago: Ago) -> None:
    assert judged(ago(60), last_used=denied("monitoring.timeSeries.list")).missing_permissions == (
        "monitoring.timeSeries.list",
    )
    assert judged(ago(400), last_used=denied("monitoring.timeSeries.list")).status is Status.FAIL
    assert judged(ago(400), state=denied("storage.hmacKeys.list")).status is Status.NOT_ASSESSED
