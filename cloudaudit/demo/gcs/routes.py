"""Which method of which API a request is about, and what is answered."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cloudaudit.demo.gcs import errors
from cloudaudit.demo.gcs.estate import Bucket, Estate, Json, Project
from cloudaudit.demo.gcs.http import Request
from cloudaudit.demo.gcs.permissions import PAYS, SEES_ACLS, SEES_IP_FILTERS, SEES_OBJECT_ACLS

ACLS = ("acl", "defaultObjectAcl", "owner")


@dataclass(frozen=True)
class Call:
    """A request that was recognised.

    Attributes:
        may: returns whether the caller has a permission on a resource.
    """

    estate: Estate
    request: Request
    parts: tuple[str, ...]
    may: Callable[[str, str], bool]

    def project(self, index: int = 0) -> Project:
        """Return the project that a part of the path names.

        Raises:
            Refused: there is none; Google does not tell that from one that may not be seen.
        """
        return self.project_named(self.parts[index])

    def project_named(self, name: str) -> Project:
        """Return a project by its id or number.

        Raises:
            Refused: there is none.
        """
        found = self.estate.project(name)
        if found is None:
            raise errors.denied("resourcemanager.projects.get", f"projects/{name}")
        return found

    def bucket(self) -> tuple[Project, Bucket]:
        """Return the bucket that the path names, and its project.

        Raises:
            Refused: there is none, or nobody pays for reading it.
        """
        found = self.estate.bucket(self.parts[0])
        if found is None:
            raise errors.not_found("The specified bucket")
        project, bucket = found
        if bucket.resource.get("billing", {}).get("requesterPays"):
            payer = self.request.one("userProject")
            if not payer:
                message = "Bucket is a requester pays bucket but no user project provided."
                raise errors.Refused(400, message, legacy="required")
            if not self.may(PAYS, payer):
                message = f"Caller does not have required permission to use project {payer}."
                raise errors.Refused(
                    403, message, reason="USER_PROJECT_DENIED", legacy="UserProjectAccessDenied"
                )
        return project, bucket

    def page(
        self, items: list[Json], size_name: str = "pageSize", limit: int = 1000
    ) -> tuple[list[Json], str]:
        """Return the page that is asked for and the token of the next; empty on the last."""
        size = min(int(self.request.one(size_name, str(limit))), limit)
        start = int(self.request.one("pageToken", "0"))
        more = start + size < len(items)
        return items[start : start + size], str(start + size) if more else ""


Tell = Callable[[Call], Json | bytes]
"""Bytes are the contents of an object; everything else is answered as JSON."""


@dataclass(frozen=True)
class Route:
    """A method of an API.

    Attributes:
        name: as the table of permissions has it.
        parts: pattern of the path, with a group for each variable part.
        resource: returns what the permission is asked on.
    """

    service: str
    method: str
    path: re.Pattern[str]
    name: str
    tell: Tell


def listing(key: str, items: list[Json], token: str, kind: str = "") -> Json:
    """Return a page of a listing; like Google, without the members that would be empty."""
    told: Json = {"kind": kind} if kind else {}
    return told | ({key: items} if items else {}) | ({"nextPageToken": token} if token else {})


# --------------------------------------------------------------------------- storage


def list_buckets(call: Call) -> Json:
    """Answer buckets.list."""
    project = call.project_named(call.request.one("project"))
    names = [bucket for bucket in project.buckets if not bucket.unreachable]
    shown, token = call.page([_listed(call, bucket) for bucket in names], "maxResults")
    lost = [f"projects/_/buckets/{bucket.name}" for bucket in project.buckets if bucket.unreachable]
    return listing("items", shown, token, "storage#buckets") | (
        {"unreachable": lost} if lost and not token else {}
    )


def _listed(call: Call, bucket: Bucket) -> Json:
    told = _seen(call, bucket)
    if "ipFilter" in bucket.resource:
        # A listing tells whether the filter is on, and no more.
        told["ipFilter"] = {"mode": bucket.resource["ipFilter"]["mode"]}
    return told


def _seen(call: Call, bucket: Bucket) -> Json:
    told = dict(bucket.resource)
    if call.request.one("projection") != "full" or not call.may(SEES_ACLS, bucket.name):
        for key in ACLS:
            told.pop(key, None)
    return told


def get_bucket(call: Call) -> Json:
    """Answer buckets.get."""
    _, bucket = call.bucket()
    told = _seen(call, bucket)
    if not call.may(SEES_IP_FILTERS, bucket.name):
        told.pop("ipFilter", None)
    fields = call.request.one("fields")
    return {key: told[key] for key in fields.split(",") if key in told} if fields else told


def get_bucket_policy(call: Call) -> Json:
    """Answer buckets.getIamPolicy; without version 3 no conditional binding is told with its condition."""
    _, bucket = call.bucket()
    told = versioned(bucket.policy, call.request.one("optionsRequestedPolicyVersion", "1"))
    return {"kind": "storage#policy", "resourceId": f"projects/_/buckets/{bucket.name}", **told}


def list_folders(call: Call) -> Json:
    """Answer managedFolders.list."""
    _, bucket = call.bucket()
    items: list[Json] = [{"name": name, "bucket": bucket.name} for name in sorted(bucket.folders)]
    shown, token = call.page(items)
    return listing("items", shown, token, "storage#managedFolders")


def get_folder_policy(call: Call) -> Json:
    """Answer managedFolders.getIamPolicy."""
    _, bucket = call.bucket()
    folder = bucket.folders.get(call.parts[1])
    if folder is None:
        raise errors.not_found("The specified managed folder")
    return {"kind": "storage#policy"} | versioned(
        folder, call.request.one("optionsRequestedPolicyVersion", "1")
    )


def list_objects(call: Call) -> Json:
    """Answer objects.list, in the order of names and, with versions, of generations."""
    _, bucket = call.bucket()
    versions = call.request.one("versions") == "true"
    found = [each for each in bucket.objects if versions or "timeDeleted" not in each]
    shown, token = call.page(
        sorted(found, key=lambda each: (each["name"], int(each["generation"]))), "maxResults"
    )
    flag = bucket.resource.get("iamConfiguration", {}).get("uniformBucketLevelAccess", {})
    full = call.request.one("projection") == "full" and not flag.get("enabled")
    if not full or not call.may(SEES_OBJECT_ACLS, bucket.name):
        shown = [{key: told for key, told in each.items() if key not in {"acl", "owner"}} for each in shown]
    return listing("items", shown, token, "storage#objects")


def get_object(call: Call) -> Json | bytes:
    """Answer objects.get with the contents where they are asked for."""
    _, bucket = call.bucket()
    name = call.parts[1]
    if call.request.one("alt") == "media":
        if name not in bucket.files:
            raise errors.not_found(f"No such object: {bucket.name}/{name}")
        return bucket.files[name]
    found = next((each for each in bucket.objects if each["name"] == name), None)
    if found is None:
        raise errors.not_found(f"No such object: {bucket.name}/{name}")
    return found


def list_hmac_keys(call: Call) -> Json:
    """Answer projects.hmacKeys.list."""
    deleted = call.request.one("showDeletedKeys").lower() == "true"
    keys = [key for key in call.project().hmac_keys if deleted or key["state"] != "DELETED"]
    shown, token = call.page(keys, "maxResults", 250)
    return listing("items", shown, token, "storage#hmacKeysMetadata")


def versioned(policy: Json, version: str) -> Json:
    """Return a policy as an older client sees it: without conditions, and marked."""
    if version == "3":
        return policy
    bare: list[Json] = [
        {key: told for key, told in each.items() if key != "condition"} for each in policy.get("bindings", ())
    ]
    return {**policy, "version": 1, "bindings": bare}


# --------------------------------------------------------------------------- resource manager


def project_answer(project: Project) -> Json:
    """Return a project as v3 tells it."""
    told: Json = {
        "name": f"projects/{project.number}",
        "projectId": project.id,
        "displayName": project.name,
        "state": project.state,
    }
    return told | ({"parent": project.parent} if project.parent else {})


def get_project(call: Call) -> Json:
    """Answer projects.get."""
    return project_answer(call.project())


def list_projects(call: Call) -> Json:
    """Answer projects.list: only what is directly below."""
    parent = call.request.one("parent")
    found = [project_answer(each) for each in call.estate.projects if each.parent == parent]
    return listing("projects", *call.page(found))


def list_child_folders(call: Call) -> Json:
    """Answer folders.list."""
    parent = call.request.one("parent")
    found: list[Json] = [
        {"name": name, "parent": parent, "displayName": name, "state": "ACTIVE"}
        for name, folder in call.estate.folders.items()
        if folder.parent == parent
    ]
    return listing("folders", *call.page(found))


def get_ancestry(call: Call) -> Json:
    """Answer projects.getAncestry of v1: the project itself first."""
    project = call.project()
    names = [("project", project.id)]
    names += [(name.partition("/")[0][:-1], name.partition("/")[2]) for name in call.estate.above(project)]
    return {"ancestor": [{"resourceId": {"type": kind, "id": number}} for kind, number in names]}


def get_organization(call: Call) -> Json:
    """Answer organizations.get."""
    name = f"organizations/{call.parts[0]}"
    found = call.estate.organizations.get(name)
    if found is None:
        raise errors.denied("resourcemanager.organizations.get", name)
    return {
        "name": name,
        "displayName": found.domain,
        "directoryCustomerId": found.customer,
        "state": "ACTIVE",
    }


def _asked(call: Call, policy: Json) -> Json:
    options = call.request.json().get("options", {})
    return versioned(policy, str(options.get("requestedPolicyVersion", 1)))


def get_project_policy(call: Call) -> Json:
    """Answer projects.getIamPolicy."""
    return _asked(call, call.project().policy)


def get_folder_iam(call: Call) -> Json:
    """Answer folders.getIamPolicy."""
    folder = call.estate.folders.get(f"folders/{call.parts[0]}")
    if folder is None:
        raise errors.denied("resourcemanager.folders.getIamPolicy", f"folders/{call.parts[0]}")
    return _asked(call, folder.policy)


def get_organization_iam(call: Call) -> Json:
    """Answer organizations.getIamPolicy."""
    found = call.estate.organizations.get(f"organizations/{call.parts[0]}")
    if found is None:
        raise errors.denied("resourcemanager.organizations.getIamPolicy", call.parts[0])
    return _asked(call, found.policy)


def get_effective_policy(call: Call) -> Json:
    """Answer policies.getEffectivePolicy; a constraint that nobody set is told without rules."""
    project, constraint = call.project(), call.parts[1]
    return {
        "name": f"projects/{project.number}/policies/{constraint}",
        "spec": project.constraints.get(constraint, {}),
    }


def list_access_policies(call: Call) -> Json:
    """Answer accessPolicies.list: one policy an organisation that has perimeters."""
    parent = call.request.one("parent")
    found = call.estate.organizations.get(parent)
    policies: list[Json] = (
        [{"name": f"accessPolicies/{parent.partition('/')[2]}", "parent": parent}]
        if found is not None and found.perimeters
        else []
    )
    return listing("accessPolicies", *call.page(policies))


def list_perimeters(call: Call) -> Json:
    """Answer servicePerimeters.list."""
    found = call.estate.organizations[f"organizations/{call.parts[0]}"]
    return listing("servicePerimeters", *call.page(found.perimeters))


# --------------------------------------------------------------------------- IAM and keys


def get_role(call: Call) -> Json:
    """Answer roles.get, of a predefined role or a custom one."""
    path = call.request.path.partition("/v1/")[2]
    found = call.estate.roles.get(path)
    if found is None:
        raise errors.not_found(f"The role named {path}")
    told: Json = {
        "name": path,
        "title": path.rpartition("/")[2],
        "includedPermissions": found,
        "etag": "AA==",
    }
    return told | ({"deleted": True} if path in call.estate.deleted_roles else {})


def list_service_accounts(call: Call) -> Json:
    """Answer serviceAccounts.list."""
    project = call.project()
    found: list[Json] = [
        {"name": f"projects/{project.id}/serviceAccounts/{email}", "email": email, "projectId": project.id}
        | ({"disabled": True} if email in project.disabled_accounts else {})
        for email in project.service_accounts
    ]
    return listing("accounts", *call.page(found, limit=100))


def list_service_account_keys(call: Call) -> Json:
    """Answer serviceAccounts.keys.list: all of them at once."""
    project, email = call.project(), call.parts[1]
    name = f"projects/{project.id}/serviceAccounts/{email}/keys"
    keys: list[Json] = [
        {**key, "name": f"{name}/{key['name']}"} for key in project.service_accounts.get(email, ())
    ]
    return {"keys": keys} if keys else {}


def get_crypto_key(call: Call) -> Json:
    """Answer cryptoKeys.get."""
    project, location, ring, key = call.parts
    name = f"projects/{project}/locations/{location}/keyRings/{ring}/cryptoKeys/{key}"
    found = call.estate.keys.get(name)
    if found is None:
        raise errors.not_found(f"CryptoKey {name}")
    return {"name": name, **found}


def get_crypto_key_version(call: Call) -> Json:
    """Answer cryptoKeyVersions.get."""
    project, location, ring, key, version = call.parts
    name = f"projects/{project}/locations/{location}/keyRings/{ring}/cryptoKeys/{key}/cryptoKeyVersions/{version}"
    state = call.estate.key_versions.get(name)
    if state is None:
        raise errors.not_found(f"CryptoKeyVersion {name}")
    return {"name": name, "state": state}


def list_report_configs(call: Call) -> Json:
    """Answer reportConfigs.list of one location."""
    project, location = call.project(), call.parts[1]
    found = [config for config in project.report_configs if config["name"].split("/")[3] == location]
    return listing("reportConfigs", *call.page(found))


def list_report_details(call: Call) -> Json:
    """Answer reportDetails.list."""
    return listing("reportDetails", *call.page(call.project().reports.get(call.parts[2], [])))


def list_transfers(call: Call) -> Json:
    """Answer transferJobs.list, whose filter is JSON in the query."""
    import json

    wanted = json.loads(call.request.one("filter", "{}"))
    project = call.project_named(str(wanted.get("projectId", "")))
    states = wanted.get("jobStatuses") or ["ENABLED", "DISABLED", "DELETED"]
    # Replication has a listing of its own.
    replication = wanted.get("dataBackend") == "QUERY_REPLICATION_CONFIGS"
    found = [
        job
        for job in project.transfers
        if job["status"] in states and ("replicationSpec" in job) is replication
    ]
    return listing("transferJobs", *call.page(found, limit=512))


def list_time_series(call: Call) -> Json:
    """Answer timeSeries.list for the counts of requests by access id, or of objects by bucket."""
    if "object_count" in call.request.one("filter"):
        return listing("timeSeries", *call.page(list(_counts(call))))
    series: list[Json] = [
        {
            "metric": {"labels": {"access_id": access_id}},
            "points": [{"interval": {"endTime": when}, "value": {"int64Value": "3"}}],
        }
        for access_id, when in call.project().hmac_used.items()
    ]
    return listing("timeSeries", *call.page(series))


def _counts(call: Call) -> Iterable[Json]:
    when = call.request.one("interval.endTime")
    for bucket in call.project().buckets:
        if bucket.objects:
            yield {
                "metric": {"labels": {"storage_class": bucket.resource.get("storageClass", "STANDARD")}},
                "resource": {"type": "gcs_bucket", "labels": {"bucket_name": bucket.name}},
                "points": [
                    {"interval": {"endTime": when}, "value": {"int64Value": str(len(bucket.objects))}}
                ],
            }


# --------------------------------------------------------------------------- assets and people


def list_assets(call: Call) -> Json:
    """Answer assets.list of content type RESOURCE or IAM_POLICY."""
    content, types = call.request.one("contentType"), call.request.query.get("assetTypes", [])
    found = [asset for asset in _assets(call.estate, call.parts[0], content) if asset["assetType"] in types]
    shown, token = call.page(found)
    return {"readTime": READ_TIME} | listing("assets", shown, token)


READ_TIME = "2026-11-20T03:10:00.123456Z"
"""When the index was read, as it says itself."""


def _assets(estate: Estate, scope: str, content: str) -> Iterable[Json]:
    above: set[str] = set()
    for project in estate.below(scope):
        ancestors = [f"projects/{project.number}", *estate.above(project)]
        above.update(name for name in ancestors[1:] if scope in {name, *_over(estate, name)})
        for bucket in project.buckets:
            told: Json = {
                "name": f"//storage.googleapis.com/{bucket.name}",
                "assetType": "storage.googleapis.com/Bucket",
                "ancestors": ancestors,
            }
            if content == "RESOURCE":
                # The index has these members for every bucket, and never anything in them.
                data: Json = {**bucket.resource, "acl": [], "defaultObjectAcl": []}
                yield told | {"resource": {"data": data}}
            else:
                yield told | {"iamPolicy": bucket.policy}
        yield _policy_asset("Project", f"projects/{project.number}", project.policy)
    for name in sorted(above):
        if name in estate.folders:
            yield _policy_asset("Folder", name, estate.folders[name].policy)
        else:
            yield _policy_asset("Organization", name, estate.organizations[name].policy)


def _over(estate: Estate, name: str) -> Iterable[str]:
    while name in estate.folders:
        name = estate.folders[name].parent
        yield name


def _policy_asset(kind: str, name: str, policy: Json) -> Json:
    return {
        "name": f"//cloudresourcemanager.googleapis.com/{name}",
        "assetType": f"cloudresourcemanager.googleapis.com/{kind}",
        "iamPolicy": policy,
    }


def list_users(call: Call) -> Json:
    """Answer users.list of the Directory API."""
    if call.request.one("customer") not in {"my_customer", call.estate.customer}:
        raise errors.Refused(400, "Invalid Input: customer")
    if not call.estate.workspace:
        raise errors.Refused(403, "Not Authorized to access this resource/API")
    shown, token = call.page(call.estate.users, "maxResults", 500)
    return listing("users", shown, token, "admin#directory#users")


# --------------------------------------------------------------------------- the table

PART = "([^/]+)"


def _route(service: str, method: str, path: str, name: str, tell: Tell) -> Route:
    return Route(service, method, re.compile(path.replace("{}", PART)), name, tell)


ROUTES: tuple[Route, ...] = (
    _route("storage", "GET", "/storage/v1/b", "buckets.list", list_buckets),
    _route("storage", "GET", "/storage/v1/b/{}", "buckets.get", get_bucket),
    _route("storage", "GET", "/storage/v1/b/{}/iam", "buckets.getIamPolicy", get_bucket_policy),
    _route("storage", "GET", "/storage/v1/b/{}/managedFolders", "managedFolders.list", list_folders),
    _route(
        "storage",
        "GET",
        "/storage/v1/b/{}/managedFolders/{}/iam",
        "managedFolders.getIamPolicy",
        get_folder_policy,
    ),
    _route("storage", "GET", "/storage/v1/b/{}/o", "objects.list", list_objects),
    _route("storage", "GET", "/storage/v1/b/{}/o/{}", "objects.get", get_object),
    _route("storage", "GET", "/storage/v1/projects/{}/hmacKeys", "hmacKeys.list", list_hmac_keys),
    _route("cloudresourcemanager", "GET", "/v3/projects/{}", "projects.get", get_project),
    _route("cloudresourcemanager", "GET", "/v3/projects", "projects.list", list_projects),
    _route("cloudresourcemanager", "GET", "/v3/folders", "folders.list", list_child_folders),
    _route(
        "cloudresourcemanager", "POST", "/v1/projects/{}:getAncestry", "projects.getAncestry", get_ancestry
    ),
    _route("cloudresourcemanager", "GET", "/v3/organizations/{}", "organizations.get", get_organization),
    _route(
        "cloudresourcemanager",
        "POST",
        "/v3/projects/{}:getIamPolicy",
        "projects.getIamPolicy",
        get_project_policy,
    ),
    _route(
        "cloudresourcemanager", "POST", "/v3/folders/{}:getIamPolicy", "folders.getIamPolicy", get_folder_iam
    ),
    _route(
        "cloudresourcemanager",
        "POST",
        "/v3/organizations/{}:getIamPolicy",
        "organizations.getIamPolicy",
        get_organization_iam,
    ),
    _route(
        "orgpolicy",
        "GET",
        "/v2/projects/{}/policies/{}:getEffectivePolicy",
        "policies.getEffectivePolicy",
        get_effective_policy,
    ),
    _route("accesscontextmanager", "GET", "/v1/accessPolicies", "accessPolicies.list", list_access_policies),
    _route(
        "accesscontextmanager",
        "GET",
        "/v1/accessPolicies/{}/servicePerimeters",
        "servicePerimeters.list",
        list_perimeters,
    ),
    _route("iam", "GET", "/v1/roles/{}", "roles.get", get_role),
    _route("iam", "GET", "/v1/projects/{}/roles/{}", "customRoles.get", get_role),
    _route("iam", "GET", "/v1/organizations/{}/roles/{}", "customRoles.get", get_role),
    _route("iam", "GET", "/v1/projects/{}/serviceAccounts", "serviceAccounts.list", list_service_accounts),
    _route(
        "iam",
        "GET",
        "/v1/projects/{}/serviceAccounts/{}/keys",
        "serviceAccountKeys.list",
        list_service_account_keys,
    ),
    _route(
        "cloudkms",
        "GET",
        "/v1/projects/{}/locations/{}/keyRings/{}/cryptoKeys/{}",
        "cryptoKeys.get",
        get_crypto_key,
    ),
    _route(
        "cloudkms",
        "GET",
        "/v1/projects/{}/locations/{}/keyRings/{}/cryptoKeys/{}/cryptoKeyVersions/{}",
        "cryptoKeyVersions.get",
        get_crypto_key_version,
    ),
    _route(
        "storageinsights",
        "GET",
        "/v1/projects/{}/locations/{}/reportConfigs",
        "reportConfigs.list",
        list_report_configs,
    ),
    _route(
        "storageinsights",
        "GET",
        "/v1/projects/{}/locations/{}/reportConfigs/{}/reportDetails",
        "reportDetails.list",
        list_report_details,
    ),
    _route("storagetransfer", "GET", "/v1/transferJobs", "transferJobs.list", list_transfers),
    _route("monitoring", "GET", "/v3/projects/{}/timeSeries", "timeSeries.list", list_time_series),
    Route("cloudasset", "GET", re.compile("/v1/([a-z]+/[^/]+)/assets"), "assets.list", list_assets),
    _route("admin", "GET", "/admin/directory/v1/users", "users.list", list_users),
)
"""Every method that is answered; whatever else is asked is refused."""
