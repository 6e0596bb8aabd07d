"""What an estimate adds up to, and how it is told."""

import pytest

from cloudaudit.cli.forecasting import told
from cloudaudit.facts import Cause, Fact, Unread
from cloudaudit.inventory.forecast import BucketEstimate, Estimate, Line, Price
from cloudaudit.testing import denied, read, unread
from cloudaudit.text import Text

CHEAP = Price(usd=0.005, as_of="2026-09-20", source="https://prices.example")
DEAR = Price(usd=0.1, as_of="2026-09-20", source="https://prices.example", verified=False)
WHY = Text(en="a listing", ja="一覧の取得")


def bucket(name: str, objects: Fact[int], requests: int = 0, price: Price = CHEAP) -> BucketEstimate:
    lines = (Line(operation="list", requests=requests, price=price),) if requests else ()
    return BucketEstimate(name=name, objects=objects, lines=lines, why=WHY)


def of(
    *buckets: BucketEstimate,
    budget: int = 1_000_000,
    max_rps: float | None = None,
    unlisted: tuple[Unread, ...] = (),
) -> Estimate:
    return Estimate(
        buckets=buckets,
        unlisted=unlisted,
        max_rps=max_rps,
        assumed=Text(en="Assumed: much.", ja="前提あり"),
        seconds_a_request=0.5,
        concurrency=4,
        budget=budget,
    )


def lines(found: Estimate) -> str:
    texts = list(told(found))
    assert all(text.ja for text in texts)
    return "\n".join(text.en for text in texts)


def test_requests_and_charges_add_up() -> None:
    found = of(bucket("a", read(2_000_000), 2_000), bucket("b", read(1), 1, DEAR))
    assert (found.objects, found.requests) == (2_000_001, 2_001)
    assert found.usd == pytest.approx(0.01 + 0.0001)
    text = lines(found)
    assert "In all 2,001 requests for 2,000,001 objects in 2 buckets, about 17 min, about 0.0101 USD." in text
    assert "0.1 USD for 1,000 requests (https://prices.example, 2026-09-20, not checked)" in text


def test_the_pages_of_one_bucket_follow_each_other_and_buckets_do_not() -> None:
    assert of(bucket("a", read(1), 100)).seconds == 50
    assert of(*(bucket(str(number), read(1), 25) for number in range(4))).seconds == 13
    assert of().seconds == 0
    assert of(bucket("a", read(1), 100), max_rps=1).seconds == 100


@pytest.mark.parametrize(("requests", "time"), [(20, "10 s"), (600, "5 min"), (72_000, "10.0 h")])
def test_time_is_told_in_fitting_units(requests: int, time: str) -> None:
    assert f"about {time}," in lines(of(bucket("a", read(1), requests)))


def test_what_is_not_known_is_told_and_not_counted() -> None:
    found = of(bucket("a", denied("monitoring.timeSeries.list")), unlisted=(unread(Cause.DENIED),))
    assert [each.name for each in found.uncounted] == ["a"]
    text = lines(found)
    assert "objects are not counted: the read was denied" in text
    assert "1 buckets are not counted and not in the sum" in text
    assert "Some buckets could not be listed" in text


def test_more_than_the_budget_is_told() -> None:
    assert "more than the 10 requests" in lines(of(bucket("a", read(1), 11), budget=10))
    assert "more than the" not in lines(of(bucket("a", read(1), 10), budget=10))


def test_only_the_largest_buckets_are_named_and_hostile_names_are_data() -> None:
    text = lines(of(*(bucket(f"b{number:02}\x1b[31m", read(1), number + 1) for number in range(30))))
    assert "and 10 more buckets" in text
    assert "b29\\x1b[31m" in text
    assert "b05" not in text
