"""The audit policy as it stands in a bundle: every value, and which of them the user set."""

import msgspec
from msgspec import Struct

from cloudaudit.policy import AuditPolicy
from cloudaudit.visible import encoded


class _Sealed(Struct, frozen=True, forbid_unknown_fields=True):
    """The effective policy: every setting, and which of them the user set."""

    effective: dict[str, object]
    set: tuple[str, ...]


def encode(policy: AuditPolicy) -> bytes:
    """Return the effective policy as a file: every value, and where it came from."""
    sealed = _Sealed(effective=policy.model_dump(mode="json"), set=tuple(sorted(policy.model_fields_set)))
    encoder = msgspec.json.Encoder(order="sorted")
    return msgspec.json.format(encoded(encoder, sealed), indent=2) + b"\n"


def decode(content: bytes) -> AuditPolicy:
    """Return the policy of a sealed file, with the same settings set.

    Raises:
        ValueError: it is none; a setting that this version does not know is one.
    """
    sealed = msgspec.json.decode(content, type=_Sealed)
    policy = AuditPolicy.model_validate(sealed.effective)
    values = {name: getattr(policy, name) for name in type(policy).model_fields}
    return AuditPolicy.model_construct(_fields_set=set(sealed.set), **values)
