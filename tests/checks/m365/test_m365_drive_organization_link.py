from collections.abc import Callable

import pytest

from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.m365.model import Drive, Grantee, Permission, SharedItem
from cloudaudit.testing import denied, verdict

CHECK = "m365-drive-organization-link"
Drives = Callable[..., Drive]
Links = Callable[..., Permission]
Items = Callable[..., SharedItem]

SENSITIVE = AuditPolicy(sensitive_paths=("*/sites/hr/*/人事/*",))


def test_without_sensitive_places_it_is_not_applicable(drive: Drives, link: Links) -> None:
    assert verdict(CHECK, drive(link("organization"))).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("scope", "path", "status"),
    [
        ("organization", "/人事/評価.xlsx", Status.FAIL),
        ("organization", "/社内報/11月.pdf", Status.PASS),
        ("users", "/人事/評価.xlsx", Status.PASS),
        ("anonymous", "/人事/評価.xlsx", Status.PASS),
    ],
)
def test_company_wide_links_of_sensitive_items_fail(
    drive: Drives, link: Links, scope: str, path: str, status: Status
) -> None:
    finding = verdict(CHECK, drive(link(scope), path=path), policy=SENSITIVE)
    assert finding.status is status


def test_an_item_whose_place_is_not_known_is_not_called_harmless(drive: Drives, link: Links) -> None:
    finding = verdict(CHECK, drive(link("organization"), path="…/評価.xlsx"), policy=SENSITIVE)
    assert finding.status is Status.NOT_ASSESSED
    assert "…/評価.xlsx" in finding.reason.ja
    assert verdict(CHECK, drive(link("users"), path="…/評価.xlsx"), policy=SENSITIVE).status is Status.PASS


def test_a_grant_to_everyone_inside_counts_as_company_wide(drive: Drives) -> None:
    everyone = Permission(
        id="p1",
        roles=("read",),
        grantees=(Grantee(kind="siteUser", login="c:0-.f|rolemanager|spo-grid-all-users/t"),),
    )
    finding = verdict(CHECK, drive(everyone, path="/人事/評価.xlsx"), policy=SENSITIVE)
    assert finding.status is Status.FAIL
    assert len(finding.sub_findings) == 1


def test_items_not_read_again_are_not_assessed(drive: Drives, unread_item: Items) -> None:
    finding = verdict(CHECK, drive(items=(unread_item(denied("Files.Read.All")),)), policy=SENSITIVE)
    assert finding.status is Status.NOT_ASSESSED


def test_a_denied_read_is_not_assessed_and_names_the_permission(drive: Drives) -> None:
    finding = verdict(CHECK, drive(sharing=denied("Files.Read.All")), policy=SENSITIVE)
    assert finding.missing_permissions == ("Files.Read.All",)
