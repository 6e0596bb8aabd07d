"""Every API operation that this provider calls, with the IAM actions it needs.

From this one list come the calls, the read-only guard, the least-privilege role, and the permission that a NOT
ASSESSED names. What is about single objects is called only where the user asks for it: ``opt_in`` says by which word.
The action is not always the operation's name; source: AWS Service Authorization Reference,
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from msgspec import Struct


class Operation(Struct, frozen=True):
    """One API operation.

    Attributes:
        service: the SDK's name of the service, e.g. ``s3control``.
        name: the API's name of the operation.
        actions: IAM actions that it needs; none for ``sts:GetCallerIdentity``.
        opt_in: the words of ``--objects`` for which it is called; empty for what every scan calls.
    """

    service: str
    name: str
    actions: tuple[str, ...]
    opt_in: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """``service:Operation``, as facts carry it."""
        return f"{self.service}:{self.name}"

    @property
    def permission(self) -> str:
        """What to grant, as findings name it; empty when nothing is needed."""
        return ", ".join(self.actions)


GET_CALLER_IDENTITY = Operation("sts", "GetCallerIdentity", ())
DESCRIBE_REGIONS = Operation("ec2", "DescribeRegions", ("ec2:DescribeRegions",))

LIST_BUCKETS = Operation("s3", "ListBuckets", ("s3:ListAllMyBuckets",))
GET_BUCKET_LOCATION = Operation("s3", "GetBucketLocation", ("s3:GetBucketLocation",))
GET_BUCKET_PUBLIC_ACCESS_BLOCK = Operation("s3", "GetPublicAccessBlock", ("s3:GetBucketPublicAccessBlock",))
GET_BUCKET_POLICY = Operation("s3", "GetBucketPolicy", ("s3:GetBucketPolicy",))
GET_BUCKET_POLICY_STATUS = Operation("s3", "GetBucketPolicyStatus", ("s3:GetBucketPolicyStatus",))
GET_BUCKET_ACL = Operation("s3", "GetBucketAcl", ("s3:GetBucketAcl",))
GET_BUCKET_OWNERSHIP = Operation("s3", "GetBucketOwnershipControls", ("s3:GetBucketOwnershipControls",))
GET_BUCKET_ENCRYPTION = Operation("s3", "GetBucketEncryption", ("s3:GetEncryptionConfiguration",))
GET_BUCKET_VERSIONING = Operation("s3", "GetBucketVersioning", ("s3:GetBucketVersioning",))
GET_BUCKET_LOGGING = Operation("s3", "GetBucketLogging", ("s3:GetBucketLogging",))
GET_BUCKET_REPLICATION = Operation("s3", "GetBucketReplication", ("s3:GetReplicationConfiguration",))
GET_BUCKET_LIFECYCLE = Operation("s3", "GetBucketLifecycleConfiguration", ("s3:GetLifecycleConfiguration",))
GET_OBJECT_LOCK = Operation("s3", "GetObjectLockConfiguration", ("s3:GetBucketObjectLockConfiguration",))
GET_BUCKET_WEBSITE = Operation("s3", "GetBucketWebsite", ("s3:GetBucketWebsite",))
GET_BUCKET_TAGGING = Operation("s3", "GetBucketTagging", ("s3:GetBucketTagging",))
LIST_INVENTORIES = Operation("s3", "ListBucketInventoryConfigurations", ("s3:GetInventoryConfiguration",))
GET_METADATA_TABLE = Operation(
    "s3", "GetBucketMetadataConfiguration", ("s3:GetBucketMetadataTableConfiguration",)
)
LIST_OBJECTS = Operation("s3", "ListObjectsV2", ("s3:ListBucket",))
LIST_DIRECTORY_BUCKETS = Operation("s3", "ListDirectoryBuckets", ("s3express:ListAllMyDirectoryBuckets",))
GET_DIRECTORY_BUCKET_POLICY = Operation("s3", "GetBucketPolicy", ("s3express:GetBucketPolicy",))
GET_DIRECTORY_BUCKET_ENCRYPTION = Operation(
    "s3", "GetBucketEncryption", ("s3express:GetEncryptionConfiguration",)
)

GET_ACCOUNT_PUBLIC_ACCESS_BLOCK = Operation(
    "s3control", "GetPublicAccessBlock", ("s3:GetAccountPublicAccessBlock",)
)
LIST_ACCESS_POINTS = Operation("s3control", "ListAccessPoints", ("s3:ListAccessPoints",))
GET_ACCESS_POINT = Operation("s3control", "GetAccessPoint", ("s3:GetAccessPoint",))
GET_ACCESS_POINT_POLICY = Operation("s3control", "GetAccessPointPolicy", ("s3:GetAccessPointPolicy",))
GET_ACCESS_POINT_POLICY_STATUS = Operation(
    "s3control", "GetAccessPointPolicyStatus", ("s3:GetAccessPointPolicyStatus",)
)
LIST_MULTI_REGION_ACCESS_POINTS = Operation(
    "s3control", "ListMultiRegionAccessPoints", ("s3:ListMultiRegionAccessPoints",)
)
GET_MULTI_REGION_ACCESS_POINT_POLICY = Operation(
    "s3control", "GetMultiRegionAccessPointPolicy", ("s3:GetMultiRegionAccessPointPolicy",)
)
GET_MULTI_REGION_ACCESS_POINT_POLICY_STATUS = Operation(
    "s3control", "GetMultiRegionAccessPointPolicyStatus", ("s3:GetMultiRegionAccessPointPolicyStatus",)
)

GENERATE_CREDENTIAL_REPORT = Operation("iam", "GenerateCredentialReport", ("iam:GenerateCredentialReport",))
GET_CREDENTIAL_REPORT = Operation("iam", "GetCredentialReport", ("iam:GetCredentialReport",))
GET_ACCOUNT_SUMMARY = Operation("iam", "GetAccountSummary", ("iam:GetAccountSummary",))
GET_PASSWORD_POLICY = Operation("iam", "GetAccountPasswordPolicy", ("iam:GetAccountPasswordPolicy",))
GET_AUTHORIZATION_DETAILS = Operation(
    "iam", "GetAccountAuthorizationDetails", ("iam:GetAccountAuthorizationDetails",)
)
LIST_VIRTUAL_MFA_DEVICES = Operation("iam", "ListVirtualMFADevices", ("iam:ListVirtualMFADevices",))
LIST_SSH_KEYS = Operation("iam", "ListSSHPublicKeys", ("iam:ListSSHPublicKeys",))
LIST_SERVICE_CREDENTIALS = Operation(
    "iam", "ListServiceSpecificCredentials", ("iam:ListServiceSpecificCredentials",)
)
LIST_SAML_PROVIDERS = Operation("iam", "ListSAMLProviders", ("iam:ListSAMLProviders",))
LIST_OIDC_PROVIDERS = Operation("iam", "ListOpenIDConnectProviders", ("iam:ListOpenIDConnectProviders",))

DESCRIBE_KEY = Operation("kms", "DescribeKey", ("kms:DescribeKey",))
GET_KEY_ROTATION = Operation("kms", "GetKeyRotationStatus", ("kms:GetKeyRotationStatus",))

LIST_VAULTS = Operation("backup", "ListBackupVaults", ("backup:ListBackupVaults",))
LIST_PLANS = Operation("backup", "ListBackupPlans", ("backup:ListBackupPlans",))
GET_PLAN = Operation("backup", "GetBackupPlan", ("backup:GetBackupPlan",))
LIST_PROTECTED_RESOURCES = Operation("backup", "ListProtectedResources", ("backup:ListProtectedResources",))
LIST_RECOVERY_POINTS = Operation(
    "backup", "ListRecoveryPointsByBackupVault", ("backup:ListRecoveryPointsByBackupVault",)
)
LIST_COPY_JOBS = Operation("backup", "ListCopyJobs", ("backup:ListCopyJobs",))

DESCRIBE_TRAILS = Operation("cloudtrail", "DescribeTrails", ("cloudtrail:DescribeTrails",))
GET_TRAIL_STATUS = Operation("cloudtrail", "GetTrailStatus", ("cloudtrail:GetTrailStatus",))
GET_EVENT_SELECTORS = Operation("cloudtrail", "GetEventSelectors", ("cloudtrail:GetEventSelectors",))
LOOKUP_EVENTS = Operation("cloudtrail", "LookupEvents", ("cloudtrail:LookupEvents",))

LIST_DETECTORS = Operation("guardduty", "ListDetectors", ("guardduty:ListDetectors",))
GET_DETECTOR = Operation("guardduty", "GetDetector", ("guardduty:GetDetector",))
LIST_PUBLISHING_DESTINATIONS = Operation(
    "guardduty", "ListPublishingDestinations", ("guardduty:ListPublishingDestinations",)
)
LIST_RULES = Operation("events", "ListRules", ("events:ListRules",))
LIST_TARGETS = Operation("events", "ListTargetsByRule", ("events:ListTargetsByRule",))
GET_MACIE_SESSION = Operation("macie2", "GetMacieSession", ("macie2:GetMacieSession",))
GET_AUTOMATED_DISCOVERY = Operation(
    "macie2", "GetAutomatedDiscoveryConfiguration", ("macie2:GetAutomatedDiscoveryConfiguration",)
)
LIST_ANALYZERS = Operation("accessanalyzer", "ListAnalyzers", ("access-analyzer:ListAnalyzers",))

DESCRIBE_ORGANIZATION = Operation(
    "organizations", "DescribeOrganization", ("organizations:DescribeOrganization",)
)
LIST_ACCOUNTS = Operation("organizations", "ListAccounts", ("organizations:ListAccounts",))
DESCRIBE_EFFECTIVE_POLICY = Operation(
    "organizations", "DescribeEffectivePolicy", ("organizations:DescribeEffectivePolicy",)
)
LIST_POLICIES_FOR_TARGET = Operation(
    "organizations", "ListPoliciesForTarget", ("organizations:ListPoliciesForTarget",)
)
DESCRIBE_POLICY = Operation("organizations", "DescribePolicy", ("organizations:DescribePolicy",))
LIST_PARENTS = Operation("organizations", "ListParents", ("organizations:ListParents",))
LIST_IDENTITY_CENTERS = Operation("sso-admin", "ListInstances", ("sso:ListInstances",))

LISTED = frozenset({"list"})
FROM_INVENTORY = frozenset({"inventory"})
LIST_OBJECT_VERSIONS = Operation("s3", "ListObjectVersions", ("s3:ListBucketVersions",), LISTED)
# Of an object's head AWS has no action of its own: who may ask for it may read the contents as well.
HEAD_OBJECT = Operation("s3", "HeadObject", ("s3:GetObject",), LISTED)
HEAD_OBJECT_VERSION = Operation("s3", "HeadObject", ("s3:GetObjectVersion",), LISTED)
GET_OBJECT_ACL = Operation("s3", "GetObjectAcl", ("s3:GetObjectAcl",), LISTED)
GET_OBJECT_VERSION_ACL = Operation("s3", "GetObjectAcl", ("s3:GetObjectVersionAcl",), LISTED)
GET_INVENTORY_FILE = Operation("s3", "GetObject", ("s3:GetObject",), FROM_INVENTORY)
"""The one operation that opens contents: those of an inventory's own files, and the guard lets it read no others."""

EVERY_OPERATION: tuple[Operation, ...] = tuple(
    member for member in vars().values() if isinstance(member, Operation)
)
"""All of the above, in the order of this file."""

OPERATIONS: tuple[Operation, ...] = tuple(each for each in EVERY_OPERATION if not each.opt_in)
"""What every scan may call."""

OBJECT_OPERATIONS: tuple[Operation, ...] = tuple(each for each in EVERY_OPERATION if each.opt_in)
"""What is called besides where the user asks for objects."""
