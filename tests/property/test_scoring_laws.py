"""Laws of the score that need no snapshot."""

from hypothesis import given
from hypothesis import strategies as st

from cloudaudit.model import Severity, Theme
from cloudaudit.scoring import Measure, Tally, score

COUNTS = st.integers(0, 5)
TALLIES = st.builds(
    Tally,
    severity=st.sampled_from(Severity),
    theme=st.sampled_from(Theme),
    gap=st.booleans(),
    passed=COUNTS,
    failed=COUNTS,
    not_assessed=COUNTS,
    not_applicable=COUNTS,
    waived=COUNTS,
)
SETS = st.lists(TALLIES, max_size=6).map(
    lambda made: {str(number): tally for number, tally in enumerate(made)}
)


def measures(tallies: dict[str, Tally]) -> list[Measure]:
    total = score(tallies)
    return [total.overall, total.without_waivers, *total.themes.values()]


@given(SETS)
def test_a_score_is_all_there_or_absent_and_in_its_bounds(tallies: dict[str, Tally]) -> None:
    for measure in measures(tallies):
        numbers = (measure.guaranteed, measure.best, measure.coverage)
        if measure.guaranteed is None or measure.best is None or measure.coverage is None:
            assert numbers == (None, None, None)
            assert measure.grade is None
        else:
            assert 0 <= measure.guaranteed <= measure.best <= 100
            assert 0 <= measure.coverage <= 100
            assert measure.grade is not None
            assert measure.grade in "ABCDE"


@given(SETS)
def test_whole_coverage_leaves_nothing_to_guess(tallies: dict[str, Tally]) -> None:
    for measure in measures(tallies):
        if measure.coverage == 100:
            assert measure.guaranteed == measure.best


@given(SETS)
def test_waiving_never_makes_the_score_without_waivers_better(tallies: dict[str, Tally]) -> None:
    total = score(tallies)
    with_waivers, without = total.overall.guaranteed, total.without_waivers.guaranteed
    if with_waivers is not None and without is not None:
        assert without <= with_waivers


@given(SETS)
def test_ten_of_everything_scores_like_one(tallies: dict[str, Tally]) -> None:
    many = {
        name: Tally(
            tally.severity,
            tally.theme,
            gap=tally.gap,
            passed=tally.passed * 10,
            failed=tally.failed * 10,
            not_assessed=tally.not_assessed * 10,
            not_applicable=tally.not_applicable * 10,
            waived=tally.waived * 10,
        )
        for name, tally in tallies.items()
    }
    assert score(many) == score(tallies)


@given(SETS)
def test_the_order_of_checks_does_not_matter(tallies: dict[str, Tally]) -> None:
    assert score(dict(reversed(list(tallies.items())))) == score(tallies)
