"""What is signed: an in-toto statement over the SHA-256 of every file, and what the run was."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from cloudaudit.assessment import Assessment, Counts, ExitReason, Scope, Target, ToolInfo
from cloudaudit.evidence.reads import UnreadCalls
from cloudaudit.gates import Gates
from cloudaudit.scoring import Score
from cloudaudit.visible import encoded

STATEMENT = "https://in-toto.io/Statement/v1"
RUN = "https://cloudaudit.invalid/evidence/run/v1"
EXPORT = "https://cloudaudit.invalid/evidence/export/v1"
SCHEMA = 1

ENVELOPE = "manifest.dsse.json"
SIGNED_BYTES = "manifest.pae"
SIGNATURE = "manifest.sig"
TOKEN = "manifest.tsr"  # noqa: S105 - a file's name
TOKEN_SIGNATURE = "manifest.tsr.sig"  # noqa: S105 - a file's name
"""Over the token: parts of a token that its authority did not sign could be changed unseen."""
MANIFEST = frozenset({ENVELOPE, SIGNED_BYTES, SIGNATURE, TOKEN, TOKEN_SIGNATURE})
"""The files that the statement cannot be over."""

SUMS = "SHA256SUMS"
INSTRUCTIONS = "VERIFY.txt"
PUBLIC_KEY = "public-key.pem"
POLICY = "policy.json"
RESULT = "result.json"
SNAPSHOT = "snapshot.jsonl"
REQUESTS = "requests.tsv"
WAIVERS = "waivers.json"
REPORTS = "reports/"
INPUTS = "inputs/"
"""Files that judging read besides, each in a folder that says what it is, under its own name."""


class Digest(Struct, frozen=True, forbid_unknown_fields=True):
    """A digest as in-toto writes it."""

    sha256: str


class Subject(Struct, frozen=True, forbid_unknown_fields=True):
    """A file and its digest."""

    name: str
    digest: Digest


class Link(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a run stands in the chain of its target.

    Attributes:
        joined: whether it is a night of the chain.
        reason: why it is none: a word of ``chain.REASONS``; empty for a night.
        sequence: 1 for the first night; 0 where it is none.
        previous: SHA-256 of the bundle of the night before; empty for the first.
        previous_taken_at: when that one was taken.
    """

    joined: bool
    reason: str = ""
    sequence: int = 0
    previous: str = ""
    previous_taken_at: str = ""


class Original(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a masked bundle was made from: SHA-256 of the bundle with the names, of its snapshot and its result."""

    bundle: str
    snapshot: str
    result: str


class Signing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What must be there, so that it cannot be taken away.

    Attributes:
        key: id of the key that signed; empty for an unsigned bundle.
        timestamp: whether there is a token of a timestamp authority.
        pdf_certificate: SHA-256 of the certificate in DER that the PDFs are signed with; empty where they are not.
    """

    key: str = ""
    timestamp: bool = False
    pdf_certificate: str = ""


class Run(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a run was, in what a report may not leave out.

    Attributes:
        ended_at: UTC time at which the scan came to its end; empty where it did not.
        sealed_at: UTC time of sealing, by the clock of the machine that did it.
        checks_not_run: ids of the checks that were left out; the reasons stand in ``scope``.
        unread: calls that gave no answer, with the cause: denied, throttled, …
        as_of: another time at which ages were judged; empty for that of the scan.
        gates: what the exit code was decided by.
        keep_until: day until which the bundle is to be kept.
    """

    schema: int
    target: Target
    taken_at: str
    ended_at: str
    sealed_at: str
    tool: ToolInfo
    scope: Scope
    checks_not_run: tuple[str, ...]
    unread: tuple[UnreadCalls, ...]
    score: Score
    counts: Counts
    exit: tuple[ExitReason, ...]
    as_of: str
    gates: Gates
    masked: bool
    original: Original | None
    chain: Link
    signing: Signing
    keep_until: str


class Export(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A folder that was sealed for hand-over.

    Attributes:
        name: of the folder.
        left_out: files that were not taken, such as private keys.
    """

    schema: int
    name: str
    sealed_at: str
    left_out: tuple[str, ...]
    signing: Signing


class Statement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A statement of either kind; its JSON has one form."""

    type: str = msgspec.field(name="_type", default=STATEMENT)
    subject: tuple[Subject, ...]
    predicate_type: str = msgspec.field(name="predicateType")
    predicate: msgspec.Raw


def encode(predicate: Run | Export, digests: Mapping[str, str]) -> bytes:
    """Return the bytes that are signed.

    Args:
        predicate: what was done.
        digests: SHA-256 of each file by its name.
    """
    encoder = msgspec.json.Encoder(order="sorted")
    statement = Statement(
        subject=tuple(Subject(name, Digest(digests[name])) for name in sorted(digests)),
        predicate_type=RUN if isinstance(predicate, Run) else EXPORT,
        predicate=msgspec.Raw(encoded(encoder, predicate)),
    )
    return encoded(encoder, statement)


def decode(payload: bytes) -> tuple[dict[str, str], Run | Export]:
    """Return the digests by name, and what was done.

    Raises:
        ValueError: it is no statement of this schema, or is not in its one form.
    """
    statement = msgspec.json.decode(payload, type=Statement)
    kinds: dict[str, Any] = {RUN: Run, EXPORT: Export}
    kind = kinds.get(statement.predicate_type)
    if statement.type != STATEMENT or kind is None:
        message = f"a statement of another kind: {statement.predicate_type!r}"
        raise ValueError(message)
    predicate: Run | Export = msgspec.json.decode(statement.predicate, type=kind)
    digests = {subject.name: subject.digest.sha256 for subject in statement.subject}
    if predicate.schema != SCHEMA or encode(predicate, digests) != payload:
        message = "the statement is of another schema, or not in its one form"
        raise ValueError(message)
    return digests, predicate


def told_by(assessment: Assessment) -> dict[str, Any]:
    """Return what a result itself tells of its run, by the name of the member of ``Run``."""
    return {
        "target": assessment.target,
        "taken_at": assessment.taken_at,
        "tool": assessment.tool,
        "scope": assessment.scope,
        "checks_not_run": tuple(one.id for one in assessment.scope.excluded if one.what == "check"),
        "score": assessment.score,
        "counts": assessment.counts,
        "exit": assessment.exit,
        "masked": assessment.masked,
    }
