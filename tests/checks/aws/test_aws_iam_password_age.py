from collections.abc import Callable

import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Severity, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import CredentialRow, User
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-iam-password-age"
RULE = AuditPolicy(profile="seed-90d")
Rows = Callable[..., CredentialRow]
Ago = Callable[[int], str]


@pytest.mark.parametrize(("days", "status"), [(89, Status.PASS), (90, Status.FAIL), (700, Status.FAIL)])
def test_a_password_older_than_the_rule_fails(row: Rows, ago: Ago, days: int, status: Status) -> None:
    finding = verdict(CHECK, build(User, credentials=row(password_last_changed=ago(days))), policy=RULE)
    assert finding.status is status
    assert finding.severity is Severity.MEDIUM
    assert finding.evidence == {"age_days": days, "limit_days": 90}


def test_without_a_rule_the_age_is_shown_and_not_judged(row: Rows, ago: Ago) -> None:
    finding = verdict(CHECK, build(User, credentials=row(password_last_changed=ago(700))))
    assert finding.status is Status.NOT_APPLICABLE
    assert finding.evidence["age_days"] == 700
    assert "700" in finding.reason.en
    assert "700" in finding.reason.ja


def test_without_a_rule_an_age_that_cannot_be_told_is_said_to_be_so(row: Rows) -> None:
    undated = verdict(CHECK, build(User, credentials=row(password_last_changed="")))
    unread = verdict(CHECK, build(User, credentials=denied("iam:GetCredentialReport")))
    assert (undated.status, unread.status) == (Status.NOT_APPLICABLE, Status.NOT_APPLICABLE)
    assert undated.evidence["age_days"] is None
    assert "cannot be told" in unread.reason.en


@pytest.mark.parametrize("policy", [RULE, AuditPolicy()])
def test_a_user_without_a_password_is_not_applicable(row: Rows, policy: AuditPolicy) -> None:
    finding = verdict(CHECK, build(User, credentials=row(password_enabled=False)), policy=policy)
    assert finding.status is Status.NOT_APPLICABLE
    assert finding.evidence == {"password_enabled": False}


@pytest.mark.parametrize("then", ["", "2027-05-01T00:00:00Z"])
def test_a_password_without_a_usable_date_is_not_assessed(row: Rows, then: str) -> None:
    finding = verdict(CHECK, build(User, credentials=row(password_last_changed=then)), policy=RULE)
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.MALFORMED


def test_a_user_whose_password_is_not_told_is_not_assessed(row: Rows) -> None:
    finding = verdict(CHECK, build(User, credentials=row(password_enabled=None)), policy=RULE)
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.UNSUPPORTED


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(User, credentials=denied("iam:GetCredentialReport")), policy=RULE)
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("iam:GetCredentialReport",)
