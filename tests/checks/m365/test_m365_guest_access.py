import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.providers.m365.model import AuthorizationPolicy, Tenant
from cloudaudit.testing import build, denied, verdict

CHECK = "m365-guest-access"


LIMITED = "10dae51f-b6af-4016-8d66-8c2a99b929b3"
RESTRICTED = "2af84b1e-32c8-42b7-82bc-daa82404023b"
AS_MEMBERS = "a0b1b346-4d3e-4e8b-98f8-753987be4970"


@pytest.mark.parametrize(
    ("role", "invites", "status"),
    [
        (LIMITED, "adminsAndGuestInviters", Status.PASS),
        (RESTRICTED.upper(), "none", Status.PASS),
        (AS_MEMBERS, "none", Status.FAIL),
        (LIMITED, "everyone", Status.FAIL),
        (LIMITED, "adminsGuestInvitersAndAllMembers", Status.FAIL),
        ("another-role", "none", Status.FAIL),
    ],
)
def test_both_must_be_restricted(role: str, invites: str, status: Status) -> None:
    finding = verdict(
        CHECK, build(Tenant, authorization=AuthorizationPolicy(guest_role=role, invites_from=invites))
    )
    assert finding.status is status
    assert finding.evidence["invites_from"] == invites


@pytest.mark.parametrize(
    "settings", [AuthorizationPolicy(guest_role=LIMITED), AuthorizationPolicy(invites_from="none")]
)
def test_a_setting_that_is_missing_is_not_assessed(settings: AuthorizationPolicy) -> None:
    assert verdict(CHECK, build(Tenant, authorization=settings)).cause is Cause.MALFORMED


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(Tenant, authorization=denied("Policy.Read.All")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("Policy.Read.All",)
