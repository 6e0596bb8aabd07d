"""One switch undoes every careless public grant."""

from cloudaudit.answers import decided, shown
from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed
from cloudaudit.providers.gcs.lookups import project_of
from cloudaudit.providers.gcs.model import Bucket, Project
from cloudaudit.providers.gcs.policy import prevention
from cloudaudit.providers.gcs.public_verdict import prevented_by_bucket


@check(
    "gcs-bucket-public-access-prevention",
    title=Text(
        en="Public access prevention is enforced for the bucket",
        ja="バケットに公開アクセスの防止が適用されている",
    ),
    theme=Theme.SHARING,
    severity=Severity.HIGH,
    on=Bucket,
    uses=(Project,),
    rationale=Text(
        en="It overrides every public grant in IAM policies and ACLs, present and future, of the bucket and of each "
        "object, so that one mistake does not open the data. An exception that an organisation policy makes for a tag "
        "on the bucket is not seen; the bucket's own setting has none.",
        ja="公開アクセスの防止を適用すると、IAM ポリシーや ACL による公開設定が、オブジェクト単位のものも含めて"
        "すべて無効になり、設定ミスによる公開を防げます。なお、組織ポリシーがバケットのタグに基づいて設けた例外は"
        "確認できません(バケット自身の設定には例外がありません)。",
    ),
    remediation=Text(
        en="Enforce it on the bucket, or with the organisation policy storage.publicAccessPrevention.",
        ja="バケットの公開アクセスの防止を有効にするか、組織ポリシー storage.publicAccessPrevention を"
        "適用してください。",
    ),
    command="gcloud storage buckets update gs://NAME --public-access-prevention",
    references=("https://cloud.google.com/storage/docs/public-access-prevention",),
)
def public_access_prevention(bucket: Bucket, audit: Audit) -> Verdict:
    """Judge the bucket's own setting, then the organisation policy above it; all but enforced means inherited."""
    evidence = {"bucket": shown(bucket.public_access_prevention, lambda said: said)}
    if prevented_by_bucket(bucket):
        return passed(
            Text(
                en="Public access prevention is enforced on the bucket.",
                ja="バケットで公開アクセスの防止が適用されています。",
            ),
            evidence,
        )
    project = project_of(bucket, audit)
    evidence["organization_policy"] = shown(project.public_access_prevention, lambda enforced: enforced)
    if decided(prevention(bucket, project)):
        return passed(
            Text(
                en="Public access prevention is enforced by an organisation policy.",
                ja="組織ポリシーで公開アクセスの防止が適用されています。",
            ),
            evidence,
        )
    return failed(
        Text(
            en="Public access prevention is enforced neither on the bucket nor by an organisation policy.",
            ja="公開アクセスの防止が、バケットでも組織ポリシーでも適用されていません。",
        ),
        evidence,
    )
