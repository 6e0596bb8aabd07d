"""S3: the listing of buckets, and the settings of one bucket in as few calls as can matter."""

import re
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from cloudaudit.clock import age_days, parse
from cloudaudit.facts import Cause, Fact, Read, Source, Unread
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
    GET_METADATA_TABLE,
    GET_OBJECT_LOCK,
    LIST_BUCKETS,
    LIST_INVENTORIES,
    LIST_OBJECTS,
)
from cloudaudit.providers.aws.reader import CallFailed, Page, Reader, text_time
from cloudaudit.text import Text

PAGE_SIZE = 1_000
FRESH_DAYS = 8
"""A weekly inventory that came is at most this old; an older one makes the question of a table worth a call."""
ENFORCED = "BucketOwnerEnforced"
ENCRYPTION_FIELD = "EncryptionStatus"
"""The field without which an inventory says nothing of encryption, so that nobody asks how fresh it is."""
FOLDER = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})T(?P<hour>\d{2})-(?P<minute>\d{2})Z")


# --------------------------------------------------------------------------- what the answers look like

NO_OWNER = Text(en="the listing names no owner", ja="一覧に所有者が含まれていません")


class _Wire(Struct, frozen=True, rename="pascal"):
    """An answer in XML.

    A list without a wrapper of its own is left out when it is empty; every other member that AWS always sends must
    be there, since the SDK makes an empty answer of a body that is something else.
    """


class BucketLine(_Wire, frozen=True):
    """One bucket of the listing; ``bucket_region`` is empty where the endpoint does not tell."""

    name: str
    creation_date: datetime | None = None
    bucket_region: str = ""


class _Owner(Struct, frozen=True, rename={"id": "ID"}):
    id: str = ""


class _Buckets(_Wire, frozen=True):
    buckets: tuple[BucketLine, ...]
    owner: _Owner = _Owner()
    continuation_token: str = ""


class _Location(_Wire, frozen=True):
    location_constraint: str | None = None


class BlockWire(_Wire, frozen=True):
    """The four switches as the API spells them."""

    block_public_acls: bool = False
    ignore_public_acls: bool = False
    block_public_policy: bool = False
    restrict_public_buckets: bool = False

    def to_model(self) -> PublicAccessBlock:
        """Return the switches as a fact holds them."""
        return PublicAccessBlock(
            block_public_acls=self.block_public_acls,
            ignore_public_acls=self.ignore_public_acls,
            block_public_policy=self.block_public_policy,
            restrict_public_buckets=self.restrict_public_buckets,
        )


class Block(_Wire, frozen=True):
    """The answer of GetPublicAccessBlock, of a bucket and of an account."""

    public_access_block_configuration: BlockWire


class PolicyText(_Wire, frozen=True):
    """The answer of operations that return one policy."""

    policy: str


class _Status(_Wire, frozen=True):
    is_public: bool


class PolicyStatus(_Wire, frozen=True):
    """The answer of operations that tell S3's own reading of a policy."""

    policy_status: _Status


class _Grantee(
    Struct, frozen=True, rename={"type": "Type", "id": "ID", "uri": "URI", "email": "EmailAddress"}
):
    type: str
    id: str = ""
    uri: str = ""
    email: str = ""


class _Grant(_Wire, frozen=True):
    grantee: _Grantee
    permission: str


class _Acl(_Wire, frozen=True):
    owner: _Owner
    grants: tuple[_Grant, ...]


class _OwnershipRule(_Wire, frozen=True):
    object_ownership: str


class _OwnershipRules(_Wire, frozen=True):
    rules: tuple[_OwnershipRule, ...]


class _Ownership(_Wire, frozen=True):
    ownership_controls: _OwnershipRules


class _EncryptionDefault(Struct, frozen=True, rename={"algorithm": "SSEAlgorithm", "key": "KMSMasterKeyID"}):
    algorithm: str
    key: str = ""


class _Blocked(_Wire, frozen=True):
    encryption_type: tuple[str, ...] = ()


class _EncryptionRule(_Wire, frozen=True):
    apply_server_side_encryption_by_default: _EncryptionDefault | None = None
    bucket_key_enabled: bool = False
    blocked_encryption_types: _Blocked = _Blocked()


class _EncryptionRules(_Wire, frozen=True):
    rules: tuple[_EncryptionRule, ...]


class EncryptionAnswer(_Wire, frozen=True):
    """The answer of GetBucketEncryption."""

    server_side_encryption_configuration: _EncryptionRules


class _Versioning(Struct, frozen=True, rename={"status": "Status", "mfa_delete": "MFADelete"}):
    status: str = ""
    mfa_delete: str = ""


class _LoggingTarget(_Wire, frozen=True):
    target_bucket: str
    target_prefix: str = ""


class _Logging(_Wire, frozen=True):
    logging_enabled: _LoggingTarget | None = None


class _Destination(_Wire, frozen=True):
    bucket: str
    account: str = ""


FILTER_NAMES = {
    "prefix": "Prefix",
    "tag": "Tag",
    "and_": "And",
    "object_size_greater_than": "ObjectSizeGreaterThan",
    "object_size_less_than": "ObjectSizeLessThan",
}


class _Filter(Struct, frozen=True, rename=FILTER_NAMES):
    prefix: str = ""
    tag: dict[str, str] | None = None
    and_: dict[str, object] | None = None
    object_size_greater_than: int | None = None
    object_size_less_than: int | None = None

    @property
    def whole(self) -> bool:
        return not (
            self.prefix
            or self.tag
            or self.and_
            or self.object_size_greater_than
            or self.object_size_less_than
        )


class _ReplicationRule(
    Struct,
    frozen=True,
    rename={
        "id": "ID",
        "status": "Status",
        "destination": "Destination",
        "prefix": "Prefix",
        "filter": "Filter",
    },
):
    status: str
    destination: _Destination
    id: str = ""
    prefix: str = ""
    filter: _Filter = _Filter()


class _ReplicationRules(_Wire, frozen=True):
    rules: tuple[_ReplicationRule, ...]


class _Replication(_Wire, frozen=True):
    replication_configuration: _ReplicationRules


class _Expiration(_Wire, frozen=True):
    days: int | None = None
    date: datetime | None = None


class _Noncurrent(_Wire, frozen=True):
    noncurrent_days: int | None = None
    newer_noncurrent_versions: int | None = None


class _Abort(_Wire, frozen=True):
    days_after_initiation: int | None = None


class _LifecycleRule(
    Struct,
    frozen=True,
    rename={
        "id": "ID",
        "status": "Status",
        "prefix": "Prefix",
        "filter": "Filter",
        "expiration": "Expiration",
        "noncurrent": "NoncurrentVersionExpiration",
        "abort": "AbortIncompleteMultipartUpload",
    },
):
    status: str
    id: str = ""
    prefix: str = ""
    filter: _Filter = _Filter()
    expiration: _Expiration = _Expiration()
    noncurrent: _Noncurrent = _Noncurrent()
    abort: _Abort = _Abort()


class _Lifecycle(_Wire, frozen=True):
    rules: tuple[_LifecycleRule, ...]


class _Retention(_Wire, frozen=True):
    mode: str = ""
    days: int | None = None
    years: int | None = None


class _LockRule(_Wire, frozen=True):
    default_retention: _Retention = _Retention()


class _Lock(_Wire, frozen=True):
    object_lock_enabled: str
    rule: _LockRule = _LockRule()


class _ObjectLock(_Wire, frozen=True):
    object_lock_configuration: _Lock


class _Index(_Wire, frozen=True):
    suffix: str = ""


class _Redirect(_Wire, frozen=True):
    host_name: str = ""


class _Website(_Wire, frozen=True):
    index_document: _Index = _Index()
    redirect_all_requests_to: _Redirect = _Redirect()


class _Tag(_Wire, frozen=True):
    key: str
    value: str = ""


class _Tags(_Wire, frozen=True):
    tag_set: tuple[_Tag, ...]


class _InventoryBucket(_Wire, frozen=True):
    bucket: str
    prefix: str = ""


class _InventoryDestination(Struct, frozen=True, rename={"bucket": "S3BucketDestination"}):
    bucket: _InventoryBucket


class _Schedule(_Wire, frozen=True):
    frequency: str = ""


class _Inventory(_Wire, frozen=True):
    id: str
    is_enabled: bool
    destination: _InventoryDestination
    schedule: _Schedule = _Schedule()
    optional_fields: tuple[str, ...] = ()
    filter: _Filter = _Filter()


class _Inventories(_Wire, frozen=True):
    inventory_configuration_list: tuple[_Inventory, ...] = ()
    next_continuation_token: str = ""


class _TableResult(_Wire, frozen=True):
    table_status: str = ""


class _MetadataResult(_Wire, frozen=True):
    inventory_table_configuration_result: _TableResult = _TableResult()


class _Metadata(_Wire, frozen=True):
    metadata_configuration_result: _MetadataResult


class _MetadataAnswer(_Wire, frozen=True):
    get_bucket_metadata_configuration_result: _Metadata


class _Prefix(_Wire, frozen=True):
    prefix: str = ""


class _Objects(_Wire, frozen=True):
    common_prefixes: tuple[_Prefix, ...] = ()
    next_continuation_token: str = ""


# --------------------------------------------------------------------------- the listing


class BucketListing(Struct, frozen=True):
    """Every bucket with its region, and the canonical user id of the account; ``owner`` may be empty."""

    lines: tuple[BucketLine, ...]
    owner: str
    source: Source


def list_buckets(reader: Reader) -> BucketListing:
    """Return every bucket of the account, in pages; the paged form also answers each bucket's region.

    Raises:
        CallFailed: the listing was not answered.
    """
    owners: list[str] = []

    def page(body: _Buckets) -> Page[BucketLine]:
        owners.append(body.owner.id)
        return Page(body.buckets, body.continuation_token)

    answer = reader.pages(
        LIST_BUCKETS, reader.home, {"MaxBuckets": PAGE_SIZE}, _Buckets, page, "ContinuationToken"
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
        _Location,
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


def read_settings(reader: Reader, name: str, region: str) -> Settings:
    """Read the settings of one bucket; calls that cannot matter are not made."""
    where = {"Bucket": name}
    ownership = _ownership(reader, region, where)
    policy = _policy(reader, region, where)
    versioning = read_versioning(reader, name, region)
    inventories = _inventories(reader, region, where)
    enforced = isinstance(ownership, Read) and ownership.value == ENFORCED
    return Settings(
        public_access_block=_block(reader, region, where),
        policy=policy,
        policy_is_public=_policy_status(reader, region, where, policy),
        acl=Read(None, ownership.source)
        if isinstance(ownership, Read) and enforced
        else _acl(reader, region, where),
        ownership=ownership,
        encryption=_encryption(reader, region, where),
        versioning=versioning,
        replication=_replication(reader, region, where, versioning),
        lifecycle=_lifecycle(reader, region, where),
        object_lock=_object_lock(reader, region, where, versioning),
        logging=_logging(reader, region, where),
        website=_website(reader, region, where),
        inventories=inventories,
        metadata_table=_metadata_table(reader, region, where, inventories, enforced=enforced),
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
        Block,
        lambda body: body.public_access_block_configuration.to_model(),
        absent={"NoSuchPublicAccessBlockConfiguration": None},
    )


def _policy(reader: Reader, region: str, where: dict[str, str]) -> Fact[str | None]:
    return reader.fact(
        GET_BUCKET_POLICY,
        region,
        where,
        PolicyText,
        lambda body: body.policy,
        absent={"NoSuchBucketPolicy": None},
    )


def _policy_status(
    reader: Reader, region: str, where: dict[str, str], policy: Fact[str | None]
) -> Fact[bool | None]:
    if isinstance(policy, Read) and policy.value is None:
        return Read(None, policy.source)
    return reader.fact(
        GET_BUCKET_POLICY_STATUS,
        region,
        where,
        PolicyStatus,
        lambda body: body.policy_status.is_public,
        absent={"NoSuchBucketPolicy": None},
    )


def _acl(reader: Reader, region: str, where: dict[str, str]) -> Fact[Acl | None]:
    return reader.fact(
        GET_BUCKET_ACL,
        region,
        where,
        _Acl,
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
        _Ownership,
        lambda body: next((rule.object_ownership for rule in body.ownership_controls.rules), None),
        absent={"OwnershipControlsNotFoundError": None},
    )


def _encryption(reader: Reader, region: str, where: dict[str, str]) -> Fact[Encryption | None]:
    return reader.fact(
        GET_BUCKET_ENCRYPTION,
        region,
        where,
        EncryptionAnswer,
        encryption_of,
        absent={"ServerSideEncryptionConfigurationNotFoundError": None},
    )


def encryption_of(body: EncryptionAnswer) -> Encryption | None:
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
        _Versioning,
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
        _Replication,
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
        _Lifecycle,
        lambda body: tuple(_lifecycle_rule(rule) for rule in body.rules),
        absent={"NoSuchLifecycleConfiguration": ()},
    )


def _lifecycle_rule(rule: _LifecycleRule) -> LifecycleRule:
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
        _ObjectLock,
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
        _Logging,
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
        _Website,
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
        _Tags,
        lambda body: tuple(sorted((tag.key, tag.value) for tag in body.tag_set)),
        absent={"NoSuchTagSet": ()},
    )


# --------------------------------------------------------------------------- inventories


def _inventories(reader: Reader, region: str, where: dict[str, str]) -> Fact[tuple[InventoryReport, ...]]:
    try:
        answer = reader.pages(
            LIST_INVENTORIES,
            region,
            where,
            _Inventories,
            lambda body: Page(body.inventory_configuration_list, body.next_continuation_token),
            "ContinuationToken",
        )
    except CallFailed as failure:
        return failure.unread
    return Read(
        tuple(_inventory(reader, region, where["Bucket"], line, answer.source) for line in answer.body),
        answer.source,
    )


def _inventory(reader: Reader, region: str, bucket: str, line: _Inventory, listed: Source) -> InventoryReport:
    destination = line.destination.bucket
    name = destination.bucket.rpartition(":")[2]
    prefix = f"{destination.prefix}/" if destination.prefix else ""
    tells = line.is_enabled and line.filter.whole and ENCRYPTION_FIELD in line.optional_fields
    return InventoryReport(
        id=line.id,
        enabled=line.is_enabled,
        destination=name,
        frequency=line.schedule.frequency,
        fields=tuple(sorted(line.optional_fields)),
        whole_bucket=line.filter.whole,
        newest=_newest(reader, region, name, f"{prefix}{bucket}/{line.id}/") if tells else Read(None, listed),
    )


def _newest(reader: Reader, region: str, destination: str, prefix: str) -> Fact[str | None]:
    """Return the date of the newest report: names of folders are read, never a report."""
    try:
        answer = reader.pages(
            LIST_OBJECTS,
            region,
            {"Bucket": destination, "Prefix": prefix, "Delimiter": "/"},
            _Objects,
            lambda body: Page(body.common_prefixes, body.next_continuation_token),
            "ContinuationToken",
        )
    except CallFailed as failure:
        return failure.unread
    return Read(
        _newest_folder(folder.prefix.removeprefix(prefix).strip("/") for folder in answer.body), answer.source
    )


def _newest_folder(names: Iterable[str]) -> str | None:
    """Return the newest of the folders named after a time, e.g. ``2026-11-20T01-00Z``; others hold data."""
    times = [
        f"{match['day']}T{match['hour']}:{match['minute']}:00Z"
        for name in names
        if (match := FOLDER.fullmatch(name))
    ]
    return max(times, default=None)


def _metadata_table(
    reader: Reader,
    region: str,
    where: dict[str, str],
    inventories: Fact[tuple[InventoryReport, ...]],
    *,
    enforced: bool,
) -> Fact[str | None]:
    """Ask only where a table can answer: it has no ACLs, so they must be off, and no inventory may be there."""
    if isinstance(inventories, Unread):
        return inventories
    if not enforced or any(_suffices(report) for report in inventories.value):
        return Read(None, inventories.source)
    return reader.fact(
        GET_METADATA_TABLE,
        region,
        where,
        _MetadataAnswer,
        lambda body: (
            body.get_bucket_metadata_configuration_result.metadata_configuration_result.inventory_table_configuration_result.table_status
            or None
        ),
        absent={"MetadataConfigurationNotFound": None, "NoSuchMetadataConfiguration": None},
    )


def _suffices(report: InventoryReport) -> bool:
    """Whether an inventory tells of encryption for the whole bucket and was delivered lately."""
    newest = report.newest.value if isinstance(report.newest, Read) else None
    return (
        report.enabled
        and report.whole_bucket
        and ENCRYPTION_FIELD in report.fields
        and newest is not None
        and age_days(newest, parse(report.newest.source.at)) <= FRESH_DAYS
    )


def bucket_arn(partition: str, name: str) -> str:
    """Return the ARN of a general purpose bucket."""
    return f"arn:{partition}:s3:::{name}"
