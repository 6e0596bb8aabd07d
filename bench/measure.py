"""Run a command as a process of its own and tell what it cost, its children included."""

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

ROOT = Path(__file__).parent.parent
MB = 1024 * 1024
SAMPLE_SECONDS = 0.05


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one run cost.

    Attributes:
        wall: seconds from start to end.
        cpu: user and system seconds, of the process and of every child that it waited for.
        peak: MB of resident memory of the process and its children together, the highest of samples 50 ms
            apart; what processes share is counted in each.
        code: exit code.
    """

    wall: float
    cpu: float
    peak: float
    code: int


def run(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end, its standard output thrown away."""
    started = time.perf_counter()
    process = subprocess.Popen(
        arguments, cwd=ROOT, env={**os.environ, **(environment or {})}, stdout=subprocess.DEVNULL
    )
    tree = psutil.Process(process.pid)
    before = _children_cpu()
    peak = 0
    while process.poll() is None:
        peak = max(peak, _resident(tree))
        with suppress(subprocess.TimeoutExpired):
            process.wait(SAMPLE_SECONDS)
    wall = time.perf_counter() - started
    return Cost(wall=wall, cpu=_children_cpu() - before, peak=peak / MB, code=process.returncode)


def python(*arguments: str) -> list[str]:
    """Return the command that runs this Python with arguments."""
    return [sys.executable, *arguments]


def cloudaudit(*arguments: str) -> list[str]:
    """Return the command that runs this checkout's command line."""
    return python("-m", "cloudaudit", *arguments)


def median(costs: Sequence[Cost]) -> Cost:
    """Return the medians; the exit code is the highest."""
    return Cost(
        wall=statistics.median(each.wall for each in costs),
        cpu=statistics.median(each.cpu for each in costs),
        peak=statistics.median(each.peak for each in costs),
        code=max(each.code for each in costs),
    )


def ratio(ours: Sequence[Cost], theirs: Sequence[Cost], figure: Callable[[Cost], float]) -> float:
    """Return the median of the ratios of runs that stood side by side in one round."""
    return statistics.median(figure(a) / figure(b) for a, b in zip(ours, theirs, strict=True))


def machine() -> str:
    """Return when and where this runs, and how busy it is."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"{now} · {os.cpu_count()} cores · Python {platform.python_version()} · load {load}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table in Markdown."""
    print(f"| {' | '.join(head)} |")
    print(f"|{' --- |' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def _children_cpu() -> float:
    used = os.times()
    return used.children_user + used.children_system


def _resident(tree: psutil.Process) -> int:
    total = 0
    with suppress(psutil.Error):
        for each in (tree, *tree.children(recursive=True)):
            with suppress(psutil.Error):
                total += int(each.memory_info().rss)
    return total
