"""Try each operation once, as cheaply as can be, and remember what came of it: what a scan would be blind for."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable

import msgspec
from msgspec import Struct

from cloudaudit.facts import Cause, Source, Unread
from cloudaudit.model import Finding, Gap, Resource, Status
from cloudaudit.providers import Progress
from cloudaudit.snapshot import Listing
from cloudaudit.text import Text

ITEMS = 10
"""Of a listing so many lines are looked at: enough to find one that answers, few enough to be cheap."""

COSTS = "costs.json"
"""In the folder of each provider; see ``read_costs``."""

FAILED_TRIES = 3
EMPTY_TRIES = 60
"""How often an operation is tried again that failed for another reason than a refusal, or that found nothing."""

SEVERAL = 10

BLINDING = frozenset(
    {Cause.DENIED, Cause.THROTTLED, Cause.NETWORK, Cause.EXPIRED, Cause.PLAN, Cause.FOREIGN_ACCOUNT}
)
"""Causes after which nothing is read; any other means that the provider took the question."""

NOT_AGAIN = Text(en="tried once already", ja="確認済みのため再試行していません")


class Operation(Protocol):
    """An operation of a provider's list."""

    @property
    def label(self) -> str:
        """``service:Operation``."""
        ...

    @property
    def permission(self) -> str:
        """What it needs, several with commas; empty when nothing."""
        ...


class Result(StrEnum):
    """What came of an operation. ``NOT_TRIED`` there was nothing to try it on; nobody knows."""

    READABLE = "readable"
    BLIND = "blind"
    NOT_TRIED = "not-tried"


class Tried(Struct, frozen=True, kw_only=True):
    """An operation, and what came of it.

    Attributes:
        cause: why nothing can be read; only where it is blind.
    """

    operation: str
    permission: str
    result: Result
    cause: Cause | None = None
    detail: str | Text = ""


class _State:
    def __init__(self) -> None:
        self.running = False
        self.failed = 0
        self.empty = 0
        self.left = 0
        self.readable = False
        self.blind: Unread | None = None


class Trials:
    """Says who may still be asked, and hears what came of it. Safe for threads."""

    def __init__(self, operations: Iterable[Operation], several: Iterable[Operation] = ()) -> None:
        """Take the operations, and those of them that are asked several times since all others hang on what they find."""
        self._states = {_key(each): _State() for each in operations if each.permission}
        for each in several:
            self._states[_key(each)].left = SEVERAL
        self._lock = threading.Lock()

    def begin(self, operation: Operation) -> bool:
        """Return whether an operation may be tried now; what needs no permission always may."""
        state = self._states.get(_key(operation))
        if state is None:
            return True
        with self._lock:
            settled = state.blind is not None or state.failed >= FAILED_TRIES or state.empty >= EMPTY_TRIES
            if state.running or settled or (state.readable and not state.empty and not state.left):
                return False
            state.running = True
            state.left = max(state.left - 1, 0)
            return True

    def answered(self, operation: Operation, *, empty: bool = False) -> None:
        """Hear that it was answered; one that found nothing may be tried elsewhere, for what is below it."""
        state = self._states.get(_key(operation))
        if state is not None:
            with self._lock:
                state.running = False
                state.readable = True
                state.empty = state.empty + 1 if empty else 0

    def failed(self, operation: Operation, unread: Unread) -> None:
        """Hear that it was not."""
        state = self._states.get(_key(operation))
        if state is None:
            return
        with self._lock:
            state.running = False
            if unread.cause in BLINDING:
                state.blind = unread
            else:
                state.readable = True
                state.failed += 1
                state.empty += 1

    def refused(self, operation: Operation) -> Unread:
        """Return the fact of an operation that was tried enough."""
        return Unread(
            Cause.UNSUPPORTED, Source(operation.label), permission=operation.permission, detail=NOT_AGAIN
        )

    def results(self) -> tuple[Tried, ...]:
        """Return what came of each operation, in the order of the list."""
        return tuple(_tried(label, permission, state) for (label, permission), state in self._states.items())


def _tried(label: str, permission: str, state: _State) -> Tried:
    if state.blind is not None:
        return Tried(
            operation=label,
            permission=permission,
            result=Result.BLIND,
            cause=state.blind.cause,
            detail=state.blind.detail,
        )
    result = Result.READABLE if state.readable else Result.NOT_TRIED
    return Tried(operation=label, permission=permission, result=result)


def _key(operation: Operation) -> tuple[str, str]:
    return operation.label, operation.permission


class Nowhere:
    """A sink that keeps nothing."""

    def write(self, record: Listing | Gap | Resource) -> None:
        """Drop it."""

    def write_lines(self, lines: bytes) -> None:
        """Drop them."""


@runtime_checkable
class CanBeTried(Protocol):
    """A session that can try its permissions."""

    def try_out(self, kinds: Sequence[type[Resource]], progress: Progress) -> tuple[Tried, ...]:
        """Try each operation that reading these kinds takes, and keep nothing of what was read."""
        ...


class Cost(Struct, frozen=True):
    """What a missing permission costs.

    Attributes:
        lost: the checks that are then not wholly assessed.
        poorer: those that still are, with less said in their evidence.
    """

    lost: tuple[str, ...]
    poorer: tuple[str, ...] = ()


def read_costs(provider: str) -> Mapping[str, Cost]:
    """Return what each permission of a provider costs where it is missing; empty for one that is not ours.

    The file is made by taking each permission away from a fake in turn and judging what is left; the tests that do so
    compare it on every run, and write it anew with ``UPDATE_COSTS=1``.
    """
    path = Path(__file__).with_name(provider) / COSTS
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Cost]) if path.is_file() else {}


def needed_by(costs: Mapping[str, Cost], checks: Iterable[str]) -> frozenset[str] | None:
    """Return the permissions that checks need; None where one of them is not among ours, and nobody knows."""
    wanted = frozenset(checks)
    touched = {permission: frozenset((*cost.lost, *cost.poorer)) for permission, cost in costs.items()}
    if not wanted <= {name for names in touched.values() for name in names}:
        return None
    return frozenset(permission for permission, names in touched.items() if wanted & names)


def lost_checks(costs: Mapping[str, Cost], tried: Tried) -> tuple[str, ...]:
    """Return the checks that cannot be wholly assessed where an operation is blind."""
    names = {name for each in tried.permission.split(", ") if each in costs for name in costs[each].lost}
    return tuple(sorted(names))


def cost(whole: Iterable[Finding], without: Iterable[Finding]) -> Cost:
    """Return what a permission costs, by the findings with and without it."""
    before = {(finding.resource.kind, finding.id): finding for finding in whole}
    lost: set[str] = set()
    touched: set[str] = set()
    for finding in without:
        was = before.get((finding.resource.kind, finding.id))
        if was is None or finding != was:
            touched.add(finding.check)
        if finding.status is Status.NOT_ASSESSED and (was is None or was.status is not Status.NOT_ASSESSED):
            lost.add(finding.check)
    return Cost(tuple(sorted(lost)), tuple(sorted(touched - lost)))
