"""What changed between two assessments: nothing is called fixed that was only not looked at."""

import io
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from markdown_it import MarkdownIt

from cloudaudit import discovery
from cloudaudit.assessment import Assessment, Counts, FailingSince
from cloudaudit.changes_text import print_text, write_json
from cloudaudit.diff import EXAMPLES, Change, ChangedFinding, Changes, comparison
from cloudaudit.errors import UsageError
from cloudaudit.facts import Cause
from cloudaudit.mask import Masker
from cloudaudit.model import Finding, Gap, ResourceRef, Severity, Status
from cloudaudit.reporting import ReportOptions
from cloudaudit.result import open_result

Build = Callable[..., Assessment]


def compare(before: Assessment, now: Assessment) -> Changes:
    with comparison(before, now) as changes:
        return changes


def changed(finding: Finding, **fields: Any) -> Finding:
    return msgspec.structs.replace(finding, **fields)


@pytest.fixture
def one(sample: Any) -> Finding:
    found: Finding = next(iter(sample.assessment.findings()))
    return found


@pytest.fixture
def build(sample: Any) -> Build:
    """Returns an assessment of these findings, on their own resources or on those given."""

    def made(
        *findings: Finding,
        resources: Iterable[ResourceRef] | None = None,
        gaps: tuple[Gap, ...] = (),
        narrowed: bool = False,
        checks: tuple[str, ...] | None = None,
        **fields: Any,
    ) -> Assessment:
        refs = tuple(
            dict.fromkeys(finding.resource for finding in findings) if resources is None else resources
        )
        base: Assessment = sample.assessment
        scope = msgspec.structs.replace(base.scope, narrowed=narrowed)
        if checks is not None:
            scope = msgspec.structs.replace(scope, checks=checks)
        return replace(
            base,
            findings=lambda: iter(findings),
            resources=lambda: iter(refs),
            gaps=gaps,
            scope=scope,
            **fields,
        )

    return made


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        (Status.PASS, Status.FAIL, Change.NEW),
        (Status.NOT_APPLICABLE, Status.FAIL, Change.NEW),
        (Status.WAIVED, Status.FAIL, Change.NEW),
        (None, Status.FAIL, Change.NEW),
        (Status.NOT_ASSESSED, Status.FAIL, Change.UNCOVERED),
        (Status.FAIL, Status.FAIL, Change.STILL),
        (Status.FAIL, Status.PASS, Change.FIXED),
        (Status.FAIL, Status.WAIVED, Change.WAIVED),
        (Status.FAIL, Status.NOT_APPLICABLE, Change.NOT_APPLICABLE),
        (Status.FAIL, Status.NOT_ASSESSED, Change.BLIND),
        (Status.PASS, Status.NOT_ASSESSED, Change.BLIND),
        (Status.FAIL, None, Change.GONE),
        (Status.PASS, None, None),
        (Status.PASS, Status.PASS, None),
        (Status.NOT_ASSESSED, Status.NOT_ASSESSED, None),
        (Status.NOT_ASSESSED, Status.PASS, None),
        (None, Status.PASS, None),
    ],
)
def test_what_became_of_a_finding(
    build: Build, one: Finding, before: Status | None, now: Status | None, change: Change | None
) -> None:
    earlier = build(*([changed(one, status=before)] if before else []))
    later = build(*([changed(one, status=now)] if now else []))
    assert compare(earlier, later).counts == ({change: 1} if change else {})


def gap(one: Finding, **fields: Any) -> Gap:
    given: dict[str, Any] = {
        "of": one.resource.kind,
        "region": "global",
        "cause": Cause.DENIED,
        "operation": "list",
        **fields,
    }
    return Gap(**given)


def test_a_failure_is_not_gone_where_nobody_looked(build: Build, one: Finding) -> None:
    earlier = build(one)
    there = (one.resource,)
    for later, change in (
        (build(checks=()), Change.OUT_OF_SCOPE),
        (build(narrowed=True), Change.OUT_OF_SCOPE),
        (build(gaps=(gap(one),)), Change.BLIND),
        (build(gaps=(gap(one, region=one.resource.region),)), Change.BLIND),
        (build(gaps=(gap(one, region="elsewhere"),)), Change.GONE),
        (build(gaps=(gap(one, account="999999999999"),)), Change.GONE),
        (build(gaps=(gap(one, of="another"),)), Change.GONE),
        (build(resources=there), Change.BLIND),
    ):
        assert compare(earlier, later).counts == {change: 1}


def test_a_failure_is_not_new_where_nobody_had_looked(build: Build, one: Finding) -> None:
    later = build(one)
    for earlier in (build(checks=()), build(narrowed=True), build(gaps=(gap(one),))):
        assert compare(earlier, later).counts == {Change.UNCOVERED: 1}


def test_a_failure_is_worse_with_a_higher_severity_or_another_failing_part(sample: Any, build: Build) -> None:
    one = next(finding for finding in sample.assessment.findings() if finding.sub_findings)
    (part,) = one.sub_findings
    other = msgspec.structs.replace(part, id="e" * 32)
    passing = msgspec.structs.replace(other, status=Status.PASS)

    def became(**fields: Any) -> dict[Change, int]:
        return dict(compare(build(one), build(changed(one, **fields))).counts)

    assert became(severity=Severity.CRITICAL) == {Change.WORSE: 1}
    assert became(severity=Severity.LOW) == {Change.STILL: 1}
    assert became(sub_findings=(part, other)) == {Change.WORSE: 1}
    assert became(sub_findings=(part, passing)) == {Change.STILL: 1}
    assert became(sub_findings=()) == {Change.STILL: 1}


def test_resources_that_came_and_went_are_counted_where_both_were_listed(sample: Any, build: Build) -> None:
    first, second, third = tuple(sample.assessment.resources())
    earlier, later = build(resources=(first, second)), build(resources=(second, third))
    found = compare(earlier, later)
    assert (found.new_resources, found.gone_resources) == (1, 1)
    narrow = compare(earlier, replace(later, scope=msgspec.structs.replace(later.scope, narrowed=True)))
    assert (narrow.new_resources, narrow.gone_resources) == (1, 0)


def test_the_worst_are_kept_and_the_first_of_equals(build: Build, one: Finding) -> None:
    many = [
        changed(one, id=f"{number:032x}", severity=severity)
        for severity in (Severity.LOW, Severity.CRITICAL, Severity.HIGH)
        for number in range(list(Severity).index(severity) * 100, list(Severity).index(severity) * 100 + 3)
    ]
    found = compare(build(), build(*many))
    assert found.counts == {Change.NEW: 9}
    kept = found.examples[Change.NEW]
    assert [finding.severity.value for finding in kept] == ["critical"] * 3 + ["high"] * 2
    assert [finding.id for finding in kept] == [many[place].id for place in (3, 4, 5, 6, 7)]
    assert len(kept) == EXAMPLES


def test_other_checks_and_other_thresholds_are_told(build: Build) -> None:
    now = build()
    same = compare(build(), now)
    assert (same.other_checks, same.other_policy) == (False, False)
    other = compare(build(policy=(), tool=msgspec.structs.replace(now.tool, checks_digest="x")), now)
    assert (other.other_checks, other.other_policy) == (True, True)


def test_what_cannot_be_compared_is_refused_with_a_sentence(build: Build) -> None:
    now = build()
    elsewhere = replace(now, target=msgspec.structs.replace(now.target, account="999999999999"))
    for earlier, sentence in (
        (elsewhere, "name an earlier result of the same target"),
        (replace(now, taken_at="2027-01-01T00:00:00Z"), "later than the result"),
        (replace(now, masked=True), "only one has pseudonyms"),
    ):
        with pytest.raises(UsageError) as refused:
            compare(earlier, now)
        assert sentence in refused.value.diagnostics().en
    with pytest.raises(UsageError) as refused:
        compare(replace(elsewhere, masked=True), replace(now, masked=True))
    assert "another key" in refused.value.diagnostics().en


def test_masked_by_the_same_key_they_compare_as_before(sample: Any, build: Build, one: Finding) -> None:
    later = build(changed(one, status=Status.PASS))
    masker = Masker(b"k" * 32)
    plain = compare(sample.assessment, later)
    assert compare(masker.mask(sample.assessment), masker.mask(later)).counts == plain.counts


def summary(assessment: Assessment, changes: Changes, *languages: Any) -> str:
    out = io.BytesIO()
    options = ReportOptions(languages=languages)
    discovery.report("markdown").render(replace(assessment, changes=changes), options, out)
    return out.getvalue().decode()


@pytest.mark.parametrize(
    ("language", "head", "worst"),
    [
        ("en", "### What changed since 2026-11-21", "### Fix first"),
        ("ja", "### 前回(2026-11-22", "### 優先して"),
    ],
)
def test_the_summary_tells_first_what_changed_then_the_worst(
    sample: Any, build: Build, language: str, head: str, worst: str
) -> None:
    page = summary(sample.assessment, compare(build(resources=()), sample.assessment), language)
    assert 0 < page.index(head) < page.index(worst)


def test_hostile_names_and_many_changes_leave_the_summary_whole(
    sample: Any, build: Build, one: Finding
) -> None:
    hostile = msgspec.structs.replace(one.resource, name=sample.hostile * 40)
    many = [
        changed(one, id=f"{number:032x}", resource=hostile, status=status)
        for number, status in enumerate([Status.FAIL] * 50 + [Status.PASS] * 50 + [Status.NOT_ASSESSED] * 50)
    ]
    earlier = [
        changed(finding, status=Status.PASS if finding.status is Status.FAIL else Status.FAIL)
        for finding in many
    ]
    now = build(*many)
    page = summary(now, compare(build(*earlier), now), "ja", "en")
    assert len(page.encode()) < 60_000
    html = MarkdownIt("commonmark").enable("table").render(page)
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "| newly failed | 50 (regressed, that is passed before: 50) |" in page
    assert "| fixed | 50 |" in page
    assert "| no longer assessed | 50 |" in page


def lines(before: Assessment, now: Assessment) -> list[ChangedFinding]:
    with comparison(before, now) as changes:
        return list(changes.lines())


def test_what_passed_before_is_told_apart_among_the_new(build: Build, one: Finding) -> None:
    now = build(one)
    assert compare(build(changed(one, status=Status.PASS)), now).regressed == 1
    for before in (build(), build(changed(one, status=Status.WAIVED))):
        found = compare(before, now)
        assert (found.counts, found.regressed) == ({Change.NEW: 1}, 0)


def test_what_passed_and_is_not_told_of_any_more_is_blind_where_it_may_still_be_there(
    build: Build, one: Finding
) -> None:
    before = build(changed(one, status=Status.PASS))
    assert compare(before, build(gaps=(gap(one),))).counts == {Change.BLIND: 1}
    assert compare(before, build(resources=(one.resource,))).counts == {Change.BLIND: 1}
    assert compare(before, build(narrowed=True)).counts == {}


def test_parts_are_told_one_by_one(sample: Any, build: Build) -> None:
    one = next(finding for finding in sample.assessment.findings() if finding.sub_findings)
    (part,) = one.sub_findings

    def sub(letter: str, status: Status) -> Any:
        return msgspec.structs.replace(part, id=letter * 32, key=letter, status=status)

    before = changed(one, sub_findings=(sub("a", Status.FAIL), sub("b", Status.FAIL), sub("c", Status.FAIL)))
    now = changed(one, sub_findings=(sub("a", Status.FAIL), sub("b", Status.PASS), sub("d", Status.FAIL)))
    (line,) = lines(build(before, taken_at="2026-01-01T00:00:00Z"), build(now))
    assert line.change is Change.WORSE
    assert {told.key: (told.change, told.since[:4]) for told in line.parts} == {
        "a": (Change.STILL, "2026"),
        "b": (Change.FIXED, ""),
        "c": (Change.GONE, ""),
        "d": (Change.NEW, "2026"),
    }
    assert next(told.since for told in line.parts if told.key == "a") == "2026-01-01T00:00:00Z"


def test_since_when_goes_from_result_to_result(build: Build, one: Finding, tmp_path: Path) -> None:
    nights = [f"2026-02-0{day}T00:00:00Z" for day in (1, 2, 3)]
    before = build(one, taken_at=nights[0])
    for night in nights[1:]:
        now = build(one, taken_at=night)
        with comparison(before, now) as changes:
            (line,) = changes.lines()
            assert (line.change, line.since) == (Change.STILL, nights[0])
            known = list(changes.failing_since())
        told = io.BytesIO()
        remembered = replace(now, failing_since=partial(iter, known))
        discovery.report("json").render(
            replace(remembered, counts=Counts(fail=1, by_severity={"critical": 1})), ReportOptions(), told
        )
        path = tmp_path / f"{night[:10]}.json"
        path.write_bytes(told.getvalue())
        with open_result(path) as again:
            assert [each.since for each in again.failing_since()] == [nights[0]]
            before = replace(build(one, taken_at=night), failing_since=partial(iter, known))


def test_a_history_knows_more_than_the_earlier_result(build: Build, one: Finding) -> None:
    known = (FailingSince(id=one.id, since="2025-12-31T00:00:00Z"),)
    now = build(one, failing_since=lambda: iter(known))
    (line,) = lines(build(changed(one, status=Status.NOT_ASSESSED)), now)
    assert (line.change, line.since) == (Change.UNCOVERED, "2025-12-31T00:00:00Z")
    (line,) = lines(build(one, taken_at="2026-01-01T00:00:00Z"), now)
    assert (line.change, line.since) == (Change.STILL, "2025-12-31T00:00:00Z")


@pytest.mark.parametrize(
    ("change", "worse"),
    [
        (Status.FAIL, False),
        (Status.PASS, False),
        (Status.WAIVED, False),
        (Status.NOT_ASSESSED, True),
    ],
)
def test_nothing_that_is_not_known_any_more_counts_as_no_worse(
    build: Build, one: Finding, change: Status, *, worse: bool
) -> None:
    assert compare(build(one), build(changed(one, status=change))).got_worse is worse
    assert compare(build(changed(one, status=Status.PASS)), build(one)).got_worse


@pytest.mark.parametrize("language", ["en", "ja"])
def test_text_and_json_tell_everything_and_hostile_names_steer_nothing(
    sample: Any, build: Build, one: Finding, language: Any
) -> None:
    hostile = msgspec.structs.replace(one.resource, name=sample.hostile)
    now = build(*(changed(one, id=f"{number:032x}", resource=hostile) for number in range(30)))
    with comparison(build(resources=()), now) as changes:
        text = "\n".join(print_text(now, changes, language))
        out = io.BytesIO()
        write_json(now, changes, out)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert len(text.splitlines()) < 40
    told = json.loads(out.getvalue())
    assert told["counts"] == {"new": 30}
    assert len(told["findings"]) == 30
    assert len(told["new_resources"]) == 1
    assert told["got_worse"] is True
