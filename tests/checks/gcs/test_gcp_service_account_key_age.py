from collections.abc import Callable
from typing import Any

import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Finding, Severity, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.gcs.model import ServiceAccount, ServiceAccountKey
from cloudaudit.testing import build, denied, verdict

CHECK = "gcp-service-account-key-age"
NEVER = "9999-12-31T23:59:59Z"
Ago = Callable[[int], str]


def key(created_at: str, name: str = "abc12345…", **given: Any) -> ServiceAccountKey:
    fields: dict[str, Any] = {"user_managed": True, "expires_at": NEVER}
    return ServiceAccountKey(id=name, created_at=created_at, **{**fields, **given})


def judged(keys: Any, policy: AuditPolicy | None = None, **given: Any) -> Finding:
    account = build(
        ServiceAccount,
        name="app@shop-prod.iam.gserviceaccount.com",
        keys=keys,
        **{"disabled": False, **given},
    )
    return verdict(CHECK, account, policy=policy)


@pytest.mark.parametrize(("days", "status"), [(89, Status.PASS), (90, Status.FAIL)])
def test_a_key_as_old_as_the_rule_fails(ago: Ago, days: int, status: Status) -> None:
    finding = judged((key(ago(days)),))
    assert finding.status is status
    assert finding.severity is Severity.MEDIUM
    assert [(part.status, part.evidence["age_days"]) for part in finding.sub_findings] == [(status, days)]


def test_each_of_ten_keys_is_a_part(ago: Ago) -> None:
    keys = tuple(key(ago(number * 20), f"key{number}") for number in range(10))
    finding = judged(keys)
    assert finding.status is Status.FAIL
    assert [part.status for part in finding.sub_findings].count(Status.FAIL) == 5
    assert len({part.id for part in finding.sub_findings}) == 10
    assert "5件" in finding.reason.ja


def test_what_the_provider_tells_twice_is_two_parts(ago: Ago) -> None:
    finding = judged((key(ago(1)), key(ago(2))))
    assert [part.key for part in finding.sub_findings] == ["key:abc12345…", "key:abc12345…#2"]


@pytest.mark.parametrize(
    "given",
    [{"user_managed": False}, {"disabled": True}, {"expires_at": "2026-01-01T00:00:00Z"}],
)
def test_googles_own_disabled_and_expired_keys_do_not_count(ago: Ago, given: dict[str, Any]) -> None:
    finding = judged((key(ago(400), **given),))
    assert finding.status is Status.PASS
    assert finding.evidence == {"keys": 1, "judged": 0, "limit_days": 90}


def test_a_key_without_an_expiry_works(ago: Ago) -> None:
    assert judged((key(ago(400), expires_at=""),)).status is Status.FAIL


def test_without_keys_it_passes() -> None:
    assert judged(()).status is Status.PASS


def test_a_disabled_account_is_not_applicable(ago: Ago) -> None:
    assert judged((key(ago(400)),), disabled=True).status is Status.NOT_APPLICABLE


def test_the_limit_is_the_policys(ago: Ago) -> None:
    assert judged((key(ago(100)),), AuditPolicy(access_key_max_age_days=365)).status is Status.PASS


@pytest.mark.parametrize("then", ["", "2030-01-01T00:00:00Z"])
def test_a_key_without_a_usable_date_is_never_young(ago: Ago, then: str) -> None:
    finding = judged((key(ago(5)), key(then, "odd")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.MALFORMED
    assert judged((key(ago(400)), key(then, "odd"))).status is Status.FAIL


def test_denied_reads_are_not_assessed() -> None:
    assert judged(denied("iam.serviceAccountKeys.list")).missing_permissions == (
        "iam.serviceAccountKeys.list",
    )
    assert judged((), disabled=denied("iam.serviceAccounts.list")).status is Status.NOT_ASSESSED
