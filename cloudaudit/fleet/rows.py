"""One small row a target, and the overview of all: what reports of a fleet are made of. Pure.

A row of a fleet of 5,000 accounts is about a kilobyte; findings are never in it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from cloudaudit.assessment import Assessment, Counts, ExitReason
from cloudaudit.client import Client
from cloudaudit.diff import Change
from cloudaudit.errors import Exit
from cloudaudit.model import Severity
from cloudaudit.scoring import Measure
from cloudaudit.text import Text

SCHEMA = 1
"""The version of ``overview.json``."""


class State(StrEnum):
    """What became of a target; in the order in which a reader wants to know."""

    FAILED = "failed"
    MISSING = "missing"
    SCANNED = "scanned"
    NOT_SCANNED = "not-scanned"


class Row(Struct, frozen=True, kw_only=True):
    """A target in the overview.

    Attributes:
        name: of the target and of its folder.
        title: for people.
        state: ``failed`` could not be started or broke off without a result; ``missing`` was never begun, or its shard
            is not there; ``not-scanned`` was left out for a reason that is told.
        code: exit code of its own scan; for ``not-scanned`` 0.
        reasons: why, the deciding one first.
        overall: its score; None without a result.
        by_severity: failures by severity.
        changes: findings by what became of them since the earlier result; None where none was compared.
        digest: SHA-256 of its result.json in hexadecimal; empty without a result.
        files: in its folder, by name.
        narrowed: not everything was looked at, by the user's wish.
    """

    name: str
    title: str
    provider: str
    state: State
    code: int
    reasons: tuple[ExitReason, ...] = ()
    account: str = ""
    taken_at: str = ""
    overall: Measure | None = None
    counts: Counts | None = None
    narrowed: bool = False
    masked: bool = False
    changes: dict[str, int] | None = None
    since: str = ""
    digest: str = ""
    files: tuple[str, ...] = ()

    @property
    def by_severity(self) -> Mapping[str, int]:
        """Failures by severity."""
        return self.counts.by_severity if self.counts else {}

    @property
    def stopped(self) -> bool:
        """Whether a second attempt may mend it: it failed, was never begun, or broke off."""
        return self.state in {State.FAILED, State.MISSING} or self.code == Exit.INTERRUPTED


class Overview(Struct, frozen=True, kw_only=True):
    """A fleet.

    Attributes:
        taken_at: UTC time of the fleet.
        run: what the shards of one run share, such as the id of the CI run; empty for none.
        shard: ``i/n`` of one shard; empty for a whole fleet.
        missing_shards: of a merged fleet, the shards that are not there, as ``i/n``.
        exit: every reason, the deciding one first.
        client: whose targets these are and who allowed it; None where no client was named.
    """

    schema: int = SCHEMA
    version: str
    taken_at: str
    run: str = ""
    shard: str = ""
    missing_shards: tuple[str, ...] = ()
    masked: bool = False
    code: int
    exit: tuple[ExitReason, ...]
    targets: tuple[Row, ...]
    client: Client | None = None

    def counted(self) -> Counter[State]:
        """Return how many targets there are of each state."""
        return Counter(row.state for row in self.targets)

    def failures(self) -> dict[Severity, int]:
        """Return the failures of all targets by severity, the worst first; only those that there are."""
        total: Counter[str] = Counter()
        for row in self.targets:
            total.update(row.by_severity)
        return {severity: total[severity.value] for severity in Severity if total[severity.value]}


def row_of(name: str, title: str, assessment: Assessment, digest: str, files: Sequence[str]) -> Row:
    """Return the row of a target that has a result."""
    return Row(
        name=name,
        title=title,
        provider=assessment.target.provider,
        state=State.SCANNED,
        code=assessment.exit_code,
        reasons=assessment.exit,
        account=assessment.target.account,
        taken_at=assessment.taken_at,
        overall=assessment.score.overall,
        counts=assessment.counts,
        narrowed=assessment.scope.narrowed,
        masked=assessment.masked,
        digest=digest,
        files=tuple(sorted(files)),
    )


def failed(name: str, title: str, provider: str, code: int, reason: Text) -> Row:
    """Return the row of a target that has no result."""
    return Row(
        name=name,
        title=title,
        provider=provider,
        state=State.FAILED,
        code=code,
        reasons=(ExitReason(code=code, reason=reason),),
    )


def exit_reasons(rows: Iterable[Row], missing_shards: Sequence[str] = ()) -> tuple[ExitReason, ...]:
    """Return every reason for the exit code of a fleet, the deciding one first (130, 4, 3, 1); empty when clean.

    A target that could not be started counts as incomplete; only where none at all was started is that the code 2.
    """
    listed = tuple(rows)
    tried = [row for row in listed if row.state is not State.NOT_SCANNED]
    none_began = bool(tried) and not missing_shards and all(row.code == Exit.USAGE for row in tried)
    unstarted = Exit.USAGE if none_began else Exit.INCOMPLETE
    found = [*_of_targets(listed, unstarted), *_of_shards(missing_shards)]
    if not any(row.state is State.SCANNED for row in listed):
        nothing = Text(en="no target was scanned", ja="スキャンできた対象がありません")
        found.append(ExitReason(code=unstarted, reason=nothing))
    return tuple(sorted(found, key=lambda one: -one.code))


_TOLD = 5
"""Targets that a reason names; all stand in the overview."""


def _of_targets(rows: Sequence[Row], unstarted: int) -> Iterable[ExitReason]:
    by_code: dict[int, list[str]] = {}
    for row in rows:
        if row.state is State.SCANNED and row.code:
            for code in {reason.code for reason in row.reasons} | {row.code}:
                by_code.setdefault(code, []).append(row.name)
    for code in sorted(by_code, reverse=True):
        yield _told(code, by_code[code], _WHAT.get(code, _WHAT[Exit.INCOMPLETE]))
    broken_off = [row.name for row in rows if row.state is State.FAILED and row.code == Exit.INTERRUPTED]
    without = [row.name for row in rows if row.state is State.FAILED and row.code != Exit.INTERRUPTED]
    absent = [row.name for row in rows if row.state is State.MISSING]
    if broken_off:
        yield _told(Exit.INTERRUPTED, broken_off, _WHAT[Exit.INTERRUPTED])
    if without:
        yield _told(unstarted, without, _NO_RESULT)
    if absent:
        code = Exit.INTERRUPTED if any(row.code == Exit.INTERRUPTED for row in rows) else Exit.INCOMPLETE
        yield _told(code, absent, _ABSENT)


def _of_shards(missing: Sequence[str]) -> Iterable[ExitReason]:
    if missing:
        names = ", ".join(missing)
        yield ExitReason(
            code=Exit.INCOMPLETE,
            reason=Text(
                en=f"shards are missing, and with them all their targets: {names}",
                ja=f"結果が揃っていないシャードがあり、その対象は確認できていません: {names}",
            ),
        )


_WHAT: dict[int, Text] = {
    Exit.FINDINGS: Text(en="targets with failures at or above the limit", ja="基準以上の不適合がある対象"),
    Exit.INCOMPLETE: Text(en="targets that were not wholly assessed", ja="判定が完了していない対象"),
    Exit.EVIDENCE: Text(en="targets whose evidence does not verify", ja="証跡を検証できない対象"),
    Exit.INTERRUPTED: Text(en="targets that were interrupted", ja="スキャンが中断された対象"),
}
_NO_RESULT = Text(en="targets without a result", ja="結果を得られなかった対象")
_ABSENT = Text(en="targets that are missing", ja="未実施の対象")


def _told(code: int, names: Sequence[str], what: Text) -> ExitReason:
    rest = len(names) - _TOLD
    listed = ", ".join(names[:_TOLD])
    return ExitReason(
        code=code,
        reason=Text(
            en=f"{what.en}: {len(names)} ({listed}{f' and {rest} more' if rest > 0 else ''})",
            ja=f"{what.ja}: {len(names)} 件({listed}{f' ほか {rest} 件' if rest > 0 else ''})",
        ),
    )


def overview(
    rows: Iterable[Row],
    *,
    version: str,
    taken_at: str,
    run: str = "",
    shard: str = "",
    missing_shards: Sequence[str] = (),
    client: Client | None = None,
) -> Overview:
    """Return the overview of rows, the worst first within each state."""
    listed = sorted(rows, key=_badness)
    reasons = exit_reasons(listed, missing_shards)
    return Overview(
        version=version,
        taken_at=taken_at,
        run=run,
        shard=shard,
        missing_shards=tuple(missing_shards),
        masked=any(row.masked for row in listed),
        code=reasons[0].code if reasons else 0,
        exit=reasons,
        targets=tuple(listed),
        client=client,
    )


_STATES = list(State)


def _badness(row: Row) -> tuple[int, float, tuple[int, ...], str]:
    guaranteed = row.overall.guaranteed if row.overall else None
    failures = tuple(-row.by_severity.get(severity.value, 0) for severity in Severity)
    return (_STATES.index(row.state), -1.0 if guaranteed is None else guaranteed, failures, row.name)


CHANGES: dict[Change, Text] = {
    Change.NEW: Text(en="new", ja="新規"),
    Change.WORSE: Text(en="worse", ja="悪化"),
    Change.UNCOVERED: Text(en="newly visible", ja="新たに判明"),
    Change.BLIND: Text(en="no longer assessed", ja="判定不能に変化"),
    Change.FIXED: Text(en="fixed", ja="是正"),
}
"""What an overview tells of the changes, in this order; the rest stands in each target's own report."""
