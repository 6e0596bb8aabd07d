"""Old versions that vanish after a day help nobody."""

from cloudaudit.check import (
    Audit,
    Severity,
    Text,
    Theme,
    Unread,
    Verdict,
    check,
    failed,
    not_applicable,
    not_read,
    passed,
    value,
)
from cloudaudit.providers.aws.model import Bucket


@check(
    "aws-s3-bucket-noncurrent-retention",
    title=Text(
        en="Old versions are kept long enough to notice a mistake",
        ja="旧バージョンが、誤りに気付くまでの十分な期間保持される",
    ),
    theme=Theme.BACKUP,
    severity=Severity.MEDIUM,
    on=Bucket,
    rationale=Text(
        en="A deletion or an encryption by malware is often noticed only weeks later; then old versions "
        "must still be there.",
        ja="誤削除やマルウェアによる暗号化は、数週間後に発覚することも少なくありません。"
        "その時点まで旧バージョンが残っている必要があります。",
    ),
    remediation=Text(
        en="Raise the days after which lifecycle rules end noncurrent versions to what your rules ask for.",
        ja="ライフサイクルルールで旧バージョンを削除するまでの日数を、社内規程の期間以上にしてください。",
    ),
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-conflicts.html",
    ),
    settings=("noncurrent_retention_days",),
)
def noncurrent_retention(bucket: Bucket, audit: Audit) -> Verdict:
    """Judge the shortest rule: where rules overlap, S3 follows the one that ends versions first."""
    missing = [fact for fact in (bucket.versioning, bucket.lifecycle) if isinstance(fact, Unread)]
    if isinstance(bucket.versioning, Unread):
        not_read(*missing)
    if not bucket.versioning.value.status:
        return not_applicable(
            Text(
                en="Versioning was never enabled, so there are no old versions.",
                ja="バージョニングが一度も有効にされておらず、旧バージョンは存在しません。",
            ),
            {"versioning": "never enabled"},
        )
    days = audit.policy.noncurrent_retention_days
    ends = [
        (rule.id, rule.noncurrent_days)
        for rule in value(bucket.lifecycle)
        if rule.enabled and rule.noncurrent_days is not None
    ]
    short = [name for name, after in ends if after < days]
    evidence = {"minimum_days": days, "rules": [list(end) for end in ends], "short_rules": short}
    if short:
        return failed(
            Text(
                en=f"Lifecycle rules end old versions before {days} days.",
                ja=f"旧バージョンを{days}日未満で削除するライフサイクルルールがあります。",
            ),
            evidence,
        )
    if not ends:
        return passed(
            Text(en="No lifecycle rule ends old versions.", ja="旧バージョンを削除するルールはありません。"),
            evidence,
        )
    return passed(
        Text(
            en=f"Lifecycle rules keep old versions for at least {days} days.",
            ja=f"旧バージョンは{days}日以上保持されます。",
        ),
        evidence,
    )
