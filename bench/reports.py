"""Render results of 50,000 and of 1,000,000 findings in every format: ``python -m bench reports``."""

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Cost, cloudaudit, machine, median, run, table
from cloudaudit import discovery
from cloudaudit.assessment import Assessment, CheckInfo, Counts, Scope, Target, ToolInfo
from cloudaudit.facts import Cause
from cloudaudit.ids import finding_id
from cloudaudit.model import Finding, ResourceRef, Severity, Share, Status
from cloudaudit.policy import AuditPolicy, describe
from cloudaudit.reporting import ReportOptions
from cloudaudit.scoring import score, tallies
from cloudaudit.text import Text

HEAD = ("findings", "report", "wall", "CPU", "peak MB", "file MB")
STREAMED = ("json", "csv", "sarif")
MILLION = 1_000_000
ACCOUNT = "123456789012"
REGIONS = ("ap-northeast-1", "ap-northeast-3", "us-east-1")
MIX = (Status.FAIL, Status.PASS, Status.FAIL, Status.PASS, Status.NOT_ASSESSED, Status.PASS, Status.FAIL)
"""How findings come out, over and over; three in seven fail."""


@dataclass(frozen=True)
class Estate:
    """A made-up account: every installed check on every one of many buckets."""

    findings: int

    def checks(self) -> dict[str, CheckInfo]:
        """Return the texts of the installed checks."""
        return {check.id: CheckInfo.of(check) for check in discovery.checks().values()}

    def resources(self) -> Iterator[ResourceRef]:
        """Yield as many buckets as it takes."""
        for number in range(-(-self.findings // len(discovery.checks()))):
            yield bucket(number)

    def found(self) -> Iterator[Finding]:
        """Yield the findings, each with the text and the evidence of a real one."""
        checks = list(self.checks().values())
        for number in range(self.findings):
            at, which = divmod(number, len(checks))
            yield finding(checks[which], bucket(at), MIX[(at + which) % len(MIX)])

    def shares(self) -> Iterator[Share]:
        """Yield a share for every tenth bucket."""
        for number, resource in enumerate(self.resources()):
            if number % 10 == 0:
                yield Share(
                    resource=resource,
                    audience="*",
                    scope="public",
                    right="read",
                    via="bucket policy, statement 1",
                )

    def assessment(self) -> Assessment:
        """Return the assessment."""
        installed = discovery.checks()
        tally = tallies(installed.values(), frozenset())
        counted: Counter[Status] = Counter()
        severities: Counter[str] = Counter()
        for one in self.found():
            tally[one.check].add(one)
            counted[one.status] += 1
            if one.status is Status.FAIL:
                severities[one.severity.value] += 1
        return Assessment(
            tool=ToolInfo(name="cloudaudit", version="0", wheel_digest="", checks_digest="ab" * 32),
            target=Target(provider="aws", account=ACCOUNT, partition="aws", identity="bench", name="bench"),
            taken_at="2026-11-21T15:04:05Z",
            scope=Scope(regions=REGIONS, checks=tuple(installed), excluded=(), narrowed=False),
            policy=tuple(describe(AuditPolicy())),
            score=score(tally),
            counts=Counts(
                pass_=counted[Status.PASS],
                fail=counted[Status.FAIL],
                not_assessed=counted[Status.NOT_ASSESSED],
                by_severity=dict(severities),
            ),
            gaps=(),
            exit=(),
            shares=self.shares,
            checks=self.checks(),
            findings=self.found,
            resources=self.resources,
        )


def bucket(number: int) -> ResourceRef:
    """Return a bucket whose name resembles a company's."""
    name = f"acme-{('invoices', 'customers', 'logs', 'site', 'backup')[number % 5]}-{number:06}"
    return ResourceRef(
        provider="aws",
        account=ACCOUNT,
        region=REGIONS[number % len(REGIONS)],
        kind="aws-s3-bucket",
        id=f"arn:aws:s3:::{name}",
        name=name,
    )


def finding(check: CheckInfo, resource: ResourceRef, status: Status) -> Finding:
    """Return a finding that says something of its own about its resource."""
    unread = status is Status.NOT_ASSESSED
    reason = Text(
        en=f"Statement 2 of the bucket policy of {resource.name} allows s3:GetObject to everyone.",
        ja=f"{resource.name} のバケットポリシーの第2ステートメントが、すべての人に s3:GetObject を許可しています。",
    )
    return Finding(
        id=finding_id("aws", ACCOUNT, check.id, resource.id),
        check=check.id,
        theme=check.theme,
        severity=check.severity if status is not Status.PASS else Severity.INFO,
        status=status,
        resource=resource,
        reason=reason,
        cause=Cause.DENIED if unread else None,
        missing_permissions=("s3:GetBucketPolicy",) if unread else (),
        evidence={"statement": 2, "actions": ["s3:GetObject"], "principal": "*", "blocked": False},
    )


def written(folder: Path, findings: int) -> Path:
    """Write a result of that many findings and return its path."""
    path = folder / str(findings) / "result.json"
    path.parent.mkdir()
    with path.open("wb") as file:
        discovery.report("json").render(Estate(findings).assessment(), ReportOptions(), file)
    return path


def rendered(result: Path, name: str, folder: Path) -> tuple[Cost, int]:
    """Render a report with the whole command; return the cost, and the bytes of the file."""
    with tempfile.TemporaryDirectory(dir=folder) as out:
        cost = run(
            cloudaudit("report", str(result), "--format", name, "--lang", "ja", "--out", out, "--quiet")
        )
        if cost.code != 0:
            raise RuntimeError(f"the report {name} ended with {cost.code}")
        return cost, sum(path.stat().st_size for path in Path(out).iterdir())


def row(findings: int, name: str, runs: Sequence[tuple[Cost, int]]) -> list[str]:
    """Return a line of the table."""
    cost = median([each for each, _ in runs])
    size = runs[0][1] / MILLION
    return [
        f"{findings:,}",
        name,
        f"{cost.wall:.1f} s",
        f"{cost.cpu:.1f} s",
        f"{cost.peak:.0f}",
        f"{size:.1f}",
    ]


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench reports", description=__doc__)
    parser.add_argument("--findings", type=int, default=50_000)
    parser.add_argument("--streamed", type=int, default=MILLION, help="0 to leave the long one out")
    parser.add_argument("--format", nargs="+", help="all by default")
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args(arguments)
    every = [name for name in discovery.report_names() if name != "terminal"]
    print(f"{options.rounds} rounds, medians · {machine()}\n")
    rows: list[list[str]] = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for findings, wanted in ((options.findings, every), (options.streamed, STREAMED)):
            if findings == 0:
                continue
            result = written(folder, findings)
            for name in wanted:
                if options.format is None or name in options.format:
                    runs = [rendered(result, name, folder) for _ in range(options.rounds)]
                    rows.append(row(findings, name, runs))
            result.unlink()
    table(HEAD, rows)
    print(f"\nend: {machine()}")
