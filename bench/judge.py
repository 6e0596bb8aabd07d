"""Judge a snapshot of 50,000 buckets and write its reports, without any network: ``python -m bench judge``."""

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.fake import serving
from bench.grow import grow
from bench.measure import Cost, cloudaudit, machine, median, run, table

SCANNED = 1000
HEAD = ("buckets", "findings", "wall", "findings/s", "CPU", "peak MB", "snapshot MB", "result.json MB")
MILLION = 1_000_000


def scanned(folder: Path) -> Path:
    """Scan the fake once and return the snapshot."""
    out = folder / "scan"
    with serving(buckets=SCANNED) as fake:
        cost = run(cloudaudit("scan", "aws", "--quiet", "--out", str(out)), fake.environment)
    snapshot = out / "snapshot.jsonl"
    if not snapshot.exists():
        raise RuntimeError(f"the scan ended with {cost.code} and left no snapshot")
    return snapshot


def findings(result: Path) -> int:
    """Return how many findings a result has; only its line of counts is read."""
    with result.open(encoding="utf-8") as file:
        for line in file:
            if line.startswith('"counts": '):
                counts = json.loads(line.removeprefix('"counts": ').rstrip(",\n"))
                return sum(value for value in counts.values() if isinstance(value, int))
    raise RuntimeError("the result has no counts")


def judged(snapshot: Path, folder: Path) -> tuple[Cost, int, int]:
    """Judge a snapshot; return the cost, how many findings there are, and the bytes of result.json."""
    with tempfile.TemporaryDirectory(dir=folder) as out:
        cost = run(cloudaudit("judge", str(snapshot), "--quiet", "--out", f"{out}/result"))
        result = Path(out, "result", "result.json")
        return cost, findings(result), result.stat().st_size


def row(buckets: int, snapshot: Path, folder: Path, rounds: int) -> list[str]:
    """Return a line of the table."""
    runs = [judged(snapshot, folder) for _ in range(rounds)]
    cost = median([each for each, _, _ in runs])
    _, count, size = runs[0]
    return [
        f"{buckets:,}",
        f"{count:,}",
        f"{cost.wall:.1f} s",
        f"{count / cost.wall:,.0f}",
        f"{cost.cpu:.1f} s",
        f"{cost.peak:.0f}",
        f"{snapshot.stat().st_size / MILLION:.0f}",
        f"{size / MILLION:.0f}",
    ]


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench judge", description=__doc__)
    parser.add_argument("--buckets", type=int, nargs="+", default=[1000, 10_000, 50_000], help="thousands")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--snapshot", type=Path, help="of 1,000 buckets; else one is scanned")
    options = parser.parse_args(arguments)
    print(f"{options.rounds} rounds, medians · {machine()}\n")
    rows: list[list[str]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = options.snapshot or scanned(folder)
        for buckets in options.buckets:
            snapshot = folder / f"{buckets}.jsonl"
            count = grow(source, snapshot, buckets // SCANNED)
            rows.append(row(count, snapshot, folder, options.rounds))
            snapshot.unlink()
    table(HEAD, rows)
    print(f"\nend: {machine()}")
