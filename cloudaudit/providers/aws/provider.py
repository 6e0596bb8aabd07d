"""What the engine knows of AWS."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from cloudaudit.model import Resource, Share
from cloudaudit.providers import NotLookedAt
from cloudaudit.providers.aws.model import KINDS, AccessPoint, Account, Bucket, DirectoryBucket, StorageBucket
from cloudaudit.snapshot import Header, Snapshot
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
    def not_looked_at(self) -> Sequence[NotLookedAt]:
        """The checks of single objects."""
        return (
            NotLookedAt(id="aws-s3-object-encryption", reason=NO_OBJECTS),
            NotLookedAt(id="aws-s3-object-public-acl", reason=NO_OBJECTS),
        )

    def shares(self, snapshot: Snapshot) -> Iterator[Share]:
        """Yield what is open to whom outside, bucket by bucket."""
        from cloudaudit.providers.aws.sharing import shares

        account = next(snapshot.resources(Account), None)
        if account is None:
            return
        points = list(snapshot.resources(AccessPoint))
        buckets: Iterable[StorageBucket] = chain(
            snapshot.resources(Bucket), snapshot.resources(DirectoryBucket)
        )
        for bucket in buckets:
            mine = [point for point in points if bucket.name in point.buckets]
            yield from shares(bucket, account, mine)

    def target_name(self, header: Header) -> str:
        """Return ``aws-<account>``."""
        return f"aws-{header.account}"
