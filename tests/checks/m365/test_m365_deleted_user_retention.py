import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.m365.model import SharePointSettings, Tenant
from cloudaudit.testing import build, denied, verdict

CHECK = "m365-deleted-user-retention"


@pytest.mark.parametrize(("days", "status"), [(29, Status.FAIL), (30, Status.PASS), (365, Status.PASS)])
def test_a_leavers_files_are_kept_long_enough(days: int, status: Status) -> None:
    finding = verdict(CHECK, build(Tenant, sharepoint=SharePointSettings(deleted_user_days=days)))
    assert finding.status is status
    assert finding.evidence == {"days": days, "required_days": 30}


def test_the_policy_says_how_long() -> None:
    tenant = build(Tenant, sharepoint=SharePointSettings(deleted_user_days=344))
    policy = AuditPolicy(leaver_retention_days=365)
    assert verdict(CHECK, tenant, policy=policy).status is Status.FAIL


def test_a_setting_that_is_missing_is_not_assessed() -> None:
    finding = verdict(CHECK, build(Tenant, sharepoint=SharePointSettings()))
    assert finding.cause is Cause.MALFORMED


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(Tenant, sharepoint=denied("SharePointTenantSettings.Read.All")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("SharePointTenantSettings.Read.All",)
