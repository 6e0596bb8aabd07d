"""Buckets, keys and people as Google tells of them, good unless told otherwise; and estates of any size."""

import hashlib
import random
from typing import Any

from cloudaudit.demo.gcs.estate import Bucket, Estate, Json, Project, binding, policy

NUMBER = "100000000001"
PROJECT = "sample-proj-1"
OWNERS = binding("roles/storage.legacyBucketOwner", f"projectOwner:{PROJECT}", f"projectEditor:{PROJECT}")
LOCKED = "2025-01-01T00:00:00.000Z"
VIEWER = "roles/storage.objectViewer"
ROLES: dict[str, list[str]] = {
    VIEWER: ["resourcemanager.projects.get", "storage.objects.get", "storage.objects.list"],
    "roles/storage.legacyBucketOwner": [
        "storage.buckets.get",
        "storage.buckets.getIamPolicy",
        "storage.buckets.setIamPolicy",
        "storage.objects.create",
        "storage.objects.delete",
        "storage.objects.list",
    ],
    "roles/viewer": ["storage.buckets.list", "compute.instances.list"],
    "roles/owner": ["storage.objects.get", "storage.objects.delete", "resourcemanager.projects.setIamPolicy"],
}


def resource(name: str, number: str = NUMBER, **members: Any) -> Json:  # noqa: ANN401 - JSON
    """Return a bucket as a full projection tells it; ``None`` takes a member away."""
    told: Json = {
        "kind": "storage#bucket",
        "id": name,
        "name": name,
        "projectNumber": number,
        "metageneration": "3",
        "location": "ASIA-NORTHEAST1",
        "locationType": "region",
        "storageClass": "STANDARD",
        "timeCreated": "2024-04-01T01:02:03.004Z",
        "updated": "2024-05-01T01:02:03.004Z",
        "iamConfiguration": {
            "bucketPolicyOnly": {"enabled": True, "lockedTime": LOCKED},
            "uniformBucketLevelAccess": {"enabled": True, "lockedTime": LOCKED},
            "publicAccessPrevention": "enforced",
        },
        "softDeletePolicy": {
            "retentionDurationSeconds": "604800",
            "effectiveTime": "2024-04-01T01:02:03.004Z",
        },
        "versioning": {"enabled": True},
        **members,
    }
    return {key: given for key, given in told.items() if given is not None}


def bucket(name: str, *bindings: Json, folders: dict[str, Json] | None = None, **members: Any) -> Bucket:  # noqa: ANN401 - JSON
    """Return a bucket with these bindings beside its owners'."""
    return Bucket(resource(name, **members), policy(OWNERS, *bindings), folders or {})


def fine_grained(prevention: str = "inherited") -> Json:
    """Return the configuration of a bucket with uniform access off."""
    return {
        "bucketPolicyOnly": {"enabled": False},
        "uniformBucketLevelAccess": {"enabled": False},
        "publicAccessPrevention": prevention,
    }


def acl(*entries: tuple[str, str]) -> list[Json]:
    """Return an ACL of pairs of entity and role."""
    return [
        {"kind": "storage#bucketAccessControl", "entity": entity, "role": role} for entity, role in entries
    ]


def stored(name: str, *, generation: int = 1, **members: Any) -> Json:  # noqa: ANN401 - JSON
    """Return an object as a full projection tells it; ``None`` takes a member away."""
    told: Json = {
        "kind": "storage#object",
        "name": name,
        "generation": str(generation),
        "size": "1024",
        "updated": "2026-11-01T00:00:00.000Z",
        "acl": acl(("project-owners-1", "OWNER")),
        **members,
    }
    return {key: given for key, given in told.items() if given is not None}


def user(address: str, **members: Any) -> Json:  # noqa: ANN401 - JSON
    """Return a user as the Directory API tells it."""
    return {
        "kind": "admin#directory#user",
        "id": f"1{hash_of(address):020}",
        "customerId": "C0sample1",
        "primaryEmail": address,
        "creationTime": "2023-04-01T00:00:00.000Z",
        "lastLoginTime": "2026-11-18T01:00:00.000Z",
        "suspended": False,
        "archived": False,
        "isAdmin": False,
        "isDelegatedAdmin": False,
        "isEnrolledIn2Sv": True,
        "isEnforcedIn2Sv": True,
        **members,
    }


def hash_of(text: str) -> int:
    """Return a number that is the same in every run."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def account_key(name: str, **members: Any) -> Json:  # noqa: ANN401 - JSON
    """Return a user-managed key of a service account."""
    return {
        "name": name,
        "validAfterTime": "2026-10-01T00:00:00Z",
        "validBeforeTime": "9999-12-31T23:59:59Z",
        "keyType": "USER_MANAGED",
        "keyOrigin": "GOOGLE_PROVIDED",
        **members,
    }


def hmac_key(access_id: str, email: str, **members: Any) -> Json:  # noqa: ANN401 - JSON
    """Return the metadata of an HMAC key."""
    return {
        "kind": "storage#hmacKeyMetadata",
        "id": f"{PROJECT}/{access_id}",
        "accessId": access_id,
        "projectId": PROJECT,
        "serviceAccountEmail": email,
        "state": "ACTIVE",
        "timeCreated": "2026-10-01T00:00:00.000Z",
        "updated": "2026-10-01T00:00:00.000Z",
        **members,
    }


def project(*buckets: Bucket, **members: Any) -> Project:  # noqa: ANN401 - of the dataclass
    """Return the project that most tests scan."""
    return Project(PROJECT, NUMBER, "サンプル商事 本番", buckets=list(buckets), **members)


def estate(*buckets: Bucket, **members: Any) -> Estate:  # noqa: ANN401 - of the dataclass
    """Return an estate with that project alone, in no organisation, and with the one user that every customer has."""
    people: dict[str, Any] = {"users": [user("admin@sample.example", isAdmin=True)], **members}
    return Estate(projects=[project(*buckets)], roles=dict(ROLES), **people)


def many(count: int, *, seed: int = 1) -> Estate:
    """Return an estate with this many buckets, one in twenty of them public, one in ten with a managed folder."""
    chance = random.Random(seed)  # noqa: S311 - the same estate every time, nothing secret
    buckets: list[Bucket] = []
    for number in range(count):
        public = chance.random() < 0.05  # noqa: PLR2004 - a share
        folders = {"shared/": policy(binding(VIEWER, "group:sales@example.com"))} if number % 10 == 0 else {}
        bindings = [binding(VIEWER, "allUsers" if public else f"user:person{number % 50}@example.com")]
        buckets.append(bucket(f"bucket-{number:05}", *bindings, folders=folders))
    made = estate(*buckets)
    made.users = [user(f"person{number}@example.com") for number in range(50)]
    return made
