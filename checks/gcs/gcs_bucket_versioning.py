"""Without an old version a deletion or an overwrite is final."""

from cloudaudit.answers import any_of, decided, holds, shown
from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed
from cloudaudit.providers.gcs.model import Bucket
from cloudaudit.providers.gcs.protection import soft_deleted_days, softly_deletes


@check(
    "gcs-bucket-versioning",
    title=Text(
        en="What is overwritten or deleted can be brought back",
        ja="上書き・削除されたオブジェクトを復元できる",
    ),
    theme=Theme.BACKUP,
    severity=Severity.MEDIUM,
    on=Bucket,
    rationale=Text(
        en="A deletion or an overwrite, by mistake or by ransomware, is final unless an old version or the soft-deleted "
        "object is kept.",
        ja="誤操作やランサムウェアによる削除・上書きは、旧バージョンや削除済み(復元可能)データが保持されて"
        "いなければ元に戻せません。",
    ),
    remediation=Text(
        en="Switch on object versioning with a lifecycle rule for old versions, or soft delete for at least the days "
        "of the policy.",
        ja="オブジェクトのバージョニング(旧バージョンのライフサイクルルールも併用)を有効にするか、"
        "監査ポリシーの日数以上の削除(復元可能)ポリシーを設定してください。",
    ),
    command="gcloud storage buckets update gs://NAME --versioning",
    references=(
        "https://cloud.google.com/storage/docs/object-versioning",
        "https://cloud.google.com/storage/docs/soft-delete",
    ),
    settings=("soft_delete_min_days",),
)
def versioning(bucket: Bucket, audit: Audit) -> Verdict:
    """Judge versioning, or soft delete for long enough: either brings data back."""
    days = audit.policy.soft_delete_min_days
    evidence = {
        "versioning": shown(bucket.versioning, lambda on: on),
        "soft_delete_days": shown(bucket.soft_delete, soft_deleted_days),
        "min_days": days,
    }
    versions = holds(bucket.versioning, lambda on: on)
    if decided(any_of((versions, softly_deletes(bucket, days)))):
        if versions is True:
            return passed(Text(en="Versioning is on.", ja="バージョニングは有効です。"), evidence)
        return passed(
            Text(
                en=f"Versioning is off; soft delete keeps what was deleted for at least {days} days.",
                ja=f"バージョニングは無効ですが、削除・上書きされたデータは{days}日以上復元できます。",
            ),
            evidence,
        )
    return failed(
        Text(
            en=f"Versioning is off, and soft delete does not keep data for {days} days.",
            ja=f"バージョニングが無効で、削除(復元可能)の保持期間も{days}日に達していません。",
        ),
        evidence,
    )
