"""What a permission opens, with the quirks that Graph's answers have."""

import pytest

from cloudaudit.clock import parse
from cloudaudit.providers.m365.answers import Answer
from cloudaudit.providers.m365.model import Grantee, Permission, SharedItem
from cloudaudit.providers.m365.policy_sharing import (
    Kind,
    address_of,
    is_live,
    is_outside,
    kind_of,
    openings,
    right_of,
    sentence,
)
from cloudaudit.testing import TAKEN_AT, denied, read

NOW = parse(TAKEN_AT)
INSIDE = frozenset({"contoso.example"})
SOMEBODY = Grantee(kind="user", id="35f", name="Misty")


@pytest.mark.parametrize(
    ("permission", "kind"),
    [
        (Permission(id="1", link=True, scope="anonymous"), Kind.ANONYMOUS),
        (Permission(id="1", link=True, scope="organization"), Kind.ORGANIZATION),
        (Permission(id="1", link=True, scope="users"), Kind.PEOPLE),
        (Permission(id="1", link=True, scope="existingAccess"), Kind.EXISTING),
        (Permission(id="1", link=True, grantees=(SOMEBODY,)), Kind.PEOPLE),
        (Permission(id="1", link=True, invited="jo@x.example"), Kind.PEOPLE),
        (Permission(id="1", link=True), Kind.UNTOLD),
        (Permission(id="1", link=True, scope="public"), Kind.UNTOLD),
        (Permission(id="1", grantees=(SOMEBODY,)), Kind.DIRECT),
        (Permission(id="1", invited="jo@x.example"), Kind.DIRECT),
    ],
)
def test_the_scope_tells_links_apart(permission: Permission, kind: Kind) -> None:
    assert kind_of(permission) is kind


@pytest.mark.parametrize(
    ("roles", "link_type", "right"),
    [
        (("read",), "view", "read"),
        (("read",), "", "read"),
        (("write",), "view", "write"),
        (("read",), "edit", "write"),
        (("read", "write"), "", "write"),
        (("owner",), "", "administer"),
        (("sp.full control",), "", "administer"),
        ((), "view", "read"),
        ((), "edit", "write"),
        ((), "", "write"),
        (("something new",), "", "write"),
        (("read",), "blocksDownload", "read"),
    ],
)
def test_what_is_not_known_to_read_only_counts_as_writing(
    roles: tuple[str, ...], link_type: str, right: str
) -> None:
    assert right_of(Permission(id="1", link=bool(link_type), link_type=link_type, roles=roles)) == right


@pytest.mark.parametrize(
    ("expires", "live"),
    [("", True), ("2027-01-01T00:00:00Z", True), ("2018-07-15T14:00:00.000Z", False), ("some day", True)],
)
def test_an_expiry_ends_it_only_when_it_is_over(expires: str, live: bool) -> None:  # noqa: FBT001 - a case
    assert is_live(Permission(id="1", expires=expires), NOW) is live


@pytest.mark.parametrize(
    ("grantee", "address"),
    [
        (Grantee(kind="user", email="Jo@X.example"), "jo@x.example"),
        (Grantee(kind="user", email="jo_x.example#EXT#@contoso.example"), "jo@x.example"),
        (Grantee(kind="user", name="a_b_x.example#EXT#@contoso.example"), "a_b@x.example"),
        (Grantee(kind="siteUser", login="i:0#.f|membership|taro@contoso.example"), "taro@contoso.example"),
        (Grantee(kind="siteUser", login="i:0#.f|membership|urn:spo:guest#jo@x.example"), "jo@x.example"),
        (Grantee(kind="siteUser", name="John Doe", login="John Doe"), ""),
        (Grantee(kind="user", email="not an address"), ""),
    ],
)
def test_the_address_behind_a_name(grantee: Grantee, address: str) -> None:
    assert address_of(grantee) == address


@pytest.mark.parametrize(
    ("grantee", "answer"),
    [
        (Grantee(kind="user", user_type="guest"), Answer.YES),
        (Grantee(kind="user", user_type="member", email="jo@x.example"), Answer.NO),
        (Grantee(kind="user", user_type="member", name="jo_x.example#EXT#@contoso.example"), Answer.YES),
        (Grantee(kind="user", email="taro@contoso.example"), Answer.NO),
        (Grantee(kind="user", email="taro@evil-contoso.example"), Answer.YES),
        (Grantee(kind="user", name="John Doe"), Answer.UNKNOWN),
        (Grantee(kind="group", name="営業部"), Answer.NO),
        (Grantee(kind="application", name="App"), Answer.NO),
    ],
)
def test_who_is_outside(grantee: Grantee, answer: Answer) -> None:
    assert is_outside(grantee, INSIDE) is answer


def test_without_the_own_domains_an_address_tells_nothing() -> None:
    assert is_outside(Grantee(kind="user", email="taro@contoso.example"), None) is Answer.UNKNOWN


def test_each_way_in_comes_once_and_items_not_read_bring_none() -> None:
    link = Permission(id="l", link=True, scope="anonymous", roles=("read",), link_type="view")
    twice = SharedItem(id="i", path="/a", permissions=read((link, link)))
    missed = SharedItem(id="j", path="/b", permissions=denied("Files.Read.All"))
    (opening,) = openings((twice, twice, missed), INSIDE, NOW)
    assert opening.audience == "*"
    assert opening.key == "i/l/*/read"


def test_an_invitation_tells_the_address_of_the_one_who_took_it_up() -> None:
    john = Grantee(kind="user", id="5D33", name="John Doe", login="John Doe")
    redeemed = Permission(id="1", roles=("write",), invited="JD@outlook.example", grantees=(john,))
    item = SharedItem(id="i", path="/a", permissions=read((redeemed,)))
    (opening,) = openings((item,), INSIDE, NOW)
    assert (opening.audience, opening.outside) == ("jd@outlook.example", Answer.YES)
    two = Permission(id="1", roles=("write",), invited="jd@outlook.example", grantees=(john, SOMEBODY))
    item = SharedItem(id="i", path="/a", permissions=read((two,)))
    assert [each.outside for each in openings((item,), INSIDE, NOW)] == [Answer.UNKNOWN] * 2


@pytest.mark.parametrize(
    ("expires", "en"),
    [
        ("", "without expiry"),
        (" ", "until  "),
        ("9999-12-31T23:59:59Z", "until 9999-12-31T23:59:59Z"),
        ("2027-01-01T00:00:00Z", "until 2027-01-01 00:00 UTC"),
    ],
)
def test_a_line_about_it_says_when_it_ends_whatever_graph_wrote(expires: str, en: str) -> None:
    nobody = Permission(id="1", roles=("read",), expires=expires, grantees=(Grantee(kind="user", name=" "),))
    item = SharedItem(id="i", path="/a", permissions=read((nobody,)))
    (opening,) = openings((item,), INSIDE, NOW)
    assert sentence(opening).en == f"/a: direct grant, read, for an audience that Graph does not tell, {en}"
    assert "不明" in sentence(opening).ja
