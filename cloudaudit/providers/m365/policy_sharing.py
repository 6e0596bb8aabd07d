"""What a permission of an item opens, and to whom. Pure.

Source: https://learn.microsoft.com/graph/api/resources/permission and .../sharinglink: a link's ``scope`` alone says
whom it serves; a permission without ``link.scope`` is not called anonymous.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from cloudaudit.clock import parse
from cloudaudit.facts import Unread
from cloudaudit.providers.m365.answers import Answer
from cloudaudit.providers.m365.completeness import moment
from cloudaudit.providers.m365.model import Grantee, Permission, SharedItem, Tenant
from cloudaudit.text import Text


class Kind(StrEnum):
    """What sort of permission it is."""

    ANONYMOUS = "anonymous link"
    ORGANIZATION = "organization link"
    PEOPLE = "people link"
    EXISTING = "existing-access link"
    DIRECT = "direct grant"
    UNTOLD = "link of unknown scope"


ANYONE, COMPANY, NOT_TOLD = "*", "organization", "?"
"""Audiences that are no single person."""

KIND_JA = {
    Kind.ANONYMOUS: "匿名リンク",
    Kind.ORGANIZATION: "組織内リンク",
    Kind.PEOPLE: "特定のユーザーへのリンク",
    Kind.EXISTING: "既存アクセス権のリンク",
    Kind.DIRECT: "直接付与",
    Kind.UNTOLD: "公開範囲が不明なリンク",
}

_SCOPES = {
    "anonymous": Kind.ANONYMOUS,
    "organization": Kind.ORGANIZATION,
    "users": Kind.PEOPLE,
    "existingaccess": Kind.EXISTING,
}

READ, WRITE, ADMINISTER = "read", "write", "administer"
RIGHT_JA = {READ: "閲覧", WRITE: "編集", ADMINISTER: "管理"}

_READING_ROLES = frozenset({"read", "sp.read", "sp.view only", "sp.restricted view", "restrictedview"})
_READING_LINKS = frozenset({"view", "blocksdownload", "review", "embed"})
_OWNING_ROLES = frozenset({"owner", "sp.owner", "sp.full control"})
_GUEST_LOGINS = (
    "#ext#",
    "%23ext%23",
    "urn:spo:guest",
    "urn%3aspo%3aguest",
    "urn:spo:anon",
    "urn%3aspo%3aanon",
)
_EVERYONE_INSIDE = "spo-grid-all-users"
_EVERYONE = "c:0(.s|true"
_GROUPS = frozenset({"group", "siteGroup", "application", "device"})


def kind_of(permission: Permission) -> Kind:
    """Return what sort of permission it is."""
    if permission.scope:
        return _SCOPES.get(permission.scope.casefold(), Kind.UNTOLD)
    if not permission.link:
        return Kind.DIRECT
    return Kind.PEOPLE if permission.grantees or permission.invited else Kind.UNTOLD


def right_of(permission: Permission) -> str:
    """Return ``read``, ``write`` or ``administer``; what is not known to be reading only counts as writing."""
    roles = {role.casefold() for role in permission.roles}
    if roles & _OWNING_ROLES:
        return ADMINISTER
    link = permission.link_type.casefold()
    reads = roles <= _READING_ROLES and (bool(roles) or link in _READING_LINKS)
    return READ if reads and (not link or link in _READING_LINKS) else WRITE


def is_live(permission: Permission, now: datetime) -> bool:
    """Say whether it works now; an expiry that cannot be read does not end it."""
    if not permission.expires:
        return True
    try:
        return parse(permission.expires) > now
    except ValueError:
        return True


def address_of(grantee: Grantee) -> str:
    """Return the mail address behind a grantee, out of a guest's name if need be; empty when not known."""
    if "@" in grantee.email and "#ext#" not in grantee.email.casefold():
        return grantee.email.casefold()
    for text in (grantee.email, grantee.login, grantee.name):
        local = text.rsplit("|", 1)[-1].casefold()
        before, mark, _ = local.partition("#ext#")
        if mark and "_" in before:
            return "@".join(before.rsplit("_", 1))
        if "guest#" in local:
            return local.rsplit("#", 1)[-1]
        if not mark and "|membership|" in text.casefold() and "@" in local:
            return local
    return ""


def is_outside(grantee: Grantee, inside: Collection[str] | None) -> Answer:
    """Say whether somebody belongs to another organisation.

    Args:
        grantee: who; a group counts as inside, its members are not looked at.
        inside: the tenant's own domains, in lower case; None when they are not known.
    """
    texts = [text.casefold() for text in (grantee.login, grantee.email, grantee.name)]
    if grantee.user_type.casefold() == "guest" or any(
        mark in text for mark in _GUEST_LOGINS for text in texts
    ):
        return Answer.YES
    if grantee.user_type.casefold() == "member" or grantee.kind in _GROUPS:
        return Answer.NO
    return _by_address(address_of(grantee), inside)


def _by_address(address: str, inside: Collection[str] | None) -> Answer:
    _, at, domain = address.rpartition("@")
    if not at or not domain or inside is None:
        return Answer.UNKNOWN
    return Answer.NO if domain in inside else Answer.YES


def is_for_everyone_inside(grantee: Grantee) -> bool:
    """Say whether it is SharePoint's group of everyone, with or without external users."""
    texts = (grantee.login.casefold(), grantee.id.casefold())
    return any(_EVERYONE_INSIDE in text or text == _EVERYONE for text in texts)


def is_approved(address: str, domains: Collection[str], people: Collection[str]) -> bool:
    """Say whether an outside address is on the approved list, by itself or by its domain (in lower case)."""
    return bool(address) and (address in people or address.rpartition("@")[2] in domains)


class Opening(Struct, frozen=True, kw_only=True):
    """One way into an item for one audience.

    Attributes:
        audience: ``*`` for anyone, ``organization``, or the address or name of a person.
        outside: whether the audience is of another organisation.
        address: mail address of the person; empty when not known.
    """

    item: SharedItem
    permission: Permission
    kind: Kind
    right: str
    audience: str
    outside: Answer
    address: str = ""

    @property
    def key(self) -> str:
        """What tells it from others of the drive, stable across runs."""
        return f"{self.item.id}/{self.permission.id}/{self.audience}/{self.right}"

    def evidence(self) -> dict[str, object]:
        """Return the values that decide about it."""
        return {
            "item": self.item.path,
            "kind": self.kind.value,
            "right": self.right,
            "audience": self.audience,
            "expires": self.permission.expires or None,
            "password": self.permission.password,
            "changed_at": self.item.changed_at or None,
            "folder": self.item.folder,
        }


def openings(items: Sequence[SharedItem], inside: Collection[str] | None, now: datetime) -> Iterator[Opening]:
    """Yield every live way in once, item by item; items that were not read again yield nothing."""
    seen: set[str] = set()
    for item in items:
        if isinstance(item.permissions, Unread):
            continue
        for permission in item.permissions.value:
            if not is_live(permission, now):
                continue
            for opening in _of(item, permission, inside):
                if opening.key not in seen:
                    seen.add(opening.key)
                    yield opening


def _of(item: SharedItem, permission: Permission, inside: Collection[str] | None) -> Iterator[Opening]:
    kind = kind_of(permission)
    right = right_of(permission)
    if kind in {Kind.ANONYMOUS, Kind.UNTOLD}:
        outside = Answer.YES if kind is Kind.ANONYMOUS else Answer.UNKNOWN
        audience = ANYONE if kind is Kind.ANONYMOUS else NOT_TOLD
        yield Opening(
            item=item, permission=permission, kind=kind, right=right, audience=audience, outside=outside
        )
    if kind is Kind.ORGANIZATION or any(is_for_everyone_inside(each) for each in permission.grantees):
        yield Opening(
            item=item,
            permission=permission,
            kind=kind,
            right=right,
            audience=COMPANY,
            outside=Answer.NO,
        )
    if kind is Kind.EXISTING:
        return
    invited = permission.invited.casefold()
    for grantee in permission.grantees:
        if is_for_everyone_inside(grantee):
            continue
        # Whoever took up an invitation is often named without an address.
        address = address_of(grantee) or (invited if len(permission.grantees) == 1 else "")
        outside = is_outside(grantee, inside)
        yield Opening(
            item=item,
            permission=permission,
            kind=kind,
            right=right,
            audience=address or grantee.name.strip() or grantee.login.strip() or grantee.id or NOT_TOLD,
            outside=_by_address(address, inside) if outside is Answer.UNKNOWN else outside,
            address=address,
        )
    if invited and not permission.grantees:
        yield Opening(
            item=item,
            permission=permission,
            kind=kind,
            right=right,
            audience=invited,
            outside=_by_address(invited, inside),
            address=invited,
        )


def own_domains(tenant: Tenant) -> frozenset[str] | None:
    """Return the tenant's verified domains in lower case; None when they were not read."""
    if isinstance(tenant.domains, Unread):
        return None
    return frozenset(domain.name.casefold() for domain in tenant.domains.value if domain.verified)


def sentence(opening: Opening) -> Text:
    """Return one line about it."""
    who = _AUDIENCES.get(opening.audience) or Text(en=opening.audience, ja=opening.audience)
    until = _until(opening.permission.expires)
    return Text(
        en=f"{opening.item.path}: {opening.kind.value}, {opening.right}, for {who.en}, {until.en}",
        ja=f"{opening.item.path}: {KIND_JA[opening.kind]}({RIGHT_JA[opening.right]}、対象: {who.ja}、{until.ja})",
    )


def _until(expires: str) -> Text:
    if not expires:
        return Text(en="without expiry", ja="期限なし")
    try:
        when = moment(expires)
    except (ValueError, OverflowError):
        # No time, or the last day of the calendar, which is tomorrow elsewhere.
        return Text(en=f"until {expires}", ja=f"期限: {expires}")
    return Text(en=f"until {when.en}", ja=f"期限: {when.ja}")


_AUDIENCES = {
    ANYONE: Text(en="anyone", ja="リンクを知っている全員"),
    COMPANY: Text(en="everyone in the company", ja="全社員"),
    NOT_TOLD: Text(en="an audience that Graph does not tell", ja="不明"),
}
