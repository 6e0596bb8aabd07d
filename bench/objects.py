"""Look at the objects of one large bucket: ``python -m bench objects``."""

import argparse
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.fake import Fake, serving
from bench.measure import Cost, cloudaudit, machine, run, table

CHECK = "aws-s3-object-encryption"
HEAD = ("objects", "latency", "way", "listing calls", "heads", "calls a second", "wall", "CPU", "peak MB")
ASKED = ("s3:ListObjectsV2", "s3:HeadObject")
FINISHED = {0, 1, 3}
"""Clean, findings, or a sample that bounds too little: all of them came to their end."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One way to look at one bucket.

    Attributes:
        options: of ``cloudaudit scan aws``.
    """

    name: str
    objects: int
    options: tuple[str, ...]


def cases(whole: int, sampled: int) -> tuple[Case, ...]:
    """Return what is measured: every object of a bucket, and samples of it and of a larger one."""
    budget = ("--objects-budget", str(whole + sampled + 1_000))
    sample = ("--objects", "list", "--objects-sample", "300", *budget)
    return (
        Case(name="sample of 300", objects=whole, options=sample),
        Case(name="sample of 300", objects=sampled, options=sample),
        Case(
            name="every object",
            objects=whole,
            options=("--objects", "list", "--objects-limit", str(whole), *budget),
        ),
    )


def main(words: Sequence[str]) -> None:
    """Run the cases and print a row for each."""
    options = _options(words)
    print(f"{machine()}\n")
    table(HEAD, [])
    for case in cases(options.whole, options.sampled):
        with serving(buckets=0, objects=case.objects, latency_ms=options.latency_ms) as fake:
            cost = _scan(fake, case)
            calls = Counter[str]()
            for operations in fake.calls().buckets.values():
                calls.update(operations)
        listing, heads = (calls[name] for name in ASKED)
        row = (
            f"{case.objects:,}",
            f"{options.latency_ms:g} ms",
            case.name,
            f"{listing:,}",
            f"{heads:,}",
            f"{(listing + heads) / cost.wall:,.0f}",
            f"{cost.wall:.1f} s",
            f"{cost.cpu:.1f} s",
            f"{cost.peak:.0f}",
        )
        print(f"| {' | '.join(row)} |", flush=True)


def _scan(fake: Fake, case: Case) -> Cost:
    with tempfile.TemporaryDirectory() as folder:
        arguments = (
            "scan",
            "aws",
            "--check",
            CHECK,
            "--quiet",
            "--out",
            str(Path(folder) / "out"),
            *case.options,
        )
        cost = run(cloudaudit(*arguments), fake.environment)
    if cost.code not in FINISHED:
        message = f"the scan ended with {cost.code}"
        raise RuntimeError(message)
    return cost


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench objects", description=__doc__)
    parser.add_argument("--whole", type=int, default=100_000, help="objects that are all looked at")
    parser.add_argument("--sampled", type=int, default=1_000_000, help="objects of which a sample is drawn")
    parser.add_argument("--latency-ms", type=float, default=20.0)
    return parser.parse_args(words)
