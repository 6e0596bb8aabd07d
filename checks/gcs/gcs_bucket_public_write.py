"""A bucket that everyone may write to is used against its owner."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check
from cloudaudit.providers.gcs.model import Bucket
from cloudaudit.providers.gcs.policy import Right
from cloudaudit.providers.gcs.public_verdict import USES, public_verdict


@check(
    "gcs-bucket-public-write",
    title=Text(
        en="Bucket cannot be written to or administered by the public",
        ja="バケットへの書き込み・権限変更が不特定多数に公開されていない",
    ),
    theme=Theme.SHARING,
    severity=Severity.CRITICAL,
    on=Bucket,
    uses=USES,
    rationale=Text(
        en="Whoever can write can replace or delete data or plant malware; whoever can change permissions can do all "
        "the rest.",
        ja="書き込みが可能な第三者は、データの改ざん・削除やマルウェアの設置ができます。"
        "権限の変更が可能であれば、あらゆる操作が可能になります。",
    ),
    remediation=Text(
        en="Enforce public access prevention on the bucket, or better for the whole organisation, and remove the "
        "grant that the finding names.",
        ja="バケット(可能であれば組織全体)に公開アクセスの防止を適用し、検出された許可を削除してください。",
    ),
    command="gcloud storage buckets update gs://NAME --public-access-prevention",
    references=(
        "https://cloud.google.com/storage/docs/public-access-prevention",
        "https://cloud.google.com/storage/docs/access-control/iam-permissions",
    ),
)
def public_write(bucket: Bucket, audit: Audit) -> Verdict:
    """Judge writing, deleting and changing permissions over all that can grant them."""
    return public_verdict(bucket, audit, (Right.WRITE, Right.ADMINISTER))
