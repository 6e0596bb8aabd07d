from typing import Any

import pytest

from cloudaudit.facts import Cause
from cloudaudit.inventory.model import EncryptionState, Mode, Offender
from cloudaudit.inventory.plan import not_looked_at
from cloudaudit.model import Finding, Severity, Status
from cloudaudit.testing import ACCOUNT, denied, verdict
from fakes.aws_facts import acl_bucket, encrypted, objects_of

CHECK = "aws-s3-object-encryption"
OWN = f"arn:aws:kms:ap-northeast-1:{ACCOUNT}:key/11111111-0000"
FOREIGN = "arn:aws:kms:ap-northeast-1:999988887777:key/22222222-0000"


def judged(objects: Any, **bucket: Any) -> Finding:
    return verdict(CHECK, acl_bucket(objects=objects, **bucket))


def test_an_unencrypted_object_fails_and_is_named() -> None:
    found = objects_of(
        encrypted(EncryptionState.NONE, 2),
        encrypted(EncryptionState.SSE_S3, 5),
        unencrypted=(Offender(key="2016/old.xls", what="none"),),
    )
    finding = judged(found)
    assert (finding.status, finding.severity) == (Status.FAIL, Severity.HIGH)
    assert "2 of 7" in finding.reason.en
    assert "2016/old.xls" in finding.reason.ja


@pytest.mark.parametrize("state", ["sse-s3", "sse-kms", "dsse-kms", "sse-c", "sse-fsx"])
def test_every_way_of_encryption_passes(state: str) -> None:
    assert judged(objects_of(encrypted(EncryptionState(state)))).status is Status.PASS


def test_a_state_of_another_name_is_not_taken_for_encrypted() -> None:
    assert judged(objects_of(encrypted(EncryptionState.OTHER))).status is Status.NOT_ASSESSED


def test_states_and_keys_are_told_apart_and_another_accounts_key_is_named_as_such() -> None:
    finding = judged(
        objects_of(
            encrypted(EncryptionState.SSE_KMS, 3, OWN), encrypted(EncryptionState.DSSE_KMS, 1, FOREIGN)
        )
    )
    own, foreign = finding.evidence["states"]
    assert (own["state"], own["objects"], own["own_key"]) == ("sse-kms", 3, True)
    assert (foreign["state"], foreign["key_account"], foreign["own_key"]) == (
        "dsse-kms",
        "999988887777",
        False,
    )
    assert "11111111-0000" not in str(finding.evidence)


def test_objects_that_nobody_looked_at_are_not_assessed_and_it_is_said_how_to() -> None:
    finding = judged(not_looked_at("s3:ListObjectsV2", ""))
    assert (finding.status, finding.cause) == (Status.NOT_ASSESSED, Cause.DISABLED)
    assert "--objects auto" in finding.reason.en


def test_a_look_at_some_can_fail_and_never_passes() -> None:
    clean = judged(objects_of(mode=Mode.INDICATIVE))
    assert (clean.status, clean.cause) == (Status.NOT_ASSESSED, Cause.TOO_SMALL)
    assert judged(objects_of(encrypted(EncryptionState.NONE), mode=Mode.INDICATIVE)).status is Status.FAIL


def test_whether_there_are_old_versions_must_be_known() -> None:
    assert judged(objects_of(), versioning=denied("s3:GetBucketVersioning")).status is Status.NOT_ASSESSED
    assert judged(objects_of(versions=True), versioning=denied("x")).status is Status.PASS
