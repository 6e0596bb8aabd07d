"""The net below policies and ACLs."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed
from cloudaudit.providers.aws.answers import decided, shown
from cloudaudit.providers.aws.model import Account, Bucket
from cloudaudit.providers.aws.protection import shuts_public, switches


@check(
    "aws-s3-bucket-public-access-block",
    title=Text(
        en="Bucket ignores public ACLs and restricts public policies",
        ja="パブリックな ACL・ポリシーがあってもバケットが公開されない設定になっている",
    ),
    theme=Theme.SHARING,
    severity=Severity.HIGH,
    on=Bucket,
    uses=(Account,),
    rationale=Text(
        en="These two settings keep a bucket closed even where its policy or an ACL says that everyone may "
        "enter.",
        ja="この2つの設定があれば、バケットポリシーや ACL が誤って公開を許可していても、"
        "外部からは利用できません。",
    ),
    remediation=Text(
        en="Turn on the public access block on the bucket, or better on the whole account.",
        ja="バケットのパブリックアクセスブロックを有効にしてください。"
        "アカウント全体での有効化をお勧めします。",
    ),
    command="aws s3api put-public-access-block --bucket NAME --public-access-block-configuration "
    "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    ),
)
def bucket_public_access_block(bucket: Bucket, audit: Audit) -> Verdict:
    """Judge the bucket's own block first, so that the account need not be readable where it suffices."""
    own = bucket.public_access_block
    if shuts_public(own, own) is True:
        return passed(
            Text(
                en="The bucket itself ignores public ACLs and restricts public policies.",
                ja="バケットの設定により、パブリックな ACL とポリシーは無効化されています。",
            ),
            {"bucket": shown(own, switches)},
        )
    above = audit.only(Account).public_access_block
    shut = decided(shuts_public(own, above))
    evidence = {"bucket": shown(own, switches), "account": shown(above, switches)}
    if shut:
        return passed(
            Text(
                en="With the account's settings, public ACLs are ignored and public policies restricted.",
                ja="アカウントの設定により、パブリックな ACL とポリシーは無効化されています。",
            ),
            evidence,
        )
    return failed(
        Text(
            en="Neither the bucket nor its account ignores public ACLs and restricts public policies.",
            ja="バケットにもアカウントにも、パブリックな ACL とポリシーを無効化する設定が揃っていません。",
        ),
        evidence,
    )
