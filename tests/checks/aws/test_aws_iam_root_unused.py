from collections.abc import Callable

import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Severity, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.credentials import NOT_SUPPORTED
from cloudaudit.providers.aws.model import Account, CredentialKey, CredentialRow
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-iam-root-unused"
Rows = Callable[..., CredentialRow]
Ago = Callable[[int], str]


def _key(last_used: str, *, active: bool = True) -> CredentialKey:
    return CredentialKey(slot=2, active=active, last_rotated="2020-01-01T00:00:00Z", last_used=last_used)


@pytest.mark.parametrize(("days", "status"), [(0, Status.FAIL), (89, Status.FAIL), (90, Status.PASS)])
def test_a_recent_use_of_the_password_or_a_key_fails(row: Rows, ago: Ago, days: int, status: Status) -> None:
    by_password = verdict(CHECK, build(Account, root=row(password_last_used=ago(days))))
    by_key = verdict(CHECK, build(Account, root=row(keys=(_key(ago(days), active=False),))))
    assert (by_password.status, by_key.status) == (status, status)
    assert by_password.severity is Severity.HIGH
    assert by_password.evidence["days_since"] == {"password_last_used": days}


def test_root_that_was_never_used_passes(row: Rows) -> None:
    finding = verdict(CHECK, build(Account, root=row(keys=(_key(""),))))
    assert finding.status is Status.PASS


def test_the_limit_is_the_policys(row: Rows, ago: Ago) -> None:
    account = build(Account, root=row(password_last_used=ago(40)))
    assert verdict(CHECK, account, policy=AuditPolicy(root_unused_days=30)).status is Status.PASS


@pytest.mark.parametrize(
    ("then", "cause"), [("2027-05-01T00:00:00Z", Cause.MALFORMED), (NOT_SUPPORTED, Cause.UNSUPPORTED)]
)
def test_a_use_without_a_usable_date_is_not_assessed(row: Rows, ago: Ago, then: str, cause: Cause) -> None:
    finding = verdict(CHECK, build(Account, root=row(password_last_used=then, keys=(_key(ago(400)),))))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is cause


def test_a_recent_use_fails_whatever_the_other_dates(row: Rows, ago: Ago) -> None:
    account = build(Account, root=row(password_last_used=NOT_SUPPORTED, keys=(_key(ago(1)),)))
    assert verdict(CHECK, account).status is Status.FAIL


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(Account, root=denied("iam:GenerateCredentialReport")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("iam:GenerateCredentialReport",)
