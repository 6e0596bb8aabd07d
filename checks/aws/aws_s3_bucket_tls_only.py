"""S3 answers plain HTTP unless the bucket's policy denies it."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed
from cloudaudit.providers.aws.model import StorageBucket
from cloudaudit.providers.aws.policy_demands import denies_plain_http, document_of


@check(
    "aws-s3-bucket-tls-only",
    title=Text(
        en="Bucket denies requests without TLS", ja="バケットが TLS を使用しないリクエストを拒否している"
    ),
    theme=Theme.ENCRYPTION,
    severity=Severity.MEDIUM,
    on=StorageBucket,
    rationale=Text(
        en="S3 accepts plain HTTP; whoever sits on the way can then read and change the data.",
        ja="S3 は暗号化なしの HTTP も受け付けるため、通信経路上で盗聴・改ざんされるおそれがあります。",
    ),
    remediation=Text(
        en="Add a Deny for everyone on all actions, for the bucket and its objects, where "
        "aws:SecureTransport is false.",
        ja="aws:SecureTransport が false の場合に、バケットと全オブジェクトへのすべての操作を全員に対して拒"
        "否する"
        "ステートメントを追加してください。",
    ),
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingEncryptionInTransit.html",
        "https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-ssl-requests-only.html",
    ),
)
def tls_only(bucket: StorageBucket, _audit: Audit) -> Verdict:
    """Judge whether a Deny on plain HTTP covers everyone, every action, the bucket and all its objects."""
    document = document_of(bucket.policy)
    evidence = {"policy": document is not None}
    if document is None:
        return failed(
            Text(
                en="There is no bucket policy that denies plain HTTP.",
                ja="平文の HTTP を拒否するバケットポリシーがありません。",
            ),
            evidence,
        )
    if denies_plain_http(document, bucket):
        return passed(
            Text(en="Requests without TLS are denied.", ja="TLS を使用しないリクエストは拒否されます。"),
            evidence,
        )
    return failed(
        Text(
            en="The bucket policy does not deny plain HTTP for everyone, every action and all objects.",
            ja="バケットポリシーは、全員・全操作・全オブジェクトに対して平文の HTTP を拒否していません。",
        ),
        evidence,
    )
