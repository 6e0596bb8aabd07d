"""Which permission each method asks for, written from Google's reference and apart from the list of the real scan.

https://cloud.google.com/storage/docs/access-control/iam-json, https://cloud.google.com/iam/docs/permissions-reference and
the pages of each method. The tests hold the list of the real scan against this one.
"""

STORAGE = {
    "buckets.list": "storage.buckets.list",
    "buckets.get": "storage.buckets.get",
    "buckets.getIamPolicy": "storage.buckets.getIamPolicy",
    "managedFolders.list": "storage.managedFolders.list",
    "managedFolders.getIamPolicy": "storage.managedFolders.getIamPolicy",
    "hmacKeys.list": "storage.hmacKeys.list",
    "objects.list": "storage.objects.list",
    "objects.get": "storage.objects.get",
}
RESOURCE_MANAGER = {
    "projects.get": "resourcemanager.projects.get",
    "projects.list": "resourcemanager.projects.list",
    "projects.getAncestry": "resourcemanager.projects.get",
    "projects.getIamPolicy": "resourcemanager.projects.getIamPolicy",
    "folders.list": "resourcemanager.folders.list",
    "folders.getIamPolicy": "resourcemanager.folders.getIamPolicy",
    "organizations.get": "resourcemanager.organizations.get",
    "organizations.getIamPolicy": "resourcemanager.organizations.getIamPolicy",
}
IAM = {
    # The predefined roles are public.
    "roles.get": "",
    "customRoles.get": "iam.roles.get",
    "serviceAccounts.list": "iam.serviceAccounts.list",
    "serviceAccountKeys.list": "iam.serviceAccountKeys.list",
}
OTHERS = {
    "policies.getEffectivePolicy": "orgpolicy.policy.get",
    "accessPolicies.list": "accesscontextmanager.policies.list",
    "servicePerimeters.list": "accesscontextmanager.servicePerimeters.list",
    "cryptoKeys.get": "cloudkms.cryptoKeys.get",
    "cryptoKeyVersions.get": "cloudkms.cryptoKeyVersions.get",
    "reportConfigs.list": "storageinsights.reportConfigs.list",
    "reportDetails.list": "storageinsights.reportDetails.list",
    "transferJobs.list": "storagetransfer.jobs.list",
    "timeSeries.list": "monitoring.timeSeries.list",
    "assets.list RESOURCE": "cloudasset.assets.listResource",
    "assets.list IAM_POLICY": "cloudasset.assets.listIamPolicy",
    # The Directory API knows scopes and administrators, no permissions.
    "users.list": "",
}
PERMISSIONS: dict[str, str] = {**STORAGE, **RESOURCE_MANAGER, **IAM, **OTHERS}

SEES_ACLS = "storage.buckets.getIamPolicy"
"""Who lacks it gets full projections without ACLs."""

SEES_OBJECT_ACLS = "storage.objects.getIamPolicy"
"""Who lacks it gets full projections of objects without ACLs."""

SEES_IP_FILTERS = "storage.buckets.getIpFilter"
"""Who lacks it gets buckets without the rules of their IP filters."""

PAYS = "serviceusage.services.use"
"""Who lacks it in the project that is named as paying may not read a requester-pays bucket."""
