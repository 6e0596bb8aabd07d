"""A public bucket is read by whoever finds its name."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check
from cloudaudit.providers.gcs.model import Bucket
from cloudaudit.providers.gcs.policy import Right
from cloudaudit.providers.gcs.public_verdict import USES, public_verdict


@check(
    "gcs-bucket-public-access",
    title=Text(
        en="Bucket cannot be read or listed by the public",
        ja="バケットの閲覧・一覧表示が不特定多数に公開されていない",
    ),
    theme=Theme.SHARING,
    severity=Severity.CRITICAL,
    on=Bucket,
    uses=USES,
    rationale=Text(
        en="Names of public buckets are found by scanning; personal data that can be viewed on the Internet counts as "
        "leaked. Members allUsers and allAuthenticatedUsers both mean everyone: anybody can make a Google account. "
        "Deny policies and service perimeters, which could only restrict further, are not taken into account.",
        ja="公開バケットは機械的な探索で発見されます。個人データがインターネット上で閲覧可能な状態は「漏えい」に"
        "該当し得ます。Google アカウントは誰でも作成できるため、allAuthenticatedUsers も allUsers と同様に"
        "不特定多数への公開とみなします。なお、IAM 拒否ポリシーと VPC Service Controls は、"
        "公開範囲を狭める方向にのみ働くため考慮していません。",
    ),
    remediation=Text(
        en="Enforce public access prevention on the bucket, or better for the whole organisation, and remove the "
        "grant that the finding names.",
        ja="バケット(可能であれば組織全体)に公開アクセスの防止を適用し、検出された許可を削除してください。",
    ),
    command="gcloud storage buckets update gs://NAME --public-access-prevention",
    references=(
        "https://cloud.google.com/storage/docs/public-access-prevention",
        "https://cloud.google.com/storage/docs/access-control/making-data-public",
    ),
)
def public_access(bucket: Bucket, audit: Audit) -> Verdict:
    """Judge reading and listing over IAM, managed folders, ACLs and public access prevention."""
    return public_verdict(bucket, audit, (Right.READ, Right.LIST))
