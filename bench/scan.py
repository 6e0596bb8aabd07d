"""Scan 1,000 buckets beside a bare boto3 loop: ``python -m bench scan``."""

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.fake import Calls, Fake, serving
from bench.measure import Cost, cloudaudit, machine, median, python, ratio, run, table
from cloudaudit import discovery

S3_CHECKS = "aws-s3-"
REGION = "ap-northeast-1"
"""Where the fake's buckets lie when it has one region."""

STAND_IN = "GetBucketVersioning"
"""What the bare loop calls in place of the calls that are about no bucket, such as those to IAM."""

NOT_STARTED = 2
HEAD = (
    *("latency", "scan", "calls", "a bucket", "most", "twice"),
    *("wall, bare", "wall", "ratio", "CPU, bare", "CPU", "ratio", "peak MB, bare", "peak MB"),
)


@dataclass(frozen=True, kw_only=True)
class Scan:
    """One way to scan.

    Attributes:
        options: of ``cloudaudit scan aws``.
    """

    name: str
    options: tuple[str, ...]


def scans() -> dict[str, Scan]:
    """Return the scans that are measured: every S3 check, and everything."""
    chosen = [check for check in sorted(discovery.checks()) if check.startswith(S3_CHECKS)]
    return {
        "s3": Scan(name="S3 checks", options=tuple(part for check in chosen for part in ("--check", check))),
        "all": Scan(name="all checks", options=()),
    }


def plan(calls: Calls) -> dict[str, object]:
    """Return what the bare loop has to call: the same number of calls, the bucket operations the same."""
    buckets: dict[str, Counter[str]] = {
        bucket: Counter(
            {label.removeprefix("s3:"): n for label, n in operations.items() if label.startswith("s3:")}
        )
        for bucket, operations in calls.buckets.items()
    }
    names = sorted(buckets)
    missing = calls.total - sum(operations.total() for operations in buckets.values())
    for number in range(missing):
        buckets[names[number % len(names)]][STAND_IN] += 1
    return {"region": REGION, "buckets": buckets}


def measure(fake: Fake, scan: Scan, folder: Path, rounds: int) -> tuple[Calls, list[Cost], list[Cost]]:
    """Run bare loop and scan in turn; return the calls of one scan, the costs of the loop and of the scan."""
    plan_file = folder / "plan.json"
    fake.reset()
    ours = [_scan(fake, scan, folder)]
    calls = fake.calls()
    plan_file.write_text(json.dumps(plan(calls)), encoding="utf-8")
    ours.clear()  # the first run warmed the machine up, and told what to call
    bare: list[Cost] = []
    for number in range(1, rounds + 1):
        bare.append(_loop(fake, plan_file, calls))
        ours.append(_scan(fake, scan, folder))
        print(f"{scan.name}, round {number}: bare {bare[-1]}, cloudaudit {ours[-1]}", file=sys.stderr)
    return calls, bare, ours


def _loop(fake: Fake, plan_file: Path, calls: Calls) -> Cost:
    fake.reset()
    cost = run(python("-m", "bench.bare", str(plan_file)), fake.environment)
    made = fake.calls().total
    if cost.code or made != calls.total:
        raise RuntimeError(
            f"the bare loop made {made} calls instead of {calls.total}, and ended with {cost.code}"
        )
    return cost


def _scan(fake: Fake, scan: Scan, folder: Path) -> Cost:
    fake.reset()
    with tempfile.TemporaryDirectory(dir=folder) as out:
        cost = run(
            cloudaudit("scan", "aws", "--quiet", "--out", f"{out}/result", *scan.options), fake.environment
        )
        written = Path(out, "result", "result.json").exists()
    if cost.code == NOT_STARTED or not written:
        raise RuntimeError(f"the scan ended with {cost.code} and left no result")
    return cost


def row(
    latency: float, buckets: int, scan: Scan, found: tuple[Calls, Sequence[Cost], Sequence[Cost]]
) -> list[str]:
    """Return a line of the table."""
    calls, bare, ours = found
    theirs, mine = median(bare), median(ours)
    return [
        f"{latency:g} ms",
        scan.name,
        str(calls.total),
        f"{calls.total / buckets:.1f}",
        str(calls.most),
        _twice(calls.twice),
        f"{theirs.wall:.1f} s",
        f"{mine.wall:.1f} s",
        f"{ratio(ours, bare, lambda cost: cost.wall):.2f}",
        f"{theirs.cpu:.1f} s",
        f"{mine.cpu:.1f} s",
        f"{ratio(ours, bare, lambda cost: cost.cpu):.2f}",
        f"{theirs.peak:.0f}",
        f"{mine.peak:.0f}",
    ]


def _busiest(calls: Calls) -> str:
    if not calls.buckets:
        return "none"
    operations = max(calls.buckets.values(), key=lambda each: sum(each.values()))
    return ", ".join(f"{name} {count}" for name, count in sorted(operations.items()))


def _twice(twice: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(twice.items())) or "0"


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench scan", description=__doc__)
    parser.add_argument("--buckets", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency-ms", type=float, nargs="+", default=[0.0, 20.0])
    parser.add_argument("--scan", choices=("s3", "all"), nargs="+", default=["s3", "all"])
    options = parser.parse_args(arguments)
    print(f"{options.buckets} buckets, {options.rounds} rounds, medians · {machine()}\n")
    rows: list[list[str]] = []
    busiest: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for latency in options.latency_ms:
            with serving(buckets=options.buckets, latency_ms=latency) as fake:
                for scan in (scans()[name] for name in options.scan):
                    found = measure(fake, scan, Path(folder), options.rounds)
                    rows.append(row(latency, options.buckets, scan, found))
                    busiest[scan.name] = _busiest(found[0])
    table(HEAD, rows)
    for name, operations in busiest.items():
        print(f"\nmost calls about one bucket, {name}: {operations}")
    print(f"\nend: {machine()}")
