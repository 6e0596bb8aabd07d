from collections.abc import Callable
from typing import Any

import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Severity, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.m365.model import Drive, Permission, SharedItem, SharePointSettings, Tenant
from cloudaudit.testing import denied, unread, verdict

CHECK = "m365-drive-anonymous-link"
Drives = Callable[..., Drive]
Tenants = Callable[..., Tenant]
Links = Callable[..., Permission]
Items = Callable[..., SharedItem]
Ago = Callable[[int], str]


def test_without_any_it_passes_as_of_the_last_full_pass_and_says_by_which_way(
    drive: Drives, tenant: Tenants, link: Links
) -> None:
    finding = verdict(CHECK, drive(link("organization"), link("users")), tenant())
    assert finding.status is Status.PASS
    assert finding.reason.en == (
        "No anonymous link; all links as of 2026-11-20 00:00 UTC, by a full pass with read permissions."
    )
    assert "2026-11-20 09:00 JST (+09:00) 時点の全件" in finding.reason.ja
    assert finding.evidence["complete_at"] == "2026-11-20T00:00:00Z"


def test_the_other_way_is_said_too(drive: Drives, tenant: Tenants) -> None:
    finding = verdict(CHECK, drive(complete_by="full-control-delta"), tenant())
    assert finding.status is Status.PASS
    assert "Sites.FullControl.All" in finding.reason.en


@pytest.mark.parametrize(
    ("fields", "severity"),
    [
        ({"expires": "2027-01-01T00:00:00Z"}, Severity.HIGH),
        ({}, Severity.CRITICAL),
        ({"roles": ("write",), "link_type": "edit", "expires": "2027-01-01T00:00:00Z"}, Severity.CRITICAL),
        ({"expires": "some day"}, Severity.HIGH),
    ],
)
def test_a_link_to_write_or_without_an_end_is_worse(
    drive: Drives, tenant: Tenants, link: Links, fields: dict[str, Any], severity: Severity
) -> None:
    finding = verdict(CHECK, drive(link("anonymous", **fields)), tenant())
    assert (finding.status, finding.severity) == (Status.FAIL, severity)


def test_every_link_is_listed_and_the_worst_counts(drive: Drives, tenant: Tenants, link: Links) -> None:
    finding = verdict(
        CHECK,
        drive(link("anonymous", expires="2027-01-01T00:00:00Z"), link("anonymous", id="l2")),
        tenant(),
    )
    assert finding.severity is Severity.CRITICAL
    assert [part.severity for part in finding.sub_findings] == [Severity.HIGH, Severity.CRITICAL]
    assert finding.sub_findings[1].evidence["item"] == "/見積書.xlsx"
    assert "without expiry" in finding.reason.en
    assert "リンクを知っている全員、期限なし" in finding.reason.ja
    assert "2027-01-01 09:00 JST (+09:00)" in finding.sub_findings[0].reason.ja


def test_an_expired_link_is_dead(drive: Drives, tenant: Tenants, link: Links) -> None:
    finding = verdict(CHECK, drive(link("anonymous", expires="2026-11-20T00:00:00Z")), tenant())
    assert finding.status is Status.PASS


def test_where_the_tenant_forbids_them_they_sleep(drive: Drives, tenant: Tenants, link: Links) -> None:
    settings = SharePointSettings(sharing_capability="externalUserSharingOnly")
    finding = verdict(CHECK, drive(link("anonymous")), tenant(sharepoint=settings))
    assert (finding.status, finding.severity) == (Status.FAIL, Severity.LOW)
    assert "does not allow anyone links now" in finding.reason.en
    unknown = tenant(sharepoint=denied("SharePointTenantSettings.Read.All"))
    assert verdict(CHECK, drive(link("anonymous")), unknown).severity is Severity.CRITICAL


@pytest.mark.parametrize("scope", ["", "somethingNew"])
def test_a_link_without_a_known_scope_is_not_called_anonymous_and_not_passed(
    drive: Drives, tenant: Tenants, link: Links, scope: str
) -> None:
    finding = verdict(CHECK, drive(link(scope)), tenant())
    assert finding.cause is Cause.MALFORMED
    assert "見積書" in finding.reason.ja


def test_an_existing_access_link_opens_nothing(drive: Drives, tenant: Tenants, link: Links) -> None:
    assert verdict(CHECK, drive(link("existingAccess")), tenant()).status is Status.PASS


def test_between_full_passes_items_not_read_again_are_not_assessed(
    drive: Drives, tenant: Tenants, unread_item: Items
) -> None:
    missed = unread_item(denied("Files.Read.All"))
    finding = verdict(CHECK, drive(items=(missed,)), tenant())
    assert finding.status is Status.NOT_ASSESSED
    assert "/old.docx" in finding.reason.en
    assert finding.missing_permissions == ("Files.Read.All",)


def test_what_was_found_fails_whatever_else_was_not_read(
    drive: Drives, tenant: Tenants, link: Links, unread_item: Items
) -> None:
    missed = unread_item(denied("Files.Read.All"))
    finding = verdict(CHECK, drive(link("anonymous"), items=(missed,), complete_at=""), tenant())
    assert finding.status is Status.FAIL


@pytest.mark.parametrize(
    ("days", "status"), [(7, Status.PASS), (8, Status.NOT_ASSESSED), (400, Status.NOT_ASSESSED)]
)
def test_a_full_pass_is_good_for_as_long_as_the_policy_says(
    drive: Drives, tenant: Tenants, ago: Ago, days: int, status: Status
) -> None:
    given = drive(complete_at=ago(days))
    assert verdict(CHECK, given, tenant()).status is status
    assert (
        verdict(CHECK, given, tenant(), policy=AuditPolicy(full_pass_max_age_days=500)).status is Status.PASS
    )


@pytest.mark.parametrize(("at", "cause"), [("", Cause.INTERRUPTED), ("some day", Cause.MALFORMED)])
def test_without_a_full_pass_it_is_not_assessed(
    drive: Drives, tenant: Tenants, at: str, cause: Cause
) -> None:
    assert verdict(CHECK, drive(complete_at=at), tenant()).cause is cause


@pytest.mark.parametrize("cause", [Cause.DENIED, Cause.UNSUPPORTED])
def test_sharing_that_was_not_read_is_not_assessed(drive: Drives, tenant: Tenants, cause: Cause) -> None:
    given = drive(sharing=unread(cause, "Files.Read.All"))
    assert verdict(CHECK, given, tenant()).cause is cause
