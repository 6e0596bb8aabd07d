"""The ACL of one object, as S3 Inventory writes it.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/objectacl.html
"""

import base64
import binascii
from functools import lru_cache

import msgspec
from msgspec import Struct

GROUPS = "http://acs.amazonaws.com/groups/global/"
EVERYONE = f"{GROUPS}AllUsers"
EVERY_ACCOUNT = f"{GROUPS}AuthenticatedUsers"
PUBLIC_GROUPS = (EVERYONE, EVERY_ACCOUNT)
RIGHTS: dict[str, tuple[str, ...]] = {
    "READ": ("read",),
    "READ_ACP": ("read",),
    "WRITE": ("write",),
    "WRITE_ACP": ("administer",),
    "FULL_CONTROL": ("administer", "read"),
}
"""What a permission on an object amounts to; READ_ACP lets the public read the ACL, and counts as reading as for buckets."""
STRONGEST = ("administer", "write", "read")

Openings = tuple[tuple[str, str], ...]
"""Pairs of audience and right, the gravest first."""


class _Grant(Struct, frozen=True):
    uri: str = ""
    permission: str = ""


class _Acl(Struct, frozen=True):
    status: str
    grants: tuple[_Grant, ...]


@lru_cache(maxsize=4096)
def openings(written: str | None) -> Openings | None:
    """Return what an ACL opens to the public; empty for nothing.

    Args:
        written: the field's text: base64 of JSON, or the JSON itself.

    Returns:
        None where the ACL was not available to S3, or is not of the documented form.
    """
    acl = _decoded(written or "")
    if acl is None or acl.status != "AVAILABLE":
        return None
    found = {
        # A permission that is not known may be anything.
        (grant.uri, right)
        for grant in acl.grants
        if grant.uri in PUBLIC_GROUPS
        for right in RIGHTS.get(grant.permission, STRONGEST)
    }
    return tuple(sorted(found, key=lambda pair: (PUBLIC_GROUPS.index(pair[0]), STRONGEST.index(pair[1]))))


def _decoded(written: str) -> _Acl | None:
    try:
        text = written.encode() if written.startswith("{") else base64.b64decode(written, validate=True)
        return msgspec.json.decode(text, type=_Acl)
    except (UnicodeError, binascii.Error, msgspec.DecodeError, RecursionError):
        return None
