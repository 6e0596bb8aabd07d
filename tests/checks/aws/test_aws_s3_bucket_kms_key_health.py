import pytest

from cloudaudit.facts import Read, Unread
from cloudaudit.model import Severity, Status
from cloudaudit.providers.aws.model import Bucket, DirectoryBucket, KmsKey
from cloudaudit.testing import build, denied, read, verdict

CHECK = "aws-s3-bucket-kms-key-health"
KEY = "arn:aws:kms:ap-northeast-1:123456789012:key/11112222-3333-4444-5555-666677778888"
NO_ROTATION = denied("kms:GetKeyRotationStatus")


def kms_key(
    rotation: Read[bool | None] | Unread,
    *,
    state: str = "Enabled",
    manager: str = "CUSTOMER",
    origin: str = "AWS_KMS",
    deletion_date: str = "",
) -> KmsKey:
    return KmsKey(
        arn=KEY,
        account="123456789012",
        state=state,
        manager=manager,
        origin=origin,
        spec="SYMMETRIC_DEFAULT",
        deletion_date=deletion_date,
        rotation=rotation,
    )


@pytest.mark.parametrize("state", ["Enabled", "Updating"])
def test_a_usable_key_that_rotates_passes(state: str) -> None:
    finding = verdict(CHECK, build(Bucket, kms_key=kms_key(read(given=True), state=state)))
    assert finding.status is Status.PASS
    assert finding.evidence["rotation"] is True
    assert "rotates" in finding.reason.en


def test_a_key_without_rotation_fails_less_severely() -> None:
    finding = verdict(CHECK, build(DirectoryBucket, kms_key=kms_key(read(given=False))))
    assert finding.status is Status.FAIL
    assert finding.severity is Severity.MEDIUM


@pytest.mark.parametrize("origin", ["EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"])
def test_a_key_that_cannot_rotate_by_itself_passes(origin: str) -> None:
    finding = verdict(CHECK, build(Bucket, kms_key=kms_key(read(given=False), origin=origin)))
    assert finding.status is Status.PASS
    assert finding.evidence["rotation"] is None
    assert "rotation does not apply" in finding.reason.en
    assert "自動ローテーションの対象外" in finding.reason.ja
    assert ("imported" in finding.reason.en) is (origin == "EXTERNAL")


def test_a_key_of_the_provider_passes_without_its_rotation() -> None:
    finding = verdict(CHECK, build(Bucket, kms_key=kms_key(NO_ROTATION, manager="AWS")))
    assert finding.status is Status.PASS
    assert "AWS manages" in finding.reason.en


@pytest.mark.parametrize("state", ["PendingDeletion", "PendingReplicaDeletion"])
def test_a_key_pending_deletion_fails_with_its_date_and_without_its_rotation(state: str) -> None:
    key = kms_key(NO_ROTATION, state=state, deletion_date="2026-12-01T00:00:00Z")
    finding = verdict(CHECK, build(Bucket, kms_key=key))
    assert finding.status is Status.FAIL
    assert finding.severity is Severity.HIGH
    assert "2026-12-01" in finding.reason.en


def test_a_deletion_without_a_date_fails_too() -> None:
    finding = verdict(CHECK, build(Bucket, kms_key=kms_key(NO_ROTATION, state="PendingReplicaDeletion")))
    assert finding.status is Status.FAIL


@pytest.mark.parametrize("state", ["Disabled", "PendingImport", "Unavailable", "Creating", "NotFound"])
def test_a_key_that_cannot_be_used_fails_without_its_rotation(state: str) -> None:
    finding = verdict(CHECK, build(Bucket, kms_key=kms_key(NO_ROTATION, state=state)))
    assert finding.status is Status.FAIL
    assert finding.severity is Severity.HIGH
    assert state in finding.reason.ja


def test_a_bucket_without_a_kms_key_is_not_applicable() -> None:
    assert verdict(CHECK, build(Bucket, kms_key=None)).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("fact", "permission"),
    [(denied("kms:DescribeKey"), "kms:DescribeKey"), (kms_key(NO_ROTATION), "kms:GetKeyRotationStatus")],
)
def test_a_denied_read_is_not_assessed_and_names_the_permission(fact: object, permission: str) -> None:
    finding = verdict(CHECK, build(Bucket, kms_key=fact))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == (permission,)
