"""The laws of exposure in Google Cloud, over random buckets, projects and roles."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, note, settings
from hypothesis import strategies as st
from msgspec import structs

from cloudaudit.facts import Read
from cloudaudit.model import Resource
from cloudaudit.providers.gcs.lookups import unknown_role
from cloudaudit.providers.gcs.model import (
    AclEntry,
    Ancestor,
    Binding,
    Bucket,
    Condition,
    IamPolicy,
    Project,
    Role,
    UniformAccess,
    role_id,
)
from cloudaudit.providers.gcs.policy import PUBLIC, Answer, Exposure, Right, exposure
from cloudaudit.providers.gcs.policy_conditions import Holds, outcome
from cloudaudit.providers.gcs.policy_members import entity, member
from cloudaudit.providers.gcs.policy_roles import Roles, right_of
from cloudaudit.providers.gcs.sharing import object_acls_count, shares
from cloudaudit.providers.gcs.trust import belongs
from cloudaudit.testing import read
from fakes.estates import estate, read_paths, without
from fakes.gcs_estates import GOOGLE
from fakes.gcs_facts import a_bucket, a_project, known_roles

AT = datetime(2026, 11, 21, tzinfo=UTC)
SEEDS = st.integers(0, 2**32 - 1)
SHARES = st.sampled_from([0.0, 0.1, 0.4])
MANY = settings(max_examples=150)
TOKENS = st.sampled_from(
    [
        "request.time",
        "resource.name",
        ".startsWith",
        "timestamp",
        '("2026-01-01T00:00:00Z")',
        '"projects/_/buckets/b0"',
        "(",
        ")",
        "!",
        "&&",
        "||",
        "<",
        "==",
        "?",
        ":",
        "true",
        "false",
        "1",
    ]
)
EXPRESSIONS = st.one_of(st.text(max_size=60), st.lists(TOKENS, max_size=25).map(" ".join))
MEMBERS = st.one_of(st.text(max_size=40), st.sampled_from(GOOGLE.strings["Binding.members"]))
BINDINGS = st.builds(
    Binding,
    role=st.one_of(st.text(max_size=20), st.sampled_from(GOOGLE.strings["Binding.role"])),
    members=st.lists(MEMBERS, max_size=4).map(tuple),
    condition=st.none() | st.builds(Condition, expression=EXPRESSIONS),
)


class Case:
    """A bucket, its project and what roles permit, in one random estate that has all of them."""

    def __init__(self, seed: int, share: float) -> None:
        self.resources: list[Resource] = []
        for more in range(100):
            self.resources = estate(seed + more, share, GOOGLE)
            if any(isinstance(each, Bucket) for each in self.resources):
                break

    @property
    def bucket(self) -> Bucket:
        return next(each for each in self.resources if isinstance(each, Bucket))

    @property
    def project(self) -> Project:
        own = self.bucket.account
        return next(each for each in self.resources if isinstance(each, Project) and each.account == own)

    @property
    def roles(self) -> Roles:
        known = {each.id: each.permissions for each in self.resources if isinstance(each, Role)}
        return lambda role: known.get(role_id(role), unknown_role(role))

    def exposure(self) -> Exposure:
        return exposure(self.bucket, self.project, self.roles, AT)

    def swapped(self, old: Resource, new: Resource) -> "Case":
        made = Case.__new__(Case)
        made.resources = [new if each is old else each for each in self.resources]
        return made


def answers(found: Exposure) -> Mapping[tuple[str, Right], Answer]:
    return {
        **{("public", right): answer for right, answer in found.public.items()},
        **{("outside", right): answer for right, answer in found.outside.items()},
    }


@MANY
@given(seed=SEEDS, share=SHARES)
def test_public_access_prevention_makes_nothing_public(seed: int, share: float) -> None:
    case = Case(seed, share)
    before = case.exposure()
    for bucket, project in (
        (structs.replace(case.bucket, public_access_prevention=read("enforced")), case.project),
        (case.bucket, structs.replace(case.project, public_access_prevention=read(True))),  # noqa: FBT003 - a value
    ):
        after = exposure(bucket, project, case.roles, AT)
        assert set(after.public.values()) == {Answer.NO}
        assert not after.open_to(PUBLIC)
        assert after.outside == before.outside


@MANY
@given(seed=SEEDS, share=SHARES)
def test_a_fact_less_never_turns_yes_or_unknown_into_no(seed: int, share: float) -> None:
    case = Case(seed, share)
    before = answers(case.exposure())
    known = [each for each in case.resources if each in (case.bucket, case.project) or isinstance(each, Role)]
    for resource in known:
        for path in read_paths(resource):
            after = answers(case.swapped(resource, without(resource, path)).exposure())
            turned = {key for key in before if before[key] is not Answer.NO and after[key] is Answer.NO}
            note(f"{resource.id} {'.'.join(map(str, path))}")
            assert not turned
            # Nor does it make a yes of what was no: what is not known is unknown.
            assert not {key for key in before if before[key] is Answer.NO and after[key] is Answer.YES}


@MANY
@given(seed=SEEDS)
def test_a_binding_less_never_adds_exposure(seed: int) -> None:
    case = Case(seed, 0.0)
    before = case.exposure()
    held = case.bucket.policy
    assert isinstance(held, Read)
    for number in range(len(held.value.bindings)):
        bindings = tuple(each for place, each in enumerate(held.value.bindings) if place != number)
        bucket = structs.replace(case.bucket, policy=read(IamPolicy(bindings=bindings)))
        after = exposure(bucket, case.project, case.roles, AT)
        assert set(after.openings) <= set(before.openings)
        for key, answer in answers(after).items():
            assert answer is Answer.NO or answers(before)[key] is not Answer.NO


@MANY
@given(seed=SEEDS)
def test_uniform_access_never_adds_exposure(seed: int) -> None:
    case = Case(seed, 0.0)
    off = structs.replace(case.bucket, uniform_access=read(UniformAccess(enabled=False)))
    on = structs.replace(case.bucket, uniform_access=read(UniformAccess(enabled=True)))
    less = exposure(on, case.project, case.roles, AT)
    more = exposure(off, case.project, case.roles, AT)
    assert set(less.openings) <= set(more.openings)


@MANY
@given(seed=SEEDS, share=SHARES)
def test_an_answer_has_its_reason_in_both_languages(seed: int, share: float) -> None:
    found = Case(seed, share).exposure()
    for right, answer in found.public.items():
        assert (answer is Answer.YES) == bool(found.open_to(PUBLIC, rights=[right]))
        if answer is Answer.UNKNOWN:
            assert found.unread(PUBLIC, [right])
    for opening in found.openings:
        assert opening.sentence.en
        assert opening.sentence.ja
        assert not opening.member.nobody
        assert not opening.grant.never


@MANY
@given(seed=SEEDS, share=SHARES)
def test_the_inventory_of_shares_tells_what_is_public(seed: int, share: float) -> None:
    case = Case(seed, share)
    lines = shares(case.bucket, case.project, case.roles, AT)
    public = {right for right, answer in case.exposure().public.items() if answer is Answer.YES}
    of_the_bucket = [line for line in lines if not line.item]
    assert {line.right for line in of_the_bucket if line.scope == "public"} == {
        str(right) for right in public
    }
    if len(of_the_bucket) < len(lines):
        assert object_acls_count(case.bucket, case.project)
    assert len(set(lines)) == len(lines)


@MANY
@given(
    own=st.lists(BINDINGS, max_size=4),
    inherited=st.lists(BINDINGS, max_size=2),
    entries=st.lists(st.tuples(MEMBERS, st.sampled_from(["READER", "OWNER", "x", ""])), max_size=3),
)
def test_no_policy_crashes(
    own: Sequence[Any], inherited: Sequence[Any], entries: Sequence[tuple[str, str]]
) -> None:
    acl = tuple(AclEntry(entity=who, role=role) for who, role in entries)
    bucket = a_bucket(
        policy=IamPolicy(bindings=tuple(own)),
        uniform_access=UniformAccess(enabled=False),
        acl=acl,
        default_object_acl=acl,
    )
    above = (Ancestor(name="folders/7", policy=read(IamPolicy(bindings=tuple(inherited)))),)
    found = exposure(bucket, a_project(ancestors=above), known_roles(), AT)
    assert set(found.public) == set(Right)
    assert found.evidence(PUBLIC)


@MANY
@given(expression=EXPRESSIONS)
def test_every_expression_has_an_outcome(expression: str) -> None:
    found = outcome(expression, "b0", AT)
    assert found.holds in Holds
    # What surely never holds holds once it is negated, and the other way round.
    if found.holds is Holds.NEVER:
        assert outcome(f"!({expression})", "b0", AT).holds is not Holds.NEVER


@MANY
@given(text=MEMBERS)
def test_every_member_is_somebody_nobody_or_everyone(text: str) -> None:
    who = member(text)
    assert not (who.public and who.nobody)
    assert who.words.en
    assert who.words.ja
    assert entity(text).words.en
    belongs(who, a_project())


@MANY
@given(permission=st.text(max_size=40))
def test_every_permission_has_a_right_or_none(permission: str) -> None:
    assert right_of(permission) in {None, *Right}
