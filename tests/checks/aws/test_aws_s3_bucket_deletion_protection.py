import pytest

from cloudaudit import discovery
from cloudaudit.engine import judge
from cloudaudit.facts import Cause
from cloudaudit.model import Gap, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import BackupVault, Bucket, ObjectLock, RecoveryPoint, Versioning
from cloudaudit.testing import ACCOUNT, REGION, build, denied, snapshot_of, verdict

CHECK = "aws-s3-bucket-deletion-protection"
HERE = f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:daily"
AWAY = f"arn:aws:backup:{REGION}:210987654321:backup-vault:daily"
NO_LOCK = denied("s3:GetBucketObjectLockConfiguration")
NO_VERSIONING = denied("s3:GetBucketVersioning")
NO_POINTS = denied("backup:ListRecoveryPointsByBackupVault")
GOVERNED = ObjectLock(enabled=True, mode="GOVERNANCE", days=30)
PLAIN = Versioning(status="Enabled")
MFA = Versioning(status="Enabled", mfa_delete=True)
LOCKED = build(BackupVault, id=HERE, locked=True)
OPEN = build(BackupVault, id=HERE)


def points(vault: str = HERE, status: str = "COMPLETED") -> tuple[RecoveryPoint, ...]:
    return (RecoveryPoint(arn="arn:1", vault=vault, status=status, created_at="2026-11-20T00:00:00Z"),)


def bucket(object_lock: object = None, versioning: object = PLAIN, recovery_points: object = ()) -> Bucket:
    return build(Bucket, object_lock=object_lock, versioning=versioning, recovery_points=recovery_points)


@pytest.mark.parametrize(
    "good",
    [
        bucket(GOVERNED),
        bucket(ObjectLock(enabled=True, mode="COMPLIANCE", years=1), NO_VERSIONING, NO_POINTS),
        bucket(None, MFA),
        bucket(NO_LOCK, MFA, NO_POINTS),
        bucket(ObjectLock(enabled=True), MFA),
    ],
)
def test_object_lock_or_mfa_delete_passes(good: Bucket) -> None:
    finding = verdict(CHECK, good)
    assert finding.status is Status.PASS
    assert "Object Lock or MFA delete" in finding.reason.en


@pytest.mark.parametrize("own", [None, NO_LOCK, ObjectLock(enabled=True)])
def test_a_recovery_point_in_a_locked_vault_passes(own: object) -> None:
    assert verdict(CHECK, bucket(own, recovery_points=points()), LOCKED).status is Status.PASS


@pytest.mark.parametrize(
    ("bad", "vault"),
    [
        (bucket(), LOCKED),
        (bucket(ObjectLock(enabled=False)), LOCKED),
        (bucket(recovery_points=points()), OPEN),
        (bucket(recovery_points=points(status="DELETING")), LOCKED),
        (bucket(recovery_points=points()), build(BackupVault, id="arn:other", locked=True)),
    ],
)
def test_no_protection_fails(bad: Bucket, vault: BackupVault) -> None:
    assert verdict(CHECK, bad, vault).status is Status.FAIL


def test_a_lock_without_default_retention_is_not_assessed_because_only_objects_tell() -> None:
    finding = verdict(CHECK, bucket(ObjectLock(enabled=True)))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.UNSUPPORTED
    assert "既定の保持期間がなく" in finding.reason.ja


def test_a_vault_of_another_account_is_not_assessed_and_named() -> None:
    finding = verdict(CHECK, bucket(recovery_points=points(AWAY)), LOCKED)
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.FOREIGN_ACCOUNT
    assert AWAY in finding.reason.en
    assert f"ボールト {AWAY} は確認していません" in finding.reason.ja


def test_a_locked_vault_passes_whatever_cannot_be_read_of_another() -> None:
    gap = Gap(
        of=BackupVault.of_kind(), region="us-east-1", cause=Cause.DENIED, operation="backup:ListBackupVaults"
    )
    given = bucket(recovery_points=(*points("arn:aws:backup:us-east-1:1:backup-vault:x"), *points()))
    (finding,) = judge(snapshot_of(given, LOCKED, gaps=(gap,)), [discovery.checks()[CHECK]], AuditPolicy())
    assert finding.status is Status.PASS


@pytest.mark.parametrize(
    ("unsure", "missing"),
    [
        (bucket(NO_LOCK), {NO_LOCK.permission}),
        (bucket(None, NO_VERSIONING), {NO_VERSIONING.permission}),
        (bucket(None, PLAIN, NO_POINTS), {NO_POINTS.permission}),
        (
            bucket(NO_LOCK, NO_VERSIONING, NO_POINTS),
            {NO_LOCK.permission, NO_VERSIONING.permission, NO_POINTS.permission},
        ),
    ],
)
def test_what_was_denied_and_could_decide_is_named(unsure: Bucket, missing: set[str]) -> None:
    finding = verdict(CHECK, unsure, OPEN)
    assert finding.status is Status.NOT_ASSESSED
    assert set(finding.missing_permissions) == missing
