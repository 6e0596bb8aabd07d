"""The laws of judging, over random estates and every installed check."""

import io
import random
from collections.abc import Mapping, Sequence

import msgspec
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from cloudaudit import discovery
from cloudaudit.check import AnyCheck
from cloudaudit.engine import gapped, judge
from cloudaudit.facts import Cause
from cloudaudit.model import Finding, Gap, Resource, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.scoring import Measure, Score, score, tallies
from cloudaudit.snapshot import SCHEMA, End, Header, Listed, Listing, Selection, Snapshot, SnapshotWriter
from cloudaudit.testing import ACCOUNT, TAKEN_AT
from fakes.estates import AWS, Path, World, estate, read_paths, without
from fakes.gcs_estates import GOOGLE
from fakes.m365_estates import MICROSOFT

WORLDS = (AWS, GOOGLE, MICROSOFT)
CHECKS: Mapping[str, Sequence[AnyCheck]] = {
    world.provider: [
        known
        for known in discovery.checks().values()
        if any(issubclass(kind, known.on) for kind in world.kinds)
    ]
    for world in WORLDS
}
EVERYWHERE = pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.provider)
POLICIES = (
    AuditPolicy(),
    AuditPolicy(
        profile="seed-90d",
        own_kms_key_required=True,
        allowed_countries=("JP",),
        trusted_accounts=("999988887777",),
        trusted_networks=("192.0.2.0/24", "vpc-1"),
        sensitive_tags=("class", "class=secret"),
        approved_websites=("b1",),
        trusted_domains=("partner.example.com", "partner.example"),
        trusted_projects=("sister-prod",),
        trusted_members=("nonsense", "user:somebody@gmail.com"),
        approved_storage_admins=("serviceAccount:app@shop-prod.iam.gserviceaccount.com",),
        retention_lock_required=True,
        soft_delete_min_days=0,
        sensitive_paths=("*/personnel/*",),
        approved_applications=("app_id-1",),
        allowed_sharing_capability="disabled",
        global_admins_min=1,
        emergency_accounts=("u1@contoso.example",),
    ),
)
SEEDS = st.integers(0, 2**32 - 1)
SHARES = st.sampled_from([0.0, 0.05, 0.3, 0.9])
CHOSEN_POLICIES = st.sampled_from(POLICIES)
TAKEN_EACH_TIME = 6
"""How many facts are taken away, one by one, from each estate; each is another judgement of the whole."""

SOME = settings(max_examples=60)


def header(world: World) -> Header:
    return Header(
        schema=SCHEMA,
        provider=world.provider,
        account=ACCOUNT,
        partition="",
        spans=world is not AWS,
        identity="test",
        taken_at=TAKEN_AT,
        tool_version="0",
        selection=Selection(),
        kinds=tuple(kind.of_kind() for kind in world.kinds),
        policy_digest="",
    )


def listings(world: World, resources: Sequence[Resource]) -> list[Listing]:
    return [
        Listing(
            of=kind.of_kind(),
            items=tuple(
                Listed(resource.id, resource.name, resource.region, resource.account)
                for resource in resources
                if type(resource) is kind
            ),
            complete=True,
        )
        for kind in world.kinds
    ]


def file_of(world: World, records: Sequence[Listing | Gap | Resource], end: End | None = None) -> bytes:
    file = io.BytesIO()
    writer = SnapshotWriter(file)
    for record in (header(world), *records, *([end] if end else [])):
        writer.write(record)
    return file.getvalue()


END = End(at=TAKEN_AT)


def whole(world: World, resources: Sequence[Resource]) -> bytes:
    return file_of(world, [*listings(world, resources), *resources], END)


def judged(world: World, content: bytes, policy: AuditPolicy) -> tuple[dict[str, Finding], Score]:
    """Return the findings by id, and the score."""
    checks = CHECKS[world.provider]
    snapshot = Snapshot(io.BytesIO(content), world.kinds, "test.jsonl")
    findings = list(judge(snapshot, checks, policy))
    tally = tallies(checks, gapped(snapshot, checks))
    for finding in findings:
        tally[finding.check].add(finding)
    by_id = {finding.id: finding for finding in findings}
    assert len(by_id) == len(findings)
    return by_id, score(tally)


LIMITS = frozenset({("organization",), ("organization_s3_block",), ("resource_control_policies",)})
"""An account often cannot read these controls of its organisation. They can only restrict further, so where one was not
read what passed because of it may fail, and says so; nothing that was not assessed becomes assessed."""


def _numbers(measure: Measure) -> tuple[float, float, int]:
    """Return what may not rise, the grade as a number; nothing assessed is the least."""
    return (
        -1.0 if measure.guaranteed is None else measure.guaranteed,
        -1.0 if measure.coverage is None else measure.coverage,
        -1 if measure.grade is None else ord("E") - ord(measure.grade),
    )


def assert_no_better(before: Score, after: Score) -> None:
    pairs: dict[str, tuple[Measure, Measure]] = {
        "overall": (before.overall, after.overall),
        "without waivers": (before.without_waivers, after.without_waivers),
    }
    assert before.themes.keys() == after.themes.keys()
    for theme, measure in before.themes.items():
        pairs[theme] = (measure, after.themes[theme])
    for name, (one, other) in pairs.items():
        was, now = _numbers(one), _numbers(other)
        assert all(new <= old for old, new in zip(was, now, strict=True)), f"{name}: {one} -> {other}"


def changed(
    before: Mapping[str, Finding], after: Mapping[str, Finding], *, limits: bool = False
) -> list[str]:
    """Return the verdicts that are neither the same as before nor NOT ASSESSED.

    Args:
        before: by id.
        after: by id.
        limits: whether the organisation's controls may be among what was not read, so that PASS may become FAIL.
    """
    return [
        f"{finding.check} on {finding.resource.name}: "
        f"{before[finding_id].status} ({before[finding_id].reason.en}) -> "
        f"{finding.status} ({finding.reason.en})"
        for finding_id, finding in after.items()
        if finding_id in before
        and finding.status not in {before[finding_id].status, Status.NOT_ASSESSED}
        and not (limits and (before[finding_id].status, finding.status) == (Status.PASS, Status.FAIL))
    ]


def chances(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - test data


def take_away(seed: int, resources: Sequence[Resource]) -> list[tuple[int, Path]]:
    places = [(number, path) for number, resource in enumerate(resources) for path in read_paths(resource)]
    return chances(seed).sample(places, min(TAKEN_EACH_TIME, len(places)))


@EVERYWHERE
@SOME
@given(seed=SEEDS, share=SHARES, policy=CHOSEN_POLICIES)
def test_a_fact_less_flatters_nobody(world: World, seed: int, share: float, policy: AuditPolicy) -> None:
    resources = estate(seed, share, world)
    before, score_before = judged(world, whole(world, resources), policy)
    for number, path in take_away(seed, resources):
        poorer = list(resources)
        poorer[number] = without(resources[number], path)
        note(f"not read: {resources[number].id} {'.'.join(map(str, path))}")
        after, score_after = judged(world, whole(world, poorer), policy)
        assert after.keys() == before.keys()
        assert changed(before, after, limits=world is AWS and path[-1:] in LIMITS) == []
        assert_no_better(score_before, score_after)


@SOME
@given(seed=SEEDS, share=SHARES, policy=CHOSEN_POLICIES)
def test_the_controls_of_the_organisation_less_flatter_nobody(
    seed: int, share: float, policy: AuditPolicy
) -> None:
    """These alone may be missing from a verdict of FAIL, so that they are taken away from every estate."""
    resources = estate(seed, share)
    before, score_before = judged(AWS, whole(AWS, resources), policy)
    for number, resource in enumerate(resources):
        for path in LIMITS & set(read_paths(resource)):
            poorer = list(resources)
            poorer[number] = without(resource, path)
            note(f"not read: {resource.id} {path[0]}")
            after, score_after = judged(AWS, whole(AWS, poorer), policy)
            assert changed(before, after, limits=True) == []
            assert_no_better(score_before, score_after)


@EVERYWHERE
@SOME
@given(seed=SEEDS, policy=CHOSEN_POLICIES)
def test_many_facts_less_flatter_nobody(world: World, seed: int, policy: AuditPolicy) -> None:
    resources = estate(seed, 0.0, world)
    before, score_before = judged(world, whole(world, resources), policy)
    poorer = list(resources)
    chance = chances(seed)
    for number, resource in enumerate(resources):
        top_level = [path for path in read_paths(resource) if len(path) == 1]
        for path in chance.sample(top_level, chance.randint(0, len(top_level))):
            poorer[number] = without(poorer[number], path)
    after, score_after = judged(world, whole(world, poorer), policy)
    assert changed(before, after, limits=world is AWS) == []
    assert_no_better(score_before, score_after)


@EVERYWHERE
@SOME
@given(seed=SEEDS, share=SHARES, policy=CHOSEN_POLICIES, keeps_some=st.booleans())
def test_a_listing_that_failed_flatters_nobody(
    world: World,
    seed: int,
    share: float,
    policy: AuditPolicy,
    keeps_some: bool,  # noqa: FBT001 - drawn
) -> None:
    resources = estate(seed, share, world)
    before, score_before = judged(world, whole(world, resources), policy)
    for kind in chances(seed).sample(list(world.kinds), 4):
        note(f"not listed: {kind.of_kind()}")
        gap = Gap(of=kind.of_kind(), region="global", cause=Cause.DENIED, operation="t:L", permission="t:L")
        left = [resource for resource in resources if keeps_some or type(resource) is not kind]
        after, score_after = judged(world, file_of(world, [gap, *listings(world, left), *left], END), policy)
        assert changed(before, after) == []
        assert_no_better(score_before, score_after)


@EVERYWHERE
@SOME
@given(seed=SEEDS, share=SHARES, policy=CHOSEN_POLICIES)
def test_a_resource_that_was_listed_and_not_read_turns_up_and_flatters_nobody(
    world: World, seed: int, share: float, policy: AuditPolicy
) -> None:
    resources = estate(seed, share, world)
    before, score_before = judged(world, whole(world, resources), policy)
    lost = chances(seed).choice(resources)
    left = [resource for resource in resources if resource is not lost]
    after, score_after = judged(world, file_of(world, [*listings(world, resources), *left], END), policy)
    assert after.keys() == before.keys()
    assert changed(before, after) == []
    assert_no_better(score_before, score_after)
    own = [finding for finding in after.values() if finding.resource.id == lost.id]
    judged_itself = any(isinstance(lost, known.on) for known in CHECKS[world.provider])
    assert {finding.status for finding in own} == ({Status.NOT_ASSESSED} if judged_itself else set())


@EVERYWHERE
@SOME
@given(seed=SEEDS, share=SHARES, policy=CHOSEN_POLICIES, cut=st.floats(0, 1))
def test_a_scan_killed_at_any_byte_flatters_nobody(
    world: World, seed: int, share: float, policy: AuditPolicy, cut: float
) -> None:
    resources = estate(seed, share, world)
    content = whole(world, resources)
    before, score_before = judged(world, content, policy)
    body = content.index(b"\n") + 1
    after, score_after = judged(world, content[: body + int(cut * (len(content) - body))], policy)
    assert changed(before, after) == []
    assert_no_better(score_before, score_after)


@EVERYWHERE
@SOME
@given(seed=SEEDS, share=SHARES, policy=CHOSEN_POLICIES)
def test_the_order_of_records_does_not_matter(
    world: World, seed: int, share: float, policy: AuditPolicy
) -> None:
    resources = estate(seed, share, world)
    gap = Gap(of=world.kinds[-1].of_kind(), region="eu-west-1", cause=Cause.DENIED, operation="t:L")
    records: list[Listing | Gap | Resource] = [*listings(world, resources), gap, *resources]
    before, score_before = judged(world, file_of(world, records, END), policy)
    chances(seed).shuffle(records)
    after, score_after = judged(world, file_of(world, records, END), policy)
    assert list(after) == list(before)
    assert msgspec.json.encode(list(after.values())) == msgspec.json.encode(list(before.values()))
    assert score_after == score_before


@EVERYWHERE
@SOME
@given(seed=SEEDS, share=SHARES, policy=CHOSEN_POLICIES)
def test_judging_twice_gives_the_same_bytes(
    world: World, seed: int, share: float, policy: AuditPolicy
) -> None:
    content = whole(world, estate(seed, share, world))
    one, other = judged(world, content, policy), judged(world, content, policy)
    assert msgspec.json.encode(list(one[0].values())) == msgspec.json.encode(list(other[0].values()))
    assert one[1] == other[1]


@EVERYWHERE
@SOME
@given(seed=SEEDS, share=SHARES, policy=CHOSEN_POLICIES)
def test_every_check_has_an_answer_for_every_resource(
    world: World, seed: int, share: float, policy: AuditPolicy
) -> None:
    resources = estate(seed, share, world)
    findings, total = judged(world, whole(world, resources), policy)
    asked = {
        (known.id, resource.id)
        for known in CHECKS[world.provider]
        for resource in resources
        if isinstance(resource, known.on)
    }
    assert {(finding.check, finding.resource.id) for finding in findings.values()} == asked
    for finding in findings.values():
        # A fact may itself be unread because of a crash; a check that crashed names itself.
        assert f" in {finding.check})" not in finding.reason.en
        assert finding.reason.en
        assert finding.reason.ja
        assert (finding.cause is not None) == (finding.status is Status.NOT_ASSESSED)
    for measure in (total.overall, *total.themes.values()):
        if measure.guaranteed is not None and measure.best is not None and measure.coverage is not None:
            assert 0 <= measure.guaranteed <= measure.best <= 100
            assert 0 <= measure.coverage <= 100
            assert measure.guaranteed <= measure.coverage + 0.1  # both are rounded down


@EVERYWHERE
@SOME
@given(seed=SEEDS, share=SHARES, policy=CHOSEN_POLICIES)
def test_ids_are_unique_and_those_of_parts_too(
    world: World, seed: int, share: float, policy: AuditPolicy
) -> None:
    findings, _ = judged(world, whole(world, estate(seed, share, world)), policy)
    ids = [
        *findings,
        *(part.id for finding in findings.values() for part in finding.sub_findings),
    ]
    assert len(set(ids)) == len(ids)
    assert all(len(each) == 32 for each in ids)
