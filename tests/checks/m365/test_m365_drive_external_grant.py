from collections.abc import Callable

import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.m365.model import Drive, Grantee, Permission, SharedItem, Tenant
from cloudaudit.testing import denied, verdict

CHECK = "m365-drive-external-grant"
Drives = Callable[..., Drive]
Tenants = Callable[..., Tenant]
Links = Callable[..., Permission]
Grants = Callable[..., Permission]
Items = Callable[..., SharedItem]


def test_people_inside_and_groups_are_nobody_from_outside(
    drive: Drives, tenant: Tenants, grant: Grants
) -> None:
    group = Permission(id="g", roles=("write",), grantees=(Grantee(kind="group", id="g1", name="営業部"),))
    finding = verdict(CHECK, drive(grant("taro@contoso.example"), group), tenant())
    assert finding.status is Status.PASS
    assert "all links as of" in finding.reason.en


@pytest.mark.parametrize(
    ("policy", "status"),
    [
        (AuditPolicy(), Status.FAIL),
        (AuditPolicy(trusted_domains=("X.example",)), Status.PASS),
        (AuditPolicy(trusted_people=("Jo@x.example",)), Status.PASS),
        (AuditPolicy(trusted_people=("sam@x.example",)), Status.FAIL),
    ],
)
def test_outside_people_must_be_approved(
    drive: Drives, tenant: Tenants, grant: Grants, policy: AuditPolicy, status: Status
) -> None:
    finding = verdict(CHECK, drive(grant("jo@x.example")), tenant(), policy=policy)
    assert finding.status is status
    assert [part.status for part in finding.sub_findings] == [status]


@pytest.mark.parametrize(
    "who",
    [
        Grantee(kind="user", email="jo@contoso.example", user_type="guest"),
        Grantee(kind="user", name="jo_x.example#EXT#@contoso.example"),
        Grantee(kind="siteUser", login="i:0#.f|membership|jo_x.example#ext#@contoso.example"),
        Grantee(kind="siteUser", login="i:0#.f|membership|urn%3aspo%3aguest#jo@x.example"),
    ],
)
def test_guests_are_told_by_type_and_by_name(drive: Drives, tenant: Tenants, who: Grantee) -> None:
    permission = Permission(id="p1", roles=("read",), grantees=(who,))
    finding = verdict(CHECK, drive(permission), tenant(domains=denied("Domain.Read.All")))
    assert finding.status is Status.FAIL


def test_an_invitation_not_redeemed_yet_counts(drive: Drives, tenant: Tenants) -> None:
    invited = Permission(id="p1", roles=("write",), invited="Jo@gmail.com")
    finding = verdict(CHECK, drive(invited), tenant())
    assert finding.evidence["unapproved"] == ["jo@gmail.com"]
    inside = Permission(id="p1", roles=("write",), invited="taro@contoso.example")
    assert verdict(CHECK, drive(inside), tenant()).status is Status.PASS


def test_members_of_another_domain_are_inside_by_type(drive: Drives, tenant: Tenants, grant: Grants) -> None:
    finding = verdict(CHECK, drive(grant("taro@sub.example", "member")), tenant())
    assert finding.status is Status.PASS


def test_a_pass_says_that_members_of_groups_were_not_looked_at(
    drive: Drives, tenant: Tenants, grant: Grants
) -> None:
    team = Permission(id="g", roles=("write",), grantees=(Grantee(kind="group", id="1", name="営業部"),))
    finding = verdict(CHECK, drive(team), tenant())
    assert finding.status is Status.PASS
    assert "groups that have access was not looked at" in finding.reason.en
    assert "グループのメンバーまでは確認していません" in finding.reason.ja
    assert finding.evidence["groups"] == ["営業部"]
    alone = verdict(CHECK, drive(grant("taro@contoso.example")), tenant())
    assert "groups" not in alone.reason.en


def test_anonymous_links_are_another_checks(drive: Drives, tenant: Tenants, link: Links) -> None:
    assert verdict(CHECK, drive(link("anonymous")), tenant()).status is Status.PASS


def test_somebody_without_an_address_is_not_assessed(drive: Drives, tenant: Tenants, grant: Grants) -> None:
    finding = verdict(CHECK, drive(grant("John Doe")), tenant())
    assert finding.cause is Cause.MALFORMED
    assert "John Doe" in finding.reason.en


def test_without_the_own_domains_addresses_tell_nothing(
    drive: Drives, tenant: Tenants, grant: Grants
) -> None:
    unknown = tenant(domains=denied("Domain.Read.All"))
    finding = verdict(CHECK, drive(grant("taro@contoso.example")), unknown)
    assert finding.missing_permissions == ("Domain.Read.All",)


def test_many_strangers_are_counted_and_the_first_named(
    drive: Drives, tenant: Tenants, grant: Grants
) -> None:
    finding = verdict(CHECK, drive(*(grant(f"p{number}@x.example") for number in range(7))), tenant())
    assert "and 2 more" in finding.reason.en
    assert "ほか2名" in finding.reason.ja


def test_items_not_read_again_are_not_assessed(drive: Drives, tenant: Tenants, unread_item: Items) -> None:
    finding = verdict(CHECK, drive(items=(unread_item(denied("Files.Read.All")),)), tenant())
    assert finding.status is Status.NOT_ASSESSED


def test_a_denied_read_is_not_assessed_and_names_the_permission(drive: Drives, tenant: Tenants) -> None:
    finding = verdict(CHECK, drive(sharing=denied("Files.Read.All")), tenant())
    assert finding.missing_permissions == ("Files.Read.All",)


def test_an_approved_share_passes_by_its_rule_until_its_end(
    drive: Drives, tenant: Tenants, grant: Grants
) -> None:
    made = drive(grant("jo@x.example"))
    rule = {"resource": made.name, "audience": "JO@x.example", "reason": "contract 12"}
    trust = AuditPolicy.model_validate({"approved_shares": [rule]})
    found = verdict(CHECK, made, tenant(), policy=trust)
    assert found.status is Status.PASS
    assert found.evidence["approved_shares"] == [rule]
    ended = AuditPolicy.model_validate({"approved_shares": [{**rule, "until": "2020-01-01"}]})
    assert verdict(CHECK, made, tenant(), policy=ended).status is Status.FAIL
