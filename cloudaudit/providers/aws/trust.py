"""Whom the audit trusts: the own account and organisation, and those that the policy names."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

from msgspec.structs import replace

from cloudaudit.facts import Cause, Source, Unread
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import Account
from cloudaudit.providers.aws.policy_allowances import Group, account_of
from cloudaudit.providers.aws.policy_conditions import ORGANIZATION_KEYS, SOURCE_IP
from cloudaudit.providers.aws.policy_document import Party
from cloudaudit.text import Text

ORGANIZATIONS = ORGANIZATION_KEYS | {
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
}
ENDPOINTS = {"aws:sourcevpc": "ec2:DescribeVpcs", "aws:sourcevpce": "ec2:DescribeVpcEndpoints"}


def trusted(
    party: Party, limits: Sequence[Group], account: Account, policy: AuditPolicy
) -> bool | tuple[Unread, ...]:
    """Return whether a party from outside is trusted, or what must be read to tell.

    It is by itself, or because a further limit admits only trusted ones.
    """
    doubts: list[Unread] = []
    for group in ((party,), *limits):
        answers = [_answer(each, account, policy) for each in group]
        if all(answer is True for answer in answers):
            return True
        if False not in answers:
            doubts.extend(answer for answer in answers if isinstance(answer, Unread))
    return tuple(dict.fromkeys(doubts)) or False


def judge_trust(
    candidates: Iterable[tuple[Party, Sequence[Group]]], account: Account, policy: AuditPolicy
) -> tuple[tuple[Party, ...], tuple[Unread, ...]]:
    """Return those who are certainly not trusted, and what must be read to tell about the others."""
    strangers: list[Party] = []
    doubts: list[Unread] = []
    for party, limits in candidates:
        answer = trusted(party, limits, account, policy)
        if answer is False:
            strangers.append(party)
        elif isinstance(answer, tuple):
            doubts.extend(answer)
    return tuple(dict.fromkeys(strangers)), tuple(dict.fromkeys(doubts))


def _answer(party: Party, account: Account, policy: AuditPolicy) -> bool | Unread:
    if party.value in policy.trusted_networks or (party.kind == SOURCE_IP and _inside(party.value, policy)):
        return True
    if party.kind in ENDPOINTS:
        return _endpoint(party)
    if party.kind in ORGANIZATIONS:
        return _organization(party.value.partition("/")[0], account, policy)
    if party.kind == "service":
        return True
    if party.kind == "canonicaluser":
        return _canonical(party, account)
    number = account_of(party)
    return False if number is None else _account(number, account, policy)


def _inside(addresses: str, policy: AuditPolicy) -> bool:
    """Return whether a range of addresses lies in a network that the policy trusts; one that is none does not."""
    network = _network(addresses)
    if network is None:
        return False
    known = [_network(name) for name in policy.trusted_networks]
    if isinstance(network, IPv4Network):
        return any(network.subnet_of(each) for each in known if isinstance(each, IPv4Network))
    return any(network.subnet_of(each) for each in known if isinstance(each, IPv6Network))


def _network(text: str) -> IPv4Network | IPv6Network | None:
    """Return a network, or None for what names none, such as the id of a VPC."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _endpoint(party: Party) -> Unread:
    operation = ENDPOINTS[party.kind]
    return Unread(
        Cause.UNSUPPORTED,
        Source(operation),
        detail=Text(
            en=f"whose network {party.value} is cannot be told from S3; name it in trusted_networks if it is yours",
            ja=f"{party.value} の所有者は S3 の設定から判断できません。自社のものであれば trusted_networks に指定してください",
        ),
    )


def _organization(organization: str, account: Account, policy: AuditPolicy) -> bool | Unread:
    if organization in policy.trusted_organizations:
        return True
    own = account.organization
    if isinstance(own, Unread):
        return replace(
            own,
            detail=Text(
                en=f"whether {organization} is the account's own organisation is not known",
                ja=f"{organization} が自社の組織かどうか確認できません",
            ),
        )
    return own.value is not None and own.value.id == organization


def _canonical(party: Party, account: Account) -> bool | Unread:
    own = account.canonical_user
    if isinstance(own, Unread):
        return replace(
            own,
            detail=Text(
                en=f"whether canonical user {party.value[:8]}… is the account itself is not known",
                ja=f"正規ユーザー {party.value[:8]}… が当該アカウント自身かどうか確認できません",
            ),
        )
    return own.value == party.value


def _account(number: str, account: Account, policy: AuditPolicy) -> bool | Unread:
    if number == account.account or number in policy.trusted_accounts:
        return True
    organization, members = account.organization, account.organization_accounts
    if not isinstance(organization, Unread) and organization.value is None:
        return False
    if isinstance(members, Unread):
        return replace(
            members,
            detail=Text(
                en=f"whether account {number} belongs to the organisation is not known",
                ja=f"アカウント {number} が組織に属するかどうか確認できません",
            ),
        )
    return number in members.value
