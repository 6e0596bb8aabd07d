"""What a role permits, told by its permissions and not by its name.

https://cloud.google.com/storage/docs/access-control/iam-permissions
https://cloud.google.com/storage/docs/access-control/iam-roles
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

from msgspec import Struct

from cloudaudit.facts import Read, Unread

PermissionsFact = Read[tuple[str, ...] | None] | Unread
Roles = Callable[[str], PermissionsFact]
"""From a role, named as in a binding, to what it permits."""


class Right(StrEnum):
    """What somebody may do with a bucket or with what lies in it."""

    READ = "read"
    LIST = "list"
    WRITE = "write"
    ADMINISTER = "administer"


ALL_RIGHTS = frozenset(Right)
_READING = ("get", "list")
# Of a whole project, not of a bucket; and what counts only together with another permission.
_SAYS_NOTHING = {
    "storage.buckets.list",
    "storage.buckets.create",
    "storage.buckets.exemptFromIpFilter",
    "storage.buckets.listEffectiveTags",
    "storage.buckets.listTagBindings",
}
_IN_BUCKETS = {"objects", "multipartUploads", "folders", "managedFolders"}

AT_LEAST: Mapping[str, frozenset[Right]] = {
    "roles/storage.admin": ALL_RIGHTS,
    "roles/storage.objectAdmin": ALL_RIGHTS,
    "roles/storage.objectUser": frozenset({Right.READ, Right.LIST, Right.WRITE}),
    "roles/storage.objectViewer": frozenset({Right.READ, Right.LIST}),
    "roles/storage.objectCreator": frozenset({Right.WRITE}),
    "roles/storage.legacyObjectReader": frozenset({Right.READ}),
    "roles/storage.legacyObjectOwner": frozenset({Right.READ, Right.WRITE, Right.ADMINISTER}),
    "roles/storage.legacyBucketReader": frozenset({Right.LIST}),
    "roles/storage.legacyBucketWriter": frozenset({Right.LIST, Right.WRITE}),
    "roles/storage.legacyBucketOwner": frozenset({Right.LIST, Right.WRITE, Right.ADMINISTER}),
}
"""What Google's documentation says of its own roles. It holds where the IAM API did not answer; that a role permits no
more than this is never concluded from it."""


class Permitted(Struct, frozen=True):
    """What a role permits on a bucket.

    Attributes:
        rights: each with the permissions that give it; none where only the documentation tells.
        unread: why the rest is not known; None when it is.
    """

    rights: Mapping[Right, tuple[str, ...]]
    unread: Unread | None = None


def permitted(role: str, fact: PermissionsFact) -> Permitted:
    """Return what a role permits."""
    if isinstance(fact, Unread):
        return Permitted({right: () for right in Right if right in AT_LEAST.get(role, ())}, fact)
    found: dict[Right, list[str]] = {}
    for permission in fact.value or ():
        right = right_of(permission)
        if right is not None:
            found.setdefault(right, []).append(permission)
    return Permitted({right: tuple(sorted(found[right])) for right in Right if right in found})


def right_of(permission: str) -> Right | None:
    """Return which right on a bucket, or on what lies in it, a permission gives; None for none.

    A permission of a bucket that is not known here counts as administering it.
    """
    service, _, rest = permission.partition(".")
    resource, _, verb = rest.partition(".")
    if service == "resourcemanager":
        return Right.ADMINISTER if verb == "setIamPolicy" else None
    if service != "storage" or resource not in {*_IN_BUCKETS, "buckets"} or permission in _SAYS_NOTHING:
        return None
    if permission == "storage.objects.get":
        return Right.READ
    if verb.startswith(_READING):
        return Right.LIST
    return Right.ADMINISTER if resource == "buckets" or verb == "setIamPolicy" else Right.WRITE
