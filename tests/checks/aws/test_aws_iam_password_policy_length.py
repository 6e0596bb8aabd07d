import pytest

from cloudaudit.model import Severity, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import Account, PasswordPolicy
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-iam-password-policy-length"


@pytest.mark.parametrize(("length", "status"), [(14, Status.FAIL), (15, Status.PASS), (16, Status.PASS)])
def test_the_required_length_passes(length: int, status: Status) -> None:
    finding = verdict(CHECK, build(Account, password_policy=PasswordPolicy(minimum_length=length)))
    assert finding.status is status
    assert finding.severity is Severity.MEDIUM


def test_the_requirement_is_the_policys() -> None:
    account = build(Account, password_policy=PasswordPolicy(minimum_length=14))
    assert verdict(CHECK, account, policy=AuditPolicy(password_min_length=14)).status is Status.PASS


@pytest.mark.parametrize(("required", "status"), [(15, Status.FAIL), (8, Status.PASS)])
def test_without_a_policy_the_default_of_aws_counts(required: int, status: Status) -> None:
    finding = verdict(
        CHECK, build(Account, password_policy=None), policy=AuditPolicy(password_min_length=required)
    )
    assert finding.status is status
    assert finding.evidence["minimum_length"] == 8
    assert finding.evidence["policy_set"] is False


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(Account, password_policy=denied("iam:GetAccountPasswordPolicy")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("iam:GetAccountPasswordPolicy",)
