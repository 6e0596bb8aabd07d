"""A private-looking bucket can hold an object that everyone reads."""

from cloudaudit.answers import Unknown, asked
from cloudaudit.check import (
    Audit,
    Read,
    Severity,
    Text,
    Theme,
    Unread,
    Verdict,
    check,
    not_read,
    passed,
    value,
)
from cloudaudit.inventory.verdicts import Question, exposed, judge
from cloudaudit.providers.gcs.lookups import project_of
from cloudaudit.providers.gcs.model import Bucket, Project
from cloudaudit.providers.gcs.policy import prevention, prevention_step
from cloudaudit.providers.gcs.public_verdict import prevented_by_bucket
from cloudaudit.providers.gcs.sharing import uniform_access

QUESTION = Question(
    found=lambda objects: exposed(objects, lambda _: True),
    bad=Text(
        en="open to the public through ACLs of their own",
        ja="オブジェクト固有の ACL により公開されているもの",
    ),
)


@check(
    "gcs-object-public-acl",
    title=Text(
        en="No object is public through its own ACL",
        ja="固有の ACL により公開されているオブジェクトがない",
    ),
    theme=Theme.SHARING,
    severity=Severity.CRITICAL,
    on=Bucket,
    uses=(Project,),
    rationale=Text(
        en="Without uniform bucket-level access each object may carry an ACL that no review of the bucket shows, and "
        "allUsers or allAuthenticatedUsers in it means everyone. Old versions keep theirs.",
        ja="均一なバケットレベルのアクセスが無効の場合、オブジェクトごとに ACL を設定でき、バケットの設定確認では"
        "見つかりません。allUsers や allAuthenticatedUsers が指定されたオブジェクトは誰でも閲覧できます。"
        "旧バージョンにも ACL は残ります。",
    ),
    remediation=Text(
        en="Switch uniform bucket-level access on, or enforce public access prevention; both put all these ACLs out of "
        "force at once. To look, scan with --objects auto.",
        ja="均一なバケットレベルのアクセスを有効にするか、公開アクセスの防止を適用してください。いずれもオブジェクトの ACL に"
        "よる公開を一括して無効にします。確認するには --objects auto を付けてスキャンしてください。",
    ),
    command="gcloud storage buckets update gs://NAME --uniform-bucket-level-access",
    references=(
        "https://cloud.google.com/storage/docs/access-control/lists",
        "https://cloud.google.com/storage/docs/uniform-bucket-level-access",
    ),
)
def object_public_acl(bucket: Bucket, audit: Audit) -> Verdict:
    """Ask for what puts ACLs out of force first; only where nothing does, objects need be looked at."""
    uniform = uniform_access(bucket)
    if uniform:
        return passed(
            Text(
                en="Uniform bucket-level access is on; ACLs of objects do not count.",
                ja="均一なバケットレベルのアクセスが有効で、オブジェクトの ACL は使用されません。",
            ),
            {"uniform_bucket_level_access": True},
        )
    # The bucket's own setting decides without its project.
    prevented = prevented_by_bucket(bucket) or asked(lambda: prevention(bucket, project_of(bucket, audit)))
    if prevented is True:
        why = prevention_step(bucket)
        return passed(
            Text(
                en=f"No object can be public: {why.en}.",
                ja=f"{why.ja}、オブジェクトの ACL による公開はできません。",
            ),
            {"public_access_prevention": "enforced"},
        )
    found = value(QUESTION.found(value(bucket.objects)))
    unknown = [bucket.uniform_access] if isinstance(bucket.uniform_access, Unread) else []
    unknown += prevented.facts if isinstance(prevented, Unknown) else []
    if found.bad and unknown:
        # There are public ACLs, and whether they are in force is not known.
        not_read(*unknown)
    return judge(bucket.objects, QUESTION, audit, old_versions=Read(value=True, source=bucket.objects.source))
