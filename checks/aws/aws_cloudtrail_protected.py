"""A log that the intruder can switch off or edit proves nothing."""

from functools import partial

from cloudaudit.check import (
    Audit,
    Cause,
    Severity,
    Source,
    Text,
    Theme,
    Unread,
    Verdict,
    check,
    failed,
    passed,
)
from cloudaudit.providers.aws.answers import Answer, Unknown, all_of, any_of, asked, decided, holds, shown
from cloudaudit.providers.aws.model import Account, Bucket, Trail
from cloudaudit.providers.aws.protection import bucket_arn, keeps_versions, shuts_public


@check(
    "aws-cloudtrail-protected",
    title=Text(
        en="A trail records the whole account, and its log files are protected",
        ja="アカウント全体の操作が記録され、ログが改ざん・公開から保護されている",
    ),
    theme=Theme.LOGGING,
    severity=Severity.HIGH,
    on=Account,
    uses=(Trail, Bucket),
    rationale=Text(
        en="The log of who changed what is the first evidence after an incident, and the first thing an "
        "intruder tries to remove.",
        ja="操作ログは事故調査の第一の証拠であり、侵入者が最初に消そうとするものでもあります。",
    ),
    remediation=Text(
        en="Keep one multi-region trail with log file validation, and give its bucket the public access "
        "block and versioning or Object Lock.",
        ja="ログファイルの検証を有効にしたマルチリージョンの証跡を設け、保存先バケットには"
        "パブリックアクセスブロックとバージョニング(またはオブジェクトロック)を設定してください。",
    ),
    references=(
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html",
    ),
)
def cloudtrail_protected(account: Account, audit: Audit) -> Verdict:
    """Look for one trail that meets every condition; buckets are asked last."""
    trails = audit.of(Trail)
    evidence = {"trails": [_evidence(trail) for trail in trails]}
    if decided(any_of(_protected(trail, account, audit) for trail in trails)):
        return passed(
            Text(
                en="A multi-region trail logs, validates its files, and writes to a private, protected "
                "bucket.",
                ja="マルチリージョンの証跡が記録・検証を行い、保存先バケットは非公開で保護されています。",
            ),
            evidence,
        )
    if not trails:
        return failed(Text(en="There is no trail.", ja="CloudTrail の証跡がありません。"), evidence)
    return failed(
        Text(
            en="No trail is multi-region, logging, validated and in a private, versioned bucket all at once.",
            ja="マルチリージョン、記録中、ログ検証、非公開かつ変更から保護された保存先の条件を"
            "すべて満たす証跡がありません。",
        ),
        evidence,
    )


def _protected(trail: Trail, account: Account, audit: Audit) -> Answer:
    own = all_of(
        (
            trail.multi_region,
            trail.log_file_validation,
            holds(trail.logging, lambda logging: logging),
            holds(trail.management_events, lambda logged: logged),
        )
    )
    return False if own is False else all_of((own, asked(partial(_bucket, trail, account, audit))))


def _bucket(trail: Trail, account: Account, audit: Audit) -> Answer:
    bucket = audit.get(Bucket, bucket_arn(account.partition, trail.bucket))
    if bucket is None:
        detail = Text(
            en=f"bucket {trail.bucket} of trail {trail.name}",
            ja=f"証跡 {trail.name} の保存先バケット {trail.bucket}",
        )
        return Unknown((Unread(Cause.FOREIGN_ACCOUNT, Source("s3:ListBuckets"), detail=detail),))
    return all_of(
        (shuts_public(bucket.public_access_block, account.public_access_block), keeps_versions(bucket))
    )


def _evidence(trail: Trail) -> dict[str, object]:
    return {
        "name": trail.name,
        "multi_region": trail.multi_region,
        "log_file_validation": trail.log_file_validation,
        "logging": shown(trail.logging, lambda logging: logging),
        "management_events": shown(trail.management_events, lambda logged: logged),
        "bucket": trail.bucket,
    }
