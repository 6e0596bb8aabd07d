from collections.abc import Callable

import pytest

from cloudaudit.model import Severity, Status
from cloudaudit.providers.aws.model import Account, AccountSummary
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-iam-root-hardware-mfa"
Summaries = Callable[..., AccountSummary]


@pytest.mark.parametrize(("virtual", "status"), [(False, Status.PASS), (True, Status.FAIL)])
def test_a_virtual_device_fails(summary: Summaries, *, virtual: bool, status: Status) -> None:
    account = build(Account, summary=summary(root_mfa=True), root_virtual_mfa=virtual)
    assert verdict(CHECK, account).status is status


def test_no_mfa_at_all_fails(summary: Summaries) -> None:
    finding = verdict(CHECK, build(Account, summary=summary(), root_virtual_mfa=False))
    assert finding.status is Status.FAIL
    assert finding.severity is Severity.MEDIUM


def test_root_without_credentials_needs_no_device(summary: Summaries) -> None:
    account = build(Account, summary=summary(root_password=False))
    assert verdict(CHECK, account).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("permission", ["iam:GetAccountSummary", "iam:ListVirtualMFADevices"])
def test_a_denied_read_is_not_assessed_and_names_the_permission(summary: Summaries, permission: str) -> None:
    known = permission == "iam:ListVirtualMFADevices"
    account = build(
        Account,
        summary=summary(root_mfa=True) if known else denied(permission),
        root_virtual_mfa=denied(permission),
    )
    finding = verdict(CHECK, account)
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == (permission,)
