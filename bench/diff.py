"""Compare two results of many findings: ``python -m bench diff``. The results are made of one small one, grown."""

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from bench.judge import scanned
from bench.measure import cloudaudit, machine, median, run, table
from cloudaudit import discovery
from cloudaudit.assessment import Assessment, Counts
from cloudaudit.model import Finding, ResourceRef, Status
from cloudaudit.reporting import ReportOptions
from cloudaudit.result import open_result

HEAD = ("findings", "changed", "wall", "CPU", "peak MB")
CHANGED = 100
"""One finding in so many is another in the later result."""


def grown(small: Assessment, times: int, *, later: bool) -> Assessment:
    """Return an assessment with so many copies of every finding and resource, some of them changed in the later one."""

    def findings() -> Iterator[Finding]:
        number = 0
        for copy in range(times):
            for finding in small.findings():
                number += 1
                status = Status.PASS if finding.status is Status.NOT_ASSESSED else finding.status
                if later and number % CHANGED == 0:
                    status = Status.FAIL if status is Status.PASS else Status.PASS
                yield msgspec.structs.replace(
                    finding,
                    id=f"{copy:08x}{finding.id[8:]}",
                    status=status,
                    resource=of_copy(finding.resource, copy),
                    cause=None,
                    sub_findings=(),
                )

    def of_copy(resource: ResourceRef, copy: int) -> ResourceRef:
        return msgspec.structs.replace(resource, id=f"{resource.id}-{copy}", name=f"{resource.name}-{copy}")

    statuses = Counter(finding.status for finding in findings())
    failures = Counter(finding.severity.value for finding in findings() if finding.status is Status.FAIL)
    return replace(
        small,
        findings=findings,
        resources=lambda: (of_copy(one, copy) for copy in range(times) for one in small.resources()),
        taken_at="2026-01-02T00:00:00Z" if later else "2026-01-01T00:00:00Z",
        gaps=(),
        shares=lambda: (),
        counts=Counts(
            pass_=statuses[Status.PASS],
            fail=statuses[Status.FAIL],
            not_applicable=statuses[Status.NOT_APPLICABLE],
            waived=statuses[Status.WAIVED],
            by_severity=dict(failures),
        ),
    )


def judged(folder: Path) -> Path:
    """Scan the fake and return the result."""
    return scanned(folder).with_name("result.json")


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench diff", description=__doc__)
    parser.add_argument("--result", type=Path, help="to grow from; else one is scanned")
    parser.add_argument("--findings", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args(arguments)
    print(f"{options.rounds} rounds, medians · {machine()}\n")
    rows: list[list[str]] = []
    with tempfile.TemporaryDirectory() as name, open_result(options.result or judged(Path(name))) as small:
        each = sum(1 for _ in small.findings())
        for wanted in options.findings:
            times = max(wanted // each, 1)
            paths = [Path(name, f"{side}.json") for side in ("before", "now")]
            for path, later in zip(paths, (False, True), strict=True):
                with path.open("wb") as out:
                    discovery.report("json").render(grown(small, times, later=later), ReportOptions(), out)
            command = cloudaudit("diff", *map(str, paths), "--format", "json")
            cost = median([run(command) for _ in range(options.rounds)])
            rows.append(
                [
                    f"{times * each:,}",
                    f"{times * each // CHANGED:,}",
                    f"{cost.wall:.1f} s",
                    f"{cost.cpu:.1f} s",
                    f"{cost.peak:.0f}",
                ]
            )
    table(HEAD, rows)
    print(f"\nend: {machine()}")
