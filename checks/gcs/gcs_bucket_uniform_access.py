"""ACLs of single objects escape every review of the bucket."""

from cloudaudit.answers import Unknown, asked, holds
from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.providers.gcs.lookups import project_of
from cloudaudit.providers.gcs.model import Bucket, Project


@check(
    "gcs-bucket-uniform-access",
    title=Text(en="Uniform bucket-level access is on", ja="均一なバケットレベルのアクセスが有効になっている"),
    theme=Theme.SHARING,
    severity=Severity.MEDIUM,
    on=Bucket,
    uses=(Project,),
    rationale=Text(
        en="With it only IAM decides who gets in. Without it each object may carry an ACL of its own that nobody "
        "reviews.",
        ja="有効にすると、アクセス権限は IAM だけで決まります。無効の場合は、オブジェクトごとの ACL が有効で、"
        "権限の見直しから漏れやすくなります。",
    ),
    remediation=Text(
        en="See with Storage Insights or a listing which objects rely on ACLs, grant those people in IAM, then switch "
        "uniform access on. Until 90 days after that it can be switched off again.",
        ja="ACL に依存しているオブジェクトを確認し、必要な権限を IAM で付与したうえで有効にしてください。"
        "有効化後90日以内であれば元に戻せます。",
    ),
    command="gcloud storage buckets update gs://NAME --uniform-bucket-level-access",
    references=("https://cloud.google.com/storage/docs/uniform-bucket-level-access",),
)
def uniform_access(bucket: Bucket, audit: Audit) -> Verdict:
    """Judge the bucket's own setting: the organisation policy that asks for it acts on new buckets only."""
    found = value(bucket.uniform_access)
    evidence: dict[str, object] = {"enabled": found.enabled, "locked_at": found.locked_at or None}
    if found.enabled:
        return passed(
            Text(
                en="Uniform bucket-level access is on; ACLs do not count.",
                ja="均一なバケットレベルのアクセスが有効で、ACL は使用されません。",
            ),
            evidence,
        )
    required = asked(
        lambda: holds(project_of(bucket, audit).uniform_access_required, lambda asks: asks is True)
    )
    evidence["organization_policy_asks"] = "unknown" if isinstance(required, Unknown) else required
    return failed(
        Text(
            en="Uniform bucket-level access is off: ACLs of the bucket and of single objects count.",
            ja="均一なバケットレベルのアクセスが無効で、バケットとオブジェクトの ACL が使用されます。",
        ),
        evidence,
    )
