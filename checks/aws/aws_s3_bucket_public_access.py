"""A public bucket is read by whoever finds its name."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check
from cloudaudit.providers.aws.model import StorageBucket
from cloudaudit.providers.aws.policy import Right
from cloudaudit.providers.aws.public_verdict import USES, public_verdict


@check(
    "aws-s3-bucket-public-access",
    title=Text(
        en="Bucket cannot be read or listed by the public",
        ja="バケットの閲覧・一覧表示が不特定多数に公開されていない",
    ),
    theme=Theme.SHARING,
    severity=Severity.CRITICAL,
    on=StorageBucket,
    uses=USES,
    rationale=Text(
        en="Names of public buckets are found by scanning; personal data that can be viewed on the "
        "Internet counts as leaked.",
        ja="公開バケットは機械的な探索で発見されます。個人データがインターネット上で閲覧可能な状態は「漏え"
        "い」に該当し得ます。",
    ),
    remediation=Text(
        en="Switch on all four settings of Block Public Access for the bucket and the account; serve "
        "public files"
        " through CloudFront with origin access control instead.",
        ja="バケットとアカウントのブロックパブリックアクセスを4項目とも有効にしてください。公開が必要なファ"
        "イルは"
        " CloudFront(オリジンアクセスコントロール)経由で配信してください。",
    ),
    command="aws s3api put-public-access-block --bucket NAME --public-access-block-configuration"
    " BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    ),
)
def public_access(bucket: StorageBucket, audit: Audit) -> Verdict:
    """Judge reading and listing over block, policy, ACL, ownership and access points."""
    return public_verdict(bucket, audit, (Right.READ, Right.LIST))
