from collections.abc import Callable

import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Severity, Status
from cloudaudit.providers.aws.model import CredentialRow, PrincipalPolicy, User
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-iam-user-mfa"
Rows = Callable[..., CredentialRow]


def _policy(action: str) -> PrincipalPolicy:
    document = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"' + action + '","Resource":"*"}]}'
    )
    return PrincipalPolicy(name="granted", type="customer", via="team", document=document)


def test_mfa_passes(row: Rows) -> None:
    assert verdict(CHECK, build(User, credentials=row(mfa_active=True))).status is Status.PASS


def test_a_user_without_a_password_is_not_applicable(row: Rows) -> None:
    finding = verdict(CHECK, build(User, credentials=row(password_enabled=False)))
    assert finding.status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("policies", "severity", "administrator"),
    [
        ((_policy("*"),), Severity.CRITICAL, "yes"),
        ((_policy("s3:GetObject"),), Severity.HIGH, "no"),
        ((), Severity.HIGH, "no"),
    ],
)
def test_without_mfa_an_administrator_is_critical_and_others_are_high(
    row: Rows, policies: tuple[PrincipalPolicy, ...], severity: Severity, administrator: str
) -> None:
    finding = verdict(CHECK, build(User, credentials=row(), policies=policies, boundary=None))
    assert finding.status is Status.FAIL
    assert finding.severity is severity
    assert finding.evidence["administrator"] == administrator


def test_who_may_be_an_administrator_is_rated_as_one_and_the_finding_says_so(row: Rows) -> None:
    user = build(User, credentials=row(), policies=denied("iam:GetAccountAuthorizationDetails"))
    finding = verdict(CHECK, user)
    assert finding.status is Status.FAIL
    assert finding.severity is Severity.CRITICAL
    assert "could not be told" in finding.reason.en
    assert "確認できなかった" in finding.reason.ja
    assert finding.evidence["not_read"] == ["iam:GetAccountAuthorizationDetails"]


def test_a_password_that_is_not_told_is_not_assessed(row: Rows) -> None:
    finding = verdict(CHECK, build(User, credentials=row(password_enabled=None)))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.UNSUPPORTED


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(User, credentials=denied("iam:GetCredentialReport")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("iam:GetCredentialReport",)
