"""Fleets of the project's own fake clouds, scanned over HTTP by processes of their own."""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cloudaudit.cli.root import cli
from fakes.aws.estate import Bucket, Estate, Organization
from fakes.aws.server import FakeAws

MANAGEMENT = "123456789012"
MARKS: Mapping[str, str] = {"111122223301": "kitahama", "111122223302": "minatomachi"}
"""A name that stands in every resource of an account, and nowhere else."""

CHECKS = ("aws-s3-bucket-versioning", "aws-s3-bucket-public-access")


def account(number: str, mark: str, *more: Bucket) -> Estate:
    return Estate(account=number, buckets=[Bucket(name=f"{mark}-ledger"), Bucket(name=f"{mark}-logs"), *more])


def organization(*estates: Estate) -> Estate:
    """A management account with the organisation of these, and one account that is suspended."""
    members: list[Mapping[str, Any]] = [
        {"Id": one.account, "Name": f"{MARKS[one.account]} <b>K.K.</b>", "State": "ACTIVE"} for one in estates
    ]
    gone = {"Id": "999988887777", "Name": "closed", "Status": "SUSPENDED"}
    return Estate(account=MANAGEMENT, organization=Organization(accounts=[*members, gone]))


def surroundings(url: str, folder: Path) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "AKIAFLEET",
        "AWS_SECRET_ACCESS_KEY": "not-to-be-told",
        "AWS_REGION": "ap-northeast-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(folder / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
        "LANG": "C.UTF-8",
    }


ORGANIZATION = f"""
[[target]]
name = "org"
provider = "aws"
organization = true
role = "audits/cloudaudit"
external_id = "given-by-us"
checks = {json.dumps(CHECKS)}
"""


@dataclass
class Harbour:
    """Runs fleets in a folder of its own, against a fake AWS."""

    folder: Path
    fake: FakeAws
    estates: dict[str, Estate]
    text: str = ORGANIZATION

    def targets(self, text: str) -> Path:
        path = self.folder / "cloudaudit.toml"
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli, arguments)

    def fleet(self, out: str, *arguments: str) -> Result:
        return self.run("fleet", "--out", str(self.folder / out), "--parallel", "2", *arguments)

    def overview(self, out: str) -> Any:
        return json.loads((self.folder / out / "overview.json").read_bytes())

    def rows(self, out: str) -> dict[str, Any]:
        return {row["name"]: row for row in self.overview(out)["targets"]}


@contextmanager
def harbour(folder: Path, *others: Estate) -> Generator[Harbour]:
    with FakeAws(organization(*others), *others) as fake, pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "LC_ALL", "LC_MESSAGES", "COLUMNS", "NO_COLOR"):
            patch.delenv(name, raising=False)
        for name in ("CLOUDAUDIT_RUN_ID", "GITHUB_RUN_ID", "CI_PIPELINE_ID", "BUILD_TAG"):
            patch.delenv(name, raising=False)
        for name, value in surroundings(fake.url, folder).items():
            patch.setenv(name, value)
        patch.chdir(folder)
        yield Harbour(folder, fake, {one.account: one for one in others})
