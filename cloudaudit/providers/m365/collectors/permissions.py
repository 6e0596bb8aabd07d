"""Permissions of items as Graph writes them."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from cloudaudit.facts import Fact, Read
from cloudaudit.providers.m365.collectors.listings import listings
from cloudaudit.providers.m365.model import Grantee, Permission
from cloudaudit.providers.m365.operations import LIST_ITEM_PERMISSIONS
from cloudaudit.providers.m365.reader import CallFailed, Reader

NEVER = "0001-01-01"
NO_DOWNLOAD = "blocksDownload"


class _Identity(Struct, frozen=True, rename="camel"):
    id: str | None = None
    display_name: str | None = None
    email: str | None = None
    login_name: str | None = None


class _IdentitySet(Struct, frozen=True, rename="camel"):
    user: _Identity | None = None
    group: _Identity | None = None
    application: _Identity | None = None
    device: _Identity | None = None
    site_user: _Identity | None = None
    site_group: _Identity | None = None

    def grantee(self, types: Mapping[str, str]) -> Grantee | None:
        """Return who it is; one person stands here twice, as the directory and as the site know them."""
        kinds = (
            ("user", self.user),
            ("group", self.group),
            ("application", self.application),
            ("device", self.device),
            ("siteGroup", self.site_group),
            ("siteUser", self.site_user),
        )
        kind, found = next(((kind, each) for kind, each in kinds if each is not None), ("", None))
        if found is None:
            return None
        site = self.site_user or self.site_group or found
        return Grantee(
            kind=kind,
            id=found.id or "",
            name=found.display_name or site.display_name or "",
            email=found.email or site.email or "",
            login=found.login_name or site.login_name or "",
            user_type=types.get(found.id or "", ""),
        )


class _Link(Struct, frozen=True, rename="camel"):
    scope: str | None = None
    type: str | None = None
    prevents_download: bool | None = None


class _Invitation(Struct, frozen=True):
    email: str | None = None


class _Reference(Struct, frozen=True):
    id: str | None = None
    path: str | None = None


class PermissionWire(Struct, frozen=True, rename="camel"):
    """A line of an item's permissions.

    Words that are not known stay what they are and open nothing: no ``scope`` but ``anonymous`` is an anonymous link, no
    ``hasPassword`` but true is a password, no text but a time ends a permission.
    """

    id: str = ""
    roles: tuple[str, ...] | None = None
    link: _Link | None = None
    invitation: _Invitation | None = None
    expiration_date_time: str | None = None
    has_password: bool | str | None = None
    inherited_from: _Reference | None = None
    granted_to_v2: _IdentitySet | None = None
    granted_to_identities_v2: tuple[_IdentitySet, ...] | None = None
    granted_to: _IdentitySet | None = None
    granted_to_identities: tuple[_IdentitySet, ...] | None = None

    def permission(self, types: Mapping[str, str], first_seen: str) -> Permission:
        """Return it as the checks see it.

        Args:
            types: ``member`` or ``guest`` of each user, by object id.
            first_seen: UTC time of the first run that saw it.
        """
        expires = self.expiration_date_time or ""
        return Permission(
            id=self.id,
            link=self.link is not None,
            scope=(self.link.scope if self.link else None) or "",
            link_type=self._link_type(),
            roles=self.roles or (),
            grantees=tuple(self._grantees(types)),
            invited=(self.invitation.email if self.invitation else None) or "",
            expires="" if expires.startswith(NEVER) else expires,
            password=self.has_password is True,
            inherited_from=self._origin(),
            first_seen=first_seen,
        )

    def _link_type(self) -> str:
        if self.link is None:
            return ""
        no_download = self.link.prevents_download and self.link.type in {None, "view"}
        return NO_DOWNLOAD if no_download else self.link.type or ""

    def _origin(self) -> str:
        origin = self.inherited_from
        return "" if origin is None else origin.id or origin.path or ""

    def _grantees(self, types: Mapping[str, str]) -> Iterator[Grantee]:
        named = (
            *((self.granted_to_v2,) if self.granted_to_v2 else ()),
            *(self.granted_to_identities_v2 or ()),
        )
        old = (*((self.granted_to,) if self.granted_to else ()), *(self.granted_to_identities or ()))
        for identities in named or old:
            grantee = identities.grantee(types)
            if grantee is not None:
                yield grantee


GONE = "itemnotfound"
"""Graph's code for an item that is not there; another 404 may be about the drive or the site, and says nothing of it."""


async def read_permissions(
    reader: Reader, drive: str, items: Sequence[str]
) -> dict[str, Fact[tuple[PermissionWire, ...]] | None]:
    """Return the permissions of these items of a drive; None of an item that is not there any more."""
    paths = [LIST_ITEM_PERMISSIONS.path.format(drive, item) for item in items]
    found: dict[str, Fact[tuple[PermissionWire, ...]] | None] = {}
    async for place, outcome in listings(reader, LIST_ITEM_PERMISSIONS, paths, PermissionWire):
        if isinstance(outcome, CallFailed):
            found[items[place]] = None if outcome.code.casefold() == GONE else outcome.unread
        else:
            found[items[place]] = Read(outcome.body, outcome.source)
    return found
