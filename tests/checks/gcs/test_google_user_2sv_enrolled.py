from typing import Any

import pytest

from cloudaudit import discovery
from cloudaudit.engine import judge
from cloudaudit.facts import Cause, Unread
from cloudaudit.model import Finding, Gap, Severity, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.gcs.model import Administration, Standing, User
from cloudaudit.testing import build, denied, snapshot_of, verdict
from fakes.gcs_facts import a_project

CHECK = "google-user-2sv-enrolled"
SCOPE = "https://www.googleapis.com/auth/admin.directory.user.readonly"


def judged(**given: Any) -> Finding:
    facts: dict[str, Any] = {
        "standing": Standing(suspended=False),
        "administration": Administration(full=False),
        "two_step_enrolled": False,
    }
    return verdict(CHECK, build(User, name="hanako@example.co.jp", account="C0abc123", **{**facts, **given}))


def test_who_is_enrolled_passes() -> None:
    assert judged(two_step_enrolled=True, administration=denied(SCOPE)).status is Status.PASS


@pytest.mark.parametrize(
    ("administration", "severity", "told"),
    [
        (Administration(full=False), Severity.HIGH, "no"),
        (Administration(full=True), Severity.CRITICAL, "super administrator"),
        (Administration(full=False, delegated=True), Severity.CRITICAL, "delegated administrator"),
        (denied(SCOPE), Severity.CRITICAL, "unknown"),
    ],
)
def test_an_administrator_without_a_second_step_is_critical(
    administration: Administration | Unread, severity: Severity, told: str
) -> None:
    finding = judged(administration=administration)
    assert finding.status is Status.FAIL
    assert finding.severity is severity
    assert finding.evidence["administrator"] == told
    assert finding.reason.ja.endswith("2段階認証プロセスに登録していません。")


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        (Standing(suspended=True), "停止中"),
        (Standing(suspended=False, archived=True), "アーカイブ済み"),
    ],
)
def test_who_cannot_sign_in_is_left_out_with_the_reason(standing: Standing, said: str) -> None:
    finding = judged(standing=standing)
    assert finding.status is Status.NOT_APPLICABLE
    assert said in finding.reason.ja


def test_denied_reads_are_not_assessed() -> None:
    assert judged(two_step_enrolled=denied(SCOPE)).missing_permissions == (SCOPE,)
    assert judged(standing=denied(SCOPE), two_step_enrolled=True).status is Status.NOT_ASSESSED


def test_people_who_could_not_be_listed_are_not_assessed_and_never_no_people() -> None:
    gap = Gap(
        of="google-user",
        region="global",
        cause=Cause.DENIED,
        operation="admin:directory.users.list",
        permission=SCOPE,
    )
    findings = list(judge(snapshot_of(a_project(), gaps=[gap]), [discovery.checks()[CHECK]], AuditPolicy()))
    assert [(each.status, each.missing_permissions) for each in findings] == [(Status.NOT_ASSESSED, (SCOPE,))]
