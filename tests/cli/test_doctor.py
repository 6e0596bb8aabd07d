"""``cloudaudit doctor`` against a fake AWS, and ``cloudaudit permissions`` cut to some checks."""

import json
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result

from cloudaudit.cli.root import cli
from cloudaudit.providers.aws.operations import OPERATIONS
from cloudaudit.providers.aws.permissions import actions_for
from fakes.aws import FakeAws
from fakes.aws.estate import Bucket, Estate

ALL = frozenset(actions_for(OPERATIONS))
Doctor = Callable[..., Result]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


@pytest.fixture(scope="module")
def doctor() -> Iterator[Doctor]:
    """Runs the command with only so much allowed."""
    with pytest.MonkeyPatch.context() as patch, FakeAws(Estate(buckets=[Bucket(name="pail")])) as fake:
        patch.setenv("AWS_ENDPOINT_URL", fake.url)
        patch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLEEXAMPLE00")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "example")
        patch.setenv("AWS_REGION", "ap-northeast-1")
        patch.delenv("AWS_PROFILE", raising=False)

        def examined(*arguments: str, without: frozenset[str] = frozenset()) -> Result:
            fake.allow = set(ALL - without)
            fake.forget()
            return run("doctor", "aws", *arguments)

        yield examined


def test_what_is_blind_is_told_with_its_checks_and_what_to_grant(doctor: Doctor) -> None:
    lost = frozenset({"s3:GetBucketPolicy"})
    told = doctor("--lang", "ja", without=lost)
    assert told.exit_code == 3
    assert "読み取れない項目" in told.output
    assert "aws-s3-bucket-public-access" in told.output
    policy = told.output[told.output.index("{") :]
    assert json.loads(policy)["Statement"][0]["Action"] == ["s3:GetBucketPolicy"]
    told = doctor("--format", "json", without=lost)
    document = json.loads(told.stdout)
    blind = [each for each in document["operations"] if each["result"] == "blind"]
    assert [(each["permission"], each["cause"]) for each in blind] == [("s3:GetBucketPolicy", "denied")]
    assert "aws-s3-bucket-public-access" in blind[0]["checks"]
    assert json.loads(document["grant"])["Statement"][0]["Action"] == ["s3:GetBucketPolicy"]


def test_all_readable_is_no_claim_about_what_could_not_be_tried(doctor: Doctor) -> None:
    told = doctor("--lang", "en")
    assert told.exit_code == 0, told.output
    assert "Everything that could be tried is readable." in told.output
    assert "? kms:DescribeKey" in told.output
    # Nobody asked for objects, so they are neither tried nor called fine.
    assert "permissions aws --objects auto" in told.output
    assert "GetObjectAcl" not in told.output
    assert "To be granted" not in told.output


def test_without_credentials_nothing_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    assert run("doctor", "aws").exit_code == 2
    assert run("doctor", "aws", "--role-arn", "nonsense").exit_code == 2
    assert run("doctor", "gcs", "--project", "no project").exit_code == 2
    assert run("doctor", "m365", "--tenant", "no tenant").exit_code == 2


def test_permissions_can_be_cut_to_checks_and_themes() -> None:
    cut = json.loads(run("permissions", "aws", "--check", "aws-s3-bucket-versioning").stdout)
    actions = {action for statement in cut["Statement"] for action in statement["Action"]}
    assert actions == {"s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:ListAllMyBuckets"}
    with_objects = run("permissions", "aws", "--check", "aws-s3-object-public-acl", "--lang", "en")
    assert "add --objects auto" in with_objects.stderr
    assert "guardduty" not in with_objects.stdout
    added = run(
        "permissions", "aws", "--check", "aws-s3-object-public-acl", "--objects", "auto", "--lang", "en"
    )
    assert "add --objects auto" not in added.stderr
    assert "s3:GetObjectAcl" in added.stdout
    assert "storage.buckets.list" in run("permissions", "gcs", "--check", "gcs-bucket-versioning").output
    people = run("permissions", "m365", "--theme", "mfa", "--format", "json").stdout
    named = {each["name"] for each in json.loads(people)["permissions"]}
    assert "User.Read.All" in named
    assert "Files.Read.All" not in named


@pytest.mark.parametrize("wrong", [("--check", "aws-s3-bucket-versionin"), ("--theme", "mf")])
def test_a_name_that_there_is_none_of_is_refused(wrong: tuple[str, str]) -> None:
    told = run("permissions", "aws", *wrong)
    assert told.exit_code == 2
    assert "did you mean" in told.output or "there are" in told.output
