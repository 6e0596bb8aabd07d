"""What the engine knows of AWS."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from msgspec import structs

from cloudaudit.facts import Read, Unread
from cloudaudit.model import Resource, Share
from cloudaudit.providers import NotLookedAt
from cloudaudit.providers.aws.model import (
    KINDS,
    AccessPoint,
    Account,
    Bucket,
    DirectoryBucket,
    Region,
    StorageBucket,
)
from cloudaudit.providers.aws.stores import STORES
from cloudaudit.snapshot import Header, Snapshot
from cloudaudit.stores import Stores
from cloudaudit.text import Text

NO_OBJECTS = Text(
    en="this version does not look at single objects",
    ja="このバージョンではオブジェクト単位の確認は行いません",
)


class AwsProvider:
    """The provider ``aws``."""

    name = "aws"

    @property
    def kinds(self) -> Sequence[type[Resource]]:
        """Every kind that its snapshots can hold."""
        return KINDS

    @property
    def stores(self) -> Stores:
        """The kinds in which data lies, and how people write them down."""
        return STORES

    @property
    def not_looked_at(self) -> Sequence[NotLookedAt]:
        """Nothing: every check of the catalogue has its own answer."""
        return ()

    def shares(self, snapshot: Snapshot) -> Iterator[Share]:
        """Yield what is open to whom outside, bucket by bucket."""
        from cloudaudit.providers.aws.sharing import object_shares, shares

        account = next(snapshot.resources(Account), None)
        if account is None:
            return
        points = _by_bucket(snapshot.resources(AccessPoint))
        changed = _newest_changes(snapshot)
        for bucket in _buckets(snapshot):
            for share in shares(bucket, account, points.get(bucket.name, [])):
                yield structs.replace(share, since=changed.get(bucket.name, ""))
            if isinstance(bucket, Bucket):
                yield from object_shares(bucket, account)

    def shares_unread(self, snapshot: Snapshot) -> Iterator[Unread]:
        """Yield what may hide a way into a bucket."""
        from cloudaudit.providers.aws.policy import exposure
        from cloudaudit.providers.aws.sharing import object_shares_unread

        account = next(snapshot.resources(Account), None)
        if account is None:
            return
        points = _by_bucket(snapshot.resources(AccessPoint))
        for bucket in _buckets(snapshot):
            for doubt in exposure(bucket, account, points.get(bucket.name, [])).doubts:
                yield doubt.unread
            if isinstance(bucket, Bucket):
                yield from object_shares_unread(bucket, account)

    def target_name(self, header: Header) -> str:
        """Return ``aws-<account>``."""
        return f"aws-{header.account}"


def _buckets(snapshot: Snapshot) -> Iterable[StorageBucket]:
    return chain(snapshot.resources(Bucket), snapshot.resources(DirectoryBucket))


def _by_bucket(points: Iterable[AccessPoint]) -> dict[str, list[AccessPoint]]:
    """Return the access points of each bucket, by its name."""
    found: dict[str, list[AccessPoint]] = {}
    for point in points:
        for name in set(point.buckets):
            found.setdefault(name, []).append(point)
    return found


def _newest_changes(snapshot: Snapshot) -> dict[str, str]:
    """Return when each bucket's exposure was last changed, for those of which CloudTrail still knows."""
    changed: dict[str, str] = {}
    for region in snapshot.resources(Region):
        events = region.exposure_events
        for event in events.value if isinstance(events, Read) else ():
            changed[event.bucket] = max(event.at, changed.get(event.bucket, ""))
    return changed
