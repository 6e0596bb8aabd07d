from typing import Any

import pytest

from cloudaudit.facts import Cause
from cloudaudit.inventory.model import EncryptionState, Mode, Offender, Tally
from cloudaudit.model import Finding, Severity, Status, Theme
from cloudaudit.providers.aws.model import KmsKey, ObjectKey
from cloudaudit.testing import ACCOUNT, denied, read, unread, verdict
from fakes.aws_facts import acl_bucket, encrypted, objects_of

CHECK = "aws-s3-object-key-health"
KEY = f"arn:aws:kms:ap-northeast-1:{ACCOUNT}:key/11111111-0000"
OTHER = f"arn:aws:kms:ap-northeast-1:{ACCOUNT}:key/22222222-0000"


def key(state: str, arn: str = KEY) -> ObjectKey:
    made = KmsKey(
        arn=arn,
        account=ACCOUNT,
        state=state,
        manager="CUSTOMER",
        origin="AWS_KMS",
        spec="SYMMETRIC_DEFAULT",
        rotation=read(None),
    )
    return ObjectKey(reference=arn, key=read(made))


def judged(objects: Any, keys: Any, **bucket: Any) -> Finding:
    return verdict(CHECK, acl_bucket(objects=objects, object_keys=keys, **bucket))


ONE = objects_of(
    encrypted(EncryptionState.SSE_KMS, 2, KEY),
    encrypted(EncryptionState.SSE_S3, 3),
    by_key=(Offender(key="a.pdf", what=f"sse-kms {KEY}"),),
)


@pytest.mark.parametrize("state", ["Disabled", "PendingDeletion", "NotFound", "PendingImport", "Unavailable"])
def test_a_key_that_is_going_or_gone_is_a_problem_of_backup(state: str) -> None:
    finding = judged(ONE, (key(state),))
    assert (finding.status, finding.severity, finding.theme) == (Status.FAIL, Severity.HIGH, Theme.BACKUP)
    assert "2 of 5" in finding.reason.en
    assert "a.pdf" in finding.reason.ja
    assert finding.evidence["keys"][0]["state"] == state


@pytest.mark.parametrize("state", ["Enabled", "Updating"])
def test_keys_that_work_pass(state: str) -> None:
    assert judged(ONE, (key(state),)).status is Status.PASS


def test_without_a_kms_key_the_question_does_not_arise() -> None:
    assert judged(objects_of(), ()).status is Status.NOT_APPLICABLE


def test_a_sample_without_a_kms_key_says_only_what_its_bound_says() -> None:
    sample = objects_of(mode=Mode.SAMPLE, examined=10, total=read(Tally(objects=10_000, bytes=None)))
    finding = judged(sample, ())
    assert (finding.status, finding.cause) == (Status.NOT_ASSESSED, Cause.TOO_SMALL)


def test_a_key_that_was_not_described_leaves_it_open_unless_another_is_gone() -> None:
    hidden = ObjectKey(reference=OTHER, key=denied("kms:DescribeKey"))
    two = objects_of(encrypted(EncryptionState.SSE_KMS, 1, KEY), encrypted(EncryptionState.SSE_KMS, 1, OTHER))
    assert judged(two, (key("Enabled"), hidden)).status is Status.NOT_ASSESSED
    assert judged(two, (key("Disabled"), hidden)).status is Status.FAIL


def test_an_inventory_that_tells_no_keys_is_not_assessed() -> None:
    assert judged(ONE, unread(Cause.UNSUPPORTED)).status is Status.NOT_ASSESSED
