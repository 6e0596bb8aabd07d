"""``--objects`` on the command line: the estimate, the permissions and what is refused."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cloudaudit.cli.root import cli
from cloudaudit.inventory.libraries import load
from fakes.aws import Bucket, Estate, FakeAws, S3Object
from fakes.aws.estate import public_access_block

OPEN = public_access_block(acls=False, ignore=False, policy=False, restrict=False)


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeAws]:
    buckets = [
        Bucket(
            name="archive", ownership="ObjectWriter", public_access_block=OPEN, stored=[S3Object(key="a")]
        ),
        Bucket(name="invoices", region="us-east-1", versioning={}, stored=[S3Object(key="b", encryption="")]),
    ]
    with FakeAws(Estate(buckets=buckets, public_access_block=None)) as served:
        yield served


@pytest.fixture
def run(fake: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "AWS_ENDPOINT_URL": fake.url,
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLEEXAMPLE00",
        "AWS_SECRET_ACCESS_KEY": "example",
        "AWS_REGION": "ap-northeast-1",
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "COLUMNS": "160",
    }.items():
        monkeypatch.setenv(name, value)
    fake.faults.clear()
    fake.reset()

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(cli, arguments, prog_name="cloudaudit")

    return invoke


def test_an_estimate_tells_the_cost_and_stops_before_any_object_is_read(
    run: Any, fake: FakeAws, tmp_path: Path
) -> None:
    done = run("scan", "aws", "--objects", "estimate", "--lang", "en")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    archive = next(line for line in lines if line.startswith("archive"))
    assert "1 - 2,001" in archive
    assert "so it is listed" in archive
    assert "at most 100,000 (--objects-budget), USD 0.5000" in done.stdout
    assert "https://aws.amazon.com/s3/pricing/" in done.stdout
    asked = {operation for _, operation, _, _ in fake.counts}
    assert not asked & {"ListObjectsV2", "ListObjectVersions", "HeadObject", "GetObjectAcl", "GetObject"}
    assert not (tmp_path / "cloudaudit-out").exists()


def test_an_estimate_in_japanese_and_without_decoration(run: Any) -> None:
    done = run("scan", "aws", "--objects", "estimate", "--lang", "ja", "--plain")
    assert done.exit_code == 0, done.output
    rows = [line.split("\t") for line in done.stdout.splitlines() if "\t" in line]
    assert rows[0][0] == "バケット"
    assert [row[0] for row in rows[1:]] == ["archive", "invoices"]
    assert "合計" in done.stdout


def test_an_estimate_of_what_could_not_be_listed_is_incomplete(run: Any, fake: FakeAws) -> None:
    fake.deny("s3", "ListBuckets")
    done = run("scan", "aws", "--objects", "estimate", "--lang", "en")
    assert done.exit_code == 3
    assert "Not everything is known" in done.stdout


def test_a_scan_with_objects_finds_what_lies_unencrypted(run: Any, tmp_path: Path) -> None:
    done = run(
        *("scan", "aws", "--objects", "auto", "--check", "aws-s3-object-encryption"),
        *("--out", "o", "--quiet", "--lang", "en"),
    )
    assert done.exit_code == 1, done.output
    result = json.loads((tmp_path / "o" / "result.json").read_bytes())
    assert {each["resource"]["name"]: each["status"] for each in result["findings"]} == {
        "archive": "pass",
        "invoices": "fail",
    }
    again = run(
        *("scan", "aws", "--objects", "list", "--check", "aws-s3-object-encryption"),
        *("--out", "o", "--resume", "--quiet", "--lang", "en"),
    )
    assert again.exit_code == 2
    assert "selection" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "mode", "words"),
    [
        ((), "none", "--objects auto"),
        (("--objects", "inventory"), "none", "no delivered inventory, and only inventories were to be used"),
        (("--objects", "list", "--objects-limit", "0", "--objects-budget", "1"), "none", "--objects-budget"),
        (("--objects", "list", "--objects-limit", "0"), "sample", "listing was asked for"),
    ],
)
def test_how_a_bucket_was_looked_at_and_why_is_in_the_result_whatever_became_of_it(
    run: Any, tmp_path: Path, arguments: tuple[str, ...], mode: str, words: str
) -> None:
    run("scan", "aws", *arguments, "--check", "aws-s3-object-encryption", "--out", "o", "--quiet")
    result = json.loads((tmp_path / "o" / "result.json").read_bytes())
    assert len(result["findings"]) == 2
    for finding in result["findings"]:
        assert finding["evidence"]["mode"] == mode, finding
        assert words in finding["evidence"]["why"]["en"]
        assert finding["evidence"]["why"]["ja"]


def test_a_listing_that_is_refused_still_says_why_it_was_tried(
    run: Any, fake: FakeAws, tmp_path: Path
) -> None:
    fake.deny("s3", "ListObjectsV2")
    fake.deny("s3", "ListObjectVersions")
    run("scan", "aws", "--objects", "auto", "--check", "aws-s3-object-encryption", "--out", "o", "--quiet")
    result = json.loads((tmp_path / "o" / "result.json").read_bytes())
    for finding in result["findings"]:
        assert finding["cause"] == "denied"
        assert "no delivered inventory, so it is listed" in finding["evidence"]["why"]["en"]


ATHENA = """
[objects.engine.athena]
region = "ap-northeast-1"
results = "s3://acme-athena/results/"
[objects.engine.athena.tables]
"*" = { table = "reports.inventory" }
"""


@pytest.mark.parametrize("option", ["--objects-settings", "--config"])
def test_an_engine_that_writes_is_named_on_the_first_page_even_where_it_cannot_be_reached(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    def connect(**_: Any) -> None:
        message = "no such workgroup"
        raise RuntimeError(message)

    monkeypatch.setattr(load("ibis").athena, "connect", connect)
    (tmp_path / "engine.toml").write_text(ATHENA, encoding="utf-8")
    done = run(
        *("scan", "aws", "--objects", "inventory", "--objects-engine", "athena", "--lang", "en"),
        *(option, "engine.toml", "--check", "aws-s3-object-encryption", "--out", "o"),
    )
    assert done.exit_code == 3, done.output
    assert "Not by reading alone" in done.stdout
    result = json.loads((tmp_path / "o" / "result.json").read_bytes())
    assert result["scope"]["writes"]["place"] == "s3://acme-athena/results/"
    for finding in result["findings"]:
        assert finding["status"] == "not-assessed"
        assert "no such workgroup" in finding["reason"]["en"]


@pytest.mark.parametrize(
    ("text", "words"), [("[objects.engine.local]\nmemory_mb = 1\n", "memory_mb"), ("x = [", "TOML")]
)
def test_settings_of_an_engine_that_have_faults_start_nothing(
    run: Any, fake: FakeAws, tmp_path: Path, text: str, words: str
) -> None:
    (tmp_path / "engine.toml").write_text(text, encoding="utf-8")
    done = run("scan", "aws", "--objects", "auto", "--objects-settings", "engine.toml", "--lang", "en")
    assert done.exit_code == 2
    assert words in done.stderr
    assert fake.counts == {}


# --------------------------------------------------------------------------- permissions


def test_what_objects_need_is_printed_as_statements_of_their_own_and_explained(run: Any) -> None:
    plain = json.loads(run("permissions", "aws").stdout)
    done = run(
        *("permissions", "aws", "--objects", "auto", "--lang", "en"),
        *("--inventory-prefix", "s3://reports/weekly/", "--inventory-prefix", "arn:aws:s3:::other"),
    )
    *rest, heads, files = json.loads(done.stdout)["Statement"]
    assert rest == plain["Statement"]
    assert heads["Sid"] == "ReadObjectHeads"
    assert "s3:GetObject" in heads["Action"]
    assert files == {
        "Sid": "ReadInventoryFiles",
        "Effect": "Allow",
        "Action": ["s3:GetObject"],
        "Resource": ["arn:aws:s3:::reports/weekly/*", "arn:aws:s3:::other/*"],
    }
    assert "ReadObjectHeads:" in done.stderr
    assert "ReadInventoryFiles:" in done.stderr


def test_for_inventories_alone_no_power_over_other_contents_is_asked_for(run: Any) -> None:
    done = run("permissions", "aws", "--objects", "inventory", "--inventory-prefix", "s3://reports/weekly")
    with_contents = [
        statement
        for statement in json.loads(done.stdout)["Statement"]
        if any(action.startswith("s3:GetObject") and "Lock" not in action for action in statement["Action"])
    ]
    assert [statement["Resource"] for statement in with_contents] == [["arn:aws:s3:::reports/weekly/*"]]


@pytest.mark.parametrize("form", ["terraform", "cloudformation"])
def test_the_explanation_stands_in_the_file_in_both_languages(run: Any, form: str) -> None:
    done = run("permissions", "aws", "--format", form, "--objects", "list")
    assert "# ReadObjectHeads: AWS has no permission" in done.stdout
    assert "# ReadObjectHeads: オブジェクトの暗号化状態" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("--objects", "inventory"),
        ("--inventory-prefix", "s3://reports/weekly"),
        ("--objects", "inventory", "--inventory-prefix", "https://reports/weekly"),
        ("--objects", "inventory", "--inventory-prefix", "s3://reports/*"),
        ("--objects", "inventory", "--inventory-prefix", "s3://*"),
    ],
)
def test_a_prefix_that_would_let_in_too_much_or_is_missing_is_refused(run: Any, arguments: Any) -> None:
    done = run("permissions", "aws", *arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
