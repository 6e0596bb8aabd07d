"""The flow: collect into a snapshot, judge it, keep what reports need."""

import hashlib
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, distribution
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, cast

from msgspec import UNSET, Struct, structs

from cloudaudit import discovery, gates, scoring
from cloudaudit.approvals import marked
from cloudaudit.assessment import (
    Assessment,
    CheckInfo,
    Counts,
    Excluded,
    Scope,
    Target,
    ToolInfo,
    temporary_spool,
)
from cloudaudit.check import AnyCheck
from cloudaudit.clock import parse
from cloudaudit.discovery import CheckFile
from cloudaudit.engine import gapped, judge
from cloudaudit.errors import SnapshotError, UsageError
from cloudaudit.facts import Cause, Unread
from cloudaudit.model import Finding, Gap, Resource, ResourceRef, Status, Theme, Writing, ref
from cloudaudit.policy import AuditPolicy, describe, digest
from cloudaudit.providers import Outcome, Progress, Provider, Session, Task
from cloudaudit.snapshot import (
    SCHEMA,
    End,
    Header,
    Resumed,
    Selection,
    Snapshot,
    SnapshotWriter,
    read_header,
)
from cloudaudit.stores import KeepsData
from cloudaudit.text import Text
from cloudaudit.waiver_file import terms_of
from cloudaudit.waivers import Book, Reach, Register

FRESH_HOURS = 24
"""An interrupted scan may be resumed for this long; later its parts would tell of different days."""

TRANSIENT_CAUSES = frozenset({Cause.EXPIRED, Cause.INTERRUPTED, Cause.NETWORK, Cause.THROTTLED})
"""What a second attempt may well mend, so a resumed run reads such resources again."""


NO_INVENTORY = Text(
    en="not everything was read that tells what is open to whom, so the inventory of sharing is not complete",
    ja="共有状況の把握に必要な情報を一部読み取れていないため、公開・共有の一覧は完全ではありません",
)


NO_WAIVERS = Book()

_Ids = dict[str, frozenset[str]]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Which checks run, and which were left out and why."""

    checks: Mapping[str, AnyCheck]
    checks_dir: tuple[CheckFile, ...] = ()
    excluded: tuple[Excluded, ...] = field(default=())


def plan(
    provider: Provider,
    installed: Mapping[str, AnyCheck],
    selection: Selection,
    checks_dir: tuple[CheckFile, ...] = (),
) -> Plan:
    """Return the provider's checks that the selection names, the rest as excluded.

    Raises:
        UsageError: nothing is left to check.
    """
    kinds = set(provider.kinds)
    ours = {
        check_id: check
        for check_id, check in installed.items()
        if any(issubclass(k, check.on) for k in kinds)
    }
    chosen = {
        check_id: check
        for check_id, check in ours.items()
        if (not selection.checks or check_id in selection.checks)
        and (not selection.themes or check.theme in selection.themes)
    }
    if not chosen:
        raise UsageError(
            Text(
                en="No check is left to run; widen --check or --theme, or install a package with checks.",
                ja="実行するチェックがありません。--check や --theme の指定を見直してください。",
            )
        )
    reason = Text(en="not selected by --check or --theme", ja="--check または --theme の指定により対象外")
    excluded = tuple(
        Excluded(what="check", id=check_id, reason=reason) for check_id in ours if check_id not in chosen
    )
    limits = tuple(
        Excluded(what=item.what, id=item.id, reason=item.reason) for item in provider.not_looked_at
    )
    return Plan(checks=chosen, checks_dir=checks_dir, excluded=excluded + limits)


def kinds_of(provider: Provider, checks: Mapping[str, AnyCheck]) -> tuple[type[Resource], ...]:
    """Return the kinds that these checks look at, in the provider's order."""
    return tuple(
        kind
        for kind in provider.kinds
        if any(issubclass(kind, wanted) for check in checks.values() for wanted in check.kinds)
    )


@dataclass(frozen=True, kw_only=True)
class ScanRequest:
    """What to scan and how.

    Attributes:
        taken_at: UTC time of the scan, as the clock said when it began.
        resume: go on with the snapshot that is at the path already.
        objects: how the objects in buckets are to be looked at; empty where they are not.
        writes: what the engine that evaluates inventories writes; None for nothing.
    """

    provider: Provider
    session: Session
    plan: Plan
    policy: AuditPolicy
    selection: Selection
    taken_at: str
    tool_version: str
    resume: bool = False
    objects: str = ""
    writes: Writing | None = None


def header_of(request: ScanRequest) -> Header:
    """Return the first record of the snapshot that a scan will write."""
    return Header(
        schema=SCHEMA,
        provider=request.provider.name,
        account=request.session.account,
        spans=request.session.spans,
        partition=request.session.partition,
        identity=request.session.identity,
        taken_at=request.taken_at,
        tool_version=request.tool_version,
        selection=request.selection,
        kinds=tuple(kind.of_kind() for kind in kinds_of(request.provider, request.plan.checks)),
        policy_digest=digest(request.policy),
        objects=request.objects,
        writes=request.writes,
    )


def scan(request: ScanRequest, path: Path, progress: Progress, now: Callable[[], str]) -> Outcome:
    """Collect into the snapshot at ``path``; what was read is on disk even when this is killed.

    Raises:
        UsageError: the snapshot to resume is of another target, selection or policy, too old, or not there.
        OSError: the file cannot be written.
    """
    header = header_of(request)
    done, again = _recorded(request.provider, path, header) if request.resume else ({}, {})
    if request.resume:
        _drop_torn_line(path)
    with path.open("ab" if request.resume else "xb") as file:
        writer = SnapshotWriter(file)
        writer.write(Resumed(at=now()) if request.resume else header)
        task = Task(kinds=frozenset(header.kinds), selection=request.selection, done=done, again=again)
        outcome = request.session.collect(task, writer, progress)
        writer.write(End(at=now(), calls=outcome.calls, stopped=outcome.stopped))
    return outcome


def _recorded(provider: Provider, path: Path, header: Header) -> tuple[_Ids, _Ids]:
    """Return the ids that need not be read again, and those that were recorded and need it, each by kind."""
    if not path.exists():
        raise UsageError(
            Text(
                en=f"There is no snapshot {path} to resume; run the same command without --resume.",
                ja=f"再開するスナップショット {path} がありません。--resume を付けずに実行してください。",
            )
        )
    with open_snapshot(path) as snapshot:
        old = snapshot.header
        if _purpose(old) != _purpose(header):
            raise UsageError(
                Text(
                    en=f"{path} is of another target, selection or policy; resume with the same command, or start anew.",
                    ja=f"{path} は対象・範囲・ポリシーが異なります。同じコマンドで再開するか、新たにスキャンしてください。",
                )
            )
        age = (parse(header.taken_at) - parse(old.taken_at)).total_seconds() / 3600
        if age >= FRESH_HOURS:
            raise UsageError(
                Text(
                    en=f"{path} was begun more than {FRESH_HOURS} hours ago; start a new scan.",
                    ja=f"{path} は開始から {FRESH_HOURS} 時間以上経過しています。新たにスキャンしてください。",
                )
            )
        done: _Ids = {}
        again: _Ids = {}
        for kind in provider.kinds:
            whole = {resource.id: _whole(resource) for resource in snapshot.resources(kind)}
            done[kind.of_kind()] = frozenset(name for name, is_whole in whole.items() if is_whole)
            again[kind.of_kind()] = frozenset(name for name, is_whole in whole.items() if not is_whole)
        return done, again


def _purpose(header: Header) -> Header:
    """Return a header without what two runs of the same command may differ in."""
    return structs.replace(header, identity="", taken_at="", tool_version="")


def _whole(resource: Resource) -> bool:
    """Whether nothing in it was left unread by an interruption, so that it need not be read again."""
    return not any(fact.cause in TRANSIENT_CAUSES for fact in _unread_within(resource))


def _unread_within(data: object) -> Iterator[Unread]:
    if isinstance(data, Unread):
        yield data
    elif isinstance(data, Struct):
        for name in data.__struct_fields__:
            yield from _unread_within(getattr(data, name))
    elif isinstance(data, tuple):
        for item in cast("tuple[object, ...]", data):
            yield from _unread_within(item)


def _drop_torn_line(path: Path) -> None:
    with path.open("r+b") as file:
        content_end = 0
        for line in file:
            if line.endswith(b"\n"):
                content_end += len(line)
        file.truncate(content_end)


@contextmanager
def open_snapshot(path: Path) -> Generator[Snapshot, None, None]:
    """Open a snapshot for reading.

    Raises:
        SnapshotError: it is not there, is no snapshot, is of a newer schema, or is damaged before its last line.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise SnapshotError(
            Text(
                en=f"The snapshot {path} cannot be read ({error.strerror}); check the path.",
                ja=f"スナップショット {path} を読み込めません({error.strerror})。パスを確認してください。",
            )
        ) from error
    with file:
        header = read_header(cast("BinaryIO", file), path.name)
        provider = discovery.provider(header.provider)
        yield Snapshot(cast("BinaryIO", file), provider.kinds, path.name)


@contextmanager
def assess(
    path: Path,
    plan_: Plan,
    policy: AuditPolicy,
    limits: gates.Gates,
    *,
    tool_version: str,
    as_of: str = "",
    waivers: Book = NO_WAIVERS,
) -> Generator[Assessment, None, None]:
    """Judge the snapshot at ``path``; the assessment can be read as long as the context lasts.

    Args:
        path: of the snapshot.
        plan_: which checks run.
        policy: thresholds.
        limits: when the run is not good enough.
        tool_version: of cloudaudit.
        as_of: UTC time to judge at, instead of the snapshot's own.
        waivers: which failures are accepted.

    Raises:
        SnapshotError: the snapshot cannot be used.
        OutputError: the temporary folder cannot be written.
    """
    with open_snapshot(path) as snapshot, temporary_spool() as spool:
        provider = discovery.provider(snapshot.header.provider)
        runnable, left_out = _runnable(snapshot, plan_)
        tally_by_check = scoring.tallies(runnable.values(), gapped(snapshot, list(runnable.values())))
        ledger = _Ledger()
        judging_day = parse(as_of or snapshot.header.taken_at).date()
        register = Register(waivers, terms_of(policy), judging_day, _reach(snapshot, plan_, runnable))
        for finding in register.apply(judge(snapshot, list(runnable.values()), policy, as_of)):
            spool.add(finding)
            tally_by_check[finding.check].add(finding)
            ledger.add(finding)
        spool.flush()
        total = scoring.score(tally_by_check)
        counts = ledger.counts()
        yield Assessment(
            tool=ToolInfo(
                name="cloudaudit",
                version=tool_version,
                wheel_digest=wheel_digest(),
                checks_digest=discovery.digest(runnable),
                checks_dir=plan_.checks_dir,
            ),
            target=Target(
                provider=provider.name,
                account=snapshot.header.account,
                partition=snapshot.header.partition,
                identity=snapshot.header.identity,
                name=provider.target_name(snapshot.header),
            ),
            taken_at=as_of or snapshot.header.taken_at,
            scope=_scope(snapshot, runnable, plan_.excluded + left_out),
            policy=tuple(describe(policy)),
            score=total,
            counts=counts,
            gaps=_gaps(snapshot),
            exit=gates.reasons(
                limits,
                score=total,
                failures=ledger.failures,
                tallies=tally_by_check,
                causes=ledger.causes,
                stopped=_stopped(snapshot),
            ),
            shares=lambda: marked(provider.shares(snapshot), policy, judging_day),
            checks={check_id: CheckInfo.of(check) for check_id, check in runnable.items()},
            findings=lambda: iter(spool),
            resources=lambda: _resource_refs(snapshot),
            addresses=lambda: _addresses(snapshot),
            waivers=register.entries(),
        )


def _reach(snapshot: Snapshot, plan_: Plan, runnable: Mapping[str, AnyCheck]) -> Reach:
    left_out = {one.id for one in plan_.excluded if one.what == "check"}
    ours = plan_.checks.keys() | left_out
    selection = snapshot.header.selection
    return Reach(
        account=snapshot.header.account,
        known=ours | discovery.checks().keys(),
        ours=ours,
        ran=frozenset(runnable),
        narrowed=bool(selection.regions or selection.buckets),
    )


class _Ledger:
    """Counts findings as they stream by."""

    def __init__(self) -> None:
        self._statuses: Counter[Status] = Counter()
        self.failures: dict[Theme, Counter[str]] = {}
        self.causes: Counter[Cause] = Counter()

    def add(self, finding: Finding) -> None:
        self._statuses[finding.status] += 1
        if finding.status is Status.FAIL:
            self.failures.setdefault(finding.theme, Counter())[finding.severity.value] += 1
        if finding.cause is not None:
            self.causes[finding.cause] += 1

    def counts(self) -> Counts:
        return Counts(
            pass_=self._statuses[Status.PASS],
            fail=self._statuses[Status.FAIL],
            not_assessed=self._statuses[Status.NOT_ASSESSED],
            not_applicable=self._statuses[Status.NOT_APPLICABLE],
            waived=self._statuses[Status.WAIVED],
            by_severity=dict(sorted(sum(self.failures.values(), Counter[str]()).items())),
        )


def _runnable(snapshot: Snapshot, plan_: Plan) -> tuple[dict[str, AnyCheck], tuple[Excluded, ...]]:
    """Leave out checks on kinds that the scan was not asked to collect."""
    collected = set(snapshot.kinds)
    provider = discovery.provider(snapshot.header.provider)
    runnable = {
        check_id: check
        for check_id, check in plan_.checks.items()
        if set(kinds_of(provider, {check_id: check})) <= collected
    }
    reason = Text(
        en="the scan did not collect what this check looks at",
        ja="スキャン時に必要な情報を収集していないため対象外",
    )
    left_out = tuple(
        Excluded(what="check", id=check_id, reason=reason)
        for check_id in plan_.checks
        if check_id not in runnable
    )
    return runnable, left_out


def _stopped(snapshot: Snapshot) -> str | None:
    if snapshot.end is None:
        return ""
    return snapshot.end.stopped or None


def _gaps(snapshot: Snapshot) -> tuple[Gap, ...]:
    """Return the gaps without the moment of each call, which the snapshot tells.

    So the result of one state of a target is the same bytes, whichever machine read it.
    """
    return tuple(structs.replace(gap, at="") for kind in snapshot.kinds for gap in snapshot.gaps(kind))


def _resource_refs(snapshot: Snapshot) -> Iterator[ResourceRef]:
    for kind in snapshot.kinds:
        for resource in snapshot.resources(kind):
            yield ref(resource)


def _addresses(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    provider = discovery.provider(snapshot.header.provider)
    return provider.stores.addresses(snapshot) if isinstance(provider, KeepsData) else iter(())


def _scope(snapshot: Snapshot, runnable: Mapping[str, AnyCheck], excluded: tuple[Excluded, ...]) -> Scope:
    selection = snapshot.header.selection
    regions = {item.region for item in _resource_refs(snapshot)} - {"global", ""}
    if _shares_unknown(snapshot):
        excluded = (*excluded, Excluded(what="sharing", id="*", reason=NO_INVENTORY))
    reason = Text(en="the run was narrowed to other resources", ja="指定された範囲の外にあるため対象外")
    narrowed = [
        Excluded(what=option, id="*", reason=reason)
        for option, chosen in (("region", selection.regions), ("bucket", selection.buckets))
        if chosen
    ]
    ordered = sorted((*excluded, *narrowed), key=lambda item: (item.what, item.id))
    return Scope(
        regions=tuple(sorted(regions)),
        checks=tuple(sorted(runnable)),
        excluded=tuple(next(group) for _, group in groupby(ordered, key=lambda item: (item.what, item.id))),
        narrowed=selection.narrowed,
        writes=UNSET if snapshot.header.writes is None else snapshot.header.writes,
    )


def _shares_unknown(snapshot: Snapshot) -> bool:
    """Whether anything was not read that tells what is open to whom.

    That is the kinds of the sharing checks as a whole, and of their records what the provider says it needs.
    """
    provider = discovery.provider(snapshot.header.provider)
    sharing = {name: check for name, check in discovery.checks().items() if check.theme is Theme.SHARING}
    telling = kinds_of(provider, sharing)
    if not set(telling) <= set(snapshot.kinds) or any(
        snapshot.gaps(kind) or any(snapshot.get(kind, name) is None for name in snapshot.ids(kind))
        for kind in telling
    ):
        return True
    try:
        return any(True for _ in provider.shares_unread(snapshot))
    except Exception:  # noqa: BLE001 - a bug must not cost the assessment, nor make the inventory look complete
        return True


def wheel_digest() -> str:
    """Return the SHA-256 of the installed distribution's RECORD, or empty when it runs from a checkout."""
    try:
        installed = distribution("cloudaudit")
    except PackageNotFoundError:
        return ""
    record = installed.read_text("RECORD")
    origin = installed.read_text("direct_url.json") or ""
    if record is None or '"editable": true' in origin or '"editable":true' in origin:
        return ""
    return hashlib.sha256(record.encode()).hexdigest()
