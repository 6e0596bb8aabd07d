"""Which IAM action each operation needs, from AWS's Service Authorization Reference.

Written down apart from the product's own list, so that one is a check on the other.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from fakes.aws.routes import Call

RENAMED: Mapping[tuple[str, str], str] = {
    ("s3", "ListBuckets"): "s3:ListAllMyBuckets",
    ("s3", "ListDirectoryBuckets"): "s3express:ListAllMyDirectoryBuckets",
    ("s3", "CreateSession"): "s3express:CreateSession",
    ("s3", "HeadBucket"): "s3:ListBucket",
    ("s3", "ListObjectsV2"): "s3:ListBucket",
    ("s3", "ListObjectVersions"): "s3:ListBucketVersions",
    ("s3", "HeadObject"): "s3:GetObject",
    ("s3", "GetPublicAccessBlock"): "s3:GetBucketPublicAccessBlock",
    ("s3", "GetBucketEncryption"): "s3:GetEncryptionConfiguration",
    ("s3", "GetBucketReplication"): "s3:GetReplicationConfiguration",
    ("s3", "GetBucketLifecycleConfiguration"): "s3:GetLifecycleConfiguration",
    ("s3", "GetObjectLockConfiguration"): "s3:GetBucketObjectLockConfiguration",
    ("s3", "ListBucketInventoryConfigurations"): "s3:GetInventoryConfiguration",
    ("s3", "GetBucketMetadataConfiguration"): "s3:GetBucketMetadataTableConfiguration",
    ("s3control", "GetPublicAccessBlock"): "s3:GetAccountPublicAccessBlock",
}
"""Operations whose action has another name."""

OF_A_VERSION: Mapping[str, str] = {
    "s3:GetObject": "s3:GetObjectVersion",
    "s3:GetObjectAcl": "s3:GetObjectVersionAcl",
}
"""Actions that are others where a version is named."""

PREFIXES: Mapping[str, str] = {
    "accessanalyzer": "access-analyzer",
    "s3control": "s3",
    "sso-admin": "sso",
}
"""Services whose actions begin with another name than that of their client."""

FREE = frozenset({("sts", "GetCallerIdentity"), ("sts", "AssumeRole")})
"""Operations that the audited identity's policy does not govern.

The first needs nothing; whether a role may be assumed is told by the estate.
"""

DIRECTORY_BUCKET = "--x-s3"


def action(call: Call) -> str | None:
    """Return the IAM action of a call; None where it needs none."""
    name = call.service.name
    if (name, call.operation) in FREE:
        return None
    found = RENAMED.get((name, call.operation), f"{PREFIXES.get(name, name)}:{call.operation}")
    if name == "s3" and "versionId" in call.arguments:
        return OF_A_VERSION.get(found, found)
    if name == "s3" and call.resource.endswith(DIRECTORY_BUCKET):
        return found.replace("s3:", "s3express:", 1)
    return found


@cache
def pattern(allowed: str) -> re.Pattern[str]:
    """Return the expression for an action with wildcards; letter case does not count."""
    expression = re.escape(allowed).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(expression, re.IGNORECASE)


def is_allowed(wanted: str, allowed: Iterable[str]) -> bool:
    """Whether a set of actions, with wildcards as in a policy, covers one."""
    return any(pattern(entry).fullmatch(wanted) for entry in allowed)


def arn(call: Call, account: str, partition: str) -> str:
    """Return the resource as a denial names it; ``*`` where it is nothing in particular."""
    if call.resource.startswith("arn:"):
        return call.resource
    if call.service.name == "s3":
        if not call.resource:
            return "*"
        if call.resource.endswith(DIRECTORY_BUCKET):
            return f"arn:{partition}:s3express:{call.region}:{account}:bucket/{call.resource}"
        return f"arn:{partition}:s3:::{call.resource}"
    if call.service.name == "iam" and call.resource:
        return f"arn:{partition}:iam::{account}:user/{call.resource}"
    prefix = PREFIXES.get(call.service.name, call.service.name)
    return f"arn:{partition}:{prefix}:{call.region}:{account}:{call.resource or '*'}"
