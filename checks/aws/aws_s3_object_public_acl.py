"""A private-looking bucket can hold an object that everyone reads."""

from cloudaudit.check import (
    Audit,
    Severity,
    Text,
    Theme,
    Verdict,
    check,
    not_read,
    passed,
    value,
)
from cloudaudit.inventory.verdicts import Question, exposed, judge
from cloudaudit.providers.aws.answers import shown
from cloudaudit.providers.aws.model import Account, Bucket
from cloudaudit.providers.aws.policy_objects import object_acls_in_force
from cloudaudit.providers.aws.protection import may_hold_versions

BAD = Text(
    en="open to the public through ACLs of their own", ja="オブジェクト固有の ACL により公開されているもの"
)


@check(
    "aws-s3-object-public-acl",
    title=Text(
        en="No object is public through its own ACL",
        ja="固有の ACL により公開されているオブジェクトがない",
    ),
    theme=Theme.SHARING,
    severity=Severity.CRITICAL,
    on=Bucket,
    uses=(Account,),
    rationale=Text(
        en="Where ACLs are enabled each object may let in everyone, whatever the bucket looks like, and old versions keep "
        "their ACLs. A single upload with the wrong option is enough.",
        ja="ACL が有効なバケットでは、バケットの設定にかかわらず、オブジェクトごとに公開できます。旧バージョンにも ACL は"
        "残ります。アップロード時の指定を一度誤るだけで公開されます。",
    ),
    remediation=Text(
        en="Disable ACLs (BucketOwnerEnforced), or let Block Public Access ignore public ACLs; both put all of them out "
        "of force at once. To look at the objects, scan with --objects auto.",
        ja="ACL を無効化(BucketOwnerEnforced)するか、ブロックパブリックアクセスでパブリック ACL を無視する設定にして"
        "ください。いずれも既存の ACL を一括して無効にします。オブジェクトを確認するには --objects auto を付けて"
        "スキャンしてください。",
    ),
    command="aws s3api put-bucket-ownership-controls --bucket NAME --ownership-controls "
    "Rules=[{ObjectOwnership=BucketOwnerEnforced}]",
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html",
    ),
)
def object_public_acl(bucket: Bucket, audit: Audit) -> Verdict:
    """Ask for what puts ACLs out of force first; only where nothing does, objects need be looked at."""
    force = object_acls_in_force(bucket, audit.only(Account))
    if force.shut is not None:
        return passed(
            Text(
                en=f"No object can be public through its ACL: {force.shut.en}.",
                ja=f"オブジェクトの ACL による公開はできません({force.shut.ja})。",
            ),
            {"ownership": shown(bucket.ownership, lambda ownership: ownership)},
        )
    question = Question(
        found=lambda objects: exposed(objects, lambda count: force.counts(count.right)), bad=BAD
    )
    found = value(question.found(value(bucket.objects)))
    if found.bad and force.unread:
        # There are public ACLs, and whether they are in force is not known.
        not_read(*force.unread)
    return judge(bucket.objects, question, audit, old_versions=may_hold_versions(bucket))
