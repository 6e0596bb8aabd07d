"""Whom conditional access reaches: everyone, or everyone but those named here. Pure.

A person is reached when one policy in force, which nothing narrows, includes and does not exclude the person. Whether
that is so may hang on a group or a role that could not be read: then it is not known.
Source: https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-users-groups
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.providers.m365.answers import Answer, all_of, any_of
from cloudaudit.providers.m365.model import (
    AccessPolicy,
    Directory,
    GroupMembers,
    GuestScope,
    Person,
    RoleGrant,
    Tenant,
    Who,
)
from cloudaudit.providers.m365.policy_demands import (
    LEGACY,
    demands_mfa,
    enforced,
    narrowed_by,
    reaches_legacy,
    reaches_modern,
)
from cloudaudit.text import Text

_GUESTS_OF_THE_DIRECTORY = frozenset({"internalguest", "b2bcollaborationguest", "b2bcollaborationmember"})
WHOLE_TENANT = "/"
_NAMED_IN_EVIDENCE = 20


class Escape(Struct, frozen=True, kw_only=True):
    """A person whom no policy reaches.

    Attributes:
        excluded_by: names of the policies that include the person and except them again.
    """

    person: Person
    excluded_by: tuple[str, ...]


class Coverage(Struct, frozen=True, kw_only=True):
    """Whom a set of policies reaches.

    Attributes:
        policies: names of the policies that count.
        escapes: people who are reached by none.
        doubtful: how many people of whom it is not known.
        unread: the facts on which that hangs.
        left_out: people of whom it is not asked, each with the reason.
        people: of how many people it was asked.
    """

    policies: tuple[str, ...]
    escapes: tuple[Escape, ...]
    doubtful: int
    unread: tuple[Unread, ...]
    left_out: Mapping[str, str]
    people: int

    def evidence(self) -> dict[str, object]:
        """Return what decided, names cut to the first twenty."""
        return {
            "policies": list(self.policies),
            "people": self.people,
            "escaping": len(self.escapes),
            "who": [
                {"name": each.person.name, "excluded_by": list(each.excluded_by)}
                for each in self.escapes[:_NAMED_IN_EVIDENCE]
            ],
            "left_out": dict(sorted(self.left_out.items())),
        }


def names(escapes: Sequence[Escape]) -> Text:
    """Return who escapes, the first few by name."""
    shown = [each.person.name for each in escapes[:5]]
    more = len(escapes) - len(shown)
    return Text(
        en=", ".join(shown) + (f" and {more} more" if more else ""),
        ja="、".join(shown) + (f" ほか{more}名" if more else ""),
    )


def mfa_coverage(
    policies: Sequence[AccessPolicy],
    tenant: Tenant,
    directory: Directory,
    people: Sequence[Person],
    emergency: Iterable[str] = (),
) -> Coverage:
    """Return from whom every sign-in demands a second factor.

    Args:
        policies: every conditional access policy.
        tenant: whose roles count.
        directory: whose groups count.
        people: every user.
        emergency: names of the accounts kept for emergencies, which the audit policy leaves out.
    """
    counted = [
        policy
        for policy in policies
        if enforced(policy) and demands_mfa(policy) and not narrowed_by(policy) and reaches_modern(policy)
    ]
    return _coverage([counted], _Membership(tenant, directory), people, emergency)


def legacy_coverage(
    policies: Sequence[AccessPolicy],
    tenant: Tenant,
    directory: Directory,
    people: Sequence[Person],
    emergency: Iterable[str] = (),
) -> Coverage:
    """Return for whom every client without modern authentication is refused.

    A policy that demands MFA refuses such a client too, for it cannot show a second factor. Arguments as above.
    """
    counted = [
        policy for policy in policies if enforced(policy) and demands_mfa(policy) and not narrowed_by(policy)
    ]
    by_client = [[policy for policy in counted if reaches_legacy(policy, client)] for client in LEGACY]
    return _coverage(by_client, _Membership(tenant, directory), people, emergency)


class _Membership:
    """Who belongs to which group and role, as far as it was read."""

    def __init__(self, tenant: Tenant, directory: Directory) -> None:
        self._roles = tenant.roles
        self._groups = directory.groups
        groups: Sequence[GroupMembers] = directory.groups.value if isinstance(directory.groups, Read) else ()
        self._members = {
            group.id: (
                frozenset(group.members.value or ()) if isinstance(group.members, Read) else group.members
            )
            for group in groups
        }
        grants: Sequence[RoleGrant] = tenant.roles.value if isinstance(tenant.roles, Read) else ()
        self._holders: dict[str, set[str]] = {}
        for grant in grants:
            if grant.scope != WHOLE_TENANT:
                # Conditional access knows roles of the whole tenant only, not those of an administrative unit.
                continue
            self._holders.setdefault(grant.role.casefold(), set()).add(grant.principal)

    def includes(self, who: Who) -> Callable[[Person], Answer]:
        """Return what tells whether somebody is among these people."""
        users = frozenset(who.users)
        everyone = "All" in users
        all_guests = "GuestsOrExternalUsers" in users
        groups = [self._members.get(group) for group in who.groups]
        known: set[str] = set()
        for members in groups:
            known |= members if isinstance(members, frozenset) else set()
        for role in who.roles:
            known |= self._holders.get(role.casefold(), set())
        blind = any(not isinstance(members, frozenset) for members in groups) or (
            bool(who.roles) and not isinstance(self._roles, Read)
        )
        guests = who.guests

        def tell(person: Person) -> Answer:
            if everyone or person.id in users or person.id in known:
                return Answer.YES
            if person.kind == "g" and all_guests:
                return Answer.YES
            of_guests = _among(guests, person)
            return any_of((of_guests, Answer.UNKNOWN if blind else Answer.NO))

        return tell

    def unread(self, policies: Iterable[AccessPolicy]) -> tuple[Unread, ...]:
        """Return what is missing to say whom these policies concern."""
        missing: list[Unread] = []
        for policy in policies:
            for who in (policy.include, policy.exclude):
                if who.roles and isinstance(self._roles, Unread):
                    missing.append(self._roles)
                for group in who.groups:
                    members = self._members.get(group)
                    if isinstance(members, Unread):
                        missing.append(members)
                    elif members is None:
                        missing.append(_not_told(self._groups, group))
                if who.guests is not None and not _whole(who.guests):
                    missing.append(_KIND_OF_GUEST)
        return tuple(dict.fromkeys(missing))


_KIND_OF_GUEST = Unread(
    Cause.UNSUPPORTED,
    Source("graph:GET /identity/conditionalAccess/policies"),
    detail=Text(
        en="a policy names some kinds of guests only, and which kind a guest is cannot be told",
        ja="一部の種類のゲストだけを指定するポリシーがあり、各ゲストの種類を特定できません",
    ),
)


def _not_told(groups: Fact[tuple[GroupMembers, ...]], group: str) -> Unread:
    if isinstance(groups, Unread):
        return groups
    return Unread(Cause.MALFORMED, groups.source, detail=f"group {group}")


def _whole(guests: GuestScope) -> bool:
    return guests.all_tenants and {kind.casefold() for kind in guests.types} >= _GUESTS_OF_THE_DIRECTORY


def _among(guests: GuestScope | None, person: Person) -> Answer:
    if guests is None or person.kind != "g":
        return Answer.NO
    return Answer.YES if _whole(guests) else Answer.UNKNOWN


def _coverage(
    sets: Sequence[Sequence[AccessPolicy]],
    membership: _Membership,
    people: Sequence[Person],
    emergency: Iterable[str],
) -> Coverage:
    """Return who is reached by a policy of each set."""
    counted = list({policy.id: policy for policies in sets for policy in policies}.values())
    tests = {
        policy.id: (membership.includes(policy.include), membership.includes(policy.exclude))
        for policy in counted
    }
    spared = {name.casefold() for name in emergency}
    left_out: dict[str, str] = {}
    escapes: list[Escape] = []
    asked = doubtful = 0
    for person in people:
        if not person.enabled:
            continue
        if person.kind == "s":
            left_out[person.name] = "synchronisation account"
            continue
        if person.name.casefold() in spared:
            left_out[person.name] = "emergency account named by the audit policy"
            continue
        asked += 1
        reached = all_of(
            any_of(all_of((tests[policy.id][0](person), ~tests[policy.id][1](person))) for policy in policies)
            for policies in sets
        )
        if reached is Answer.UNKNOWN:
            doubtful += 1
        elif reached is Answer.NO:
            exempted = tuple(policy.name for policy in counted if tests[policy.id][1](person) is Answer.YES)
            escapes.append(Escape(person=person, excluded_by=exempted))
    return Coverage(
        policies=tuple(policy.name for policy in counted),
        escapes=tuple(escapes),
        doubtful=doubtful,
        unread=membership.unread(counted),
        left_out=left_out,
        people=asked,
    )
