"""The history: the same whatever the order of the runs, never mixed, never more than a cache."""

import itertools
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from cloudaudit import clock, history
from cloudaudit.assessment import Assessment
from cloudaudit.history import History, HistoryError, Run, State, open_history, with_run
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
    with closing(sqlite3.connect(path)) as base:
        return base.execute(
            "SELECT provider, account, hex(key), first, last, state FROM spans JOIN targets ON targets.id = spans.target "
            "JOIN findings ON findings.id = spans.finding ORDER BY 1, 2, 3, 4"
        ).fetchall()


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


@settings(deadline=None, max_examples=40)
@given(NIGHTS, st.randoms(use_true_random=False))
def test_any_order_gives_the_same_spans(
    tmp_path_factory: pytest.TempPathFactory, nights: dict[int, dict[str, Status]], chance: Random
) -> None:
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
def assessed(sample: Any) -> Assessment:
    found: Assessment = sample.assessment
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite"


def test_since_when_is_counted_over_what_was_not_assessed_and_no_further(
    path: Path, assessed: Assessment
) -> None:
    one = next(assessed.findings())
    story = [Status.FAIL, Status.PASS, Status.FAIL, Status.NOT_ASSESSED, Status.FAIL]
    at = clock.parse(assessed.taken_at)
    with open_history(path, create=True) as book:
        for days, status in zip(range(5, 0, -1), story, strict=True):
            told = [State(one.id, status, one.severity)]
            book.add_states(owner(assessed), run(clock.stamp(at - timedelta(days=days))), told)
        known = {each.id: each.since for each in book.failing_since(assessed)}
    assert known[one.id] == clock.stamp(at - timedelta(days=3))
    others = [each for each in assessed.findings() if each.status is Status.FAIL and each.id != one.id]
    assert {known[each.id] for each in others} == {assessed.taken_at}
    parts = [sub.id for each in assessed.findings() for sub in each.sub_findings if sub.status is Status.FAIL]
    assert set(parts) <= known.keys()


def test_a_resource_that_was_away_fails_anew(path: Path, assessed: Assessment) -> None:
    one = next(assessed.findings())
    at = clock.parse(assessed.taken_at)
    with open_history(path, create=True) as book:
        for days, told in ((3, [State(one.id, Status.FAIL, one.severity)]), (2, []), (1, [])):
            book.add_states(owner(assessed), run(clock.stamp(at - timedelta(days=days))), told)
        known = {each.id: each.since for each in book.failing_since(assessed)}
    assert known[one.id] == assessed.taken_at


def used(book: History, later: Assessment) -> None:
    book.trend(*owner(later))
    book.add(later)


def owner(assessed: Assessment) -> tuple[str, str]:
    return assessed.target.provider, assessed.target.account


def test_targets_in_one_file_never_meet(path: Path) -> None:
    other = ("gcs", "123456789012")
    with open_history(path, create=True) as book:
        add(book, (0, {"a": Status.FAIL}))
        add(book, (1, {"a": Status.PASS}), other)
        add(book, (2, {"a": Status.FAIL}))
        assert [each.runs for each in book.targets()] == [2, 1]
        assert len(book.trend(*TARGET)) == 2
        assert len(book.trend(*other)) == 1
    assert [row[3:5] for row in rows(path)] == [(seconds(0), None), (seconds(1), None)]


def seconds(night: int) -> int:
    return int(clock.parse(stamp(night)).timestamp())


def test_the_trend_has_the_last_run_of_each_day(path: Path) -> None:
    with open_history(path, create=True) as book:
        for at, guaranteed in (
            ("2026-03-01T23:00:00Z", 3.0),
            ("2026-03-01T01:00:00Z", 1.0),
            ("2026-03-02T01:00:00Z", 4.0),
        ):
            book.add_states(TARGET, run(at, guaranteed), [])
        assert [each.guaranteed for each in book.trend(*TARGET)] == [3.0, 4.0]
        assert [each.guaranteed for each in book.trend(*TARGET, until="2026-03-01T12:00:00Z")] == [1.0]


def test_what_must_not_join_is_refused(path: Path, assessed: Assessment) -> None:
    narrow = replace(assessed, scope=structs.replace(assessed.scope, narrowed=True))
    with open_history(path, create=True) as book:
        for unfit in (narrow, replace(assessed, masked=True)):
            with pytest.raises(HistoryError):
                book.add(unfit)
        assert book.targets() == ()
        assert book.add(assessed)
        assert not book.add(assessed)
    assert with_run((), narrow) == ()
    assert [each.at for each in with_run((), assessed)] == [assessed.taken_at]


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be looked at" * 40, b""])
def test_a_damaged_file_says_that_nothing_is_lost(path: Path, content: bytes, assessed: Assessment) -> None:
    path.write_bytes(content)
    if not content:  # SQLite takes an empty file for a new database
        with open_history(path, create=True) as book:
            assert book.add(assessed)
        good = path.read_bytes()
        path.write_bytes(good[:3000] + b"\xff" * (len(good) - 3000))
    later = replace(assessed, taken_at="2030-01-01T00:00:00Z")
    with pytest.raises(HistoryError) as refused, open_history(path, create=True) as book:
        used(book, later)
    assert "history import" in refused.value.diagnostics().en
    assert "再作成" in refused.value.diagnostics().ja


def test_a_folder_is_no_history(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="is a folder"), open_history(tmp_path, create=False):
        pass


def test_another_database_and_a_newer_history_are_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as base:
        base.execute("CREATE TABLE mine (x)")
    before = path.read_bytes()
    with pytest.raises(HistoryError, match="something else"), open_history(path, create=True):
        pass
    assert path.read_bytes() == before
    path.unlink()
    with open_history(path, create=True):
        pass
    with closing(sqlite3.connect(path)) as base:
        base.execute("PRAGMA user_version = 99")
    with pytest.raises(HistoryError, match="update cloudaudit"), open_history(path, create=True):
        pass
    with (
        pytest.raises(HistoryError, match="history import"),
        open_history(path.with_name("no"), create=False),
    ):
        pass


def test_two_runs_at_once_both_join(path: Path) -> None:
    ready = threading.Barrier(2)

    def join(night: int) -> None:
        ready.wait()
        with open_history(path, create=True) as book:
            add(book, (night, dict.fromkeys("abc", Status.FAIL)))

    threads = [threading.Thread(target=join, args=(night,)) for night in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with open_history(path, create=False) as book:
        assert [each.runs for each in book.targets()] == [2]
    assert len(rows(path)) == 3


def test_a_run_that_waits_for_too_long_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_history(path, create=True):
        pass
    monkeypatch.setattr(history, "WAIT_SECONDS", 0.01)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(HistoryError, match="Another run"), open_history(path, create=True) as book:
            add(book, (0, {}))


def test_a_run_that_breaks_off_leaves_the_history_as_it_was(path: Path) -> None:
    def broken() -> Iterator[State]:
        yield State("a" * 32, Status.FAIL, Severity.HIGH)
        message = "torn"
        raise RuntimeError(message)

    with open_history(path, create=True) as book:
        add(book, (0, {"b": Status.PASS}))
        with pytest.raises(RuntimeError, match="torn"):
            book.add_states(TARGET, run(stamp(1)), broken())
        assert add(book, (1, {"b": Status.PASS}))
    assert len(rows(path)) == 1
