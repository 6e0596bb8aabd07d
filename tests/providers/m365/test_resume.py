"""A scan that stops early keeps what it read, says what is missing, and goes on where it stopped."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from cloudaudit import run
from cloudaudit.demo.m365.estate import build
from cloudaudit.demo.m365.names import TENANT
from cloudaudit.demo.m365.writing import Calendar, user
from cloudaudit.facts import Cause
from cloudaudit.model import Resource, Status
from cloudaudit.providers.m365.connect import SignIn
from cloudaudit.providers.m365.model import Drive, Tenant, User
from cloudaudit.snapshot import End
from fakes.m365 import Fault

from .conftest import TODAY, Scanned, World, world_of

DATES = Calendar(TODAY)
TENANT_CHECK = "m365-sharing-capability"


class Ending:
    """A credential that gives one token and no other."""

    def get_token(self, *_scopes: str, **_options: object) -> Any:
        from azure.core.credentials import AccessToken

        return AccessToken("token", 2**40)


SIGNED = SignIn(credential=Ending(), scopes=(), identity="app:x")


def end_of(path: Path) -> End | None:
    with run.open_snapshot(path) as snapshot:
        return snapshot.end


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    """What a scan finds that nothing stops."""
    with world_of(build(TODAY), tmp_path_factory.mktemp("whole")) as world:
        return world.scan()


@pytest.mark.parametrize("after", [2, 8, 20, 35, 50])
def test_a_scan_may_be_interrupted_anywhere(world: World, tmp_path: Path, whole: Scanned, after: int) -> None:
    path = tmp_path / "s.jsonl"
    world.fake.faults.append(Fault(".*", 401, "InvalidAuthenticationToken", "expired", after=after))
    stopped = world.scan(path=path, signed=SIGNED)
    assert stopped.outcome.stopped == "expired"
    assert 3 in stopped.exit_codes
    passed = {each.id for each in whole.findings if each.status is Status.PASS}
    assert {each.id for each in stopped.findings if each.status is Status.PASS} <= passed
    world.fake.faults.clear()
    resumed = world.scan(path=path, resume=True, signed=SIGNED)
    assert resumed.outcome.stopped == ""
    assert resumed.judged() == whole.judged()
    assert resumed.sharing == whole.sharing
    assert (resumed.gaps, resumed.score) == (whole.gaps, whole.score)


def test_resuming_does_not_read_again_what_was_read(world: World, tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    world.fake.faults.append(Fault("/users/[^/]+/drive", 401, "InvalidAuthenticationToken", "expired"))
    stopped = world.scan(path=path, signed=SIGNED)
    kept: set[type[Resource]] = {kind for kind in (User, Drive, Tenant) if stopped.records(kind)}
    assert kept == {User, Drive, Tenant}
    drives = set(stopped.records(Drive))
    world.fake.faults.clear()
    world.scan(path=path, resume=True, signed=SIGNED)
    assert world.fake.times("/domains") == 0
    assert world.fake.times("/users/[^/]+/mailboxSettings/userPurpose") == 0
    for drive in drives:
        assert world.fake.times(f"/drives/{drive}/root/delta") == 0, drive


def test_what_failed_in_passing_is_read_again(world: World, tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    world.fake.faults += [Fault("/domains", 500), Fault("/admin/.*", 403, "accessDenied")]
    world.scan(TENANT_CHECK, path=path)
    world.fake.faults.clear()
    resumed = world.scan(TENANT_CHECK, path=path, resume=True)
    assert world.fake.times("/domains") == 1
    assert resumed.of(TENANT_CHECK).status is Status.FAIL


def started(world: World, folder: Path, *more: str) -> subprocess.Popen[bytes]:
    """Start a scan as a user would, in a process of its own."""
    arguments = ["scan", "m365", "--tenant", TENANT, "--endpoint", world.fake.url, "--lang", "en", *more]
    return subprocess.Popen(  # noqa: S603 - this interpreter, and arguments of our own
        [sys.executable, "-m", "cloudaudit", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONWARNINGS": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def slow(world: World) -> None:
    """Make the scan long enough to be stopped in its middle."""
    world.fake.latency = 0.05
    world.estate.lists["/users"] += [
        user(number, f"u{number}@x.example", f"u{number}", DATES) for number in range(1000, 1400)
    ]


def until_users_are_written(folder: Path, process: subprocess.Popen[bytes]) -> Path:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        for path in folder.glob("cloudaudit-out/*/*/snapshot.jsonl"):
            if b'"kind":"m365-user"' in path.read_bytes():
                return path
        time.sleep(0.02)
    raise AssertionError(process.communicate())


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize(("number", "stopped"), [(signal.SIGINT, "interrupted"), (signal.SIGKILL, None)])
def test_a_killed_scan_is_gone_on_with(
    world: World, tmp_path: Path, number: signal.Signals, stopped: str | None
) -> None:
    slow(world)
    with started(world, tmp_path) as process:
        path = until_users_are_written(tmp_path, process)
        process.send_signal(number)
        process.communicate(timeout=60)
    if number is signal.SIGINT:
        assert process.returncode == 130
    end = end_of(path)
    assert (end.stopped if end else None) == stopped
    world.fake.latency = 0
    with started(world, tmp_path, "--resume") as process:
        _, errors = process.communicate(timeout=120)
    assert process.returncode in {1, 3}, errors
    end = end_of(path)
    assert end is not None
    assert end.stopped == ""
    with run.open_snapshot(path) as snapshot:
        assert sum(1 for _ in snapshot.resources(User)) == 413


def test_an_interrupted_scan_has_its_missing_parts_not_assessed(world: World, tmp_path: Path) -> None:
    world.fake.faults.append(Fault("/drives/.*", 401, "InvalidAuthenticationToken", "expired"))
    scanned = world.scan("m365-drive-anonymous-link", path=tmp_path / "s.jsonl", signed=SIGNED)
    assert scanned.findings
    assert {each.status for each in scanned.findings} == {Status.NOT_ASSESSED}
    # The archived site's own reason was known before the sign-in ended.
    assert Cause.EXPIRED in {each.cause for each in scanned.findings} <= {Cause.EXPIRED, Cause.DISABLED}
