"""Seal and verify the evidence of 50,000 findings: ``python -m bench seal``."""

import argparse
import os
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.grow import grow
from bench.judge import SCANNED, findings, scanned
from bench.measure import Cost, cloudaudit, machine, median, run, table
from cloudaudit.evidence.keyfile import make, public_part

HEAD = ("findings", "what", "wall", "CPU", "peak MB", "bundle MB")
MILLION = 1_000_000
PASSPHRASE = "only for this benchmark"


def line(count: int, what: str, costs: Sequence[Cost], size: int) -> list[str]:
    """Return a line of the table."""
    cost = median(costs)
    return [
        f"{count:,}",
        what,
        f"{cost.wall:.1f} s",
        f"{cost.cpu:.1f} s",
        f"{cost.peak:.0f}",
        f"{size / MILLION:.0f}",
    ]


def rows(snapshot: Path, folder: Path, rounds: int) -> list[list[str]]:
    """Judge a snapshot with and without sealing, and verify the bundle with and without judging again."""
    key, public = folder / "signing.key", folder / "public.pem"
    if not key.exists():
        make(key, "bench", PASSPHRASE.encode(), datetime.now(UTC))
        public.write_bytes(public_part(key))
    environment = {**os.environ, "CLOUDAUDIT_KEY_PASSPHRASE": PASSPHRASE}
    bare: list[Cost] = []
    sealed: list[Cost] = []
    shallow: list[Cost] = []
    deep: list[Cost] = []
    count = size = 0
    for number in range(rounds):
        out = folder / f"{snapshot.stem}-{number}"
        judge = ("judge", str(snapshot), "--quiet")
        bare.append(run(cloudaudit(*judge, "--out", f"{out}-bare"), environment))
        sealed.append(run(cloudaudit(*judge, "--key", str(key), "--out", str(out)), environment))
        (bundle,) = out.glob("evidence-*.zip")
        count, size = findings(out / "result.json"), bundle.stat().st_size
        verify = ("verify", str(bundle), "--key", str(public))
        shallow.append(run(cloudaudit(*verify, "--no-judge"), environment))
        deep.append(run(cloudaudit(*verify), environment))
        if shallow[-1].code or deep[-1].code:
            raise RuntimeError("the bundle does not verify")
    return [
        line(count, "judge", bare, 0),
        line(count, "judge --seal", sealed, size),
        line(count, "verify --no-judge", shallow, size),
        line(count, "verify", deep, size),
    ]


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench seal", description=__doc__)
    parser.add_argument("--buckets", type=int, nargs="+", default=[1000, 4000], help="thousands")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--snapshot", type=Path, help="of 1,000 buckets; else one is scanned")
    options = parser.parse_args(arguments)
    print(f"{options.rounds} rounds, medians · {machine()}\n")
    found: list[list[str]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = options.snapshot or scanned(folder)
        for buckets in options.buckets:
            snapshot = folder / f"{buckets}.jsonl"
            grow(source, snapshot, buckets // SCANNED)
            found += rows(snapshot, folder, options.rounds)
            snapshot.unlink()
    table(HEAD, found)
    print(f"\nend: {machine()}")
