from collections.abc import Callable
from typing import Any

import pytest

from cloudaudit.model import Status
from cloudaudit.providers.m365.model import AccessPolicy, NamedLocation, Tenant, Who
from cloudaudit.testing import build, denied, verdict

CHECK = "m365-named-location"


OFFICE = NamedLocation(id="office", name="本社", trusted=True, ranges=("192.0.2.0/24",))
ADMIN = "62e90394-69f5-4237-9190-012177145e10"
Policies = Callable[..., AccessPolicy]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, Status.PASS),
        ({"exclude_locations": ("AllTrusted",)}, Status.PASS),
        ({"include": Who(roles=(ADMIN,))}, Status.PASS),
        ({"include_apps": ("Office365",)}, Status.PASS),
        ({"include_locations": ("office",), "exclude_locations": ()}, Status.PASS),
        ({"include_locations": ("elsewhere",), "exclude_locations": ()}, Status.FAIL),
        ({"state": "enabledForReportingButNotEnforced"}, Status.FAIL),
        ({"controls": ("mfa",)}, Status.FAIL),
        ({"include": Who(users=("u1",))}, Status.FAIL),
        ({"include_apps": ("some-app",)}, Status.FAIL),
        ({"exclude_locations": ("gone",)}, Status.FAIL),
    ],
)
def test_a_policy_in_force_must_block_by_place(
    access_policy: Policies, fields: dict[str, Any], status: Status
) -> None:
    given = {
        "controls": ("block",),
        "include_locations": ("All",),
        "exclude_locations": ("office",),
        **fields,
    }
    tenant = build(Tenant, named_locations=(OFFICE,), access_policies=(access_policy(**given),))
    assert verdict(CHECK, tenant).status is status


def test_trusted_places_need_a_trusted_location(access_policy: Policies) -> None:
    policy = access_policy(controls=("block",), include_locations=("All",), exclude_locations=("AllTrusted",))
    tenant = build(Tenant, named_locations=(), access_policies=(policy,))
    assert verdict(CHECK, tenant).status is Status.FAIL


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(Tenant, named_locations=denied("Policy.Read.All")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("Policy.Read.All",)
