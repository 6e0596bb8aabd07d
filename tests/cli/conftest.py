from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cloudaudit.cli.root import cli
from cloudaudit.providers import Outcome, Progress, Sink, Task
from cloudaudit.providers.aws.model import Bucket, Versioning
from cloudaudit.snapshot import Listed, Listing
from cloudaudit.testing import ACCOUNT, REGION, build
from cloudaudit.text import Text

CHECK = "aws-s3-bucket-versioning"


@dataclass
class FakeSession:
    """Reads two buckets without a network."""

    account: str = ACCOUNT
    spans: bool = False
    partition: str = "aws"
    identity: str = f"arn:aws:sts::{ACCOUNT}:assumed-role/audit/me"
    stopped: str = ""
    versioning: str = ""
    fail: BaseException | None = None
    off_name: str = "acme-[bold]\x1b[31moff"
    tasks: list[Task] = field(default_factory=list[Any])

    def collect(self, task: Task, sink: Sink, progress: Progress) -> Outcome:
        self.tasks.append(task)
        buckets = [
            build(Bucket, name="acme-on", versioning=Versioning(status="Enabled")),
            build(Bucket, name=self.off_name, versioning=Versioning(status=self.versioning)),
        ]
        items = tuple(Listed(bucket.id, bucket.name, REGION) for bucket in buckets)
        sink.write(Listing(of=Bucket.of_kind(), items=items, complete=True))
        progress.expect(len(buckets))
        for bucket in buckets:
            sink.write(bucket)
            progress.done()
            if self.fail is not None:
                raise self.fail
        progress.say(Text(en="that was all", ja="以上です"))
        return Outcome(calls=3, stopped=self.stopped)


@dataclass
class Desk:
    """Runs commands in a folder of its own, against a fake account."""

    folder: Path
    session: FakeSession
    options: list[Any] = field(default_factory=list[Any])

    def run(self, *arguments: str, **environ: str) -> Result:
        return CliRunner().invoke(cli, arguments, env=environ)

    def typing(self, typed: str, *arguments: str) -> Result:
        """Run a command while a person types."""
        return CliRunner().invoke(cli, arguments, input=typed)

    def scan(self, *arguments: str, **environ: str) -> Result:
        return self.run("scan", "aws", "--check", CHECK, *arguments, **environ)

    @property
    def runs(self) -> list[Path]:
        return sorted((self.folder / "cloudaudit-out" / f"aws-{ACCOUNT}").iterdir())


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path, FakeSession())

    def open_session(options: Any) -> FakeSession:
        made.options.append(options)
        return made.session

    opener: Callable[[Any], FakeSession] = open_session
    monkeypatch.setattr("cloudaudit.providers.aws.session.open_session", opener)
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "NO_COLOR", "COLUMNS", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    return made
