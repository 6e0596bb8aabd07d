"""The history of a target's runs: since when something fails, and how the score went. A cache in one SQLite file.

It can be rebuilt at any time from results that were kept, in any order, and holds no name of a resource: of each finding
its id, and one row for each span of runs over which it stayed the same; of each run its score and its counts.

A span that still holds has no end, so a night in which little changes writes little. Runs of several targets may share a
file; their rows never meet. What was narrowed is refused, for what it left out would look as if it had gone, and so is a
masked result, whose ids are others.
"""

import re
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct, structs

from cloudaudit import clock
from cloudaudit.assessment import Assessment, FailingSince
from cloudaudit.errors import UsageError
from cloudaudit.ids import packed
from cloudaudit.model import Finding, Severity, Status
from cloudaudit.text import Text

SCHEMA = 1
WAIT_SECONDS = 60.0
"""How long a run waits while another writes."""

_MAGIC = 0x636C6175
_STATUSES = tuple(Status)
_SEVERITIES = tuple(Severity)
_FAIL, _NOT_ASSESSED = _STATUSES.index(Status.FAIL), _STATUSES.index(Status.NOT_ASSESSED)
_STEP = 8
_NEVER = 1 << 60

_SHAPE = f"""
CREATE TABLE targets (id INTEGER PRIMARY KEY, provider TEXT NOT NULL, account TEXT NOT NULL, UNIQUE (provider, account));
CREATE TABLE runs (
    target INTEGER NOT NULL, at INTEGER NOT NULL, checks TEXT NOT NULL,
    guaranteed REAL, best REAL, coverage REAL, grade TEXT,
    passed INTEGER, failed INTEGER, not_assessed INTEGER, not_applicable INTEGER, waived INTEGER,
    critical INTEGER, high INTEGER, medium INTEGER, low INTEGER, info INTEGER,
    PRIMARY KEY (target, at)) WITHOUT ROWID;
CREATE TABLE findings (id INTEGER PRIMARY KEY, target INTEGER NOT NULL, key BLOB NOT NULL, UNIQUE (target, key));
CREATE TABLE spans (
    target INTEGER NOT NULL, finding INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER, state INTEGER NOT NULL,
    PRIMARY KEY (target, finding, first)) WITHOUT ROWID;
PRAGMA application_id = {_MAGIC};
PRAGMA user_version = {SCHEMA};
"""

# `tonight` holds the run that joins. :at is its time, :before and :after those of the runs beside it; of the spans that
# touch it, the ones that hold before and after are `through`. All of these statements are put together of our own words.
_SAME = "EXISTS (SELECT 1 FROM tonight WHERE tonight.finding = spans.finding AND tonight.state = spans.state)"
_LAST_NIGHT = (
    # What was open and is not so tonight ends with the run before.
    f"UPDATE spans SET last = :before WHERE target = :target AND last IS NULL AND NOT {_SAME}",  # noqa: S608 - our own words
    """INSERT INTO spans SELECT :target, finding, :at, NULL, state FROM tonight WHERE NOT EXISTS (
        SELECT 1 FROM spans WHERE target = :target AND spans.finding = tonight.finding AND last IS NULL)""",
)
_THROUGH = "spans.target = :target AND first <= :before AND (last IS NULL OR last >= :after)"
_BETWEEN = (
    # Where a span holds on both sides and not tonight, it becomes two.
    f"CREATE TEMP TABLE cut AS SELECT finding, last, state FROM spans WHERE {_THROUGH} AND NOT {_SAME}",  # noqa: S608 - our own words
    f"UPDATE spans SET last = :before WHERE {_THROUGH} AND NOT {_SAME}",  # noqa: S608 - our own words
    "INSERT INTO spans SELECT :target, finding, :after, last, state FROM cut",
    "DROP TABLE cut",
    # Where it ends with the run before, or begins with the one after, it reaches to tonight.
    f"UPDATE spans SET last = :at WHERE target = :target AND last = :before AND {_SAME}",  # noqa: S608 - our own words
    f"UPDATE spans SET first = :at WHERE target = :target AND first = :after AND {_SAME}",  # noqa: S608 - our own words
    """INSERT INTO spans SELECT :target, finding, :at, :at, state FROM tonight WHERE NOT EXISTS (
        SELECT 1 FROM spans WHERE target = :target AND spans.finding = tonight.finding
        AND first <= :at AND (last IS NULL OR last >= :at))""",
)
_RUN_COLUMNS = (
    "at, checks, guaranteed, best, coverage, grade, passed, failed, not_assessed, not_applicable, waived, "
    "critical, high, medium, low, info"
)


class HistoryError(UsageError):
    """A history cannot be used; the results that it was made from are as they were."""


class Run(Struct, frozen=True, kw_only=True):
    """One run of a target.

    Attributes:
        at: UTC time of its snapshot.
        checks: digest of the checks that ran; where it changes, so may the score.
        guaranteed, best, coverage, grade: its score; None where nothing was assessed.
        critical, high, medium, low, info: its failures by severity.
    """

    at: str
    checks: str
    guaranteed: float | None
    best: float | None
    coverage: float | None
    grade: str | None
    passed: int
    failed: int
    not_assessed: int
    not_applicable: int
    waived: int
    critical: int
    high: int
    medium: int
    low: int
    info: int


class State(NamedTuple):
    """How a finding or a part stands in one run."""

    id: str
    status: Status
    severity: Severity


class KnownTarget(Struct, frozen=True, kw_only=True):
    """A target that a history has runs of."""

    provider: str
    account: str
    runs: int


class History:
    """An open history."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base = base

    def targets(self) -> tuple[KnownTarget, ...]:
        """Return the targets, by name."""
        rows = self._base.execute(
            "SELECT provider, account, (SELECT COUNT(*) FROM runs WHERE runs.target = targets.id) FROM targets "
            "ORDER BY provider, account"
        )
        return tuple(KnownTarget(provider=row[0], account=row[1], runs=row[2]) for row in rows)

    def trend(self, provider: str, account: str, *, until: str = "") -> tuple[Run, ...]:
        """Return the last run of each day (UTC) up to and with a time, the oldest first."""
        rows = self._base.execute(
            f"SELECT {_RUN_COLUMNS} FROM runs WHERE target = ? AND at <= ? ORDER BY at",  # noqa: S608 - ours
            (self._target(provider, account), _seconds(until) if until else _NEVER),
        )
        last_of_day = {row[0] // clock.SECONDS_A_DAY: row for row in rows}
        return tuple(_read_run(row) for row in last_of_day.values())

    def failing_since(self, assessment: Assessment) -> Iterator[FailingSince]:
        """Yield since when each failure of a run, and each failing part, is known to fail.

        Runs in which it was not assessed are passed over, for nobody saw it mended there; any other ends it.
        """
        target = self._target(assessment.target.provider, assessment.target.account)
        now = _seconds(assessment.taken_at)
        for state in states(assessment.findings()):
            if state.status is Status.FAIL:
                since = self._since(target, state.id, now)
                yield FailingSince(id=state.id, since=_stamp(now if since is None else since))

    def _since(self, target: int | None, identity: str, now: int) -> int | None:
        since = None
        expected = self._neighbours(target, now)[0]
        for first, last, state in self._base.execute(
            "SELECT first, last, state FROM spans WHERE target = ? AND first < ? AND finding = "
            "(SELECT id FROM findings WHERE target = ? AND key = ?) ORDER BY first DESC",
            (target, now, target, packed(identity)),
        ):
            if last is not None and (expected is None or last < expected):
                break  # there was a run between that did not have it
            if state // _STEP == _FAIL:
                since = first
            elif state // _STEP != _NOT_ASSESSED:
                break
            expected = self._neighbours(target, first)[0]
        return since

    def add(self, assessment: Assessment) -> bool:
        """Take in a whole run; return whether none of its target and moment was there yet.

        Raises:
            HistoryError: it was narrowed or is masked.
        """
        refuse_unfit(assessment)
        target = assessment.target
        run = _run(assessment)
        return self.add_states((target.provider, target.account), run, states(assessment.findings()))

    def add_states(self, target: tuple[str, str], run: Run, found: Iterable[State]) -> bool:
        """Take in a run; return whether none of its target and moment was there yet.

        Args:
            target: provider and account.
            run: when it was, and how it came out.
            found: how every finding and every failing part stands.
        """
        base, at = self._base, _seconds(run.at)
        base.execute("BEGIN IMMEDIATE")
        try:
            base.execute("INSERT OR IGNORE INTO targets (provider, account) VALUES (?, ?)", target)
            number = self._target(*target)
            if base.execute("SELECT 1 FROM runs WHERE target = ? AND at = ?", (number, at)).fetchone():
                base.execute("ROLLBACK")
                return False
            self._take_in(number, found)
            before, after = self._neighbours(number, at)
            times = {"target": number, "at": at, "before": -1 if before is None else before, "after": after}
            for statement in _LAST_NIGHT if after is None else _BETWEEN:
                base.execute(statement, times)
            figures = structs.astuple(run)[1:]
            marks = ", ".join("?" * (2 + len(figures)))
            base.execute(f"INSERT INTO runs VALUES ({marks})", (number, at, *figures))  # noqa: S608 - question marks
            base.execute("COMMIT")
        except BaseException:
            if base.in_transaction:
                base.execute("ROLLBACK")
            raise
        return True

    def _take_in(self, target: int | None, found: Iterable[State]) -> None:
        base = self._base
        base.execute(
            "CREATE TEMP TABLE IF NOT EXISTS told (key BLOB PRIMARY KEY, state INTEGER) WITHOUT ROWID"
        )
        base.execute(
            "CREATE TEMP TABLE IF NOT EXISTS tonight (finding INTEGER PRIMARY KEY, state INTEGER NOT NULL)"
        )
        base.execute("DELETE FROM told")
        base.execute("DELETE FROM tonight")
        base.executemany(
            "INSERT OR IGNORE INTO told VALUES (?, ?)", ((packed(one.id), _state(one)) for one in found)
        )
        base.execute(
            "INSERT INTO findings (target, key) SELECT ?1, key FROM told WHERE NOT EXISTS "
            "(SELECT 1 FROM findings WHERE findings.target = ?1 AND findings.key = told.key)",
            (target,),
        )
        base.execute(
            "INSERT INTO tonight SELECT findings.id, told.state FROM told "
            "JOIN findings ON findings.target = ? AND findings.key = told.key",
            (target,),
        )

    def _target(self, provider: str, account: str) -> int | None:
        row = self._base.execute(
            "SELECT id FROM targets WHERE provider = ? AND account = ?", (provider, account)
        ).fetchone()
        return int(row[0]) if row else None

    def _neighbours(self, target: int | None, at: int) -> tuple[int | None, int | None]:
        """Return the times of the runs before and after a time; None where there is none."""
        row = self._base.execute(
            "SELECT (SELECT MAX(at) FROM runs WHERE target = ?1 AND at < ?2), "
            "(SELECT MIN(at) FROM runs WHERE target = ?1 AND at > ?2)",
            (target, at),
        ).fetchone()
        return row[0], row[1]


def with_run(trend: Sequence[Run], assessment: Assessment) -> tuple[Run, ...]:
    """Return a trend that ends with a run, which may be in it already; a narrowed one stays out."""
    run = _run(assessment)
    day = run.at[:10]
    own = () if assessment.scope.narrowed else (run,)
    return (*(one for one in trend if one.at <= run.at and not (own and one.at[:10] == day)), *own)


def _run(assessment: Assessment) -> Run:
    counts, overall = assessment.counts, assessment.score.overall
    failures = {severity.value: counts.by_severity.get(severity.value, 0) for severity in Severity}
    return Run(
        at=assessment.taken_at,
        checks=assessment.tool.checks_digest,
        guaranteed=overall.guaranteed,
        best=overall.best,
        coverage=overall.coverage,
        grade=overall.grade,
        passed=counts.pass_,
        failed=counts.fail,
        not_assessed=counts.not_assessed,
        not_applicable=counts.not_applicable,
        waived=counts.waived,
        **failures,
    )


def _read_run(row: Sequence[Any]) -> Run:
    members: dict[str, Any] = dict(zip(Run.__struct_fields__, (_stamp(row[0]), *row[1:]), strict=True))
    return Run(**members)


def states(findings: Iterable[Finding]) -> Iterator[State]:
    """Yield how every finding and every failing part stands."""
    for finding in findings:
        yield State(finding.id, finding.status, finding.severity)
        for sub in finding.sub_findings:
            if sub.status is Status.FAIL:
                yield State(sub.id, sub.status, sub.severity)


def refuse_unfit(assessment: Assessment) -> None:
    """Refuse what must not join a history.

    Raises:
        HistoryError: it was narrowed or is masked.
    """
    if assessment.masked:
        raise HistoryError(
            Text(
                en="A masked result has other ids and stays out of the history; import the result with names.",
                ja="仮名化した結果は ID が異なるため、履歴に取り込めません。仮名化していない結果を指定してください。",
            )
        )
    if assessment.scope.narrowed:
        raise HistoryError(
            Text(
                en="A narrowed run stays out of the history, for what it left out would look as if it had gone.",
                ja="範囲を限定した実行は、対象外の項目が消滅したように見えるため、履歴には取り込みません。",
            )
        )


@contextmanager
def open_history(path: Path, *, create: bool) -> Generator[History]:
    """Open a history; one that is not there is made where ``create`` says so.

    Raises:
        HistoryError: it is not there, is damaged, is no history, is of a newer version, or was in use for too long.
    """
    if not create and not path.exists():
        raise HistoryError(
            Text(
                en=f"There is no history {path}; make it with: cloudaudit history import --history {path} cloudaudit-out",
                ja=f"履歴ファイル {path} がありません。cloudaudit history import --history {path} cloudaudit-out "
                "で作成してください。",
            )
        )
    if path.is_dir():
        raise HistoryError(
            Text(
                en=f"The history {path} is a folder; name a file with --history.",
                ja=f"履歴ファイルの指定 {path} はフォルダーです。--history でファイルを指定してください。",
            )
        )
    with _explained(path), closing(sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)) as base:
        _prepare(base, path)
        yield History(base)


@contextmanager
def _explained(path: Path) -> Generator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _unusable(path, error) from error


def _prepare(base: sqlite3.Connection, path: Path) -> None:
    (version,) = base.execute("PRAGMA user_version").fetchone()
    (magic,) = base.execute("PRAGMA application_id").fetchone()
    if magic != _MAGIC:
        base.execute("BEGIN IMMEDIATE")
        # Another run may have made it since.
        (magic,) = base.execute("PRAGMA application_id").fetchone()
        if magic == _MAGIC:
            base.execute("ROLLBACK")
            return
        if base.execute("SELECT COUNT(*) FROM sqlite_master").fetchone() != (0,):
            base.execute("ROLLBACK")
            raise _not_ours(path)
        for statement in _SHAPE.split(";"):
            base.execute(statement)
        base.execute("COMMIT")
    elif version > SCHEMA:
        raise HistoryError(
            Text(
                en=f"The history {path} is of version {version}, newer than this version of cloudaudit reads ({SCHEMA}); "
                "update cloudaudit.",
                ja=f"履歴ファイル {path} のバージョン {version} は、この cloudaudit(対応: {SCHEMA})より新しいものです。"
                "cloudaudit を更新してください。",
            )
        )


def _not_ours(path: Path) -> HistoryError:
    return HistoryError(
        Text(
            en=f"{path} is a database of something else; name another file with --history.",
            ja=f"{path} は別の用途のデータベースです。--history で別のファイルを指定してください。",
        )
    )


_BUSY = re.compile("locked|busy")


def _unusable(path: Path, error: sqlite3.DatabaseError) -> HistoryError:
    if isinstance(error, sqlite3.OperationalError) and _BUSY.search(str(error)):
        return HistoryError(
            Text(
                en=f"Another run has been writing to the history {path} for {WAIT_SECONDS:g} seconds; "
                "import the result again later.",
                ja=f"履歴ファイル {path} は別の実行が {WAIT_SECONDS:g} 秒以上使用中です。後で結果を取り込み直してください。",
            )
        )
    if isinstance(error, sqlite3.OperationalError):
        return HistoryError(
            Text(
                en=f"The history {path} cannot be used ({error}); check the path and the free space.",
                ja=f"履歴ファイル {path} を使用できません({error})。パスと空き容量を確認してください。",
            )
        )
    return HistoryError(
        Text(
            en=f"The history {path} is damaged ({error}); no result is lost: move it away and rebuild it with: "
            f"cloudaudit history import --history {path} cloudaudit-out",
            ja=f"履歴ファイル {path} が壊れています({error})。結果は失われていません。ファイルを退避し、"
            f"cloudaudit history import --history {path} cloudaudit-out で再作成してください。",
        )
    )


def _state(one: State) -> int:
    return _STATUSES.index(one.status) * _STEP + _SEVERITIES.index(one.severity)


def _seconds(stamp: str) -> int:
    return int(clock.parse(stamp).timestamp())


def _stamp(seconds: int) -> str:
    return clock.stamp(datetime.fromtimestamp(seconds, UTC))
