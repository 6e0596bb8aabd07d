"""S3: the listing of buckets, and the settings of one bucket in as few calls as can matter."""

from collections.abc import Callable

from msgspec import Struct

from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.providers.aws.collectors import bucket_answers as answers
from cloudaudit.providers.aws.collectors.inventories import read_told
from cloudaudit.providers.aws.model import (
    Acl,
    Encryption,
    Grant,
    InventoryReport,
    LifecycleRule,
    Logging,
    ObjectLock,
    PublicAccessBlock,
    Replication,
    ReplicationRule,
    Versioning,
    Website,
)
from cloudaudit.providers.aws.operations import (
    GET_BUCKET_ACL,
    GET_BUCKET_ENCRYPTION,
    GET_BUCKET_LIFECYCLE,
    GET_BUCKET_LOCATION,
    GET_BUCKET_LOGGING,
    GET_BUCKET_OWNERSHIP,
    GET_BUCKET_POLICY,
    GET_BUCKET_POLICY_STATUS,
    GET_BUCKET_PUBLIC_ACCESS_BLOCK,
    GET_BUCKET_REPLICATION,
    GET_BUCKET_TAGGING,
    GET_BUCKET_VERSIONING,
    GET_BUCKET_WEBSITE,
    GET_OBJECT_LOCK,
    LIST_BUCKETS,
)
from cloudaudit.providers.aws.reader import Page, Reader, text_time
from cloudaudit.providers.aws.worth_asking import (
    Doors,
    policy_status_decides,
    status_not_asked,
    website_decides,
    website_not_asked,
)
from cloudaudit.text import Text

PAGE_SIZE = 1_000
ENFORCED = "BucketOwnerEnforced"
MOST_CALLS = 14
"""About one bucket, pages of more than a hundred inventories apart. Whether an inventory was delivered lately, which
decides the least severe check of all, is what waits for the rest: its calls are those that are left."""
ALWAYS = 9
"""Block, policy, ownership, versioning, encryption, lifecycle, logging, tags and the list of inventories."""
WITH_VERSIONS = 2
"""Replication and object lock."""


NO_OWNER = Text(en="the listing names no owner", ja="一覧に所有者が含まれていません")


# --------------------------------------------------------------------------- the listing


class BucketListing(Struct, frozen=True):
    """Every bucket with its region, and the canonical user id of the account; ``owner`` may be empty."""

    lines: tuple[answers.BucketLine, ...]
    owner: str
    source: Source


def list_buckets(reader: Reader) -> BucketListing:
    """Return every bucket of the account, in pages; the paged form also answers each bucket's region.

    Raises:
        CallFailed: the listing was not answered.
    """
    owners: list[str] = []

    def page(body: answers.Buckets) -> Page[answers.BucketLine]:
        owners.append(body.owner.id)
        return Page(body.buckets, body.continuation_token)

    answer = reader.pages(
        LIST_BUCKETS, reader.home, {"MaxBuckets": PAGE_SIZE}, answers.Buckets, page, "ContinuationToken"
    )
    return BucketListing(answer.body, owners[0], answer.source)


def owner_of(listing: BucketListing) -> Fact[str]:
    """Return the account's canonical user id, or why nobody knows it."""
    if listing.owner:
        return Read(listing.owner, listing.source)
    return Unread(
        Cause.UNSUPPORTED,
        listing.source,
        detail=NO_OWNER,
    )


def locate(reader: Reader, name: str) -> Fact[str]:
    """Return a bucket's region by GetBucketLocation, for endpoints whose listing does not tell."""
    return reader.fact(
        GET_BUCKET_LOCATION,
        reader.home,
        {"Bucket": name},
        answers.Location,
        lambda body: (
            {"": "us-east-1", "EU": "eu-west-1"}.get(body.location_constraint or "", body.location_constraint)
            or "us-east-1"
        ),
    )


# --------------------------------------------------------------------------- one bucket


class Settings(Struct, frozen=True, kw_only=True):
    """A bucket's own settings, each read in the bucket's region; see ``Bucket`` for their meaning."""

    public_access_block: Fact[PublicAccessBlock | None]
    policy: Fact[str | None]
    policy_is_public: Fact[bool | None]
    acl: Fact[Acl | None]
    ownership: Fact[str | None]
    encryption: Fact[Encryption | None]
    versioning: Fact[Versioning]
    replication: Fact[Replication | None]
    lifecycle: Fact[tuple[LifecycleRule, ...]]
    object_lock: Fact[ObjectLock | None]
    logging: Fact[Logging | None]
    website: Fact[Website | None]
    inventories: Fact[tuple[InventoryReport, ...]]
    metadata_table: Fact[str | None]
    tags: Fact[tuple[tuple[str, str], ...]]


def read_settings(
    reader: Reader,
    name: str,
    region: str,
    account_block: Callable[[], Fact[PublicAccessBlock | None]],
    *,
    partition: str,
) -> Settings:
    """Read the settings of one bucket; calls that cannot matter are not made, and never more than ``MOST_CALLS``.

    Args:
        reader: calls.
        name: of the bucket.
        region: where it lies.
        account_block: returns the account's public access block.
        partition: of the account.
    """
    where = {"Bucket": name}
    ownership = _ownership(reader, region, where)
    enforced = isinstance(ownership, Read) and ownership.value == ENFORCED
    doors = Doors(
        account_block=account_block(),
        public_access_block=_block(reader, region, where),
        policy=_policy(reader, region, where),
        ownership=ownership,
        acl=Read(None, ownership.source)
        if isinstance(ownership, Read) and enforced
        else _acl(reader, region, where),
    )
    status, status_asked = _policy_status(reader, region, where, doors)
    website_asked = website_decides(bucket_arn(partition, name), doors, status)
    versioning = read_versioning(reader, name, region)
    versioned = _never_versioned(versioning) is None
    spent = ALWAYS + sum((not enforced, status_asked, website_asked, WITH_VERSIONS * versioned))
    told = read_told(reader, region, where, enforced=enforced, calls=MOST_CALLS - spent)
    return Settings(
        public_access_block=doors.public_access_block,
        policy=doors.policy,
        policy_is_public=status,
        acl=doors.acl,
        ownership=ownership,
        encryption=_encryption(reader, region, where),
        versioning=versioning,
        replication=_replication(reader, region, where, versioning),
        lifecycle=_lifecycle(reader, region, where),
        object_lock=_object_lock(reader, region, where, versioning),
        logging=_logging(reader, region, where),
        website=_website(reader, region, where) if website_asked else website_not_asked(doors.policy),
        inventories=told.inventories,
        metadata_table=told.metadata_table,
        tags=_tags(reader, region, where),
    )


def nothing_read(why: Unread) -> Settings:
    """Return the settings of a bucket none of which could be read, for one and the same reason."""
    return Settings(**dict.fromkeys(Settings.__struct_fields__, why))


def _block(reader: Reader, region: str, where: dict[str, str]) -> Fact[PublicAccessBlock | None]:
    return reader.fact(
        GET_BUCKET_PUBLIC_ACCESS_BLOCK,
        region,
        where,
        answers.Block,
        lambda body: body.public_access_block_configuration.to_model(),
        absent={"NoSuchPublicAccessBlockConfiguration": None},
    )


def _policy(reader: Reader, region: str, where: dict[str, str]) -> Fact[str | None]:
    return reader.fact(
        GET_BUCKET_POLICY,
        region,
        where,
        answers.PolicyText,
        lambda body: body.policy,
        absent={"NoSuchBucketPolicy": None},
    )


def _policy_status(
    reader: Reader, region: str, where: dict[str, str], doors: Doors
) -> tuple[Fact[bool | None], bool]:
    """Return AWS's own reading of the policy, and whether it took a call."""
    if isinstance(doors.policy, Read) and doors.policy.value is None:
        return Read(None, doors.policy.source), False
    if not policy_status_decides(doors):
        return status_not_asked(doors.policy), False
    status: Fact[bool | None] = reader.fact(
        GET_BUCKET_POLICY_STATUS,
        region,
        where,
        answers.PolicyStatus,
        lambda body: body.policy_status.is_public,
        absent={"NoSuchBucketPolicy": None},
    )
    return status, True


def _acl(reader: Reader, region: str, where: dict[str, str]) -> Fact[Acl | None]:
    return reader.fact(
        GET_BUCKET_ACL,
        region,
        where,
        answers.Acl,
        lambda body: Acl(
            owner=body.owner.id,
            grants=tuple(
                Grant(
                    grantee_type=grant.grantee.type,
                    grantee=grant.grantee.uri or grant.grantee.id or grant.grantee.email,
                    permission=grant.permission,
                )
                for grant in body.grants
            ),
        ),
    )


def _ownership(reader: Reader, region: str, where: dict[str, str]) -> Fact[str | None]:
    return reader.fact(
        GET_BUCKET_OWNERSHIP,
        region,
        where,
        answers.Ownership,
        lambda body: next((rule.object_ownership for rule in body.ownership_controls.rules), None),
        absent={"OwnershipControlsNotFoundError": None},
    )


def _encryption(reader: Reader, region: str, where: dict[str, str]) -> Fact[Encryption | None]:
    return reader.fact(
        GET_BUCKET_ENCRYPTION,
        region,
        where,
        answers.EncryptionAnswer,
        encryption_of,
        absent={"ServerSideEncryptionConfigurationNotFoundError": None},
    )


def encryption_of(body: answers.EncryptionAnswer) -> Encryption | None:
    """Return the default encryption that an answer tells; a rule may name no algorithm at all."""
    for rule in body.server_side_encryption_configuration.rules:
        default = rule.apply_server_side_encryption_by_default
        return Encryption(
            algorithm=default.algorithm if default else "",
            key=default.key if default else "",
            bucket_key=rule.bucket_key_enabled,
            blocked=rule.blocked_encryption_types.encryption_type,
        )
    return None


def read_versioning(reader: Reader, name: str, region: str) -> Fact[Versioning]:
    """Read whether a bucket keeps versions."""
    return reader.fact(
        GET_BUCKET_VERSIONING,
        region,
        {"Bucket": name},
        answers.Versioning,
        lambda body: Versioning(status=body.status, mfa_delete=body.mfa_delete == "Enabled"),
    )


def _never_versioned(versioning: Fact[Versioning]) -> Source | None:
    """Return the source that says so when there were never versions; else None, also when it was not read."""
    return versioning.source if isinstance(versioning, Read) and not versioning.value.status else None


def _replication(
    reader: Reader, region: str, where: dict[str, str], versioning: Fact[Versioning]
) -> Fact[Replication | None]:
    if never := _never_versioned(versioning):
        return Read(None, never)
    return reader.fact(
        GET_BUCKET_REPLICATION,
        region,
        where,
        answers.Replication,
        lambda body: Replication(
            rules=tuple(
                ReplicationRule(
                    id=rule.id,
                    enabled=rule.status == "Enabled",
                    destination=rule.destination.bucket.rpartition(":")[2],
                    destination_account=rule.destination.account,
                    whole_bucket=not rule.prefix and rule.filter.whole,
                )
                for rule in body.replication_configuration.rules
            )
        ),
        absent={"ReplicationConfigurationNotFoundError": None},
    )


def _lifecycle(reader: Reader, region: str, where: dict[str, str]) -> Fact[tuple[LifecycleRule, ...]]:
    return reader.fact(
        GET_BUCKET_LIFECYCLE,
        region,
        where,
        answers.Lifecycle,
        lambda body: tuple(_lifecycle_rule(rule) for rule in body.rules),
        absent={"NoSuchLifecycleConfiguration": ()},
    )


def _lifecycle_rule(rule: answers.LifecycleRule) -> LifecycleRule:
    return LifecycleRule(
        id=rule.id,
        enabled=rule.status == "Enabled",
        whole_bucket=not rule.prefix and rule.filter.whole,
        prefix=rule.prefix or rule.filter.prefix,
        expiration_days=rule.expiration.days,
        expiration_date=text_time(rule.expiration.date),
        noncurrent_days=rule.noncurrent.noncurrent_days,
        noncurrent_newer_versions=rule.noncurrent.newer_noncurrent_versions,
        abort_multipart_days=rule.abort.days_after_initiation,
    )


def _object_lock(
    reader: Reader, region: str, where: dict[str, str], versioning: Fact[Versioning]
) -> Fact[ObjectLock | None]:
    if never := _never_versioned(versioning):
        return Read(None, never)
    return reader.fact(
        GET_OBJECT_LOCK,
        region,
        where,
        answers.ObjectLock,
        lambda body: ObjectLock(
            enabled=body.object_lock_configuration.object_lock_enabled == "Enabled",
            mode=body.object_lock_configuration.rule.default_retention.mode,
            days=body.object_lock_configuration.rule.default_retention.days,
            years=body.object_lock_configuration.rule.default_retention.years,
        ),
        absent={"ObjectLockConfigurationNotFoundError": None},
    )


def _logging(reader: Reader, region: str, where: dict[str, str]) -> Fact[Logging | None]:
    return reader.fact(
        GET_BUCKET_LOGGING,
        region,
        where,
        answers.Logging,
        lambda body: (
            None
            if body.logging_enabled is None
            else Logging(
                target_bucket=body.logging_enabled.target_bucket,
                target_prefix=body.logging_enabled.target_prefix,
            )
        ),
    )


def _website(reader: Reader, region: str, where: dict[str, str]) -> Fact[Website | None]:
    return reader.fact(
        GET_BUCKET_WEBSITE,
        region,
        where,
        answers.Website,
        lambda body: Website(
            index_document=body.index_document.suffix, redirect_to=body.redirect_all_requests_to.host_name
        ),
        absent={"NoSuchWebsiteConfiguration": None},
    )


def _tags(reader: Reader, region: str, where: dict[str, str]) -> Fact[tuple[tuple[str, str], ...]]:
    return reader.fact(
        GET_BUCKET_TAGGING,
        region,
        where,
        answers.Tags,
        lambda body: tuple(sorted((tag.key, tag.value) for tag in body.tag_set)),
        absent={"NoSuchTagSet": ()},
    )


def bucket_arn(partition: str, name: str) -> str:
    """Return the ARN of a general purpose bucket."""
    return f"arn:{partition}:s3:::{name}"
