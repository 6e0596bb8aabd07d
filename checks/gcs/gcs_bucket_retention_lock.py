"""What cannot be deleted before its time survives every intruder."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.providers.gcs.model import Bucket
from cloudaudit.providers.gcs.protection import days_of


@check(
    "gcs-bucket-retention-lock",
    title=Text(
        en="A retention policy protects the objects, locked where the rules ask for it",
        ja="保持ポリシーによりオブジェクトが保護され、規程で求められる場合はロックされている",
    ),
    theme=Theme.BACKUP,
    severity=Severity.LOW,
    on=Bucket,
    rationale=Text(
        en="Until an object reaches the age of the retention policy nobody can delete or replace it; once locked, the "
        "policy itself cannot be taken away either.",
        ja="保持期間が過ぎるまで、オブジェクトは誰も削除・上書きできません。"
        "ロックすると、保持ポリシー自体の解除や短縮もできなくなります。",
    ),
    remediation=Text(
        en="Set a retention policy on the bucket, for as long as its data must be kept. A lock is final: test first, and "
        "mind the duty to erase personal data that is no longer needed.",
        ja="データの保存期間に合わせて、バケットに保持ポリシーを設定してください。ロックは取り消せません。"
        "事前に検証し、不要になった個人データの消去義務にも留意してください。",
    ),
    command="gcloud storage buckets update gs://NAME --retention-period=30d",
    references=("https://cloud.google.com/storage/docs/bucket-lock",),
    settings=("retention_lock_required",),
)
def retention_lock(bucket: Bucket, audit: Audit) -> Verdict:
    """Judge the bucket's retention policy; those of single objects are not looked at."""
    found = value(bucket.retention)
    required = audit.policy.retention_lock_required
    evidence = {
        "retention_days": days_of(found.seconds) if found else None,
        "locked": found.locked if found else None,
        "lock_required": required,
    }
    if found is None or found.seconds <= 0:
        return failed(
            Text(en="The bucket has no retention policy.", ja="バケットに保持ポリシーがありません。"),
            evidence,
        )
    days = days_of(found.seconds)
    if required and not found.locked:
        return failed(
            Text(
                en=f"Objects are kept for {days} days, but the retention policy is not locked as the policy asks.",
                ja=f"{days}日間の保持ポリシーがありますが、監査ポリシーで求められるロックがされていません。",
            ),
            evidence,
        )
    return passed(
        Text(
            en=f"Objects cannot be deleted or replaced for {days} days"
            + (", and that is locked." if found.locked else "."),
            ja=f"オブジェクトは{days}日間、削除・上書きできません"
            + ("(ロック済み)。" if found.locked else "。"),
        ),
        evidence,
    )
