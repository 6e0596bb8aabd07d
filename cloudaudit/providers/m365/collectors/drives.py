"""Sites and drives, and what of each drive is shared."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

import msgspec
from msgspec import Struct, structs

from cloudaudit.clock import age_days, stamp
from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.providers.m365.collectors.listings import listings
from cloudaudit.providers.m365.collectors.permissions import PermissionWire, read_permissions
from cloudaudit.providers.m365.model import (
    CONTROL_DELTA,
    READ_PASS,
    UNKNOWN_PLACE,
    Drive,
    Permission,
    Protection,
    SharedItem,
    Sharing,
)
from cloudaudit.providers.m365.operations import (
    GET_ITEM,
    GET_USER_DRIVE,
    LIST_CHANGES,
    LIST_PROTECTED_DRIVES,
    LIST_PROTECTED_SITES,
    LIST_SHARING_CHANGES,
    LIST_SITE_DRIVES,
    Operation,
)
from cloudaudit.providers.m365.reader import (
    BATCH_SIZE,
    Answer,
    CallFailed,
    Identified,
    Reader,
    now,
    without_id,
)
from cloudaudit.text import Text

DRIVE_FIELDS = "?$select=id,name,driveType,webUrl,owner,sharePointIds"
SITES_PATH = "/sites/getAllSites?$select=id,name,displayName,webUrl,isPersonalSite&$top=999"
SEARCHED_SITES_PATH = "/sites?search=*&$select=id,name,displayName,webUrl,isPersonalSite&$top=999"
"""What a person who signed in may see; the whole listing is for applications."""

ITEM_FIELDS = "id,name,folder,root,shared,deleted,remoteItem,parentReference,lastModifiedDateTime,lastModifiedBy,createdBy"
PLACE_FIELDS = "?$select=id,name,remoteItem,parentReference"
PAGE = 999
PREFER = {"Prefer": "deltashowsharingchanges, hierarchicalsharing"}
STALE = 410
NOT_FOUND = 404
FOLDERS_HELD = 100_000
"""Of how many folders the names are held to write paths with; beyond, Graph is asked where an item lies."""

DELEGATED = Text(
    en="a person signed in, and Graph then shows only the permissions that concern that person",
    ja="ユーザーとしてサインインしているため、Graph はそのユーザーに関係する権限しか返しません",
)


class _Identity(Struct, frozen=True, rename="camel"):
    id: str | None = None
    display_name: str | None = None
    email: str | None = None
    user_principal_name: str | None = None

    @property
    def label(self) -> str:
        """The best name that there is."""
        return self.user_principal_name or self.email or self.display_name or self.id or ""


class _Owner(Struct, frozen=True):
    user: _Identity | None = None
    group: _Identity | None = None


class _SharePointIds(Struct, frozen=True, rename="camel"):
    site_id: str | None = None


class DriveWire(Identified, frozen=True, rename="camel"):
    """A drive of a site or of a user."""

    name: str | None = None
    drive_type: str | None = None
    web_url: str | None = None
    owner: _Owner | None = None
    share_point_ids: _SharePointIds | None = None


class SiteWire(Identified, frozen=True, rename="camel"):
    """A line of the listing of sites."""

    name: str | None = None
    display_name: str | None = None
    web_url: str | None = None

    @property
    def label(self) -> str:
        """The best name that there is."""
        return self.display_name or self.name or self.web_url or self.id


class _Folder(Struct, frozen=True):
    pass


class _Parent(Struct, frozen=True):
    id: str | None = None
    path: str | None = None


class _By(Struct, frozen=True):
    user: _Identity | None = None

    @property
    def label(self) -> str:
        return self.user.label if self.user else ""


class _Remote(Struct, frozen=True):
    name: str | None = None
    folder: _Folder | None = None


class ItemWire(Identified, frozen=True, rename="camel"):
    """An item in a delta; of a million of them only the shared ones are kept.

    A shortcut to an item of another drive may have its name and kind in ``remoteItem`` alone. Whether that item is shared
    is told in its own drive. Source: https://learn.microsoft.com/graph/api/resources/remoteitem
    """

    name: str | None = None
    folder: _Folder | None = None
    remote_item: _Remote | None = None
    root: _Folder | None = None
    shared: _Folder | None = None
    deleted: _Folder | None = None
    parent_reference: _Parent | None = None
    last_modified_date_time: str | None = None
    last_modified_by: _By | None = None
    created_by: _By | None = None
    # Told only to callers who asked for changes of sharing.
    sharing_changed: str | bool | None = msgspec.field(default=None, name="@microsoft.graph.sharedChanged")

    @property
    def label(self) -> str:
        """Its name, or its id where it has none."""
        return self.name or (self.remote_item or _Remote()).name or self.id

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder, or a shortcut to one."""
        return self.folder is not None or (self.remote_item or _Remote()).folder is not None


@dataclass(frozen=True, kw_only=True)
class Found:
    """A drive that was found.

    Attributes:
        site: of the drive; empty fields where only its owner led to it.
        failure: why nothing more is known than the site: the site is locked, say.
    """

    wire: DriveWire
    site: SiteWire
    failure: Unread | None = None


async def drives_of(
    reader: Reader, sites: Sequence[SiteWire]
) -> AsyncIterator[tuple[SiteWire, Answer[tuple[DriveWire, ...]] | CallFailed]]:
    """Yield the drives of sites, 20 sites to a request."""
    paths = [LIST_SITE_DRIVES.path.format(site.id) + DRIVE_FIELDS for site in sites]
    async for place, outcome in listings(reader, LIST_SITE_DRIVES, paths, DriveWire):
        yield sites[place], outcome


async def drives_of_users(reader: Reader, users: Sequence[str]) -> tuple[Answer[DriveWire] | CallFailed, ...]:
    """Return the drive of each of up to 20 users."""
    paths = [GET_USER_DRIVE.path.format(user) + DRIVE_FIELDS for user in users]
    return tuple(
        without_id(GET_USER_DRIVE, 1) if isinstance(each, Answer) and not each.body.id else each
        for each in await reader.batch(GET_USER_DRIVE, paths, DriveWire)
    )


# --------------------------------------------------------------------------- protection


class _UnitWire(Struct, frozen=True, rename="camel"):
    policy_id: str | None = None
    status: str | None = None
    created_date_time: str | None = None
    directory_object_id: str | None = None
    site_id: str | None = None
    site_web_url: str | None = None

    def protection(self) -> Protection:
        return Protection(
            policy=self.policy_id or "", status=self.status or "", since=self.created_date_time or ""
        )


@dataclass(frozen=True, kw_only=True)
class Protections:
    """Which drives and sites Microsoft 365 Backup protects, by owner, site id and address."""

    drives: Fact[dict[str, Protection]]
    sites: Fact[dict[str, Protection]]

    def of(self, found: Found) -> Fact[Protection | None]:
        """Return the unit that names a drive, or its site."""
        wire = found.wire
        if wire.drive_type == "business":
            owner = wire.owner.user.id if wire.owner and wire.owner.user else None
            return _looked_up(self.drives, (owner or "",))
        site_ids = (
            found.site.id,
            *found.site.id.split(","),
            (wire.share_point_ids or _SharePointIds()).site_id or "",
        )
        return _looked_up(self.sites, (*site_ids, (found.site.web_url or "").casefold()))


def _looked_up(units: Fact[dict[str, Protection]], keys: Sequence[str]) -> Fact[Protection | None]:
    if isinstance(units, Unread):
        return units
    found = next((units.value[key] for key in keys if key and key in units.value), None)
    return Read(found, units.source)


async def read_protections(reader: Reader) -> Protections:
    """Return the units of protection."""
    return Protections(
        drives=await _units(reader, LIST_PROTECTED_DRIVES), sites=await _units(reader, LIST_PROTECTED_SITES)
    )


async def _units(reader: Reader, operation: Operation) -> Fact[dict[str, Protection]]:
    try:
        answer = await reader.every(operation, operation.path, _UnitWire)
    except CallFailed as failure:
        return failure.unread
    found: dict[str, Protection] = {}
    for unit in answer.body:
        keys = (unit.directory_object_id, unit.site_id, (unit.site_web_url or "").casefold())
        found.update({key: unit.protection() for key in keys if key})
    return Read(found, answer.source)


# --------------------------------------------------------------------------- sharing


@dataclass(frozen=True, kw_only=True)
class Looks:
    """How drives are looked at in this run.

    Attributes:
        delegated: whether a person signed in.
        control: whether Graph tells changes of sharing.
        refused_control: why it will not, although that was asked for.
        full: whether every drive is read from its beginning.
        full_pass_days: after how many days one is anyway.
        types: ``member`` or ``guest`` of each user.
    """

    delegated: bool = False
    control: bool = False
    refused_control: Unread | None = None
    full: bool = False
    full_pass_days: int = 7
    types: Mapping[str, str] = field(default_factory=dict[str, str])


class _Stale(Exception):  # noqa: N818 - a signal
    """Graph has forgotten the delta link, or it does not lead to this Graph."""


@dataclass
class _Pass:
    """What the pages of a delta leave behind."""

    items: dict[str, SharedItem]
    looked_at: int = 0
    delta_link: str = ""
    changed: set[str] = field(default_factory=set[str])
    folders: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    roots: set[str] = field(default_factory=set[str])
    seen: dict[str, ItemWire] = field(default_factory=dict[str, ItemWire])


_UNREAD = Unread(Cause.INTERRUPTED, Source(LIST_CHANGES.label))
"""Stands in an item until its permissions were read."""


class SharingReader:
    """Reads what of a drive is shared, going on from an earlier night where it can."""

    def __init__(self, reader: Reader, looks: Looks) -> None:
        self._reader = reader
        self._looks = looks
        self._operation = LIST_SHARING_CHANGES if looks.control else LIST_CHANGES
        self._by = CONTROL_DELTA if looks.control else READ_PASS

    async def read(self, drive: str, earlier: Drive | None) -> Fact[Sharing]:
        """Return what is shared of a drive.

        Args:
            drive: its id.
            earlier: its record of an earlier night; None when there is none.
        """
        if self._looks.delegated:
            return Unread(Cause.UNSUPPORTED, Source(self._operation.label), detail=DELEGATED)
        if self._looks.refused_control is not None:
            return self._looks.refused_control
        began = stamp(now())
        before = earlier.sharing.value if earlier and isinstance(earlier.sharing, Read) else None
        try:
            if before is not None and self._goes_on(before, began):
                try:
                    return await self._since(drive, before, began)
                except _Stale:
                    pass
            return await self._whole(drive, before, began)
        except CallFailed as failure:
            return failure.unread

    def _goes_on(self, before: Sharing, began: str) -> bool:
        if self._looks.full or not before.delta_link or not before.complete_at:
            return False
        if before.complete_by != self._by:
            # Each way of looking has delta links of its own.
            return False
        if self._looks.control:
            return True
        try:
            days = age_days(before.complete_at, now())
        except ValueError:
            return False
        return 0 <= days < self._looks.full_pass_days and before.complete_at <= began

    async def _whole(self, drive: str, before: Sharing | None, began: str) -> Fact[Sharing]:
        """Go over every item from the beginning."""
        path = f"{self._operation.path.format(drive)}?$select={ITEM_FIELDS}&$top={PAGE}"
        gone_over = await self._pass(path, {})
        return await self._with_permissions(drive, gone_over, before, set(gone_over.items), began)

    async def _since(self, drive: str, before: Sharing, began: str) -> Fact[Sharing]:
        """Go over what changed, and read the permissions of what is known to be shared again."""
        if not self._reader.leads_here(before.delta_link):
            # An earlier night asked by another address, say of another cloud; the token must not go there.
            raise _Stale
        gone_over = await self._pass(before.delta_link, {item.id: item for item in before.items})
        again = gone_over.changed & set(gone_over.items) if self._looks.control else set(gone_over.items)
        # An item that was left unread in an earlier night is read now, whether it changed or not.
        again |= {item.id for item in gone_over.items.values() if isinstance(item.permissions, Unread)}
        at = began if self._looks.control else before.complete_at
        return await self._with_permissions(drive, gone_over, before, again, at)

    async def _pass(self, link: str, known: dict[str, SharedItem]) -> _Pass:
        gone_over = _Pass(known)
        headers = PREFER if self._looks.control else None
        try:
            async for page in self._reader.pages(self._operation, link, ItemWire, headers):
                for item in page.items:
                    self._take(item, gone_over)
                gone_over.delta_link = page.delta_link
        except CallFailed as failure:
            if failure.status == STALE:
                raise _Stale from failure
            raise
        return gone_over

    def _take(self, item: ItemWire, gone_over: _Pass) -> None:
        """Keep an item that is shared; the last that a delta says of an item is what holds."""
        gone_over.looked_at += 1
        if item.root is not None:
            gone_over.roots.add(item.id)
        if item.folder is not None and len(gone_over.folders) < FOLDERS_HELD and item.root is None:
            parent = item.parent_reference.id if item.parent_reference else None
            gone_over.folders[item.id] = (parent or "", item.name or "")
        shared = (
            item.shared is not None or item.root is not None or str(item.sharing_changed).casefold() == "true"
        )
        if item.deleted is not None or not shared:
            gone_over.items.pop(item.id, None)
            gone_over.seen.pop(item.id, None)
            return
        gone_over.changed.add(item.id)
        gone_over.seen[item.id] = item
        known = gone_over.items.get(item.id)
        gone_over.items[item.id] = SharedItem(
            id=item.id,
            path=known.path if known else "",
            folder=item.is_folder or item.root is not None,
            changed_at=item.last_modified_date_time or "",
            changed_by=item.last_modified_by.label if item.last_modified_by else "",
            created_by=item.created_by.label if item.created_by else "",
            permissions=known.permissions if known else _UNREAD,
        )

    async def _with_permissions(
        self, drive: str, gone_over: _Pass, before: Sharing | None, again: set[str], at: str
    ) -> Fact[Sharing]:
        first_seen = _first_seen(before)
        ids = sorted(again)
        found = await read_permissions(self._reader, drive, ids)
        items = await self._placed(drive, gone_over)
        for item_id, fact in found.items():
            if fact is None:
                # It was deleted between the two questions.
                del items[item_id]
                continue
            permissions = (
                fact
                if isinstance(fact, Unread)
                else Read(self._made(item_id, fact.value, first_seen), fact.source)
            )
            items[item_id] = structs.replace(items[item_id], permissions=permissions)
        return Read(
            Sharing(
                items=tuple(_without_inherited(items)),
                complete_at=at,
                complete_by=self._by,
                looked_at=gone_over.looked_at,
                delta_link=gone_over.delta_link,
            ),
            Source(self._operation.label, stamp(now())),
        )

    async def _placed(self, drive: str, gone_over: _Pass) -> dict[str, SharedItem]:
        """Return the shared items with their paths: a night's changes do not tell of the folders above them."""
        paths = {item_id: _path(item, gone_over) for item_id, item in gone_over.seen.items()}
        lost = sorted(item_id for item_id, path in paths.items() if path is None)
        told: dict[str, str | None] = {}
        for start in range(0, len(lost), BATCH_SIZE):
            some = lost[start : start + BATCH_SIZE]
            asked = [GET_ITEM.path.format(drive, item) + PLACE_FIELDS for item in some]
            answers = await self._reader.batch(GET_ITEM, asked, ItemWire)
            told.update(
                (item, _told_path(answer.body) if isinstance(answer, Answer) else None)
                for item, answer in zip(some, answers, strict=True)
            )
        items = dict(gone_over.items)
        for item_id, path in paths.items():
            item = gone_over.seen[item_id]
            place = path or told.get(item_id) or f"{UNKNOWN_PLACE}{item.label}"
            items[item_id] = structs.replace(items[item_id], path=place)
        return items

    def _made(
        self, item: str, lines: tuple[PermissionWire, ...], first_seen: Mapping[tuple[str, str], str]
    ) -> tuple[Permission, ...]:
        today = stamp(now())
        return tuple(
            line.permission(self._looks.types, first_seen.get((item, line.id), today)) for line in lines
        )


def _first_seen(before: Sharing | None) -> dict[tuple[str, str], str]:
    return {
        (item.id, permission.id): permission.first_seen
        for item in (before.items if before else ())
        if isinstance(item.permissions, Read)
        for permission in item.permissions.value
    }


def _without_inherited(items: Mapping[str, SharedItem]) -> list[SharedItem]:
    """Return the items in order, without the permissions that are told at their origin already."""
    told = {item.id for item in items.values() if isinstance(item.permissions, Read)}
    kept: list[SharedItem] = []
    for item_id in sorted(items):
        item = items[item_id]
        fact = item.permissions
        if isinstance(fact, Read):
            own = tuple(
                each
                for each in fact.value
                if each.inherited_from not in told or each.inherited_from == item.id
            )
            item = structs.replace(item, permissions=Read(own, fact.source))
        kept.append(item)
    return kept


def _path(item: ItemWire, gone_over: _Pass) -> str | None:
    """Return where an item lies, None where that is not known up to the root.

    Graph leaves the path out of a delta, so the names of folders are put together.
    """
    if item.root is not None:
        return "/"
    if (told := _told_path(item)) is not None:
        return told
    names = [item.label]
    place = (item.parent_reference.id if item.parent_reference else None) or ""
    seen: set[str] = set()
    while place in gone_over.folders and place not in seen:
        seen.add(place)
        place, folder = gone_over.folders[place]
        names.append(folder)
    # Graph names the root as the parent of what lies at the top; where it names none, there is nothing above.
    whole = not place or place in gone_over.roots
    return "/" + "/".join(reversed(names)) if whole else None


def _told_path(item: ItemWire) -> str | None:
    """Return the path as Graph tells it, which it does for single items."""
    parent = item.parent_reference or _Parent()
    if parent.path is None or ":" not in parent.path:
        return None
    return f"{unquote(parent.path.partition(':')[2]).rstrip('/')}/{item.label}"


def record(found: Found, sharing: Fact[Sharing], protection: Fact[Protection | None], tenant: str) -> Drive:
    """Return a drive's record."""
    wire, site = found.wire, found.site
    owner = (wire.owner or _Owner()).user or (wire.owner or _Owner()).group or _Identity()
    name = (
        owner.label or site.label
        if wire.drive_type == "business"
        else f"{site.label}/{wire.name or ''}".strip("/")
    )
    return Drive(
        id=wire.id,
        name=name or wire.name or wire.id,
        account=tenant,
        region="global",
        type=wire.drive_type or "",
        url=wire.web_url or "",
        site=site.id,
        site_name=site.label,
        owner=owner.label,
        owner_id=owner.id or "",
        sharing=sharing,
        protection=protection,
    )
