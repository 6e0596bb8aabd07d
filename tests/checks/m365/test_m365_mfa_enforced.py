from collections.abc import Callable
from typing import Any

import pytest
from msgspec import structs

from cloudaudit.facts import Cause
from cloudaudit.model import Severity, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.m365.model import (
    AccessPolicy,
    AuthenticationStrength,
    Directory,
    GroupMembers,
    GuestScope,
    Person,
    RoleGrant,
    Tenant,
    Who,
)
from cloudaudit.testing import denied, read, verdict

CHECK = "m365-mfa-enforced"
Policies = Callable[..., AccessPolicy]
Tenants = Callable[..., Tenant]
Directories = Callable[..., Directory]
ADMIN = "62e90394-69f5-4237-9190-012177145e10"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, Status.PASS),
        ({"client_apps": ("browser", "mobileAppsAndDesktopClients")}, Status.PASS),
        ({"controls": ("block",)}, Status.PASS),
        ({"controls": ("mfa", "compliantDevice"), "operator": "AND"}, Status.PASS),
        ({"controls": ("mfa", "compliantDevice"), "operator": "OR"}, Status.FAIL),
        ({"terms": ("t",), "operator": "OR"}, Status.FAIL),
        ({"custom_factors": ("duo",), "operator": "OR"}, Status.FAIL),
        ({"terms": ("t",), "operator": "AND"}, Status.PASS),
        ({"controls": (), "strength": AuthenticationStrength(id="s", satisfies="mfa")}, Status.PASS),
        ({"controls": (), "strength": AuthenticationStrength(id="s", satisfies="none")}, Status.FAIL),
        ({"controls": (), "strength": AuthenticationStrength(id="s", combinations=("fido2",))}, Status.PASS),
        ({"controls": (), "strength": AuthenticationStrength(id="s", combinations=("sms",))}, Status.FAIL),
        ({"has_grant": False}, Status.FAIL),
        ({"controls": ()}, Status.FAIL),
        ({"state": "enabledForReportingButNotEnforced"}, Status.FAIL),
        ({"state": "disabled"}, Status.FAIL),
        ({"include": Who(users=("u1",))}, Status.FAIL),
        ({"include": Who(users=("u1", "GuestsOrExternalUsers"))}, Status.PASS),
        ({"exclude": Who(users=("GuestsOrExternalUsers",))}, Status.FAIL),
        ({"include_apps": ("Office365",)}, Status.FAIL),
        ({"include_apps": ()}, Status.FAIL),
        ({"exclude_apps": ("app",)}, Status.FAIL),
        ({"app_filter": "rule"}, Status.FAIL),
        ({"user_actions": ("urn:user:registersecurityinfo",)}, Status.FAIL),
        ({"contexts": ("c1",)}, Status.FAIL),
        ({"client_apps": ("browser",)}, Status.FAIL),
        ({"risks": ("sign-in:high",)}, Status.FAIL),
        ({"include_platforms": ("iOS",)}, Status.FAIL),
        ({"include_platforms": ("all",), "include_locations": ("All",)}, Status.PASS),
        ({"exclude_platforms": ("iOS",)}, Status.FAIL),
        ({"include_locations": ("somewhere",)}, Status.FAIL),
        ({"exclude_locations": ("AllTrusted",)}, Status.FAIL),
        ({"device_filter": "exclude: rule"}, Status.FAIL),
        ({"authentication_flows": "deviceCodeFlow"}, Status.FAIL),
        ({"other_conditions": ("insiderRisk",)}, Status.FAIL),
    ],
)
def test_a_policy_must_demand_it_from_everyone_for_everything(
    access_policy: Policies,
    tenant: Tenants,
    directory: Directories,
    fields: dict[str, Any],
    status: Status,
) -> None:
    finding = verdict(CHECK, tenant(access_policies=(access_policy(**fields),)), directory())
    assert finding.status is status
    assert finding.severity is Severity.CRITICAL


def test_who_escapes_is_named_with_the_policy_that_excludes(
    access_policy: Policies, tenant: Tenants, directory: Directories
) -> None:
    policy = access_policy(exclude=Who(users=("u1",)))
    finding = verdict(CHECK, tenant(access_policies=(policy,)), directory())
    assert finding.status is Status.FAIL
    assert finding.evidence["who"] == [{"name": "hanako@contoso.example", "excluded_by": ["MFA for all"]}]
    assert "hanako@contoso.example" in finding.reason.en
    assert "hanako@contoso.example" in finding.reason.ja


def test_a_second_policy_catches_whom_the_first_excludes(
    access_policy: Policies, tenant: Tenants, directory: Directories
) -> None:
    policies = (
        access_policy(exclude=Who(groups=("g1",))),
        access_policy(id="p2", name="the rest", include=Who(groups=("g1",))),
    )
    group = GroupMembers(id="g1", name="g", members=read(("u1",)))
    assert verdict(CHECK, tenant(access_policies=policies), directory(groups=(group,))).status is Status.PASS


@pytest.mark.parametrize(
    ("members", "status"),
    [(read(("u1",)), Status.FAIL), (read(()), Status.PASS), (read(None), Status.PASS)],
)
def test_members_of_an_excluded_group_escape(
    access_policy: Policies, tenant: Tenants, directory: Directories, members: Any, status: Status
) -> None:
    group = GroupMembers(id="g1", name="g", members=members)
    policies = (access_policy(exclude=Who(groups=("g1",))),)
    assert verdict(CHECK, tenant(access_policies=policies), directory(groups=(group,))).status is status


def test_an_excluded_group_whose_members_were_not_read_is_not_assessed(
    access_policy: Policies, tenant: Tenants, directory: Directories
) -> None:
    group = GroupMembers(id="g1", name="g", members=denied("GroupMember.Read.All"))
    policies = (access_policy(exclude=Who(groups=("g1",))),)
    finding = verdict(CHECK, tenant(access_policies=policies), directory(groups=(group,)))
    assert finding.missing_permissions == ("GroupMember.Read.All",)


@pytest.mark.parametrize(
    ("groups", "cause"), [((), Cause.MALFORMED), (denied("GroupMember.Read.All"), Cause.DENIED)]
)
def test_a_group_that_is_not_told_at_all_is_not_assessed(
    access_policy: Policies, tenant: Tenants, directory: Directories, groups: Any, cause: Cause
) -> None:
    policies = (access_policy(exclude=Who(groups=("g1",))),)
    assert verdict(CHECK, tenant(access_policies=policies), directory(groups=groups)).cause is cause


def test_a_role_within_an_administrative_unit_does_not_make_a_policy_for_that_role_apply(
    access_policy: Policies, tenant: Tenants, directory: Directories
) -> None:
    policies = (access_policy(include=Who(roles=(ADMIN,))),)
    grant = RoleGrant(role=ADMIN, role_name="Global Administrator", principal="u1")
    whole = verdict(CHECK, tenant(access_policies=policies, roles=(grant,)), directory())
    scoped = structs.replace(grant, scope="/administrativeUnits/1")
    part = verdict(CHECK, tenant(access_policies=policies, roles=(scoped,)), directory())
    assert part.evidence["escaping"] == whole.evidence["escaping"] + 1


def test_holders_of_an_excluded_role_escape(
    access_policy: Policies, tenant: Tenants, directory: Directories
) -> None:
    policies = (access_policy(exclude=Who(roles=(ADMIN,))),)
    roles = (RoleGrant(role=ADMIN, role_name="Global Administrator", principal="u1"),)
    finding = verdict(CHECK, tenant(access_policies=policies, roles=roles), directory())
    assert finding.evidence["escaping"] == 1
    unknown = tenant(access_policies=policies, roles=denied("RoleManagement.Read.Directory"))
    assert verdict(CHECK, unknown, directory()).missing_permissions == ("RoleManagement.Read.Directory",)


@pytest.mark.parametrize(
    ("guests", "status"),
    [
        (
            GuestScope(types=("internalGuest", "b2bCollaborationGuest", "b2bCollaborationMember")),
            Status.FAIL,
        ),
        (GuestScope(types=("internalGuest",)), Status.NOT_ASSESSED),
        (
            GuestScope(
                types=("internalGuest", "b2bCollaborationGuest", "b2bCollaborationMember"), all_tenants=False
            ),
            Status.NOT_ASSESSED,
        ),
    ],
)
def test_guests_excluded_by_kind(
    access_policy: Policies, tenant: Tenants, directory: Directories, guests: GuestScope, status: Status
) -> None:
    policies = (access_policy(exclude=Who(guests=guests)),)
    finding = verdict(CHECK, tenant(access_policies=policies), directory())
    assert finding.status is status


def test_synchronisation_emergency_and_disabled_accounts_are_left_out_with_the_reason(
    access_policy: Policies, tenant: Tenants, directory: Directories
) -> None:
    people = (
        Person("u1", "hanako@contoso.example", "m", enabled=True),
        Person("s1", "Sync_X@contoso.example", "s", enabled=True),
        Person("e1", "emergency@contoso.example", "m", enabled=True),
        Person("d1", "left@contoso.example", "m", enabled=False),
    )
    policies = (access_policy(exclude=Who(users=("s1", "e1", "d1"))),)
    finding = verdict(
        CHECK,
        tenant(access_policies=policies),
        directory(people=people),
        policy=AuditPolicy(emergency_accounts=("Emergency@contoso.example",)),
    )
    assert finding.status is Status.PASS
    assert finding.evidence["left_out"] == {
        "Sync_X@contoso.example": "synchronisation account",
        "emergency@contoso.example": "emergency account named by the audit policy",
    }
    assert verdict(CHECK, tenant(access_policies=policies), directory(people=people)).status is Status.FAIL


def test_security_defaults_are_enough(tenant: Tenants, directory: Directories) -> None:
    assert verdict(CHECK, tenant(security_defaults=True), directory()).status is Status.PASS


def test_without_any_policy_everyone_escapes(tenant: Tenants, directory: Directories) -> None:
    finding = verdict(CHECK, tenant(), directory())
    assert finding.status is Status.FAIL
    assert "2名全員" in finding.reason.ja


def test_a_policy_that_does_not_count_is_named_with_what_narrows_it(
    access_policy: Policies, tenant: Tenants, directory: Directories
) -> None:
    policy = access_policy(exclude_apps=("app",))
    finding = verdict(CHECK, tenant(access_policies=(policy,)), directory())
    (why,) = finding.evidence["not_counted"]
    assert why["narrowed_by"] == ["excludeApplications: app"]


def test_an_empty_tenant_is_not_assessed(
    access_policy: Policies, tenant: Tenants, directory: Directories
) -> None:
    for given in (tenant(security_defaults=True), tenant(access_policies=(access_policy(),))):
        assert verdict(CHECK, given, directory(people=())).cause is Cause.TOO_SMALL


def test_only_left_out_accounts_are_not_assessed(
    access_policy: Policies, tenant: Tenants, directory: Directories
) -> None:
    people = (Person("s1", "Sync_X@contoso.example", "s", enabled=True),)
    finding = verdict(CHECK, tenant(access_policies=(access_policy(),)), directory(people=people))
    assert finding.cause is Cause.TOO_SMALL


@pytest.mark.parametrize("field", ["access_policies", "security_defaults"])
def test_a_denied_read_is_not_assessed_and_names_the_permission(
    tenant: Tenants, directory: Directories, field: str
) -> None:
    finding = verdict(CHECK, tenant(**{field: denied("Policy.Read.All")}), directory())
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("Policy.Read.All",)


def test_people_who_were_not_read_are_not_assessed(tenant: Tenants, directory: Directories) -> None:
    finding = verdict(CHECK, tenant(security_defaults=True), directory(people=denied("User.Read.All")))
    assert finding.missing_permissions == ("User.Read.All",)
