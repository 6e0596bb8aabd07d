"""A workshop that seals small nights as ``scan --seal`` does."""

import importlib
import os
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from cloudaudit import clock, discovery, run
from cloudaudit.assessment import Assessment
from cloudaudit.evidence.again import Inputs, Judge
from cloudaudit.evidence.report import Mark, Report
from cloudaudit.evidence.seal import Sealer, Sealing, seal
from cloudaudit.facts import Cause, Source, Unread
from cloudaudit.gates import Gates
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers import Provider
from cloudaudit.providers.aws.model import Bucket, Versioning
from cloudaudit.reporting import ReportOptions
from cloudaudit.result import settled
from cloudaudit.snapshot import SCHEMA, End, Header, Listed, Listing, Selection, SnapshotWriter
from cloudaudit.testing import ACCOUNT, REGION, build
from cloudaudit.waivers import State, WaiverEntry

VERSION = "0.1.0"
PASSPHRASE = b"correct horse battery staple"


def needed(module: str) -> Any:  # noqa: ANN401 - a module
    """Import what a test cannot do without; a developer may lack it, and then the test is skipped, but not in CI."""
    if "CI" in os.environ:
        return importlib.import_module(module)
    return pytest.importorskip(module)


def plan_for(provider: Provider, selection: Selection) -> run.Plan:
    """Return the installed checks."""
    return run.plan(provider, discovery.checks(), selection)


def assess(inputs: Inputs) -> AbstractContextManager[Assessment]:
    """Judge as the tool does."""
    return run.assess(
        inputs.snapshot,
        inputs.plan,
        inputs.policy,
        inputs.gates,
        tool_version=inputs.tool_version,
        as_of=inputs.as_of,
    )


JUDGE = Judge(version=VERSION, plan_for=plan_for, assess=assess)


def write_snapshot(path: Path, taken_at: str, *, last: str = "Enabled", ended_at: str = "") -> None:
    """Write the scan of two buckets, of which the policy of the first could not be read."""
    denied = Unread(
        cause=Cause.DENIED,
        source=Source("s3:GetBucketPolicy", taken_at, "REQ-DENIED"),
        permission="s3:GetBucketPolicy",
    )
    buckets = [
        build(Bucket, name="acme-on", versioning=Versioning(status="Enabled"), policy=denied),
        build(Bucket, name="顧客名簿", versioning=Versioning(status=last)),
    ]
    with path.open("wb") as file:
        writer = SnapshotWriter(file)
        writer.write(
            Header(
                schema=SCHEMA,
                provider="aws",
                account=ACCOUNT,
                partition="aws",
                identity=f"arn:aws:sts::{ACCOUNT}:assumed-role/audit/me",
                taken_at=taken_at,
                tool_version=VERSION,
                selection=Selection(),
                kinds=(Bucket.of_kind(),),
                policy_digest="",
            )
        )
        listed = tuple(Listed(bucket.id, bucket.name, REGION) for bucket in buckets)
        writer.write(Listing(of=Bucket.of_kind(), items=listed, complete=True))
        for bucket in buckets:
            writer.write(bucket)
        writer.write(End(at=ended_at or later(taken_at, minutes=10), calls=2))


def later(moment: str, **difference: int) -> str:
    """Return a moment after another."""
    return clock.stamp(clock.parse(moment) + timedelta(**difference))


@dataclass
class Workshop:
    """Seals nights into a folder, each behind those that are there."""

    folder: Path
    sealer: Sealer
    made: list[Path] = field(default_factory=list[Path])

    def night(self, taken_at: str, **changes: Any) -> Path:  # noqa: ANN401 - of several kinds
        """Seal a night and return its bundle.

        Args:
            taken_at: when its scan began; it takes ten minutes and is sealed a minute later.
            changes: ``last`` (state of a bucket), ``sealed_at``, ``ended_at``, ``waivers``, ``edit`` (of the assessment),
                ``sealer``, ``reports`` (names), ``name``, ``alone``, ``original``.
        """
        name: str = changes.get("name", f"evidence-aws-{taken_at.replace(':', '')}.zip")
        place: Path = self.folder / name
        self.folder.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(dir=self.folder, prefix="work-"))
        snapshot = work / "snapshot.jsonl"
        write_snapshot(
            snapshot, taken_at, last=changes.get("last", "Enabled"), ended_at=changes.get("ended_at", "")
        )
        policy = changes.get("policy", AuditPolicy())
        with run.open_snapshot(snapshot) as opened:
            plan = plan_for(discovery.provider("aws"), opened.header.selection)
        with run.assess(snapshot, plan, policy, Gates(), tool_version=VERSION) as judged:
            assessment = settled(replace(judged, waivers=changes.get("waivers", ())))
            edit: Callable[[Assessment], Assessment] = changes.get("edit", as_it_is)
            assessment = edit(assessment)
            reports: dict[str, Path] = {}
            for report in ("json", "markdown", *changes.get("reports", ())):
                path = work / str(discovery.report(report).FILE_NAME).replace("{language}", "ja")
                with path.open("wb") as out:
                    discovery.report(report).render(assessment, ReportOptions(languages=("ja",)), out)
                if path.suffix == ".pdf" and self.sealer.pdf is not None:
                    path.write_bytes(self.sealer.pdf.signed(path))
                reports[path.name] = path
            sealing = Sealing(
                assessment=assessment,
                snapshot=snapshot,
                reports=reports,
                policy=policy,
                gates=Gates(),
                as_of="",
                sealed_at=clock.parse(changes.get("sealed_at", later(taken_at, minutes=11))),
                inputs=changes.get("inputs", {}),
                earlier=() if changes.get("alone") else tuple(self.folder.glob("evidence-*.zip")),
                original=changes.get("original"),
            )
            (work / "seal").mkdir()
            with place.open("wb") as out:
                seal(out, work / "seal", sealing, changes.get("sealer", self.sealer))
        self.made.append(place)
        return place


def as_it_is(assessment: Assessment) -> Assessment:
    """Return an assessment unchanged."""
    return assessment


def waived(**members: str) -> WaiverEntry:
    """Return a waiver as it stands in a result."""
    texts: dict[str, Any] = {name: "" for name, kind in WaiverEntry.__annotations__.items() if kind is str}
    given: dict[str, Any] = {"state": State.IN_FORCE, "problems": (), "waived": 0, "failing": 0} | texts
    given |= members
    return WaiverEntry(**given)


def masked(assessment: Assessment) -> Assessment:
    """Return an assessment that says its names are masked."""
    return replace(assessment, masked=True)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return sha256(path.read_bytes()).hexdigest()


def said(report: Report, mark: Mark) -> str:
    """Return the lines of one mark, in both languages."""
    return "\n".join(f"{line.text.en} / {line.text.ja}" for line in report.lines if line.mark is mark)


def wrong(report: Report) -> str:
    """What is wrong, in both languages; empty where nothing is."""
    return said(report, Mark.FAILED)
