import pytest

from cloudaudit.clock import age_days, parse, parse_judging_time, stamp


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-21T00:00:00Z", "2026-11-21T00:00:00Z"),
        ("2026-11-21T00:00:00", "2026-11-21T00:00:00Z"),
        ("2026-11-21T09:00:00+09:00", "2026-11-21T00:00:00Z"),
        ("2026-11-21T00:00:00.123456+00:00", "2026-11-21T00:00:00Z"),
        ("2026-11-21 00:00", "2026-11-21T00:00:00Z"),
    ],
)
def test_a_date_with_a_time_of_day_is_a_time(text: str, utc: str) -> None:
    assert stamp(parse(text)) == utc


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026-W47",
        "2026-11-21",
        "20261121T000000Z",
        "2026-11-21T24:30:00Z",
        "2026-02-30T00:00:00Z",
        "0001-01-01T00:00:00+09:00",
        "9999-12-31T23:59:59-09:00",
    ],
)
def test_all_else_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text)


@pytest.mark.parametrize("year", ["0001", "1969", "3000", "9999"])
def test_ages_are_judged_far_from_the_ends_of_the_calendar(year: str) -> None:
    text = f"{year}-06-15T00:00:00Z"
    assert parse(text).year == int(year)
    with pytest.raises(ValueError, match="not in the years 1970 to 2999"):
        parse_judging_time(text)


def test_ages_are_whole_days() -> None:
    now = parse_judging_time("2026-11-21T00:00:00Z")
    assert age_days("2026-11-19T00:00:01Z", now) == 1
    assert age_days("2026-11-22T00:00:00Z", now) == -1
