"""Which way is taken for a bucket, and what it would take, decided from data alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudaudit.inventory.cost import Look, Pace, cost_of
from cloudaudit.inventory.plan import Choice, Known, Looking, ObjectsWish, Way, choose
from cloudaudit.providers.aws.prices import PRICES
from cloudaudit.text import Text

AUTO = ObjectsWish(looking=Looking.AUTO)
FRESH = Known(inventory=True, age_days=1)


@pytest.mark.parametrize(
    ("known", "way", "words"),
    [
        (FRESH, Way.INVENTORY, "1 days old"),
        (Known(inventory=True, age_days=8), Way.LISTING, "8 days old"),
        (Known(inventory=True, age_days=1, lacking=("EncryptionStatus",)), Way.LISTING, "lacks"),
        (Known(), Way.LISTING, "no delivered inventory"),
        (Known(table=True), Way.LISTING, "athena"),
    ],
)
def test_auto_takes_a_fresh_inventory_that_tells_enough_else_lists(
    known: Known, way: Way, words: str
) -> None:
    choice = choose(AUTO, known)
    assert choice.way is way
    assert words in choice.why.en
    assert choice.why.ja


def test_who_wants_inventories_only_gets_an_old_one_with_its_age_and_nothing_else() -> None:
    only = ObjectsWish(looking=Looking.INVENTORY)
    old = choose(only, Known(inventory=True, age_days=40, lacking=("ObjectAccessControlList",)))
    assert old.way is Way.INVENTORY
    assert "40 days" in old.why.en
    assert "ObjectAccessControlList" in old.why.ja
    assert choose(only, Known()).way is Way.NONE


def test_who_wants_a_listing_gets_one() -> None:
    assert choose(ObjectsWish(looking=Looking.LIST), FRESH).way is Way.LISTING


def test_athena_reads_tables_and_no_files() -> None:
    assert choose(ObjectsWish(looking=Looking.AUTO, engine="athena"), FRESH).way is Way.TABLE


# --------------------------------------------------------------------------- what it would take

WHY = Text(en="because", ja="理由")


def looked(way: Way, region: str = "us-east-1", each: int = 1) -> Look:
    return Look(bucket="b", region=region, choice=Choice(way, WHY), each=each)


def test_a_small_bucket_takes_its_pages_and_a_head_for_each_object() -> None:
    wish = ObjectsWish(looking=Looking.AUTO, limit=2_500)
    (bucket,) = cost_of([looked(Way.LISTING, each=2)], wish, Pace(concurrency=32), PRICES).buckets
    assert bucket.small is not None
    assert (bucket.small.listing, bucket.small.reading) == (3, 5_000)
    assert bucket.small_cost == pytest.approx((3 * 0.005 + 5_000 * 0.0004) / 1_000)
    assert bucket.least.all == 1


def test_prices_follow_the_region_and_one_that_is_not_listed_counts_as_the_dearest() -> None:
    tokyo, unknown = (
        cost_of([looked(Way.LISTING, region)], AUTO, Pace(concurrency=32), PRICES).most_cost
        for region in ("ap-northeast-1", "mars-north-1")
    )
    assert tokyo == pytest.approx(100_000 * 0.0047 / 1_000)
    assert unknown > tokyo
    assert PRICES.as_of
    assert PRICES.source.startswith("https://aws.amazon.com/")


def test_time_follows_the_limits_of_the_run() -> None:
    slow = cost_of([looked(Way.LISTING)], AUTO, Pace(concurrency=32, max_rps=1), PRICES)
    assert slow.most_seconds == AUTO.budget
    free = cost_of([looked(Way.INVENTORY)], AUTO, Pace(concurrency=32), PRICES)
    assert free.most_seconds < slow.most_seconds


def test_where_nothing_is_looked_at_nothing_is_charged() -> None:
    nothing = cost_of([looked(Way.NONE)], AUTO, Pace(concurrency=32), PRICES)
    assert (nothing.least, nothing.most, nothing.most_cost) == (0, 0, 0)


@given(
    st.lists(st.sampled_from(list(Way))),
    st.integers(0, 5_000),
    st.integers(1, 10_000),
    st.integers(1, 2),
)
def test_the_least_is_never_more_than_the_most(ways: list[Way], limit: int, budget: int, each: int) -> None:
    wish = ObjectsWish(looking=Looking.AUTO, limit=limit, budget=budget)
    found = cost_of([looked(way, each=each) for way in ways], wish, Pace(concurrency=8, max_rps=50), PRICES)
    assert 0 <= found.least <= found.most <= budget
    assert all(bucket.small is None or bucket.least.all <= bucket.small.all for bucket in found.buckets)
