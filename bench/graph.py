"""What a scan of Microsoft 365 costs: calls, memory, and wall time against latency: ``python -m bench graph``."""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.measure import ROOT, Cost, cloudaudit, machine, python, run, table
from cloudaudit.demo.m365.names import TENANT

SHARING = "m365-drive-anonymous-link"
PEOPLE = ("m365-user-mfa-registered", "m365-user-unused", "m365-mfa-enforced")


@dataclass(frozen=True)
class Served:
    """A fake Graph in another process."""

    url: str
    process: subprocess.Popen[str]

    def calls(self) -> tuple[int, int]:
        """Return HTTP requests, and answers within batches and outside, since the last question."""
        stdin, stdout = self.process.stdin, self.process.stdout
        if stdin is None or stdout is None:
            raise AssertionError
        stdin.write("\n")
        stdin.flush()
        told = json.loads(stdout.readline())
        return told["requests"], told["answers"]


@contextmanager
def serving(**size: float) -> Generator[Served]:
    """Serve an estate of some size."""
    arguments = [f"--{name}={given}" for name, given in size.items()]
    with subprocess.Popen(
        python("-m", "bench.graph_server", *arguments),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        if process.stdout is None or process.stdin is None:
            raise AssertionError
        yield Served(process.stdout.readline().strip(), process)
        process.stdin.close()


def scan(served: Served, out: Path, *more: str, checks: Sequence[str] = (SHARING,)) -> tuple[Cost, int, int]:
    """Scan; return the cost, HTTP requests and answers."""
    served.calls()
    chosen = [word for check in checks for word in ("--check", check)]
    cost = run(
        cloudaudit(
            "scan",
            "m365",
            "--tenant",
            TENANT,
            "--endpoint",
            served.url,
            "--quiet",
            "--out",
            str(out),
            *chosen,
            *more,
        )
    )
    if not (out / "result.json").exists():
        raise RuntimeError(f"the scan ended with {cost.code} and left no result")
    return cost, *served.calls()


def nights(folder: Path, items: int, shared: int) -> list[list[str]]:
    """Measure a first night and the one after it."""
    rows: list[list[str]] = []
    with serving(drives=1, items=items, shared=shared) as served:
        base = folder / f"{items}"
        for name, more in (("first", ()), ("after", ("--previous", str(base / "first" / "snapshot.jsonl")))):
            cost, requests, answers = scan(served, base / name, *more)
            rows.append(
                [
                    f"{items:,}",
                    f"{shared:,}",
                    name,
                    f"{requests:,}",
                    f"{answers:,}",
                    f"{cost.wall:.1f} s",
                    f"{cost.cpu:.1f} s",
                    f"{cost.peak:.0f}",
                ]
            )
    return rows


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench graph", description=__doc__)
    parser.add_argument("--items", type=int, nargs="*", default=[10_000, 1_000_000])
    parser.add_argument("--users", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--drives", type=int, default=400)
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--concurrency", type=int, nargs="*", default=[8, 24])
    options = parser.parse_args(arguments)
    print(f"one run each · {machine()}\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.items:
            rows = [row for items in options.items for row in nights(folder, items, 200)]
            table(("items", "shared", "night", "requests", "answers", "wall", "CPU", "peak MB"), rows)
            print()
        if options.users:
            _users(folder, options.users)
            print()
        if options.concurrency:
            _latency(folder, options.drives, options.latency, options.concurrency)
    print(f"\nend: {machine()}")


def _users(folder: Path, sizes: Sequence[int]) -> None:
    rows: list[list[str]] = []
    for users in sizes:
        with serving(users=users) as served:
            cost, requests, answers = scan(served, folder / f"users-{users}", checks=PEOPLE)
        rows.append(
            [
                f"{users:,}",
                f"{requests:,}",
                f"{answers:,}",
                f"{cost.wall:.1f} s",
                f"{cost.cpu:.1f} s",
                f"{cost.peak:.0f}",
            ]
        )
    table(("users", "requests", "answers", "wall", "CPU", "peak MB"), rows)


def _latency(folder: Path, drives: int, latency: float, concurrencies: Sequence[int]) -> None:
    rows: list[list[str]] = []
    for concurrency in concurrencies:
        with serving(drives=drives, items=50, shared=5, latency=latency) as served:
            out = folder / f"latency-{concurrency}"
            cost, requests, _ = scan(served, out, "--concurrency", str(concurrency))
        floor = requests * latency / concurrency
        rows.append(
            [
                f"{drives:,}",
                f"{latency * 1000:.0f} ms",
                f"{concurrency}",
                f"{requests:,}",
                f"{floor:.1f} s",
                f"{cost.wall:.1f} s",
                f"{cost.wall / floor:.2f}",
                f"{cost.cpu:.1f} s",
            ]
        )
    table(
        (
            "drives",
            "latency",
            "concurrency",
            "requests",
            "calls x latency / concurrency",
            "wall",
            "ratio",
            "CPU",
        ),
        rows,
    )
