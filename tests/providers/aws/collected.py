"""A fake AWS with one open connection, for many short scans: building the SDK's clients is what takes time."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from cloudaudit import run
from cloudaudit.facts import Cause, Fact, Read, Unread
from cloudaudit.model import Resource
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.connect import AwsOptions
from cloudaudit.providers.aws.session import AwsSession, open_session
from cloudaudit.snapshot import End, Selection
from fakes.aws import Estate, FakeAws

from .conftest import TAKEN_AT, Scanned, scan_with

ONE = "aws-s3-bucket-versioning"
"""A check that looks at buckets alone."""

KEY_ID = "AKIAEXAMPLEEXAMPLE00"
SECRET = "not-for-anyones-eyes-0123456789"

R = TypeVar("R", bound=Resource)
T = TypeVar("T")


class World:
    """An estate that tests set as they like, its server, and one connection to it."""

    def __init__(
        self, estate: Estate, fake: FakeAws, session: AwsSession, folder: Path, patch: pytest.MonkeyPatch
    ) -> None:
        self.patch = patch
        self.estate = estate
        self.fake = fake
        self.session = session
        self.folder = folder
        self.scans = 0

    def become(self, estate: Estate) -> None:
        """Take on another estate, be the AWS of this process, and forget everything else."""
        self.patch.setenv("AWS_ENDPOINT_URL", self.fake.url)
        self.estate.__dict__.update(estate.__dict__)
        self.fake.faults.clear()
        self.fake.allow = None
        self.fake.latency = 0.0
        self.fake.reset()

    def scan(
        self,
        *checks: str,
        path: Path | None = None,
        resume: bool = False,
        session: AwsSession | None = None,
        policy: AuditPolicy | None = None,
        **selected: tuple[str, ...],
    ) -> Scanned:
        self.fake.reset()
        self.scans += 1
        return scan_with(
            session or self.session,
            path or self.folder / f"{self.scans}.jsonl",
            selection=Selection(checks=checks, **selected),
            policy=policy or AuditPolicy(),
            resume=resume,
            taken_at=TAKEN_AT,
        )

    def asked(self, *operations: str) -> int:
        """How often operations were asked for, whatever the service."""
        return sum(count for key, count in self.fake.counts.items() if key[1] in operations)

    def services(self) -> set[str]:
        return {service for service, _, _, _ in self.fake.counts}


@contextmanager
def world_of(
    estate: Estate, folder: Path, *others: Estate, environ: Mapping[str, str] | None = None, **options: Any
) -> Generator[World]:
    with pytest.MonkeyPatch.context() as patch, FakeAws(estate, *others) as fake:
        surroundings(patch, fake.url, folder, environ or {})
        settings: dict[str, Any] = {"retries": 0, **options}
        yield World(estate, fake, open_session(AwsOptions(**settings)), folder, patch)


def surroundings(patch: pytest.MonkeyPatch, url: str, folder: Path, environ: Mapping[str, str]) -> None:
    """Set the environment so that nothing of the machine's own configuration is used."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN", "AWS_DEFAULT_REGION"):
        patch.delenv(name, raising=False)
    for name, value in environment(url, folder).items():
        patch.setenv(name, value)
    for name, value in environ.items():
        patch.setenv(name, value)


def environment(url: str, folder: Path) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": "ap-northeast-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(folder / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
    }


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
