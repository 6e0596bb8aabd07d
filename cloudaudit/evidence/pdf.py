"""Signatures inside PDFs (PAdES, pyhanko): made so that no change is allowed, and checked for exactly that."""

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from cloudaudit.errors import SealError
from cloudaudit.evidence.keyfile import KeyFile
from cloudaudit.evidence.timestamp import Timestamp
from cloudaudit.text import Text

if TYPE_CHECKING:  # pyhanko takes a second to import
    from pyhanko.sign.timestamps import TimeStamper

FIELD = "cloudaudit"
MOST = 256 << 20


@dataclass(frozen=True)
class PdfSigner:
    """What PDFs are signed with: the second key of a key file, and the authority where one is configured."""

    key: KeyFile
    timestamp: Timestamp | None = None

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate that the signatures carry."""
        return self.key.certificate

    def signed(self, path: Path) -> bytes:
        """Return the PDF at a path with a signature that allows no change after it.

        Raises:
            SealError: it cannot be signed.
        """
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign import PdfSignatureMetadata, SimpleSigner
        from pyhanko.sign import PdfSigner as Writer
        from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
        from pyhanko_certvalidator.registry import SimpleCertificateStore

        asn1_keys, asn1_x509 = _asn1("keys"), _asn1("x509")
        der = self.key.pdf_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        signer = SimpleSigner(
            signing_cert=asn1_x509.Certificate.load(self.certificate.public_bytes(Encoding.DER)),
            signing_key=asn1_keys.PrivateKeyInfo.load(der),
            cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]  # the library's own gap
        )
        meta = PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            reason="cloudaudit",
            certify=True,
            subfilter=SigSeedSubFilter.PADES,
            docmdp_permissions=MDPPerm.NO_CHANGES,
        )
        # In memory: a failure in the middle leaves no file behind that is half signed.
        out = BytesIO()
        try:
            with path.open("rb") as file, _quiet():
                writer = IncrementalPdfFileWriter(file)
                sign: Any = Writer(meta, signer, timestamper=self._stamper())
                sign.sign_pdf(writer, output=out)
        except SealError:
            raise
        except Exception as error:
            # The library raises a dozen kinds; what matters is that the PDF bears no signature.
            raise SealError(
                Text(
                    en=f"{path.name} cannot be signed ({type(error).__name__}: {error}), so the evidence is not sealed; "
                    "snapshot and reports are kept: run `cloudaudit judge --seal` on the snapshot.",
                    ja=f"{path.name} に署名できないため({type(error).__name__}: {error})、証跡を封印していません。"
                    "スナップショットとレポートは保存済みです。cloudaudit judge --seal を実行してください。",
                )
            ) from error
        return out.getvalue()

    def _stamper(self) -> "TimeStamper | None":
        return _stamper(self.timestamp) if self.timestamp else None


def _asn1(module: str) -> Any:  # noqa: ANN401 - the library has no types
    return import_module(f"asn1crypto.{module}")


def _stamper(ask: Timestamp) -> "TimeStamper":
    from pyhanko.sign.timestamps import TimeStamper

    tsp = _asn1("tsp")

    class Stamper(TimeStamper):
        """Asks the same authority as the manifest does."""

        async def async_request_tsa_response(self, req: Any) -> Any:  # noqa: ANN401 - asn1crypto has no types
            return tsp.TimeStampResp.load(ask(req.dump()))

    return Stamper()  # type: ignore[no-untyped-call]  # the library's own gap


def fault(content: bytes, holds: Callable[[bytes], bool]) -> str:
    """Return why a PDF is not exactly as it was signed; empty when it is.

    One signature, of the expected field, over the entire file: an attachment replaced by an incremental update keeps the
    signature itself valid, and bytes after the end keep even the library's verdict.

    Args:
        content: the file.
        holds: whether a certificate, in DER, is the one that it should be signed with.
    """
    from pyhanko.pdf_utils.reader import PdfFileReader

    if len(content) > MOST:
        return "too large"
    try:
        with _quiet():
            signatures: list[Any] = list(PdfFileReader(BytesIO(content)).embedded_signatures)
            if [one.field_name for one in signatures] != [FIELD]:
                return "it does not hold exactly the one expected signature"
            return _fault_of(content, signatures[0], holds)
    except Exception as error:  # noqa: BLE001 - whatever the library meets, the file is not as it was signed
        return f"{type(error).__name__}: {error}"


def _fault_of(content: bytes, signature: Any, holds: Callable[[bytes], bool]) -> str:  # noqa: ANN401 - the library's types are partial
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    if not _tight(content, signature):
        return "there is more beside the signature than the signature"
    certificate = signature.signer_cert
    if not holds(bytes(certificate.dump())):
        return "it is signed with another certificate"
    # The time is told by the manifest's token; the one in the PDF is for readers of PDFs.
    context = ValidationContext(
        trust_roots=[certificate], allow_fetching=False, moment=signature.self_reported_timestamp
    )
    status = validate_pdf_signature(
        signature,
        signer_validation_context=context,
        ts_validation_context=context,
        key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation"}),
    )
    whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    if not (status.intact and status.valid and status.trusted and status.docmdp_ok and whole):
        return "it was changed after it was signed"
    return ""


def _tight(content: bytes, signature: Any) -> bool:  # noqa: ANN401 - the library's types are partial
    """Whether the hole in which the signature stands holds nothing else: it is the one part that is not signed."""
    _, start, end, _ = (int(place) for place in signature.byte_range)
    held = bytes(signature.pkcs7_content)
    length = len(_asn1("cms").ContentInfo.load(held).dump())
    return content[start:end] == b"<" + held.hex().upper().encode() + b">" and not held[length:].strip(b"\0")


@contextmanager
def _quiet() -> Generator[None]:
    """Keep the library from logging what it raises as well."""
    loggers = [logging.getLogger(name) for name in ("pyhanko", "pyhanko_certvalidator")]
    before = [(one, one.propagate) for one in loggers]
    nowhere = logging.NullHandler()
    for one in loggers:
        one.addHandler(nowhere)
        one.propagate = False
    try:
        yield
    finally:
        for one, propagate in before:
            one.removeHandler(nowhere)
            one.propagate = propagate
