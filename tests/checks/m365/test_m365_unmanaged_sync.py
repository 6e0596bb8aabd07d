import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.providers.m365.model import SharePointSettings, Tenant
from cloudaudit.testing import build, denied, verdict

CHECK = "m365-unmanaged-sync"


@pytest.mark.parametrize(("restricted", "status"), [(True, Status.PASS), (False, Status.FAIL)])
def test_any_device_may_not_synchronise(restricted: bool, status: Status) -> None:  # noqa: FBT001 - a case
    settings = SharePointSettings(unmanaged_sync_restricted=restricted, sync_domains=("guid",))
    finding = verdict(CHECK, build(Tenant, sharepoint=settings))
    assert finding.status is status
    assert finding.evidence == {"restricted": restricted, "domains": ["guid"]}


def test_a_setting_that_is_missing_is_not_assessed() -> None:
    assert verdict(CHECK, build(Tenant, sharepoint=SharePointSettings())).cause is Cause.MALFORMED


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(Tenant, sharepoint=denied("SharePointTenantSettings.Read.All")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("SharePointTenantSettings.Read.All",)
