"""What the policies of a user or role amount to, and whom a role trusts."""

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from cloudaudit.facts import Cause, Fact, Source, Unread
from cloudaudit.providers.aws.model import Principal
from cloudaudit.providers.aws.policy_actions import ACTIONS, Right, wildcard_covers
from cloudaudit.providers.aws.policy_allowances import Allowance, Group, after_denies, groups_of
from cloudaudit.providers.aws.policy_conditions import ORGANIZATION_KEYS, Answer, Place, narrows
from cloudaudit.providers.aws.policy_document import (
    Document,
    Malformed,
    Party,
    Selector,
    Statement,
    is_fixed,
    parse,
    parse_resource_policy,
)
from cloudaudit.text import Text

# Whoever may do these can give himself everything else.
SELF_ELEVATION = (
    "iam:attachrolepolicy",
    "iam:attachuserpolicy",
    "iam:createaccesskey",
    "iam:createpolicyversion",
    "iam:passrole",
    "iam:putrolepolicy",
    "iam:putuserpolicy",
)
STORAGE = tuple(sorted(name for names in ACTIONS.values() for name in names if name.startswith("s3:")))
# The bucket of this name stands for any; objects of every bucket count as every bucket.
EVERY_BUCKET = ("arn:aws:s3:::*", "arn:aws:s3:::*/*")
ASSUME = frozenset({"sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity"})
EXTERNAL_ID = "sts:externalid"
TRUST_POLICY = Text(en="trust policy", ja="信頼ポリシー")


class Authority(Struct, frozen=True):
    """Whether someone holds a power.

    Attributes:
        policies: names of the policies that give it, with the group that carries them.
        unread: what must be read before the answer is certain.
    """

    answer: Answer
    policies: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()


class Trust(Struct, frozen=True, kw_only=True):
    """One statement of a trust policy that lets in someone who is no AWS service.

    Attributes:
        parties: who; empty when it is everyone.
        limits: groups that the parties must also belong to.
        external_id: whether a fixed ``sts:ExternalId`` is asked for.
        organization: whether membership of a fixed organisation is asked for.
    """

    number: int
    parties: tuple[Party, ...]
    limits: tuple[Group, ...]
    external_id: bool
    organization: bool


def is_administrator(principal: Principal) -> Authority:
    """Return whether a principal may do everything: ``*:*`` that no Deny and no boundary takes away."""
    return _authority(principal, _gives_everything)


def holds_all_storage(principal: Principal) -> Authority:
    """Return whether a principal may do everything with every bucket."""
    return _authority(principal, _gives_all_storage)


def _authority(principal: Principal, gives: Callable[[Statement], bool]) -> Authority:
    if isinstance(principal.policies, Unread):
        return Authority(Answer.UNKNOWN, unread=(principal.policies,))
    found: list[str] = []
    unread: list[Unread] = []
    for policy in principal.policies.value:
        document = parse(policy.document)
        if isinstance(document, Malformed):
            unread.append(_malformed(principal.policies.source, policy.name, document))
            continue
        if any(gives(each) and not each.conditions for each in document.denies):
            return Authority(Answer.NO)
        if any(gives(each) for each in document.allows):
            found.append(f"{policy.name} (group {policy.via})" if policy.via else policy.name)
    if not found:
        return Authority(Answer.UNKNOWN if unread else Answer.NO, unread=tuple(unread))
    return _bounded(principal.boundary, tuple(found), gives)


def _bounded(
    boundary: Fact[str | None], found: tuple[str, ...], gives: Callable[[Statement], bool]
) -> Authority:
    if isinstance(boundary, Unread):
        return Authority(Answer.UNKNOWN, found, (boundary,))
    if boundary.value is None:
        return Authority(Answer.YES, found)
    document = parse(boundary.value)
    if isinstance(document, Malformed):
        return Authority(Answer.UNKNOWN, found, (_malformed(boundary.source, "boundary", document),))
    denied = any(gives(each) and not each.conditions for each in document.denies)
    allowed = any(gives(each) for each in document.allows)
    return Authority(Answer.YES, found) if allowed and not denied else Authority(Answer.NO)


def _malformed(source: Source, name: str, document: Malformed) -> Unread:
    return Unread(
        Cause.MALFORMED,
        source,
        detail=Text(
            en=f"policy {name} cannot be judged: {document.reason.en}",
            ja=f"ポリシー {name} を判定できません: {document.reason.ja}",
        ),
    )


def _gives_everything(statement: Statement) -> bool:
    return _acts(statement.action, SELF_ELEVATION, "*") and _reaches(statement.resource, ("*",))


def _gives_all_storage(statement: Statement) -> bool:
    return _acts(statement.action, STORAGE, "s3:*") and _reaches(statement.resource, EVERY_BUCKET)


def _acts(action: Selector, probes: Iterable[str], whole: str) -> bool:
    if action.negated:
        return not any(wildcard_covers(each, probe) for each in action.lowered for probe in probes)
    patterns = ("*" if each == "*:*" else each for each in action.lowered)
    return any(wildcard_covers(each, whole) for each in patterns)


def _reaches(resource: Selector | None, every: Sequence[str]) -> bool:
    if resource is None:
        return False
    if resource.negated:
        return not any(
            wildcard_covers(each, one) or wildcard_covers(one, each)
            for each in resource.patterns
            for one in every
        )
    return any(wildcard_covers(each, one) for each in resource.patterns for one in every)


def trusts(text: str, source: Source) -> tuple[Trust, ...] | Unread:
    """Return whom a trust policy lets in, AWS services left out; Unread when it is malformed.

    Args:
        text: the trust policy.
        source: where it was read.
    """
    document = parse_resource_policy(text)
    if isinstance(document, Malformed):
        return _malformed(source, "of trust", document)
    found = (_trust(statement, document) for statement in document.allows if _assumes(statement))
    return tuple(each for each in found if each is not None)


def _assumes(statement: Statement) -> bool:
    return bool(_assumed(statement))


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
            via="",
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
        external_id=_asks(statement, {EXTERNAL_ID}),
        organization=_asks(statement, ORGANIZATION_KEYS),
    )


def _asks(statement: Statement, keys: set[str]) -> bool:
    """Return whether a condition insists on fixed values of one of the keys."""
    return any(
        condition.key in keys
        and (
            narrows(condition, Place.BUCKET) is Answer.YES
            or (
                (condition.key == EXTERNAL_ID and _fixed_external_id(condition.operator, condition.values))
                and not condition.if_exists
                and condition.quantifier != "forallvalues"
            )
        )
        for condition in statement.conditions
    )


def _fixed_external_id(operator: str, values: tuple[str, ...] | None) -> bool:
    positive = operator in ("stringequals", "stringequalsignorecase", "stringlike")
    return positive and values is not None and all(is_fixed(each) for each in values)
