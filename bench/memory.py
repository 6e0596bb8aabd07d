"""How much memory and time a whole scan takes as the account grows: ``python -m bench memory``."""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.fake import serving
from bench.measure import Cost, cloudaudit, machine, run, table

HEAD = ("buckets", "calls", "wall", "calls/s", "CPU", "peak MB")


def whole_scan(buckets: int, folder: Path) -> tuple[Cost, int]:
    """Scan everything without latency; return the cost and the number of calls."""
    with serving(buckets=buckets) as fake, tempfile.TemporaryDirectory(dir=folder) as out:
        cost = run(cloudaudit("scan", "aws", "--quiet", "--out", f"{out}/result"), fake.environment)
        if not Path(out, "result", "result.json").exists():
            raise RuntimeError(f"the scan ended with {cost.code} and left no result")
        return cost, fake.calls().total


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench memory", description=__doc__)
    parser.add_argument("--buckets", type=int, nargs="+", default=[1000, 5000, 10_000])
    options = parser.parse_args(arguments)
    print(f"one run each · {machine()}\n")
    peaks: list[tuple[int, float]] = []
    rows: list[list[str]] = []
    with tempfile.TemporaryDirectory() as folder:
        for buckets in options.buckets:
            cost, calls = whole_scan(buckets, Path(folder))
            peaks.append((buckets, cost.peak))
            rows.append(
                [
                    f"{buckets:,}",
                    f"{calls:,}",
                    f"{cost.wall:.0f} s",
                    f"{calls / cost.wall:,.0f}",
                    f"{cost.cpu:.0f} s",
                    f"{cost.peak:.0f}",
                ]
            )
    table(HEAD, rows)
    if len(peaks) > 1:
        (least, low), (most, high) = peaks[0], peaks[-1]
        print(f"\nslope: {(high - low) / (most - least) * 1000:.1f} MB for each 1,000 buckets more")
    print(f"end: {machine()}")
