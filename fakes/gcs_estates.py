"""What random estates of Google Cloud may hold; see fakes/estates.py."""

from collections.abc import Mapping, Sequence

from msgspec import structs

from cloudaudit.facts import Read
from cloudaudit.model import Resource
from cloudaudit.providers.gcs.model import (
    KINDS,
    Bucket,
    HmacKey,
    KmsKey,
    Project,
    Role,
    ServiceAccount,
    User,
    bucket_id,
    kms_key_id,
    project_id,
    role_id,
)
from cloudaudit.providers.gcs.policy_roles import AT_LEAST, Right
from fakes.estates import World

NUMBERS = ("123456789012", "210987654321")
IDS = ("shop-prod", "sister-prod")
CUSTOMER = "C0abc123"
KEYS = tuple(f"projects/shop-prod/locations/global/keyRings/r/cryptoKeys/k{number}" for number in range(2))
ROLES = (
    "roles/owner",
    "roles/viewer",
    "roles/storage.admin",
    "roles/storage.objectViewer",
    "roles/storage.legacyBucketReader",
    "projects/shop-prod/roles/mine",
)
MEMBERS = (
    "allUsers",
    "allAuthenticatedUsers",
    "user:hanako@example.co.jp",
    "user:somebody@gmail.com",
    "domain:partner.example.com",
    "group:all@example.co.jp",
    "serviceAccount:app@shop-prod.iam.gserviceaccount.com",
    "serviceAccount:app@sister-prod.iam.gserviceaccount.com",
    "serviceAccount:app@stranger.iam.gserviceaccount.com",
    f"serviceAccount:{NUMBERS[0]}@cloudservices.gserviceaccount.com",
    "projectViewer:shop-prod",
    "projectOwner:sister-prod",
    "principalSet://cloudresourcemanager.googleapis.com/organizations/555",
    "principalSet://cloudresourcemanager.googleapis.com/folders/7",
    "principalSet://iam.googleapis.com/projects/999/locations/global/workloadIdentityPools/ci/*",
    "principal://iam.googleapis.com/locations/global/workforcePools/p/subject/x",
    "deleted:user:gone@gmail.com?uid=1",
    "nonsense",
)
TIMES = (
    "2026-11-20T12:00:00Z",
    "2026-10-01T00:00:00Z",
    "2025-01-01T00:00:00Z",
    "2027-01-01T00:00:00Z",
    "",
    "not a time",
)
STRINGS: Mapping[str, Sequence[str]] = {
    "AclEntry.entity": (
        "allUsers",
        "allAuthenticatedUsers",
        "user-somebody@gmail.com",
        f"project-viewers-{NUMBERS[0]}",
        f"project-owners-{NUMBERS[1]}",
        "domain-example.co.jp",
    ),
    "AclEntry.role": ("READER", "WRITER", "OWNER", "NEW"),
    "AllowedMembers.allowed": (CUSTOMER, "is:C0other"),
    "Ancestor.name": ("folders/7", "organizations/555"),
    "AuditLogConfig.exempted": MEMBERS[2:4],
    "AuditLogConfig.log_type": ("ADMIN_READ", "DATA_READ", "DATA_WRITE"),
    "AuditLogConfig.service": ("storage.googleapis.com", "allServices", "compute.googleapis.com"),
    "Binding.members": MEMBERS,
    "Binding.role": ROLES,
    "Bucket.default_key": KEYS,
    "Bucket.labels": ("class", "secret", "public"),
    "Bucket.public_access_prevention": ("enforced", "inherited", "unspecified"),
    "Condition.expression": (
        'request.time < timestamp("2020-01-01T00:00:00Z")',
        'request.time < timestamp("2030-01-01T00:00:00Z")',
        'resource.name.startsWith("projects/_/buckets/b0")',
        'resource.service == "compute.googleapis.com"',
        "not CEL at all",
    ),
    "HmacKey.state": ("ACTIVE", "INACTIVE"),
    "InventoryReport.fields": ("name", "size", "updated", "generation"),
    # A report's time comes from the provider, always whole.
    "InventoryReport.newest": TIMES[:4],
    "Delivery.at": TIMES[:4],
    "IpFilter.public_ranges": ("192.0.2.0/24", "0.0.0.0/0", "2001:db8::/48", "nonsense"),
    "EncryptionCount.key": ("", *(f"{key}/cryptoKeyVersions/1" for key in KEYS)),
    "KeyVersion.name": tuple(f"{key}/cryptoKeyVersions/1" for key in KEYS),
    "KeyVersion.state": ("ENABLED", "DISABLED", "DESTROYED"),
    "KmsKey.buckets": ("b0", "b1"),
    "KmsKeyState.primary_state": ("ENABLED", "DISABLED", "DESTROY_SCHEDULED", ""),
    "KmsKeyState.protection": ("SOFTWARE", "HSM", "EXTERNAL"),
    "LifecycleRule.action": ("Delete", "SetStorageClass", "AbortIncompleteMultipartUpload"),
    "LifecycleRule.noncurrent_before": ("", "2026-01-01"),
    "Location.data_locations": ("ASIA-NORTHEAST1", "ASIA-NORTHEAST2", "US-EAST1"),
    "Location.name": ("ASIA-NORTHEAST1", "US", "ASIA1", "ASIA", "NOWHERE1"),
    "Location.type": ("region", "dual-region", "multi-region", ""),
    "ManagedFolder.name": ("open/", "inbox/"),
    "Objects.as_of": TIMES,
    "Offender.what": ("allUsers read", "google-default", f"cmek {KEYS[0]}/cryptoKeyVersions/1"),
    "Organization.customer": (CUSTOMER,),
    "Organization.domain": ("example.co.jp",),
    "Organization.name": ("organizations/555",),
    "Project.perimeters": ("production",),
    "PublicCount.audience": ("allUsers", "allAuthenticatedUsers"),
    "PublicCount.right": ("read", "administer"),
    "Role.permissions": (
        "storage.objects.get",
        "storage.objects.list",
        "storage.objects.create",
        "storage.buckets.setIamPolicy",
        "storage.buckets.list",
        "resourcemanager.projects.setIamPolicy",
    ),
    "ServiceAccountKey.id": ("key1", "key2"),
    "Transfer.sink": ("b0", "b1", "b2", "elsewhere"),
    "Transfer.source": ("b0", "b1"),
    "created_at": TIMES,
    "expires_at": ("", *TIMES),
    "last_sign_in": TIMES,
    "last_used": TIMES,
}
PERMISSION_OF = {
    Right.READ: "storage.objects.get",
    Right.LIST: "storage.objects.list",
    Right.WRITE: "storage.objects.create",
    Right.ADMINISTER: "storage.buckets.setIamPolicy",
}
PATTERNS: Mapping[type[Resource], str] = {
    ServiceAccount: "//iam.googleapis.com/projects/shop-prod/serviceAccounts/s{number}",
    HmacKey: "//storage.googleapis.com/projects/shop-prod/hmacKeys/{number}",
    User: "//admin.googleapis.com/users/{number}",
}


def identity_of(kind: type[Resource], number: int) -> dict[str, str]:
    """Return the id, name, account, region (and number and id) of the resource of a kind with that number."""
    if kind is Project:
        own = NUMBERS[number]
        return {
            "id": project_id(own),
            "name": IDS[number],
            "account": own,
            "region": "global",
            "number": own,
            "project": IDS[number],
        }
    account = CUSTOMER if kind is User else NUMBERS[0]
    if kind is Bucket:
        region = ("asia-northeast1", "us")[number % 2]
        return {
            "id": bucket_id(f"b{number}"),
            "name": f"b{number}",
            "account": NUMBERS[number % 2],
            "region": region,
        }
    resource_id = (
        role_id(ROLES[number])
        if kind is Role
        else kms_key_id(KEYS[number])
        if kind is KmsKey
        else PATTERNS[kind].format(number=number)
    )
    return {"id": resource_id, "name": resource_id.rpartition("/")[2], "account": account, "region": "global"}


def _consistent(resource: Resource) -> Resource:
    """Return a project without what only an organisation has, if it is known to be in none.

    A role of Google permits at least what is documented of it.
    """
    if isinstance(resource, Role):
        return _documented(resource)
    if isinstance(resource, Project):
        organization = resource.organization
        if not isinstance(organization, Read) or organization.value is not None:
            return resource
        nothing: Read[tuple[()]] = Read((), organization.source)
        return structs.replace(
            resource,
            ancestors=nothing,
            perimeters=nothing,
            public_access_prevention=organization,
            uniform_access_required=organization,
            allowed_members=organization,
        )
    return resource


def _documented(role: Role) -> Role:
    name, held = role.id.removeprefix(role_id("")), role.permissions
    if name not in AT_LEAST or not isinstance(held, Read):
        return role
    least = {PERMISSION_OF[right] for right in AT_LEAST[name]}
    return structs.replace(role, permissions=Read(tuple(sorted(least.union(held.value or ()))), held.source))


GOOGLE = World(
    provider="gcs",
    kinds=KINDS,
    strings=STRINGS,
    numbers=(0, 1, 3, 42, 90, 86_400, 7 * 86_400, 400 * 86_400),
    at_most={Bucket: 3, ServiceAccount: 2, HmacKey: 2, KmsKey: 2, User: 2, Role: len(ROLES)},
    always={Project: 2},
    identity_of=identity_of,
    finished=_consistent,
)
