"""Whom the trust policy of a role lets in."""

import re

from msgspec import Struct

from cloudaudit.facts import Source, Unread
from cloudaudit.providers.aws.identity_policy import malformed
from cloudaudit.providers.aws.policy_actions import Right, wildcard_covers
from cloudaudit.providers.aws.policy_allowances import Allowance, Group, after_denies, groups_of
from cloudaudit.providers.aws.policy_conditions import Place
from cloudaudit.providers.aws.policy_document import (
    Condition,
    Document,
    Malformed,
    Party,
    Statement,
    is_fixed,
    parse_resource_policy,
)
from cloudaudit.text import Text

WEB_IDENTITY = "sts:assumerolewithwebidentity"
ASSUME = frozenset({"sts:assumerole", "sts:assumerolewithsaml", WEB_IDENTITY})
EXTERNAL_ID = "sts:externalid"
TRUST_POLICY = Text(en="trust policy", ja="信頼ポリシー")
EXACT = frozenset({"stringequals", "stringequalsignorecase"})

# Issuers that sign for one cluster or one organisation, which their address names: nobody else can get a token.
SINGLE_TENANT = re.compile(
    r"oidc\.eks\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/id/.+"
    r"|api\.bitbucket\.org/2\.0/workspaces/.+"
    r"|oidc\.circleci\.com/org/.+"
    r"|vstoken\.dev\.azure\.com/.+"
)
# Issuers whose audience is the own application or organisation; elsewhere whoever asks for a token chooses it.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
OWN_AUDIENCE = {
    "accounts.google.com": ("aud", "oaud", "sub"),
    "api.pulumi.com/oidc": ("aud", "sub"),
    "cognito-identity.amazonaws.com": ("aud",),
    "graph.facebook.com": ("app_id", "id"),
    "scalr.io": ("aud", "sub"),
    "www.amazon.com": ("app_id", "user_id"),
}
SUBJECT = ("sub",)
# A label and the owner, both whole: ``repo:owner/…``, ``organization:owner:…``, ``org/owner/…``.
OWNER = re.compile(r"[^:/*?]+[:/][^:/*?]+[:/]")


class Unbound(Struct, frozen=True):
    """A web identity provider of which anyone gets in; a condition on one of ``keys`` would tell who."""

    party: Party
    keys: tuple[str, ...]


class Trust(Struct, frozen=True, kw_only=True):
    """One statement of a trust policy that lets in someone who is no AWS service.

    Attributes:
        parties: who; empty when it is everyone.
        limits: groups that the parties must also belong to.
        external_id: whether a fixed ``sts:ExternalId`` is asked for.
        unbound: those of the parties that let in anyone with an account at a web identity provider.
    """

    number: int
    parties: tuple[Party, ...]
    limits: tuple[Group, ...]
    external_id: bool
    unbound: tuple[Unbound, ...] = ()


def trusts(text: str, source: Source) -> tuple[Trust, ...] | Unread:
    """Return whom a trust policy lets in, AWS services left out; Unread when it is malformed.

    Args:
        text: the trust policy.
        source: where it was read.
    """
    document = parse_resource_policy(text)
    if isinstance(document, Malformed):
        return malformed(source, Text(en="the trust policy", ja="信頼ポリシー"), document)
    found = (_trust(statement, document) for statement in document.allows if _assumed(statement))
    return tuple(each for each in found if each is not None)


def _assumed(statement: Statement) -> frozenset[str]:
    matched = {
        name for name in ASSUME if any(wildcard_covers(each, name) for each in statement.action.lowered)
    }
    return ASSUME - matched if statement.action.negated else frozenset(matched)


def _trust(statement: Statement, document: Document) -> Trust | None:
    groups, _ = groups_of(statement, Place.BUCKET)
    allowance = after_denies(
        Allowance(
            right=Right.ADMINISTER,
            actions=_assumed(statement),
            resource=None,
            groups=groups,
            via=TRUST_POLICY,
            path=(),
        ),
        document.denies,
        Place.BUCKET,
        TRUST_POLICY,
    )
    named = statement.principals is not None and statement.principals.fixed
    parties = tuple(party for party in allowance.groups[0] if party.kind != "service") if named else ()
    if allowance.empty or (named and not parties):
        return None
    return Trust(
        number=statement.number,
        parties=parties,
        limits=allowance.groups[1:] if named else allowance.groups,
        external_id=any(_asks_for_external_id(each) for each in statement.conditions),
        unbound=_unbound(parties, statement) if WEB_IDENTITY in allowance.actions else (),
    )


def _asks_for_external_id(condition: Condition) -> bool:
    return condition.key == EXTERNAL_ID and _demands(condition) and all(map(is_fixed, condition.values or ()))


def _unbound(parties: tuple[Party, ...], statement: Statement) -> tuple[Unbound, ...]:
    found: list[Unbound] = []
    for party in parties:
        keys = _keys(party)
        if keys and not any(_binds(condition, keys) for condition in statement.conditions):
            found.append(Unbound(party, keys))
    return tuple(found)


def _keys(party: Party) -> tuple[str, ...]:
    """Return the condition keys that bind a web identity to someone; empty where nothing has to."""
    if party.kind != "federated" or ":saml-provider/" in party.value:
        return ()
    issuer = party.value.rpartition(":oidc-provider/")[2].lower()
    if SINGLE_TENANT.fullmatch(issuer):
        return ()
    return tuple(f"{issuer}:{name}" for name in OWN_AUDIENCE.get(issuer, SUBJECT))


def _binds(condition: Condition, keys: tuple[str, ...]) -> bool:
    if condition.key not in keys or not _demands(condition):
        return False
    exact = condition.operator in EXACT
    return all(
        "${" not in each and (exact or is_fixed(each) or OWNER.match(each) is not None)
        for each in condition.values or ()
    )


def _demands(condition: Condition) -> bool:
    """Return whether a condition insists that its key is there and has one of its values."""
    return (
        condition.values is not None
        and condition.operator in {*EXACT, "stringlike"}
        and not condition.if_exists
        and condition.quantifier != "forallvalues"
    )
