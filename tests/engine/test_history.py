"""The history: the same whatever the order of the runs, never mixed, never more than a cache."""

import itertools
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudaudit import history
from cloudaudit.history import History, HistoryError, Run, State, open_history
from cloudaudit.model import Severity, Status

TARGET = ("aws", "123456789012")
Night = tuple[int, dict[str, Status]]


def stamp(night: int) -> str:
    return f"2026-{1 + night // 28:02}-{1 + night % 28:02}T02:00:00Z"


def add(book: History, night: Night, target: tuple[str, str] = TARGET) -> bool:
    day, found = night
    told = [State(name * 32, status, Severity.HIGH) for name, status in found.items()]
    return book.add_states(target, run(stamp(day)), told)


def run(at: str, guaranteed: float = 50.0) -> Run:
    counts = dict.fromkeys(Run.__struct_fields__[6:], 1)
    return Run(at=at, checks="ab", guaranteed=guaranteed, best=60.0, coverage=70.0, grade="D", **counts)


def rows(path: Path) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as base:
        found = base.execute(
            "SELECT provider, account, hex(key), first, last, state FROM spans JOIN targets ON targets.id = spans.target "
            "JOIN findings ON findings.id = spans.finding ORDER BY 1, 2, 3, 4"
        ).fetchall()
    base.close()
    return found


def naive(nights: Sequence[Night]) -> int:
    """Return how many spans there must be, counted without any of the module's own ideas."""
    ordered = sorted(nights)
    spans = 0
    for name in "abc":
        line = [found.get(name) for _, found in ordered]
        spans += sum(1 for value, _ in itertools.groupby(line) if value is not None)
    return spans


NIGHTS = st.dictionaries(
    st.integers(0, 40),
    st.dictionaries(st.sampled_from("abc"), st.sampled_from([Status.FAIL, Status.PASS, Status.NOT_ASSESSED])),
    max_size=7,
)


@settings(deadline=None, max_examples=60)
@given(NIGHTS, st.randoms(use_true_random=False))
def test_any_order_gives_the_same_spans(tmp_path_factory: pytest.TempPathFactory, nights, chance) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path_factory.mktemp("history")
    ordered = sorted(nights.items())
    shuffled = list(ordered)
    chance.shuffle(shuffled)
    for name, runs in (("ordered", ordered), ("shuffled", [*shuffled, *shuffled])):
        with open_history(folder / name, create=True) as book:
            assert [add(book, night) for night in runs[: len(ordered)]] == [True] * len(ordered)
            assert not any(add(book, night) for night in runs[len(ordered) :])
    assert rows(folder / "ordered") == rows(folder / "shuffled")
    assert len(rows(folder / "ordered")) == naive(ordered)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite"
