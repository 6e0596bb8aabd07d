"""Data that nobody needs any more can still leak."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.providers.aws.answers import Answer, all_of, decided, holds
from cloudaudit.providers.aws.model import Bucket, LifecycleRule


@check(
    "aws-s3-bucket-lifecycle",
    title=Text(
        en="Lifecycle rules end data no longer needed and incomplete uploads",
        ja="不要になったデータと未完了のアップロードが自動的に削除される",
    ),
    theme=Theme.RETENTION,
    severity=Severity.LOW,
    on=Bucket,
    rationale=Text(
        en="The law asks to erase personal data without delay when it is no longer needed; old versions and "
        "halves of uploads are easily forgotten.",
        ja="個人データは不要になれば遅滞なく消去するよう求められています。"
        "旧バージョンや中断したアップロードは、"
        "見落とされがちです。",
    ),
    remediation=Text(
        en="Add lifecycle rules that expire what your rules no longer keep (noncurrent versions too where "
        "versioning is on), and one that aborts incomplete multipart uploads in the whole bucket.",
        ja="保存期間を過ぎたデータ(バージョニング有効時は旧バージョンも)を削除するルールと、"
        "バケット全体の未完了マルチパートアップロードを中止するルールを追加してください。",
    ),
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html",
    ),
)
def lifecycle(bucket: Bucket, _audit: Audit) -> Verdict:
    """Judge both ends; in a versioned bucket an expiration only hides data, and old versions must end."""
    rules = [rule for rule in value(bucket.lifecycle) if rule.enabled]
    uploads = any(rule.whole_bucket and rule.abort_multipart_days is not None for rule in rules)
    data = _data_ends(bucket, rules)
    evidence = {"enabled_rules": [_evidence(rule) for rule in rules], "ends_incomplete_uploads": uploads}
    if decided(all_of((data, uploads))):
        return passed(
            Text(
                en="Rules end data no longer needed and incomplete uploads.",
                ja="不要データと未完了アップロードを削除するルールがあります。",
            ),
            evidence,
        )
    if data is False:
        return failed(
            Text(
                en="No enabled rule ends the life of data for good.",
                ja="データを完全に削除する有効なルールがありません。",
            ),
            evidence,
        )
    return failed(
        Text(
            en="No enabled rule ends incomplete uploads in the whole bucket.",
            ja="バケット全体の未完了アップロードを削除する有効なルールがありません。",
        ),
        evidence,
    )


def _data_ends(bucket: Bucket, rules: list[LifecycleRule]) -> Answer:
    current = any(rule.expiration_days is not None or rule.expiration_date for rule in rules)
    noncurrent = any(rule.noncurrent_days is not None for rule in rules)
    if current is noncurrent:
        return current
    return holds(bucket.versioning, lambda versioning: noncurrent if versioning.status else current)


def _evidence(rule: LifecycleRule) -> dict[str, object]:
    return {
        "id": rule.id,
        "whole_bucket": rule.whole_bucket,
        "expiration_days": rule.expiration_days,
        "expiration_date": rule.expiration_date,
        "noncurrent_days": rule.noncurrent_days,
        "abort_multipart_days": rule.abort_multipart_days,
    }
