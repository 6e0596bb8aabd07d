"""An organisation can forbid public buckets for all its accounts at once."""

from cloudaudit.check import (
    Audit,
    Cause,
    Severity,
    Source,
    Text,
    Theme,
    Unread,
    Verdict,
    check,
    failed,
    not_applicable,
    not_read,
    passed,
    value,
)
from cloudaudit.providers.aws.model import Account, ControlPolicy
from cloudaudit.providers.aws.policy_actions import selects
from cloudaudit.providers.aws.policy_document import Malformed, parse


@check(
    "aws-organization-s3-guardrail",
    title=Text(
        en="The organisation guards S3 from above", ja="組織のポリシーで S3 の公開が一括して制限されている"
    ),
    theme=Theme.SHARING,
    severity=Severity.INFO,
    on=Account,
    rationale=Text(
        en="What the organisation forbids, no administrator of a single account can allow by mistake.",
        ja="組織で禁止しておけば、個々のアカウントの管理者が誤って公開することを防げます。",
    ),
    remediation=Text(
        en="Attach an S3 policy that blocks public access, or a resource control policy, to the organisation's root.",
        ja="組織のルートに、パブリックアクセスをブロックする S3 ポリシーまたはリソースコントロールポリシーを適用してください。",
    ),
    references=(
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_s3.html",
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html",
    ),
)
def guardrail(account: Account, _audit: Audit) -> Verdict:
    if value(account.organization) is None:
        return not_applicable(
            Text(en="The account is in no organisation.", ja="アカウントは組織に所属していません。")
        )
    blocked = value(account.organization_s3_block)
    policies = value(account.resource_control_policies)
    evidence = {
        "s3_policy_blocks_public_access": blocked,
        "resource_control_policies": [policy.name or policy.id for policy in policies],
    }
    if blocked:
        return passed(
            Text(
                en="The organisation's S3 policy blocks public access.",
                ja="組織の S3 ポリシーによりパブリックアクセスがブロックされています。",
            ),
            evidence,
        )
    limiting = [policy.name or policy.id for policy in policies if _limits_s3(policy)]
    if limiting:
        return passed(
            Text(
                en=f"Resource control policies deny uses of S3 from above: {', '.join(limiting)}; what they shut is "
                "weighed with each bucket.",
                ja=f"リソースコントロールポリシーにより S3 の利用が制限されています({'、'.join(limiting)})。"
                "実際に遮断される範囲は各バケットの判定で考慮します。",
            ),
            evidence,
        )
    return failed(
        Text(
            en="Neither an S3 policy nor a resource control policy of the organisation limits the account's buckets.",
            ja="組織の S3 ポリシーもリソースコントロールポリシーも適用されていません。",
        ),
        evidence,
    )


def _limits_s3(policy: ControlPolicy) -> bool:
    document = parse(policy.document)
    if isinstance(document, Malformed):
        not_read(Unread(Cause.MALFORMED, Source("organizations:DescribePolicy"), detail=document.reason))
    return any(selects(deny.action, "s3:getobject") for deny in document.denies)
