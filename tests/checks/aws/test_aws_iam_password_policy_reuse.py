import pytest

from cloudaudit.model import Severity, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import Account, PasswordPolicy
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-iam-password-policy-reuse"


@pytest.mark.parametrize(
    ("remembered", "required", "status"),
    [
        (None, 1, Status.FAIL),
        (0, 1, Status.FAIL),
        (1, 1, Status.PASS),
        (5, 6, Status.FAIL),
        (6, 6, Status.PASS),
    ],
)
def test_enough_remembered_passwords_pass(remembered: int | None, required: int, status: Status) -> None:
    account = build(Account, password_policy=PasswordPolicy(minimum_length=8, reuse_prevention=remembered))
    finding = verdict(CHECK, account, policy=AuditPolicy(password_reuse_prevention=required))
    assert finding.status is status
    assert finding.severity is Severity.LOW


def test_without_a_policy_nothing_is_remembered() -> None:
    finding = verdict(CHECK, build(Account, password_policy=None))
    assert finding.status is Status.FAIL
    assert finding.evidence["policy_set"] is False


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(Account, password_policy=denied("iam:GetAccountPasswordPolicy")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("iam:GetAccountPasswordPolicy",)
