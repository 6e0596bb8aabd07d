"""What S3 answers about a bucket: the shapes that its operations' answers must have."""

from datetime import datetime

from msgspec import Struct

from cloudaudit.providers.aws.model import PublicAccessBlock


class Wire(Struct, frozen=True, rename="pascal"):
    """An answer in XML.

    A list without a wrapper of its own is left out when it is empty; every other member that AWS always sends must
    be there, since the SDK makes an empty answer of a body that is something else.
    """


class BucketLine(Wire, frozen=True):
    """One bucket of the listing; ``bucket_region`` is empty where the endpoint does not tell."""

    name: str
    creation_date: datetime | None = None
    bucket_region: str = ""


class Owner(Struct, frozen=True, rename={"id": "ID"}):
    """Whose a bucket is: the canonical user id, empty where the endpoint does not tell."""

    id: str = ""


class Buckets(Wire, frozen=True):
    """The answer of ListBuckets."""

    buckets: tuple[BucketLine, ...]
    owner: Owner = Owner()
    continuation_token: str = ""


class Location(Wire, frozen=True):
    """The answer of GetBucketLocation."""

    location_constraint: str | None = None


class BlockWire(Wire, frozen=True):
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


class Block(Wire, frozen=True):
    """The answer of GetPublicAccessBlock, of a bucket and of an account."""

    public_access_block_configuration: BlockWire


class PolicyText(Wire, frozen=True):
    """The answer of operations that return one policy."""

    policy: str


class Status(Wire, frozen=True):
    """S3's own reading of a policy."""

    is_public: bool


class PolicyStatus(Wire, frozen=True):
    """The answer of operations that tell S3's own reading of a policy."""

    policy_status: Status


class Grantee(
    Struct, frozen=True, rename={"type": "Type", "id": "ID", "uri": "URI", "email": "EmailAddress"}
):
    """To whom an ACL grants something."""

    type: str
    id: str = ""
    uri: str = ""
    email: str = ""


class Grant(Wire, frozen=True):
    """One line of an ACL."""

    grantee: Grantee
    permission: str


class Acl(Wire, frozen=True):
    """The answer of GetBucketAcl."""

    owner: Owner
    grants: tuple[Grant, ...]


class OwnershipRule(Wire, frozen=True):
    """Who owns the objects."""

    object_ownership: str


class OwnershipRules(Wire, frozen=True):
    """The rules of ownership; there is one."""

    rules: tuple[OwnershipRule, ...]


class Ownership(Wire, frozen=True):
    """The answer of GetBucketOwnershipControls."""

    ownership_controls: OwnershipRules


class EncryptionDefault(Struct, frozen=True, rename={"algorithm": "SSEAlgorithm", "key": "KMSMasterKeyID"}):
    """The algorithm and key of new objects."""

    algorithm: str
    key: str = ""


class Blocked(Wire, frozen=True):
    """Ways of encryption that are refused."""

    encryption_type: tuple[str, ...] = ()


class EncryptionRule(Wire, frozen=True):
    """One rule of encryption."""

    apply_server_side_encryption_by_default: EncryptionDefault | None = None
    bucket_key_enabled: bool = False
    blocked_encryption_types: Blocked = Blocked()


class EncryptionRules(Wire, frozen=True):
    """The rules of encryption; there is one."""

    rules: tuple[EncryptionRule, ...]


class EncryptionAnswer(Wire, frozen=True):
    """The answer of GetBucketEncryption."""

    server_side_encryption_configuration: EncryptionRules


class Versioning(Struct, frozen=True, rename={"status": "Status", "mfa_delete": "MFADelete"}):
    """The answer of GetBucketVersioning."""

    status: str = ""
    mfa_delete: str = ""


class LoggingTarget(Wire, frozen=True):
    """Where access logs go."""

    target_bucket: str
    target_prefix: str = ""


class Logging(Wire, frozen=True):
    """The answer of GetBucketLogging."""

    logging_enabled: LoggingTarget | None = None


class Destination(Wire, frozen=True):
    """Where a replication rule copies to."""

    bucket: str
    account: str = ""


FILTER_NAMES = {
    "prefix": "Prefix",
    "tag": "Tag",
    "and_": "And",
    "object_size_greater_than": "ObjectSizeGreaterThan",
    "object_size_less_than": "ObjectSizeLessThan",
}


class Filter(Struct, frozen=True, rename=FILTER_NAMES):
    """Which objects a rule or an inventory covers."""

    prefix: str = ""
    tag: dict[str, str] | None = None
    and_: dict[str, object] | None = None
    object_size_greater_than: int | None = None
    object_size_less_than: int | None = None

    @property
    def whole(self) -> bool:
        """Whether it leaves out no object, but for empty ones."""
        larger = self.object_size_greater_than
        sized = self.object_size_less_than is not None or (larger is not None and larger > 0)
        return not (self.prefix or self.tag or self.and_ or sized)


class ReplicationRule(
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
    """One rule of replication."""

    status: str
    destination: Destination
    id: str = ""
    prefix: str = ""
    filter: Filter = Filter()


class ReplicationRules(Wire, frozen=True):
    """The rules of replication."""

    rules: tuple[ReplicationRule, ...]


class Replication(Wire, frozen=True):
    """The answer of GetBucketReplication."""

    replication_configuration: ReplicationRules


class Expiration(Wire, frozen=True):
    """When current objects end."""

    days: int | None = None
    date: datetime | None = None


class Noncurrent(Wire, frozen=True):
    """When versions that were replaced end."""

    noncurrent_days: int | None = None
    newer_noncurrent_versions: int | None = None


class Abort(Wire, frozen=True):
    """When uploads that were never finished end."""

    days_after_initiation: int | None = None


class LifecycleRule(
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
    """One rule of a lifecycle."""

    status: str
    id: str = ""
    prefix: str = ""
    filter: Filter = Filter()
    expiration: Expiration = Expiration()
    noncurrent: Noncurrent = Noncurrent()
    abort: Abort = Abort()


class Lifecycle(Wire, frozen=True):
    """The answer of GetBucketLifecycleConfiguration."""

    rules: tuple[LifecycleRule, ...]


class Retention(Wire, frozen=True):
    """For how long new objects are locked."""

    mode: str = ""
    days: int | None = None
    years: int | None = None


class LockRule(Wire, frozen=True):
    """The rule of an object lock."""

    default_retention: Retention = Retention()


class Lock(Wire, frozen=True):
    """The settings of an object lock."""

    object_lock_enabled: str
    rule: LockRule = LockRule()


class ObjectLock(Wire, frozen=True):
    """The answer of GetObjectLockConfiguration."""

    object_lock_configuration: Lock


class Index(Wire, frozen=True):
    """The page that a website shows first."""

    suffix: str = ""


class Redirect(Wire, frozen=True):
    """Where a website sends every request."""

    host_name: str = ""


class Website(Wire, frozen=True):
    """The answer of GetBucketWebsite."""

    index_document: Index = Index()
    redirect_all_requests_to: Redirect = Redirect()


class Tag(Wire, frozen=True):
    """One tag."""

    key: str
    value: str = ""


class Tags(Wire, frozen=True):
    """The answer of GetBucketTagging."""

    tag_set: tuple[Tag, ...]
