"""A timestamp authority on this machine, whose clock can be set, as no real one's can be."""

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cloudaudit import clock
from cloudaudit.evidence.timestamp import Timestamp


@dataclass
class Authority:
    """Answers requests of RFC 3161; ``root`` is what a verifier trusts."""

    stamper: Any
    root: x509.Certificate

    def at(self, moment: str) -> Timestamp:
        """Return how to ask it when its clock says ``moment``."""
        tsp = import_module("asn1crypto.tsp")

        def answer(request: bytes) -> bytes:
            self.stamper.fixed_dt = clock.parse(moment)
            asked = tsp.TimeStampReq.load(request)
            return bytes(self.stamper.request_tsa_response(asked).dump())

        return answer


def _issued(
    subject: str, key: rsa.RSAPrivateKey, issuer: str, by: rsa.RSAPrivateKey, *, ca: bool
) -> x509.Certificate:
    def named(name: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])

    builder = (
        x509.CertificateBuilder()
        .subject_name(named(subject))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    if not ca:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(by, hashes.SHA256())


def authority() -> Authority:
    """Return a new authority with keys and certificates of its own."""
    from pyhanko.sign.timestamps import DummyTimeStamper

    root_key = rsa.generate_private_key(65537, 2048)
    own_key = rsa.generate_private_key(65537, 2048)
    root = _issued("TSA root", root_key, "TSA root", root_key, ca=True)
    own = _issued("TSA", own_key, "TSA root", root_key, ca=False)
    asn1_x509, asn1_keys = import_module("asn1crypto.x509"), import_module("asn1crypto.keys")
    store_module = import_module("pyhanko_certvalidator.registry")
    store = store_module.SimpleCertificateStore()
    store.register(asn1_x509.Certificate.load(root.public_bytes(Encoding.DER)))
    der = own_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    stamper = DummyTimeStamper(
        asn1_x509.Certificate.load(own.public_bytes(Encoding.DER)),
        asn1_keys.PrivateKeyInfo.load(der),
        certs_to_embed=store,
    )
    return Authority(stamper, root)
