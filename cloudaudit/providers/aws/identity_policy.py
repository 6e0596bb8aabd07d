"""What the policies of a user or role amount to.

A power is recognised by real actions on resources that stand for all others, and not by how a policy is
written: ``*``, ``?*``, ``a*`` to ``z*`` and NotAction with one exception give the same.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from string import ascii_lowercase, digits

from msgspec import Struct

from cloudaudit.facts import Cause, Source, Unread
from cloudaudit.providers.aws.model import Principal, PrincipalPolicy
from cloudaudit.providers.aws.policy_actions import ACTIONS, wildcard_covers
from cloudaudit.providers.aws.policy_conditions import Answer
from cloudaudit.providers.aws.policy_document import Document, Malformed, Selector, Statement, parse
from cloudaudit.text import Text

# Whoever may do one of these to anyone can give himself everything else. Each with the resource that it is about,
# from the ARN's service on.
SELF_ELEVATION = {
    "iam:addusertogroup": "iam::{account}:group/",
    "iam:attachgrouppolicy": "iam::{account}:group/",
    "iam:attachrolepolicy": "iam::{account}:role/",
    "iam:attachuserpolicy": "iam::{account}:user/",
    "iam:createaccesskey": "iam::{account}:user/",
    "iam:createloginprofile": "iam::{account}:user/",
    "iam:createpolicyversion": "iam::{account}:policy/",
    "iam:putgrouppolicy": "iam::{account}:group/",
    "iam:putrolepolicy": "iam::{account}:role/",
    "iam:putuserpolicy": "iam::{account}:user/",
    "iam:setdefaultpolicyversion": "iam::{account}:policy/",
    "iam:updateassumerolepolicy": "iam::{account}:role/",
    "iam:updateloginprofile": "iam::{account}:user/",
}
# One or two actions of many services: who holds most of them was given everything, not a task.
EVERYWHERE = {
    "backup:deletebackupvault": "backup:*:{account}:backup-vault:",
    "cloudformation:deletestack": "cloudformation:*:{account}:stack/",
    "cloudtrail:stoplogging": "cloudtrail:*:{account}:trail/",
    "dynamodb:deletetable": "dynamodb:*:{account}:table/",
    "ec2:runinstances": "ec2:*:{account}:instance/",
    "ec2:terminateinstances": "ec2:*:{account}:instance/",
    "iam:createuser": "iam::{account}:user/",
    "iam:passrole": "iam::{account}:role/",
    "kms:putkeypolicy": "kms:*:{account}:key/",
    "kms:schedulekeydeletion": "kms:*:{account}:key/",
    "lambda:updatefunctioncode": "lambda:*:{account}:function:",
    "logs:deleteloggroup": "logs:*:{account}:log-group:",
    "rds:deletedbinstance": "rds:*:{account}:db:",
    "s3:deletebucket": "s3:::",
    "s3:getobject": "s3:::",
    "secretsmanager:getsecretvalue": "secretsmanager:*:{account}:secret:",
    "sns:deletetopic": "sns:*:{account}:",
    "sqs:deletequeue": "sqs:*:{account}:",
    "ssm:startsession": "ec2:*:{account}:instance/",
    "sts:assumerole": "iam::{account}:role/",
}
STORAGE = {name: "s3:::" for names in ACTIONS.values() for name in names if name.startswith("s3:")}
# To read, overwrite, destroy and give away.
STORAGE_CORE = (
    frozenset({"s3:getobject"}),
    frozenset({"s3:putobject"}),
    frozenset({"s3:deleteobject", "s3:deleteobjectversion"}),
    frozenset({"s3:putbucketpolicy", "s3:putbucketacl", "s3:putobjectacl"}),
)
# Names of resources by their first letter. Bucket names are three characters or longer, so that ``???*`` is
# everything.
CLASSES = frozenset(letter * 3 for letter in ascii_lowercase + digits)


class Power(Struct, frozen=True):
    """A power, recognised by what someone may do to every resource.

    Attributes:
        actions: what is looked for, in lower case, each with the resource that it is about.
        core: of each of these sets one action must be held.
        wide: more than half of these must be held.
    """

    actions: dict[str, str]
    core: tuple[frozenset[str], ...]
    wide: frozenset[str]

    def held_by(self, actions: frozenset[str]) -> bool:
        """Return whether these actions amount to the power."""
        return all(actions & each for each in self.core) and 2 * len(actions & self.wide) > len(self.wide)


ADMINISTRATION = Power(
    actions={**SELF_ELEVATION, **EVERYWHERE}, core=(frozenset(SELF_ELEVATION),), wide=frozenset(EVERYWHERE)
)
ALL_STORAGE = Power(actions=STORAGE, core=STORAGE_CORE, wide=frozenset(STORAGE))


class Authority(Struct, frozen=True):
    """Whether someone holds a power.

    Attributes:
        policies: names of the policies that give it, with the group that carries them.
        unread: what must be read before the answer is certain.
    """

    answer: Answer
    policies: tuple[Text, ...] = ()
    unread: tuple[Unread, ...] = ()


class _Reach(Struct, frozen=True):
    """A power as it is looked for in one partition and account: actions and the ARNs they are about."""

    power: Power
    arns: tuple[tuple[str, str], ...]

    def allowed(self, statements: Sequence[Statement]) -> frozenset[str]:
        """Return the actions that statements together allow on every resource."""
        return frozenset(
            action
            for action, arn in self.arns
            if frozenset[str]().union(
                *(_classes(each.resource, arn) for each in statements if _acts(each.action, action))
            )
            == CLASSES
        )

    def denied(self, statements: Iterable[Statement]) -> frozenset[str]:
        """Return the actions that a statement certainly denies, whatever the circumstances."""
        certain = tuple(each for each in statements if not each.conditions)
        return frozenset(
            action
            for action, arn in self.arns
            if any(_acts(each.action, action) and _shuts(each.resource, arn, action) for each in certain)
        )


def is_administrator(principal: Principal) -> Authority:
    """Return whether a principal may do everything, or give himself what is left out of it."""
    return _authority(principal, ADMINISTRATION)


def holds_all_storage(principal: Principal) -> Authority:
    """Return whether a principal may read, overwrite, delete and give away the data of every bucket."""
    return _authority(principal, ALL_STORAGE)


def joined(names: Sequence[Text]) -> Text:
    """Return the names of policies as they stand in a sentence; at least one."""
    return Text(en=", ".join(each.en for each in names), ja="、".join(each.ja for each in names) + " ")


def malformed(source: Source, name: Text, document: Malformed) -> Unread:
    """Return what stands for a policy that cannot be judged; ``name`` stands in the sentence."""
    return Unread(
        Cause.MALFORMED,
        source,
        detail=Text(
            en=f"{name.en} cannot be judged: {document.reason.en}",
            ja=f"{name.ja}を判定できません: {document.reason.ja}",
        ),
    )


def _authority(principal: Principal, power: Power) -> Authority:
    if isinstance(principal.policies, Unread):
        return Authority(Answer.UNKNOWN, unread=(principal.policies,))
    source = principal.policies.source
    found: list[tuple[PrincipalPolicy, Document]] = []
    unread: list[Unread] = []
    for policy in principal.policies.value:
        document = parse(policy.document)
        if isinstance(document, Malformed):
            name = Text(en=f"policy {policy.name}", ja=f"ポリシー {policy.name} ")
            unread.append(malformed(source, name, document))
        else:
            found.append((policy, document))
    reach = _reach(principal, power)
    denied = reach.denied(each for _, document in found for each in document.denies)
    if not power.held_by(frozenset(power.actions) - denied):
        return Authority(Answer.NO)
    held = reach.allowed([each for _, document in found for each in document.allows]) - denied
    if not power.held_by(held):
        return Authority(Answer.UNKNOWN if unread else Answer.NO, unread=tuple(unread))
    return _bounded(principal, reach, held, _givers(found, reach, denied))


def _reach(principal: Principal, power: Power) -> _Reach:
    partition = principal.id.split(":")[1]
    return _Reach(
        power,
        tuple(
            (action, f"arn:{partition}:{place.format(account=principal.account)}")
            for action, place in power.actions.items()
        ),
    )


def _givers(
    found: Sequence[tuple[PrincipalPolicy, Document]], reach: _Reach, denied: frozenset[str]
) -> tuple[Text, ...]:
    """Return the policies that give the power by themselves; where only several do together, all that add to it."""
    given = [(policy, reach.allowed(document.allows) - denied) for policy, document in found]
    whole = [policy for policy, actions in given if reach.power.held_by(actions)]
    # Several may share one action by resources, so that none of them gives it: then each counts.
    parts = [policy for policy, actions in given if actions] or [policy for policy, _ in given]
    return tuple(_name(policy) for policy in whole or parts)


def _name(policy: PrincipalPolicy) -> Text:
    if not policy.via:
        return Text(en=policy.name, ja=policy.name)
    return Text(en=f"{policy.name} (group {policy.via})", ja=f"{policy.name}(グループ {policy.via})")


def _bounded(
    principal: Principal, reach: _Reach, held: frozenset[str], policies: tuple[Text, ...]
) -> Authority:
    boundary = principal.boundary
    if isinstance(boundary, Unread):
        return Authority(Answer.UNKNOWN, policies, (boundary,))
    if boundary.value is None:
        return Authority(Answer.YES, policies)
    document = parse(boundary.value)
    if isinstance(document, Malformed):
        name = Text(en="the permissions boundary", ja="アクセス許可の境界")
        return Authority(Answer.UNKNOWN, policies, (malformed(boundary.source, name, document),))
    left = held & (reach.allowed(document.allows) - reach.denied(document.denies))
    return Authority(Answer.YES, policies) if reach.power.held_by(left) else Authority(Answer.NO)


@lru_cache(maxsize=8192)
def _acts(action: Selector, name: str) -> bool:
    """Return whether a statement is about an action. Cached, as many principals share one managed policy."""
    return any(wildcard_covers(each, name) for each in action.lowered) is not action.negated


@lru_cache(maxsize=4096)
def _classes(resource: Selector | None, arn: str) -> frozenset[str]:
    """Return the classes of resources that an Allow reaches. Cached, as few resources come again and again."""
    if resource is None:
        return frozenset()
    reached = frozenset(
        each
        for each in CLASSES
        if any(wildcard_covers(pattern, text) for pattern in resource.patterns for text in _forms(arn, each))
    )
    return CLASSES - reached if resource.negated else reached


def _shuts(resource: Selector | None, arn: str, action: str) -> bool:
    """Return whether a Deny of an action certainly reaches every resource, or all but some few."""
    if resource is None or any("${" in each for each in resource.patterns):
        return False
    if resource.negated:
        return not _classes(Selector(negated=False, patterns=resource.patterns), arn)
    whole = _whole(action, arn)
    return any(wildcard_covers(each, whole) for each in resource.patterns)


def _whole(action: str, arn: str) -> str:
    # Only objects can be meant where the action is about objects.
    about_objects = arn.endswith(":s3:::") and "object" in action and "bucket" not in action
    return f"{arn}*/*" if about_objects else f"{arn}*"


def _forms(arn: str, name: str) -> tuple[str, ...]:
    # The objects of every bucket count as every bucket.
    return (f"{arn}{name}*", f"{arn}{name}*/*") if arn.endswith(":s3:::") else (f"{arn}{name}*",)
