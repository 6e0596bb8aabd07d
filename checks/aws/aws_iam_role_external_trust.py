"""A role that another company may assume is a door whose key lies with that company."""

from cloudaudit.check import (
    Audit,
    Part,
    Severity,
    Text,
    Theme,
    Unread,
    Verdict,
    check,
    failed,
    failed_part,
    not_applicable,
    not_read,
    passed,
    value,
)
from cloudaudit.providers.aws.model import Account, Role
from cloudaudit.providers.aws.policy_allowances import EVERYONE, Group, account_of, is_deleted
from cloudaudit.providers.aws.policy_document import Party
from cloudaudit.providers.aws.trust import judge_trust
from cloudaudit.providers.aws.trust_policy import Trust, Unbound, trusts

SERVICE_LINKED = "/aws-service-role/"


@check(
    "aws-iam-role-external-trust",
    title=Text(
        en="Role that outside accounts may assume demands an external id or an organisation",
        ja="外部アカウントが引き受け可能なロールで、外部 ID または組織条件が必須とされている",
    ),
    theme=Theme.ACCESS,
    severity=Severity.HIGH,
    on=Role,
    uses=(Account,),
    rationale=Text(
        en="A service provider that serves many customers can be tricked into using your role for someone "
        "else; the external id prevents that. A provider that signs for everyone, such as a CI service, lets "
        "everyone in unless the role asks whom the token is for.",
        ja="多数の顧客を持つ委託先は、第三者にそそのかされて自社のロールを悪用するおそれがあります(混乱した"
        "代理問題)。"
        "外部 ID によりこれを防止できます。また、CI サービスのように誰でも利用できる ID プロバイダーを信頼する場合は、"
        "トークンの主体を条件で限定しないと、第三者もロールを引き受けられます。",
    ),
    remediation=Text(
        en="Add a condition on sts:ExternalId agreed with the other side, or on aws:PrincipalOrgID with your own "
        "organisation; for web identity, one on the provider's sub that names your own organisation or "
        "repository. Remove trust that is no longer needed.",
        ja="相手先と取り決めた sts:ExternalId、または自社組織を指定した aws:PrincipalOrgID の条件を追加してください。"
        "ウェブ ID の場合は、自社の組織やリポジトリを指定した sub の条件を追加してください。"
        "不要な信頼関係は削除してください。",
    ),
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html",
    ),
    settings=("trusted_accounts", "trusted_networks", "trusted_organizations"),
)
def role_external_trust(role: Role, audit: Audit) -> Verdict:
    """Judge each statement of the trust policy; AWS services and the own account are not outside."""
    if role.path.startswith(SERVICE_LINKED):
        return not_applicable(
            Text(
                en="AWS alone decides who may use a service-linked role.",
                ja="サービスにリンクされたロールの利用者は AWS が管理しています。",
            )
        )
    fact = role.trust
    found = trusts(value(fact), fact.source)
    if isinstance(found, Unread):
        not_read(found)
    account = audit.only(Account)
    parts: list[Part] = []
    doubts: list[Unread] = []
    for trust in found:
        # An external id is no secret: with everyone allowed it keeps nobody out.
        if trust.external_id and trust.parties:
            continue
        strangers, unread = judge_trust(_candidates(trust), account, audit.policy)
        parts.extend(_part(trust, party) for party in strangers)
        doubts.extend(unread)
        unbound, unread = _unbound(trust, account, audit)
        parts.extend(unbound)
        doubts.extend(unread)
    if parts:
        return _failed(parts)
    if doubts:
        not_read(*dict.fromkeys(doubts))
    return passed(
        Text(
            en="No untrusted outsider may assume the role without an external id or a condition on a trusted "
            "organisation.",
            ja="外部 ID や信頼済み組織の条件なしにロールを引き受けられる、信頼済みでない第三者はいません。",
        ),
        {"statements": [trust.number for trust in found]},
    )


def _candidates(trust: Trust) -> list[tuple[Party, tuple[Group, ...]]]:
    parties = trust.parties or (EVERYONE,)
    return [(each, trust.limits) for each in parties if _is_somebody(each)]


def _is_somebody(party: Party) -> bool:
    if party.kind == "federated":
        return account_of(party) is not None  # a provider that some account set up; others are public ones
    return party.kind == "aws" and not is_deleted(party)


def _unbound(trust: Trust, account: Account, audit: Audit) -> tuple[list[Part], tuple[Unread, ...]]:
    """Return the web identity providers that let anyone in, unless a further limit keeps strangers out."""
    if not trust.unbound:
        return [], ()
    strangers, unread = judge_trust([(EVERYONE, trust.limits)], account, audit.policy)
    return [_unbound_part(trust, each) for each in trust.unbound if strangers], unread


def _unbound_part(trust: Trust, unbound: Unbound) -> Part:
    provider, keys = unbound.party.value, unbound.keys
    return failed_part(
        provider,
        Text(
            en=f"statement {trust.number} lets in anyone whom {provider} signs for: "
            f"no condition fixes {' or '.join(keys)}",
            ja=f"第{trust.number}ステートメントでは、{provider} が認証した者であれば誰でも引き受けられます"
            f"({' または '.join(keys)} を限定する条件がありません)",
        ),
        {"statement": trust.number, "principal": provider, "missing_condition": list(keys)},
    )


def _part(trust: Trust, party: Party) -> Part:
    who = (
        Text(en="everyone", ja="すべての人")
        if party == EVERYONE
        else Text(en=party.value, ja=f" {party.value} ")
    )
    return failed_part(
        party.value,
        Text(
            en=f"statement {trust.number} trusts {who.en} without an external id or a condition on a trusted "
            "organisation",
            ja=f"第{trust.number}ステートメントが、外部 ID や信頼済み組織の条件なしで{who.ja}を信頼しています",
        ),
        {"statement": trust.number, "principal": party.value, "external_id": trust.external_id},
    )


def _failed(parts: list[Part]) -> Verdict:
    unique = {part.key: part for part in parts}
    reasons = [part.reason for part in unique.values()]
    return failed(
        Text(
            en=f"May be assumed from outside: {'; '.join(each.en for each in reasons)}.",
            ja=f"外部から引き受け可能です: {'。'.join(each.ja for each in reasons)}",
        ),
        {"principals": list(unique)},
        parts=list(unique.values()),
    )
