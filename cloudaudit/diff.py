"""What changed between two assessments of one target: by the ids of findings and of resources, streaming.

Nothing is called fixed that was only not looked at: a failure that is not in the later assessment is ``gone`` only where
the check ran, nothing was narrowed and the listing of its kind did not fail.

Both sides go through a scratch database in the temporary folder, so that a million findings weigh no more in memory than
a hundred.
"""

import heapq
import sqlite3
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from itertools import count
from typing import Any

import msgspec
from msgspec import Struct

from cloudaudit.assessment import Assessment, FailingSince, temporary_full
from cloudaudit.errors import UsageError
from cloudaudit.ids import packed
from cloudaudit.model import Finding, ResourceRef, Severity, Status, Theme
from cloudaudit.scoring import Measure
from cloudaudit.text import Text
from cloudaudit.visible import encoded

EXAMPLES = 5
"""Findings that are kept of each change, the worst first."""

CACHE_KB = 16_384
"""Memory that the scratch database may use."""


class Change(StrEnum):
    """What became of a finding; in the order in which a reader wants to know.

    ``UNCOVERED`` fails now and was not assessed, or not looked at, before: nobody knows since when. ``WORSE`` failed
    before and has a higher severity or parts that did not fail. ``BLIND`` was assessed before and is not any more.
    ``GONE`` failed, and its resource is no longer there.
    """

    NEW = "new"
    WORSE = "worse"
    UNCOVERED = "uncovered"
    BLIND = "no-longer-assessed"
    FIXED = "fixed"
    WAIVED = "waived"
    NOT_APPLICABLE = "not-applicable"
    GONE = "gone"
    OUT_OF_SCOPE = "out-of-scope"
    STILL = "still-failing"


APPEARED = frozenset({Change.NEW, Change.WORSE, Change.UNCOVERED})
"""Failures that nobody can say were there before as they are now."""

GOT_WORSE = APPEARED | {Change.BLIND}
"""Changes after which nobody may say that nothing got worse."""


class PartChange(Struct, frozen=True, kw_only=True):
    """What became of a part of a resource: a key of a user, a link of a drive.

    Attributes:
        since: UTC time since when it is known to fail; empty where it does not, or where nobody knows.
    """

    change: Change
    id: str
    key: str
    severity: Severity
    since: str = ""


class ChangedFinding(Struct, frozen=True, kw_only=True):
    """What became of a finding, as the later assessment has it, or the earlier where that has it no more.

    Attributes:
        regressed: it is new, and passed before: it got worse, rather than came with a new resource.
        since: UTC time since when it is known to fail; empty where it does not, or where nobody knows.
        parts: those that fail, or failed before.
    """

    change: Change
    id: str
    check: str
    theme: Theme
    severity: Severity
    resource: ResourceRef
    regressed: bool = False
    since: str = ""
    parts: tuple[PartChange, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What changed since an earlier assessment.

    Attributes:
        since: UTC time of the earlier snapshot.
        before: the earlier score.
        counts: findings by change; a change that no finding has is not in it.
        regressed: how many of the new ones passed before.
        examples: the worst of each.
        new_resources: how many resources were not there before; not counted where the earlier listing may be incomplete.
        gone_resources: how many are not there any more; not counted where the later listing may be incomplete.
        other_checks: the checks were not the same.
        other_policy: the thresholds were not the same.
        failures: those that are new, worse or of unknown age, by theme and severity.
        lines: iterates everything that ``counts`` counts, as long as the context of the comparison lasts.
        came: iterates the new resources, as long.
        went: iterates those that are gone, as long.
    """

    since: str
    before: Measure
    counts: Mapping[Change, int]
    regressed: int
    examples: Mapping[Change, tuple[ChangedFinding, ...]]
    new_resources: int
    gone_resources: int
    other_checks: bool
    other_policy: bool
    failures: Mapping[Theme, Mapping[str, int]]
    lines: Callable[[], Iterator[ChangedFinding]]
    came: Callable[[], Iterator[ResourceRef]]
    went: Callable[[], Iterator[ResourceRef]]

    @property
    def got_worse(self) -> bool:
        """Whether anything fails that did not, fails worse, or is not assessed any more."""
        return any(change in self.counts for change in GOT_WORSE)

    def failing_since(self) -> Iterator[FailingSince]:
        """Yield since when each failure, and each failing part, is known to fail."""
        for line in self.lines():
            if line.since:
                yield FailingSince(id=line.id, since=line.since)
            for part in line.parts:
                if part.since:
                    yield FailingSince(id=part.id, since=part.since)


@contextmanager
def comparison(before: Assessment, now: Assessment) -> Generator[Changes]:
    """Compare; what changed can be iterated as long as the context lasts.

    Raises:
        UsageError: they are not of one target, only one has pseudonyms, or the earlier one is the later.
        OutputError: the temporary folder has no room.
    """
    _refuse(before, now)
    with closing(sqlite3.connect("")) as base:
        scratch = _Scratch(base, before, now)
        try:
            scratch.fill()
            changes = scratch.changes()
        except sqlite3.OperationalError as error:
            raise temporary_full(error) from error
        yield changes


def refuse_other_target(before: Assessment, provider: str, account: str) -> None:
    """Refuse an earlier assessment of another target; one with pseudonyms cannot be told.

    Raises:
        UsageError: it is of another.
    """
    if not before.masked and (before.target.provider, before.target.account) != (provider, account):
        raise UsageError(
            Text(
                en=f"The earlier result (--baseline) is of {before.target.provider} {before.target.account}, "
                f"and this is {provider} {account}; name an earlier result of the same target.",
                ja=f"以前の結果(--baseline)は {before.target.provider} {before.target.account} のもので、今回の対象は "
                f"{provider} {account} です。同じ対象の以前の結果を指定してください。",
            )
        )


def _refuse(before: Assessment, now: Assessment) -> None:
    if before.masked != now.masked:
        raise UsageError(
            Text(
                en="Of the result and the earlier one (--baseline) only one has pseudonyms, so they cannot be compared; "
                "give --mask, or two results with names.",
                ja="今回と以前の結果(--baseline)の一方だけが仮名化されているため、比較できません。"
                "--mask を付けるか、どちらも仮名化していない結果を指定してください。",
            )
        )
    if (before.target.provider, before.target.account) != (now.target.provider, now.target.account):
        if now.masked:
            raise UsageError(
                Text(
                    en="The earlier result (--baseline) is of another target, or was masked with another key; "
                    "name an earlier result of the same target.",
                    ja="以前の結果(--baseline)は別の対象のものか、別の鍵で仮名化されたものです。"
                    "同じ対象の以前の結果を指定してください。",
                )
            )
        refuse_other_target(before, now.target.provider, now.target.account)
    if before.taken_at > now.taken_at:
        raise UsageError(
            Text(
                en=f"The earlier result (--baseline) is of {before.taken_at}, later than the result ({now.taken_at}); "
                "name an earlier one.",
                ja=f"以前の結果(--baseline)の日時 {before.taken_at} が今回の結果({now.taken_at})より後です。"
                "以前の結果を指定してください。",
            )
        )


class _Seen:
    """What an assessment looked at."""

    def __init__(self, assessment: Assessment) -> None:
        self._checks = frozenset(assessment.scope.checks)
        self._narrowed = assessment.scope.narrowed
        self._gaps = tuple(assessment.gaps)

    def ran(self, check: str) -> bool:
        """Whether a check ran."""
        return check in self._checks

    def unlisted(self, resource: ResourceRef) -> bool:
        """Whether a listing failed in which the resource would stand."""
        return any(
            gap.of == resource.kind
            and gap.region in {"", "global", resource.region}
            and gap.account in {"", resource.account}
            for gap in self._gaps
        )

    def could_miss(self, resource: ResourceRef) -> bool:
        """Whether a resource that was not listed may have been there all the same."""
        return self._narrowed or self.unlisted(resource)


class _Part(Struct, frozen=True, array_like=True):
    id: str
    key: str
    severity: Severity
    failing: bool


class _Line(Struct, frozen=True, array_like=True):
    """What is kept of a finding; the parts of failures only."""

    id: str
    check: str
    theme: Theme
    severity: Severity
    resource: ResourceRef
    parts: tuple[_Part, ...]


_SHAPE = """
CREATE TABLE before (id BLOB, status TEXT, resource BLOB, line BLOB);
CREATE TABLE now (id BLOB, status TEXT, resource BLOB, line BLOB);
CREATE TABLE since_before (id BLOB PRIMARY KEY, since TEXT) WITHOUT ROWID;
CREATE TABLE since_now (id BLOB PRIMARY KEY, since TEXT) WITHOUT ROWID;
CREATE TABLE there_before (resource BLOB, missed INTEGER, ref BLOB);
CREATE TABLE there_now (resource BLOB, missed INTEGER, ref BLOB);
"""
_INDEXES = """
CREATE INDEX before_id ON before (id);
CREATE INDEX now_id ON now (id);
CREATE INDEX there_before_resource ON there_before (resource);
CREATE INDEX there_now_resource ON there_now (resource);
"""
_PRESENT = """
SELECT now.status, now.line, before.status, before.line
FROM now LEFT JOIN before ON before.id = now.id
WHERE now.status IN ('fail', 'not-assessed') OR before.status = 'fail' ORDER BY now.rowid
"""
_ABSENT = """
SELECT before.status, before.line, EXISTS (SELECT 1 FROM there_now WHERE there_now.resource = before.resource)
FROM before WHERE before.status != 'not-assessed' AND NOT EXISTS (SELECT 1 FROM now WHERE now.id = before.id)
ORDER BY before.rowid
"""
_ONLY_HERE = """
SELECT ref FROM {here} WHERE NOT missed
AND NOT EXISTS (SELECT 1 FROM {there} WHERE {there}.resource = {here}.resource) ORDER BY rowid
"""
_SINCE = "SELECT since FROM since_now WHERE id = :id UNION ALL SELECT since FROM since_before WHERE id = :id"


class _Scratch:
    """Both assessments in a database that is gone when it is closed."""

    def __init__(self, base: sqlite3.Connection, before: Assessment, now: Assessment) -> None:
        self._base = base
        self._before, self._now = before, now
        self._seen_before, self._seen_now = _Seen(before), _Seen(now)
        self._encoder = msgspec.json.Encoder()
        self._line = msgspec.json.Decoder(_Line)
        self._ref = msgspec.json.Decoder(ResourceRef)
        base.executescript(f"PRAGMA cache_size = -{CACHE_KB};")
        base.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SHAPE)

    def fill(self) -> None:
        """Take in both."""
        for table, assessment in (("before", self._before), ("now", self._now)):
            self._base.executemany(
                f"INSERT INTO {table} VALUES (?, ?, ?, ?)",  # noqa: S608 - one of two words of ours
                map(self._row, assessment.findings()),
            )
            self._base.executemany(
                f"INSERT OR IGNORE INTO since_{table} VALUES (?, ?)",  # noqa: S608 - one of two words of ours
                ((packed(one.id), one.since) for one in assessment.failing_since()),
            )
        for table, assessment, other in (
            ("there_before", self._before, self._seen_now),
            ("there_now", self._now, self._seen_before),
        ):
            self._base.executemany(
                f"INSERT INTO {table} VALUES (?, ?, ?)",  # noqa: S608 - one of two words of ours
                (
                    (_digest(one), other.could_miss(one), encoded(self._encoder, one))
                    for one in assessment.resources()
                ),
            )
        self._base.executescript(_INDEXES)

    def changes(self) -> Changes:
        """Return what changed."""
        kept = _Kept()
        for line in self.lines():
            kept.add(line)
        before, now = self._before, self._now
        return Changes(
            since=before.taken_at,
            before=before.score.overall,
            counts={change: kept.counts[change] for change in Change if kept.counts[change]},
            regressed=kept.regressed,
            failures=kept.failures,
            examples=kept.examples(),
            new_resources=sum(1 for _ in self.came()),
            gone_resources=sum(1 for _ in self.went()),
            other_checks=before.tool.checks_digest != now.tool.checks_digest,
            other_policy=before.policy != now.policy,
            lines=self.lines,
            came=self.came,
            went=self.went,
        )

    def lines(self) -> Iterator[ChangedFinding]:
        """Yield what became of every finding that changed or fails: those of the later assessment first."""
        for status, line, was, earlier in self._base.execute(_PRESENT):
            changed = self._changed(Status(status), self._read(line), was and Status(was), earlier)
            if changed is not None:
                yield changed
        for was, earlier, there in self._base.execute(_ABSENT):
            line = self._read(earlier)
            change = self._vanished(Status(was), line, there=bool(there))
            if change is not None:
                yield _told(change, line)

    def came(self) -> Iterator[ResourceRef]:
        """Yield the resources that were not there before."""
        return self._only("there_now", "there_before")

    def went(self) -> Iterator[ResourceRef]:
        """Yield the resources that are not there any more."""
        return self._only("there_before", "there_now")

    def _only(self, here: str, there: str) -> Iterator[ResourceRef]:
        for (ref,) in self._base.execute(_ONLY_HERE.format(here=here, there=there)):
            yield self._ref.decode(ref)

    def _row(self, finding: Finding) -> tuple[bytes, str, bytes, bytes]:
        failing = finding.status is Status.FAIL
        parts = tuple(
            _Part(sub.id, sub.key, sub.severity, sub.status is Status.FAIL)
            for sub in (finding.sub_findings if failing else ())
        )
        line = _Line(finding.id, finding.check, finding.theme, finding.severity, finding.resource, parts)
        return (
            packed(finding.id),
            finding.status.value,
            _digest(finding.resource),
            encoded(self._encoder, line),
        )

    def _read(self, line: bytes) -> _Line:
        return self._line.decode(line)

    def _changed(
        self, status: Status, line: _Line, was: Status | None, earlier: bytes
    ) -> ChangedFinding | None:
        if status is Status.FAIL:
            if was is Status.FAIL:
                return self._still(line, self._read(earlier))
            change = self._appeared(line, was)
            since = self._told_since(line.id) or (self._now.taken_at if change is Change.NEW else "")
            parts = (_part(change, part, since) for part in line.parts if part.failing)
            return _told(
                change,
                line,
                regressed=change is Change.NEW and was is Status.PASS,
                since=since,
                parts=tuple(parts),
            )
        if status is Status.NOT_ASSESSED:
            return _told(Change.BLIND, line) if was not in {None, Status.NOT_ASSESSED} else None
        return _told(_ENDS[status], self._read(earlier))

    def _still(self, line: _Line, earlier: _Line) -> ChangedFinding:
        failed = {part.id: part for part in earlier.parts if part.failing}
        mentioned = {part.id for part in line.parts}
        parts: list[PartChange] = []
        for part in line.parts:
            if part.failing and part.id in failed:
                parts.append(_part(Change.STILL, part, self._since(part.id)))
            elif part.failing:
                parts.append(_part(Change.NEW, part, self._now.taken_at))
            elif part.id in failed:
                parts.append(_part(Change.FIXED, part))
        parts += (_part(Change.GONE, part) for part in failed.values() if part.id not in mentioned)
        more = any(part.change is Change.NEW for part in parts)
        worse = more or line.severity.rank > earlier.severity.rank
        change = Change.WORSE if worse else Change.STILL
        return _told(change, line, since=self._since(line.id), parts=tuple(parts))

    def _since(self, identity: str) -> str:
        found = self._base.execute(_SINCE, {"id": packed(identity)}).fetchone()
        return str(found[0]) if found else self._before.taken_at

    def _told_since(self, identity: str) -> str:
        """Return what a history says; only it knows more than the earlier result of what that did not see fail."""
        found = self._base.execute("SELECT since FROM since_now WHERE id = ?", (packed(identity),)).fetchone()
        return str(found[0]) if found else ""

    def _appeared(self, line: _Line, was: Status | None) -> Change:
        if was in {Status.PASS, Status.NOT_APPLICABLE, Status.WAIVED}:
            return Change.NEW
        seen = self._seen_before
        unseen = was is Status.NOT_ASSESSED or not seen.ran(line.check) or seen.could_miss(line.resource)
        return Change.UNCOVERED if unseen else Change.NEW

    def _vanished(self, was: Status, line: _Line, *, there: bool) -> Change | None:
        """Return what became of an earlier finding that the later assessment does not mention."""
        failed = was is Status.FAIL
        if not self._seen_now.ran(line.check):
            return Change.OUT_OF_SCOPE if failed else None
        if there or self._seen_now.unlisted(line.resource):
            return Change.BLIND
        if not failed:
            return None
        return Change.OUT_OF_SCOPE if self._seen_now.could_miss(line.resource) else Change.GONE


_ENDS = {
    Status.PASS: Change.FIXED,
    Status.WAIVED: Change.WAIVED,
    Status.NOT_APPLICABLE: Change.NOT_APPLICABLE,
}


def _told(change: Change, line: _Line, **more: Any) -> ChangedFinding:  # noqa: ANN401 - members of the struct
    return ChangedFinding(
        change=change,
        id=line.id,
        check=line.check,
        theme=line.theme,
        severity=line.severity,
        resource=line.resource,
        **more,
    )


def _part(change: Change, part: _Part, since: str = "") -> PartChange:
    return PartChange(change=change, id=part.id, key=part.key, severity=part.severity, since=since)


def _digest(resource: ResourceRef) -> bytes:
    name = f"{resource.kind}\0{resource.id}".encode("utf-8", "surrogatepass")
    return blake2b(name, digest_size=16).digest()


class _Kept:
    """Counts, and the worst of each change."""

    def __init__(self) -> None:
        self.counts: Counter[Change] = Counter()
        self.regressed = 0
        self.failures: dict[Theme, Counter[str]] = {}
        self._worst: dict[Change, list[tuple[int, int, ChangedFinding]]] = {}
        self._order = count()

    def add(self, line: ChangedFinding) -> None:
        """Count a finding, and keep it if it is among the worst; of equals the first stays."""
        self.counts[line.change] += 1
        self.regressed += line.regressed
        if line.change in APPEARED:
            self.failures.setdefault(line.theme, Counter())[line.severity.value] += 1
        heap = self._worst.setdefault(line.change, [])
        entry = (line.severity.rank, -next(self._order), line)
        if len(heap) < EXAMPLES:
            heapq.heappush(heap, entry)
        else:
            heapq.heappushpop(heap, entry)

    def examples(self) -> dict[Change, tuple[ChangedFinding, ...]]:
        """Return the worst of each change, in the order of the changes."""
        return {
            change: tuple(line for _, _, line in sorted(self._worst[change], key=_badness))
            for change in Change
            if change in self._worst
        }


def _badness(entry: tuple[int, int, ChangedFinding]) -> tuple[int, int]:
    return -entry[0], -entry[1]
