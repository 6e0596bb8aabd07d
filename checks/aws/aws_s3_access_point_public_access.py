"""An access point is a second door to a bucket, with a policy of its own."""

from cloudaudit.check import Audit, Severity, Text, Theme, Unread, Verdict, check, failed, not_read, passed
from cloudaudit.facts import Read
from cloudaudit.providers.aws.model import AccessPoint, Account
from cloudaudit.providers.aws.policy import Answer, is_public_by_definition
from cloudaudit.providers.aws.policy_conditions import Place


@check(
    "aws-s3-access-point-public-access",
    title=Text(
        en="Access point blocks public access or is bound to a VPC",
        ja="アクセスポイントがパブリックアクセスをブロックしている、または VPC 限定である",
    ),
    theme=Theme.SHARING,
    severity=Severity.CRITICAL,
    on=AccessPoint,
    uses=(Account,),
    rationale=Text(
        en="The block of an access point cannot be changed after it was made; without it a careless policy "
        "opens the data.",
        ja="アクセスポイントのブロック設定は作成後に変更できません。ブロックがないと、ポリシーの設定ミスが"
        "そのまま公開につながります。",
    ),
    remediation=Text(
        en="Create the access point anew with Block Public Access on or bound to a VPC, and switch on the "
        "account's block.",
        ja="ブロックパブリックアクセスを有効にした(または VPC 限定の)アクセスポイントを作り直し、アカウント"
        "のブロックも有効にしてください。",
    ),
    references=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-bpa-settings.html",),
)
def access_point_public_access(point: AccessPoint, audit: Audit) -> Verdict:
    """Judge the network origin, then the blocks; without them the policy tells how bad it is."""
    if point.network_origin == "VPC":
        return passed(
            Text(en="The access point is bound to a VPC.", ja="アクセスポイントは VPC に限定されています。"),
            {"network_origin": "VPC", "vpc": point.vpc},
        )
    own = point.public_access_block
    if isinstance(own, Read) and own.value is not None and own.value.all_on:
        return _blocked(point, Text(en="its own settings", ja="アクセスポイント自身の設定"))
    account = audit.only(Account).public_access_block
    if isinstance(account, Read) and account.value is not None and account.value.all_on:
        return _blocked(point, Text(en="the account's settings", ja="アカウントの設定"))
    unread = [fact for fact in (own, account) if isinstance(fact, Unread)]
    if unread:
        not_read(*unread)
    return _not_blocked(point)


def _blocked(point: AccessPoint, by: Text) -> Verdict:
    return passed(
        Text(
            en=f"All public access is blocked by {by.en}.",
            ja=f"{by.ja}により、パブリックアクセスはすべてブロックされています。",
        ),
        {"network_origin": point.network_origin, "blocked_by": by.en},
    )


def _not_blocked(point: AccessPoint) -> Verdict:
    definition = _definition(point)
    says = point.policy_is_public.value if isinstance(point.policy_is_public, Read) else None
    evidence = {
        "network_origin": point.network_origin,
        "policy_is_public_by_our_reading": str(definition),
        "policy_is_public_by_aws": says,
    }
    if definition is Answer.NO and isinstance(point.policy_is_public, Read) and not says:
        return failed(
            Text(
                en="Public access is not blocked; the policy is not public today.",
                ja="パブリックアクセスがブロックされていません(現在のポリシーは公開設定ではありません)。",
            ),
            evidence,
            severity=Severity.MEDIUM,
        )
    return failed(
        Text(
            en="Public access is not blocked, and the policy is public or could not be judged.",
            ja="パブリックアクセスがブロックされておらず、ポリシーが公開設定であるか、判定できませんでした。",
        ),
        evidence,
    )


def _definition(point: AccessPoint) -> Answer:
    if isinstance(point.policy, Unread):
        return Answer.UNKNOWN
    return (
        Answer.NO
        if point.policy.value is None
        else is_public_by_definition(point.policy.value, Place.ACCESS_POINT)
    )
