"""Soft delete is the last help against a deletion of the whole bucket's content."""

from cloudaudit.answers import decided
from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.providers.gcs.model import Bucket
from cloudaudit.providers.gcs.protection import soft_deleted_days, softly_deletes


@check(
    "gcs-bucket-soft-delete",
    title=Text(
        en="Soft delete keeps deleted objects for as long as the policy asks",
        ja="削除されたオブジェクトが所定の期間、復元可能な状態で保持される",
    ),
    theme=Theme.BACKUP,
    severity=Severity.MEDIUM,
    on=Bucket,
    rationale=Text(
        en="Old versions can be deleted by whoever may delete objects; soft-deleted ones cannot be removed before "
        "their time, not even by an administrator.",
        ja="旧バージョンは削除権限があれば消せますが、削除(復元可能)ポリシーで保持されたデータは、"
        "期間が終わるまで管理者でも消せません。",
    ),
    remediation=Text(
        en="Set the bucket's soft delete policy to at least the days of the policy.",
        ja="バケットの削除(復元可能)ポリシーの保持期間を、監査ポリシーの日数以上に設定してください。",
    ),
    command="gcloud storage buckets update gs://NAME --soft-delete-duration=7d",
    references=("https://cloud.google.com/storage/docs/soft-delete",),
    settings=("soft_delete_min_days",),
)
def soft_delete(bucket: Bucket, audit: Audit) -> Verdict:
    """Judge the duration: 0 seconds means off, and a bucket of old that says nothing has none."""
    found = value(bucket.soft_delete)
    days = audit.policy.soft_delete_min_days
    evidence = {"soft_delete_days": soft_deleted_days(found), "min_days": days}
    if decided(softly_deletes(bucket, days)):
        return passed(
            Text(
                en=f"Deleted objects can be restored for {soft_deleted_days(found)} days.",
                ja=f"削除されたオブジェクトは{soft_deleted_days(found)}日間復元できます。",
            ),
            evidence,
        )
    if found is None or found.seconds <= 0:
        return failed(
            Text(en="Soft delete is off.", ja="削除(復元可能)ポリシーが無効です。"),
            evidence,
        )
    return failed(
        Text(
            en=f"Deleted objects can be restored for {soft_deleted_days(found)} days only; the policy asks for {days}.",
            ja=f"削除されたオブジェクトの保持期間が{soft_deleted_days(found)}日で、監査ポリシーの{days}日に"
            "達していません。",
        ),
        evidence,
    )
