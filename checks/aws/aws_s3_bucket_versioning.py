"""Without versions a deletion or an overwrite is final."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.providers.aws.model import Bucket


@check(
    "aws-s3-bucket-versioning",
    title=Text(
        en="Bucket keeps old versions of its objects", ja="バケットがオブジェクトの旧バージョンを保持している"
    ),
    theme=Theme.BACKUP,
    severity=Severity.MEDIUM,
    on=Bucket,
    rationale=Text(
        en="Without versions a deletion or an overwrite, by mistake or by ransomware, is final.",
        ja="バージョニングがないと、誤操作やランサムウェアによる削除・上書きを元に戻せません。",
    ),
    remediation=Text(
        en="Enable versioning, and add a lifecycle rule that ends old versions after the period your rules ask for.",
        ja="バージョニングを有効にし、社内規程の期間を過ぎた旧バージョンを削除するライフサイクルルールを設定してください。",
    ),
    command="aws s3api put-bucket-versioning --bucket NAME --versioning-configuration Status=Enabled",
    references=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html",),
)
def versioning(bucket: Bucket, _audit: Audit) -> Verdict:
    state = value(bucket.versioning)
    evidence = {"versioning": state.status or "never enabled", "mfa_delete": state.mfa_delete}
    if state.status == "Enabled":
        return passed(Text(en="Versioning is enabled.", ja="バージョニングは有効です。"), evidence)
    if state.status == "Suspended":
        return failed(
            Text(
                en="Versioning is suspended: new overwrites and deletions are final.",
                ja="バージョニングが一時停止されており、以後の上書き・削除は元に戻せません。",
            ),
            evidence,
        )
    return failed(
        Text(en="Versioning was never enabled.", ja="バージョニングは一度も有効にされていません。"), evidence
    )
