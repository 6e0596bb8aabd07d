"""A year of nights in the history: size of the file, time of a trend, of a night that joins and of looking up since when.

``python -m bench history``; the findings are made up, at a churn of so much a night, and go in as a scan would put them.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.measure import machine, table
from cloudaudit import clock
from cloudaudit.history import History, Run, State, open_history
from cloudaudit.model import Severity, Status

TARGET = ("aws", "123456789012")
MB = 1_000_000
FAILING = 0.1
ROUNDS = 9
HEAD = ("nights", "findings", "churn", "file", "trend (365 days)", "a night joins", "a night in between")


def run_of(night: int) -> Run:
    """Return a run that came out somehow."""
    at = clock.stamp(datetime(2026, 1, 1, 2, tzinfo=UTC) + timedelta(days=night))
    counts = dict.fromkeys(Run.__struct_fields__[6:], 5_000)
    return Run(at=at, checks="ab" * 32, guaranteed=50.0, best=60.0, coverage=90.0, grade="D", **counts)


def states(ids: Sequence[str], failing: Sequence[bool]) -> Iterator[State]:
    """Yield how every finding stands."""
    for identity, fails in zip(ids, failing, strict=True):
        yield State(identity, Status.FAIL if fails else Status.PASS, Severity.HIGH)


def timed(act: Callable[[], object]) -> float:
    """Return how many seconds something takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def trend(path: Path) -> None:
    """Read a trend as the command does, the opening of the file included."""
    with open_history(path, create=False) as history:
        history.trend(*TARGET)


def fill(history: History, nights: Sequence[int], findings: int, churn: float) -> list[float]:
    """Let nights join; return how long each took."""
    chance = random.Random(20_260_101)  # noqa: S311 - the same figures on every run
    ids = [f"{chance.getrandbits(128):032x}" for _ in range(findings)]
    failing = [chance.random() < FAILING for _ in ids]
    took: list[float] = []
    for night in nights:
        for _ in range(int(findings * churn)):
            place = chance.randrange(findings)
            failing[place] = not failing[place]
        told = list(states(ids, failing))
        took.append(timed(lambda night=night, told=told: history.add_states(TARGET, run_of(night), told)))  # type: ignore[misc]  # mypy cannot infer a lambda with defaults
    return took


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench history", description=__doc__)
    parser.add_argument("--nights", type=int, default=365)
    parser.add_argument("--findings", type=int, default=50_000)
    parser.add_argument(
        "--churn", type=float, default=0.01, help="share of the findings that change in a night"
    )
    options = parser.parse_args(arguments)
    print(f"{machine()}\n")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "history.sqlite")
        nights = [night for night in range(options.nights + 1) if night != options.nights // 2]
        with open_history(path, create=True) as history:
            took = fill(history, nights, options.findings, options.churn)
            size = path.stat().st_size / MB
            between = fill(history, [options.nights // 2], options.findings, options.churn)
        seconds = statistics.median(timed(lambda: trend(path)) for _ in range(ROUNDS))
        table(
            HEAD,
            [
                [
                    f"{options.nights:,}",
                    f"{options.findings:,}",
                    f"{options.churn:.0%}",
                    f"{size:.1f} MB",
                    f"{seconds * 1000:.1f} ms",
                    f"{statistics.median(took):.2f} s",
                    f"{between[0]:.2f} s",
                ]
            ],
        )
    print(f"\nend: {machine()}")
