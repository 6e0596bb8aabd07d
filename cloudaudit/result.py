"""A saved ``result.json`` as an assessment again: validated whole, read in pieces, never held in memory."""

import re
from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, TypeVar

import msgspec
from msgspec import Struct

from cloudaudit import clock
from cloudaudit.assessment import (
    READ_AT_ONCE,
    SCHEMA,
    Assessment,
    CheckInfo,
    Counts,
    ExitReason,
    FailingSince,
    Scope,
    Target,
    ToolInfo,
)
from cloudaudit.client import Client
from cloudaudit.errors import ResultError
from cloudaudit.ledger import LedgerCheck
from cloudaudit.model import Finding, Gap, ResourceRef, Severity, Share, Status, Theme
from cloudaudit.policy import PolicyLine
from cloudaudit.scoring import Measure, Score
from cloudaudit.text import Text
from cloudaudit.visible import encoded
from cloudaudit.waivers import WaiverEntry

T = TypeVar("T")
_MEMBER = re.compile(rb'"([a-z_]+)": (.+)\n', re.DOTALL)
_LISTS: Mapping[str, type[Struct]] = {
    "checks": CheckInfo,
    "resources": ResourceRef,
    "waivers": WaiverEntry,
    "sharing": Share,
    "failing_since": FailingSince,
    "findings": Finding,
}
"""The members that may be long: one item a line."""

_OPTIONAL = frozenset({"failing_since"})
"""Those of them that a result need not have."""

_FULL = 100.0


class Head(Struct, frozen=True, forbid_unknown_fields=True):
    """The members of a result that are small; their names and order are those of ``result.json``."""

    schema: int
    tool: ToolInfo
    target: Target
    taken_at: str
    masked: bool
    scope: Scope
    policy: tuple[PolicyLine, ...]
    score: Score
    counts: Counts
    gaps: tuple[Gap, ...]
    exit: tuple[ExitReason, ...]
    ledger: LedgerCheck | None = None
    client: Client | None = None


def settled(assessment: Assessment) -> Assessment:
    """Return an assessment as it would be read back: the same types and the same order in every mapping.

    Reports are made from this, so that those made at once and those made later from the result are the same bytes.
    Findings and resources are on disk, as JSON, since they were collected and judged; they need no settling.
    """
    encoder = msgspec.json.Encoder(order="deterministic")
    members = {name: getattr(assessment, name) for name in Head.__struct_fields__}
    head = msgspec.json.decode(encoded(encoder, members), type=Head)

    def again(items: Iterator[T], kind: type[T]) -> Iterator[T]:
        decoder = msgspec.json.Decoder(kind)
        return (decoder.decode(encoded(encoder, item)) for item in items)

    return replace(
        assessment,
        **_members(head),
        shares=lambda: again(iter(assessment.shares()), Share),
        waivers=tuple(again(iter(assessment.waivers), WaiverEntry)),
        checks=_by_id(again(iter(assessment.checks.values()), CheckInfo)),
    )


@contextmanager
def open_result(path: Path) -> Generator[Assessment]:
    """Open a result; the assessment can be read as long as the context lasts.

    Raises:
        ResultError: it is not there, is none, is of a newer schema, or was damaged or edited.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise _unreadable(path, error) from error
    with file:
        try:
            assessment = _read(file, path)
        except OSError as error:
            raise _unreadable(path, error) from error
        yield assessment


@dataclass(frozen=True)
class _Section:
    """Where the items of a list lie in the file: from the first byte to behind the last."""

    start: int
    end: int


class _Reader:
    """Walks over a result once, line by line, and remembers where its lists lie."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file = file
        self._path = path
        self._line = 0
        self._place = 0
        self.small: dict[str, bytes] = {}
        self.sections: dict[str, _Section] = {}
        self.statuses: Counter[Status] = Counter()
        self.failures: Counter[str] = Counter()
        self.waived_by: set[str] = set()

    def read(self) -> None:
        """Index and validate everything.

        Raises:
            ResultError: it is not as cloudaudit wrote it.
        """
        if self._next() != b"{\n":
            self.refuse()
        more = True
        while more:
            member = _MEMBER.fullmatch(self._next())
            if member is None:
                self.refuse()
            name, value = member[1].decode(), member[2]
            if name in self.small or name in self.sections:
                self.refuse()
            if not self.small and name != "schema":
                self.refuse()
            if value == b"[":
                more = self._list(name)
            else:
                more = value.endswith(b",")
                self._small(name, value.removesuffix(b","))
        if self._next() != b"}\n" or self._next():
            self.refuse()

    def refuse(self) -> NoReturn:
        """Say that the result is not as cloudaudit wrote it."""
        raise ResultError(
            Text(
                en=f"{self._path} is no result of cloudaudit, or was cut off or edited (line {self._line}); "
                "take the result.json that the run wrote.",
                ja=f"{self._path} は cloudaudit の結果ではないか、途中で切れているか、編集されています"
                f"({self._line} 行目)。実行時に出力された result.json を指定してください。",
            )
        )

    def items(self, name: str) -> Iterator[Any]:
        """Read the items of a list, holding a few at a time."""
        if name not in self.sections:
            return
        decoder = msgspec.json.Decoder(_LISTS[name])
        place, end = self.sections[name].start, self.sections[name].end
        while place < end:
            # Another iteration may move the file between two items, so each part is taken from its own place.
            try:
                self._file.seek(place)
                # It reads until there is more than the hint; the last line here ends exactly where the list does.
                lines = self._file.readlines(min(READ_AT_ONCE, end - place - 1))
            except OSError as error:
                raise _unreadable(self._path, error) from error
            place += sum(map(len, lines))
            for line in lines:
                yield decoder.decode(line.rstrip(b",\n"))

    def _next(self) -> bytes:
        line = self._file.readline()
        self._place += len(line)
        self._line += 1
        return line

    def _small(self, name: str, value: bytes) -> None:
        if name == "schema":
            self._refuse_newer(value)
        if name in _LISTS:
            if value != b"[]":
                self.refuse()
            self.sections[name] = _Section(self._place, self._place)
            return
        self.small[name] = value

    def _refuse_newer(self, value: bytes) -> None:
        if value.isdigit() and int(value) > SCHEMA:
            raise ResultError(
                Text(
                    en=f"{self._path} is of schema {int(value)}, newer than this version of cloudaudit, which reads "
                    f"{SCHEMA}; update cloudaudit.",
                    ja=f"{self._path} のスキーマ {int(value)} は、このバージョンの cloudaudit(対応: {SCHEMA})より"
                    "新しいものです。cloudaudit を更新してください。",
                )
            )
        if value != b"%d" % SCHEMA:
            self.refuse()

    def _list(self, name: str) -> bool:
        """Walk over a list; return whether another member follows."""
        if name not in _LISTS:
            self.refuse()
        decoder = msgspec.json.Decoder(_LISTS[name])
        start = self._place
        more = True
        while more:
            line = self._next()
            more = line.endswith(b",\n")
            try:
                item: Any = decoder.decode(line.rstrip(b",\n"))
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                self.refuse()
            if isinstance(item, Finding):
                self._count(item)
        self.sections[name] = _Section(start, self._place)
        end = self._next()
        if end not in {b"]\n", b"],\n"}:
            self.refuse()
        return end == b"],\n"

    def _count(self, finding: Finding) -> None:
        self.statuses[finding.status] += 1
        if finding.status is Status.FAIL:
            self.failures[finding.severity.value] += 1
        self.waived_by.update(
            by for by in (finding.waiver, *(sub.waiver for sub in finding.sub_findings)) if by
        )


def _read(file: BinaryIO, path: Path) -> Assessment:
    reader = _Reader(file, path)
    reader.read()
    if {*reader.sections, *_OPTIONAL} != set(_LISTS):
        reader.refuse()
    text = b",".join(b'"%s":%s' % (name.encode(), value) for name, value in reader.small.items())
    try:
        head = msgspec.json.decode(b"{" + text + b"}", type=Head)
        members = _members(head)
        clock.parse_judging_time(head.taken_at)
    except (msgspec.DecodeError, RecursionError, ValueError):
        reader.refuse()
    if not _counted(head.counts, reader) or not all(map(_sane, _measures(head.score))):
        reader.refuse()
    waivers: tuple[WaiverEntry, ...] = tuple(reader.items("waivers"))
    # A contract must not vanish from a result that lives by it.
    if not reader.waived_by <= {entry.id for entry in waivers}:
        reader.refuse()
    return Assessment(
        **members,
        checks=_by_id(reader.items("checks")),
        shares=lambda: reader.items("sharing"),
        waivers=waivers,
        resources=lambda: reader.items("resources"),
        failing_since=lambda: reader.items("failing_since"),
        findings=lambda: reader.items("findings"),
    )


def _members(head: Head) -> dict[str, Any]:
    """Return the small members of an assessment; the themes in their own order.

    Raises:
        ValueError: there is no such theme.
    """
    order = {theme.value: place for place, theme in enumerate(Theme)}
    if not head.score.themes.keys() <= order.keys():
        message = "no such theme"
        raise ValueError(message)
    themes = dict(sorted(head.score.themes.items(), key=lambda item: order[item[0]]))
    members = {name: getattr(head, name) for name in Head.__struct_fields__}
    return members | {"score": msgspec.structs.replace(head.score, themes=themes)}


def _by_id(checks: Iterator[CheckInfo]) -> dict[str, CheckInfo]:
    return dict(sorted((check.id, check) for check in checks))


def _counted(counts: Counts, reader: _Reader) -> bool:
    """Whether the counts are those of the findings: a result from which a finding was taken must not pass."""
    told = {
        Status.PASS: counts.pass_,
        Status.FAIL: counts.fail,
        Status.NOT_ASSESSED: counts.not_assessed,
        Status.NOT_APPLICABLE: counts.not_applicable,
        Status.WAIVED: counts.waived,
    }
    severities = {severity.value for severity in Severity} >= counts.by_severity.keys()
    return (
        severities and +Counter(told) == reader.statuses and +Counter(counts.by_severity) == reader.failures
    )


def _measures(score: Score) -> tuple[Measure, ...]:
    return (score.overall, score.without_waivers, *score.themes.values())


def _sane(measure: Measure) -> bool:
    figures = (measure.guaranteed, measure.best, measure.coverage)
    return all(figure is None or 0 <= figure <= _FULL for figure in figures)


def _unreadable(path: Path, error: OSError) -> ResultError:
    return ResultError(
        Text(
            en=f"The result {path} cannot be read ({error.strerror}); check the path.",
            ja=f"結果 {path} を読み込めません({error.strerror})。パスを確認してください。",
        )
    )
