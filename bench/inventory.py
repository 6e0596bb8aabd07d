"""How fast an inventory is read, beside DuckDB asked by hand, and beside Spark: ``python -m bench inventory``."""

import argparse
import json
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.measure import machine, python, run, table
from fakes.inventories import bulk

HEAD = (
    "rows",
    "buckets",
    "who",
    "start",
    "reading",
    "rows/s",
    "ratio",
    "CPU",
    "ratio",
    "CPU in all",
    "peak MB",
)
ROWS_A_FILE = 2_500_000


def one(what: str, folder: Path, buckets: int) -> dict[str, Any]:
    """Run once; return what it told, with the process's CPU seconds and peak memory in MB."""
    out = folder / "told.json"
    cost = run(python("-m", "bench.inventory_run", what, str(folder), str(buckets), str(out)))
    if cost.code != 0:
        raise RuntimeError(f"{what} ended with {cost.code}")
    return {**json.loads(out.read_text(encoding="utf-8")), "cpu": cost.cpu, "peak": cost.peak}


def compared(folder: Path, rows: int, buckets: int, rounds: int, *, spark: bool) -> list[list[str]]:
    """Return lines of the table: rounds in which both ran one after the other, then Spark once."""
    bulk(folder, rows, buckets=buckets, files=max(1, rows // ROWS_A_FILE))
    told: dict[str, list[dict[str, Any]]] = {"ours": [], "bare": []}
    for place in range(rounds):
        for what in ("ours", "bare") if place % 2 == 0 else ("bare", "ours"):
            told[what].append(one(what, folder, buckets))
    if spark:
        told["spark"] = [one("spark", folder, buckets)]
    for name in ("objects", "plain", "public"):
        if len({each[name] for runs in told.values() for each in runs}) != 1:
            raise RuntimeError(f"they do not agree on {name}")
    lines: list[list[str]] = []
    for what, runs in told.items():
        seconds, start, reading, cpu, peak = (
            statistics.median(each[name] for each in runs)
            for name in ("seconds", "start", "reading_cpu", "cpu", "peak")
        )
        ours = what == "ours"
        lines.append(
            [
                f"{rows:,}",
                f"{buckets:,}",
                what,
                f"{start:.1f} s",
                f"{seconds:.1f} s",
                f"{rows / seconds:,.0f}",
                _ratio(told, "seconds") if ours else "",
                # Spark reads in a process of its own.
                f"{reading:.1f} s" if what != "spark" else "",
                _ratio(told, "reading_cpu") if ours else "",
                f"{cpu:.1f} s",
                f"{peak:.0f}",
            ]
        )
    return lines


def _ratio(told: dict[str, list[dict[str, Any]]], figure: str) -> str:
    """Return the median of the ratios of runs that stood side by side."""
    pairs = zip(told["ours"], told["bare"], strict=True)
    return f"{statistics.median(mine[figure] / theirs[figure] for mine, theirs in pairs):.2f}"


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench inventory", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000_000, 50_000_000])
    parser.add_argument("--buckets", type=int, nargs="+", default=[1, 1000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--engine", choices=["local", "spark"], default="local", help="spark: Spark beside both"
    )
    options = parser.parse_args(arguments)
    print(f"{options.rounds} rounds, medians; Spark once · {machine()}\n")
    lines: list[list[str]] = []
    for rows in options.rows:
        for buckets in options.buckets:
            with tempfile.TemporaryDirectory(prefix="cloudaudit-bench-") as folder:
                lines += compared(
                    Path(folder), rows, buckets, options.rounds, spark=options.engine == "spark"
                )
    table(HEAD, lines)
    print(f"end: {machine()}")
