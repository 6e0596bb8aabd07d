"""Public keys and certificates: what a verifier brings along, since nothing inside a bundle is trusted."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from cloudaudit.errors import UsageError
from cloudaudit.text import Text

_BLOCK = re.compile(rb"-----BEGIN (PUBLIC KEY|CERTIFICATE)-----.+?-----END \1-----", re.DOTALL)
_MOST = 1 << 20
ORDER = 0xFFFFFFFF_00000000_FFFFFFFF_FFFFFFFF_BCE6FAAD_A7179E84_F3B9CAC2_FC632551
"""Of P-256, as NIST SP 800-186 prescribes it."""


@dataclass(frozen=True)
class PublicKey:
    """A public key of one of the two kinds that sign bundles. The key decides the algorithm, never the signature."""

    key: Ed25519PublicKey | EllipticCurvePublicKey

    @cached_property
    def pem(self) -> bytes:
        """The key as PEM, as openssl reads it."""
        return self.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def algorithm(self) -> str:
        """``ed25519`` or ``ecdsa-p256-sha256``."""
        return "ed25519" if isinstance(self.key, Ed25519PublicKey) else "ecdsa-p256-sha256"

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the key in DER, in hexadecimal."""
        der = self.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return sha256(der).hexdigest()

    @property
    def id(self) -> str:
        """Algorithm and fingerprint, as they stand in an envelope."""
        return f"{self.algorithm}:{self.fingerprint}"

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature over the message is of this key."""
        try:
            if isinstance(self.key, EllipticCurvePublicKey) and low_s(signature) != signature:
                return False
            if isinstance(self.key, Ed25519PublicKey):
                self.key.verify(signature, message)
            else:
                self.key.verify(signature, message, ECDSA(hashes.SHA256()))
        except (InvalidSignature, ValueError):
            return False
        return True


def low_s(signature: bytes) -> bytes:
    """Return an ECDSA signature in its one form: of the two that hold, the one with the smaller half.

    Raises:
        ValueError: it is none.
    """
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, min(s, ORDER - s))


def public_key(pem: bytes) -> PublicKey:
    """Return the key of a PEM block.

    Raises:
        ValueError: it is none of the kinds that sign bundles.
    """
    try:
        key = load_pem_public_key(pem)
    except UnsupportedAlgorithm as error:
        raise ValueError(str(error)) from error
    if isinstance(key, Ed25519PublicKey) or (
        isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)
    ):
        return PublicKey(key)
    message = "neither Ed25519 nor P-256"
    raise ValueError(message)


@dataclass(frozen=True)
class Trust:
    """What the verifier holds to be true.

    Attributes:
        keys: of those who may seal or countersign.
        certificates: of those who may sign PDFs.
        authorities: root certificates of timestamp authorities.
    """

    keys: tuple[PublicKey, ...] = ()
    certificates: tuple[x509.Certificate, ...] = ()
    authorities: tuple[x509.Certificate, ...] = field(default=())

    def signer_of(self, signature: bytes, message: bytes) -> PublicKey | None:
        """Return the trusted key that made a signature, or None."""
        return next((key for key in self.keys if key.verifies(signature, message)), None)


def load(keys: Iterable[Path], authorities: Iterable[Path]) -> Trust:
    """Read what the user trusts: files of PEM with public keys and certificates, as ``keys show`` prints them.

    Raises:
        UsageError: a file cannot be read, or holds none.
    """
    found = [_read(path) for path in keys]
    roots = [(path, _read(path).certificates) for path in authorities]
    for path, certificates in roots:
        if not certificates:
            raise _none_in(path)
    return Trust(
        keys=tuple(key for one in found for key in one.keys),
        certificates=tuple(certificate for one in found for certificate in one.certificates),
        authorities=tuple(certificate for _, certificates in roots for certificate in certificates),
    )


def load_pem(content: bytes, place: Path) -> Trust:
    """Return what stands in PEM: the output of ``keys show``.

    Raises:
        UsageError: there is no key and no certificate in it.
    """
    public: list[PublicKey] = []
    certificates: list[x509.Certificate] = []
    try:
        for block in _BLOCK.finditer(content):
            if block[1] == b"CERTIFICATE":
                certificates.append(x509.load_pem_x509_certificate(block[0]))
            else:
                public.append(public_key(block[0]))
    except ValueError as error:
        raise _none_in(place) from error
    if not public and not certificates:
        raise _none_in(place)
    return Trust(keys=tuple(public), certificates=tuple(certificates))


def _read(path: Path) -> Trust:
    try:
        with path.open("rb") as file:
            return load_pem(file.read(_MOST), path)
    except OSError as error:
        raise UsageError(
            Text(
                en=f"{path} cannot be read ({error.strerror}); name a file that `cloudaudit keys show` wrote.",
                ja=f"{path} を読み込めません({error.strerror})。"
                "cloudaudit keys show で出力したファイルを指定してください。",
            )
        ) from error


def _none_in(path: Path) -> UsageError:
    return UsageError(
        Text(
            en=f"{path} holds no public key (Ed25519 or P-256) or certificate in PEM; "
            "name a file that `cloudaudit keys show` wrote, or the authority's certificate.",
            ja=f"{path} に公開鍵(Ed25519・P-256)または証明書(PEM)が含まれていません。"
            "cloudaudit keys show の出力、または時刻認証局の証明書を指定してください。",
        )
    )
