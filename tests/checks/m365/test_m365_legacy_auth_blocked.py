from collections.abc import Callable
from typing import Any

import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.providers.m365.model import AccessPolicy, Directory, Tenant, Who
from cloudaudit.testing import denied, verdict

CHECK = "m365-legacy-auth-blocked"
Policies = Callable[..., AccessPolicy]
Tenants = Callable[..., Tenant]
Directories = Callable[..., Directory]
OLD = ("exchangeActiveSync", "other")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"controls": ("block",), "client_apps": OLD}, Status.PASS),
        ({"client_apps": ("all",)}, Status.PASS),
        ({"client_apps": ()}, Status.PASS),
        ({"controls": ("block",), "client_apps": ("other",)}, Status.FAIL),
        ({"client_apps": ("browser", "mobileAppsAndDesktopClients")}, Status.FAIL),
        ({"controls": ("block",), "client_apps": OLD, "state": "disabled"}, Status.FAIL),
        ({"controls": ("block",), "client_apps": OLD, "exclude": Who(users=("u1",))}, Status.FAIL),
        ({"controls": ("block",), "client_apps": OLD, "include_apps": ("Office365",)}, Status.FAIL),
        ({"controls": ("compliantDevice",), "client_apps": OLD}, Status.FAIL),
    ],
)
def test_both_kinds_of_old_clients_must_be_refused(
    access_policy: Policies,
    tenant: Tenants,
    directory: Directories,
    fields: dict[str, Any],
    status: Status,
) -> None:
    finding = verdict(CHECK, tenant(access_policies=(access_policy(**fields),)), directory())
    assert finding.status is status


def test_two_policies_may_share_the_work(
    access_policy: Policies, tenant: Tenants, directory: Directories
) -> None:
    policies = tuple(access_policy(id=each, controls=("block",), client_apps=(each,)) for each in OLD)
    assert verdict(CHECK, tenant(access_policies=policies), directory()).status is Status.PASS


def test_security_defaults_block_it(tenant: Tenants, directory: Directories) -> None:
    assert verdict(CHECK, tenant(security_defaults=True), directory()).status is Status.PASS


def test_a_group_that_was_not_read_is_not_assessed(
    access_policy: Policies, tenant: Tenants, directory: Directories
) -> None:
    policy = access_policy(exclude=Who(groups=("g1",)))
    finding = verdict(
        CHECK, tenant(access_policies=(policy,)), directory(groups=denied("GroupMember.Read.All"))
    )
    assert finding.missing_permissions == ("GroupMember.Read.All",)


def test_an_empty_tenant_is_not_assessed(tenant: Tenants, directory: Directories) -> None:
    assert verdict(CHECK, tenant(), directory(people=())).cause is Cause.TOO_SMALL


@pytest.mark.parametrize("field", ["access_policies", "security_defaults"])
def test_a_denied_read_is_not_assessed_and_names_the_permission(
    tenant: Tenants, directory: Directories, field: str
) -> None:
    finding = verdict(CHECK, tenant(**{field: denied("Policy.Read.All")}), directory())
    assert finding.missing_permissions == ("Policy.Read.All",)
