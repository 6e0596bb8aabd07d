"""What the Allow statements of a policy give, after what its Deny statements certainly take away."""

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from cloudaudit.providers.aws.policy_actions import Right, granted, resources_covered, selects
from cloudaudit.providers.aws.policy_conditions import (
    UNDOCUMENTED_KEYS,
    Answer,
    Place,
    escapees,
    narrows,
    parties,
)
from cloudaudit.providers.aws.policy_document import (
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
ACCOUNT_DIGITS = 12


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
    via: str
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
        if answer is Answer.YES or (answer is Answer.UNKNOWN and condition.key in UNDOCUMENTED_KEYS):
            groups.append(parties(condition))
        doubtful = doubtful or answer is Answer.UNKNOWN
    return tuple(groups), doubtful and not groups


def allowances(
    document: Document, right: Right, place: Place, label: Text, resources: Selector
) -> list[Allowance]:
    """Return what a document allows for one right, before any Deny.

    Args:
        document: the policy.
        right: the right.
        place: what it hangs on.
        label: the document's name, as it stands in sentences.
        resources: what "every resource" means where the document hangs.
    """
    return [
        _allowance(statement, right, place, label, resources)
        for statement in document.allows
        if granted(statement.action, right)
    ]


def _allowance(
    statement: Statement, right: Right, place: Place, label: Text, resources: Selector
) -> Allowance:
    groups, doubtful = groups_of(statement, place)
    named = statement.resource
    everything = named is None or (not named.negated and "*" in named.patterns)
    return Allowance(
        right=right,
        actions=granted(statement.action, right),
        resource=resources if everything else named,
        groups=groups,
        via=f"{label.en}, statement {statement.number}",
        path=(_allows(statement, label, groups),),
        doubtful=doubtful,
    )


def _allows(statement: Statement, label: Text, groups: tuple[Group, ...]) -> Text:
    names = ", ".join(statement.action.patterns)
    prefix = "everything but " if statement.action.negated else ""
    who, who_ja = _who(statement.principals, groups)
    return Text(
        en=f"statement {statement.number} of the {label.en} allows {prefix}{names} to {who}",
        ja=f"{label.ja}の第{statement.number}ステートメントが、{who_ja}に {names}"
        f"{' 以外のすべての操作' if statement.action.negated else ''} を許可",
    )


def _who(principals: Principals | None, groups: tuple[Group, ...]) -> tuple[str, str]:
    if groups:
        names = "; ".join(", ".join(party.value for party in group) for group in groups)
        return names, f" {names} "
    if principals is not None and principals.negated:
        names = ", ".join(party.value for party in principals.parties)
        return f"everyone but {names}", f" {names} を除くすべての人"
    return "everyone", "すべての人"


def after_denies(allowance: Allowance, denies: Iterable[Statement], place: Place, label: Text) -> Allowance:
    """Return what is left of an allowance. A Deny counts only where it is certain to apply."""
    for deny in denies:
        if deny.principals is not None:
            allowance = _narrowed(allowance, deny, deny.principals, place, label)
    return allowance


def _concerns(deny: Statement, allowance: Allowance) -> bool:
    return all(selects(deny.action, action) for action in allowance.actions) and resources_covered(
        deny, allowance.resource
    )


def _narrowed(
    allowance: Allowance, deny: Statement, principals: Principals, place: Place, label: Text
) -> Allowance:
    if not principals.negated and EVERYONE not in principals.parties:
        covered = not deny.conditions and _concerns(deny, allowance)
        return _without(allowance, principals.parties) if covered else allowance
    spared = escapees(deny, place)
    if principals.negated and spared is not None:
        fixed = all(is_fixed(each.value) for each in principals.parties)
        spared = (*spared, *principals.parties) if fixed else None
    if spared is None or not _concerns(deny, allowance):
        return allowance
    return replace(
        allowance, groups=(*allowance.groups, spared), path=(*allowance.path, _denies(deny, label, spared))
    )


def _denies(deny: Statement, label: Text, spared: Sequence[Party]) -> Text:
    names = ", ".join(party.value for party in spared)
    return Text(
        en=f"statement {deny.number} of the {label.en} denies it to "
        + (f"all but {names}" if names else "everyone"),
        ja=f"{label.ja}の第{deny.number}ステートメントが、"
        + (f"{names} 以外を拒否" if names else "すべての人を拒否"),
    )


def _without(allowance: Allowance, denied: Sequence[Party]) -> Allowance:
    # A Deny on an account holds for all its principals; one on a principal for that one alone.
    whole = {account_of(each) for each in denied if _is_account(each.value)}
    gone = set(denied)
    groups = tuple(
        tuple(party for party in group if party not in gone and account_of(party) not in whole)
        if group and all(party.kind in PRINCIPAL_KINDS for party in group)
        else group
        for group in allowance.groups
    )
    return replace(allowance, groups=groups)


def account_of(party: Party) -> str | None:
    """Return the account that a party belongs to, or None where its value does not tell."""
    value = party.value
    if value.isdigit() and len(value) == ACCOUNT_DIGITS:
        return value
    segments = value.split(":")
    if value.startswith("arn:") and len(segments) > ARN_ACCOUNT:
        account = segments[ARN_ACCOUNT]
        return account if account.isdigit() and len(account) == ACCOUNT_DIGITS else None
    return None


def is_deleted(party: Party) -> bool:
    """Return whether a principal was deleted: AWS then shows its unique id where its ARN was."""
    return party.kind == "aws" and bool(DELETED.fullmatch(party.value))


def _is_account(value: str) -> bool:
    return value.isdigit() or (value.startswith("arn:") and value.endswith(":root"))
