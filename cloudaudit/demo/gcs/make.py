"""Buckets, keys and people in the words of Google's answers: good ones, unless told otherwise."""

import hashlib
from typing import Any

from cloudaudit.demo.gcs.estate import Json

LOCKED = "2025-01-01T00:00:00.000Z"
CREATED = "2024-04-01T01:02:03.004Z"
WEEK = "604800"


def resource(name: str, number: str, **members: Any) -> Json:  # noqa: ANN401 - JSON
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
        "timeCreated": CREATED,
        "updated": CREATED,
        "iamConfiguration": uniform("enforced"),
        "softDeletePolicy": {"retentionDurationSeconds": WEEK, "effectiveTime": CREATED},
        "versioning": {"enabled": True},
        **members,
    }
    return {key: given for key, given in told.items() if given is not None}


def uniform(prevention: str) -> Json:
    """Return the configuration of a bucket with uniform access on."""
    flag = {"enabled": True, "lockedTime": LOCKED}
    return {
        "bucketPolicyOnly": flag,
        "uniformBucketLevelAccess": flag,
        "publicAccessPrevention": prevention,
    }


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
    """Return an object as a full projection tells it: Google's key, readable by the project's own people alone."""
    return {
        "kind": "storage#object",
        "name": name,
        "generation": str(1_700_000_000_000_000 + generation),
        "metageneration": "1",
        "size": "1024",
        "timeCreated": CREATED,
        "updated": CREATED,
        "storageClass": "STANDARD",
        "acl": object_acl(),
        **members,
    }


def object_acl(*entries: tuple[str, str]) -> list[Json]:
    """Return an object's ACL: its owners', and what is given."""
    held = (("project-owners-1", "OWNER"), *entries)
    return [{"kind": "storage#objectAccessControl", "entity": entity, "role": role} for entity, role in held]


def rules(*pairs: tuple[str, Json]) -> Json:
    """Return lifecycle rules of pairs of action and condition."""
    return {"rule": [{"action": {"type": action}, "condition": condition} for action, condition in pairs]}


def user(address: str, customer: str, **members: Any) -> Json:  # noqa: ANN401 - JSON
    """Return a user as the Directory API tells it."""
    digits = int(hashlib.sha256(address.encode()).hexdigest()[:16], 16)
    return {
        "kind": "admin#directory#user",
        "id": f"1{digits:020}",
        "customerId": customer,
        "primaryEmail": address,
        "creationTime": "2023-04-01T00:00:00.000Z",
        "suspended": False,
        "archived": False,
        "isAdmin": False,
        "isDelegatedAdmin": False,
        "isEnrolledIn2Sv": True,
        "isEnforcedIn2Sv": True,
        **members,
    }


def account_key(name: str, made: str, **members: Any) -> Json:  # noqa: ANN401 - JSON
    """Return a user-managed key of a service account."""
    return {
        "name": name,
        "validAfterTime": made,
        "validBeforeTime": "9999-12-31T23:59:59Z",
        "keyType": "USER_MANAGED",
        "keyOrigin": "GOOGLE_PROVIDED",
        **members,
    }


def hmac_key(access_id: str, project: str, email: str, made: str, **members: Any) -> Json:  # noqa: ANN401 - JSON
    """Return the metadata of an HMAC key."""
    return {
        "kind": "storage#hmacKeyMetadata",
        "id": f"{project}/{access_id}",
        "accessId": access_id,
        "projectId": project,
        "serviceAccountEmail": email,
        "state": "ACTIVE",
        "timeCreated": made,
        "updated": made,
        **members,
    }


def crypto_key(**members: Any) -> Json:  # noqa: ANN401 - JSON
    """Return a key that is enabled and rotates every 90 days."""
    return {
        "purpose": "ENCRYPT_DECRYPT",
        "primary": {"state": "ENABLED", "protectionLevel": "SOFTWARE"},
        "rotationPeriod": "7776000s",
        **members,
    }
