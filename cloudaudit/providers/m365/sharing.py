"""The inventory of what is open to whom outside the tenant."""

from collections.abc import Iterator

from cloudaudit.clock import parse
from cloudaudit.facts import Cause, Source, Unread
from cloudaudit.model import Share, ref
from cloudaudit.providers.m365.answers import Answer
from cloudaudit.providers.m365.model import Drive, Tenant
from cloudaudit.providers.m365.operations import LIST_CHANGES
from cloudaudit.providers.m365.policy_sharing import KIND_JA, Kind, Opening, openings, own_domains
from cloudaudit.snapshot import Snapshot
from cloudaudit.text import Text

PUBLIC, OUTSIDE = "public", "outside"


def shares(snapshot: Snapshot) -> Iterator[Share]:
    """Yield one line for each item, permission and outside audience, drive by drive.

    Links that are known to serve the own organisation only are not in it, and people of it neither. What could not be
    read is not in it: the findings of the sharing checks say where that is so.
    """
    tenant = next(snapshot.resources(Tenant), None)
    inside = own_domains(tenant) if tenant else None
    now = parse(snapshot.header.taken_at)
    for drive in snapshot.resources(Drive):
        if isinstance(drive.sharing, Unread):
            continue
        for opening in openings(drive.sharing.value.items, inside, now):
            # Somebody of whom it is not known stays in: a list of what left the company must not be too short.
            if opening.outside is not Answer.NO:
                yield _share(drive, opening)


def unread(snapshot: Snapshot) -> Iterator[Unread]:
    """Yield what was not read and might add a line: drives, items, and links made since the last full pass."""
    for drive in snapshot.resources(Drive):
        if isinstance(drive.sharing, Unread):
            yield drive.sharing
            continue
        sharing = drive.sharing.value
        # What a full pass of this run found is as of its beginning, which is after the run's own.
        if not sharing.complete_at or sharing.complete_at < snapshot.header.taken_at:
            yield Unread(Cause.INTERRUPTED, Source(LIST_CHANGES.label), detail=sharing.complete_at)
        for item in sharing.items:
            if isinstance(item.permissions, Unread):
                yield item.permissions


def _share(drive: Drive, opening: Opening) -> Share:
    return Share(
        resource=ref(drive),
        audience=opening.audience,
        scope=PUBLIC if opening.kind is Kind.ANONYMOUS else OUTSIDE,
        right=opening.right,
        via=Text(en=opening.kind.value, ja=KIND_JA[opening.kind]),
        expires=opening.permission.expires,
        item=opening.item.path,
        owner=opening.item.created_by or drive.owner,
        changed=opening.item.changed_at,
        first_seen=opening.permission.first_seen,
    )
