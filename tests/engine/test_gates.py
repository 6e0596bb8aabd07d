from collections.abc import Mapping
from typing import Any

import pytest

from cloudaudit.cli.gate_options import SEVERITIES, THEMES
from cloudaudit.diff import Changes
from cloudaudit.errors import Exit
from cloudaudit.facts import Cause
from cloudaudit.gates import Gates, reasons, with_changes
from cloudaudit.model import Severity, Theme
from cloudaudit.scoring import Measure, Score, Tally

FULL = Measure(guaranteed=90.0, best=90.0, coverage=100.0, grade="A")
SEEN = {"c": Tally(Severity.CRITICAL, Theme.SHARING, passed=1)}
BLIND = {
    "b": Tally(Severity.CRITICAL, Theme.SHARING, passed=9, not_assessed=1),
    "a": Tally(Severity.CRITICAL, Theme.SHARING, gap=True),
    "high": Tally(Severity.HIGH, Theme.SHARING, not_assessed=9),
}


def codes(given: Gates | None = None, **facts: Any) -> list[int]:
    return [reason.code for reason in told(given, **facts)]


def told(
    given: Gates | None = None,
    *,
    overall: Measure = FULL,
    failures: Mapping[str, int] | None = None,
    tallies: Mapping[str, Tally] = SEEN,
    causes: Mapping[Cause, int] | None = None,
    stopped: str | None = None,
) -> Any:
    return reasons(
        given or Gates(),
        score=Score(overall=overall, themes={}, without_waivers=overall),
        failures={Theme.SHARING: dict(failures or {})},
        tallies=tallies,
        causes=causes or {},
        stopped=stopped,
    )


def test_a_clean_run_has_no_reason() -> None:
    assert told() == ()


@pytest.mark.parametrize(
    ("fail_on", "failures", "code"),
    [
        (Severity.HIGH, {"critical": 1}, [Exit.FINDINGS]),
        (Severity.HIGH, {"high": 1}, [Exit.FINDINGS]),
        (Severity.HIGH, {"medium": 5, "low": 1, "info": 1}, []),
        (Severity.CRITICAL, {"high": 1}, []),
        (Severity.INFO, {"info": 1}, [Exit.FINDINGS]),
        (Severity.LOW, {}, []),
    ],
)
def test_failures_count_from_the_severity_asked_for(
    fail_on: Severity, failures: dict[str, int], code: list[int]
) -> None:
    assert codes(Gates(fail_on=fail_on), failures=failures) == code


def test_the_failures_are_counted() -> None:
    (reason,) = told(failures={"critical": 2, "high": 3, "low": 9})
    assert reason.reason.en == "failures of severity high or above: 5"
    assert "5 件" in reason.reason.ja


def test_a_critical_check_not_wholly_assessed_is_incomplete_and_named() -> None:
    (reason,) = told(tallies=BLIND)
    assert reason.code == Exit.INCOMPLETE
    assert reason.reason.en.endswith(": a, b")


@pytest.mark.parametrize(("least", "code"), [(100.0, [Exit.INCOMPLETE]), (80.0, []), (79.9, [])])
def test_a_coverage_asked_for_takes_the_place_of_that_rule(least: float, code: list[int]) -> None:
    eighty = Measure(guaranteed=1.0, best=1.0, coverage=80.0, grade="E")
    assert codes(Gates(min_coverage=least), overall=eighty, tallies=BLIND) == code


@pytest.mark.parametrize("given", [Gates(), Gates(min_coverage=0.0)])
def test_nothing_assessed_is_incomplete_whatever_was_asked_for(given: Gates) -> None:
    assert codes(given, overall=Measure(), tallies={}) == [Exit.INCOMPLETE]


def test_a_crash_is_incomplete() -> None:
    assert codes(causes={Cause.CRASH: 2, Cause.DENIED: 9}) == [Exit.INCOMPLETE]
    assert codes(causes={Cause.DENIED: 9}) == []


@pytest.mark.parametrize(
    ("stopped", "code", "says"),
    [
        ("expired", Exit.INCOMPLETE, "expired"),
        ("interrupted", Exit.INTERRUPTED, "interrupted"),
        ("", Exit.INCOMPLETE, "interrupted"),
    ],
)
def test_a_run_that_stopped_early_is_not_whole_and_says_how_to_go_on(
    stopped: str, code: Exit, says: str
) -> None:
    (reason,) = told(stopped=stopped)
    assert reason.code == code
    assert says in reason.reason.en
    assert "--resume" in reason.reason.en
    assert "--resume" in reason.reason.ja


def test_every_reason_is_kept_and_the_incomplete_ones_come_first() -> None:
    found = told(failures={"high": 1}, tallies=BLIND, causes={Cause.CRASH: 1}, stopped="expired")
    assert [reason.code for reason in found] == [3, 3, 3, 1]
    assert len({reason.reason.en for reason in found}) == 4
    assert all(reason.reason.ja for reason in found)


def test_an_interruption_decides_before_all_else() -> None:
    assert codes(failures={"high": 1}, tallies=BLIND, stopped="interrupted") == [130, 3, 1]


def by_theme(failures: Mapping[Theme, Mapping[str, int]], gates: Gates, **facts: Any) -> list[str]:
    score = facts.pop("score", Score(overall=FULL, themes={}, without_waivers=FULL))
    found = reasons(
        gates, score=score, failures=failures, tallies=SEEN, causes={}, stopped=facts.pop("stopped", None)
    )
    return [f"{one.code} {one.reason.en}" for one in found]


FAILING = {Theme.SHARING: {"medium": 2, "low": 1}, Theme.MFA: {"high": 1, "medium": 4}}


@pytest.mark.parametrize(
    ("gates", "said"),
    [
        (Gates(fail_on=None), []),
        (Gates(fail_on=Severity.MEDIUM), ["1 failures of severity medium or above: 7"]),
        (
            Gates(fail_on_themes={Theme.SHARING: Severity.LOW}),
            [
                "1 failures of severity high or above: 1",
                "1 failures of severity low or above in Public sharing: 3",
            ],
        ),
        (Gates(fail_on_themes={Theme.MFA: None}), []),
        (Gates(fail_on=None, fail_on_themes={Theme.MFA: Severity.CRITICAL}), []),
        (Gates(fail_on=Severity.INFO, only_new=True), []),
    ],
)
def test_a_theme_may_have_a_limit_of_its_own(gates: Gates, said: list[str]) -> None:
    assert by_theme(FAILING, gates) == said


def test_scores_and_coverage_are_required_overall_and_by_theme() -> None:
    low = Measure(guaranteed=62.5, best=90.0, coverage=70.0, grade="C")
    score = Score(
        overall=FULL, themes={"sharing": low, "mfa": FULL, "backup": Measure()}, without_waivers=FULL
    )
    gates = Gates(
        min_score=90.1,
        min_score_themes={Theme.SHARING: 62.6, Theme.MFA: 90.0},
        min_coverage_themes={Theme.SHARING: 70.1, Theme.BACKUP: 1, Theme.NETWORK: 1},
    )
    assert by_theme({}, gates, score=score) == [
        "3 coverage of Public sharing is 70.0 %, below the required 70.1 %",
        "3 nothing could be assessed of Backup, of which a score or coverage is required",
        "3 nothing could be assessed of Network, of which a score or coverage is required",
        "1 the guaranteed score is 90, below the required 90.1",
        "1 the guaranteed score of Public sharing is 62.5, below the required 62.6",
    ]
    assert by_theme({}, Gates(min_score=90, min_score_themes={Theme.MFA: 90}), score=score) == []


def changes(failures: Mapping[Theme, Mapping[str, int]]) -> Changes:
    return Changes(
        since="2026-11-20T00:00:00Z",
        before=FULL,
        counts={},
        regressed=0,
        examples={},
        new_resources=0,
        gone_resources=0,
        other_checks=False,
        other_policy=False,
        failures=failures,
        lines=lambda: iter(()),
        came=lambda: iter(()),
        went=lambda: iter(()),
    )


def test_only_new_failures_count_where_that_is_asked_for() -> None:
    gates = Gates(fail_on=Severity.MEDIUM, only_new=True)
    incomplete = reasons(
        gates,
        score=Score(overall=FULL, themes={}, without_waivers=FULL),
        failures=FAILING,
        tallies=BLIND,
        causes={},
        stopped=None,
    )
    assert [one.code for one in incomplete] == [3]
    found = with_changes(gates, incomplete, changes({Theme.MFA: {"medium": 1, "low": 5}}))
    assert [one.code for one in found] == [3, 1]
    assert found[1].reason.en == (
        "new or worse failures of severity medium or above since 2026-11-20 00:00:00 UTC: 1"
    )
    assert "前回(2026-11-20 09:00:00 JST (+09:00))以降" in found[1].reason.ja
    assert with_changes(gates, incomplete, changes({Theme.MFA: {"low": 5}})) == incomplete
    assert with_changes(Gates(), incomplete, changes(FAILING)) == incomplete


def test_the_themes_of_the_command_line_are_those_of_the_model() -> None:
    assert tuple(theme.value for theme in Theme) == THEMES
    assert tuple(severity.value for severity in Severity) == SEVERITIES
