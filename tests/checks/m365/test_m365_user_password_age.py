from collections.abc import Callable
from typing import Any

import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.m365.model import Domain, Tenant, User
from cloudaudit.testing import build, denied, verdict

CHECK = "m365-user-password-age"
RULE = AuditPolicy(profile="seed-90d")
Ago = Callable[[int], str]
Tenants = Callable[..., Tenant]


def user(changed: Any, **fields: Any) -> User:
    given: dict[str, Any] = {
        "name": "hanako@contoso.example",
        "user_type": "Member",
        "enabled": True,
        "password_changed_at": changed,
        **fields,
    }
    return build(User, **given)


@pytest.mark.parametrize(("days", "status"), [(89, Status.PASS), (90, Status.FAIL), (700, Status.FAIL)])
def test_a_password_older_than_the_rule_fails(ago: Ago, tenant: Tenants, days: int, status: Status) -> None:
    finding = verdict(CHECK, user(ago(days)), tenant(), policy=RULE)
    assert finding.status is status
    assert finding.evidence == {"age_days": days, "limit_days": 90, "expires_in_entra": None}


@pytest.mark.parametrize(
    ("policies", "period", "says"),
    [
        ("", 2_147_483_647, "never (domain)"),
        ("", 90, "90 days (domain)"),
        ("DisablePasswordExpiration, DisableStrongPassword", 90, "never (user)"),
    ],
)
def test_the_evidence_says_what_the_directory_itself_demands(
    ago: Ago, tenant: Tenants, policies: str, period: int, says: str
) -> None:
    own = tenant(domains=(Domain(name="Contoso.example", password_validity_days=period),))
    finding = verdict(CHECK, user(ago(10), password_policies=policies), own, policy=RULE)
    assert finding.evidence["expires_in_entra"] == says


def test_without_a_rule_the_age_is_shown_and_not_judged(ago: Ago, tenant: Tenants) -> None:
    finding = verdict(CHECK, user(ago(700)), tenant())
    assert finding.status is Status.NOT_APPLICABLE
    assert finding.evidence["age_days"] == 700
    assert "700" in finding.reason.ja


def test_without_a_rule_an_age_that_cannot_be_told_is_said_to_be_so(tenant: Tenants) -> None:
    finding = verdict(CHECK, user(denied("User.Read.All")), tenant(domains=denied("Domain.Read.All")))
    assert finding.status is Status.NOT_APPLICABLE
    assert "cannot be told" in finding.reason.en


def test_a_hybrid_users_date_is_not_authoritative(ago: Ago, tenant: Tenants) -> None:
    finding = verdict(CHECK, user(ago(700), synced=True), tenant(), policy=RULE)
    assert finding.cause is Cause.UNSUPPORTED
    assert "on-premises" in finding.reason.en


def test_a_federated_domain_keeps_no_passwords(ago: Ago, tenant: Tenants) -> None:
    own = tenant(domains=(Domain(name="contoso.example", authentication="Federated"),))
    assert verdict(CHECK, user(ago(700)), own, policy=RULE).cause is Cause.FOREIGN_ACCOUNT


@pytest.mark.parametrize("fields", [{"user_type": "Guest"}, {"enabled": False}, {"changed": None}])
def test_guests_disabled_accounts_and_those_without_a_password_are_left_out(
    ago: Ago, tenant: Tenants, fields: dict[str, Any]
) -> None:
    finding = verdict(CHECK, user(**{"changed": ago(700), **fields}), tenant(), policy=RULE)
    assert finding.status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("then", ["some day", "2027-05-01T00:00:00Z"])
def test_a_date_that_cannot_be_is_not_assessed(tenant: Tenants, then: str) -> None:
    assert verdict(CHECK, user(then), tenant(), policy=RULE).cause is Cause.MALFORMED


def test_a_denied_read_is_not_assessed_and_names_the_permission(ago: Ago, tenant: Tenants) -> None:
    unread = verdict(CHECK, user(denied("User.Read.All")), tenant(), policy=RULE)
    assert unread.missing_permissions == ("User.Read.All",)
    no_domains = tenant(domains=denied("Domain.Read.All"))
    assert verdict(CHECK, user(ago(1)), no_domains, policy=RULE).missing_permissions == ("Domain.Read.All",)
