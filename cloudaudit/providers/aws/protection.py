"""What protects a bucket's data: blocks against the public, copies, locks, keys. Pure functions."""

from datetime import datetime

from cloudaudit.clock import age_days, parse
from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.providers.aws.answers import Answer, Unknown, all_of, any_of, holds
from cloudaudit.providers.aws.model import (
    AwsResource,
    BackupVault,
    Bucket,
    PublicAccessBlock,
    RecoveryPoint,
    ReplicaBucket,
    Replication,
    ReplicationRule,
)
from cloudaudit.text import Text

AIR_GAPPED = "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"
VISIBLE_KEY_CHARACTERS = 8

BlockFact = Read[PublicAccessBlock | None] | Unread


def shuts_public(bucket: BlockFact, account: BlockFact) -> Answer:
    """Return whether public ACLs are ignored and public buckets restricted, by either block.

    Source of the rule: S3 applies the most restrictive combination of both,
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """
    blocks = (bucket, account)
    return all_of(
        (
            any_of(
                holds(fact, lambda block: block is not None and block.ignore_public_acls) for fact in blocks
            ),
            any_of(
                holds(fact, lambda block: block is not None and block.restrict_public_buckets)
                for fact in blocks
            ),
        )
    )


def switches(block: PublicAccessBlock | None) -> dict[str, bool] | None:
    """Return the four switches as evidence; None where no block is set."""
    if block is None:
        return None
    return {
        "block_public_acls": block.block_public_acls,
        "ignore_public_acls": block.ignore_public_acls,
        "block_public_policy": block.block_public_policy,
        "restrict_public_buckets": block.restrict_public_buckets,
    }


def younger(then: str, now: datetime, days: int) -> bool:
    """Return whether less than this many whole days have passed.

    Raises:
        ValueError: ``then`` is not a time.
    """
    return age_days(then, now) < days


def usable(point: RecoveryPoint) -> bool:
    """Return whether one can restore from a recovery point: a finished snapshot or a continuous backup.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DescribeRecoveryPoint.html
    """
    return point.status in {"COMPLETED", "AVAILABLE"}


def bucket_arn(partition: str, name: str) -> str:
    """Return the ARN of a general purpose bucket, which is its id in a snapshot."""
    return f"arn:{partition}:s3:::{name}"


def elsewhere(arn: str, resource: AwsResource) -> bool:
    """Return whether an ARN lies in another account or region than a resource."""
    _, _, _, region, account, *_ = arn.split(":")
    return region != resource.region or account != resource.account


def replicas(replication: Replication) -> list[tuple[ReplicationRule, ReplicaBucket]]:
    """Return the destinations of the enabled rules that cover the whole bucket; a part is no copy."""
    found = {destination.name: destination for destination in replication.destinations}
    return [
        (rule, found.get(rule.destination) or _not_looked_at(rule.destination))
        for rule in replication.rules
        if rule.enabled and rule.whole_bucket
    ]


def receives(replica: ReplicaBucket) -> Answer:
    """Return whether a destination can take replicas: it exists and is versioned."""
    return all_of(
        (
            holds(replica.exists, lambda exists: exists),
            holds(replica.versioning, lambda versioning: versioning.status == "Enabled"),
        )
    )


def keeps_versions(bucket: Bucket) -> Answer:
    """Return whether what is overwritten or deleted in a bucket can be brought back."""
    return any_of(
        (
            holds(bucket.versioning, lambda versioning: versioning.status == "Enabled"),
            holds(bucket.object_lock, lambda lock: lock is not None and lock.enabled),
        )
    )


def immutable(vault: BackupVault, now: datetime) -> bool:
    """Return whether not even an administrator can empty a vault: compliance mode, its grace time over.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
    """
    if not vault.locked:
        return False
    if not vault.lock_date:
        return vault.vault_type == AIR_GAPPED
    return parse(vault.lock_date) <= now


def objects_locked(bucket: Bucket) -> Answer:
    """Return whether Object Lock keeps every new object.

    Without a default retention it keeps only what was given one by itself, and only the objects tell.
    """
    fact = bucket.object_lock
    if isinstance(fact, Unread):
        return Unknown((fact,))
    lock = fact.value
    if lock is None or not lock.enabled:
        return False
    if lock.mode:
        return True
    detail = Text(
        en="Object Lock has no default retention; each object's own retention was not looked at",
        ja="オブジェクトロックに既定の保持期間がなく、各オブジェクトの保持設定は確認していません",
    )
    return Unknown((Unread(Cause.UNSUPPORTED, fact.source, detail=detail),))


def shortened(key: str) -> str:
    """Return a KMS key's name for people: an alias whole, a key id by its first eight characters."""
    if "alias/" in key:
        return f"alias/{key.partition('alias/')[2]}"
    name = key.rpartition("/")[2]
    return name if len(name) <= VISIBLE_KEY_CHARACTERS else f"{name[:VISIBLE_KEY_CHARACTERS]}…"


def key_account(key: str) -> str:
    """Return the account of a key's ARN; empty for what is no ARN."""
    parts = key.split(":")
    return parts[4] if len(parts) > 4 else ""  # noqa: PLR2004 - the account is the fifth part of an ARN


def may_hold_versions(bucket: Bucket) -> Fact[bool]:
    """Return whether a bucket may hold versions besides the current ones: versioning is on, or was."""
    versioning = bucket.versioning
    if isinstance(versioning, Unread):
        return versioning
    return Read(bool(versioning.value.status), versioning.source)


def _not_looked_at(name: str) -> ReplicaBucket:
    unread = Unread(
        Cause.UNSUPPORTED,
        Source("s3:GetBucketVersioning"),
        detail=Text(en=f"destination {name}", ja=f"レプリケーション先 {name}"),
    )
    return ReplicaBucket(name=name, exists=unread, region=unread, versioning=unread)
