"""A bucket that everyone may write to is used against its owner."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check
from cloudaudit.providers.aws.model import StorageBucket
from cloudaudit.providers.aws.policy import Right
from cloudaudit.providers.aws.public_verdict import USES, public_verdict


@check(
    "aws-s3-bucket-public-write",
    title=Text(
        en="Bucket cannot be written to or administered by the public",
        ja="バケットへの書き込み・権限変更が不特定多数に公開されていない",
    ),
    theme=Theme.SHARING,
    severity=Severity.CRITICAL,
    on=StorageBucket,
    uses=USES,
    rationale=Text(
        en="Whoever can write can replace or delete data or plant malware; whoever can change permissions "
        "can do all the rest.",
        ja="書き込みが可能な第三者は、データの改ざん・削除やマルウェアの設置ができます。権限変更が可能であ"
        "れば、あらゆる操作が可能になります。",
    ),
    remediation=Text(
        en="Switch on all four settings of Block Public Access for the bucket and the account, and remove "
        "the statement"
        " or grant that the finding names.",
        ja="バケットとアカウントのブロックパブリックアクセスを4項目とも有効にし、検出されたステートメントま"
        "たは ACL の"
        "許可を削除してください。",
    ),
    command="aws s3api put-public-access-block --bucket NAME --public-access-block-configuration"
    " BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    ),
)
def public_write(bucket: StorageBucket, audit: Audit) -> Verdict:
    """Judge writing, deleting and changing permissions over all that can grant them."""
    return public_verdict(bucket, audit, (Right.WRITE, Right.ADMINISTER))
