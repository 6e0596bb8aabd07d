"""A scan that stops early keeps what it read, says what is missing, and goes on where it stopped."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cloudaudit import discovery, run
from cloudaudit.demo.gcs.estate import Estate, binding
from cloudaudit.demo.gcs.server import Denial
from cloudaudit.errors import UsageError
from cloudaudit.facts import Cause
from cloudaudit.gates import Gates
from cloudaudit.model import Finding, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.gcs.model import Bucket, Role
from cloudaudit.snapshot import Selection
from fakes.gcs import FakeGoogle, Fault, Kind
from fakes.gcs.build import PROJECT, VIEWER, bucket, estate

from .collected import ONE, Scanned, World, cause, end_of, judged, records, said
from .complete import complete_estate

BUCKETS = 60


def many() -> Estate:
    return estate(
        *(bucket(f"b-{number:02}", binding(VIEWER, "user:a@sample.example")) for number in range(BUCKETS))
    )


def interrupted(world: World, path: Path, estate: Estate, *checks: str, after: int) -> Scanned:
    world.become(estate)
    world.fake.expires_after = after
    return world.scan(*checks, path=path)


def asked(world: World, method: str) -> set[str]:
    return {about for (name, about), _ in world.fake.counts.items() if name == method}


def test_expired_credentials_stop_the_scan_and_keep_what_was_read(world: World, tmp_path: Path) -> None:
    stopped = interrupted(world, tmp_path / "s.jsonl", many(), ONE, after=60)
    assert stopped.outcome.stopped == "expired"
    assert world.fake.calls <= 60 + 2 * 4
    kept = records(stopped, Bucket)
    assert 0 < len(kept) < BUCKETS
    assert {said(found.versioning) for found in kept.values()} == {True}
    statuses = {each.resource.name: (each.status, each.cause) for each in stopped.findings}
    assert len(statuses) == BUCKETS
    for name, outcome in statuses.items():
        assert outcome == ((Status.PASS, None) if name in kept else (Status.NOT_ASSESSED, Cause.EXPIRED))
    assert stopped.exit_codes[0] == 3


def test_resuming_reads_what_is_missing_and_ends_as_if_nothing_had_happened(
    world: World, tmp_path: Path
) -> None:
    world.become(many())
    whole = world.scan(ONE)
    assert len(asked(world, "buckets.getIamPolicy")) == BUCKETS
    path = tmp_path / "s.jsonl"
    kept = set(records(interrupted(world, path, many(), ONE, after=60), Bucket))
    world.become(many())
    resumed = world.scan(ONE, path=path, resume=True)
    assert asked(world, "buckets.getIamPolicy") == {f"b-{number:02}" for number in range(BUCKETS)} - kept
    assert resumed.outcome.stopped == ""
    assert judged(resumed.findings) == judged(whole.findings)
    assert (resumed.score, resumed.exit_codes) == (whole.score, whole.exit_codes)


@pytest.mark.parametrize("after", [1, 4, 10, 20, 30, 40])
def test_the_complete_estate_may_be_interrupted_anywhere(world: World, tmp_path: Path, after: int) -> None:
    world.become(complete_estate())
    whole = world.scan(organization="900000000001")
    path = tmp_path / "s.jsonl"
    world.become(complete_estate())
    world.fake.expires_after = after
    stopped = world.scan(organization="900000000001", path=path)
    assert stopped.outcome.stopped == "expired"
    assert 3 in stopped.exit_codes
    assert (stopped.score.overall.guaranteed or 0) <= (whole.score.overall.guaranteed or 0)
    world.become(complete_estate())
    resumed = world.scan(organization="900000000001", path=path, resume=True)
    assert judged(resumed.findings) == judged(whole.findings)
    assert resumed.sharing == whole.sharing
    assert resumed.gaps == ()


@pytest.mark.parametrize("kind", [Kind.THROTTLE, Kind.NETWORK])
def test_what_failed_in_passing_is_read_again(world: World, tmp_path: Path, kind: Kind) -> None:
    world.become(estate(bucket("a"), bucket("b"), bucket("c")))
    world.fake.faults.append(Fault(kind, "managedFolders.list", "b"))
    world.fake.denials = (Denial("storage.managedFolders.list", "c"),)
    path = tmp_path / "s.jsonl"
    assert records(world.scan(ONE, path=path, retries=0), Bucket).keys() == {"a", "b", "c"}
    world.fake.faults.clear()
    resumed = world.scan(ONE, path=path, resume=True)
    assert asked(world, "managedFolders.list") == {"b"}
    found = records(resumed, Bucket)
    assert said(found["b"].managed_folders) == ()
    assert cause(found["c"].managed_folders) is Cause.DENIED


def test_a_role_that_failed_in_passing_is_read_again_though_its_buckets_are_not(
    world: World, tmp_path: Path
) -> None:
    world.become(many())
    world.fake.faults.append(Fault(Kind.NETWORK, "roles.get", "storage.objectViewer"))
    path = tmp_path / "s.jsonl"
    public = "gcs-bucket-public-access"
    assert cause(records(world.scan(public, path=path, retries=0), Role)[VIEWER].permissions) is Cause.NETWORK
    world.fake.faults.clear()
    resumed = world.scan(public, path=path, resume=True)
    assert asked(world, "roles.get") == {"storage.objectViewer"}
    assert asked(world, "buckets.getIamPolicy") == set()
    assert said(records(resumed, Role)[VIEWER].permissions)


def test_another_target_or_selection_is_not_resumed(world: World, tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    interrupted(world, path, many(), ONE, after=60)
    world.become(complete_estate())
    with pytest.raises(UsageError):
        world.scan("gcs-bucket-soft-delete", path=path, resume=True)
    with pytest.raises(UsageError):
        world.scan(ONE, path=path, resume=True, organization="900000000001")
    with pytest.raises(UsageError):
        world.scan(ONE, path=tmp_path / "none.jsonl", resume=True)


# --------------------------------------------------------------------------- processes that are killed


def command(url: str, folder: Path, *more: str) -> list[str]:
    scan = [sys.executable, "-m", "cloudaudit", "scan", "gcs", "--project", PROJECT, "--endpoint", url]
    return [*scan, "--check", ONE, "--concurrency", "4", "--plain", "--out", str(folder / "out"), *more]


def started(fake: FakeGoogle, url: str, folder: Path) -> subprocess.Popen[str]:
    """Start a scan in a process of its own, and wait until some buckets were read."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        command(url, folder),
        env={**os.environ, "LANG": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        paths = list(folder.rglob("snapshot.jsonl"))
        if paths and paths[0].read_bytes().count(b'"kind":"gcs-bucket"') > 5:
            return process
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.02)
    process.kill()
    pytest.fail(f"the scan did not read anything in time: {fake.counts}")


def again(path: Path) -> tuple[list[Finding], list[int]]:
    """Judge the snapshot alone."""
    plan = run.plan(discovery.provider("gcs"), discovery.checks(), Selection(checks=(ONE,)))
    with run.assess(path, plan, AuditPolicy(), Gates(), tool_version="0") as assessment:
        return list(assessment.findings()), [reason.code for reason in assessment.exit]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_after_a_kill_the_snapshot_says_what_is_missing(world: World, tmp_path: Path) -> None:
    world.become(many())
    world.fake.latency = 0.04
    process = started(world.fake, world.url, tmp_path)
    process.kill()
    process.communicate()
    (path,) = tmp_path.rglob("snapshot.jsonl")
    assert end_of(path) is None
    findings, codes = again(path)
    assert codes[0] == 3
    assert len(findings) == BUCKETS
    missing = {each.resource.name for each in findings if each.status is Status.NOT_ASSESSED}
    assert {each.cause for each in findings if each.status is Status.NOT_ASSESSED} == {Cause.INTERRUPTED}
    assert 0 < len(missing) < BUCKETS
    world.become(many())
    subprocess.run(  # noqa: S603 - our own command
        command(world.url, tmp_path, "--resume"),
        env={**os.environ, "LANG": "C.UTF-8"},
        check=True,
        capture_output=True,
    )
    assert asked(world, "buckets.getIamPolicy") == missing
    findings, codes = again(path)
    assert {each.status for each in findings} == {Status.PASS}
    assert codes == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
def test_an_interruption_by_the_user_ends_the_snapshot(world: World, tmp_path: Path) -> None:
    world.become(many())
    world.fake.latency = 0.04
    process = started(world.fake, world.url, tmp_path)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in output
    (path,) = tmp_path.rglob("snapshot.jsonl")
    end = end_of(path)
    assert end is not None
    assert end.stopped == "interrupted"
    findings, codes = again(path)
    assert codes[0] == 130
    assert len(findings) == BUCKETS
