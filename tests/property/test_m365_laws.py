"""Laws of the evaluation of conditional access and sharing that hold for any policy and any permission."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cloudaudit.clock import parse
from cloudaudit.facts import Read
from cloudaudit.providers.m365.answers import Answer, all_of, any_of
from cloudaudit.providers.m365.model import (
    AccessPolicy,
    Directory,
    Permission,
    Person,
    SharedItem,
    Tenant,
    Who,
)
from cloudaudit.providers.m365.policy_access import Coverage, legacy_coverage, mfa_coverage
from cloudaudit.providers.m365.policy_demands import demands_mfa, narrowed_by
from cloudaudit.providers.m365.policy_sharing import Kind, kind_of, openings
from cloudaudit.testing import TAKEN_AT, read
from fakes.estates import Maker
from fakes.m365_estates import MICROSOFT

SEEDS = st.integers(0, 2**32 - 1)
MANY = settings(max_examples=150)
NOW = parse(TAKEN_AT)
PEOPLE = tuple(
    Person(f"u{number}", f"u{number}@contoso.example", kind, enabled=True)
    for number, kind in enumerate("mmg")
)
ANSWERS = st.lists(st.sampled_from(Answer), max_size=5)


def drawn(seed: int, share: float = 0.2) -> tuple[Tenant, Directory, tuple[AccessPolicy, ...]]:
    """Return a tenant, a directory and two to four policies."""
    chance = random.Random(seed)  # noqa: S311 - test data
    maker = Maker(chance, share, MICROSOFT)
    tenants = [maker.resource(Tenant, 0) for _ in range(4)]
    policies: dict[str, AccessPolicy] = {}
    for number, each in enumerate(tenants):
        for policy in each.access_policies.value if isinstance(each.access_policies, Read) else ():
            policies[f"p{number}-{len(policies)}"] = policy
    named = tuple(replace(policy, id=key, name=key) for key, policy in policies.items())
    return tenants[0], maker.resource(Directory, 0), named


def certain(coverage: Coverage) -> set[str]:
    """Return who certainly escapes."""
    return {each.person.id for each in coverage.escapes}


def reached(coverage: Coverage) -> int:
    """Return how many people are certainly reached."""
    return coverage.people - len(coverage.escapes) - coverage.doubtful


EXCLUSIONS = st.sampled_from(
    [
        Who(users=("All",)),
        Who(users=("u0",)),
        Who(users=("GuestsOrExternalUsers",)),
        Who(groups=("g1",)),
        Who(groups=("nowhere",)),
        Who(roles=(MICROSOFT.strings["RoleGrant.role"][0],)),
    ]
)


@MANY
@given(seed=SEEDS, exclusion=EXCLUSIONS)
def test_one_more_exclusion_never_makes_enforcement_stronger(seed: int, exclusion: Who) -> None:
    tenant, directory, policies = drawn(seed)
    for evaluate in (mfa_coverage, legacy_coverage):
        before = evaluate(policies, tenant, directory, PEOPLE)
        for number, policy in enumerate(policies):
            wider = Who(
                users=(*policy.exclude.users, *exclusion.users),
                groups=(*policy.exclude.groups, *exclusion.groups),
                roles=(*policy.exclude.roles, *exclusion.roles),
                guests=policy.exclude.guests,
            )
            changed = [*policies]
            changed[number] = replace(policy, exclude=wider)
            after = evaluate(changed, tenant, directory, PEOPLE)
            assert certain(before) <= certain(after)
            assert reached(after) <= reached(before)


@MANY
@given(seed=SEEDS)
def test_one_more_policy_never_makes_enforcement_weaker(seed: int) -> None:
    tenant, directory, policies = drawn(seed)
    for evaluate in (mfa_coverage, legacy_coverage):
        whole = evaluate(policies, tenant, directory, PEOPLE)
        for number in range(len(policies)):
            fewer = evaluate([*policies[:number], *policies[number + 1 :]], tenant, directory, PEOPLE)
            assert certain(whole) <= certain(fewer)
            assert reached(fewer) <= reached(whole)


@MANY
@given(seed=SEEDS)
def test_what_is_in_doubt_says_what_was_not_read(seed: int) -> None:
    tenant, directory, policies = drawn(seed, 0.5)
    for evaluate in (mfa_coverage, legacy_coverage):
        found = evaluate(policies, tenant, directory, PEOPLE)
        assert not found.doubtful or found.unread


@MANY
@given(seed=SEEDS, state=st.sampled_from(["disabled", "enabledForReportingButNotEnforced", ""]))
def test_what_is_not_enabled_enforces_nothing(seed: int, state: str) -> None:
    tenant, directory, policies = drawn(seed)
    idle = [replace(policy, state=state) for policy in policies]
    found = mfa_coverage(idle, tenant, directory, PEOPLE)
    assert certain(found) == {person.id for person in PEOPLE}
    assert found.policies == ()


@MANY
@given(seed=SEEDS, condition=st.text(min_size=1, max_size=5))
def test_one_more_condition_never_widens_a_policy(seed: int, condition: str) -> None:
    _, _, policies = drawn(seed)
    for policy in policies:
        narrower = replace(policy, other_conditions=(*policy.other_conditions, condition))
        assert set(narrowed_by(policy)) <= set(narrowed_by(narrower))
        assert narrowed_by(narrower)


@MANY
@given(seed=SEEDS)
def test_one_more_alternative_never_makes_a_demand_stronger(seed: int) -> None:
    _, _, policies = drawn(seed)
    for policy in policies:
        if policy.operator == "OR" and "block" not in policy.controls:
            assert not demands_mfa(replace(policy, controls=(*policy.controls, "compliantDevice")))


@MANY
@given(
    scope=st.text(max_size=14) | st.sampled_from(["anonymous", "Anonymous", "organization", "users"]),
    link=st.booleans(),
    expires=st.text(max_size=20) | st.sampled_from(["", "2027-01-01T00:00:00Z", "0001-01-01T00:00:00Z"]),
    roles=st.lists(st.text(max_size=6), max_size=3).map(tuple),
    name=st.text(max_size=12),
)
def test_only_the_scope_makes_a_link_anonymous_and_nothing_crashes(
    scope: str,
    link: bool,  # noqa: FBT001 - drawn
    expires: str,
    roles: tuple[str, ...],
    name: str,
) -> None:
    permission = Permission(id="p", scope=scope, link=link, expires=expires, roles=roles, invited=name)
    assert (kind_of(permission) is Kind.ANONYMOUS) == (scope.casefold() == "anonymous")
    item = SharedItem(id="i", path=name or "/", permissions=read((permission,)))
    for opening in openings((item,), frozenset({"contoso.example"}), NOW):
        assert opening.right in {"read", "write", "administer"}
        assert opening.evidence()


@given(answers=ANSWERS)
def test_answers_combine_as_in_logic(answers: list[Answer]) -> None:
    assert any_of(answers) is ~all_of(~each for each in answers)
    if Answer.UNKNOWN not in answers:
        assert (any_of(answers) is Answer.YES) == (Answer.YES in answers)
