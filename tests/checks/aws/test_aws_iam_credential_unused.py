from collections.abc import Callable

import pytest

from cloudaudit import discovery
from cloudaudit.facts import Cause
from cloudaudit.model import Severity, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import CredentialKey, CredentialRow, User
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-iam-credential-unused"
Rows = Callable[..., CredentialRow]
Ago = Callable[[int], str]


def _key(last_rotated: str, last_used: str, *, active: bool = True) -> CredentialKey:
    return CredentialKey(slot=1, active=active, last_rotated=last_rotated, last_used=last_used)


@pytest.mark.parametrize(("days", "status"), [(44, Status.PASS), (45, Status.FAIL)])
def test_a_password_or_key_unused_for_the_limit_fails(row: Rows, ago: Ago, days: int, status: Status) -> None:
    password = verdict(CHECK, build(User, credentials=row(password_last_used=ago(days))))
    key = verdict(
        CHECK, build(User, credentials=row(password_enabled=False, keys=(_key(ago(900), ago(days)),)))
    )
    assert (password.status, key.status) == (status, status)
    assert password.severity is Severity.MEDIUM
    assert [part.key for part in password.sub_findings] == ["password"]
    assert [part.key for part in key.sub_findings] == [f"access-key:{ago(900)}"]


@pytest.mark.parametrize(("days", "status"), [(44, Status.PASS), (45, Status.FAIL)])
def test_what_was_never_used_counts_from_its_making(row: Rows, ago: Ago, days: int, status: Status) -> None:
    password = verdict(CHECK, build(User, credentials=row(password_last_changed=ago(days))))
    key = verdict(CHECK, build(User, credentials=row(password_enabled=False, keys=(_key(ago(days), ""),))))
    assert (password.status, key.status) == (status, status)
    assert "never used" in password.sub_findings[0].reason.en
    said = (
        ("never used counts from its making", "作成日から起算")
        if status is Status.FAIL
        else ("not used yet", "猶予期間")
    )
    assert said[0] in key.reason.en
    assert said[1] in key.reason.ja


def test_the_grace_of_what_was_never_used_is_told_in_the_rationale() -> None:
    rationale = discovery.checks()[CHECK].rationale
    assert "time of grace" in rationale.en
    assert "猶予" in rationale.ja


def test_one_unused_credential_fails_beside_one_in_use(row: Rows, ago: Ago) -> None:
    user = build(User, credentials=row(password_last_used=ago(1), keys=(_key(ago(900), ago(800)),)))
    finding = verdict(CHECK, user)
    assert finding.status is Status.FAIL
    assert [part.status for part in finding.sub_findings] == [Status.PASS, Status.FAIL]


def test_the_limit_is_the_policys(row: Rows, ago: Ago) -> None:
    user = build(User, credentials=row(password_last_used=ago(60)))
    assert verdict(CHECK, user, policy=AuditPolicy(credential_unused_days=90)).status is Status.PASS


def test_without_credentials_it_is_not_applicable(row: Rows, ago: Ago) -> None:
    user = build(
        User, credentials=row(password_enabled=False, keys=(_key(ago(900), ago(800), active=False),))
    )
    assert verdict(CHECK, user).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("used", "changed"), [("", ""), ("", "2027-05-01T00:00:00Z"), ("2027-05-01T00:00:00Z", "")]
)
def test_a_password_without_a_usable_date_is_not_assessed(row: Rows, used: str, changed: str) -> None:
    user = build(User, credentials=row(password_last_used=used, password_last_changed=changed))
    finding = verdict(CHECK, user)
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.MALFORMED


@pytest.mark.parametrize(
    "fields", [{"password_enabled": None}, {"password_enabled": False, "unlisted": True}]
)
def test_what_the_report_does_not_tell_is_not_assessed(row: Rows, fields: dict[str, object]) -> None:
    finding = verdict(CHECK, build(User, credentials=row(**fields)))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.UNSUPPORTED


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(User, credentials=denied("iam:GetCredentialReport")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("iam:GetCredentialReport",)
