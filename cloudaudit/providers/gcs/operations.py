"""Every API operation that this provider calls, with the permission or the OAuth scope that it needs.

From this one list come the calls, the read-only guard, the least-privilege role, and the permission that a NOT ASSESSED
names. Sources: https://cloud.google.com/storage/docs/access-control/iam-json for Cloud Storage, the method pages of the
other APIs, and https://cloud.google.com/iam/docs/roles-permissions for the names.
"""

from typing import Literal

from msgspec import Struct

Part = Literal["settings", "objects", "reports"]
"""Of the role: what every scan needs, what looking at objects needs, and what reading inventory reports needs."""

CLOUD_SCOPE = "https://www.googleapis.com/auth/cloud-platform.read-only"
USERS_SCOPE = "https://www.googleapis.com/auth/admin.directory.user.readonly"
PAYING = "serviceusage.services.use"
"""What reading a requester-pays bucket takes in the project that pays, beside the permission of the operation."""


class Operation(Struct, frozen=True):
    """One API operation.

    Attributes:
        service: the first label of the API's host, e.g. ``storage``, ``cloudresourcemanager``.
        name: the API's name of the method, e.g. ``buckets.getIamPolicy``.
        method: ``GET``, or ``POST`` for the reads that take a body.
        path: of the URL, with ``{}`` for each variable part (which may hold slashes where the API's does).
        permissions: IAM permissions that it needs; none where every authenticated caller may.
        scope: the OAuth scope that it needs; people need one of Workspace instead of a permission.
        part: of the role to which its permissions belong; all but ``settings`` are granted only by whoever wants that.
    """

    service: str
    name: str
    method: str
    path: str
    permissions: tuple[str, ...] = ()
    scope: str = CLOUD_SCOPE
    part: Part = "settings"

    @property
    def label(self) -> str:
        """``service:method``, as facts carry it."""
        return f"{self.service}:{self.name}"

    @property
    def permission(self) -> str:
        """What to grant, as findings name it: permissions, or the scope where it is a special one."""
        return ", ".join(self.permissions) or ("" if self.scope == CLOUD_SCOPE else self.scope)


# --- Cloud Storage. projection=full of a listing shows ACLs only to who may read IAM policies, and IP filters likewise:
# without those two permissions the listing succeeds and leaves the fields out.
LIST_BUCKETS = Operation("storage", "buckets.list", "GET", "/storage/v1/b", ("storage.buckets.list",))
GET_BUCKET_ACL = Operation(
    "storage",
    "buckets.get(acl)",
    "GET",
    "/storage/v1/b/{}",
    ("storage.buckets.get", "storage.buckets.getIamPolicy"),
)
GET_BUCKET_IP_FILTER = Operation(
    "storage",
    "buckets.get(ipFilter)",
    "GET",
    "/storage/v1/b/{}",
    ("storage.buckets.get", "storage.buckets.getIpFilter"),
)
GET_BUCKET_POLICY = Operation(
    "storage", "buckets.getIamPolicy", "GET", "/storage/v1/b/{}/iam", ("storage.buckets.getIamPolicy",)
)
LIST_MANAGED_FOLDERS = Operation(
    "storage",
    "managedFolders.list",
    "GET",
    "/storage/v1/b/{}/managedFolders",
    ("storage.managedFolders.list",),
)
GET_MANAGED_FOLDER_POLICY = Operation(
    "storage",
    "managedFolders.getIamPolicy",
    "GET",
    "/storage/v1/b/{}/managedFolders/{}/iam",
    ("storage.managedFolders.getIamPolicy",),
)
# Without the second permission an answer holds no ACL. https://cloud.google.com/storage/docs/listing-objects
LIST_OBJECTS = Operation(
    "storage", "objects.list", "GET", "/storage/v1/b/{}/o", ("storage.objects.list",), part="objects"
)
LIST_OBJECTS_WITH_ACLS = Operation(
    "storage",
    "objects.list(acl)",
    "GET",
    "/storage/v1/b/{}/o",
    ("storage.objects.list", "storage.objects.getIamPolicy"),
    part="objects",
)
# The one read of contents: files of an inventory report, and only where the guard was told of one.
GET_REPORT_FILE = Operation(
    "storage",
    "objects.get(report)",
    "GET",
    "/storage/v1/b/{}/o/{}",
    ("storage.objects.get",),
    part="reports",
)
LIST_HMAC_KEYS = Operation(
    "storage", "projects.hmacKeys.list", "GET", "/storage/v1/projects/{}/hmacKeys", ("storage.hmacKeys.list",)
)
LIST_INVENTORIES = Operation(
    "storageinsights",
    "projects.locations.reportConfigs.list",
    "GET",
    "/v1/projects/{}/locations/{}/reportConfigs",
    ("storageinsights.reportConfigs.list",),
)
LIST_INVENTORY_REPORTS = Operation(
    "storageinsights",
    "projects.locations.reportConfigs.reportDetails.list",
    "GET",
    "/v1/projects/{}/locations/{}/reportConfigs/{}/reportDetails",
    ("storageinsights.reportDetails.list",),
)
LIST_TRANSFERS = Operation(
    "storagetransfer", "transferJobs.list", "GET", "/v1/transferJobs", ("storagetransfer.jobs.list",)
)
LIST_TIME_SERIES = Operation(
    "monitoring",
    "projects.timeSeries.list",
    "GET",
    "/v3/projects/{}/timeSeries",
    ("monitoring.timeSeries.list",),
)

# --- projects, folders, organisations
GET_PROJECT = Operation(
    "cloudresourcemanager", "projects.get", "GET", "/v3/projects/{}", ("resourcemanager.projects.get",)
)
LIST_PROJECTS = Operation(
    "cloudresourcemanager", "projects.list", "GET", "/v3/projects", ("resourcemanager.projects.list",)
)
LIST_FOLDERS = Operation(
    "cloudresourcemanager", "folders.list", "GET", "/v3/folders", ("resourcemanager.folders.list",)
)
GET_ANCESTRY = Operation(
    "cloudresourcemanager",
    "projects.getAncestry",
    "POST",
    "/v1/projects/{}:getAncestry",
    ("resourcemanager.projects.get",),
)
GET_ORGANIZATION = Operation(
    "cloudresourcemanager",
    "organizations.get",
    "GET",
    "/v3/organizations/{}",
    ("resourcemanager.organizations.get",),
)
GET_PROJECT_POLICY = Operation(
    "cloudresourcemanager",
    "projects.getIamPolicy",
    "POST",
    "/v3/projects/{}:getIamPolicy",
    ("resourcemanager.projects.getIamPolicy",),
)
GET_FOLDER_POLICY = Operation(
    "cloudresourcemanager",
    "folders.getIamPolicy",
    "POST",
    "/v3/folders/{}:getIamPolicy",
    ("resourcemanager.folders.getIamPolicy",),
)
GET_ORGANIZATION_POLICY = Operation(
    "cloudresourcemanager",
    "organizations.getIamPolicy",
    "POST",
    "/v3/organizations/{}:getIamPolicy",
    ("resourcemanager.organizations.getIamPolicy",),
)
GET_EFFECTIVE_POLICY = Operation(
    "orgpolicy",
    "projects.policies.getEffectivePolicy",
    "GET",
    "/v2/projects/{}/policies/{}:getEffectivePolicy",
    ("orgpolicy.policy.get",),
)
LIST_ACCESS_POLICIES = Operation(
    "accesscontextmanager",
    "accessPolicies.list",
    "GET",
    "/v1/accessPolicies",
    ("accesscontextmanager.policies.list",),
)
LIST_PERIMETERS = Operation(
    "accesscontextmanager",
    "accessPolicies.servicePerimeters.list",
    "GET",
    "/v1/accessPolicies/{}/servicePerimeters",
    ("accesscontextmanager.servicePerimeters.list",),
)

# --- roles, service accounts, keys. Predefined roles (roles/…) may be read by every authenticated caller.
GET_PREDEFINED_ROLE = Operation("iam", "roles.get", "GET", "/v1/roles/{}")
GET_PROJECT_ROLE = Operation(
    "iam", "projects.roles.get", "GET", "/v1/projects/{}/roles/{}", ("iam.roles.get",)
)
GET_ORGANIZATION_ROLE = Operation(
    "iam", "organizations.roles.get", "GET", "/v1/organizations/{}/roles/{}", ("iam.roles.get",)
)
LIST_SERVICE_ACCOUNTS = Operation(
    "iam",
    "projects.serviceAccounts.list",
    "GET",
    "/v1/projects/{}/serviceAccounts",
    ("iam.serviceAccounts.list",),
)
LIST_SERVICE_ACCOUNT_KEYS = Operation(
    "iam",
    "projects.serviceAccounts.keys.list",
    "GET",
    "/v1/projects/{}/serviceAccounts/{}/keys",
    ("iam.serviceAccountKeys.list",),
)
GET_CRYPTO_KEY = Operation(
    "cloudkms",
    "projects.locations.keyRings.cryptoKeys.get",
    "GET",
    "/v1/projects/{}/locations/{}/keyRings/{}/cryptoKeys/{}",
    ("cloudkms.cryptoKeys.get",),
)
GET_CRYPTO_KEY_VERSION = Operation(
    "cloudkms",
    "projects.locations.keyRings.cryptoKeys.cryptoKeyVersions.get",
    "GET",
    "/v1/projects/{}/locations/{}/keyRings/{}/cryptoKeys/{}/cryptoKeyVersions/{}",
    ("cloudkms.cryptoKeyVersions.get",),
    part="objects",
)

# --- Cloud Asset Inventory, which answers for a whole organisation in pages (--bulk).
# One permission a content type: https://cloud.google.com/asset-inventory/docs/roles-permissions
LIST_ASSET_RESOURCES = Operation(
    "cloudasset", "assets.list(RESOURCE)", "GET", "/v1/{}/assets", ("cloudasset.assets.listResource",)
)
LIST_ASSET_POLICIES = Operation(
    "cloudasset", "assets.list(IAM_POLICY)", "GET", "/v1/{}/assets", ("cloudasset.assets.listIamPolicy",)
)

# --- people: the Admin SDK asks for a Workspace scope and an administrator's privilege, not for an IAM permission.
LIST_USERS = Operation("admin", "directory.users.list", "GET", "/admin/directory/v1/users", scope=USERS_SCOPE)

OPERATIONS: tuple[Operation, ...] = tuple(
    member for member in vars().values() if isinstance(member, Operation)
)
"""All of the above, in the order of this file."""
