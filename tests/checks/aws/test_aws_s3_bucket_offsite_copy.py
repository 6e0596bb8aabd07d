import pytest
from msgspec.structs import replace

from cloudaudit import discovery
from cloudaudit.engine import judge
from cloudaudit.facts import Cause, Read, Unread
from cloudaudit.model import Gap, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import (
    BackupCopy,
    Bucket,
    RecoveryPoint,
    ReplicaBucket,
    Replication,
    ReplicationRule,
    Versioning,
)
from cloudaudit.testing import ACCOUNT, REGION, build, denied, read, snapshot_of, verdict

CHECK = "aws-s3-bucket-offsite-copy"
OTHER = "210987654321"
HERE = f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:daily"
OSAKA = f"arn:aws:backup:ap-northeast-3:{ACCOUNT}:backup-vault:daily"
AWAY = f"arn:aws:backup:{REGION}:{OTHER}:backup-vault:daily"
NO_COPIES = denied("backup:ListCopyJobs")
NO_POINTS = denied("backup:ListRecoveryPointsByBackupVault")
NO_REPLICATION = denied("s3:GetReplicationConfiguration")
NO_REGION = denied("s3:GetBucketLocation")
NO_BUCKET = denied("s3:ListBucket")
NEIGHBOUR = build(Bucket, name="replica", id="arn:aws:s3:::replica")


def copies(vault: str, *days: str) -> tuple[BackupCopy, ...]:
    return tuple(BackupCopy(vault=vault, completed_at=f"{day}T00:00:00Z") for day in days or ("2026-11-20",))


def points(vault: str, status: str = "COMPLETED", day: str = "2026-11-20") -> tuple[RecoveryPoint, ...]:
    return (RecoveryPoint(arn="arn:1", vault=vault, status=status, created_at=f"{day}T00:00:00Z"),)


def replication(
    region: Read[str] | Unread,
    *,
    exists: Read[bool] | Unread | None = None,
    account: str = "",
    enabled: bool = True,
    whole_bucket: bool = True,
) -> Replication:
    rule = ReplicationRule(
        id="all",
        enabled=enabled,
        destination="replica",
        destination_account=account,
        whole_bucket=whole_bucket,
    )
    versioning = read(Versioning(status="Enabled"))
    replica = ReplicaBucket(
        name="replica", exists=exists or read(given=True), region=region, versioning=versioning
    )
    return Replication(rules=(rule,), destinations=(replica,))


def bucket(backup_copies: object = (), recovery_points: object = (), found: object = None) -> Bucket:
    return build(
        Bucket,
        name="data",
        id="arn:aws:s3:::data",
        backup_copies=backup_copies,
        recovery_points=recovery_points,
        replication=found,
    )


@pytest.mark.parametrize(
    "good",
    [
        bucket(copies(OSAKA)),
        bucket(copies(AWAY), NO_POINTS, NO_REPLICATION),
        bucket((), points(OSAKA)),
        bucket(NO_COPIES, points(AWAY), NO_REPLICATION),
        bucket(NO_COPIES, NO_POINTS, replication(read("ap-northeast-3"))),
        bucket(found=replication(read(REGION), account=OTHER)),
        bucket(found=replication(NO_REGION, account=OTHER)),
    ],
)
def test_a_copy_in_another_account_or_region_passes(good: Bucket) -> None:
    assert verdict(CHECK, good, NEIGHBOUR).status is Status.PASS


@pytest.mark.parametrize(
    "bad",
    [
        bucket(),
        bucket(copies(HERE), points(HERE)),
        bucket((), points(OSAKA, "EXPIRED")),
        bucket(found=replication(read(REGION))),
        bucket(found=replication(read(REGION), account=ACCOUNT)),
        bucket(found=replication(read("ap-northeast-3"), enabled=False)),
        bucket(found=replication(read("ap-northeast-3"), whole_bucket=False)),
        bucket(found=replication(read("ap-northeast-3"), exists=read(given=False))),
        bucket(found=replication(NO_REGION, exists=read(given=False))),
    ],
)
def test_a_copy_beside_the_original_fails(bad: Bucket) -> None:
    assert verdict(CHECK, bad, NEIGHBOUR).status is Status.FAIL


@pytest.mark.parametrize(("day", "status"), [("2026-10-18", Status.PASS), ("2026-10-17", Status.FAIL)])
def test_a_copy_older_than_backups_are_kept_is_not_enough(day: str, status: Status) -> None:
    job = verdict(CHECK, bucket(copies(OSAKA, day)), NEIGHBOUR)
    point = verdict(CHECK, bucket((), points(OSAKA, day=day)), NEIGHBOUR)
    assert (job.status, point.status) == (status, status)
    assert (
        verdict(CHECK, bucket(copies(OSAKA, day)), policy=AuditPolicy(backup_retention_days=400)).status
        is Status.PASS
    )


def test_an_old_copy_leaves_the_question_to_what_was_not_read() -> None:
    finding = verdict(CHECK, bucket(copies(OSAKA, "2026-01-01"), NO_POINTS), NEIGHBOUR)
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == (NO_POINTS.permission,)


def test_the_reason_says_what_was_looked_at() -> None:
    job = verdict(CHECK, bucket(copies(OSAKA, "2026-11-19", "2026-11-20")), NEIGHBOUR)
    assert job.reason.en.endswith("finished on 2026-11-20T00:00:00Z; the copy itself was not looked at.")
    assert "コピー自体の存在は確認していません" in job.reason.ja
    both = verdict(CHECK, bucket(copies(OSAKA), points(AWAY)), NEIGHBOUR)
    assert both.reason.en.startswith("A recovery point of 2026-11-20")
    replicated = verdict(CHECK, bucket(found=replication(read("ap-northeast-3"))), NEIGHBOUR)
    assert "replicates" in replicated.reason.en
    assert "35 days" in verdict(CHECK, bucket(), NEIGHBOUR).reason.en


def test_a_distant_replica_passes_whatever_cannot_be_read_of_another() -> None:
    near, far = replication(read(REGION)), replication(read("ap-northeast-3"))
    far_rule = replace(far.rules[0], id="far", destination="far")
    far_bucket = replace(far.destinations[0], name="far")
    both = Replication(rules=(*near.rules, far_rule), destinations=(*near.destinations, far_bucket))
    gap = Gap(of=Bucket.of_kind(), region="us-east-1", cause=Cause.DENIED, operation="s3:ListBuckets")
    for found, status in ((both, Status.PASS), (near, Status.NOT_ASSESSED)):
        snapshot = snapshot_of(bucket(found=found), gaps=(gap,))
        findings = judge(snapshot, [discovery.checks()[CHECK]], AuditPolicy())
        assert [each.status for each in findings if each.resource.name == "data"] == [status]


def test_a_destination_that_exists_and_is_not_the_accounts_own_is_elsewhere() -> None:
    assert verdict(CHECK, bucket(found=replication(read(REGION)))).status is Status.PASS


@pytest.mark.parametrize(
    ("unsure", "missing"),
    [
        (bucket(NO_COPIES), {NO_COPIES.permission}),
        (bucket((), NO_POINTS), {NO_POINTS.permission}),
        (bucket(found=NO_REPLICATION), {NO_REPLICATION.permission}),
        (
            bucket(NO_COPIES, NO_POINTS, NO_REPLICATION),
            {NO_COPIES.permission, NO_POINTS.permission, NO_REPLICATION.permission},
        ),
        (bucket(found=replication(NO_REGION)), {NO_REGION.permission}),
        (bucket(found=replication(read("ap-northeast-3"), exists=NO_BUCKET)), {NO_BUCKET.permission}),
    ],
)
def test_what_was_denied_and_could_decide_is_named(unsure: Bucket, missing: set[str]) -> None:
    finding = verdict(CHECK, unsure, NEIGHBOUR)
    assert finding.status is Status.NOT_ASSESSED
    assert set(finding.missing_permissions) == missing
