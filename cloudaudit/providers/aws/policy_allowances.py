"""What the Allow statements of a policy give, after what its Deny statements certainly take away."""

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from cloudaudit.providers.aws.policy_actions import Right, granted, resources_covered, selects_all
from cloudaudit.providers.aws.policy_conditions import (
    MATCHING,
    UNDOCUMENTED_KEYS,
    Answer,
    Place,
    escapees,
    narrows,
    parties,
)
from cloudaudit.providers.aws.policy_document import (
    Condition,
    Document,
    Party,
    Principals,
    Selector,
    Statement,
    is_fixed,
)
from cloudaudit.text import Text

Group = tuple[Party, ...]
"""Alternatives: to get in by a group is to be one of its parties."""

EVERYONE = Party("aws", "*")
PRINCIPAL_KINDS = {"aws", "canonicaluser", "federated", "service"}
DELETED = re.compile(r"A(IDA|ROA)[A-Z0-9]{8,}")
ARN_ACCOUNT = 4
ACCOUNT = re.compile(r"[0-9]{12}")
# Which resource of a customer an AWS service acts for:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
SOURCE_KEYS = {
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:sourceowner",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
}
SERVICE_KINDS = {"service", "aws:principalservicename"}
# A sentence names this many of a kind, each cut to so many letters, and counts the rest.
NAMED, LONGEST_NAME = 5, 100


class Allowance(Struct, frozen=True, kw_only=True):
    """One thing that is allowed.

    Attributes:
        groups: whoever gets in belongs to every one of them; without any it is everyone, with an empty one
        nobody.
        doubtful: whether it has a condition that could not be understood.
        policy: which document gives it, e.g. ``bucket policy``.
        path: the steps that lead to it, in order.
    """

    right: Right
    actions: frozenset[str]
    resource: Selector | None
    groups: tuple[Group, ...]
    via: Text
    path: tuple[Text, ...]
    doubtful: bool = False

    @property
    def public(self) -> bool:
        """Whether nothing narrows it."""
        return not self.groups

    @property
    def empty(self) -> bool:
        """Whether nobody is left."""
        return () in self.groups


def statement_is_public(statement: Statement, place: Place) -> Answer:
    """Return whether one statement is public by AWS's definition, which looks at Allow alone."""
    if not statement.allow or statement.principals is None or statement.principals.fixed:
        return Answer.NO
    answers = {narrows(condition, place) for condition in statement.conditions}
    if Answer.YES in answers:
        return Answer.NO
    return Answer.UNKNOWN if Answer.UNKNOWN in answers else Answer.YES


def document_is_public(document: Document, place: Place) -> Answer:
    """Return whether a policy is public by AWS's definition: one public statement is enough."""
    answers = {statement_is_public(statement, place) for statement in document.statements}
    for answer in (Answer.YES, Answer.UNKNOWN):
        if answer in answers:
            return answer
    return Answer.NO


def groups_of(statement: Statement, place: Place) -> tuple[tuple[Group, ...], bool]:
    """Return the groups that an Allow is limited to, and whether a condition of it was not understood."""
    groups: list[Group] = []
    doubtful = False
    if statement.principals is not None and statement.principals.fixed:
        groups.append(statement.principals.parties)
    for condition in statement.conditions:
        answer = narrows(condition, place)
        if answer is Answer.NO and _names_source(statement, condition):
            groups.append(parties(condition))
        undocumented = condition.key in UNDOCUMENTED_KEYS and condition.values is not None
        if answer is Answer.YES or (answer is Answer.UNKNOWN and undocumented):
            groups.append(parties(condition))
        doubtful = doubtful or answer is Answer.UNKNOWN
    return tuple(groups), doubtful and not groups


def _names_source(statement: Statement, condition: Condition) -> bool:
    """Return whether a condition says for which accounts a service acts, by a pattern or only if it says so."""
    principals = statement.principals
    found = parties(condition)
    return (
        principals is not None
        and principals.fixed
        and all(each.kind == "service" for each in principals.parties)
        and condition.key in SOURCE_KEYS
        and condition.operator in MATCHING
        and bool(found)
        and all(account_of(each) is not None for each in found)
    )


def allowances(
    document: Document, right: Right, place: Place, label: Text, resources: Selector, service: str
) -> list[Allowance]:
    """Return what a document allows for one right, before any Deny.

    Args:
        document: the policy.
        right: the right.
        place: what it hangs on.
        label: the document's name, as it stands in sentences.
        resources: what "every resource" means where the document hangs.
        service: whose actions these resources know, ``s3`` or ``s3express``.
    """
    found: list[Allowance] = []
    for statement in (part for each in document.allows for part in _parts(each)):
        # An action of another service is no way in, so no Deny need take it away.
        actions = frozenset(
            each for each in granted(statement.action, right) if each.startswith(f"{service}:")
        )
        if actions:
            found.append(_allowance(statement, right, actions, place, label, resources))
    return found


def _parts(statement: Statement) -> tuple[Statement, ...]:
    """Return a statement as two where it names services and others, for whom a source means different things."""
    principals = statement.principals
    if principals is None or not principals.fixed:
        return (statement,)
    services = tuple(each for each in principals.parties if each.kind == "service")
    others = tuple(each for each in principals.parties if each.kind != "service")
    parties = (each for each in (others, services) if each)
    return tuple(replace(statement, principals=Principals(negated=False, parties=each)) for each in parties)


def _allowance(
    statement: Statement,
    right: Right,
    actions: frozenset[str],
    place: Place,
    label: Text,
    resources: Selector,
) -> Allowance:
    groups, doubtful = groups_of(statement, place)
    named = statement.resource
    everything = named is None or (not named.negated and "*" in named.patterns)
    return Allowance(
        right=right,
        actions=actions,
        resource=resources if everything else named,
        groups=groups,
        via=Text(
            en=f"{label.en}, statement {statement.number}",
            ja=f"{label.ja}、ステートメント {statement.number}",
        ),
        path=(_allows(statement, label, groups),),
        doubtful=doubtful,
    )


def _allows(statement: Statement, label: Text, groups: tuple[Group, ...]) -> Text:
    names = listed(statement.action.patterns)
    prefix = "everything but " if statement.action.negated else ""
    who = _who(statement.principals, groups)
    return Text(
        en=f"statement {statement.number} of the {label.en} allows {prefix}{names.en} to {who.en}",
        ja=f"{label.ja}の第{statement.number}ステートメントが、{who.ja.lstrip()}に {names.ja}"
        f"{' 以外のすべての操作' if statement.action.negated else ''} を許可",
    )


def _who(principals: Principals | None, groups: tuple[Group, ...]) -> Text:
    if groups:
        names = [listed([party.value for party in group]) for group in groups[:NAMED]]
        return Text(en="; ".join(each.en for each in names), ja=f" {'; '.join(each.ja for each in names)} ")
    if principals is not None and principals.negated:
        but = listed([party.value for party in principals.parties])
        return Text(en=f"everyone but {but.en}", ja=f" {but.ja} を除くすべての人")
    return Text(en="everyone", ja="すべての人")


def listed(names: Sequence[str]) -> Text:
    """Return the first few names for a sentence, and how many more there are."""
    first = ", ".join(_shortened(name) for name in names[:NAMED])
    more = len(names) - NAMED
    if more <= 0:
        return Text(en=first, ja=first)
    return Text(en=f"{first} and {more} more", ja=f"{first} ほか {more} 件")


def _shortened(name: str) -> str:
    if not name:
        return '""'
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"


def after_denies(allowance: Allowance, denies: Iterable[Statement], place: Place, label: Text) -> Allowance:
    """Return what is left of an allowance. A Deny counts only where it is certain to apply."""
    for deny in denies:
        if deny.principals is not None and not allowance.empty:
            allowance = _narrowed(allowance, deny, deny.principals, place, label)
    return allowance


def _concerns(deny: Statement, allowance: Allowance) -> bool:
    return selects_all(deny.action, allowance.actions) and resources_covered(deny, allowance.resource)


def _narrowed(
    allowance: Allowance, deny: Statement, principals: Principals, place: Place, label: Text
) -> Allowance:
    if not principals.negated and EVERYONE not in principals.parties:
        covered = not deny.conditions and _concerns(deny, allowance)
        return _without(allowance, deny, principals.parties, label) if covered else allowance
    spared = escapees(deny, place)
    if principals.negated and spared is not None:
        fixed = all(is_fixed(each.value) for each in principals.parties)
        spared = (*spared, *principals.parties) if fixed else None
    if spared is None or spared in allowance.groups or not _concerns(deny, allowance):
        return allowance
    return replace(
        allowance, groups=(*allowance.groups, spared), path=(*allowance.path, _denies(deny, label, spared))
    )


def _denies(deny: Statement, label: Text, spared: Sequence[Party]) -> Text:
    if not spared:
        return _denied(deny, label, Text(en="everyone", ja="すべての人"))
    names = listed([party.value for party in spared])
    return _denied(deny, label, Text(en=f"all but {names.en}", ja=f"{names.ja} 以外"))


def _denied(deny: Statement, label: Text, whom: Text) -> Text:
    return Text(
        en=f"statement {deny.number} of the {label.en} denies it to {whom.en}",
        ja=f"{label.ja}の第{deny.number}ステートメントが、{whom.ja}を拒否",
    )


def _without(allowance: Allowance, deny: Statement, denied: Sequence[Party], label: Text) -> Allowance:
    # A Deny on an account holds for all its principals; one on a principal for that one alone.
    accounts = (account_of(each) for each in denied if _is_account(each.value))
    whole = {each for each in accounts if each is not None}
    gone = set(denied)
    groups = tuple(
        tuple(party for party in group if party not in gone and account_of(party) not in whole)
        if group and all(party.kind in PRINCIPAL_KINDS for party in group)
        else group
        for group in allowance.groups
    )
    if groups == allowance.groups:
        return allowance
    names = listed([party.value for party in denied])
    step = _denied(deny, label, Text(en=names.en, ja=f" {names.ja} "))
    return replace(allowance, groups=groups, path=(*allowance.path, step))


def account_of(party: Party) -> str | None:
    """Return the account that a party belongs to, or None where its value does not tell."""
    value = party.value
    if ACCOUNT.fullmatch(value):
        return value
    segments = value.split(":")
    if value.startswith("arn:") and len(segments) > ARN_ACCOUNT:
        account = segments[ARN_ACCOUNT]
        return account if ACCOUNT.fullmatch(account) else None
    return None


def is_deleted(party: Party) -> bool:
    """Return whether a principal was deleted: AWS then shows its unique id where its ARN was."""
    return party.kind == "aws" and bool(DELETED.fullmatch(party.value))


def _is_account(value: str) -> bool:
    return bool(ACCOUNT.fullmatch(value)) or (value.startswith("arn:") and value.endswith(":root"))
