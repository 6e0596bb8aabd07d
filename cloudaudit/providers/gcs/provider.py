"""What the engine knows of Google Cloud."""

from collections.abc import Iterator, Sequence

from cloudaudit.clock import parse
from cloudaudit.facts import Unread
from cloudaudit.model import Resource, Share
from cloudaudit.providers import NotLookedAt
from cloudaudit.providers.gcs.model import KINDS, Bucket, Project
from cloudaudit.providers.gcs.stores import STORES
from cloudaudit.snapshot import Header, Snapshot
from cloudaudit.stores import Stores
from cloudaudit.text import Text

NO_DRIVE = Text(
    en="Google Drive was not looked at: files and shared drives, and whom they are shared with, are not in this report",
    ja="Google ドライブは確認対象外です。マイドライブ・共有ドライブのファイルとその共有状況は、本レポートに含まれません",
)


class GcsProvider:
    """The provider ``gcs``."""

    name = "gcs"

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
        """Google Drive."""
        return (NotLookedAt(id="google-drive", reason=NO_DRIVE, what="service"),)

    def shares(self, snapshot: Snapshot) -> Iterator[Share]:
        """Yield what is open to whom outside, bucket by bucket."""
        from cloudaudit.providers.gcs.lookups import roles_of
        from cloudaudit.providers.gcs.policy_grants import reach_of
        from cloudaudit.providers.gcs.sharing import shares

        roles, at = roles_of(snapshot), parse(snapshot.header.taken_at)
        reaches = {project.account: reach_of(project) for project in snapshot.resources(Project)}
        for bucket in snapshot.resources(Bucket):
            reach = reaches.get(bucket.account)
            if reach is not None:
                yield from shares(bucket, reach.project, roles, at, reach)

    def shares_unread(self, snapshot: Snapshot) -> Iterator[Unread]:
        """Yield what may hide a way into a bucket or one of its objects."""
        from cloudaudit.providers.gcs.lookups import roles_of
        from cloudaudit.providers.gcs.policy import exposure
        from cloudaudit.providers.gcs.policy_grants import reach_of
        from cloudaudit.providers.gcs.sharing import objects_unread

        roles, at = roles_of(snapshot), parse(snapshot.header.taken_at)
        reaches = {project.account: reach_of(project) for project in snapshot.resources(Project)}
        for bucket in snapshot.resources(Bucket):
            reach = reaches.get(bucket.account)
            if reach is not None:
                yield from objects_unread(bucket, reach.project)
                for doubt in exposure(bucket, reach.project, roles, at, reach).doubts:
                    yield doubt.unread

    def target_name(self, header: Header) -> str:
        """Return ``gcs-<account>``."""
        return f"gcs-{header.account}"
