"""One place to say who may enter, not one on every object."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.providers.aws.model import Bucket


@check(
    "aws-s3-bucket-acl-disabled",
    title=Text(en="Bucket does not use ACLs", ja="バケットで ACL が無効化されている"),
    theme=Theme.SHARING,
    severity=Severity.MEDIUM,
    on=Bucket,
    rationale=Text(
        en="With ACLs on, every object can be opened to others one by one, and nobody sees it in the "
        "bucket's policy.",
        ja="ACL が有効な場合、オブジェクトごとに外部へ公開でき、バケットポリシーを見ても把握できません。",
    ),
    remediation=Text(
        en="Move the grants of ACLs to the bucket policy, then set object ownership to BucketOwnerEnforced.",
        ja="ACL による許可をバケットポリシーへ移したうえで、"
        "オブジェクト所有者を「バケット所有者の強制」にしてください。",
    ),
    command="aws s3api put-bucket-ownership-controls --bucket NAME "
    "--ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'",
    references=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html",),
)
def acl_disabled(bucket: Bucket, _audit: Audit) -> Verdict:
    """Judge object ownership; where none is set, ACLs are enabled."""
    ownership = value(bucket.ownership)
    evidence = {"ownership": ownership}
    if ownership == "BucketOwnerEnforced":
        return passed(
            Text(en="ACLs are disabled (BucketOwnerEnforced).", ja="ACL は無効です(バケット所有者の強制)。"),
            evidence,
        )
    if ownership is None:
        return failed(
            Text(
                en="Object ownership was never set, so ACLs are enabled.",
                ja="オブジェクト所有者の設定がなく、ACL が有効です。",
            ),
            evidence,
        )
    return failed(
        Text(en=f"ACLs are enabled ({ownership}).", ja=f"ACL が有効です({ownership})。"),
        evidence,
    )
