"""A scan that stops early keeps what it read, says what is missing, and goes on where it stopped."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cloudaudit import discovery, run
from cloudaudit.errors import UsageError
from cloudaudit.facts import Cause
from cloudaudit.gates import Gates
from cloudaudit.model import Finding, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import Bucket
from cloudaudit.snapshot import Selection
from fakes.aws import Bucket as Pail
from fakes.aws import Estate, FakeAws, Fault, Kind

from .collected import ONE, World, cause, end_of, environment, records, said, world_of
from .complete import complete_estate
from .conftest import Scanned

BUCKETS = 60


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_of(Estate(), tmp_path_factory.mktemp("scans"), concurrency=4) as made:
        yield made


def many() -> Estate:
    pails = [Pail(name=f"b-{number:02}", versioning={"Status": "Enabled"}) for number in range(BUCKETS)]
    return Estate(buckets=pails, region_states={"ap-northeast-1": "opted-in"})


def judged(findings: list[Finding]) -> dict[str, tuple[Status, Any, Any]]:
    return {each.id: (each.status, each.evidence, each.sub_findings) for each in findings}


def interrupted(world: World, path: Path, estate: Estate, *checks: str, after: int) -> Scanned:
    world.become(estate)
    world.fake.expire(after=after)
    return world.scan(*checks, path=path)


def test_expired_credentials_stop_the_scan_and_keep_what_was_read(world: World, tmp_path: Path) -> None:
    stopped = interrupted(world, tmp_path / "s.jsonl", many(), ONE, after=300)
    assert stopped.outcome.stopped == "expired"
    assert sum(world.fake.counts.values()) <= 300 + 2 * 4
    kept = records(stopped, Bucket)
    assert 0 < len(kept) < BUCKETS
    assert {said(bucket.versioning).status for bucket in kept.values()} == {"Enabled"}
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
    calls = world.asked("GetBucketVersioning")
    assert calls == BUCKETS
    path = tmp_path / "s.jsonl"
    kept = set(records(interrupted(world, path, many(), ONE, after=300), Bucket))
    world.become(many())
    resumed = world.scan(ONE, path=path, resume=True)
    asked = {key[3] for key in world.fake.counts if key[1] == "GetBucketVersioning"}
    assert asked == {f"b-{number:02}" for number in range(BUCKETS)} - kept
    assert resumed.outcome.stopped == ""
    assert judged(resumed.findings) == judged(whole.findings)
    assert (resumed.score, resumed.exit_codes) == (whole.score, whole.exit_codes)


@pytest.mark.parametrize("after", [1, 12, 40, 60, 80])
def test_the_complete_estate_may_be_interrupted_anywhere(world: World, tmp_path: Path, after: int) -> None:
    world.become(complete_estate())
    whole = world.scan()
    path = tmp_path / "s.jsonl"
    stopped = interrupted(world, path, complete_estate(), after=after)
    assert stopped.outcome.stopped == "expired"
    assert 3 in stopped.exit_codes
    assert (stopped.score.overall.guaranteed or 0) <= (whole.score.overall.guaranteed or 0)
    world.become(complete_estate())
    resumed = world.scan(path=path, resume=True)
    assert judged(resumed.findings) == judged(whole.findings)
    assert resumed.sharing == whole.sharing
    assert resumed.gaps == ()


@pytest.mark.parametrize("kind", [Kind.THROTTLE, Kind.NETWORK])
def test_what_failed_in_passing_is_read_again(world: World, tmp_path: Path, kind: Kind) -> None:
    names = ("a", "b", "c")
    world.become(Estate(buckets=[Pail(name=name) for name in names]))
    world.fake.fail(Fault(kind=kind, operation="GetBucketVersioning", resource="b"))
    world.fake.fail(Fault(kind=Kind.DENY, operation="GetBucketVersioning", resource="c"))
    path = tmp_path / "s.jsonl"
    assert records(world.scan(ONE, path=path), Bucket).keys() == set(names)
    world.become(world.estate)
    resumed = world.scan(ONE, path=path, resume=True)
    assert world.fake.count("s3", "GetBucketVersioning", resource="b") == 1
    assert world.asked("GetBucketVersioning") == 1
    found = records(resumed, Bucket)
    assert said(found["b"].versioning).status == "Enabled"
    assert cause(found["c"].versioning) is Cause.DENIED


def test_another_selection_is_not_resumed(world: World, tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    interrupted(world, path, many(), ONE, after=100)
    with pytest.raises(UsageError):
        world.scan("aws-s3-bucket-encryption", path=path, resume=True)
    with pytest.raises(UsageError):
        world.scan(ONE, path=tmp_path / "none.jsonl", resume=True)


# --------------------------------------------------------------------------- processes that are killed

SCAN = [sys.executable, "-m", "cloudaudit", "scan", "aws", "--check", ONE, "--concurrency", "4", "--plain"]


def started(fake: FakeAws, folder: Path) -> subprocess.Popen[str]:
    """Start a scan in a process of its own, and wait until some buckets were read."""
    variables = {**os.environ, **environment(fake.url, folder), "LANG": "C.UTF-8"}
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*SCAN, "--out", str(folder / "out")],
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        paths = list(folder.rglob("snapshot.jsonl"))
        if paths and paths[0].read_bytes().count(b'"kind":"aws-s3-bucket"') > 5:
            return process
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.02)
    process.kill()
    pytest.fail("the scan did not read anything in time")


def again(path: Path) -> tuple[list[Finding], list[int]]:
    """Judge the snapshot alone."""
    plan = run.plan(discovery.provider("aws"), discovery.checks(), Selection(checks=(ONE,)))
    with run.assess(path, plan, AuditPolicy(), Gates(), tool_version="0") as assessment:
        return list(assessment.findings()), [reason.code for reason in assessment.exit]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_after_a_kill_the_snapshot_says_what_is_missing(world: World, tmp_path: Path) -> None:
    world.become(many())
    world.fake.latency = 0.02
    process = started(world.fake, tmp_path)
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
        [*SCAN, "--out", str(tmp_path / "out"), "--resume"],
        env={**os.environ, **environment(world.fake.url, tmp_path), "LANG": "C.UTF-8"},
        check=True,
        capture_output=True,
    )
    assert {key[3] for key in world.fake.counts if key[1] == "GetBucketVersioning"} == missing
    findings, codes = again(path)
    assert {each.status for each in findings} == {Status.PASS}
    assert codes == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
def test_an_interruption_by_the_user_ends_the_snapshot(world: World, tmp_path: Path) -> None:
    world.become(many())
    world.fake.latency = 0.02
    process = started(world.fake, tmp_path)
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
    world.become(many())
    assert sum(world.fake.counts.values()) == 0
