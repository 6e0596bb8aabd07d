from collections.abc import Callable

import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.providers.m365.model import Drive, Permission, SharedItem, Tenant
from cloudaudit.testing import denied, verdict

CHECK = "m365-stale-share"
Drives = Callable[..., Drive]
Tenants = Callable[..., Tenant]
Links = Callable[..., Permission]
Grants = Callable[..., Permission]
Items = Callable[..., SharedItem]
Ago = Callable[[int], str]


@pytest.mark.parametrize(("days", "status"), [(179, Status.PASS), (180, Status.FAIL)])
def test_an_old_item_that_is_shared_outside_fails(
    drive: Drives, tenant: Tenants, link: Links, ago: Ago, days: int, status: Status
) -> None:
    finding = verdict(CHECK, drive(link("anonymous"), changed_at=ago(days)), tenant())
    assert finding.status is status


def test_a_guests_old_grant_fails_too(drive: Drives, tenant: Tenants, grant: Grants, ago: Ago) -> None:
    finding = verdict(CHECK, drive(grant("jo@x.example", "guest"), changed_at=ago(180)), tenant())
    assert finding.status is Status.FAIL
    assert finding.sub_findings[0].evidence["age_days"] == 180


def test_shares_inside_may_be_old(drive: Drives, tenant: Tenants, link: Links, ago: Ago) -> None:
    assert verdict(CHECK, drive(link("organization"), changed_at=ago(900)), tenant()).status is Status.PASS


def test_an_item_without_a_date_is_not_assessed(drive: Drives, tenant: Tenants, link: Links) -> None:
    assert verdict(CHECK, drive(link("anonymous"), changed_at=""), tenant()).cause is Cause.MALFORMED


def test_an_old_share_with_somebody_not_known_is_not_assessed(
    drive: Drives, tenant: Tenants, grant: Grants, ago: Ago
) -> None:
    assert verdict(CHECK, drive(grant("John"), changed_at=ago(900)), tenant()).cause is Cause.MALFORMED
    young = drive(grant("John"), changed_at=ago(1))
    assert verdict(CHECK, young, tenant()).status is Status.PASS
    unknown = tenant(domains=denied("Domain.Read.All"))
    old = drive(grant("taro@contoso.example"), changed_at=ago(900))
    assert verdict(CHECK, old, unknown).missing_permissions == ("Domain.Read.All",)


def test_items_not_read_again_are_not_assessed(drive: Drives, tenant: Tenants, unread_item: Items) -> None:
    finding = verdict(CHECK, drive(items=(unread_item(denied("Files.Read.All")),)), tenant())
    assert finding.status is Status.NOT_ASSESSED


def test_a_denied_read_is_not_assessed_and_names_the_permission(drive: Drives, tenant: Tenants) -> None:
    finding = verdict(CHECK, drive(sharing=denied("Files.Read.All")), tenant())
    assert finding.missing_permissions == ("Files.Read.All",)
