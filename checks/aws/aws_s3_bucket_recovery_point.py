"""Versions are not a backup: a copy must exist from which the bucket can be brought back."""

from cloudaudit.check import Audit, Cause, Severity, Text, Theme, Unread, Verdict, check, failed, passed
from cloudaudit.clock import age_days
from cloudaudit.providers.aws.answers import Answer, Unknown, any_of, decided, shown
from cloudaudit.providers.aws.model import Bucket, RecoveryPoint, Replication
from cloudaudit.providers.aws.protection import receives, replicas, usable, younger


@check(
    "aws-s3-bucket-recovery-point",
    title=Text(
        en="Bucket has a recent backup, or replicates to a bucket that keeps versions",
        ja="バケットに最新のバックアップ、または復旧に使える複製先がある",
    ),
    theme=Theme.BACKUP,
    severity=Severity.HIGH,
    on=Bucket,
    rationale=Text(
        en="Backup and recovery are the customer's own task in the cloud. Durability of the service does "
        "not help against deletion, overwriting or a lost account.",
        ja="クラウドではバックアップと復旧は利用者の責任です。"
        "サービスの耐久性は、誤削除・上書き・アカウントの喪失に"
        "対する備えにはなりません。",
    ),
    remediation=Text(
        en="Add the bucket to an AWS Backup plan that runs at least as often as your recovery point "
        "objective asks, or replicate the whole bucket to a versioned one.",
        ja="目標復旧時点(RPO)を満たす頻度の AWS Backup プランにバケットを追加するか、"
        "バージョニングが有効なバケットへ全体をレプリケートしてください。",
    ),
    references=(
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/s3-backups.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html",
    ),
    settings=("recovery_point_max_age_days",),
)
def recovery_point(bucket: Bucket, audit: Audit) -> Verdict:
    """Ask for a young recovery point first, then for a replica that can be used."""
    days = audit.policy.recovery_point_max_age_days
    evidence = {
        "max_age_days": days,
        "newest_recovery_point": shown(bucket.recovery_points, _newest),
        "replication": shown(bucket.replication, _destinations),
    }
    backup = _backup(bucket, audit)
    if backup is True:
        return passed(
            Text(
                en=f"A recovery point in AWS Backup is younger than {days} days.",
                ja=f"AWS Backup に{days}日以内の復旧ポイントがあります。",
            ),
            evidence,
        )
    if decided(any_of((backup, _replica(bucket)))):
        return passed(
            Text(
                en="The whole bucket replicates to a versioned bucket that could be read. How fresh the "
                "replicas are is not visible.",
                ja="バケット全体が、バージョニングの有効な複製先へレプリケートされています。"
                "複製データの鮮度までは確認できません。",
            ),
            evidence,
        )
    return failed(
        Text(
            en=f"No recovery point is younger than {days} days, and no usable replica of the whole bucket "
            "exists.",
            ja=f"{days}日以内の復旧ポイントがなく、バケット全体の利用可能な複製もありません。",
        ),
        evidence,
    )


def _backup(bucket: Bucket, audit: Audit) -> Answer:
    fact = bucket.recovery_points
    if isinstance(fact, Unread):
        return Unknown((fact,))
    days = audit.policy.recovery_point_max_age_days
    points = [point for point in fact.value if usable(point)]
    if any(younger(point.created_at, audit.taken_at, days) for point in points):
        return True
    # A continuous backup stays one recovery point for its whole life, however fresh its contents.
    if any(point.status == "AVAILABLE" for point in points):
        age = min(
            age_days(point.created_at, audit.taken_at) for point in points if point.status == "AVAILABLE"
        )
        detail = Text(
            en=f"the latest restorable time of the continuous backup made {age} days ago was not looked at",
            ja=f"{age}日前に作成された継続的バックアップについて、復元可能な最新時点は確認していません",
        )
        return Unknown((Unread(Cause.UNSUPPORTED, fact.source, detail=detail),))
    return False


def _replica(bucket: Bucket) -> Answer:
    fact = bucket.replication
    if isinstance(fact, Unread):
        return Unknown((fact,))
    if fact.value is None:
        return False
    return any_of(receives(replica) for _, replica in replicas(fact.value))


def _newest(points: tuple[RecoveryPoint, ...]) -> dict[str, str] | None:
    newest = max(
        (point for point in points if usable(point)), key=lambda point: point.created_at, default=None
    )
    return {"created_at": newest.created_at, "status": newest.status} if newest else None


def _destinations(replication: Replication | None) -> list[dict[str, object]]:
    return [
        {
            "rule": rule.id,
            "enabled": rule.enabled,
            "whole_bucket": rule.whole_bucket,
            "destination": rule.destination,
        }
        for rule in (replication.rules if replication else ())
    ]
