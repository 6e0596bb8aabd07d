"""DSSE envelopes (https://github.com/secure-systems-lab/dsse): a payload, its type, and signatures over both."""

import base64
import binascii
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from cloudaudit.evidence.signers import Signer

IN_TOTO = "application/vnd.in-toto+json"


class Signature(Struct, frozen=True, forbid_unknown_fields=True):
    """One signature; ``keyid`` is a hint that names the algorithm and the key, and nobody trusts it."""

    keyid: str
    sig: str


class Envelope(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What is signed, in base64, and by whom; no signature at all means unsigned."""

    payload: str
    payload_type: str
    signatures: tuple[Signature, ...]

    @property
    def content(self) -> bytes:
        """The payload's bytes."""
        return base64.b64decode(self.payload, validate=True)

    @property
    def signed_bytes(self) -> bytes:
        """What the signatures are over."""
        return signed_bytes(self.payload_type, self.content)


def signed_bytes(payload_type: str, payload: bytes) -> bytes:
    """Return the pre-authentication encoding, over which signatures are made."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def envelope(payload_type: str, payload: bytes, signers: Sequence[Signer]) -> Envelope:
    """Return an envelope with the signature of each signer.

    Raises:
        SealError: a signer cannot sign.
    """
    message = signed_bytes(payload_type, payload)
    return Envelope(
        payload=base64.b64encode(payload).decode(),
        payload_type=payload_type,
        signatures=tuple(
            Signature(keyid=signer.key.id, sig=base64.b64encode(signer.sign(message)).decode())
            for signer in signers
        ),
    )


def encode(sealed: Envelope) -> bytes:
    """Return an envelope as the one line of JSON that stands for it."""
    return msgspec.json.encode(sealed, order="sorted") + b"\n"


def decode(content: bytes, payload_type: str) -> Envelope:
    """Return the envelope that was written by ``encode``, with a payload of this type.

    Raises:
        ValueError: it is none, or is written in another way: a byte that says nothing must not be free to change.
    """
    sealed = msgspec.json.decode(content, type=Envelope)
    if encode(sealed) != content or sealed.payload_type != payload_type:
        message = "the envelope is of another kind, or not in its one form"
        raise ValueError(message)
    try:
        parts = [sealed.payload, *(one.sig for one in sealed.signatures)]
        again = [base64.b64encode(base64.b64decode(part, validate=True)).decode() for part in parts]
    except binascii.Error as error:
        raise ValueError(str(error)) from error
    if again != parts:
        message = "base64 with stray bits"
        raise ValueError(message)
    return sealed


def signature_of(one: Signature) -> bytes:
    """Return the raw signature."""
    return base64.b64decode(one.sig, validate=True)
