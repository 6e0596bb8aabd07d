"""Who took what, and when: without a log nobody can tell how far a leak reached."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed
from cloudaudit.providers.aws.answers import any_of, decided, holds, shown
from cloudaudit.providers.aws.model import Bucket, Trail
from cloudaudit.providers.aws.trails import logs_objects


@check(
    "aws-s3-bucket-object-logging",
    title=Text(
        en="Reads and writes of the bucket's objects are logged",
        ja="オブジェクトの読み取り・書き込みが記録されている",
    ),
    theme=Theme.LOGGING,
    severity=Severity.MEDIUM,
    on=Bucket,
    uses=(Trail,),
    rationale=Text(
        en="After a leak the law asks what was reached and by whom; only a log of object access can answer.",
        ja="漏えい時には影響範囲と経路の報告が求められます。"
        "オブジェクトへのアクセス記録がなければ特定できません。",
    ),
    remediation=Text(
        en="Record S3 data events (read and write) of the bucket in a CloudTrail trail, or turn on server "
        "access logging.",
        ja="CloudTrail で S3 データイベント(読み取り・書き込み)を記録するか、"
        "サーバーアクセスログを有効にしてください。",
    ),
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/logging-with-S3.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html",
    ),
)
def object_logging(bucket: Bucket, audit: Audit) -> Verdict:
    """Ask the bucket first, so that trails need not be readable where it keeps its own log."""
    own = holds(bucket.logging, lambda logging: logging is not None)
    evidence = {
        "server_access_log": shown(bucket.logging, lambda logging: logging.target_bucket if logging else None)
    }
    if own is True:
        return passed(
            Text(en="Server access logging is on.", ja="サーバーアクセスログが有効です。"),
            evidence,
        )
    trails = audit.of(Trail)
    evidence["trails"] = [trail.name for trail in trails]
    if decided(any_of((own, logs_objects(bucket, trails)))):
        return passed(
            Text(
                en="CloudTrail logs reads and writes of the bucket's objects.",
                ja="CloudTrail がオブジェクトの読み取りと書き込みを記録しています。",
            ),
            evidence,
        )
    return failed(
        Text(
            en="Neither server access logging nor a trail logs both reads and writes of every object.",
            ja="サーバーアクセスログも、全オブジェクトの読み取り・書き込みを記録する CloudTrail "
            "証跡もありません。",
        ),
        evidence,
    )
