"""Each action of the generated role is taken away in turn.

The fake enforces AWS's own action names by a table of its own, written from the service authorization reference;
moto would check API names instead. That the real IAM agrees with that table is not proved here.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import fakes.aws
from cloudaudit import discovery
from cloudaudit.cli.choosing import cut
from cloudaudit.inventory.plan import Looking, ObjectsWish
from cloudaudit.model import Finding, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.connect import AwsOptions
from cloudaudit.providers.aws.operations import EVERY_OPERATION, OPERATIONS
from cloudaudit.providers.aws.session import AwsSession, open_session
from cloudaudit.providers.trials import Cost, Result, cost, lost_checks, needed_by, read_costs
from cloudaudit.snapshot import Selection
from fakes.aws import Bucket as FakeBucket
from fakes.aws import FakeAws, S3Object
from fakes.aws.estate import public_access_block
from tests.providers.costs import check_or_note, shipped

from .complete import complete_estate
from .conftest import TAKEN_AT, Quiet, Scanned, scan_with

POLICY = AuditPolicy(sensitive_tags=("class=personal",), allowed_countries=("JP",), password_max_age_days=90)
LOOKS = tuple(each for each in EVERY_OPERATION if not each.opt_in or "list" in each.opt_in)
"""What a scan calls that looks at objects by listing them."""

ACTIONS = sorted({action for each in LOOKS for action in each.actions})


def _with_objects() -> fakes.aws.Estate:
    """The complete estate, and two buckets whose objects' own ACLs are in force, one of them with versions."""
    shape: dict[str, Any] = {
        "ownership": "ObjectWriter",
        "public_access_block": public_access_block(acls=False, ignore=False, policy=False, restrict=False),
    }
    made = complete_estate()
    made.buckets.append(FakeBucket(name="papers", versioning={}, stored=(S3Object(key="a"),), **shape))
    made.buckets.append(FakeBucket(name="drafts", stored=(S3Object(key="b", version="v1"),), **shape))
    return made


class Estate:
    """One fake and one connection for all the scans of this file."""

    def __init__(self, fake: FakeAws, session: AwsSession, folder: Path) -> None:
        self.fake = fake
        self.session = session
        self.folder = folder
        self.whole = self.scan("whole", set(ACTIONS))

    def scan(self, name: str, allow: set[str], checks: tuple[str, ...] = ()) -> Scanned:
        self.fake.allow = allow
        self.fake.forget()
        path = self.folder / f"{name.replace(':', '-')}.jsonl"
        return scan_with(
            self.session,
            path,
            selection=Selection(checks=checks),
            policy=POLICY,
            resume=False,
            taken_at=TAKEN_AT,
        )


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    with pytest.MonkeyPatch.context() as patch, FakeAws(_with_objects()) as fake:
        patch.setenv("AWS_ENDPOINT_URL", fake.url)
        patch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLEEXAMPLE00")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "example")
        patch.setenv("AWS_REGION", "ap-northeast-1")
        patch.delenv("AWS_PROFILE", raising=False)
        yield Estate(
            fake,
            open_session(AwsOptions(objects=ObjectsWish(looking=Looking.LIST))),
            tmp_path_factory.mktemp("scans"),
        )


@pytest.fixture(scope="module")
def found() -> Iterator[dict[str, Cost]]:
    with shipped("aws") as mapping:
        yield mapping


def by_id(scanned: Scanned) -> dict[str, Finding]:
    return {finding.id: finding for finding in scanned.findings}


def test_the_generated_role_suffices(estate: Estate) -> None:
    assert estate.whole.named_permissions() == set()
    assert estate.fake.unknown == {}
    assert estate.fake.writes == []


def test_every_operation_of_the_list_is_called(estate: Estate) -> None:
    called = {f"{service}:{operation}" for service, operation, _, _ in estate.fake.counts}
    assert {operation.label for operation in LOOKS} - called == set()


@pytest.mark.parametrize("action", ACTIONS)
def test_a_missing_action_turns_up_and_makes_nothing_pass(
    estate: Estate, action: str, found: dict[str, Cost]
) -> None:
    without = estate.scan(action, set(ACTIONS) - {action})
    assert any(action in permission.split(", ") for permission in without.named_permissions())
    check_or_note(found, "aws", action, cost(estate.whole.findings, without.findings))
    before = by_id(estate.whole)
    for finding in without.findings:
        if finding.status is Status.PASS:
            assert before[finding.id].status is Status.PASS, finding.check
    measure, was = without.score.overall, estate.whole.score.overall
    assert (measure.guaranteed or 0) <= (was.guaranteed or 0)
    assert (measure.coverage or 0) <= (was.coverage or 0)


CUTS = (
    "aws-iam-federated-mfa",
    "aws-s3-bucket-kms-key-health",
    "aws-s3-bucket-object-logging",
    "aws-s3-bucket-offsite-copy",
    "aws-s3-bucket-public-access",
    "aws-s3-object-public-acl",
)


@pytest.mark.parametrize("check", CUTS)
def test_a_role_cut_to_one_check_lets_it_be_assessed_as_the_whole_role_does(
    estate: Estate, check: str
) -> None:
    needed = needed_by(read_costs("aws"), [check])
    assert needed is not None
    allowed = {action for each in cut(LOOKS, needed) for action in each.actions}
    assert allowed < set(ACTIONS)
    found = estate.scan(check, allowed, checks=(check,))
    whole = [finding for finding in estate.whole.findings if finding.check == check]
    assert cost(whole, found.findings) == Cost(())
    assert [finding.id for finding in found.findings] == [finding.id for finding in whole]


def test_trying_out_tells_what_is_blind_once_and_cheaply(estate: Estate) -> None:
    kinds = discovery.provider("aws").kinds
    estate.fake.allow = set(ACTIONS) - {"s3:GetBucketPolicy", "kms:DescribeKey"}
    estate.fake.forget()
    estate.fake.counts.clear()
    tried = {each.permission: each for each in estate.session.try_out(kinds, Quiet())}
    blind = {each.permission for each in tried.values() if each.result is Result.BLIND}
    assert blind == {"s3:GetBucketPolicy", "kms:DescribeKey"}
    # What could only be asked with the answer to another question is not called fine.
    assert tried["kms:GetKeyRotationStatus"].result is Result.NOT_TRIED
    assert "aws-s3-bucket-public-access" in lost_checks(read_costs("aws"), tried["s3:GetBucketPolicy"])
    assert sum(estate.fake.counts.values()) < 3 * len(OPERATIONS)
    assert estate.fake.writes == []
    once = [operation for (_, operation, _, _), count in estate.fake.counts.items() if count > 1]
    # A listing that found nothing is asked once more where there may be something.
    assert set(once) <= {"GenerateCredentialReport", "GetCredentialReport", "LookupEvents"}
