"""Whole fleets: several clouds and accounts, each in a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import jsonschema
import pytest

from cloudaudit.demo.gcs import names
from cloudaudit.demo.gcs.cloud import running as google
from cloudaudit.demo.m365.cloud import M365
from cloudaudit.demo.m365.names import INITIAL, TENANT
from fakes.aws.estate import Bucket

from .conftest import MARKS, ORGANIZATION, Harbour, account, harbour

OTHERS = """
[[target]]
name = "aws-botan"
provider = "aws"
role_arn = "arn:aws:iam::000000000000:role/nobody"

[[target]]
name = "m365-hasu"
title = "サンプル商事 Microsoft 365"
provider = "m365"
tenant = "{tenant}"
endpoint = "{graph}"
checks = ["m365-sharing-capability"]

[[target]]
name = "gcs-sakura"
provider = "gcs"
endpoint = "{google}"
organization = "{organization}"
customer = "{customer}"
checks = ["gcs-bucket-versioning"]

[[target]]
name = "m365-nashi"
provider = "m365"
tenant = "other.example"
secret_env = "OTHER_TENANT_SECRET"
"""
SCHEMA = Path(__file__).parents[2] / "docs" / "overview.schema.json"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Generator[Harbour]:
    accounts = [account(number, mark) for number, mark in MARKS.items()]
    with harbour(tmp_path_factory.mktemp("fleet"), *accounts) as made:
        yield made


@pytest.fixture(scope="module")
def mixed(port: Harbour) -> Harbour:
    """A fleet of two accounts, a tenant, a project, and two targets that cannot be scanned."""
    with M365.serve(0) as graph, google() as (url, _):
        port.text = ORGANIZATION + OTHERS.format(
            tenant=INITIAL,
            graph=graph,
            google=url,
            organization=names.ORGANIZATION_NUMBER,
            customer=names.CUSTOMER,
        )
        port.targets(port.text)
        done = port.fleet("mixed", "--lang", "ja,en", "--format", "html,markdown,sharing")
    assert done.exit_code == 3, done.output
    (port.folder / "said.txt").write_text(done.output, encoding="utf-8")
    return port


def test_every_target_has_a_row_and_no_failure_stops_another(mixed: Harbour) -> None:
    rows = mixed.rows("mixed")
    assert {name: row["state"] for name, row in rows.items()} == {
        "org-111122223301": "scanned",
        "org-111122223302": "scanned",
        "org-999988887777": "not-scanned",
        "aws-botan": "failed",
        "m365-hasu": "scanned",
        "gcs-sakura": "scanned",
        "m365-nashi": "failed",
    }
    assert "SUSPENDED" in rows["org-999988887777"]["reasons"][0]["reason"]["en"]
    assert "AccessDenied" in rows["aws-botan"]["reasons"][0]["reason"]["en"]
    assert "OTHER_TENANT_SECRET is not set" in rows["m365-nashi"]["reasons"][0]["reason"]["en"]
    assert rows["org-111122223301"]["account"] == "111122223301"


def test_the_overview_says_every_reason_and_the_last_line_the_deciding_one(mixed: Harbour) -> None:
    overview = mixed.overview("mixed")
    assert overview["code"] == 3
    assert {reason["code"] for reason in overview["exit"]} == {3, 1}
    said = (mixed.folder / "said.txt").read_text(encoding="utf-8").splitlines()
    last = [line for line in said if line.startswith("終了コード")][-1]
    assert last.startswith("終了コード 3: 結果を得られなかった対象")
    jsonschema.validate(overview, json.loads(SCHEMA.read_bytes()))


def test_nothing_of_one_client_is_in_the_files_of_another(mixed: Harbour) -> None:
    out = mixed.folder / "mixed"
    marks = {f"org-{number}": mark for number, mark in MARKS.items()}
    marks |= {"m365-hasu": TENANT, "gcs-sakura": names.CORPORATE_SITE}
    for name, mark in marks.items():
        own = b"".join(path.read_bytes() for path in (out / name).rglob("*") if path.is_file())
        assert len(own) > 1_000
        assert mark.encode() in own
        for other, strange in marks.items():
            if other != name:
                assert strange.encode() not in own, (name, strange)
        for other in {*mixed.rows("mixed")} - {name}:
            assert other.encode() not in own, (name, other)
    everything = b"".join(path.read_bytes() for path in out.rglob("*") if path.is_file())
    assert b"not-to-be-told" not in everything


def test_each_target_has_the_reports_that_were_asked_for(mixed: Harbour) -> None:
    folder = mixed.folder / "mixed" / "org-111122223301"
    expected = ["report.html", "result.json", "sharing.json", "snapshot.jsonl", "summary.md"]
    assert sorted(path.name for path in folder.iterdir()) == expected
    page = (mixed.folder / "mixed" / "overview.html").read_text(encoding="utf-8")
    assert 'href="org-111122223301/report.html"' in page
    assert "kitahama &lt;b&gt;K.K.&lt;/b&gt;" in page
    assert "<b>K.K." not in page


def test_all_results_are_of_the_time_of_the_fleet(mixed: Harbour) -> None:
    overview = mixed.overview("mixed")
    scanned = [row for row in overview["targets"] if row["state"] == "scanned"]
    assert {row["taken_at"] for row in scanned} == {overview["taken_at"]}


def test_a_resumed_fleet_scans_only_what_has_no_result(mixed: Harbour) -> None:
    mixed.targets(mixed.text)
    kept = {path: path.stat().st_mtime_ns for path in (mixed.folder / "mixed").glob("org-1*/result.json")}
    asked = dict(mixed.fake.counts)
    done = mixed.fleet("mixed", "--lang", "ja,en", "--format", "html,markdown,sharing", "--resume")
    assert done.exit_code == 3, done.output
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert {
        key for key, count in mixed.fake.counts.items() if count != asked.get(key, 0) and key[0] == "s3"
    } == set()
    assert mixed.rows("mixed")["m365-hasu"]["state"] == "scanned"


def test_it_is_not_overwritten_nor_resumed_with_other_options(mixed: Harbour) -> None:
    mixed.targets(mixed.text)
    again = mixed.fleet("mixed")
    assert (again.exit_code, "holds a fleet already" in again.stderr) == (2, True)
    other = mixed.fleet("mixed", "--resume", "--fail-on", "low")
    assert (other.exit_code, "other targets or options" in other.stderr) == (2, True)


def test_names_are_masked_in_the_overview_as_in_the_reports(mixed: Harbour) -> None:
    mixed.targets(ORGANIZATION + 'exclude = ["111122223302"]\n')
    key = mixed.folder / "mask.key"
    done = mixed.fleet("masked", "--mask", "--mask-key", str(key))
    assert done.exit_code in {0, 1}, done.output
    told = b"".join(path.read_bytes() for path in (mixed.folder / "masked" / "masked").iterdir())
    assert b"target-" in told
    for name in (b"kitahama", b"111122223301", b"org-"):
        assert name not in told
    assert not (mixed.folder / "masked" / "overview.json").exists()


def test_a_fleet_of_which_nothing_can_be_started_ends_with_2(port: Harbour) -> None:
    port.targets(
        '[[target]]\nname = "a"\nprovider = "m365"\ntenant = "x.example"\nsecret_env = "NOT_THERE"\n'
    )
    done = port.fleet("nothing")
    assert done.exit_code == 2
    assert "no target was scanned" in done.output
    port.targets("target = []\n")
    assert port.fleet("empty").exit_code == 2
    assert not (port.folder / "empty").exists()


def test_an_organisation_that_cannot_be_listed_is_told(port: Harbour) -> None:
    port.targets(ORGANIZATION)
    port.fake.deny("organizations", "ListAccounts")
    try:
        done = port.fleet("unlisted")
    finally:
        port.fake.faults.clear()
    assert done.exit_code == 2
    (row,) = port.rows("unlisted").values()
    assert "organizations:ListAccounts" in row["reasons"][0]["reason"]["en"]


@pytest.mark.skipif(
    os.name == "nt", reason="a signal to one process is POSIX; Windows closes the pipe likewise"
)
def test_an_interrupted_fleet_keeps_what_was_read_and_goes_on(port: Harbour) -> None:
    port.targets(ORGANIZATION)
    port.fake.latency = 0.2
    command = [sys.executable, "-m", "cloudaudit", "fleet", "--out", "cut", "--parallel", "1", "--quiet"]
    running = subprocess.Popen(command, cwd=port.folder)  # noqa: S603 - our own command
    try:
        snapshot = port.folder / "cut" / "org-111122223301" / "snapshot.jsonl"
        while not (snapshot.exists() and snapshot.stat().st_size):
            assert running.poll() is None
            time.sleep(0.05)
        running.send_signal(signal.SIGTERM)
        assert running.wait() == 130
    finally:
        port.fake.latency = 0.0
        running.kill()
    rows = port.rows("cut")
    assert rows["org-111122223302"]["state"] == "missing"
    assert rows["org-111122223301"]["code"] == 130
    done = port.fleet("cut", "--resume", "--quiet")
    assert done.exit_code in {0, 1}, done.output
    assert {row["state"] for row in port.rows("cut").values()} == {"scanned", "not-scanned"}


def test_a_fleet_of_a_client_stays_in_its_folder_and_tells_what_changed(
    mixed: Harbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOUDAUDIT_KEY_PASSPHRASE", "correct horse battery")
    made = mixed.run("client", "new", "minato", "--authorised-by", "A. Sato", "--until", "2000-01-01")
    assert made.exit_code == 0
    client = mixed.folder / "clients" / "minato"
    with (client / "cloudaudit.toml").open("a", encoding="utf-8") as file:
        file.write(ORGANIZATION + 'exclude = ["111122223302"]\n')
    wishes = ("--client", "minato", "--format", "markdown", "--fail-on", "critical", "--lang", "en")
    estate = mixed.estates["111122223301"]
    estate.buckets.append(Bucket(name="kitahama-new", versioning={}))
    mixed.fake.forget()
    try:
        done = mixed.run("fleet", *wishes, "--baseline", str(mixed.folder / "mixed"))
    finally:
        estate.buckets.pop()
        mixed.fake.forget()
    assert done.exit_code == 0, done.output
    (folder,) = (client / "out").glob("fleet-*")
    result = json.loads((folder / "org-111122223301" / "result.json").read_bytes())
    assert result["client"]["authorisation"]["by"] == "A. Sato"
    assert "ended on 2000-01-01" in done.stderr
    files = ["result.json", "snapshot.jsonl", "summary.md"]
    (bundle,) = (folder / "org-111122223301").glob("evidence-*.zip")
    assert sorted(path.name for path in (folder / "org-111122223301").iterdir()) == [bundle.name, *files]
    page = (folder / "overview.html").read_text(encoding="utf-8")
    assert "A. Sato" in page
    assert "The recorded authorisation ended on 2000-01-01" in page
    overview = json.loads((folder / "overview.json").read_bytes())
    jsonschema.validate(overview, json.loads(SCHEMA.read_bytes()))
    rows = {row["name"]: row for row in overview["targets"]}
    assert rows["org-111122223302"]["state"] == "not-scanned"
    assert rows["org-111122223301"]["changes"] == {"uncovered": 1}
    summary = (folder / "org-111122223301" / "summary.md").read_text(encoding="utf-8")
    assert "What changed since" in summary
    assert mixed.run("fleet", *wishes, "--resume").exit_code == 0
    assert [path.name for path in (client / "out").iterdir()] == [folder.name]
    monkeypatch.setenv("CLOUDAUDIT_KEY_PASSPHRASE", "of another key")
    refused = mixed.run("fleet", *wishes)
    assert (refused.exit_code, "signing.key" in refused.stderr) == (2, True), refused.output


def test_the_configuration_that_was_named_goes_on_to_every_scan(
    port: Harbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = port.folder / "nightly.toml"
    named.write_text(
        '[scan.aws]\nchecks = ["aws-s3-bucket-versioning"]\n[policy]\nrequired_coverage = 1\n'
        '[[target]]\nname = "one"\nprovider = "aws"\nregions = ["ap-northeast-1"]\n',
        encoding="utf-8",
    )
    page = port.folder / "page.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    done = port.fleet("named", "--config", str(named), "--quiet")
    assert done.exit_code == 3, "the account has no bucket, so that nothing was assessed"
    result = json.loads((port.folder / "named" / "one" / "result.json").read_bytes())
    assert result["scope"]["checks"] == ["aws-s3-bucket-versioning"]
    (coverage,) = (line for line in result["policy"] if line["name"] == "required_coverage")
    assert coverage["value"] == 1
    assert not page.exists(), "many targets at once would write into each other's page"
