import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.m365.model import RoleGrant, Tenant
from cloudaudit.providers.m365.roles import GLOBAL_ADMINISTRATOR
from cloudaudit.testing import build, denied, unread, verdict

CHECK = "m365-admin-count"


def grants(*people: str, kind: str = "user", role: str = GLOBAL_ADMINISTRATOR) -> tuple[RoleGrant, ...]:
    return tuple(
        RoleGrant(role=role, role_name="r", principal=each, principal_name=each, principal_kind=kind)
        for each in people
    )


OTHER = grants("z", role="other")


@pytest.mark.parametrize(
    ("active", "eligible", "status"),
    [
        (grants("a"), (), Status.FAIL),
        (grants("a", "b"), (), Status.PASS),
        (grants("a", "b", "c", "d"), (), Status.PASS),
        (grants("a", "b", "c", "d"), grants("e"), Status.FAIL),
        (grants("a"), grants("b"), Status.PASS),
        (grants("a", "b", "c"), grants("a", "b"), Status.PASS),
        ((*grants("a", "b"), *grants("g", kind="group"), *OTHER), (), Status.PASS),
        (OTHER, (), Status.FAIL),
    ],
)
def test_two_to_four_pass_eligible_ones_too(
    active: tuple[RoleGrant, ...], eligible: tuple[RoleGrant, ...], status: Status
) -> None:
    assert verdict(CHECK, build(Tenant, roles=active, eligible_roles=eligible)).status is status


def test_the_policy_says_how_many() -> None:
    tenant = build(Tenant, roles=grants("a"), eligible_roles=())
    assert verdict(CHECK, tenant, policy=AuditPolicy(global_admins_min=1)).status is Status.PASS


def test_too_many_in_force_fail_even_where_eligible_ones_cannot_be_read() -> None:
    finding = verdict(CHECK, build(Tenant, roles=grants(*"abcde"), eligible_roles=unread(Cause.PLAN)))
    assert finding.status is Status.FAIL
    assert finding.evidence["active"] == list("abcde")


def test_without_the_licence_for_eligible_ones_it_is_not_assessed() -> None:
    finding = verdict(CHECK, build(Tenant, roles=grants("a", "b"), eligible_roles=unread(Cause.PLAN)))
    assert finding.cause is Cause.PLAN


def test_a_tenant_without_any_role_is_not_assessed() -> None:
    finding = verdict(CHECK, build(Tenant, roles=(), eligible_roles=()))
    assert finding.cause is Cause.TOO_SMALL


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(Tenant, roles=denied("RoleManagement.Read.Directory")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("RoleManagement.Read.Directory",)
