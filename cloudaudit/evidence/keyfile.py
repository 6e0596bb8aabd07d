"""A signing key in a file, encrypted: Ed25519 for bundles, and P-256 with a certificate for PDFs.

PDF readers know no Ed25519, so the file holds two keys under one passphrase.
"""

import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from cloudaudit.errors import OutputError, UsageError
from cloudaudit.evidence.trust import PublicKey
from cloudaudit.text import Text

SHORTEST_PASSPHRASE = 12
_VALID_DAYS = 3652
_LONGEST_NAME = 64
_MOST = 1 << 16
_PRIVATE_FILE = 0o600
_PRIVATE_FOLDER = 0o700
_PRIVATE = re.compile(
    rb"-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----.+?-----END (?:ENCRYPTED )?PRIVATE KEY-----", re.DOTALL
)
_PUBLIC = re.compile(rb"-----BEGIN (PUBLIC KEY|CERTIFICATE)-----.+?-----END \1-----", re.DOTALL)


@dataclass(frozen=True)
class KeyFile:
    """An opened key file; it signs bundles, and its second key signs PDFs."""

    bundle_key: Ed25519PrivateKey
    pdf_key: EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def key(self) -> PublicKey:
        """The public key that bundles are verified with."""
        return PublicKey(self.bundle_key.public_key())

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature over a message."""
        return self.bundle_key.sign(message)


def make(place: Path, name: str, passphrase: bytes, now: datetime) -> None:
    """Make a key file that only its owner can read; one that is there is never replaced.

    Args:
        place: where.
        name: whom the certificate names: a company or a person.
        passphrase: what encrypts the keys.
        now: when the certificate begins to hold.

    Raises:
        UsageError: the passphrase is too short, the name cannot stand in a certificate, or there is a file already.
        OutputError: it cannot be written.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise UsageError(
            Text(
                en=f"The passphrase is shorter than {SHORTEST_PASSPHRASE} characters; choose a longer one.",
                ja=f"パスフレーズが {SHORTEST_PASSPHRASE} 文字未満です。より長いものを指定してください。",
            )
        )
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise UsageError(
            Text(
                en=f"The name must have 1 to {_LONGEST_NAME} printable characters; set it with --name.",
                ja=f"名称は 1〜{_LONGEST_NAME} 文字の表示可能な文字で、--name に指定してください。",
            )
        )
    bundle_key = Ed25519PrivateKey.generate()
    pdf_key = generate_private_key(SECP256R1())
    encryption = BestAvailableEncryption(passphrase)
    content = b"".join(
        (
            bundle_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption),
            pdf_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption),
            PublicKey(bundle_key.public_key()).pem,
            _certificate(pdf_key, name, now).public_bytes(Encoding.PEM),
        )
    )
    _write_new(place, content)


def _certificate(key: EllipticCurvePrivateKey, name: str, now: datetime) -> x509.Certificate:
    """Return a certificate that the key issues to itself: it names a signer and proves no identity."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = now.replace(microsecond=0) - timedelta(minutes=5)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=_VALID_DAYS))
        .add_extension(usage, critical=True)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _write_new(place: Path, content: bytes) -> None:
    partial = place.with_name(f".{place.name}.{secrets.token_hex(4)}.partial")
    try:
        _make_folder(place.parent)
        # On Windows the mode says nothing: there the file inherits the rights of its folder, which `keys new` tells.
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(partial, flags, _PRIVATE_FILE), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _take_name(partial, place)
    except OSError as error:
        raise OutputError(
            Text(
                en=f"The key {place} cannot be written ({error.strerror}); name another file with --out.",
                ja=f"鍵 {place} を作成できません({error.strerror})。--out で別のファイルを指定してください。",
            )
        ) from error
    finally:
        with suppress(OSError):
            partial.unlink()


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(mode=_PRIVATE_FOLDER, parents=True)


def _take_name(partial: Path, place: Path) -> None:
    """Give a finished file its name unless another has it: by a link, or where there are none by a rename."""
    try:
        place.hardlink_to(partial)
    except FileExistsError as error:
        raise _there_already(place) from error
    except (OSError, NotImplementedError) as error:
        if place.exists():
            raise _there_already(place) from error
        partial.rename(place)


def _there_already(place: Path) -> UsageError:
    return UsageError(
        Text(
            en=f"{place} is there already, and a key is never overwritten; name another file with --out.",
            ja=f"{place} はすでに存在します。鍵は上書きしません。--out で別のファイルを指定してください。",
        )
    )


def open_key(place: Path, passphrase: bytes) -> KeyFile:
    """Decrypt a key file.

    Raises:
        UsageError: it cannot be read, is no key file, or the passphrase is wrong.
    """
    content = _content(place)
    try:
        private = [load_pem_private_key(block[0], passphrase) for block in _PRIVATE.finditer(content)]
        certificates = [block[0] for block in _PUBLIC.finditer(content) if block[1] == b"CERTIFICATE"]
        bundle_key, pdf_key = private
        (certificate,) = map(x509.load_pem_x509_certificate, certificates)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _not_opened(place) from error
    if not isinstance(bundle_key, Ed25519PrivateKey) or not isinstance(pdf_key, EllipticCurvePrivateKey):
        raise _not_opened(place)
    return KeyFile(bundle_key, pdf_key, certificate)


def public_part(place: Path) -> bytes:
    """Return the public key and the certificate of a key file, as PEM; needs no passphrase.

    Raises:
        UsageError: it cannot be read, or is no key file.
    """
    blocks = [block[0] for block in _PUBLIC.finditer(_content(place))]
    if not blocks:
        raise _not_opened(place)
    return b"\n".join(blocks) + b"\n"


def _content(place: Path) -> bytes:
    try:
        with place.open("rb") as file:
            return file.read(_MOST)
    except OSError as error:
        raise UsageError(
            Text(
                en=f"The key {place} cannot be read ({error.strerror}); check --key or CLOUDAUDIT_KEY, "
                "or make one with `cloudaudit keys new`.",
                ja=f"鍵 {place} を読み込めません({error.strerror})。--key または CLOUDAUDIT_KEY の指定を確認するか、"
                "cloudaudit keys new で作成してください。",
            )
        ) from error


def _not_opened(place: Path) -> UsageError:
    return UsageError(
        Text(
            en=f"{place} is no key file of cloudaudit, or the passphrase is wrong; "
            "check CLOUDAUDIT_KEY_PASSPHRASE or type it again.",
            ja=f"{place} は cloudaudit の鍵ファイルではないか、パスフレーズが誤っています。"
            "CLOUDAUDIT_KEY_PASSPHRASE を確認するか、入力し直してください。",
        )
    )
