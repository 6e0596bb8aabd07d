"""One account or one region is one place."""

from functools import partial

from cloudaudit.check import Audit, Severity, Text, Theme, Unread, Verdict, check, failed, passed
from cloudaudit.providers.aws.answers import Answer, Unknown, all_of, any_of, asked, decided, holds, shown
from cloudaudit.providers.aws.model import BackupCopy, Bucket, RecoveryPoint, ReplicaBucket, ReplicationRule
from cloudaudit.providers.aws.protection import bucket_arn, elsewhere, replicas, usable, younger


@check(
    "aws-s3-bucket-offsite-copy",
    title=Text(
        en="A copy of the bucket lies in another account or region",
        ja="別のアカウントまたはリージョンにバケットのコピーがある",
    ),
    theme=Theme.BACKUP,
    severity=Severity.MEDIUM,
    on=Bucket,
    rationale=Text(
        en="A copy in the same account and region is lost together with the original when a region fails or "
        "an administrator's credentials are stolen. A copy that is older than the time for which backups are to be "
        "kept does not count.",
        ja="同じアカウント・リージョン内のコピーは、"
        "リージョン障害や管理者権限の奪取の際に原本と同時に失われます。"
        "バックアップの保持日数より古いコピーは、有効なコピーとみなしません。",
    ),
    remediation=Text(
        en="Copy recovery points to a vault in another region or account, or replicate the bucket there.",
        ja="復旧ポイントを別リージョンまたは別アカウントのボールトへコピーするか、"
        "バケットをレプリケートしてください。",
    ),
    references=(
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/recov-point-create-a-copy.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html",
    ),
    settings=("backup_retention_days",),
)
def offsite_copy(bucket: Bucket, audit: Audit) -> Verdict:
    """Take any of three ways: a recovery point in a distant vault, a finished copy job, replication.

    Replication comes last, because other resources must be looked up for it.
    """
    days = audit.policy.backup_retention_days
    evidence = {
        "max_age_days": days,
        "account": bucket.account,
        "region": bucket.region,
        "copied_to": shown(
            bucket.backup_copies, lambda copies: sorted([copy.vault, copy.completed_at] for copy in copies)
        ),
        "vaults": shown(
            bucket.recovery_points,
            lambda points: sorted([point.vault, point.status, point.created_at] for point in points),
        ),
        "replicated_to": shown(
            bucket.replication,
            lambda found: [replica.name for _, replica in replicas(found)] if found else [],
        ),
    }
    point, copy = _distant_point(bucket, audit), _distant_copy(bucket, audit)
    if point is not None:
        return passed(
            Text(
                en=f"A recovery point of {point.created_at} lies in another account or region.",
                ja=f"別のアカウントまたはリージョンに {point.created_at} の復旧ポイントがあります。",
            ),
            evidence,
        )
    if copy is not None:
        return passed(
            Text(
                en=f"A copy job to another account or region finished on {copy.completed_at}; the copy itself was not "
                "looked at.",
                ja=f"別のアカウントまたはリージョンへのコピージョブが {copy.completed_at} に完了しています"
                "(コピー自体の存在は確認していません)。",
            ),
            evidence,
        )
    # What was read of these two did not say yes, so that only what was not read can.
    rest = [
        Unknown((fact,))
        for fact in (bucket.backup_copies, bucket.recovery_points)
        if isinstance(fact, Unread)
    ]
    if decided(any_of((*rest, _replicated(bucket, audit)))):
        return passed(
            Text(
                en="The whole bucket replicates to another account or region.",
                ja="バケット全体が別のアカウントまたはリージョンへレプリケートされています。",
            ),
            evidence,
        )
    return failed(
        Text(
            en=f"No copy of the bucket from the last {days} days lies in another account or region.",
            ja=f"別のアカウントまたはリージョンに、直近{days}日以内のコピーがありません。",
        ),
        evidence,
    )


def _distant_copy(bucket: Bucket, audit: Audit) -> BackupCopy | None:
    """Return the newest copy job that is young enough for its copy to be there still."""
    fact, days = bucket.backup_copies, audit.policy.backup_retention_days
    found = [] if isinstance(fact, Unread) else [copy for copy in fact.value if elsewhere(copy.vault, bucket)]
    young = [copy for copy in found if younger(copy.completed_at, audit.taken_at, days)]
    return max(young, key=lambda copy: copy.completed_at, default=None)


def _distant_point(bucket: Bucket, audit: Audit) -> RecoveryPoint | None:
    fact, days = bucket.recovery_points, audit.policy.backup_retention_days
    found = [] if isinstance(fact, Unread) else [point for point in fact.value if usable(point)]
    young = [
        point
        for point in found
        if elsewhere(point.vault, bucket) and younger(point.created_at, audit.taken_at, days)
    ]
    return max(young, key=lambda point: point.created_at, default=None)


def _replicated(bucket: Bucket, audit: Audit) -> Answer:
    fact = bucket.replication
    if isinstance(fact, Unread):
        return Unknown((fact,))
    if fact.value is None:
        return False
    return any_of(
        asked(partial(_offsite, bucket, rule, replica, audit)) for rule, replica in replicas(fact.value)
    )


def _offsite(bucket: Bucket, rule: ReplicationRule, replica: ReplicaBucket, audit: Audit) -> Answer:
    exists = holds(replica.exists, lambda exists: exists)
    return False if exists is False else all_of((exists, _distant(bucket, rule, replica, audit)))


def _distant(bucket: Bucket, rule: ReplicationRule, replica: ReplicaBucket, audit: Audit) -> Answer:
    away = holds(replica.region, lambda region: region != bucket.region)
    if away is True:
        return True
    if rule.destination_account:
        return any_of((away, rule.destination_account != bucket.account))
    # Rules seldom name the owner. What exists and is not in the account's complete listing is another's.
    partition = bucket.id.split(":")[1]
    return any_of((away, audit.get(Bucket, bucket_arn(partition, replica.name)) is None))
