import pytest

from cloudaudit.facts import Cause, Read, Unread
from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import (
    Bucket,
    RecoveryPoint,
    ReplicaBucket,
    Replication,
    ReplicationRule,
    Versioning,
)
from cloudaudit.testing import build, denied, read, verdict

CHECK = "aws-s3-bucket-recovery-point"
YOUNG = "2026-11-19T00:00:01Z"
TWO_DAYS = "2026-11-19T00:00:00Z"
NO_BACKUP = denied("backup:ListRecoveryPointsByBackupVault")
NO_REPLICATION = denied("s3:GetReplicationConfiguration")
NO_VERSIONING = denied("s3:GetBucketVersioning")
NO_BUCKET = denied("s3:ListBucket")
EXISTS = read(given=True)
ENABLED = read(Versioning(status="Enabled"))


def points(*given: tuple[str, str]) -> tuple[RecoveryPoint, ...]:
    vault = "arn:aws:backup:ap-northeast-1:123456789012:backup-vault:daily"
    return tuple(
        RecoveryPoint(arn=f"arn:{number}", vault=vault, status=status, created_at=created_at)
        for number, (status, created_at) in enumerate(given)
    )


def replication(
    exists: Read[bool] | Unread = EXISTS,
    versioning: Read[Versioning] | Unread = ENABLED,
    *,
    enabled: bool = True,
    whole_bucket: bool = True,
    looked_at: bool = True,
) -> Replication:
    rule = ReplicationRule(id="all", enabled=enabled, destination="replica", whole_bucket=whole_bucket)
    replica = ReplicaBucket(
        name="replica", exists=exists, region=read("ap-northeast-3"), versioning=versioning
    )
    return Replication(rules=(rule,), destinations=(replica,) if looked_at else ())


def bucket(recovery_points: object, found: object = None) -> Bucket:
    return build(Bucket, recovery_points=recovery_points, replication=found)


@pytest.mark.parametrize("status", ["COMPLETED", "AVAILABLE"])
@pytest.mark.parametrize("found", [None, NO_REPLICATION])
def test_a_young_recovery_point_passes_whatever_replication_is(status: str, found: object) -> None:
    finding = verdict(CHECK, bucket(points(("COMPLETED", "2025-01-01T00:00:00Z"), (status, YOUNG)), found))
    assert finding.status is Status.PASS
    assert finding.evidence["newest_recovery_point"]["created_at"] == YOUNG


@pytest.mark.parametrize("backup", [(), NO_BACKUP, points(("AVAILABLE", TWO_DAYS))])
def test_a_usable_replica_of_the_whole_bucket_passes_whatever_the_backup_is(backup: object) -> None:
    finding = verdict(CHECK, bucket(backup, replication()))
    assert finding.status is Status.PASS
    assert "not visible" in finding.reason.en
    assert "鮮度" in finding.reason.ja


@pytest.mark.parametrize(
    "backup", [(), points(("COMPLETED", TWO_DAYS)), points(("PARTIAL", YOUNG), ("EXPIRED", YOUNG))]
)
def test_no_young_recovery_point_and_no_replication_fails(backup: object) -> None:
    assert verdict(CHECK, bucket(backup)).status is Status.FAIL


@pytest.mark.parametrize(
    "found",
    [
        replication(enabled=False),
        replication(whole_bucket=False),
        replication(exists=read(given=False)),
        replication(exists=read(given=False), versioning=NO_VERSIONING),
        replication(versioning=read(Versioning(status="Suspended"))),
        replication(exists=NO_BUCKET, versioning=read(Versioning(status=""))),
        Replication(rules=()),
    ],
)
def test_a_replica_that_cannot_serve_fails(found: Replication) -> None:
    assert verdict(CHECK, bucket((), found)).status is Status.FAIL


def test_the_policy_says_how_old_a_recovery_point_may_be() -> None:
    old = bucket(points(("COMPLETED", TWO_DAYS)))
    assert verdict(CHECK, old, policy=AuditPolicy(recovery_point_max_age_days=3)).status is Status.PASS


@pytest.mark.parametrize(
    ("unsure", "missing"),
    [
        (bucket(NO_BACKUP), {NO_BACKUP.permission}),
        (bucket((), NO_REPLICATION), {NO_REPLICATION.permission}),
        (bucket(NO_BACKUP, NO_REPLICATION), {NO_BACKUP.permission, NO_REPLICATION.permission}),
        (bucket((), replication(versioning=NO_VERSIONING)), {NO_VERSIONING.permission}),
        (
            bucket(NO_BACKUP, replication(NO_BUCKET, NO_VERSIONING)),
            {NO_BACKUP.permission, NO_BUCKET.permission, NO_VERSIONING.permission},
        ),
    ],
)
def test_what_was_denied_and_could_decide_is_named(unsure: Bucket, missing: set[str]) -> None:
    finding = verdict(CHECK, unsure)
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.DENIED
    assert set(finding.missing_permissions) == missing


@pytest.mark.parametrize(
    "unsure", [bucket(points(("AVAILABLE", TWO_DAYS))), bucket((), replication(looked_at=False))]
)
def test_an_old_continuous_backup_and_a_destination_never_looked_at_are_not_assessed(unsure: Bucket) -> None:
    finding = verdict(CHECK, unsure)
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.UNSUPPORTED


def test_what_was_not_looked_at_of_a_continuous_backup_is_said_in_both_languages() -> None:
    reason = verdict(CHECK, bucket(points(("AVAILABLE", TWO_DAYS)))).reason
    assert "latest restorable time" in reason.en
    assert "復元可能な最新時点は確認していません" in reason.ja
