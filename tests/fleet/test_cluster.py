"""A fleet on a cluster of processes on this machine, one of which is killed in the middle."""

import json
import os
import signal
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cloudaudit.errors import UsageError
from cloudaudit.fleet import cluster, parcel
from cloudaudit.fleet.cluster import ClusterEngine, refuse_open_address
from cloudaudit.fleet.parcel import Parcel, pack, unpack
from cloudaudit.fleet.plan import Job
from cloudaudit.fleet.rows import State, failed
from cloudaudit.text import Text

from .conftest import MARKS, ORGANIZATION, Harbour, account, harbour, surroundings

distributed: Any = pytest.importorskip("distributed")
POLICY = '[policy]\naccess_key_max_age_days = 60\n[policy.rules]\naccess_key_max_age_days = "規程 第12条"\n'
WAIVERS = """
[[waiver]]
check = "aws-s3-bucket-versioning"
resource = "kitahama-*"
reason = "再作成できるデータのみ"
owner = "A. Sato"
approver = "B. Tanaka"
ticket = "SEC-1"
compensating_control = "nightly copy"
created = 2026-11-01
expires = 2027-01-31
""".replace("\n", "\r\n")
"""With the line ends of Windows: a result tells the digest of the file's bytes."""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Generator[Harbour]:
    accounts = [account(number, mark) for number, mark in MARKS.items()]
    with harbour(tmp_path_factory.mktemp("cluster"), *accounts) as made:
        made.targets(POLICY + ORGANIZATION)
        (made.folder / "accepted.toml").write_bytes(WAIVERS.encode())
        yield made


@pytest.fixture(scope="module")
def scheduler(port: Harbour) -> Iterator[str]:
    """Two workers, each a process with its own environment, in which its credentials are; TLS between all of them."""
    import dask.config

    certificates = _certificates(port.folder)
    with (
        dask.config.set({"distributed.worker.daemon": False, **certificates}),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            protocol="tls://",
            security=distributed.Security(require_encryption=True),
            env=surroundings(port.fake.url, port.folder),
            silence_logs=50,
        ) as running,
    ):
        yield running.scheduler_address


def _certificates(folder: Path) -> dict[str, str]:
    """Make an authority of our own, and return dask's settings that name its certificate and key."""
    made = distributed.Security.temporary()
    settings: dict[str, str] = {"distributed.comm.tls.ca-file": made.tls_ca_file}
    for who in ("client", "scheduler", "worker"):
        for what in ("key", "cert"):
            settings[f"distributed.comm.tls.{who}.{what}"] = getattr(made, f"tls_{who}_{what}")
    for name, text in settings.items():
        (folder / name).write_text(text, encoding="ascii")
    return {name: str(folder / name) for name in settings}


def files(folder: Path) -> dict[str, bytes]:
    """Every file but those that tell when and by which request something was read."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {"snapshot.jsonl", "rows.jsonl", "fleet.json"}
    }


def test_a_cluster_gives_the_same_bytes_as_this_machine_though_a_worker_is_killed(
    port: Harbour, scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wishes = ("--format", "json,markdown,sharing,html", "--waivers", str(port.folder / "accepted.toml"))
    submitted: list[bytes] = []
    real = distributed.Client.submit

    def submit(client: Any, function: Any, *arguments: Any, **more: Any) -> Any:
        if function is cluster.run_job:
            submitted.extend(arguments)
        return real(client, function, *arguments, **more)

    monkeypatch.setattr(distributed.Client, "submit", submit)
    port.fake.latency = 0.05
    killed: list[int] = []
    killer = threading.Thread(target=_kill_one_that_works, args=(scheduler, port, killed))
    killer.start()
    try:
        there = port.fleet("there", *wishes, "--engine", "dask", "--scheduler", scheduler)
    finally:
        killer.join()
        port.fake.latency = 0.0
    assert there.exit_code in {0, 1}, there.output
    assert scheduler.startswith("tls://")
    assert killed
    # What the killed worker had begun was begun again.
    assert port.fake.count("sts", "AssumeRole") > len(MARKS)
    monkeypatch.setattr("cloudaudit.cli.fleeting._now", lambda: port.overview("there")["taken_at"])
    here = port.fleet("here", *wishes)
    assert here.exit_code == there.exit_code
    assert {"overview.json", "overview.html", "org-111122223301/result.json"} <= files(
        port.folder / "here"
    ).keys()
    assert files(port.folder / "there") == files(port.folder / "here")
    assert "規程 第12条" in (port.folder / "there" / "org-111122223301" / "result.json").read_text(
        encoding="utf-8"
    )
    _only_descriptions(submitted)


def _kill_one_that_works(address: str, port: Harbour, killed: list[int]) -> None:
    """Kill a worker as soon as it is reading an account."""
    with distributed.Client(address, set_as_default=False) as client:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not port.fake.count("s3", "ListBuckets"):
            time.sleep(0.02)
        busy = [name for name, tasks in client.processing().items() if tasks]
        pids: dict[str, int] = client.run(os.getpid, workers=busy[:1])
        for pid in pids.values():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
                killed.append(pid)


def _only_descriptions(submitted: list[bytes]) -> None:
    """What crossed the scheduler is the plain description of targets, and no credential."""
    assert len(submitted) == len(MARKS)
    for description in submitted:
        job = json.loads(description)
        assert set(job) == {"name", "title", "provider", "arguments", "taken_at", "texts"}
        assert set(job["texts"]) == {"policy", "waivers"}
        assert f"--role-arn=arn:aws:iam::{job['name'][4:]}:role/audits/cloudaudit" in job["arguments"]
        for secret in (b"not-to-be-told", b"AKIAFLEET", b"ASIAROLE", b"token"):
            assert secret not in description


@pytest.mark.parametrize(
    ("target", "setting"),
    [
        ('provider = "aws"\nprofile = "mine"', "profile"),
        ('provider = "gcs"\ncredentials = "key.json"', "credentials"),
        ('provider = "m365"\ntenant = "t.example"\nsecret_env = "SECRET"', "secret_env"),
        ('provider = "m365"\ntenant = "t.example"\ncertificate = "c.pem"', "certificate"),
    ],
)
def test_a_target_that_needs_something_of_this_machine_is_refused(
    port: Harbour, target: str, setting: str
) -> None:
    path = port.folder / "bound.toml"
    path.write_text(f'[[target]]\nname = "bound"\n{target}\n', encoding="utf-8")
    on_cluster = ("--engine", "dask", "--scheduler", "tcp://127.0.0.1:1")
    done = port.fleet("bound", "--targets", str(path), *on_cluster)
    assert done.exit_code == 2
    assert f"Target bound names {setting}, which lies on this machine" in done.stderr
    assert not (port.folder / "bound").exists()
    done = port.fleet("bound", *on_cluster, "--mask", "--checks-dir", ".")
    assert "--checks-dir, --mask" in done.stderr


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("tcp://10.0.0.7:8786", "not encrypted"),
        ("10.0.0.7:8786", "not encrypted"),
        ("tcp://scheduler.example.com:8786", "not encrypted"),
        ("tcp://127.0.0.1.example.com:8786", "not encrypted"),
        ("ws://127.0.0.1:8786", "no address"),
        ("tls://scheduler.example.com", "no address"),
        ("tls://:8786", "no address"),
        ("tls://h:99999999", "no address"),
        ("", "no address"),
    ],
)
def test_tls_is_required_beyond_this_machine(address: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        refuse_open_address(address)


@pytest.mark.parametrize(
    "address", ["tls://s.example.com:8786", "tcp://127.0.0.1:8786", "127.0.0.1:1", "tcp://[::1]:8786"]
)
def test_tls_and_this_machine_are_good(address: str) -> None:
    refuse_open_address(address)


def test_a_worker_without_tls_elsewhere_is_refused() -> None:
    class Client:
        def scheduler_info(self, n_workers: int) -> Any:
            assert n_workers == -1
            return {"workers": {"tls://10.0.0.1:1": {}, "tcp://10.0.0.2:1": {}}}

    with pytest.raises(UsageError, match=r"tcp://10\.0\.0\.2:1 is not encrypted"):
        cluster.refuse_open_workers(Client())


def test_a_scheduler_that_is_not_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.2)
    engine = ClusterEngine("tcp://127.0.0.1:9", None)
    with pytest.raises(UsageError, match="cannot be reached"):
        list(engine.run([], lambda job: Path(job.name)))


JOB = Job(name="a", title="A", provider="aws", arguments=("aws",))
ROW = failed("a", "A", "aws", 3, Text(en="no", ja="否"))


def test_a_parcel_brings_every_byte(tmp_path: Path) -> None:
    source, target = tmp_path / "from", tmp_path / "to"
    (source / "masked").mkdir(parents=True)
    contents = {"result.json": b"x" * 3_000_000, "masked/a b": b"", "snapshot.jsonl": os.urandom(5_000)}
    for name, content in contents.items():
        (source / name).write_bytes(content)
    sent = pack(JOB, ROW, source)
    assert sent == pack(JOB, ROW, source)
    assert unpack(sent, target) == ROW
    assert {name: (target / name).read_bytes() for name in contents} == contents


def test_a_parcel_that_is_too_large_is_not_sent_but_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parcel, "LIMIT", 1_000)
    (tmp_path / "a").write_bytes(os.urandom(2_000))
    opened = msgspec.msgpack.decode(pack(JOB, ROW, tmp_path), type=Parcel)
    assert (opened.row.state, opened.files) == (State.FAILED, {})
    assert "without --engine dask" in opened.row.reasons[0].reason.en


@pytest.mark.parametrize("name", ["../out", "/etc/out", "a/../../out", "c:out", "a\\..\\out", ""])
def test_a_parcel_leads_nowhere_else(tmp_path: Path, name: str) -> None:
    sent = msgspec.msgpack.encode(Parcel(ROW, {name: b""}))
    with pytest.raises(ValueError, match="outside"):
        unpack(sent, tmp_path / "in")
    assert list(tmp_path.iterdir()) == []
