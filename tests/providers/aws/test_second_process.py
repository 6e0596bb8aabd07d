"""Where there are many buckets, two processes read them; nobody should notice, whatever happens to the second one."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import psutil
import pytest

from cloudaudit import discovery, run
from cloudaudit.facts import Read
from cloudaudit.gates import Gates
from cloudaudit.model import Finding, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws import bucket_reading, reading_process
from cloudaudit.providers.aws.bucket_reading import MANY, BucketReading
from cloudaudit.providers.aws.connect import AwsOptions, connect
from cloudaudit.providers.aws.messages import Ask, Keys, Reply, Sender, Setup, received
from cloudaudit.providers.aws.model import Bucket
from cloudaudit.providers.aws.reader import Reader
from cloudaudit.providers.aws.second_process import SecondProcess
from cloudaudit.providers.aws.session import open_session
from cloudaudit.providers.aws.worth_asking import NO_ACCOUNT_BLOCK
from cloudaudit.snapshot import Selection
from fakes.aws import Bucket as Pail
from fakes.aws import Estate, FakeAws, Fault, Kind
from fakes.aws.generate import estate

from .collected import KEY_ID, ONE, SECRET, World, end_of, environment, records, said, world_of
from .conftest import Scanned

HOME = "ap-northeast-1"
ROLE = "arn:aws:iam::555566667777:role/auditor"
IN_FLIGHT = 8
FEW = 30
"""Buckets that make many in this process, so that scans are short; a command of its own takes as many as it takes."""

WHO = 1
"""The call that asks who reads is made before a scan, and counted."""


def many(account: str = "123456789012", buckets: int = FEW) -> Estate:
    pails = [Pail(name=f"b-{number:03}") for number in range(buckets)]
    return Estate(account=account, buckets=pails, assumable=(ROLE,) if ROLE.split(":")[4] == account else ())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    member = many("555566667777")
    with world_of(Estate(), tmp_path_factory.mktemp("scans"), member, concurrency=IN_FLIGHT) as made:
        made.patch.setattr(bucket_reading, "MANY", FEW)
        yield made


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every process that is started, with its command."""
    processes: list[Any] = []

    class Seen(subprocess.Popen[bytes]):
        def __init__(self, command: list[str], **options: Any) -> None:
            super().__init__(command, **options)
            processes.append(self)

    monkeypatch.setattr(subprocess, "Popen", Seen)
    return processes


# --------------------------------------------------------------------------- nobody notices


def timeless(data: Any) -> Any:
    """A record without the times and request ids of its facts."""
    if isinstance(data, dict):
        members = cast("dict[str, Any]", data)
        return {name: value[:1] if name == "source" else timeless(value) for name, value in members.items()}
    return [timeless(item) for item in cast("Sequence[Any]", data)] if isinstance(data, list) else data


def content(scanned: Scanned) -> list[Any]:
    from msgspec import json

    lines = [json.decode(line) for line in scanned.snapshot.read_bytes().splitlines()]
    plain = [timeless(line) for line in lines if line["kind"] not in {"snapshot", "end"}]
    return sorted(plain, key=json.encode)


def test_two_processes_read_what_one_reads_with_the_same_calls(world: World, started: list[Any]) -> None:
    world.become(estate(buckets=FEW, users=2, regions=2))
    alone = world.scan(session=open_session(AwsOptions(retries=0, concurrency=1)))
    calls = dict(world.fake.counts)
    assert not started
    both = world.scan(session=open_session(AwsOptions(retries=0, concurrency=IN_FLIGHT)))
    assert len(started) == 1
    assert started[0].returncode == 0
    assert content(both) == content(alone)
    assert world.fake.counts == calls
    assert both.outcome.calls == alone.outcome.calls == sum(calls.values()) + WHO
    assert both.findings == alone.findings


def test_throttled_calls_are_tried_again_and_counted(world: World, started: list[Any]) -> None:
    world.become(many())
    session = open_session(AwsOptions(retries=4, concurrency=IN_FLIGHT))
    world.fake.reset()
    world.fake.fail(Fault(kind=Kind.THROTTLE, service="s3", operation="GetBucketVersioning", times=3))
    scanned = world.scan(ONE, session=session)
    assert len(started) == 1
    assert world.asked("GetBucketVersioning") == FEW + 3
    assert scanned.outcome.calls == sum(world.fake.counts.values()) + WHO
    assert {each.status for each in scanned.findings} == {Status.PASS}


def reading(**options: Any) -> tuple[BucketReading, Reader]:
    settings: dict[str, Any] = {"retries": 0, "concurrency": IN_FLIGHT, **options}
    clients = connect(AwsOptions(**settings))
    reader = Reader(clients)
    return BucketReading(reader, clients, AwsOptions(**settings), "aws"), reader


@pytest.mark.parametrize(
    ("buckets", "options"), [(MANY - 1, {}), (10 * MANY, {"max_rps": 1e6}), (10 * MANY, {"concurrency": 1})]
)
def test_one_process_is_enough(
    world: World,
    started: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    buckets: int,
    options: dict[str, Any],
) -> None:
    monkeypatch.setattr(bucket_reading, "MANY", MANY)
    world.become(many())
    one, _ = reading(**options)
    one.expect(buckets)
    one.stop()
    one.close()
    assert (started, one.calls) == ([], 0)


def test_a_role_is_assumed_once_and_its_credentials_are_shown_to_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[list[str], dict[str, str]]] = []
    popen = subprocess.Popen

    def look(*arguments: Any, **options: Any) -> Any:
        process = popen(*arguments, **options)
        of_system = psutil.Process(process.pid)
        seen.append((of_system.cmdline(), of_system.environ()))
        return process

    world.become(Estate())
    monkeypatch.setattr(subprocess, "Popen", look)
    session = open_session(AwsOptions(role_arn=ROLE, retries=0, concurrency=IN_FLIGHT))
    scanned = world.scan(ONE, session=session)
    assert len(records(scanned, Bucket)) == FEW
    assert world.asked("AssumeRole") == 0  # it was, once, before the scan
    ((command, variables),) = seen
    clients = session._clients  # pyright: ignore[reportPrivateUsage] - what must not be told is asked for
    keys: Any = clients.credentials().get_frozen_credentials()
    assert keys.token
    for secret in (keys.access_key, keys.secret_key, keys.token):
        assert secret not in " ".join(command)
        assert secret not in variables.values()
        assert secret not in scanned.snapshot.read_text(encoding="utf-8")
    assert SECRET not in " ".join(command)


# --------------------------------------------------------------------------- something happens to it


@contextmanager
def second(keys: Callable[[], Keys], **options: Any) -> Generator[SecondProcess]:
    settings: dict[str, Any] = {"retries": 0, "concurrency": 2, **options}
    process = SecondProcess(Setup(options=AwsOptions(**settings), region=HOME, partition="aws"), keys)
    try:
        yield process
    finally:
        process.close()


def test_renewed_credentials_reach_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.become(many(buckets=3))
    used: list[str] = []
    receive = FakeAws.receive

    def listen(self: FakeAws, head: bytes, body: bytes, connection: Any) -> None:
        used.append(head.decode("latin-1").partition("Credential=")[2].partition("/")[0])
        receive(self, head, body, connection)

    monkeypatch.setattr(FakeAws, "receive", listen)
    current = [Keys(KEY_ID, SECRET)]
    with second(lambda: current[0]) as process:
        assert process.read("b-000", HOME, NO_ACCOUNT_BLOCK)
        first = len(used)
        current[0] = Keys("AKIARENEWED", "r", "t")
        reply = process.read("b-001", HOME, NO_ACCOUNT_BLOCK)
    assert reply
    assert reply.settings
    assert said(reply.settings.versioning).status == "Enabled"
    assert set(used[:first]) == {KEY_ID}
    assert set(used[first:]) == {"AKIARENEWED"}
    assert reply.calls == process.calls == len(used)
    assert "AKIARENEWED" not in repr(current[0])


def test_credentials_that_cannot_be_renewed_are_the_first_ones_trouble(world: World) -> None:
    world.become(many(buckets=1))

    def fail() -> Keys:
        raise RuntimeError

    with second(fail) as process:
        assert process.read("b-000", HOME, NO_ACCOUNT_BLOCK) is None
    assert not world.fake.counts


def test_credentials_that_expire_there_stop_this_one(world: World) -> None:
    world.become(many())
    world.fake.expire(after=0)
    both, reader = reading()
    both.expect(FEW)
    try:
        both.settings("b-000", HOME, lambda: NO_ACCOUNT_BLOCK)
    finally:
        both.close()
    assert reader.stopped == "expired"
    assert reader.calls == 0
    assert both.calls == sum(world.fake.counts.values()) == 1


@pytest.mark.parametrize(
    "python", ["/nowhere/python", str(Path(sys.executable).with_name("no-such")), "true"]
)
def test_without_it_everything_is_read_here(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, python: str
) -> None:
    world.become(many())
    if python == "true":  # something starts, and ends without a word
        python = str(tmp_path / "python")
        Path(python).write_text("#!/bin/sh\n", encoding="utf-8")
        Path(python).chmod(0o755)
    monkeypatch.setattr(sys, "executable", python)
    scanned = world.scan(ONE, session=open_session(AwsOptions(retries=0, concurrency=IN_FLIGHT)))
    assert world.asked("GetBucketVersioning") == len(records(scanned, Bucket)) == FEW
    assert scanned.outcome.calls == sum(world.fake.counts.values()) + WHO


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such shell")
def test_what_makes_no_sense_is_not_believed(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    world.become(many())
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nprintf '\\000\\000\\000\\004oops'\nexec sleep 60\n", encoding="utf-8")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    assert len(records(world.scan(ONE), Bucket)) == FEW


# --------------------------------------------------------------------------- whole commands

SCAN = [sys.executable, "-m", "cloudaudit", "scan", "aws", "--check", ONE, "--plain"]


@contextmanager
def running(fake: FakeAws, folder: Path, *options: str) -> Generator[tuple[psutil.Popen, psutil.Process]]:
    """A scan in a process of its own, once both of its processes have read; and the second of them."""
    process = psutil.Popen(
        [*SCAN, "--concurrency", str(IN_FLIGHT), "--out", str(folder / "out"), *options],
        env={**os.environ, **environment(fake.url, folder), "LANG": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        eventually(lambda: process.poll() is not None or kept(folder) > 60)
        assert process.poll() is None, process.communicate()[0]
        (child,) = process.children()
        yield process, child
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def eventually(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def kept(folder: Path) -> int:
    return sum(path.read_bytes().count(b'"kind":"aws-s3-bucket"') for path in folder.rglob("snapshot.jsonl"))


def judged(folder: Path) -> tuple[list[Finding], list[int]]:
    (path,) = folder.rglob("snapshot.jsonl")
    plan = run.plan(discovery.provider("aws"), discovery.checks(), Selection(checks=(ONE,)))
    with run.assess(path, plan, AuditPolicy(), Gates(), tool_version="0") as assessment:
        return list(assessment.findings()), [reason.code for reason in assessment.exit]


def gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


@pytest.fixture
def slow(world: World) -> World:
    world.become(many(buckets=MANY))
    world.fake.latency = 0.02
    return world


def test_one_that_is_killed_costs_nothing(slow: World, tmp_path: Path) -> None:
    with running(slow.fake, tmp_path) as (process, child):
        child.kill()
        output = process.communicate(timeout=120)[0]
    assert process.returncode == 0, output
    assert "Traceback" not in output
    findings, codes = judged(tmp_path)
    assert len(findings) == MANY
    assert {each.status for each in findings} == {Status.PASS}
    assert codes == []
    asked = [count for key, count in slow.fake.counts.items() if key[1] == "GetBucketVersioning"]
    assert len(asked) == MANY
    # Only what it was reading when it died is read once more.
    assert sum(asked) <= MANY + IN_FLIGHT // 2


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
def test_an_interruption_ends_both(slow: World, tmp_path: Path) -> None:
    with running(slow.fake, tmp_path) as (process, child):
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        output = process.communicate(timeout=60)[0]
        assert gone(child)
    assert process.returncode == 130
    assert "Traceback" not in output
    (path,) = tmp_path.rglob("snapshot.jsonl")
    end = end_of(path)
    assert end is not None
    assert end.stopped == "interrupted"
    assert end.calls == sum(slow.fake.counts.values())
    assert 60 < kept(tmp_path) < MANY


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_it_does_not_outlive_the_first(slow: World, tmp_path: Path) -> None:
    with running(slow.fake, tmp_path) as (process, child):
        process.kill()
        process.wait()
        eventually(lambda: gone(child))


def test_expired_credentials_stop_both_and_the_scan_is_resumed(slow: World, tmp_path: Path) -> None:
    with running(slow.fake, tmp_path) as (process, child):
        slow.fake.expire(after=200)
        output = process.communicate(timeout=60)[0]
        assert gone(child)
    assert process.returncode == 3, output
    (path,) = tmp_path.rglob("snapshot.jsonl")
    end = end_of(path)
    assert end is not None
    assert end.stopped == "expired"
    assert end.calls == sum(slow.fake.counts.values())
    findings, _ = judged(tmp_path)
    missing = {each.resource.name for each in findings if each.status is Status.NOT_ASSESSED}
    assert len(findings) == MANY
    assert 0 < len(missing) < MANY
    slow.become(many(buckets=MANY))
    subprocess.run(  # noqa: S603 - our own command
        [*SCAN, "--out", str(tmp_path / "out"), "--resume"],
        env={**os.environ, **environment(slow.fake.url, tmp_path), "LANG": "C.UTF-8"},
        check=True,
        capture_output=True,
    )
    assert {key[3] for key in slow.fake.counts if key[1] == "GetBucketVersioning"} == missing
    findings, codes = judged(tmp_path)
    assert {each.status for each in findings} == {Status.PASS}
    assert codes == []


@pytest.mark.parametrize("error", [KeyError("x"), SystemExit(3)])
def test_a_crash_there_is_told_instead_of_an_answer(
    world: World, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise error

    world.become(many(buckets=1))
    monkeypatch.setattr(reading_process, "read_settings", crash)
    source, out = BytesIO(), BytesIO()
    sender = Sender(source)
    sender.send(Setup(options=AwsOptions(concurrency=1), region=HOME, partition="aws"))
    sender.send(Ask(number=7, bucket="b-000", region=HOME, account_block=NO_ACCOUNT_BLOCK))
    source.seek(0)
    reading_process.serve(source, out)
    out.seek(0)
    (reply,) = received(out, Reply)
    assert (reply.number, reply.settings) == (7, None)


def test_what_it_imports_is_little() -> None:
    code = "import sys, cloudaudit.providers.aws.reading_process; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603
    heavy = {"boto3", "click", "pydantic", "rich", "cloudaudit.checks", "cloudaudit.cli", "cloudaudit.run"}
    assert heavy.isdisjoint(done.stdout.split())


def test_once_it_is_closed_it_is_asked_no_more(world: World) -> None:
    world.become(many(buckets=1))
    with second(lambda: Keys(KEY_ID, SECRET)) as process:
        reply = process.read("b-000", HOME, NO_ACCOUNT_BLOCK)
    assert reply is not None
    assert reply.settings is not None
    assert isinstance(reply.settings.tags, Read)
    assert process.read("b-000", HOME, NO_ACCOUNT_BLOCK) is None
