from collections.abc import Callable

import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Severity, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import CredentialKey, CredentialRow, User
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-iam-access-key-age"
Rows = Callable[..., CredentialRow]
Ago = Callable[[int], str]


def _key(last_rotated: str, *, slot: int = 1, active: bool = True) -> CredentialKey:
    return CredentialKey(slot=slot, active=active, last_rotated=last_rotated, last_used="")


@pytest.mark.parametrize(("days", "status"), [(89, Status.PASS), (90, Status.FAIL)])
def test_a_key_as_old_as_the_rule_fails(row: Rows, ago: Ago, days: int, status: Status) -> None:
    finding = verdict(CHECK, build(User, credentials=row(keys=(_key(ago(days)),))))
    assert finding.status is status
    assert finding.severity is Severity.MEDIUM
    assert [(part.status, part.evidence["age_days"]) for part in finding.sub_findings] == [(status, days)]


def test_each_key_is_a_part_and_one_old_key_fails_the_user(row: Rows, ago: Ago) -> None:
    user = build(User, credentials=row(keys=(_key(ago(5)), _key(ago(400), slot=2))))
    finding = verdict(CHECK, user)
    assert finding.status is Status.FAIL
    assert {part.key: part.status for part in finding.sub_findings} == {
        f"access-key:{ago(5)}": Status.PASS,
        f"access-key:{ago(400)}": Status.FAIL,
    }


def test_the_limit_is_the_policys(row: Rows, ago: Ago) -> None:
    user = build(User, credentials=row(keys=(_key(ago(100)),)))
    assert verdict(CHECK, user, policy=AuditPolicy(access_key_max_age_days=180)).status is Status.PASS


def test_without_an_active_key_it_is_not_applicable(row: Rows, ago: Ago) -> None:
    user = build(User, credentials=row(keys=(_key(ago(400), active=False),)))
    assert verdict(CHECK, user).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("then", ["", "2027-05-01T00:00:00Z"])
def test_a_key_without_a_usable_date_is_never_young(row: Rows, ago: Ago, then: str) -> None:
    finding = verdict(CHECK, build(User, credentials=row(keys=(_key(ago(5)), _key(then, slot=2)))))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.MALFORMED
    assert "access_key_2_last_rotated" in finding.reason.en


def test_an_old_key_fails_beside_one_without_a_date(row: Rows, ago: Ago) -> None:
    finding = verdict(CHECK, build(User, credentials=row(keys=(_key(ago(400)), _key("", slot=2)))))
    assert finding.status is Status.FAIL
    assert len(finding.evidence["not_told"]) == 1


def test_keys_that_the_report_does_not_list_are_not_assessed(row: Rows, ago: Ago) -> None:
    finding = verdict(CHECK, build(User, credentials=row(keys=(_key(ago(5)),), unlisted=True)))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.UNSUPPORTED


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(User, credentials=denied("iam:GetCredentialReport")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("iam:GetCredentialReport",)
