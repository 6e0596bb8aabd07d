"""What the imitated AWS account holds: plain data, which a test sets as it likes before it starts the server.

Most fields hold the API's answer in the shape in which boto3 documents it (``Document``), so that samples
of real answers can be pasted. ``None`` means that the account has no such setting; the server then answers as
AWS does, which is mostly an error with a code of its own. Times are ISO 8601 in UTC with ``Z``. Policies may
be text or a mapping; text is passed on as it is, malformed or not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Document = Mapping[str, Any]
"""An answer, or a part of one, in the shape in which boto3 returns it."""

PolicyText = str | Document
"""A policy: its text, or a mapping that is written as JSON."""

ACCOUNT = "123456789012"
CREATED = "2024-01-15T10:00:00Z"
HOME = "ap-northeast-1"
OWNER = "d1c2b3a4" * 8
"""The canonical user id of the account."""

ALL_REGIONS: tuple[str, ...] = (
    "ap-northeast-1",
    "ap-northeast-3",
    "us-east-1",
    "us-west-2",
    "eu-west-1",
    "eu-central-1",
    "ap-southeast-1",
)


def public_access_block(
    *, acls: bool = True, ignore: bool = True, policy: bool = True, restrict: bool = True
) -> Document:
    """Return the four switches; all are on unless told otherwise."""
    return {
        "BlockPublicAcls": acls,
        "IgnorePublicAcls": ignore,
        "BlockPublicPolicy": policy,
        "RestrictPublicBuckets": restrict,
    }


def default_encryption(algorithm: str = "AES256", key: str = "", *, bucket_key: bool = False) -> Document:
    """Return a default encryption with one rule; ``key`` is left out when empty."""
    chosen = {"SSEAlgorithm": algorithm} | ({"KMSMasterKeyID": key} if key else {})
    return {"Rules": [{"ApplyServerSideEncryptionByDefault": chosen, "BucketKeyEnabled": bucket_key}]}


def owner_grant() -> Document:
    """Return the grant that every private bucket has."""
    return {"Grantee": {"Type": "CanonicalUser", "ID": OWNER}, "Permission": "FULL_CONTROL"}


def group_grant(group: str = "AllUsers", permission: str = "READ") -> Document:
    """Return a grant to one of S3's predefined groups, such as ``AllUsers`` or ``AuthenticatedUsers``."""
    uri = f"http://acs.amazonaws.com/groups/global/{group}"
    return {"Grantee": {"Type": "Group", "URI": uri}, "Permission": permission}


def access_control(*grants: Document) -> Document:
    """Return an ACL with the owner's grant and these."""
    return {"Owner": {"ID": OWNER}, "Grants": [owner_grant(), *grants]}


@dataclass(kw_only=True)
class S3Object:
    """One object, or one version of it.

    Attributes:
        key: as bytes where it is not UTF-8.
        version: its version id; empty where the bucket never had versions.
        latest: whether it is the current one.
        encryption: as in ``x-amz-server-side-encryption``; empty for none.
        kms_key: ARN of the key.
        customer_key: whether only its writer has the key, so that AWS refuses even its head.
        metadata: as in ``x-amz-meta-…``.
        gone: whether it was deleted since it is listed.
        marker: whether it is a delete marker, which holds nothing.
        body: its contents.
    """

    key: str | bytes
    version: str = ""
    latest: bool = True
    changed: str = CREATED
    size: int = 1
    encryption: str = "AES256"
    kms_key: str = ""
    customer_key: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict[str, str])
    acl: Document = field(default_factory=access_control)
    gone: bool = False
    marker: bool = False
    body: bytes = b"x"

    @property
    def name(self) -> bytes:
        """The key as bytes."""
        return self.key if isinstance(self.key, bytes) else self.key.encode()


@dataclass(kw_only=True)
class Bucket:
    """A general purpose bucket, safe unless told otherwise.

    Attributes:
        policy_is_public: what GetBucketPolicyStatus says; asked only where there is a policy.
        object_lock: as in ``ObjectLockConfiguration``; likewise ``replication``, ``encryption``, ``website``.
        logging: as in ``LoggingEnabled``.
        lifecycle: the rules.
        metadata: as in ``MetadataConfigurationResult``.
        objects: key to time of last change; only listed, never read.
        stored: objects that can be asked for as well.
        many: how many objects there are besides, each named by its number and encrypted by S3.
    """

    name: str
    region: str = HOME
    created: str = CREATED
    policy: PolicyText | None = None
    policy_is_public: bool = False
    acl: Document = field(default_factory=access_control)
    ownership: str | None = "BucketOwnerEnforced"
    public_access_block: Document | None = field(default_factory=public_access_block)
    encryption: Document | None = field(default_factory=default_encryption)
    versioning: Document = field(default_factory=lambda: {"Status": "Enabled"})
    logging: Document | None = None
    replication: Document | None = None
    lifecycle: Sequence[Document] | None = None
    object_lock: Document | None = None
    website: Document | None = None
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    inventories: Sequence[Document] = ()
    metadata: Document | None = None
    objects: Mapping[str, str] = field(default_factory=dict[str, str])
    stored: Sequence[S3Object] = ()
    many: int = 0


@dataclass(kw_only=True)
class DirectoryBucket:
    """An S3 Express One Zone bucket; its name ends in ``--<zone>--x-s3``."""

    name: str
    created: str = CREATED
    policy: PolicyText | None = None
    encryption: Document | None = field(default_factory=default_encryption)


@dataclass(kw_only=True)
class AccessPoint:
    """An access point of one bucket, in the region that lists it; without ``vpc`` it is on the internet."""

    name: str
    bucket: str
    vpc: str = ""
    bucket_account: str = ""
    public_access_block: Document | None = field(default_factory=public_access_block)
    policy: PolicyText | None = None
    policy_is_public: bool = False


@dataclass(kw_only=True)
class MultiRegionAccessPoint:
    """A multi-region access point; ``regions`` with Bucket, Region and BucketAccountId."""

    name: str
    alias: str
    regions: Sequence[Document]
    created: str = CREATED
    status: str = "READY"
    public_access_block: Document | None = field(default_factory=public_access_block)
    policy: PolicyText | None = None
    policy_is_public: bool = False


@dataclass(kw_only=True)
class IamUser:
    """An IAM user.

    Attributes:
        report: columns of the credential report that differ from those of a user without any credential.
        inline: name of the policy to its document.
        attached: ARNs of managed policies.
        groups: names of groups.
        ssh_keys: as in ``SSHPublicKeys``; UserName is added.
        service_credentials: as in ``ServiceSpecificCredentials``; UserName is added.
        boundary: ARN of the permissions boundary.
    """

    name: str
    path: str = "/"
    created: str = CREATED
    report: Mapping[str, str] = field(default_factory=dict[str, str])
    inline: Mapping[str, PolicyText] = field(default_factory=dict[str, PolicyText])
    attached: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    ssh_keys: Sequence[Document] = ()
    service_credentials: Sequence[Document] = ()
    boundary: str = ""


@dataclass(kw_only=True)
class IamGroup:
    """An IAM group."""

    name: str
    path: str = "/"
    created: str = CREATED
    inline: Mapping[str, PolicyText] = field(default_factory=dict[str, PolicyText])
    attached: tuple[str, ...] = ()


@dataclass(kw_only=True)
class IamRole:
    """An IAM role; ``trust`` is its trust policy."""

    name: str
    trust: PolicyText
    path: str = "/"
    created: str = CREATED
    inline: Mapping[str, PolicyText] = field(default_factory=dict[str, PolicyText])
    attached: tuple[str, ...] = ()
    boundary: str = ""


@dataclass(kw_only=True)
class ManagedPolicy:
    """A managed policy; one of AWS's own when its ARN says so. Only the default version is shown."""

    arn: str
    document: PolicyText
    created: str = CREATED
    attachments: int = 1

    @property
    def name(self) -> str:
        """The last part of the ARN."""
        return self.arn.rpartition("/")[2]


@dataclass(kw_only=True)
class Iam:
    """The account's IAM.

    Attributes:
        root: columns of root's line in the report that differ from a root with MFA and without keys.
        report_state: what GetCredentialReport does before one is made: ``absent``, ``expired``, or ``ready``
            where a recent one exists.
        report_waits: how many times GetCredentialReport still says "in progress" after it was asked for.
        report_generated: when the report was made.
        summary: entries of GetAccountSummary that differ from the usual.
        organization_features: as ListOrganizationsFeatures answers in the management account; None elsewhere.
        virtual_mfa: as in ``VirtualMFADevices``.
        saml_providers: ARNs; likewise ``oidc_providers``.
    """

    users: list[IamUser] = field(default_factory=list[IamUser])
    groups: list[IamGroup] = field(default_factory=list[IamGroup])
    roles: list[IamRole] = field(default_factory=list[IamRole])
    policies: list[ManagedPolicy] = field(default_factory=list[ManagedPolicy])
    root: Mapping[str, str] = field(default_factory=dict[str, str])
    report_state: str = "absent"
    report_waits: int = 1
    report_generated: str = "2026-01-15T00:00:00Z"
    summary: Mapping[str, int] = field(default_factory=dict[str, int])
    password_policy: Document | None = None
    virtual_mfa: Sequence[Document] = ()
    organization_features: tuple[str, ...] | None = None
    saml_providers: tuple[str, ...] = ()
    oidc_providers: tuple[str, ...] = ()


@dataclass(kw_only=True)
class KmsKey:
    """A KMS key, in the region that its ARN names.

    Attributes:
        aliases: with the ``alias/`` prefix.
        rotation: whether it rotates; None where the key cannot (the API refuses the question).
    """

    arn: str
    aliases: tuple[str, ...] = ()
    state: str = "Enabled"
    manager: str = "CUSTOMER"
    origin: str = "AWS_KMS"
    spec: str = "SYMMETRIC_DEFAULT"
    deletion_date: str = ""
    rotation: bool | None = True

    @property
    def id(self) -> str:
        """The key id, the last part of the ARN."""
        return self.arn.rpartition("/")[2]


@dataclass(kw_only=True)
class BackupPlan:
    """A backup plan; ``rules`` as in ``BackupPlan.Rules``."""

    id: str
    name: str
    rules: Sequence[Document] = ()


@dataclass(kw_only=True)
class Trail:
    """A trail in its home region.

    Attributes:
        description: members of ``trailList`` that differ from a single-region trail without extras.
        status: as in GetTrailStatus.
        selectors: as in GetEventSelectors, without TrailARN.
    """

    arn: str
    bucket: str
    description: Document = field(default_factory=dict[str, Any])
    status: Document = field(default_factory=lambda: {"IsLogging": True})
    selectors: Document = field(default_factory=dict[str, Any])

    @property
    def name(self) -> str:
        """The last part of the ARN."""
        return self.arn.rpartition("/")[2]


@dataclass(kw_only=True)
class Detector:
    """A GuardDuty detector, as in GetDetector and ListPublishingDestinations."""

    id: str
    description: Document
    destinations: Sequence[Document] = ()


@dataclass(kw_only=True)
class Rule:
    """An EventBridge rule of the default bus; ``targets`` as in ListTargetsByRule."""

    name: str
    pattern: str
    state: str = "ENABLED"
    targets: Sequence[Document] = ()


@dataclass(kw_only=True)
class Region:
    """What lies in one region.

    Attributes:
        vaults: as in ``BackupVaultList``.
        protected: as in ``Results`` of ListProtectedResources.
        recovery_points: ARN of the resource to what ListRecoveryPointsByBackupVault answers, without the ARNs.
        copy_jobs: as in ``CopyJobs``.
        events: as in ``Events`` of LookupEvents, newest first.
        macie: as in GetMacieSession; None when Macie is not enabled.
        macie_discovery: as in GetAutomatedDiscoveryConfiguration.
        analyzers: as in ``analyzers`` of ListAnalyzers.
        identity_centers: as in ``Instances`` of ListInstances.
    """

    access_points: list[AccessPoint] = field(default_factory=list[AccessPoint])
    directory_buckets: list[DirectoryBucket] = field(default_factory=list[DirectoryBucket])
    keys: list[KmsKey] = field(default_factory=list[KmsKey])
    vaults: Sequence[Document] = ()
    plans: list[BackupPlan] = field(default_factory=list[BackupPlan])
    protected: Sequence[Document] = ()
    recovery_points: Mapping[str, Sequence[Document]] = field(default_factory=dict[str, Sequence[Document]])
    copy_jobs: Sequence[Document] = ()
    trails: list[Trail] = field(default_factory=list[Trail])
    events: Sequence[Document] = ()
    detectors: list[Detector] = field(default_factory=list[Detector])
    rules: list[Rule] = field(default_factory=list[Rule])
    macie: Document | None = None
    macie_discovery: Document = field(default_factory=lambda: {"status": "DISABLED"})
    analyzers: Sequence[Document] = ()
    identity_centers: Sequence[Document] = ()


@dataclass(kw_only=True)
class OrganizationPolicy:
    """A policy of the organisation; ``targets`` are ids of the root, units and accounts it is attached to."""

    id: str
    name: str
    content: PolicyText
    type: str = "RESOURCE_CONTROL_POLICY"
    aws_managed: bool = False
    targets: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Organization:
    """The organisation.

    Attributes:
        accounts: as in ``Accounts`` of ListAccounts.
        parents: id of an account or unit to the id of what it lies in (``r-…`` or ``ou-…``).
        effective: kind of policy (``S3_POLICY``) to the content that is in effect.
        enabled_types: kinds of policies that the organisation uses; asking for another is refused.
    """

    id: str = "o-exampleorgid"
    management_account: str = ACCOUNT
    accounts: Sequence[Document] = ()
    parents: Mapping[str, str] = field(default_factory=dict[str, str])
    effective: Mapping[str, PolicyText] = field(default_factory=dict[str, PolicyText])
    policies: list[OrganizationPolicy] = field(default_factory=list[OrganizationPolicy])
    enabled_types: tuple[str, ...] = ("RESOURCE_CONTROL_POLICY", "S3_POLICY")


@dataclass(kw_only=True)
class Estate:
    """One account.

    Attributes:
        caller: ARN of the identity whose credentials are used; empty for an auditor role of the account.
        public_access_block: the account-level block of S3.
        regions: what lies in each region; one that is not named is empty.
        region_states: region to its opt-in status, as DescribeRegions tells.
        organization: None when the account is in none.
        assumable: ARNs of roles that may be assumed into this account; None for any.
        omit_bucket_region: whether ListBuckets leaves out the regions, as older S3-compatible servers do.
        page_size: the most items that any paged answer holds; None for AWS's own limits.
    """

    account: str = ACCOUNT
    partition: str = "aws"
    caller: str = ""
    buckets: list[Bucket] = field(default_factory=list[Bucket])
    public_access_block: Document | None = field(default_factory=public_access_block)
    multi_region_access_points: list[MultiRegionAccessPoint] = field(
        default_factory=list[MultiRegionAccessPoint]
    )
    iam: Iam = field(default_factory=Iam)
    regions: dict[str, Region] = field(default_factory=dict[str, Region])
    region_states: Mapping[str, str] = field(
        default_factory=lambda: dict.fromkeys(ALL_REGIONS, "opt-in-not-required")
    )
    organization: Organization | None = None
    assumable: tuple[str, ...] | None = None
    omit_bucket_region: bool = False
    page_size: int | None = None

    @property
    def caller_arn(self) -> str:
        """The identity that asks."""
        return self.caller or f"arn:{self.partition}:sts::{self.account}:assumed-role/auditor/cloudaudit"
