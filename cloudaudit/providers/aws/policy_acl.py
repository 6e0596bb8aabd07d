"""What a bucket's ACL allows, in the same terms as a policy.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
"""

from cloudaudit.providers.aws.model import Acl, Grant
from cloudaudit.providers.aws.policy_actions import Right
from cloudaudit.providers.aws.policy_allowances import Allowance, Group
from cloudaudit.providers.aws.policy_document import Party, Selector
from cloudaudit.text import Text

# The provider writes them with http; with https they are the same groups.
GROUPS = "http://acs.amazonaws.com/groups/"
PUBLIC_GROUPS = {
    f"{GROUPS}global/AllUsers": Text(en="everyone", ja="すべての人"),
    f"{GROUPS}global/AuthenticatedUsers": Text(
        en="everyone with any AWS account", ja="AWS アカウントを持つすべての人"
    ),
}
LOG_DELIVERY = f"{GROUPS}s3/LogDelivery"
# CloudFront's standard logs are written by this canonical user:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-legacy-s3.html
CLOUDFRONT_LOGS = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"
# The ACL of a bucket gives no right to read its objects; READ lists them.
RIGHTS: dict[str, tuple[Right, ...]] = {
    "READ": (Right.LIST,),
    "WRITE": (Right.WRITE,),
    "READ_ACP": (Right.READ,),
    "WRITE_ACP": (Right.ADMINISTER,),
    "FULL_CONTROL": tuple(Right),
}
ACTIONS: dict[Right, frozenset[str]] = {
    Right.READ: frozenset({"s3:getbucketacl"}),
    Right.LIST: frozenset({"s3:listbucket", "s3:listbucketversions", "s3:listbucketmultipartuploads"}),
    Right.WRITE: frozenset({"s3:putobject", "s3:deleteobject", "s3:deleteobjectversion"}),
    Right.ADMINISTER: frozenset({"s3:putbucketacl"}),
}


def acl_allowances(acl: Acl, arn: str) -> list[Allowance]:
    """Return what the grants give, save those to the owner and to AWS's own log delivery.

    Args:
        acl: the ACL.
        arn: of the bucket.
    """
    return [
        _allowance(grant, right, arn)
        for grant in acl.grants
        if _grantee(grant) not in (acl.owner, LOG_DELIVERY, CLOUDFRONT_LOGS)
        for right in RIGHTS.get(grant.permission, tuple(Right))
    ]


def _allowance(grant: Grant, right: Right, arn: str) -> Allowance:
    public = PUBLIC_GROUPS.get(_grantee(grant))
    who = public or Text(en=grant.grantee, ja=f" {grant.grantee} ")
    groups: tuple[Group, ...] = () if public else ((_party(grant),),)
    return Allowance(
        right=right,
        actions=ACTIONS[right],
        resource=Selector(negated=False, patterns=(f"{arn}/*" if right is Right.WRITE else arn,)),
        groups=groups,
        via=Text(en=f"ACL, {grant.permission}", ja=f"ACL、{grant.permission}"),
        path=(
            Text(
                en=f"the bucket's ACL grants {grant.permission} to {who.en}",
                ja=f"バケット ACL が{who.ja}に {grant.permission} を許可",
            ),
        ),
    )


def _grantee(grant: Grant) -> str:
    name = grant.grantee
    return f"http://{name.removeprefix('https://')}" if name.startswith("https://") else name


def _party(grant: Grant) -> Party:
    return Party("canonicaluser" if grant.grantee_type == "CanonicalUser" else "e-mail", grant.grantee)
