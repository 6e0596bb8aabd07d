"""S3 actions, the rights they give, and the wildcards that name them.

The actions are those of the Service Authorization Reference for S3:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
"""

from enum import StrEnum
from functools import lru_cache

from cloudaudit.providers.aws.policy_document import Selector, Statement


class Right(StrEnum):
    """What someone may do with a bucket; ``administer`` is to change who may do what."""

    READ = "read"
    LIST = "list"
    WRITE = "write"
    ADMINISTER = "administer"


def _names(service: str, text: str) -> frozenset[str]:
    return frozenset(f"{service}:{name}".lower() for name in text.split())


# A session with a directory bucket reads, lists and writes; it cannot change permissions.
SESSION = _names("s3express", "CreateSession")

ACTIONS: dict[Right, frozenset[str]] = {
    Right.READ: SESSION
    | _names(
        "s3",
        """
        GetObject GetObjectVersion GetObjectAcl GetObjectVersionAcl GetObjectAttributes
        GetObjectVersionAttributes
        GetObjectTagging GetObjectVersionTagging GetObjectTorrent GetObjectVersionTorrent GetObjectLegalHold
        GetObjectRetention GetObjectVersionForReplication GetBucketAcl GetBucketPolicy GetBucketPolicyStatus
        GetBucketLocation GetBucketVersioning GetBucketLogging GetBucketNotification GetBucketWebsite
        GetBucketCORS
        GetBucketTagging GetBucketRequestPayment GetBucketOwnershipControls GetBucketPublicAccessBlock
        GetBucketObjectLockConfiguration GetBucketMetadataTableConfiguration GetBucketAbac
        GetAccelerateConfiguration GetAnalyticsConfiguration GetEncryptionConfiguration
        GetIntelligentTieringConfiguration GetInventoryConfiguration GetLifecycleConfiguration
        GetMetricsConfiguration GetReplicationConfiguration GetAccessPoint GetAccessPointPolicy
        GetAccessPointPolicyStatus GetDataAccess
        """,
    ),
    Right.LIST: SESSION
    | _names(
        "s3",
        "ListBucket ListBucketVersions ListBucketMultipartUploads ListMultipartUploadParts "
        "ListTagsForResource",
    ),
    Right.WRITE: SESSION
    | _names(
        "s3",
        """
        PutObject PutObjectTagging PutObjectVersionTagging PutObjectLegalHold PutObjectRetention DeleteObject
        DeleteObjectVersion DeleteObjectTagging DeleteObjectVersionTagging RestoreObject AbortMultipartUpload
        ReplicateObject ReplicateDelete ReplicateTags InitiateReplication BypassGovernanceRetention
        UpdateObjectEncryption DeleteBucket DeleteBucketWebsite PutBucketWebsite PutBucketVersioning
        PutBucketLogging PutBucketNotification PutBucketCORS PutBucketTagging PutBucketRequestPayment
        PutBucketObjectLockConfiguration PutAccelerateConfiguration PutAnalyticsConfiguration
        PutEncryptionConfiguration PutIntelligentTieringConfiguration PutInventoryConfiguration
        PutLifecycleConfiguration PutMetricsConfiguration PutReplicationConfiguration TagResource
        UntagResource
        CreateBucketMetadataTableConfiguration DeleteBucketMetadataTableConfiguration
        UpdateBucketMetadataInventoryTableConfiguration UpdateBucketMetadataJournalTableConfiguration
        PutBucketAbac
        """,
    ),
    Right.ADMINISTER: _names(
        "s3",
        """
        PutBucketPolicy DeleteBucketPolicy PutBucketAcl PutObjectAcl PutObjectVersionAcl
        PutBucketPublicAccessBlock
        PutBucketOwnershipControls PutAccessPointPolicy DeleteAccessPointPolicy
        PutAccessPointPublicAccessBlock
        ObjectOwnerOverrideToBucketOwner
        """,
    ),
}

EVERY_ACTION = frozenset[str]().union(*ACTIONS.values())

# For actions newer than the list above.
VERBS: dict[str, Right] = {"get": Right.READ, "head": Right.READ, "list": Right.LIST}


def wildcard_covers(pattern: str, text: str) -> bool:
    """Return whether ``pattern`` matches all that ``text`` can match; ``text`` may hold wildcards itself.

    Sound but not complete where both hold wildcards: a True is certain. Time grows with the product of the
    lengths.
    """
    if "*" not in pattern and "?" not in pattern:
        return pattern == text
    at, star, resume = 0, -1, 0
    position = 0
    while position < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, resume = at, position
            at += 1
        elif at < len(pattern) and _one(pattern[at], text[position]):
            at += 1
            position += 1
        elif star >= 0:
            resume += 1
            at, position = star + 1, resume
        else:
            return False
    return pattern[at:].strip("*") == ""


def _one(mark: str, letter: str) -> bool:
    return mark == letter or (mark == "?" and letter != "*")


@lru_cache(maxsize=1024)
def matched(pattern: str) -> frozenset[str]:
    """Return the listed actions that a pattern in lower case names; cached, as the same few come again."""
    return frozenset(each for each in EVERY_ACTION if wildcard_covers(pattern, each))


def granted(action: Selector, right: Right) -> frozenset[str]:
    """Return the actions of one right that an Allow gives; patterns too where the list knows none."""
    named = frozenset[str]().union(*(matched(each) for each in action.lowered))
    if action.negated:
        return ACTIONS[right] - named
    return (ACTIONS[right] & named) | frozenset(each for each in action.lowered if _unlisted(each) is right)


def selects(action: Selector, name: str) -> bool:
    """Return whether a statement is certainly about an action, or about all that a pattern names."""
    if name in EVERY_ACTION:
        return any(name in matched(each) for each in action.lowered) is not action.negated
    if action.negated:
        return "*" not in name and "?" not in name and not _any_covers(action.lowered, name)
    return _any_covers(action.lowered, name)


def _unlisted(pattern: str) -> Right | None:
    service, _, name = pattern.partition(":")
    if service not in ("s3", "s3express") or matched(pattern):
        return None
    return next((right for verb, right in VERBS.items() if name.startswith(verb)), Right.WRITE)


def resources_covered(deny: Statement, allowed: Selector | None) -> bool:
    """Return whether a Deny is certainly about every resource that an Allow is about.

    Policies that hang on a role name no resource: there both are about the role.
    """
    denied = deny.resource
    if denied is None:
        return allowed is None
    if denied.negated:
        return _outside_exceptions(denied.patterns, allowed)
    patterns = tuple(each for each in denied.patterns if "${" not in each)
    if "*" in patterns:
        return True
    return (
        allowed is not None
        and not allowed.negated
        and all(_any_covers(patterns, each) for each in allowed.patterns)
    )


def _outside_exceptions(exceptions: tuple[str, ...], allowed: Selector | None) -> bool:
    if allowed is None or any("${" in each for each in exceptions):
        return False
    if allowed.negated:
        return all(_any_covers(allowed.patterns, each) for each in exceptions)
    plain = all("*" not in each and "?" not in each and "${" not in each for each in allowed.patterns)
    return plain and not any(_any_covers(exceptions, each) for each in allowed.patterns)


def _any_covers(patterns: tuple[str, ...], text: str) -> bool:
    return any(wildcard_covers(each, text) for each in patterns)
