"""Laws of waivers, on random findings and contracts."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from cloudaudit.ids import finding_id
from cloudaudit.model import Finding, ResourceRef, Severity, Status, SubFinding, Theme
from cloudaudit.scoring import Score, Tally, score
from cloudaudit.text import Text
from cloudaudit.waivers import IN_FORCE, Book, Reach, Register, State, Terms, Waiver, book_of, unwaived

DAY = date(2026, 11, 21)
CHECKS = ("aws-a", "aws-b")
SAID = Text(en="x", ja="x")
STATUSES = st.sampled_from([Status.PASS, Status.FAIL, Status.NOT_ASSESSED, Status.NOT_APPLICABLE])
IDS = st.sampled_from([letter * 32 for letter in "abcd"])
PATTERNS = st.one_of(st.sampled_from(["*", "x*", "x1", "?2", "[xy]*", "none"]), IDS)


@st.composite
def findings(draw: st.DrawFn) -> list[Finding]:
    made: list[Finding] = []
    for number in range(draw(st.integers(0, 5))):
        check = draw(st.sampled_from(CHECKS))
        status = draw(STATUSES)
        subs = draw(st.lists(st.tuples(IDS, st.sampled_from([Status.PASS, Status.FAIL])), max_size=3))
        parts = tuple(
            SubFinding(id=name, key=str(place), status=said, severity=Severity.HIGH, reason=SAID)
            for place, (name, said) in enumerate(subs)
        )
        resource = ResourceRef(
            provider="aws", account="1", region="r", kind="k", id=f"arn:x{number}", name=f"x{number}"
        )
        made.append(
            Finding(
                id=finding_id("aws", "1", check, resource.id),
                check=check,
                theme=Theme.SHARING,
                severity=draw(st.sampled_from(Severity)),
                status=status,
                resource=resource,
                reason=SAID,
                sub_findings=parts if status is Status.FAIL else (),
            )
        )
    return made


@st.composite
def waivers(draw: st.DrawFn) -> Waiver:
    created = DAY + timedelta(days=draw(st.integers(-500, 30)))
    return Waiver(
        check=draw(st.sampled_from(CHECKS)),
        resource=draw(PATTERNS),
        reason="r",
        owner="o",
        approver=draw(st.sampled_from(["o", "a"])),
        compensating_control="c",
        created=created,
        expires=created + timedelta(days=draw(st.integers(0, 600))),
    )


FINDINGS, WAIVERS = findings(), st.lists(waivers(), max_size=4)


def register_of(by: list[Waiver]) -> Register:
    checks = frozenset(CHECKS)
    return Register(
        Book(waivers=tuple(by)), Terms(), DAY, Reach(account="1", known=checks, ours=checks, ran=checks)
    )


def scored(given_findings: list[Finding]) -> Score:
    tallies = {check: Tally(Severity.CRITICAL, Theme.SHARING) for check in CHECKS}
    for one in given_findings:
        tallies[one.check].add(one)
    return score(tallies)


@given(FINDINGS, WAIVERS)
def test_the_score_without_waivers_is_that_of_no_waivers(found: list[Finding], by: list[Waiver]) -> None:
    waived = list(register_of(by).apply(found))
    before, after = scored(found), scored(waived)
    assert after.without_waivers == before.overall
    if before.overall.coverage is not None and after.overall.coverage is not None:
        assert after.overall.coverage <= before.overall.coverage


@given(FINDINGS, WAIVERS)
def test_only_failures_change_and_only_into_waived(found: list[Finding], by: list[Waiver]) -> None:
    for before, after in zip(found, register_of(by).apply(found), strict=True):
        assert unwaived(after) == before
        if before.status is not Status.FAIL:
            assert after == before
        else:
            assert after.status in {Status.FAIL, Status.WAIVED}
            assert bool(after.waiver) == (after.status is Status.WAIVED)
        if after.status is Status.WAIVED:
            assert not any(sub.status is Status.FAIL for sub in after.sub_findings)


@given(FINDINGS, WAIVERS)
def test_what_is_out_of_its_time_changes_nothing(found: list[Finding], by: list[Waiver]) -> None:
    register = register_of(by)
    after = list(register.apply(found))
    entries = register.entries()
    assert len(entries) == len(by)
    in_force = [each for each, entry in zip(by, entries, strict=True) if entry.state in IN_FORCE]
    assert all(entry.waived == 0 for entry in entries if entry.state not in IN_FORCE)
    assert list(register_of(in_force).apply(found)) == after


@given(FINDINGS, WAIVERS, st.data())
def test_ending_a_waiver_earlier_never_waives_more(found: list[Finding], by: list[Waiver], data: Any) -> None:
    ended = [
        structs.replace(
            each, expires=min(each.expires, data.draw(st.sampled_from([each.created, each.expires])))
        )
        for each in by
        if each.expires - each.created <= timedelta(days=Terms().max_days)
    ]
    kept = [each for each in by if each.expires - each.created <= timedelta(days=Terms().max_days)]
    before = [one.status for one in register_of(kept).apply(found)]
    after = [one.status for one in register_of(ended).apply(found)]
    assert all(now is was or now is Status.FAIL for was, now in zip(before, after, strict=True))


@given(FINDINGS, WAIVERS)
def test_every_waived_finding_names_a_waiver_in_force(found: list[Finding], by: list[Waiver]) -> None:
    register = register_of(by)
    after = list(register.apply(found))
    states = {entry.id: entry.state for entry in register.entries()}
    named = [one.waiver for one in after if one.waiver]
    assert all(states[str(name)] in {State.IN_FORCE, State.EXPIRING} for name in named)


@given(FINDINGS, WAIVERS)
def test_a_result_tells_enough_to_judge_again(found: list[Finding], by: list[Waiver]) -> None:
    register = register_of(by)
    after = list(register.apply(found))
    entries = register.entries()
    again = register_of(list(book_of(entries).waivers))
    assert list(again.apply(map(unwaived, after))) == after
    assert again.entries() == entries
