import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.m365.model import SharePointSettings, Tenant
from cloudaudit.testing import build, denied, verdict

CHECK = "m365-sharing-capability"


@pytest.mark.parametrize(
    ("capability", "status"),
    [
        ("disabled", Status.PASS),
        ("existingExternalUserSharingOnly", Status.PASS),
        ("externalUserSharingOnly", Status.PASS),
        ("externalUserAndGuestSharing", Status.FAIL),
    ],
)
def test_anyone_links_fail(capability: str, status: Status) -> None:
    finding = verdict(CHECK, build(Tenant, sharepoint=SharePointSettings(sharing_capability=capability)))
    assert finding.status is status
    assert finding.evidence == {"sharing_capability": capability, "allowed": "externalUserSharingOnly"}


@pytest.mark.parametrize(
    ("allowed", "status"), [("disabled", Status.FAIL), ("externalUserAndGuestSharing", Status.PASS)]
)
def test_the_policy_says_how_wide_it_may_be(allowed: str, status: Status) -> None:
    tenant = build(Tenant, sharepoint=SharePointSettings(sharing_capability="externalUserSharingOnly"))
    policy = AuditPolicy.model_validate({"allowed_sharing_capability": allowed})
    assert verdict(CHECK, tenant, policy=policy).status is status


@pytest.mark.parametrize("capability", [None, "somethingNew"])
def test_a_value_that_is_missing_or_not_known_is_not_assessed(capability: str | None) -> None:
    finding = verdict(CHECK, build(Tenant, sharepoint=SharePointSettings(sharing_capability=capability)))
    assert finding.cause is Cause.MALFORMED


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(Tenant, sharepoint=denied("SharePointTenantSettings.Read.All")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("SharePointTenantSettings.Read.All",)
