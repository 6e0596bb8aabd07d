"""The inventory of what is open to whom outside."""

from typing import Any

from cloudaudit import discovery
from cloudaudit.facts import Cause, Unread
from cloudaudit.model import Share
from cloudaudit.providers.m365.model import (
    Domain,
    Drive,
    Grantee,
    Permission,
    SharedItem,
    Sharing,
    Tenant,
)
from cloudaudit.testing import TAKEN_AT, build, denied, read, snapshot_of
from cloudaudit.text import Text

TENANT = build(Tenant, domains=(Domain(name="contoso.example"),))


def drive(*permissions: Permission, **fields: Any) -> Drive:
    item = SharedItem(
        id="i1",
        path="/契約書.pdf",
        changed_at="2026-03-01T00:00:00Z",
        created_by=fields.pop("created_by", ""),
        permissions=read(permissions),
    )
    given: dict[str, Any] = {"owner": "hanako@contoso.example", "sharing": Sharing(items=(item,)), **fields}
    return build(Drive, name="Documents", **given)


def shares(*resources: Any) -> list[Share]:
    return list(discovery.provider("m365").shares(snapshot_of(*resources)))


def unread(*resources: Any) -> list[Unread]:
    return list(discovery.provider("m365").shares_unread(snapshot_of(*resources)))


def somebody(email: str) -> tuple[Grantee, ...]:
    return (Grantee(kind="user", email=email, name=email),)


def test_an_anonymous_link_is_public_with_all_that_is_known_of_it() -> None:
    link = Permission(
        id="l1",
        link=True,
        scope="anonymous",
        roles=("write",),
        link_type="edit",
        expires="2027-01-01T00:00:00Z",
        first_seen="2026-10-01T00:00:00Z",
    )
    (share,) = shares(TENANT, drive(link))
    assert (share.audience, share.scope, share.right) == ("*", "public", "write")
    assert share.via == Text(en="anonymous link", ja="匿名リンク")
    assert (share.item, share.owner) == ("/契約書.pdf", "hanako@contoso.example")
    assert share.expires == "2027-01-01T00:00:00Z"
    assert share.changed == "2026-03-01T00:00:00Z"
    assert (share.first_seen, share.since) == ("2026-10-01T00:00:00Z", "")


def test_outside_people_are_in_it_and_own_people_are_not() -> None:
    given = drive(
        Permission(id="p1", roles=("read",), grantees=somebody("jo@x.example")),
        Permission(id="p2", roles=("read",), grantees=somebody("taro@contoso.example")),
        Permission(id="p3", link=True, scope="organization", roles=("read",), link_type="view"),
        created_by="taro@contoso.example",
    )
    (share,) = shares(TENANT, given)
    assert (share.audience, share.scope, share.via) == (
        "jo@x.example",
        "outside",
        Text(en="direct grant", ja="直接付与"),
    )
    assert share.owner == "taro@contoso.example"


def test_whoever_is_not_known_to_be_inside_stays_in() -> None:
    unknown = build(Tenant, domains=denied("Domain.Read.All"))
    given = drive(Permission(id="p1", roles=("read",), grantees=somebody("taro@contoso.example")))
    assert [share.audience for share in shares(unknown, given)] == ["taro@contoso.example"]


def test_an_expired_share_and_a_drive_that_was_not_read_bring_nothing() -> None:
    ended = Permission(id="l1", link=True, scope="anonymous", expires="2020-01-01T00:00:00Z")
    assert shares(TENANT, drive(ended)) == []
    assert shares(TENANT, drive(sharing=denied("Files.Read.All"))) == []


def test_without_a_tenant_guests_are_still_told_by_name() -> None:
    guest = Grantee(kind="user", name="jo_x.example#EXT#@contoso.example")
    given = drive(Permission(id="p1", roles=("read",), grantees=(guest,)))
    assert [share.audience for share in shares(given)] == ["jo@x.example"]


def test_the_inventory_is_complete_only_where_every_drive_and_item_was_read_in_a_full_pass_of_this_run() -> (
    None
):
    refused = denied("Files.Read.All")
    item = SharedItem(id="i", path="/a", permissions=refused)
    whole = Sharing(items=(), complete_at=TAKEN_AT)
    assert unread(TENANT, drive(sharing=whole)) == []
    assert unread(TENANT, drive(sharing=refused)) == [refused]
    assert unread(TENANT, drive(sharing=Sharing(items=(item,), complete_at=TAKEN_AT))) == [refused]
    (since,) = unread(TENANT, drive(sharing=Sharing(items=(), complete_at="2020-01-01T00:00:00Z")))
    assert (since.cause, since.detail) == (Cause.INTERRUPTED, "2020-01-01T00:00:00Z")
    assert len(unread(TENANT, drive(sharing=Sharing(items=())))) == 1
