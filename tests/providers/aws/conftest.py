"""A scan of the project's own fake AWS over HTTP, with the real SDK."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cloudaudit import discovery, run
from cloudaudit.assessment import Counts
from cloudaudit.clock import parse
from cloudaudit.gates import Gates
from cloudaudit.model import Finding, Gap, Share, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers import Outcome
from cloudaudit.providers.aws import reader
from cloudaudit.providers.aws.collectors import principals
from cloudaudit.providers.aws.connect import AwsOptions
from cloudaudit.providers.aws.session import AwsSession, open_session
from cloudaudit.scoring import Score
from cloudaudit.snapshot import Selection
from cloudaudit.text import Text
from fakes.aws import FakeAws

TAKEN_AT = "2026-01-16T00:00:00Z"


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
    counts: Counts
    score: Score
    sharing: tuple[Share, ...]
    exit_codes: list[int]
    snapshot: Path

    def of(self, check: str, name: str | None = None) -> Finding:
        """The finding of a check on the resource of that name, or on the only one."""
        found = [each for each in self.findings if each.check == check and name in {None, each.resource.name}]
        assert len(found) == 1, [each.resource.name for each in found]
        return found[0]

    def named_permissions(self) -> set[str]:
        """Every permission that a NOT ASSESSED names."""
        return {
            permission
            for each in self.findings
            if each.status is Status.NOT_ASSESSED
            for permission in each.missing_permissions
        }


Scan = Callable[..., Scanned]


@pytest.fixture(scope="module", autouse=True)
def the_day() -> Generator[None]:
    """Let answers come when the estates' dates are recent, in whatever year the tests are run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "now", lambda: parse(TAKEN_AT))
        # A report of credentials is ready at once there; how long to wait for it is tested by itself.
        patch.setattr(principals, "REPORT_PAUSE_SECONDS", 0.001)
        yield


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLEEXAMPLE00")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")
    monkeypatch.setenv("AWS_REGION", "ap-northeast-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


@pytest.fixture
def connect(
    credentials: None,  # noqa: ARG001 - sets the environment
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., AwsSession]:
    def make(fake: FakeAws, **options: Any) -> AwsSession:
        monkeypatch.setenv("AWS_ENDPOINT_URL", fake.url)
        return open_session(AwsOptions(**options))

    return make


@pytest.fixture
def scan(connect: Callable[..., AwsSession], tmp_path: Path) -> Scan:
    def make(
        fake: FakeAws,
        *,
        session: AwsSession | None = None,
        selection: Selection | None = None,
        policy: AuditPolicy | None = None,
        resume: bool = False,
        path: Path | None = None,
        taken_at: str = TAKEN_AT,
        **options: Any,
    ) -> Scanned:
        opened = session or connect(fake, **options)
        return scan_with(
            opened,
            path or tmp_path / f"{len(list(tmp_path.iterdir()))}.jsonl",
            selection=selection or Selection(),
            policy=policy or AuditPolicy(),
            resume=resume,
            taken_at=taken_at,
        )

    return make


def scan_with(
    session: AwsSession, path: Path, *, selection: Selection, policy: AuditPolicy, resume: bool, taken_at: str
) -> Scanned:
    provider = discovery.provider("aws")
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
    outcome = run.scan(request, path, Quiet(), lambda: taken_at)
    with run.assess(path, plan, policy, Gates(), tool_version="0") as assessment:
        return Scanned(
            outcome=outcome,
            findings=list(assessment.findings()),
            gaps=assessment.gaps,
            counts=assessment.counts,
            score=assessment.score,
            sharing=assessment.sharing,
            exit_codes=[reason.code for reason in assessment.exit],
            snapshot=path,
        )
