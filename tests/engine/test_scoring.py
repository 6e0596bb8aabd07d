"""The score against numbers computed by hand: weights are 20, 12, 6, 2 and 1."""

import pytest

from cloudaudit.ids import finding_id
from cloudaudit.model import Finding, ResourceRef, Severity, Status, Theme
from cloudaudit.scoring import Measure, Tally, score
from cloudaudit.text import Text

CRITICAL, HIGH, MEDIUM, LOW, INFO = Severity


def finding(status: Status, severity: Severity = HIGH) -> Finding:
    where = ResourceRef(provider="aws", account="1", region="r", kind="k", id="i", name="n")
    return Finding(
        id=finding_id("aws", "1", "c", "i"),
        check="c",
        theme=Theme.SHARING,
        severity=severity,
        status=status,
        resource=where,
        reason=Text(en="x", ja="x"),
    )


def tally(
    severity: Severity,
    outcome: str = "",
    *,
    gap: bool = False,
    theme: Theme = Theme.SHARING,
    chosen: Severity | None = None,
) -> Tally:
    """Return a tally; each letter of the outcome is a finding: p, f, n(ot assessed), a(not applicable), w."""
    made = Tally(severity, theme, gap=gap)
    letters = {
        "p": Status.PASS,
        "f": Status.FAIL,
        "n": Status.NOT_ASSESSED,
        "a": Status.NOT_APPLICABLE,
        "w": Status.WAIVED,
    }
    for letter in outcome:
        made.add(finding(letters[letter], chosen or severity))
    return made


def measure(*tallies: Tally) -> Measure:
    return score({str(number): each for number, each in enumerate(tallies)}).overall


@pytest.mark.parametrize(
    ("tallies", "guaranteed", "best", "coverage", "grade"),
    [
        ([tally(HIGH, "p")], 100.0, 100.0, 100.0, "A"),
        ([tally(HIGH, "f")], 0.0, 0.0, 100.0, "E"),
        ([tally(HIGH, "pf")], 50.0, 50.0, 100.0, "D"),
        ([tally(HIGH, "pppf")], 75.0, 75.0, 100.0, "B"),
        ([tally(HIGH, "ppf")], 66.6, 66.6, 100.0, "C"),
        ([tally(HIGH, "pn")], 50.0, 100.0, 50.0, "D"),
        ([tally(HIGH, "pfnn")], 25.0, 75.0, 50.0, "E"),
        ([tally(HIGH, "paaaa")], 100.0, 100.0, 100.0, "A"),
        # (20*1 + 12*0.5) / 32
        ([tally(CRITICAL, "p"), tally(HIGH, "pf")], 81.2, 81.2, 100.0, "B"),
        # ten thousand buckets weigh as one check: (20*1 + 6*0) / 26
        ([tally(CRITICAL, "p"), tally(MEDIUM, "f" * 10_000)], 76.9, 76.9, 100.0, "B"),
        # (2*1 + 1*0) / 3
        ([tally(LOW, "p"), tally(INFO, "f")], 66.6, 66.6, 100.0, "C"),
        # a check that never applied has no say
        ([tally(HIGH, "p"), tally(CRITICAL, "aaa")], 100.0, 100.0, 100.0, "A"),
        ([tally(HIGH, "p"), tally(CRITICAL)], 100.0, 100.0, 100.0, "A"),
        # a gap counts 0 guaranteed, 0 covered and 1 at best, whatever else was read: (6*1 + 12*0) / 18
        ([tally(MEDIUM, "p"), tally(HIGH, "pppp", gap=True)], 33.3, 100.0, 33.3, "E"),
        ([tally(MEDIUM, "p"), tally(HIGH, "f", gap=True)], 33.3, 100.0, 33.3, "E"),
        ([tally(MEDIUM, "p"), tally(HIGH, gap=True)], 33.3, 100.0, 33.3, "E"),
        # waived leaves the score
        ([tally(HIGH, "pw")], 100.0, 100.0, 100.0, "A"),
    ],
)
def test_the_score_by_hand(
    tallies: list[Tally], guaranteed: float, best: float, coverage: float, grade: str
) -> None:
    assert measure(*tallies) == Measure(guaranteed=guaranteed, best=best, coverage=coverage, grade=grade)


@pytest.mark.parametrize(
    "tallies",
    [
        [],
        [tally(HIGH)],
        [tally(HIGH, "aaa")],
        [tally(HIGH, "nnn")],
        [tally(HIGH, gap=True)],
        [tally(HIGH, "n", gap=True), tally(CRITICAL, "a")],
    ],
)
def test_where_nothing_was_assessed_there_is_no_score(tallies: list[Tally]) -> None:
    assert measure(*tallies) == Measure()


PASSES = [tally(HIGH, "p" * 9) for _ in range(20)]
"""So much that is good that only a cap keeps the grade down."""


@pytest.mark.parametrize(
    ("one", "grade"),
    [
        (tally(CRITICAL, "p"), "A"),
        (tally(CRITICAL, "f" + "p" * 99), "D"),
        (tally(CRITICAL, "n" + "p" * 99), "D"),
        (tally(CRITICAL, "p" * 99, gap=True), "D"),
        (tally(CRITICAL, gap=True), "D"),
        (tally(CRITICAL, "f" + "p" * 99, chosen=HIGH), "A"),
        (tally(CRITICAL, "w" + "p" * 99), "A"),
        (tally(HIGH, "f" + "p" * 99), "A"),
        (tally(HIGH, "n" + "p" * 99), "A"),
    ],
)
def test_the_grade_is_capped_by_anything_critical(one: Tally, grade: str) -> None:
    assert measure(one, *PASSES).grade == grade


def test_a_cap_does_not_raise_a_grade() -> None:
    assert measure(tally(CRITICAL, "f"), tally(HIGH, "f")).grade == "E"


def test_the_score_without_waivers_counts_them_as_failures() -> None:
    total = score({"a": tally(CRITICAL, "w" + "p" * 3), "b": tally(HIGH, "p")})
    assert total.overall == Measure(guaranteed=100.0, best=100.0, coverage=100.0, grade="A")
    # (20*0.75 + 12) / 32
    assert total.without_waivers == Measure(guaranteed=84.3, best=84.3, coverage=100.0, grade="D")


def test_a_run_in_which_all_was_waived_has_no_score_but_for_the_one_without_waivers() -> None:
    total = score({"a": tally(HIGH, "ww")})
    assert total.overall == Measure()
    assert total.without_waivers == Measure(guaranteed=0.0, best=0.0, coverage=100.0, grade="E")


def test_themes_are_scored_apart_and_in_the_order_of_reports() -> None:
    total = score(
        {
            "a": tally(HIGH, "p", theme=Theme.BACKUP),
            "b": tally(HIGH, "f", theme=Theme.SHARING),
            "c": tally(HIGH, "n", theme=Theme.MFA),
        }
    )
    assert list(total.themes) == ["sharing", "mfa", "backup"]
    assert total.themes["sharing"].grade == "E"
    assert total.themes["mfa"] == Measure()
    assert total.themes["backup"].guaranteed == 100.0
    assert total.overall.guaranteed == 33.3


@pytest.mark.parametrize(
    ("passed", "failed", "grade"),
    [
        (90, 10, "A"),
        (899, 101, "B"),
        (75, 25, "B"),
        (749, 251, "C"),
        (60, 40, "C"),
        (599, 401, "D"),
        (40, 60, "D"),
        (399, 601, "E"),
    ],
)
def test_the_borders_of_the_grades(passed: int, failed: int, grade: str) -> None:
    assert measure(tally(HIGH, "p" * passed + "f" * failed)).grade == grade


def test_numbers_are_rounded_down() -> None:
    assert measure(tally(HIGH, "p" * 1999 + "f")).guaranteed == 99.9
    assert measure(tally(HIGH, "p" * 2 + "f")).guaranteed == 66.6
