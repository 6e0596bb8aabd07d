"""Scans of the project's own fake Graph over HTTP, with the real SDK."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from cloudaudit import discovery, run
from cloudaudit.clock import parse, stamp
from cloudaudit.demo.m365.estate import build
from cloudaudit.demo.m365.graph import Drive as FakeDrive
from cloudaudit.demo.m365.graph import Estate
from cloudaudit.demo.m365.names import TENANT
from cloudaudit.facts import Cause, Fact, Read, Unread
from cloudaudit.gates import Gates
from cloudaudit.model import Finding, Gap, Resource, Share, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers import Outcome
from cloudaudit.providers.m365 import reader
from cloudaudit.providers.m365.collectors import drives
from cloudaudit.providers.m365.connect import M365Options, SignIn
from cloudaudit.providers.m365.model import Drive, SharedItem, Sharing
from cloudaudit.providers.m365.session import M365Session, open_session
from cloudaudit.scoring import Score
from cloudaudit.snapshot import Selection
from cloudaudit.text import Text
from fakes.m365 import FakeGraph

TODAY = parse("2026-01-16T00:00:00Z")
LINKS = "m365-drive-anonymous-link"
"""A check that needs drives, and of people only who is a guest."""

R = TypeVar("R", bound=Resource)
T = TypeVar("T")


@dataclass
class Quiet:
    """Progress that only counts, and keeps what was said."""

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
    said: list[Text]

    def of(self, check: str, name: str | None = None) -> Finding:
        """The finding of a check on the resource of that name, or on the only one."""
        found = [each for each in self.findings if each.check == check and name in {None, each.resource.name}]
        assert len(found) == 1, [each.resource.name for each in found]
        return found[0]

    def named_permissions(self) -> set[str]:
        """Every permission that a NOT ASSESSED names."""
        return {
            name
            for each in self.findings
            if each.status is Status.NOT_ASSESSED
            for permission in each.missing_permissions
            for name in permission.split(", ")
        }

    def records(self, kind: type[R]) -> dict[str, R]:
        """Every recorded resource of a kind, by id."""
        with run.open_snapshot(self.snapshot) as snapshot:
            return {resource.id: resource for resource in snapshot.resources(kind)}

    def record(self, kind: type[R]) -> R:
        (only,) = self.records(kind).values()
        return only

    def sharing_of(self, drive: str) -> Sharing:
        return read(self.records(Drive)[drive].sharing)

    def items_of(self, drive: str) -> dict[str, SharedItem]:
        return {item.id: item for item in self.sharing_of(drive).items}

    def judged(self) -> dict[str, tuple[Status, Any, Any]]:
        """Every verdict, without when and how it came about."""
        return {each.id: (each.status, each.cause, each.evidence) for each in self.findings}


class World:
    """An estate that tests set as they like, served over HTTP; time is what the test says."""

    def __init__(self, fake: FakeGraph, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.fake = fake
        self.estate = fake.estate
        self.folder = folder
        self.patch = patch
        self.today = TODAY
        self.scans = 0

    def wait(self, days: float) -> None:
        """Let days go by."""
        self.today += timedelta(days=days)

    def session(self, *, signed: SignIn | None = None, **options: Any) -> M365Session:
        given: dict[str, Any] = {"tenant": TENANT, "endpoint": self.fake.url, "concurrency": 4, **options}
        return open_session(M365Options(**given), lambda _: None, signed)

    def scan(
        self,
        *checks: str,
        path: Path | None = None,
        resume: bool = False,
        policy: AuditPolicy | None = None,
        **options: Any,
    ) -> Scanned:
        self.fake.reset()
        return self.scan_of(self.session(**options), *checks, path=path, resume=resume, policy=policy)

    def scan_of(
        self,
        session: M365Session,
        *checks: str,
        path: Path | None = None,
        resume: bool = False,
        policy: AuditPolicy | None = None,
    ) -> Scanned:
        self.scans += 1
        return scan_with(
            session,
            path or self.folder / f"{self.scans}.jsonl",
            selection=Selection(checks=checks),
            policy=policy or AuditPolicy(),
            resume=resume,
            taken_at=stamp(self.today),
        )


@contextmanager
def world_of(estate: Estate, folder: Path) -> Generator[World]:
    with pytest.MonkeyPatch.context() as patch, FakeGraph(estate) as fake:
        world = World(fake, folder, patch)
        for name in ("AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_AUTHORITY_HOST"):
            patch.delenv(name, raising=False)

        def now() -> datetime:
            return world.today

        patch.setattr(reader, "now", now)
        patch.setattr(drives, "now", now)
        patch.setattr(reader, "FIRST_PAUSE", 0.01)
        yield world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The sample estate as everybody with every permission and licence would see it."""
    with world_of(build(TODAY), tmp_path) as made:
        yield made


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[World]:
    """A tenant with nobody and nothing in it."""
    with world_of(empty(), tmp_path) as made:
        yield made


def empty() -> Estate:
    """A tenant whose every listing is empty."""
    full = build(TODAY)
    estate = Estate(objects={path: each for path, each in full.objects.items() if path.count("/") < 4})
    estate.lists = dict.fromkeys(path for path in full.lists if "{" not in path and "/items/" not in path)  # type: ignore[assignment]
    estate.lists = {path: [] for path in estate.lists}
    estate.lists["/organization"] = full.lists["/organization"]
    return estate


def scan_with(
    session: M365Session,
    path: Path,
    *,
    selection: Selection,
    policy: AuditPolicy,
    resume: bool,
    taken_at: str,
) -> Scanned:
    provider = discovery.provider("m365")
    plan = run.plan(provider, discovery.checks(), selection)
    request = run.ScanRequest(
        provider=provider,
        session=session,
        plan=plan,
        policy=policy,
        selection=selection,
        taken_at=taken_at,
        tool_version="0",
        resume=resume,
    )
    quiet = Quiet()
    outcome = run.scan(request, path, quiet, lambda: taken_at)
    with run.assess(path, plan, policy, Gates(), tool_version="0") as assessment:
        return Scanned(
            outcome=outcome,
            findings=list(assessment.findings()),
            gaps=assessment.gaps,
            score=assessment.score,
            sharing=assessment.sharing,
            exit_codes=[reason.code for reason in assessment.exit],
            snapshot=path,
            said=quiet.said,
        )


def add_drive(
    estate: Estate, drive: str, items: list[dict[str, Any]], permissions: dict[str, list[Any]] | None = None
) -> FakeDrive:
    """Add a drive to the first site."""
    site = estate.lists["/sites/getAllSites"][0]["id"]
    estate.lists[f"/sites/{site}/drives"].append(
        {"id": drive, "name": drive, "driveType": "documentLibrary", "webUrl": f"https://x.example/{drive}"}
    )
    made = FakeDrive(items)
    estate.drives[drive] = made
    for item, lines in (permissions or {}).items():
        estate.lists[f"/drives/{drive}/items/{item}/permissions"] = lines
    return made


def read(fact: Fact[T]) -> T:
    assert isinstance(fact, Read), fact
    return fact.value


def unread(fact: Fact[Any]) -> Unread:
    assert isinstance(fact, Unread), fact
    return fact


def cause(fact: Fact[Any]) -> Cause:
    return unread(fact).cause


Scan = Callable[..., Scanned]
