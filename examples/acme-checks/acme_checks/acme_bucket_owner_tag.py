"""A bucket with an owner's tag has somebody to ask."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.providers.aws.model import Bucket

TAG = "owner"


@check(
    "acme-bucket-owner-tag",
    title=Text(en="The bucket names its owner in a tag", ja="バケットに管理者のタグが付いている"),
    theme=Theme.ACCESS,
    severity=Severity.MEDIUM,
    on=Bucket,
    rationale=Text(
        en="When something leaks, minutes count: the tag says whom to call.",
        ja="漏えい時には初動の速さが重要です。タグがあれば連絡先がすぐにわかります。",
    ),
    remediation=Text(
        en="Tag the bucket with owner=<e-mail address of the owner>.",
        ja="バケットに owner=<管理者のメールアドレス> のタグを付けてください。",
    ),
    command="aws s3api put-bucket-tagging --bucket NAME --tagging 'TagSet=[{Key=owner,Value=ADDRESS}]'",
    references=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/CostAllocTagging.html",),
    since="1.0.0",
)
def owner_tag(bucket: Bucket, _audit: Audit) -> Verdict:
    """`value` raises where the tags were not read; the engine then says NOT ASSESSED, with the permission to grant."""
    pairs = value(bucket.tags)
    tags = dict(pairs)
    owner = tags.get(TAG, "").strip()
    if owner:
        return passed(Text(en="The owner is named.", ja="管理者が記載されています。"), {"owner": owner})
    return failed(
        Text(en="There is no tag owner, or it is empty.", ja="owner タグがないか、空です。"),
        {"tags": sorted(tags)},
    )
