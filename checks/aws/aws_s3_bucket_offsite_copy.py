"""One account or one region is one place."""

from cloudaudit.check import Audit, Severity, Text, Theme, Unread, Verdict, check, failed, passed
from cloudaudit.providers.aws.answers import Answer, Unknown, all_of, any_of, decided, holds, shown
from cloudaudit.providers.aws.model import Bucket, ReplicaBucket, ReplicationRule
from cloudaudit.providers.aws.protection import bucket_arn, elsewhere, replicas, usable


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
        "an administrator's credentials are stolen.",
        ja="同じアカウント・リージョン内のコピーは、"
        "リージョン障害や管理者権限の奪取の際に原本と同時に失われます。",
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
)
def offsite_copy(bucket: Bucket, audit: Audit) -> Verdict:
    """Take any of three ways: a finished copy job, a recovery point in a distant vault, replication."""
    evidence = {
        "account": bucket.account,
        "region": bucket.region,
        "copied_to": shown(bucket.backup_copies, lambda copies: sorted({copy.vault for copy in copies})),
        "vaults": shown(bucket.recovery_points, lambda points: sorted({point.vault for point in points})),
        "replicated_to": shown(
            bucket.replication,
            lambda found: [replica.name for _, replica in replicas(found)] if found else [],
        ),
    }
    if decided(any_of(way(bucket, audit) for way in (_copied, _vaulted, _replicated))):
        return passed(
            Text(
                en="A copy lies in another account or region.",
                ja="別のアカウントまたはリージョンにコピーがあります。",
            ),
            evidence,
        )
    return failed(
        Text(
            en="No copy of the bucket lies in another account or region.",
            ja="別のアカウントまたはリージョンにコピーがありません。",
        ),
        evidence,
    )


def _copied(bucket: Bucket, _audit: Audit) -> Answer:
    return holds(bucket.backup_copies, lambda copies: any(elsewhere(copy.vault, bucket) for copy in copies))


def _vaulted(bucket: Bucket, _audit: Audit) -> Answer:
    return holds(
        bucket.recovery_points,
        lambda points: any(usable(point) and elsewhere(point.vault, bucket) for point in points),
    )


def _replicated(bucket: Bucket, audit: Audit) -> Answer:
    fact = bucket.replication
    if isinstance(fact, Unread):
        return Unknown((fact,))
    if fact.value is None:
        return False
    return any_of(_offsite(bucket, rule, replica, audit) for rule, replica in replicas(fact.value))


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
