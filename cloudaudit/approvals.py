"""Shares that the audit policy approves. Pure; what is open to everyone is nobody's to approve and is not asked for here.

A rule names the resource by a pattern and the party exactly as the inventory of sharing writes it, and says why. It counts
up to its last day, judged in UTC at the day of the snapshot, and covers what was read alone: a doubt stays a doubt.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from fnmatch import fnmatchcase

from msgspec import structs

from cloudaudit.model import ResourceRef, Share
from cloudaudit.policy import ApprovedShare, AuditPolicy

OUTSIDE = "outside"
"""The scope of a share with a known party; nothing else can be approved."""


def approval(
    policy: AuditPolicy, day: date, *, names: Iterable[str], audiences: Iterable[str]
) -> ApprovedShare | None:
    """Return the first rule in force that approves a share.

    Args:
        policy: with the rules.
        day: at which they are judged.
        names: of the resource: its name, its id, the path of an item.
        audiences: of the party: any of these is its name.
    """
    known = {audience.casefold() for audience in audiences if audience}
    called = [name for name in names if name]
    for rule in policy.approved_shares:
        if rule.until is not None and rule.until < day:
            continue
        if rule.audience.casefold() in known and any(fnmatchcase(name, rule.resource) for name in called):
            return rule
    return None


def of_resource(
    policy: AuditPolicy, day: date, resource: ResourceRef, audience: str, item: str = ""
) -> ApprovedShare | None:
    """Return the first rule in force that approves a share of a resource, or of an item in it."""
    return approval(policy, day, names=(resource.name, resource.id, item), audiences=(audience,))


def marked(shares: Iterable[Share], policy: AuditPolicy, day: date) -> Iterator[Share]:
    """Yield lines of the inventory, those that a rule approves with its words."""
    if not policy.approved_shares:
        yield from shares
        return
    for share in shares:
        rule = None
        if share.scope == OUTSIDE:
            rule = of_resource(policy, day, share.resource, share.audience, share.item)
        yield share if rule is None else structs.replace(share, approved=rule.words)


def in_evidence(rules: Iterable[ApprovedShare]) -> dict[str, object]:
    """Return the rules that decided, each once, as a member of a verdict's evidence; none where there are none."""
    told = [rule.model_dump(mode="json", exclude_none=True) for rule in dict.fromkeys(rules)]
    return {"approved_shares": told} if told else {}
