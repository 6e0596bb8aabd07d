"""``cloudaudit scan m365`` as a user types it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cloudaudit.cli.root import cli
from cloudaudit.demo.m365.estate import build
from cloudaudit.demo.m365.names import INITIAL, SALES_DRIVE, TENANT
from cloudaudit.demo.m365.writing import uid
from fakes.m365 import FakeGraph

ONE = ("--check", "m365-drive-anonymous-link")


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGraph]:
    monkeypatch.chdir(tmp_path)
    for name in ("AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_FEDERATED_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    with FakeGraph(build(datetime.now(UTC))) as served:
        yield served


def scan(*more: str, tenant: str = TENANT) -> Result:
    return CliRunner().invoke(cli, ["scan", "m365", "--tenant", tenant, "--lang", "en", *more])


def runs() -> list[Path]:
    return sorted(Path("cloudaudit-out", f"m365-{TENANT}").iterdir())


def sharing_of(folder: Path) -> Any:
    for line in (folder / "snapshot.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record.get("id") == SALES_DRIVE:
            return record["sharing"]["value"]
    raise AssertionError(folder)


def test_a_tenant_is_scanned_and_judged(fake: FakeGraph) -> None:
    result = scan("--endpoint", fake.url, tenant=INITIAL)
    assert result.exit_code == 3, result.output
    (run,) = runs()
    written = {path.name for path in run.iterdir()}
    assert written == {"result.json", "sharing.json", "snapshot.jsonl", "summary.md"}
    found = json.loads((run / "result.json").read_text(encoding="utf-8"))
    assert (found["target"]["account"], found["target"]["partition"]) == (TENANT, "global")
    inventory = json.loads((run / "sharing.json").read_text(encoding="utf-8"))
    assert inventory["counts"] == {"outside": 2, "public": 2}
    assert inventory["sharing"] == found["sharing"]


def test_the_next_night_goes_on_from_the_newest_run(fake: FakeGraph) -> None:
    scan("--endpoint", fake.url, *ONE)
    scan("--endpoint", fake.url, *ONE)
    scan("--endpoint", fake.url, "--full-pass", *ONE)
    assert [sharing_of(run).get("looked_at", 0) for run in runs()] == [7, 0, 7]


def test_an_earlier_snapshot_can_be_named(fake: FakeGraph, tmp_path: Path) -> None:
    scan("--endpoint", fake.url, "--out", str(tmp_path / "first"), *ONE)
    previous = tmp_path / "first" / "snapshot.jsonl"
    scan("--endpoint", fake.url, "--out", str(tmp_path / "second"), "--previous", str(previous), *ONE)
    assert sharing_of(tmp_path / "second").get("looked_at", 0) == 0
    missing = scan("--endpoint", fake.url, "--previous", "missing.jsonl", *ONE)
    assert missing.exit_code == 2
    assert "--previous" in missing.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--tenant", uid(1, 77)], "not for"),
        (["--tenant", "no tenant!"], "--tenant takes"),
        (["--tenant", TENANT, "--cloud", "mars"], "mars"),
        (["--tenant", TENANT, "--certificate", "missing.pem"], "missing.pem"),
        (["--tenant", TENANT, "--check", "m365-nothing"], "m365-nothing"),
    ],
)
def test_wrong_options_end_with_2_and_a_sentence(fake: FakeGraph, arguments: list[str], words: str) -> None:
    result = CliRunner().invoke(cli, ["scan", "m365", "--lang", "en", "--endpoint", fake.url, *arguments])
    assert result.exit_code == 2
    assert words in result.output
    assert not Path("cloudaudit-out").exists()


@pytest.mark.parametrize(("language", "words"), [("en", "--client-id"), ("ja", "アプリケーションが不明")])
def test_without_credentials_it_ends_with_2(fake: FakeGraph, language: str, words: str) -> None:
    del fake
    result = CliRunner().invoke(cli, ["scan", "m365", "--tenant", TENANT, "--lang", language])
    assert result.exit_code == 2
    assert words in result.output
    assert len(result.output.strip().splitlines()) <= 2


def test_a_secret_is_no_option() -> None:
    help_text = CliRunner().invoke(cli, ["scan", "m365", "--help", "--lang", "en"]).output
    assert "--client-secret" not in help_text
    assert "AZURE_CLIENT_SECRET" in help_text


@pytest.mark.parametrize(
    "arguments", [["--help"], ["scan", "m365", "--help"], ["permissions", "m365", "--help"], ["--version"]]
)
def test_help_imports_no_sdk(arguments: list[str]) -> None:
    program = (
        "import sys\n"
        "from cloudaudit.cli.root import cli\n"
        f"try: cli.main({arguments!r}, standalone_mode=False)\n"
        "except SystemExit: pass\n"
        "heavy = {'msgraph', 'azure', 'httpx', 'kiota_http', 'msal', 'boto3'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)  # noqa: S603 - this interpreter
    assert ended.returncode == 0, ended.stderr
