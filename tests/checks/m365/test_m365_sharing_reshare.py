import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.providers.m365.model import SharePointSettings, Tenant
from cloudaudit.testing import build, denied, verdict

CHECK = "m365-sharing-reshare"


@pytest.mark.parametrize(("allowed", "status"), [(False, Status.PASS), (True, Status.FAIL)])
def test_guests_who_share_on_fail(allowed: bool, status: Status) -> None:  # noqa: FBT001 - a case
    settings = SharePointSettings(sharing_capability="externalUserSharingOnly", guests_may_reshare=allowed)
    assert verdict(CHECK, build(Tenant, sharepoint=settings)).status is status


def test_where_nothing_is_shared_outside_it_passes() -> None:
    settings = SharePointSettings(sharing_capability="disabled", guests_may_reshare=True)
    assert verdict(CHECK, build(Tenant, sharepoint=settings)).status is Status.PASS


def test_a_setting_that_is_missing_is_not_assessed() -> None:
    settings = SharePointSettings(sharing_capability="externalUserSharingOnly")
    assert verdict(CHECK, build(Tenant, sharepoint=settings)).cause is Cause.MALFORMED


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(Tenant, sharepoint=denied("SharePointTenantSettings.Read.All")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("SharePointTenantSettings.Read.All",)
