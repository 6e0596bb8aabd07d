"""Stable ids of findings."""

import hashlib

import msgspec

from cloudaudit.visible import encoded

DIGITS = 32
_ENCODER = msgspec.json.Encoder()


def finding_id(provider: str, account: str, check_id: str, resource_id: str, part: str | None = None) -> str:
    """Return 32 hexadecimal digits that are the same on every run and machine, and differ for any other input."""
    key = [provider, account, check_id, resource_id] + ([] if part is None else [part])
    return hashlib.sha256(encoded(_ENCODER, key)).hexdigest()[:DIGITS]


def packed(identity: str) -> bytes:
    """Return an id of a finding in half its length; one that a plug-in made otherwise, whole."""
    try:
        return bytes.fromhex(identity)
    except ValueError:
        return identity.encode("utf-8", "surrogatepass")
