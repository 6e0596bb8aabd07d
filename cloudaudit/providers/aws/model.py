"""What is known of an AWS account: resources, and facts that were each read or not.

Times are UTC ISO 8601 strings with ``Z``, as in a snapshot; ``cloudaudit.clock`` turns them into ages.
Policy documents are the provider's own text, unparsed: what is malformed must be seen by whoever judges it.
"""

from typing import ClassVar

from msgspec import Struct

from cloudaudit.facts import Fact
from cloudaudit.inventory.model import Objects
from cloudaudit.inventory.plan import not_looked_at
from cloudaudit.model import Resource

NO_OBJECTS = not_looked_at("s3:ListObjectsV2", "")
"""What snapshots say of objects that were made before anyone could look at them."""


class AwsResource(Resource, frozen=True, kw_only=True):
    """The base of all AWS resources; ``id`` is the ARN."""

    provider: ClassVar[str] = "aws"


# --------------------------------------------------------------------------- S3


class PublicAccessBlock(Struct, frozen=True, kw_only=True):
    """The four switches of S3 Block Public Access."""

    block_public_acls: bool = False
    ignore_public_acls: bool = False
    block_public_policy: bool = False
    restrict_public_buckets: bool = False

    @property
    def all_on(self) -> bool:
        """Whether all four are on."""
        return (
            self.block_public_acls
            and self.ignore_public_acls
            and self.block_public_policy
            and self.restrict_public_buckets
        )


class Grant(Struct, frozen=True, kw_only=True):
    """One grant of an ACL.

    Attributes:
        grantee_type: ``CanonicalUser``, ``Group`` or ``AmazonCustomerByEmail``.
        grantee: canonical user id, group URI or e-mail address.
        permission: ``READ``, ``WRITE``, ``READ_ACP``, ``WRITE_ACP`` or ``FULL_CONTROL``.
    """

    grantee_type: str
    grantee: str
    permission: str


class Acl(Struct, frozen=True, kw_only=True):
    """A bucket's access control list; ``owner`` is the canonical user id of the bucket's owner."""

    owner: str
    grants: tuple[Grant, ...]


class Encryption(Struct, frozen=True, kw_only=True):
    """A bucket's default encryption.

    Attributes:
        algorithm: ``AES256``, ``aws:kms`` or ``aws:kms:dsse``; empty where a rule names none.
        key: key id, key ARN or alias as configured; empty for the provider's own key.
        bucket_key: whether an S3 Bucket Key is used.
        blocked: encryption types that may not be used, e.g. ``SSE-C``.
    """

    algorithm: str
    key: str = ""
    bucket_key: bool = False
    blocked: tuple[str, ...] = ()


class Versioning(Struct, frozen=True, kw_only=True):
    """``status`` is ``Enabled``, ``Suspended`` or empty when it was never switched on."""

    status: str
    mfa_delete: bool = False


class ReplicationRule(Struct, frozen=True, kw_only=True):
    """One replication rule.

    Attributes:
        destination: name of the destination bucket.
        destination_account: the account that owns it, when the rule says so; else empty.
        whole_bucket: whether it covers every object (no prefix, no tag).
    """

    id: str
    enabled: bool
    destination: str
    destination_account: str = ""
    whole_bucket: bool = True


class ReplicaBucket(Struct, frozen=True, kw_only=True):
    """A replication destination as it was found.

    Attributes:
        exists: what the provider said; a refusal is Unread and not False.
        versioning: its versioning, as far as it could be read.
        region: where it lies.
    """

    name: str
    exists: Fact[bool]
    region: Fact[str]
    versioning: Fact[Versioning]


class Replication(Struct, frozen=True, kw_only=True):
    """A bucket's replication rules, and the destinations of the enabled ones."""

    rules: tuple[ReplicationRule, ...]
    destinations: tuple[ReplicaBucket, ...] = ()


class LifecycleRule(Struct, frozen=True, kw_only=True):
    """One lifecycle rule; absent numbers mean that the rule says nothing about it.

    Attributes:
        whole_bucket: whether it covers every object (no prefix, tag or size filter).
        expiration_days: days after which current objects end.
        expiration_date: fixed date on which they end; else empty.
        noncurrent_days: days after which old versions end.
        noncurrent_newer_versions: how many newer old versions are kept besides.
        abort_multipart_days: days after which incomplete uploads end.
    """

    id: str
    enabled: bool
    whole_bucket: bool
    prefix: str = ""
    expiration_days: int | None = None
    expiration_date: str = ""
    noncurrent_days: int | None = None
    noncurrent_newer_versions: int | None = None
    abort_multipart_days: int | None = None


class ObjectLock(Struct, frozen=True, kw_only=True):
    """Object Lock; ``mode`` is ``GOVERNANCE``, ``COMPLIANCE`` or empty without a default retention."""

    enabled: bool
    mode: str = ""
    days: int | None = None
    years: int | None = None


class Logging(Struct, frozen=True, kw_only=True):
    """Server access logging to a target bucket."""

    target_bucket: str
    target_prefix: str = ""


class Website(Struct, frozen=True, kw_only=True):
    """Static website hosting; ``redirect_to`` is the host that all requests are sent to, else empty."""

    index_document: str = ""
    redirect_to: str = ""


class InventoryReport(Struct, frozen=True, kw_only=True):
    """One S3 Inventory configuration.

    Attributes:
        destination: name of the bucket that receives it.
        frequency: ``Daily`` or ``Weekly``.
        fields: optional fields, e.g. ``EncryptionStatus``, ``ObjectAccessControlList``.
        whole_bucket: whether it covers every object (no prefix).
        newest: the newest report's date in the destination; Read(None) when none came in the last 400 days.
        prefix: below which it is delivered in the destination, with a slash at its end.
        versions: whether it lists old versions too.
        destination_account: the account that owns the destination, where the configuration says so; else empty.
    """

    id: str
    enabled: bool
    destination: str
    frequency: str
    fields: tuple[str, ...]
    whole_bucket: bool
    newest: Fact[str | None]
    prefix: str = ""
    versions: bool = False
    destination_account: str = ""


class KmsKey(Struct, frozen=True, kw_only=True):
    """A KMS key in use.

    Attributes:
        arn: its ARN, whatever form it was referred to by.
        state: ``Enabled``, ``Disabled``, ``PendingDeletion``, ``PendingImport``, ``Unavailable`` …, or our own
            ``NotFound`` for a key that is named and does not exist.
        manager: ``CUSTOMER`` or ``AWS``.
        origin: ``AWS_KMS``, ``EXTERNAL``, ``AWS_CLOUDHSM`` or ``EXTERNAL_KEY_STORE``.
        spec: ``SYMMETRIC_DEFAULT`` or another key spec; only that one, of origin ``AWS_KMS``, rotates by itself.
        rotation: whether automatic rotation is on; Read(None) where the question does not arise.
    """

    arn: str
    account: str
    state: str
    manager: str
    origin: str
    spec: str
    deletion_date: str = ""
    rotation: Fact[bool | None]


class RecoveryPoint(Struct, frozen=True, kw_only=True):
    """One recovery point of a bucket in AWS Backup.

    Attributes:
        vault: ARN of the vault that holds it (its region and account say where the copy lies).
        status: ``COMPLETED``, ``PARTIAL``, ``DELETING``, ``EXPIRED`` …
        created_at: when it was made.
    """

    arn: str
    vault: str
    status: str
    created_at: str


class BackupCopy(Struct, frozen=True, kw_only=True):
    """A finished copy job of a bucket's recovery point; ``vault`` is the ARN of the vault it was copied to."""

    vault: str
    completed_at: str


class ObjectKey(Struct, frozen=True, kw_only=True):
    """A KMS key that objects are encrypted with; ``reference`` is how their heads name it."""

    reference: str
    key: Fact[KmsKey | None]


class StorageBucket(AwsResource, frozen=True, kw_only=True):
    """What general purpose and directory buckets have in common.

    Attributes:
        created_at: when it was created.
        policy: the bucket policy's text; Read(None) when there is none.
        encryption: default encryption; Read(None) when there is none.
        kms_key: the key that default encryption names; Read(None) when it names none.
    """

    created_at: str
    policy: Fact[str | None]
    encryption: Fact[Encryption | None]
    kms_key: Fact[KmsKey | None]


class Bucket(StorageBucket, frozen=True, kw_only=True, tag="aws-s3-bucket"):
    """A general purpose bucket.

    Attributes:
        public_access_block: Read(None) when none is set.
        policy_is_public: S3's own reading of the policy (GetBucketPolicyStatus); Read(None) without a policy.
        acl: Read(None) where it was not asked for because ownership is BucketOwnerEnforced.
        ownership: ``BucketOwnerEnforced``, ``BucketOwnerPreferred`` or ``ObjectWriter``; Read(None) when none is set,
            which means ACLs are enabled.
        replication: Read(None) without rules, and where versioning is off (replication needs versions).
        object_lock: Read(None) when not configured, and where versioning is off.
        inventories: S3 Inventory configurations.
        metadata_table: status of the S3 Metadata inventory table (``ACTIVE`` …); Read(None) when there is none, or
            where a suitable inventory made the question moot.
        tags: Read(()) when there are none. Pairs of key and value.
        recovery_points: in AWS Backup, in the bucket's own region; newest first.
        backup_copies: finished copy jobs of its recovery points; newest first.
        objects: what is known of its objects; Unread unless the user asked to look at them.
        object_keys: the KMS keys that those of its objects that were looked at name; Unread where nothing tells them.
    """

    public_access_block: Fact[PublicAccessBlock | None]
    policy_is_public: Fact[bool | None]
    acl: Fact[Acl | None]
    ownership: Fact[str | None]
    versioning: Fact[Versioning]
    replication: Fact[Replication | None]
    lifecycle: Fact[tuple[LifecycleRule, ...]]
    object_lock: Fact[ObjectLock | None]
    logging: Fact[Logging | None]
    website: Fact[Website | None]
    inventories: Fact[tuple[InventoryReport, ...]]
    metadata_table: Fact[str | None]
    tags: Fact[tuple[tuple[str, str], ...]]
    recovery_points: Fact[tuple[RecoveryPoint, ...]]
    backup_copies: Fact[tuple[BackupCopy, ...]]
    objects: Fact[Objects] = NO_OBJECTS
    object_keys: Fact[tuple[ObjectKey, ...]] = NO_OBJECTS


class DirectoryBucket(StorageBucket, frozen=True, kw_only=True, tag="aws-s3-directory-bucket"):
    """An S3 Express One Zone bucket. Block Public Access is always on and ACLs are always off for these.

    Versioning, replication, object lock, tags and inventories do not exist for them.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/directory-buckets-overview.html
    """


class AccessPoint(AwsResource, frozen=True, kw_only=True, tag="aws-s3-access-point"):
    """An access point, or a multi-region access point.

    Attributes:
        buckets: names of the buckets behind it (several only for multi-region ones).
        bucket_account: the account that owns the bucket; empty when the provider does not say.
        network_origin: ``Internet`` or ``VPC``.
        vpc: the VPC, when bound to one.
        policy: the policy's text; Read(None) when there is none.
        policy_is_public: S3's own reading; Read(None) without a policy.
    """

    multi_region: bool
    alias: str
    buckets: tuple[str, ...]
    bucket_account: str
    network_origin: str
    vpc: str
    public_access_block: Fact[PublicAccessBlock | None]
    policy: Fact[str | None]
    policy_is_public: Fact[bool | None]


# --------------------------------------------------------------------------- the account and its organisation


class AccountSummary(Struct, frozen=True, kw_only=True):
    """What IAM GetAccountSummary says about root and people.

    Attributes:
        root_password: whether root has a password; None where the provider does not say.
    """

    root_mfa: bool
    root_access_keys: bool
    root_signing_certificates: bool
    root_password: bool | None
    users: int


class PasswordPolicy(Struct, frozen=True, kw_only=True):
    """IAM's account password policy; ``None`` where it sets no limit."""

    minimum_length: int
    max_age_days: int | None = None
    reuse_prevention: int | None = None


class CredentialRow(Struct, frozen=True, kw_only=True):
    """One line of the IAM credential report.

    Times are empty where the report says N/A or no_information, and ``not_supported`` where it says that, since
    "never" and "not told" must not look alike; ``password_enabled`` is None where the report does not tell.

    Attributes:
        unlisted: whether the user has more keys or certificates than the report lists.
    """

    user: str
    arn: str
    created_at: str
    password_enabled: bool | None
    password_last_used: str
    password_last_changed: str
    mfa_active: bool
    keys: tuple["CredentialKey", ...]
    certificates: tuple["CredentialCertificate", ...]
    unlisted: bool = False


class CredentialKey(Struct, frozen=True, kw_only=True):
    """An access key as the report sees it; ``slot`` is 1 or 2."""

    slot: int
    active: bool
    last_rotated: str
    last_used: str


class CredentialCertificate(Struct, frozen=True, kw_only=True):
    """A signing certificate as the report sees it; ``slot`` is 1 or 2."""

    slot: int
    active: bool
    last_rotated: str


class Organization(Struct, frozen=True, kw_only=True):
    """The organisation of the account."""

    id: str
    management_account: str


class ControlPolicy(Struct, frozen=True, kw_only=True):
    """A resource control policy attached above the account; ``document`` is its text."""

    id: str
    name: str
    document: str


class IdentityCenter(Struct, frozen=True, kw_only=True):
    """An IAM Identity Center instance."""

    arn: str
    region: str
    owner_account: str


class FederatedProvider(Struct, frozen=True, kw_only=True):
    """A SAML or OpenID Connect provider; ``type`` is ``saml`` or ``oidc``."""

    arn: str
    type: str


class Account(AwsResource, frozen=True, kw_only=True, tag="aws-account"):
    """The account; ``id`` is ``arn:<partition>:iam::<account>:root``.

    Attributes:
        public_access_block: S3's account-level block; Read(None) when none is set.
        root: root's line of the credential report.
        root_virtual_mfa: whether root's MFA device is a virtual one.
        password_policy: Read(None) when none is set.
        organization: Read(None) when the account is in none.
        organization_accounts: ids of the organisation's accounts.
        organization_s3_block: the organisation's S3 policy for public access; Read(None) when there is none.
        resource_control_policies: those that apply to the account.
        canonical_user: the account's canonical user id, as in ACLs.
    """

    partition: str
    public_access_block: Fact[PublicAccessBlock | None]
    summary: Fact[AccountSummary]
    root: Fact[CredentialRow]
    root_virtual_mfa: Fact[bool]
    password_policy: Fact[PasswordPolicy | None]
    organization: Fact[Organization | None]
    organization_accounts: Fact[tuple[str, ...]]
    organization_s3_block: Fact[bool | None]
    resource_control_policies: Fact[tuple[ControlPolicy, ...]]
    identity_centers: Fact[tuple[IdentityCenter, ...]]
    federated_providers: Fact[tuple[FederatedProvider, ...]]
    canonical_user: Fact[str]


# --------------------------------------------------------------------------- IAM


class PrincipalPolicy(Struct, frozen=True, kw_only=True):
    """A policy that gives rights to a user or role.

    Attributes:
        name: its name.
        type: ``inline``, ``customer`` or ``aws``.
        via: the group that carries it; empty when it hangs on the principal itself.
        document: its text.
    """

    name: str
    type: str
    via: str
    document: str


class Principal(AwsResource, frozen=True, kw_only=True):
    """A user or a role.

    Attributes:
        policies: every policy that gives it rights, group policies included.
        boundary: text of the permissions boundary; Read(None) when there is none.
    """

    created_at: str
    policies: Fact[tuple[PrincipalPolicy, ...]]
    boundary: Fact[str | None]


class LegacyCredential(Struct, frozen=True, kw_only=True):
    """An SSH key or a service-specific credential; ``id`` is already shortened."""

    id: str
    type: str
    active: bool
    created_at: str


class User(Principal, frozen=True, kw_only=True, tag="aws-iam-user"):
    """An IAM user.

    Attributes:
        credentials: its line of the credential report.
        ssh_keys: SSH public keys for CodeCommit.
        service_credentials: service-specific credentials.
    """

    credentials: Fact[CredentialRow]
    ssh_keys: Fact[tuple[LegacyCredential, ...]]
    service_credentials: Fact[tuple[LegacyCredential, ...]]


class Role(Principal, frozen=True, kw_only=True, tag="aws-iam-role"):
    """An IAM role.

    Attributes:
        path: e.g. ``/aws-service-role/`` for service-linked roles.
        trust: text of the trust policy.
    """

    path: str
    trust: Fact[str]


# --------------------------------------------------------------------------- AWS Backup


class BackupVault(AwsResource, frozen=True, kw_only=True, tag="aws-backup-vault"):
    """A backup vault.

    Attributes:
        vault_type: ``BACKUP_VAULT``, ``LOGICALLY_AIR_GAPPED_BACKUP_VAULT`` …; empty when not told.
        encryption_key: ARN of its KMS key; empty when it names none.
        kms_key: that key; Read(None) when it names none.
        locked: whether Vault Lock is on.
        lock_date: from when the lock cannot be removed by anyone (compliance mode); empty in governance mode.
        recovery_points: how many it holds.
    """

    vault_type: str
    encryption_key: str
    kms_key: Fact[KmsKey | None]
    locked: bool
    lock_date: str
    min_retention_days: int | None
    recovery_points: int


class BackupRule(Struct, frozen=True, kw_only=True):
    """One rule of a backup plan.

    Attributes:
        delete_after_days: None when recovery points are kept for ever.
        copies: ARNs of the vaults it copies to, with the days the copy is kept (None: for ever).
    """

    name: str
    vault: str
    delete_after_days: int | None
    copies: tuple[tuple[str, int | None], ...] = ()


class BackupPlan(AwsResource, frozen=True, kw_only=True, tag="aws-backup-plan"):
    """A backup plan with its rules."""

    rules: Fact[tuple[BackupRule, ...]]


# --------------------------------------------------------------------------- logging and detection


class DataEvents(Struct, frozen=True, kw_only=True):
    """Which S3 objects a trail logs, by one selector.

    Attributes:
        read: whether reads are logged.
        write: whether writes are logged.
        buckets: ARN prefixes that are covered, e.g. ``arn:aws:s3:::name/``; ``("*",)`` for all buckets.
        excluded: ARN prefixes that are left out.
        partial: whether the selector narrows by something that this tool does not evaluate.
    """

    read: bool
    write: bool
    buckets: tuple[str, ...]
    excluded: tuple[str, ...] = ()
    partial: bool = False


class Trail(AwsResource, frozen=True, kw_only=True, tag="aws-cloudtrail-trail"):
    """A CloudTrail trail; ``region`` is its home region.

    Attributes:
        account: the account that was scanned; ``owner`` the one whose trail it is.
        bucket: name of the bucket it writes to.
        logging: whether it logs now.
        management_events: whether it logs management events, reads and writes.
    """

    owner: str
    multi_region: bool
    organization: bool
    log_file_validation: bool
    bucket: str
    kms_key: str
    logging: Fact[bool]
    management_events: Fact[bool]
    data_events: Fact[tuple[DataEvents, ...]]


class Analyzer(Struct, frozen=True, kw_only=True):
    """An Access Analyzer; external-access ones are of type ``ACCOUNT`` or ``ORGANIZATION``."""

    name: str
    type: str
    status: str


class Detector(Struct, frozen=True, kw_only=True):
    """A GuardDuty detector; ``destinations`` counts publishing destinations that work."""

    id: str
    enabled: bool
    s3_protection: bool
    destinations: int


class EventRule(Struct, frozen=True, kw_only=True):
    """An EventBridge rule on GuardDuty findings; ``targets`` counts its targets.

    Attributes:
        narrowed: whether the pattern lets only some findings through, e.g. by severity or account.
    """

    name: str
    enabled: bool
    targets: int
    narrowed: bool = False


class Macie(Struct, frozen=True, kw_only=True):
    """Macie in a region."""

    enabled: bool
    automated_discovery: bool


class ExposureEvent(Struct, frozen=True, kw_only=True):
    """A change of a bucket's exposure in CloudTrail's last 90 days."""

    bucket: str
    event: str
    at: str


class Region(AwsResource, frozen=True, kw_only=True, tag="aws-region"):
    """A region in use, that is one where buckets are; ``id`` is ``<account>/<region>``.

    Attributes:
        buckets: how many buckets of the account lie there.
        macie: Read(None) when Macie is not enabled.
        exposure_events: newest first.
    """

    buckets: int
    analyzers: Fact[tuple[Analyzer, ...]]
    detectors: Fact[tuple[Detector, ...]]
    guardduty_rules: Fact[tuple[EventRule, ...]]
    macie: Fact[Macie | None]
    exposure_events: Fact[tuple[ExposureEvent, ...]]


KINDS: tuple[type[AwsResource], ...] = (
    Account,
    Region,
    Bucket,
    DirectoryBucket,
    AccessPoint,
    User,
    Role,
    BackupVault,
    BackupPlan,
    Trail,
)
"""Every kind that a snapshot of this provider can hold, in the order of reports."""
