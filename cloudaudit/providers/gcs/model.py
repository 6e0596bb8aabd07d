"""What is known of Google projects, their buckets and their people: facts that were each read or not.

Times are UTC ISO 8601 strings with ``Z``. Durations are whole seconds. Members, roles, conditions and ACL entities are the
provider's own text, unparsed: what is malformed must be seen by whoever judges it.
"""

from typing import ClassVar

from msgspec import Struct

from cloudaudit.facts import Cause, Fact, Source, Unread
from cloudaudit.inventory.model import Objects
from cloudaudit.inventory.plan import not_looked_at
from cloudaudit.model import Resource

NO_OBJECTS = not_looked_at("storage:objects.list", "")
"""What snapshots say of objects that were made before anyone could look at them."""

NO_DELIVERIES = Unread(
    Cause.UNSUPPORTED, Source("storageinsights:projects.locations.reportConfigs.reportDetails.list")
)
"""Likewise of the files of reports."""


class GoogleResource(Resource, frozen=True, kw_only=True):
    """The base of all Google resources.

    ``id`` is the full resource name, e.g. ``//storage.googleapis.com/projects/_/buckets/invoices``; ``account`` is the
    project number, or the Workspace customer id for people; the functions below make the ids that checks look up.
    """

    provider: ClassVar[str] = "gcs"


def bucket_id(name: str) -> str:
    """Return the id of a bucket."""
    return f"//storage.googleapis.com/projects/_/buckets/{name}"


def project_id(number: str) -> str:
    """Return the id of a project, which is the account of what lies in it."""
    return f"//cloudresourcemanager.googleapis.com/projects/{number}"


def role_id(name: str) -> str:
    """Return the id of a role named as in a binding, e.g. ``roles/storage.admin``, ``projects/p/roles/mine``."""
    return f"//iam.googleapis.com/{name}"


def kms_key_id(name: str) -> str:
    """Return the id of a key named as in a bucket's encryption: ``projects/p/locations/l/keyRings/r/cryptoKeys/k``."""
    return f"//cloudkms.googleapis.com/{name}"


# --------------------------------------------------------------------------- IAM policies


class Condition(Struct, frozen=True, kw_only=True):
    """A condition of a binding; ``expression`` is CEL."""

    expression: str
    title: str = ""


class Binding(Struct, frozen=True, kw_only=True):
    """One binding of an allow policy, read with version 3 so that conditions are not lost.

    Attributes:
        role: e.g. ``roles/storage.objectViewer``, ``projects/p/roles/r``, ``organizations/1/roles/r``.
        members: e.g. ``allUsers``, ``user:a@b``, ``deleted:user:a@b?uid=1``, ``projectViewer:p``, ``principalSet://…``.
        condition: None when it has none.
    """

    role: str
    members: tuple[str, ...]
    condition: Condition | None = None


class AuditLogConfig(Struct, frozen=True, kw_only=True):
    """One log type of a service's audit configuration.

    Attributes:
        service: e.g. ``storage.googleapis.com``, ``allServices``.
        log_type: ``ADMIN_READ``, ``DATA_READ`` or ``DATA_WRITE``.
        exempted: members whose accesses are not logged.
    """

    service: str
    log_type: str
    exempted: tuple[str, ...] = ()


class IamPolicy(Struct, frozen=True, kw_only=True):
    """An allow policy; one without bindings is empty, not missing.

    Attributes:
        audit_logs: its ``auditConfigs``, one entry a service and log type; only projects, folders and organisations have any.
    """

    bindings: tuple[Binding, ...] = ()
    audit_logs: tuple[AuditLogConfig, ...] = ()


# --------------------------------------------------------------------------- buckets


class ManagedFolder(Struct, frozen=True, kw_only=True):
    """A managed folder with its own policy; ``name`` ends with a slash."""

    name: str
    policy: Fact[IamPolicy]


class AclEntry(Struct, frozen=True, kw_only=True):
    """One entry of a bucket's ACL or default object ACL.

    Attributes:
        entity: ``allUsers``, ``allAuthenticatedUsers``, ``user-…``, ``group-…``, ``domain-…``, ``project-viewers-<number>`` …
        role: ``READER``, ``WRITER`` or ``OWNER``.
    """

    entity: str
    role: str


class UniformAccess(Struct, frozen=True, kw_only=True):
    """Uniform bucket-level access; until ``locked_at`` it can still be switched off (empty when it is off).

    Where a bucket tells ``uniformBucketLevelAccess`` that counts, else the older ``bucketPolicyOnly``; without either it is off.
    """

    enabled: bool
    locked_at: str = ""


class Location(Struct, frozen=True, kw_only=True):
    """Where a bucket keeps its data.

    Attributes:
        name: as the provider says it, e.g. ``ASIA-NORTHEAST1``, ``US``, ``ASIA1``.
        type: ``region``, ``dual-region`` or ``multi-region``; empty where not told (old answers).
        data_locations: the two regions of a configurable dual-region (``customPlacementConfig``), else empty.
        rpo: ``DEFAULT``, ``ASYNC_TURBO`` or empty.
    """

    name: str
    type: str = ""
    data_locations: tuple[str, ...] = ()
    rpo: str = ""


class SoftDelete(Struct, frozen=True, kw_only=True):
    """How long deleted objects can be restored; 0 seconds when switched off."""

    seconds: int
    effective_at: str = ""


class Retention(Struct, frozen=True, kw_only=True):
    """A bucket's retention policy: no object is deleted or replaced before that age; a locked one cannot be undone."""

    seconds: int
    locked: bool = False
    effective_at: str = ""


class LifecycleRule(Struct, frozen=True, kw_only=True):
    """One lifecycle rule; all its conditions must hold. None, empty: the rule does not ask.

    Attributes:
        action: ``Delete``, ``SetStorageClass`` or ``AbortIncompleteMultipartUpload``.
        age_days: age of the object (0 is a value).
        created_before: date, as ``2026-01-31``.
        is_live: True for live objects only, False for noncurrent ones only.
        newer_versions: how many newer versions there are.
        noncurrent_days: days since it became noncurrent.
        noncurrent_before: date.
        custom_time_days: days since the object's custom time, which only some objects have.
        custom_time_before: date.
        prefixes: names it applies to.
        suffixes: likewise.
        storage_classes: classes it applies to.
    """

    action: str
    age_days: int | None = None
    created_before: str = ""
    is_live: bool | None = None
    newer_versions: int | None = None
    noncurrent_days: int | None = None
    noncurrent_before: str = ""
    custom_time_days: int | None = None
    custom_time_before: str = ""
    prefixes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    storage_classes: tuple[str, ...] = ()


class UsageLogging(Struct, frozen=True, kw_only=True):
    """Usage logs to another bucket."""

    bucket: str
    prefix: str = ""


class VpcSource(Struct, frozen=True, kw_only=True):
    """A VPC network that an IP filter lets in; ``network`` is ``projects/p/global/networks/n``."""

    network: str
    ranges: tuple[str, ...] = ()


class IpFilter(Struct, frozen=True, kw_only=True):
    """A bucket's IP filter.

    Attributes:
        enabled: whether its mode is ``Enabled``.
        public_ranges: allowed ranges of the public internet; empty when it lets in none.
        vpc_sources: allowed VPC networks.
        cross_org_vpcs: whether VPC networks of other organisations may be named (``allowCrossOrgVpcs``).
        all_service_agents: whether Google's service agents are let in whatever their address.
    """

    enabled: bool
    public_ranges: tuple[str, ...] = ()
    vpc_sources: tuple[VpcSource, ...] = ()
    cross_org_vpcs: bool = False
    all_service_agents: bool = False


class Delivery(Struct, frozen=True, kw_only=True):
    """A report that was made without an error.

    Attributes:
        at: its snapshot time.
        prefix: with which the names of its files begin, as ``gs://bucket/path/configuration_time_``; empty when not told.
    """

    at: str
    prefix: str = ""


class InventoryReport(Struct, frozen=True, kw_only=True):
    """One Storage Insights inventory report configuration of the bucket.

    Attributes:
        name: the last part of its resource name.
        frequency: ``DAILY`` or ``WEEKLY``.
        fields: ``objectMetadataReportOptions.metadataFields``, e.g. ``kmsKeyName``, ``name``.
        destination: bucket that receives it.
        path: folder in that bucket, without a slash at its end; empty for none.
        ends_on: date on which the schedule ends, ``2027-01-31``; empty when not told.
        newest: snapshot time of the newest report detail; Read(None) when there is none yet.
        newest_ok: whether that one was made without an error; Read(None) likewise.
        delivered: the newest that was made without an error; Read(None) likewise.
    """

    name: str
    frequency: str
    fields: tuple[str, ...]
    destination: str
    path: str = ""
    ends_on: str = ""
    newest: Fact[str | None]
    newest_ok: Fact[bool | None]
    delivered: Fact[Delivery | None] = NO_DELIVERIES


class KeyVersion(Struct, frozen=True, kw_only=True):
    """A version of a Cloud KMS key that some object is encrypted with.

    Attributes:
        name: ``projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1``.
        state: ``ENABLED``, ``DISABLED``, ``DESTROY_SCHEDULED``, ``DESTROYED`` …; Read(None) where there is no such version.
    """

    name: str
    state: Fact[str | None]


class Bucket(GoogleResource, frozen=True, kw_only=True, tag="gcs-bucket"):
    """A bucket; ``account`` is its project's number, ``region`` its location in lower case.

    Attributes:
        created_at: when it was created.
        policy: its own IAM policy.
        managed_folders: each with its own policy; Read(()) also where uniform access is off (there can be none).
        uniform_access: see UniformAccess; a bucket without ``iamConfiguration`` has it off.
        public_access_prevention: ``enforced``, ``inherited`` or the older ``unspecified`` as told; Read(None) where a
            bucket says nothing. All but ``enforced`` mean inherited.
        acl: Read(None) where uniform access is on; Unread where it is off and the answer holds no ACL (the reader lacks
            storage.buckets.getIamPolicy).
        default_object_acl: likewise; Read(()) where there is an ACL and no default one.
        default_key: resource name of the default KMS key; Read(None) for Google's own key.
        soft_delete: Read(None) where a bucket says nothing of it (old answers).
        retention: Read(None) without one.
        lifecycle: Read(()) without rules.
        usage_logging: Read(None) without.
        ip_filter: Read(None) without one; Unread where storage.buckets.getIpFilter is missing.
        labels: pairs of key and value.
        requester_pays: whether the reader pays; then a listing needs ``userProject``.
        inventories: the project's report configurations whose source is this bucket.
        objects: what is known of its objects, old versions included; soft-deleted ones, which nobody can read, are not.
        object_keys: the versions of keys that those objects name.
    """

    created_at: str
    policy: Fact[IamPolicy]
    managed_folders: Fact[tuple[ManagedFolder, ...]]
    uniform_access: Fact[UniformAccess]
    public_access_prevention: Fact[str | None]
    acl: Fact[tuple[AclEntry, ...] | None]
    default_object_acl: Fact[tuple[AclEntry, ...] | None]
    location: Fact[Location]
    default_key: Fact[str | None]
    versioning: Fact[bool]
    soft_delete: Fact[SoftDelete | None]
    retention: Fact[Retention | None]
    lifecycle: Fact[tuple[LifecycleRule, ...]]
    usage_logging: Fact[UsageLogging | None]
    ip_filter: Fact[IpFilter | None]
    labels: Fact[tuple[tuple[str, str], ...]]
    requester_pays: Fact[bool]
    inventories: Fact[tuple[InventoryReport, ...]]
    objects: Fact[Objects] = NO_OBJECTS
    object_keys: tuple[KeyVersion, ...] = ()


# --------------------------------------------------------------------------- projects and what stands above them


class Organization(Struct, frozen=True, kw_only=True):
    """The organisation of a project.

    Attributes:
        name: ``organizations/123``.
        domain: its display name, which is the primary domain of the Workspace customer.
        customer: its Workspace customer id, ``C0…``.
    """

    name: str
    domain: str
    customer: str


class Ancestor(Struct, frozen=True, kw_only=True):
    """A folder or the organisation above a project, nearest first; ``name`` is ``folders/1`` or ``organizations/1``."""

    name: str
    policy: Fact[IamPolicy]


class AllowedMembers(Struct, frozen=True, kw_only=True):
    """The effective policy of constraint ``iam.allowedPolicyMemberDomains``.

    Attributes:
        allow_all: whether it allows everyone (no rule, or ``allowAll``).
        deny_all: whether it allows nobody new (``denyAll``).
        allowed: its allowed values, e.g. ``C0abc123``, ``is:C0abc123``, ``principalSet:…``.
    """

    allow_all: bool
    deny_all: bool = False
    allowed: tuple[str, ...] = ()


class Transfer(Struct, frozen=True, kw_only=True):
    """A Storage Transfer Service job, or a cross-bucket replication job, from bucket to bucket.

    Attributes:
        name: ``transferJobs/…``.
        enabled: whether its status is ENABLED.
        repeats: whether it goes on (replication, or a schedule that has not ended).
        source: name of the source bucket; ``prefix`` of what it copies, empty for everything.
        sink: name of the bucket that it copies to.
        whole_bucket: whether it copies every object (no path, no object conditions).
    """

    name: str
    enabled: bool
    repeats: bool
    source: str
    sink: str
    whole_bucket: bool


class Project(GoogleResource, frozen=True, kw_only=True, tag="gcp-project"):
    """A project; ``account`` is its number, ``name`` its display name.

    Attributes:
        number: its number.
        project: its id, as in service-account addresses and ``projectViewer:<id>``.
        policy: its own IAM policy with its audit-log configuration.
        ancestors: folders and organisation above it, each with its policy; Read(()) for a project in no organisation.
        organization: Read(None) for a project in no organisation.
        public_access_prevention: whether constraint ``storage.publicAccessPrevention`` is effectively enforced; Read(None)
            for a project in no organisation.
        uniform_access_required: likewise ``storage.uniformBucketLevelAccess``.
        allowed_members: likewise ``iam.allowedPolicyMemberDomains``.
        perimeters: titles of the VPC Service Controls perimeters in force (not dry run) that hold the project and restrict
            ``storage.googleapis.com``; Read(()) for a project in no organisation.
        transfers: the project's transfer and replication jobs between buckets, those that were deleted left out.
    """

    number: str
    project: str
    policy: Fact[IamPolicy]
    ancestors: Fact[tuple[Ancestor, ...]]
    organization: Fact[Organization | None]
    public_access_prevention: Fact[bool | None]
    uniform_access_required: Fact[bool | None]
    allowed_members: Fact[AllowedMembers | None]
    perimeters: Fact[tuple[str, ...]]
    transfers: Fact[tuple[Transfer, ...]]


JUDGED_PERMISSIONS = (
    "storage.",
    "resourcemanager.projects.setIamPolicy",
    "resourcemanager.folders.setIamPolicy",
    "resourcemanager.organizations.setIamPolicy",
)
"""Prefixes of the permissions that a Role record keeps; the ten thousand others of ``roles/owner`` decide nothing here."""


class Role(GoogleResource, frozen=True, kw_only=True, tag="gcp-role"):
    """What a role that some binding names really permits; asked once a role, whoever uses it.

    ``name`` is as in the binding, ``id`` is ``role_id(name)``; ``account`` is that of the scan's target. A role that is in
    use and not among the records is unknown, never empty.

    Attributes:
        permissions: those that start with one of JUDGED_PERMISSIONS; Read(None) for a role that was deleted or does not
            exist, which grants nothing.
    """

    permissions: Fact[tuple[str, ...] | None]


# --------------------------------------------------------------------------- service accounts and keys


class ServiceAccountKey(Struct, frozen=True, kw_only=True):
    """A key of a service account.

    Attributes:
        id: its id, shortened.
        user_managed: whether its ``keyType`` is USER_MANAGED; Google rotates the others itself.
        created_at: ``validAfterTime``.
        expires_at: ``validBeforeTime``; the year 9999 means never.
        disabled: whether it is switched off.
    """

    id: str
    user_managed: bool
    created_at: str
    expires_at: str = ""
    disabled: bool = False


class ServiceAccount(GoogleResource, frozen=True, kw_only=True, tag="gcp-service-account"):
    """A service account; ``name`` is its address.

    Attributes:
        disabled: whether it is switched off, and its keys with it.
        keys: user-managed and Google-managed ones.
    """

    disabled: Fact[bool]
    keys: Fact[tuple[ServiceAccountKey, ...]]


class HmacKey(GoogleResource, frozen=True, kw_only=True, tag="gcs-hmac-key"):
    """An HMAC key of a service account; ``name`` is its access id, shortened, ``id`` ends with a digest of it.

    Attributes:
        service_account: address of its owner.
        state: ``ACTIVE`` or ``INACTIVE`` (deleted ones are left out).
        created_at: when it was made.
        last_used: newest time at which a request signed with it was counted (Monitoring metric
            ``storage.googleapis.com/authn/authentication_count``, label ``access_id``), within the last 42 days, which is as
            long as the provider keeps it; Read(None) when there was none, Read(None) too for an INACTIVE key.
    """

    service_account: str
    state: Fact[str]
    created_at: str
    last_used: Fact[str | None]


class KmsKeyState(Struct, frozen=True, kw_only=True):
    """A Cloud KMS key as it was found.

    Attributes:
        primary_state: ``ENABLED``, ``DISABLED``, ``DESTROY_SCHEDULED``, ``DESTROYED`` …; empty when it has no primary version.
        purpose: ``ENCRYPT_DECRYPT`` …
        protection: ``SOFTWARE``, ``HSM``, ``EXTERNAL`` or ``EXTERNAL_VPC``; the external ones do not rotate by themselves.
        rotation_seconds: None without automatic rotation.
        next_rotation: when; empty without.
        primary_created_at: when the primary version was made; empty when not told.
    """

    primary_state: str
    purpose: str
    protection: str
    rotation_seconds: int | None = None
    next_rotation: str = ""
    primary_created_at: str = ""


class KmsKey(GoogleResource, frozen=True, kw_only=True, tag="gcp-kms-key"):
    """A Cloud KMS key that is the default key of a bucket; ``account`` is the bucket's project, whoever owns the key.

    Attributes:
        buckets: names of the buckets that use it.
        key: what it is; Read(None) when the provider says that there is no such key.
    """

    buckets: tuple[str, ...]
    key: Fact[KmsKeyState | None]


# --------------------------------------------------------------------------- people


class Standing(Struct, frozen=True, kw_only=True):
    """Whether somebody can sign in: neither suspended nor archived."""

    suspended: bool
    archived: bool = False
    suspension_reason: str = ""


class Administration(Struct, frozen=True, kw_only=True):
    """Whether somebody administers the Workspace customer: all of it (super administrator), or a part by delegation."""

    full: bool
    delegated: bool = False


class User(GoogleResource, frozen=True, kw_only=True, tag="google-user"):
    """A Workspace or Cloud Identity user; ``account`` is the customer id, ``name`` the primary address.

    Attributes:
        created_at: when the account was made.
        standing: whether they can sign in.
        administration: of the customer.
        two_step_enrolled: ``isEnrolledIn2Sv``.
        two_step_enforced: ``isEnforcedIn2Sv``.
        last_sign_in: Read(None) for never (the provider says 1970-01-01).
    """

    created_at: str
    standing: Fact[Standing]
    administration: Fact[Administration]
    two_step_enrolled: Fact[bool]
    two_step_enforced: Fact[bool]
    last_sign_in: Fact[str | None]


KINDS: tuple[type[GoogleResource], ...] = (
    Project,
    Bucket,
    Role,
    ServiceAccount,
    HmacKey,
    KmsKey,
    User,
)
"""Every kind that a snapshot of this provider can hold, in the order of reports."""
