"""A second signature over a sealed bundle, in a file beside it: the bundle itself stays as it is."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from cloudaudit import clock
from cloudaudit.evidence import dsse
from cloudaudit.evidence.report import Report
from cloudaudit.evidence.signers import Signer
from cloudaudit.evidence.trust import Trust
from cloudaudit.visible import visible

PAYLOAD_TYPE = "application/vnd.cloudaudit.countersignature+json"
SUFFIX = ".countersign.json"
_MOST = 1 << 16
_LONGEST = 200


class Countersignature(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a second person signs.

    Attributes:
        bundle: the bundle's name when it was signed.
        sha256: of the whole bundle.
        role: in which the person signs, such as 個人情報保護管理者.
        name: the person's own.
        signed_at: UTC, by the clock of the person's machine.
        key: id of the key.
    """

    bundle: str
    sha256: str
    role: str
    name: str
    signed_at: str
    key: str


def countersign(bundle: str, sha256: str, role: str, name: str, now: datetime, signer: Signer) -> bytes:
    """Return the file with a second signature.

    Raises:
        ValueError: role or name are empty, too long, or cannot be shown.
        SealError: the signer cannot sign.
    """
    for text in (role, name):
        if not 0 < len(text) <= _LONGEST or visible(text) != text:
            message = f"{text!r} is empty, too long, or cannot be shown"
            raise ValueError(message)
    signed = Countersignature(
        bundle=bundle, sha256=sha256, role=role, name=name, signed_at=clock.stamp(now), key=signer.key.id
    )
    payload = msgspec.json.encode(signed, order="sorted")
    return dsse.encode(dsse.envelope(PAYLOAD_TYPE, payload, [signer]))


def place_of(bundle: Path, signer: Signer, number: int) -> Path:
    """Return where a countersignature of a key goes: one name a key and number, so that none is overwritten."""
    suffix = f"-{number}" if number > 1 else ""
    return bundle.with_name(f"{bundle.name}.{signer.key.fingerprint[:12]}{suffix}{SUFFIX}")


def beside(bundle: Path) -> Iterator[Path]:
    """Return the countersignatures that lie beside a bundle, by name."""
    start = f"{bundle.name}."
    names = (path for path in bundle.parent.iterdir() if path.name.startswith(start))
    return iter(sorted(path for path in names if path.name.endswith(SUFFIX)))


def examine(bundle: Path, sha256: str, sealed_by: str, trust: Trust, report: Report) -> None:
    """Say who else signed a bundle, and in which role; one that does not hold is a fault.

    Args:
        bundle: beside which they lie.
        sha256: of the bundle.
        sealed_by: id of the key that sealed it.
        trust: what the verifier holds to be true.
        report: takes what is found.
    """
    for path in beside(bundle):
        try:
            with path.open("rb") as file:
                envelope = dsse.decode(file.read(_MOST), PAYLOAD_TYPE)
            signed = msgspec.json.decode(envelope.content, type=Countersignature)
            (signature,) = envelope.signatures
            clock.parse(signed.signed_at)
        except (OSError, ValueError, msgspec.DecodeError, RecursionError) as error:
            report.failed(
                f"the countersignature {path.name} cannot be read ({type(error).__name__})",
                f"副署 {path.name} を読み取れません({type(error).__name__})",
            )
            continue
        who_en = f"{visible(signed.role)} {visible(signed.name)} at {signed.signed_at}"
        who_ja = f"{visible(signed.role)} {visible(signed.name)}({signed.signed_at})"
        key = trust.signer_of(dsse.signature_of(signature), envelope.signed_bytes)
        if signed.sha256 != sha256:
            report.failed(
                f"the countersignature of {who_en} is over another bundle",
                f"副署({who_ja})は別の証跡に対するものです",
            )
        elif key is None and {signed.key, signature.keyid} & {one.id for one in trust.keys}:
            report.failed(
                f"the countersignature of {who_en} was changed: it is not of the key that it names",
                f"副署({who_ja})は改変されています(記載されている鍵による署名ではありません)",
            )
        elif key is not None and key.id == sealed_by:
            report.not_verified(
                f"that a second person signed: the countersignature of {who_en} is of the same key that sealed it",
                f"別の人による副署: {who_ja}の副署は、封印と同じ鍵によるものです",
            )
        elif key is not None and key.id == signed.key == signature.keyid:
            report.verified(
                f"countersigned by {who_en}, with the key {key.id}, which you named",
                f"副署: {who_ja}、指定された鍵 {key.id} による署名",
            )
        else:
            report.not_verified(
                f"a countersignature that says it is of {who_en}: its key is none that you named; add it with --key",
                f"副署({who_ja}と記載): 指定された鍵による署名ではありません(--key で追加してください)",
            )
