"""Scan 1,000 buckets of Google beside the serial way: ``python -m bench google``.

Reading alone is held against calls x latency / concurrency, which nothing that waits for each answer can beat; the whole
command and the serial way are timed as processes, in turn.
"""

import argparse
import json
import statistics
import subprocess
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from bench.measure import ROOT, Cost, cloudaudit, machine, median, python, ratio, run, table
from fakes.gcs.build import PROJECT

NOT_STARTED = 2
HEAD = (
    *("concurrency", "calls", "twice", "floor", "reading", "of the floor", "CPU"),
    *("whole command", "peak MB", "serial", "serial calls", "command / serial"),
)


@dataclass(frozen=True)
class Fake:
    """A server that runs."""

    url: str

    def calls(self) -> dict[str, int]:
        """Return calls in all, and those that were the same as an earlier one, since the last reset."""
        return dict(self._ask("/__calls"))

    def reset(self) -> None:
        """Zero the counters."""
        self._ask("/__reset")

    def _ask(self, path: str) -> Any:  # noqa: ANN401 - JSON
        with urlopen(self.url + path, timeout=60) as answer:  # noqa: S310 - our own server on the loopback
            return json.load(answer)


@contextmanager
def serving(buckets: int, latency_ms: float) -> Generator[Fake]:
    """Run the fake as long as the block lasts."""
    command = python("-m", "bench.google_server", "--buckets", str(buckets), "--latency-ms", str(latency_ms))
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout is None:
            raise RuntimeError("the fake has no output")
        yield Fake(process.stdout.readline().strip())
    finally:
        process.terminate()
        process.wait(timeout=30)


def read(fake: Fake, concurrency: int) -> dict[str, float]:
    """Return wall seconds, CPU seconds and calls of reading alone."""
    command = python("-m", "bench.google_read", fake.url, PROJECT, str(concurrency))
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def command(fake: Fake, concurrency: int, folder: Path) -> Cost:
    """Return what the whole command costs, judging and reports included."""
    with tempfile.TemporaryDirectory(dir=folder) as out:
        options = ("--project", PROJECT, "--endpoint", fake.url, "--concurrency", str(concurrency))
        cost = run(cloudaudit("scan", "gcs", "--quiet", "--out", f"{out}/result", *options))
        written = Path(out, "result", "result.json").exists()
    if cost.code == NOT_STARTED or not written:
        raise RuntimeError(f"the scan ended with {cost.code} and left no result")
    return cost


def serial(fake: Fake) -> tuple[Cost, int]:
    """Return what the serial way costs, and how many calls it makes."""
    fake.reset()
    cost = run(python("-m", "bench.google_serial", fake.url, PROJECT))
    if cost.code:
        raise RuntimeError(f"the serial way ended with {cost.code}")
    return cost, fake.calls()["total"]


def measure(fake: Fake, latency_ms: float, concurrency: int, rounds: int, folder: Path) -> list[str]:
    """Return a line of the table."""
    readings: list[dict[str, float]] = []
    whole: list[Cost] = []
    theirs: list[Cost] = []
    calls: dict[str, int] = {}
    serial_calls = 0
    for _ in range(rounds):
        readings.append(read(fake, concurrency))
        fake.reset()
        whole.append(command(fake, concurrency, folder))
        calls = fake.calls()
        cost, serial_calls = serial(fake)
        theirs.append(cost)
    made = readings[0]["calls"]
    floor = made * latency_ms / 1000 / concurrency
    wall = statistics.median(each["wall"] for each in readings)
    mine, peers = median(whole), median(theirs)
    return [
        str(concurrency),
        str(calls["total"]),
        str(calls["twice"]),
        f"{floor:.2f} s",
        f"{wall:.2f} s",
        f"{wall / floor:.2f}",
        f"{statistics.median(each['cpu'] for each in readings):.1f} s",
        f"{mine.wall:.1f} s",
        f"{mine.peak:.0f}",
        f"{peers.wall:.1f} s",
        str(serial_calls),
        f"{ratio(whole, theirs, lambda cost: cost.wall):.3f}",
    ]


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench google", description=__doc__)
    parser.add_argument("--buckets", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency-ms", type=float, default=20.0)
    parser.add_argument("--concurrency", type=int, nargs="+", default=[8, 16, 24])
    options = parser.parse_args(arguments)
    print(
        f"{options.buckets} buckets at {options.latency_ms:g} ms, {options.rounds} rounds, medians · {machine()}\n"
    )
    with tempfile.TemporaryDirectory() as folder, serving(options.buckets, options.latency_ms) as fake:
        rows = [
            measure(fake, options.latency_ms, concurrency, options.rounds, Path(folder))
            for concurrency in options.concurrency
        ]
    table(HEAD, rows)
    print(f"\nend: {machine()}")
