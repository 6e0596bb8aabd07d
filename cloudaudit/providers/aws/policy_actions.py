"""S3 actions, the rights they give, and the wildcards that name them.

The actions are those of the Service Authorization Reference for S3:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
"""

import re
from enum import StrEnum
from functools import lru_cache

from cloudaudit.providers.aws.policy_document import Selector, Statement, is_fixed


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

    Sound but not complete where both hold wildcards: a True is certain. One search for each piece between two
    ``*``.
    """
    first, *rest = pattern.split("*")
    if not rest:
        return len(pattern) == len(text) and _found(pattern, text, 0, len(text)) == 0
    *middle, last = rest
    at, end = len(first), len(text) - len(last)
    if at > end or _found(first, text, 0, at) != 0 or _found(last, text, end, len(text)) != end:
        return False
    for piece in middle:
        place = _found(piece, text, at, end)
        if place < 0:
            return False
        at = place + len(piece)
    return True


def _found(piece: str, text: str, start: int, end: int) -> int:
    """Return where a piece without ``*`` first stands between two places of a text, or -1."""
    if "?" not in piece:
        return text.find(piece, start, end)
    # A "?" is one letter, which the "*" of a text need not be.
    match = _letters(piece).search(text, start, end)
    return match.start() if match else -1


@lru_cache(maxsize=256)
def _letters(piece: str) -> re.Pattern[str]:
    return re.compile("[^*]".join(re.escape(each) for each in piece.split("?")), re.DOTALL)


@lru_cache(maxsize=1024)
def matched(pattern: str) -> frozenset[str]:
    """Return the listed actions that a pattern in lower case names; cached, as the same few come again."""
    return frozenset(each for each in EVERY_ACTION if wildcard_covers(pattern, each))


@lru_cache(maxsize=256)
def _named(action: Selector) -> frozenset[str]:
    return frozenset[str]().union(*(matched(each) for each in action.lowered))


def granted(action: Selector, right: Right) -> frozenset[str]:
    """Return the actions of one right that an Allow gives; patterns too where the list knows none."""
    if action.negated:
        return ACTIONS[right] - _named(action)
    return (ACTIONS[right] & _named(action)) | frozenset(
        each for each in action.lowered if _unlisted(each) is right
    )


def selects(action: Selector, name: str) -> bool:
    """Return whether a statement is certainly about an action, or about all that a pattern names."""
    return selects_all(action, frozenset({name}))


def selects_all(action: Selector, names: frozenset[str]) -> bool:
    """Return whether a statement is certainly about all these actions and all that these patterns name."""
    listed, others = names & EVERY_ACTION, names - EVERY_ACTION
    if action.negated:
        return listed.isdisjoint(_named(action)) and all(
            is_fixed(each) and not _any_covers(action.lowered, each) for each in others
        )
    return listed <= _named(action) and all(_any_covers(action.lowered, each) for each in others)


def _unlisted(pattern: str) -> Right | None:
    service, _, name = pattern.partition(":")
    if service not in ("s3", "s3express") or matched(pattern):
        return None
    return next((right for verb, right in VERBS.items() if name.startswith(verb)), Right.WRITE)


# Cached, as the same two statements meet once for each right.
@lru_cache(maxsize=1024)
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
    wild = (each for each in patterns if "*" in each or "?" in each)
    return text in patterns or any(wildcard_covers(each, text) for each in wild)
