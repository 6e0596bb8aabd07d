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
from cloudaudit.providers.aws.identity_policy import Trust, trusts
from cloudaudit.providers.aws.model import Account, Role
from cloudaudit.providers.aws.policy_allowances import EVERYONE, Group, is_deleted
from cloudaudit.providers.aws.policy_document import Party
from cloudaudit.providers.aws.trust import judge_trust

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
        "else;"
        " the external id prevents that.",
        ja="多数の顧客を持つ委託先は、第三者にそそのかされて自社のロールを悪用するおそれがあります(混乱した"
        "代理問題)。"
        "外部 ID によりこれを防止できます。",
    ),
    remediation=Text(
        en="Add a condition on sts:ExternalId agreed with the other side, or on aws:PrincipalOrgID; remove "
        "trust that"
        " is no longer needed.",
        ja="相手先と取り決めた sts:ExternalId、または aws:PrincipalOrgID の条件を追加し、不要な信頼関係は削"
        "除してください。",
    ),
    references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",),
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
        if _guarded(trust):
            continue
        strangers, unread = judge_trust(_candidates(trust), account, audit.policy)
        parts.extend(_part(trust, party) for party in strangers)
        doubts.extend(unread)
    if parts:
        return _failed(parts)
    if doubts:
        not_read(*dict.fromkeys(doubts))
    return passed(
        Text(
            en="No untrusted outside account may assume the role without an external id or organisation "
            "condition.",
            ja="外部 ID や組織条件なしでロールを引き受けられる、信頼済みでない外部アカウントはありません。",
        ),
        {"statements": [trust.number for trust in found]},
    )


def _guarded(trust: Trust) -> bool:
    # An external id is no secret: with everyone allowed it keeps nobody out.
    return trust.organization or (trust.external_id and bool(trust.parties))


def _candidates(trust: Trust) -> list[tuple[Party, tuple[Group, ...]]]:
    parties = trust.parties or (EVERYONE,)
    return [(each, trust.limits) for each in parties if each.kind == "aws" and not is_deleted(each)]


def _part(trust: Trust, party: Party) -> Part:
    who = (
        Text(en="everyone", ja="すべての人")
        if party == EVERYONE
        else Text(en=party.value, ja=f" {party.value} ")
    )
    return failed_part(
        party.value,
        Text(
            en=f"statement {trust.number} trusts {who.en} without an external id or organisation condition",
            ja=f"第{trust.number}ステートメントが、外部 ID や組織条件なしで{who.ja}を信頼しています",
        ),
        {"statement": trust.number, "principal": party.value, "external_id": trust.external_id},
    )


def _failed(parts: list[Part]) -> Verdict:
    unique = {part.key: part for part in parts}
    names = ", ".join(unique)
    return failed(
        Text(
            en=f"May be assumed from outside without an external id or organisation condition: {names}.",
            ja=f"外部 ID や組織条件なしで外部から引き受け可能です: {names}",
        ),
        {"principals": list(unique)},
        parts=list(unique.values()),
    )
