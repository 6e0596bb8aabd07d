"""S3 Block Public Access over all its levels: the most restrictive combination applies."""

from collections.abc import Sequence

from msgspec import Struct

from cloudaudit.facts import Fact, Read, Source, Unread
from cloudaudit.providers.aws.model import Account, Bucket, PublicAccessBlock, StorageBucket
from cloudaudit.providers.aws.policy_conditions import Answer
from cloudaudit.text import Text

ALL_ON = PublicAccessBlock(
    block_public_acls=True, ignore_public_acls=True, block_public_policy=True, restrict_public_buckets=True
)
ALWAYS_ON: Read[PublicAccessBlock | None] = Read(ALL_ON, Source(""))
"""What AWS documents of directory buckets, under "Block Public Access" in the S3 User Guide."""


class Switch(Struct, frozen=True):
    """Whether a setting is on at any level.

    Attributes:
        unread: the levels that could still answer, where the answer is unknown.
        reason: which level has it on; None where none has.
    """

    answer: Answer
    unread: tuple[Unread, ...] = ()
    reason: Text | None = None


class Level(Struct, frozen=True):
    """One place where the block is set.

    Attributes:
        organization: whether it is the organisation's, which an account often cannot read.
    """

    name: Text
    block: Fact[PublicAccessBlock | None]
    organization: bool = False


def levels(bucket: StorageBucket, account: Account) -> tuple[Level, ...]:
    """Return the levels that hold for every request to a bucket."""
    own = bucket.public_access_block if isinstance(bucket, Bucket) else ALWAYS_ON
    found = [
        Level(Text(en="bucket", ja="バケット"), own),
        Level(Text(en="account", ja="アカウント"), account.public_access_block),
    ]
    organization = account.organization_s3_block
    # Where the organisation's policy was not read, the account's setting (which inherits it) still speaks.
    if isinstance(organization, Read) and organization.value:
        found.append(
            Level(Text(en="organisation", ja="組織"), Read(ALL_ON, organization.source), organization=True)
        )
    return tuple(found)


def restricts_policies(found: Sequence[Level]) -> Switch:
    """Return whether a public policy lets in only the own account and AWS services."""
    return _switch(
        found,
        "restrict_public_buckets",
        Text(en="restricts buckets with public policies", ja="公開ポリシーを持つバケットへのアクセスを制限"),
    )


def ignores_acls(found: Sequence[Level]) -> Switch:
    """Return whether grants to everyone in ACLs are ignored."""
    return _switch(found, "ignore_public_acls", Text(en="ignores public ACLs", ja="パブリック ACL を無視"))


def object_acls_count(ownership: Fact[str | None], found: Sequence[Level]) -> bool:
    """Return whether ACLs of objects may let in everyone: they are not off, and nothing is known to ignore them."""
    enforced = isinstance(ownership, Read) and ownership.value == "BucketOwnerEnforced"
    return not enforced and ignores_acls(found).answer is not Answer.YES


def _switch(found: Sequence[Level], name: str, effect: Text) -> Switch:
    unread: list[Unread] = []
    for level in found:
        if isinstance(level.block, Unread):
            unread.append(level.block)
        elif level.block.value is not None and getattr(level.block.value, name):
            reason = Text(
                en=f"the public access block of the {level.name.en} {effect.en}",
                ja=f"{level.name.ja}のブロックパブリックアクセスが{effect.ja}",
            )
            return Switch(Answer.YES, reason=reason)
    return Switch(Answer.UNKNOWN, tuple(unread)) if unread else Switch(Answer.NO)
