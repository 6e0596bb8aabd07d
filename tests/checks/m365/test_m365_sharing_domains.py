import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.providers.m365.model import SharePointSettings, Tenant
from cloudaudit.testing import build, denied, verdict

CHECK = "m365-sharing-domains"


@pytest.mark.parametrize(
    ("mode", "status"), [("allowList", Status.PASS), ("blockList", Status.FAIL), ("none", Status.FAIL)]
)
def test_only_a_list_of_allowed_domains_passes(mode: str, status: Status) -> None:
    settings = SharePointSettings(
        sharing_capability="externalUserSharingOnly", domain_mode=mode, allowed_domains=("partner.example",)
    )
    finding = verdict(CHECK, build(Tenant, sharepoint=settings))
    assert finding.status is status
    assert finding.evidence["mode"] == mode


def test_where_nothing_is_shared_outside_there_is_nothing_to_limit() -> None:
    settings = SharePointSettings(sharing_capability="disabled")
    assert verdict(CHECK, build(Tenant, sharepoint=settings)).status is Status.PASS


def test_a_mode_that_is_missing_is_not_assessed() -> None:
    settings = SharePointSettings(sharing_capability="externalUserSharingOnly")
    assert verdict(CHECK, build(Tenant, sharepoint=settings)).cause is Cause.MALFORMED


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(Tenant, sharepoint=denied("SharePointTenantSettings.Read.All")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("SharePointTenantSettings.Read.All",)
