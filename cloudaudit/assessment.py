"""The outcome of judging one snapshot: what reports are made of."""

import errno
import heapq
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO, cast

import msgspec
from msgspec import Struct

from cloudaudit.actions import Action
from cloudaudit.check import AnyCheck
from cloudaudit.client import Client
from cloudaudit.discovery import CheckFile
from cloudaudit.errors import OutputError
from cloudaudit.model import Finding, Gap, ResourceRef, Severity, Share, Status, Theme
from cloudaudit.policy import PolicyLine
from cloudaudit.scoring import Score
from cloudaudit.text import Text
from cloudaudit.visible import encoded
from cloudaudit.waivers import WaiverEntry

if TYPE_CHECKING:  # they compare assessments, or need not be imported for most runs
    import sqlite3

    from cloudaudit.diff import Changes
    from cloudaudit.history import Run
    from cloudaudit.ledger import LedgerCheck

_BLIND = ("service", "sharing", "setting")

SCHEMA = 1
"""The version of ``result.json``; see ``docs/result.schema.json``."""

READ_AT_ONCE = 65_536
"""Bytes of findings that are read from disk at a time."""


class ToolInfo(Struct, frozen=True, kw_only=True):
    """What judged.

    Attributes:
        wheel_digest: SHA-256 of the installed distribution's RECORD; empty when it runs from a checkout.
        checks_digest: SHA-256 over the ids and sources of the checks that ran.
        checks_dir: files that ``--checks-dir`` added.
    """

    name: str
    version: str
    wheel_digest: str
    checks_digest: str
    checks_dir: tuple[CheckFile, ...] = ()


class Target(Struct, frozen=True, kw_only=True):
    """What was scanned, and who read it."""

    provider: str
    account: str
    partition: str
    identity: str
    name: str


class Excluded(Struct, frozen=True, kw_only=True):
    """Something that was left out, on purpose or because this version cannot look at it.

    Attributes:
        what: ``check``, ``region``, ``bucket``; ``setting`` for one that no interface tells; ``sharing`` where the inventory
            of shares has holes; ``service`` for all of a service. The last three belong on the first page of every report.
    """

    what: str
    id: str
    reason: Text


class Scope(Struct, frozen=True, kw_only=True):
    """What was looked at. ``regions`` are those in which resources were found."""

    regions: tuple[str, ...]
    checks: tuple[str, ...]
    excluded: tuple[Excluded, ...]
    narrowed: bool

    @property
    def blind(self) -> tuple[Excluded, ...]:
        """What this version or the provider cannot tell, the widest first: it belongs on the first page."""
        return tuple(one for what in _BLIND for one in self.excluded if one.what == what)


class Counts(Struct, frozen=True, kw_only=True, rename="kebab"):
    """Findings by status; ``by_severity`` counts failures only."""

    pass_: int = msgspec.field(name="pass", default=0)
    fail: int = 0
    not_assessed: int = 0
    not_applicable: int = 0
    waived: int = 0
    by_severity: dict[str, int] = {}


class ExitReason(Struct, frozen=True, kw_only=True):
    """One reason for the exit code; the first in the list decides it."""

    code: int
    reason: Text


class CheckInfo(Struct, frozen=True, kw_only=True):
    """The texts of a check, once for all its findings."""

    id: str
    title: Text
    theme: Theme
    severity: Severity
    rationale: Text
    remediation: Text
    references: tuple[str, ...]
    command: str

    @classmethod
    def of(cls, check: AnyCheck) -> "CheckInfo":
        """Return the texts of a check."""
        return cls(
            id=check.id,
            title=check.title,
            theme=check.theme,
            severity=check.severity,
            rationale=check.rationale,
            remediation=check.remediation,
            references=check.references,
            command=check.command,
        )


class FailingSince(Struct, frozen=True, kw_only=True):
    """Since when a finding, or a part of one, is known to fail, from a history or an earlier result.

    Attributes:
        since: UTC time of the first run that saw it fail without any after it that saw it otherwise.
    """

    id: str
    since: str


def nothing_known() -> Iterator[FailingSince]:
    """Yield nothing: no run before this one is known."""
    return iter(())


class Spool:
    """Findings on disk, so that a million of them can be read again and again without being held.

    The file lies in the system's temporary folder, and the errors say so.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        # As result.json has them: a report made at once and one made from it later are the same bytes.
        self._encoder = msgspec.json.Encoder(order="deterministic")
        self._decoder = msgspec.json.Decoder(Finding)

    def add(self, finding: Finding) -> None:
        """Append one finding.

        Raises:
            OutputError: the temporary folder has no room.
        """
        self._written(lambda: self._file.write(encoded(self._encoder, finding) + b"\n"))

    def flush(self) -> None:
        """See to it that all findings are on disk.

        Raises:
            OutputError: the temporary folder has no room.
        """
        self._written(self._file.flush)

    def _written(self, act: Callable[[], object]) -> None:
        try:
            act()
        except OSError as error:
            raise temporary_not_written(error) from error

    def __iter__(self) -> Iterator[Finding]:
        self.flush()
        place = 0
        while True:
            # Another iteration may move the file between two findings, so each part is taken from its own place.
            self._file.seek(place)
            lines = self._file.readlines(READ_AT_ONCE)
            if not lines:
                return
            place += sum(map(len, lines))
            yield from map(self._decoder.decode, lines)


def temporary_not_written(error: OSError) -> OutputError:
    """Return the error for a temporary folder that cannot take the findings."""
    return OutputError(
        Text(
            en=f"The temporary folder cannot be written ({error.strerror}); "
            "free space there, or name another with the environment variable TMPDIR.",
            ja=f"一時フォルダーに書き込めません({error.strerror})。"
            "空き容量を確保するか、環境変数 TMPDIR で別のフォルダーを指定してください。",
        )
    )


def temporary_full(error: "sqlite3.OperationalError") -> OutputError:
    """Return the error for a temporary folder in which a database cannot grow."""
    return temporary_not_written(OSError(errno.ENOSPC, str(error)))


@contextmanager
def temporary_spool() -> Generator[Spool]:
    """Make a spool in the temporary folder; it is gone when the context ends.

    Raises:
        OutputError: the temporary folder cannot be written.
    """
    try:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - closed below, where a second failure must not hide the first
    except OSError as error:
        raise temporary_not_written(error) from error
    try:
        yield Spool(cast("BinaryIO", file))
    finally:
        # Closing writes what is left in the buffer; on a full disk that fails again, and nobody needs it any more.
        with suppress(OSError):
            file.close()


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """Everything that a report may print.

    Attributes:
        findings: iterates them, any number of times.
        resources: iterates them, any number of times.
        shares: makes the inventory of what is open to whom; nothing is made before a report asks.
        actions: what people wrote beside findings, by the finding's id; never part of ``result.json``.
        waivers: every waiver of this target, whether it has an effect or not.
        client: for whom the audit is made and who allowed it; None where no client was named.
        changes: what changed since an earlier result that was named; None where none was. Not part of ``result.json``.
        failing_since: iterates since when failures are known to fail; nothing where neither a history nor an earlier
            result was named.
        trend: runs of the target, one a day, this one the last; empty where no history was named.
        addresses: iterates ids and web addresses of stores; None where only the snapshot tells them, which is not at hand.
        ledger: how the company's ledger of personal data and what was found fit together; None where none was named.
        masked: names, accounts, people and addresses are pseudonyms; a report for people says so.
        signed_with: id of the key that the run is sealed with; empty: unsigned, which a report for people says. Not part of
            ``result.json``: a report that is rendered later is unsigned.
    """

    tool: ToolInfo
    target: Target
    taken_at: str
    scope: Scope
    policy: tuple[PolicyLine, ...]
    score: Score
    counts: Counts
    gaps: tuple[Gap, ...]
    exit: tuple[ExitReason, ...]
    shares: Callable[[], Iterable[Share]]
    checks: Mapping[str, CheckInfo]
    findings: Callable[[], Iterator[Finding]]
    resources: Callable[[], Iterator[ResourceRef]]
    waivers: tuple[WaiverEntry, ...] = ()
    actions: Mapping[str, Action] = field(default_factory=dict[str, Action])
    client: Client | None = None
    changes: "Changes | None" = None
    failing_since: Callable[[], Iterator[FailingSince]] = nothing_known
    trend: "tuple[Run, ...]" = ()
    addresses: Callable[[], Iterator[tuple[str, str]]] | None = None
    ledger: "LedgerCheck | None" = None
    masked: bool = False
    signed_with: str = ""
    schema: int = SCHEMA

    @cached_property
    def sharing(self) -> tuple[Share, ...]:
        """The inventory of what is open to whom; ``scope`` says where it could not be made."""
        return tuple(self.shares())

    @property
    def exit_code(self) -> int:
        """What the process should return."""
        return self.exit[0].code if self.exit else 0

    def worst(self, count: int) -> list[Finding]:
        """Return failures, then what was not assessed, each by severity; at most ``count`` of them."""
        return heapq.nsmallest(
            count,
            (finding for finding in self.findings() if finding.status in {Status.FAIL, Status.NOT_ASSESSED}),
            key=_badness,
        )


def _badness(finding: Finding) -> tuple[int, int, str, str]:
    return (
        0 if finding.status is Status.FAIL else 1,
        -finding.severity.rank,
        finding.check,
        finding.resource.id,
    )
