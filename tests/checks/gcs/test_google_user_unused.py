from collections.abc import Callable
from typing import Any

import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Finding, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.gcs.model import Standing, User
from cloudaudit.testing import build, denied, verdict

CHECK = "google-user-unused"
Ago = Callable[[int], str]


def judged(policy: AuditPolicy | None = None, **given: Any) -> Finding:
    facts: dict[str, Any] = {"standing": Standing(suspended=False), "created_at": "2020-01-01T00:00:00.000Z"}
    return verdict(CHECK, build(User, name="hanako@example.co.jp", **{**facts, **given}), policy=policy)


@pytest.mark.parametrize(("days", "status"), [(0, Status.PASS), (89, Status.PASS), (90, Status.FAIL)])
def test_the_last_sign_in_is_younger_than_the_rule(ago: Ago, days: int, status: Status) -> None:
    finding = judged(last_sign_in=ago(days))
    assert finding.status is status
    assert finding.evidence["unused_days"] == days


def test_the_limit_is_the_policys(ago: Ago) -> None:
    assert judged(AuditPolicy(account_unused_days=180), last_sign_in=ago(100)).status is Status.PASS


@pytest.mark.parametrize(("days", "status"), [(10, Status.PASS), (90, Status.FAIL)])
def test_who_never_signed_in_is_judged_by_the_age_of_the_account(ago: Ago, days: int, status: Status) -> None:
    finding = judged(last_sign_in=None, created_at=ago(days))
    assert finding.status is status
    assert ("一度もログインがありません" in finding.reason.ja) is (status is Status.FAIL)


@pytest.mark.parametrize("then", ["", "yesterday", "2030-01-01T00:00:00Z"])
def test_a_time_that_cannot_be_used_is_never_recent(then: str) -> None:
    finding = judged(last_sign_in=then)
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.MALFORMED
    assert judged(last_sign_in=None, created_at=then).status is Status.NOT_ASSESSED


def test_a_sign_in_while_the_scan_went_on_is_today(ago: Ago) -> None:
    finding = judged(last_sign_in=ago(-1))
    assert finding.status is Status.PASS
    assert finding.evidence["unused_days"] == 0
    assert judged(last_sign_in=ago(-2)).cause is Cause.MALFORMED


def test_a_leaver_whose_account_is_suspended_is_left_out() -> None:
    assert judged(standing=Standing(suspended=True)).status is Status.NOT_APPLICABLE


def test_a_denied_read_is_not_assessed() -> None:
    assert judged(last_sign_in=denied("scope")).missing_permissions == ("scope",)
