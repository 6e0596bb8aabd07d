"""Seal a run: its files, over exact bytes, into one bundle."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding

from cloudaudit import clock
from cloudaudit.assessment import Assessment
from cloudaudit.errors import SealError
from cloudaudit.evidence import container, dsse, policyfile, statement
from cloudaudit.evidence.chain import Claim, link
from cloudaudit.evidence.instructions import instructions
from cloudaudit.evidence.pdf import PdfSigner
from cloudaudit.evidence.reads import Reads
from cloudaudit.evidence.settings import KEEP_YEARS
from cloudaudit.evidence.signers import Signer
from cloudaudit.evidence.statement import Export, Original, Run, Signing
from cloudaudit.evidence.timestamp import Timestamp, stamped
from cloudaudit.gates import Gates
from cloudaudit.policy import AuditPolicy
from cloudaudit.text import Text
from cloudaudit.visible import encoded


@dataclass(frozen=True, kw_only=True)
class Sealer:
    """What seals: a key, or none; an authority for the time, or none.

    Attributes:
        signer: None for bundles that are not signed, and say so.
        pdf: None where PDFs are not signed.
        authority: the timestamp authority's address, for errors.
    """

    signer: Signer | None = None
    pdf: PdfSigner | None = None
    timestamp: Timestamp | None = None
    authority: str = ""
    keep_years: int = KEEP_YEARS

    @property
    def key_id(self) -> str:
        """The id of the key; empty where there is none."""
        return self.signer.key.id if self.signer else ""

    def signing(self, pdfs: bool) -> Signing:  # noqa: FBT001 - whether there are any
        """Return what a bundle by this sealer must hold."""
        certificate = self.pdf.certificate.public_bytes(Encoding.DER) if self.pdf and pdfs else b""
        return Signing(
            key=self.key_id,
            timestamp=self.signer is not None and self.timestamp is not None,
            pdf_certificate=sha256(certificate).hexdigest() if certificate else "",
        )


@dataclass(frozen=True, kw_only=True)
class Sealing:
    """A run that is to be sealed.

    Attributes:
        assessment: as the reports show it.
        snapshot: the scan; in a masked bundle only its digest stands.
        reports: the files that were rendered, by name; ``result.json`` is one of them. PDFs are signed already.
        policy: that it was judged by.
        as_of: another time at which ages were judged, or empty.
        inputs: files that judging read besides the snapshot and the policy, by what they are: waivers.
        earlier: bundles that may hold the night before.
        original: what a masked bundle was made from; None for any other.
    """

    assessment: Assessment
    snapshot: Path
    reports: Mapping[str, Path]
    policy: AuditPolicy
    gates: Gates
    as_of: str
    sealed_at: datetime
    inputs: Mapping[str, Path] = field(default_factory=dict[str, Path])
    earlier: tuple[Path, ...] = ()
    original: Original | None = None


def seal(out: BinaryIO, work: Path, sealing: Sealing, sealer: Sealer) -> None:
    """Write the bundle of a run.

    Args:
        out: a file that can seek.
        work: a folder of the caller's for what is made on the way.
        sealing: the run.
        sealer: with what.

    Raises:
        SealError: it cannot be signed, stamped, or put behind the night before.
        OSError: a file cannot be read or written.
    """
    reads = Reads()
    requests = work / statement.REQUESTS
    with sealing.snapshot.open("rb") as lines, requests.open("wb") as listed:
        listed.writelines(reads.requests(lines))
    files: dict[str, bytes | Path] = {
        (name if name == statement.RESULT else statement.REPORTS + name): path
        for name, path in sealing.reports.items()
    }
    if sealing.original is None:
        files |= {
            statement.SNAPSHOT: sealing.snapshot,
            statement.REQUESTS: requests,
            statement.POLICY: policyfile.encode(sealing.policy),
        }
        files |= {f"{statement.INPUTS}{what}/{path.name}": path for what, path in sealing.inputs.items()}
    if sealing.assessment.waivers:
        files[statement.WAIVERS] = waivers_file(sealing.assessment.waivers)
    signing = sealer.signing(any(name.endswith(".pdf") for name in files))
    run = _run(sealing, reads, signing, sealer.keep_years)
    _write(out, files, run, sealer)


def _run(sealing: Sealing, reads: Reads, signing: Signing, keep_years: int) -> Run:
    assessment = sealing.assessment
    told = statement.told_by(assessment)
    claim = Claim(
        target=assessment.target,
        taken_at=assessment.taken_at,
        ended_at=reads.ended_at,
        sealed_at=clock.stamp(sealing.sealed_at),
        signed=bool(signing.key),
        narrowed=assessment.scope.narrowed,
        masked=assessment.masked,
        as_of=sealing.as_of,
    )
    return Run(
        schema=statement.SCHEMA,
        ended_at=claim.ended_at,
        sealed_at=claim.sealed_at,
        unread=reads.unread,
        as_of=sealing.as_of,
        gates=sealing.gates,
        original=sealing.original,
        chain=link(claim, sealing.earlier),
        signing=signing,
        keep_until=keep_until(assessment.taken_at, keep_years),
        **told,
    )


def plain_waivers(waivers: Sequence[object]) -> tuple[dict[str, str], ...]:
    """Return waivers as a result has them, whatever their type: each a mapping of strings."""
    listed: list[dict[str, object]] = msgspec.to_builtins(list(waivers))
    return tuple({name: str(value) for name, value in waiver.items()} for waiver in listed)


def waivers_file(waivers: Sequence[object]) -> bytes:
    """Return the waivers as a file."""
    return encoded(msgspec.json.Encoder(order="sorted"), plain_waivers(waivers)) + b"\n"


def keep_until(taken_at: str, years: int) -> str:
    """Return the day until which evidence is to be kept; the 29th of February ends with the month."""
    day = clock.parse(taken_at).date()
    try:
        return day.replace(year=day.year + years).isoformat()
    except ValueError:
        return day.replace(year=day.year + years, day=28).isoformat()


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """A folder that is to be sealed.

    Attributes:
        files: by their path within it, with slashes.
        left_out: paths that are not taken.
    """

    name: str
    files: Mapping[str, Path]
    left_out: tuple[str, ...]
    sealed_at: datetime


def export(out: BinaryIO, hand_over: HandOver, sealer: Sealer) -> None:
    """Write the bundle of a folder that is handed over.

    Raises:
        SealError: it cannot be signed or stamped, or a name cannot stand in a bundle.
        OSError: a file cannot be read or written.
    """
    predicate = Export(
        schema=statement.SCHEMA,
        name=hand_over.name,
        sealed_at=clock.stamp(hand_over.sealed_at),
        left_out=tuple(sorted(hand_over.left_out)),
        # Its PDFs are as they were found.
        signing=sealer.signing(pdfs=False),
    )
    _write(out, {f"files/{path}": place for path, place in hand_over.files.items()}, predicate, sealer)


def _write(out: BinaryIO, files: dict[str, bytes | Path], predicate: Run | Export, sealer: Sealer) -> None:
    if statement.MANIFEST & files.keys():
        raise SealError(
            Text(
                en="A report bears the name of a manifest; rename its FILE_NAME.",
                ja="レポートのファイル名がマニフェストと重複しています。FILE_NAME を変更してください。",
            )
        )
    key = sealer.signer.key if sealer.signer else None
    if key is not None:
        files[statement.PUBLIC_KEY] = key.pem
    files[statement.INSTRUCTIONS] = instructions(
        key, timestamp=predicate.signing.timestamp, sums=statement.SUMS
    )
    digests = {name: _digest(content) for name, content in files.items()}
    files[statement.SUMS] = sums(digests)
    digests[statement.SUMS] = _digest(files[statement.SUMS])
    files |= _manifest(statement.encode(predicate, digests), sealer)
    container.write(out, files)


def _manifest(payload: bytes, sealer: Sealer) -> dict[str, bytes]:
    envelope = dsse.envelope(dsse.IN_TOTO, payload, [sealer.signer] if sealer.signer else [])
    files = {statement.ENVELOPE: dsse.encode(envelope), statement.SIGNED_BYTES: envelope.signed_bytes}
    if sealer.signer is not None:
        files[statement.SIGNATURE] = dsse.signature_of(envelope.signatures[0])
        if sealer.timestamp is not None:
            token = stamped(files[statement.ENVELOPE], sealer.timestamp, sealer.authority)
            files |= {statement.TOKEN: token, statement.TOKEN_SIGNATURE: sealer.signer.sign(token)}
    return files


def sums(digests: Mapping[str, str]) -> bytes:
    """Return the file that ``sha256sum -c`` takes."""
    return "".join(f"{digests[name]}  {name}\n" for name in sorted(digests)).encode()


def _digest(content: bytes | Path) -> str:
    return container.digest_of(content) if isinstance(content, Path) else sha256(content).hexdigest()


def pdfs(reports: Iterable[Path]) -> Iterator[Path]:
    """Return the PDFs among files."""
    return (path for path in reports if path.suffix == ".pdf")
