"""Scans of the project's own fake Google over HTTP, with the real client libraries."""

import itertools
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from cloudaudit import discovery, run
from cloudaudit.demo.gcs.estate import Estate
from cloudaudit.facts import Cause, Fact, Read, Unread
from cloudaudit.gates import Gates
from cloudaudit.model import Finding, Gap, Resource, Share, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers import Outcome
from cloudaudit.providers.gcs.connect import GcsOptions
from cloudaudit.providers.gcs.session import open_session
from cloudaudit.scoring import Score
from cloudaudit.snapshot import End, Selection
from cloudaudit.text import Text
from fakes.gcs import FakeGoogle
from fakes.gcs.build import PROJECT

TAKEN_AT = "2026-11-20T03:00:00Z"
ONE = "gcs-bucket-versioning"
"""A check that looks at buckets alone."""

R = TypeVar("R", bound=Resource)
T = TypeVar("T")


@dataclass
class Quiet:
    """Progress that only counts."""

    expected: int = 0
    read: int = 0
    said: list[Text] = field(default_factory=list[Text])

    def expect(self, resources: int) -> None:
        self.expected += resources

    def done(self, resources: int = 1) -> None:
        self.read += resources

    def say(self, text: Text) -> None:
        self.said.append(text)


@dataclass(frozen=True, kw_only=True)
class Scanned:
    """What came of a scan."""

    outcome: Outcome
    findings: list[Finding]
    gaps: tuple[Gap, ...]
    score: Score
    sharing: tuple[Share, ...]
    exit_codes: list[int]
    snapshot: Path
    progress: Quiet

    def of(self, check: str, name: str) -> Finding:
        """The finding of a check on the resource of that name."""
        (found,) = [each for each in self.findings if (each.check, each.resource.name) == (check, name)]
        return found

    def named_permissions(self) -> set[str]:
        """Every permission that a NOT ASSESSED names."""
        return {
            permission
            for each in self.findings
            if each.status is Status.NOT_ASSESSED
            for named in each.missing_permissions
            for permission in named.split(", ")
        }


class World:
    """A fake that tests set as they like, and scans of it."""

    def __init__(self, url: str, fake: FakeGoogle, folder: Path) -> None:
        self.url = url
        self.fake = fake
        self.folder = folder
        self._numbers = itertools.count()

    def become(self, estate: Estate) -> None:
        """Take on another estate, and forget everything else."""
        self.fake.estate = estate
        self.fake.faults.clear()
        self.fake.denials = ()
        self.fake.allow = None
        self.fake.latency = 0.0
        self.fake.expires_after = None
        self.fake.revoked = False
        self.fake.forget()

    def options(self, **given: Any) -> GcsOptions:
        named = {"projects": (PROJECT,)} if not {"projects", "organization", "folder"} & given.keys() else {}
        settings: dict[str, Any] = {"endpoint": self.url, "retries": 1, "concurrency": 4, **named, **given}
        return GcsOptions(**settings)

    def scan(
        self,
        *checks: str,
        path: Path | None = None,
        resume: bool = False,
        policy: AuditPolicy | None = None,
        buckets: tuple[str, ...] = (),
        regions: tuple[str, ...] = (),
        **options: Any,
    ) -> Scanned:
        self.fake.forget()
        return scan_with(
            self.options(**options),
            path or self.folder / f"{next(self._numbers)}.jsonl",
            selection=Selection(checks=checks, buckets=buckets, regions=regions),
            policy=policy or AuditPolicy(),
            resume=resume,
        )


def scan_with(
    options: GcsOptions, path: Path, *, selection: Selection, policy: AuditPolicy, resume: bool = False
) -> Scanned:
    provider = discovery.provider("gcs")
    plan = run.plan(provider, discovery.checks(), selection)
    progress = Quiet()
    request = run.ScanRequest(
        provider=provider,
        session=open_session(options),
        plan=plan,
        policy=policy,
        selection=selection,
        taken_at=TAKEN_AT,
        tool_version="0",
        resume=resume,
    )
    outcome = run.scan(request, path, progress, lambda: TAKEN_AT)
    with run.assess(path, plan, policy, Gates(), tool_version="0") as assessment:
        return Scanned(
            outcome=outcome,
            findings=list(assessment.findings()),
            gaps=assessment.gaps,
            score=assessment.score,
            sharing=assessment.sharing,
            exit_codes=[reason.code for reason in assessment.exit],
            snapshot=path,
            progress=progress,
        )


@contextmanager
def world_of(estate: Estate, folder: Path) -> Generator[World]:
    fake = FakeGoogle(estate)
    with fake.served() as url:
        yield World(url, fake, folder)


def records(scanned: Scanned, kind: type[R]) -> dict[str, R]:
    """Every recorded resource of a kind, by name."""
    with run.open_snapshot(scanned.snapshot) as snapshot:
        return {resource.name: resource for resource in snapshot.resources(kind)}


def record(scanned: Scanned, kind: type[R]) -> R:
    (only,) = records(scanned, kind).values()
    return only


def end_of(path: Path) -> End | None:
    with run.open_snapshot(path) as snapshot:
        return snapshot.end


def said(fact: Fact[T]) -> T:
    assert isinstance(fact, Read), fact
    return fact.value


def unread(fact: Fact[Any]) -> Unread:
    assert isinstance(fact, Unread), fact
    return fact


def cause(fact: Fact[Any]) -> Cause:
    return unread(fact).cause


def judged(findings: list[Finding]) -> dict[str, tuple[Status, Any, Any]]:
    return {each.id: (each.status, each.evidence, each.sub_findings) for each in findings}
