"""The bound of a random sample: it holds as often as it says, however a bucket is made up; a look from random keys does not.

Every draw has a fixed seed. How many misses are still chance is worked out exactly: with ``tolerated`` as the limit a
right bound fails here once in a billion seeds.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from fractions import Fraction
from math import ceil, comb
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudaudit.inventory.sampling import Reservoir, needed, reservoir, upper_bound

OBJECTS = 2_000
SAMPLE = 60
TRIALS = 600
BY_CHANCE = Fraction(1, 10**9)

Bucket = Callable[[int, Random], list[bool]]
"""Makes a bucket with so many bad objects: for each key in order, whether it is bad."""


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - a draw that can be repeated is what a test needs


def tolerated(trials: int, chance: Fraction) -> int:
    """Return the number of events that is exceeded with a chance of ``BY_CHANCE`` at most."""
    left = Fraction(1)
    hits, scale = chance.numerator, chance.denominator
    for events in range(trials + 1):
        left -= Fraction(
            comb(trials, events) * hits**events * (scale - hits) ** (trials - events), scale**trials
        )
        if left <= BY_CHANCE:
            return events
    return trials


def scattered(bad: int, random: Random) -> list[bool]:
    chosen = set(random.sample(range(OBJECTS), bad))
    return [place in chosen for place in range(OBJECTS)]


def a_dense_run(bad: int, random: Random) -> list[bool]:
    start = random.randrange(OBJECTS - bad)
    return [start <= place < start + bad for place in range(OBJECTS)]


def at_the_beginning(bad: int, _: Random) -> list[bool]:
    return [place < bad for place in range(OBJECTS)]


def at_the_end(bad: int, _: Random) -> list[bool]:
    return [place >= OBJECTS - bad for place in range(OBJECTS)]


def periodic(bad: int, random: Random) -> list[bool]:
    step, start = OBJECTS // bad, random.randrange(OBJECTS)
    chosen = {(start + step * turn) % OBJECTS for turn in range(bad)}
    return [place in chosen for place in range(OBJECTS)]


MADE_UP: tuple[Bucket, ...] = (scattered, a_dense_run, at_the_beginning, at_the_end, periodic)


def misses(make: Bucket, bad: int, confidence: float, random: Random) -> int:
    """Return in how many trials the true share was above the bound."""
    wrong = 0
    for _ in range(TRIALS):
        sample, seen = reservoir(make(bad, random), SAMPLE, random)
        wrong += bad / seen > upper_bound(sum(sample), SAMPLE, seen, confidence)
    return wrong


def just_above(found: int, confidence: float) -> int:
    """Return the number of bad objects whose share is just above a bound, where it misses most often."""
    return ceil(upper_bound(found, SAMPLE, OBJECTS, confidence) * OBJECTS) + 1


@pytest.mark.parametrize("make", MADE_UP)
@pytest.mark.parametrize("bad", [1, just_above(0, 0.95), just_above(2, 0.95)])
def test_the_bound_holds_in_at_least_95_percent_of_samples(make: Bucket, bad: int) -> None:
    assert misses(make, bad, 0.95, seeded(bad)) <= tolerated(TRIALS, Fraction(5, 100))


def test_the_trials_would_show_a_bound_that_promises_too_much() -> None:
    bad = just_above(0, 0.85)
    assert misses(a_dense_run, bad, 0.85, seeded(1)) > tolerated(TRIALS, Fraction(5, 100))


def test_every_place_in_the_stream_is_equally_likely_to_be_drawn() -> None:
    places, size, trials = 40, 8, 2_000
    random = seeded(7)
    drawn = [0] * places
    for _ in range(trials):
        for place in reservoir(range(places), size, random)[0]:
            drawn[place] += 1
    most = tolerated(trials, Fraction(size, places))
    fewest = trials - tolerated(trials, 1 - Fraction(size, places))
    assert all(fewest <= times <= most for times in drawn)


def test_pairs_are_drawn_together_as_often_as_chance_has_it() -> None:
    places, size, trials = 12, 4, 2_000
    random = seeded(11)
    together = dict.fromkeys(((a, b) for b in range(places) for a in range(b)), 0)
    for _ in range(trials):
        held = sorted(reservoir(range(places), size, random)[0])
        for index, later in enumerate(held):
            for earlier in held[:index]:
                together[earlier, later] += 1
    chance = Fraction(size * (size - 1), places * (places - 1))
    assert max(together.values()) <= tolerated(trials, chance)
    assert min(together.values()) >= trials - tolerated(trials, 1 - chance)


def look_from_random_keys(keys: list[float], looks: int, random: Random) -> Iterator[int]:
    """Yield the places of the objects that follow random start keys: one request each, no full listing."""
    for _ in range(looks):
        yield bisect_left(keys, random.random()) % len(keys)


def test_a_look_from_random_start_keys_misses_a_dense_run_and_a_uniform_sample_does_not() -> None:
    """Why such a look is called indicative: of 20,000 objects 5 % are bad, under one prefix, and it finds none of them."""
    random = seeded(2023)
    looks, trials, good, bad = 300, 120, 19_000, 1_000
    blind = missed = 0
    for _ in range(trials):
        start = random.random()
        run = [start + random.random() * 1e-6 for _ in range(bad)]
        keys = sorted([*run, *(random.random() for _ in range(good))])
        of_the_run = range(bisect_left(keys, start), bisect_left(keys, start) + bad)
        blind += not any(place in of_the_run for place in look_from_random_keys(keys, looks, random))
        sample, seen = reservoir(range(good + bad), looks, random)
        found = sum(place in of_the_run for place in sample)
        missed += bad / seen > upper_bound(found, looks, seen)
    # Taken for a sample, 0 of 300 would have claimed "at most 1 %" of what holds 5 %.
    assert upper_bound(0, looks, good + bad) < 0.01
    assert blind > 0.95 * trials
    assert missed <= tolerated(trials, Fraction(5, 100))


@given(st.integers(1, 400), st.data())
def test_the_bound_is_the_share_at_which_so_few_are_found_once_in_twenty(
    examined: int, data: st.DataObject
) -> None:
    found = data.draw(st.integers(0, examined - 1))
    bound = upper_bound(found, examined, 10**9)
    share = Fraction(bound)
    at_most = sum(
        comb(examined, hits) * share**hits * (1 - share) ** (examined - hits) for hits in range(found + 1)
    )
    assert abs(at_most - Fraction(5, 100)) < Fraction(1, 10**9)
    assert found / examined < bound < 1


@given(st.integers(0, 300), st.integers(0, 300))
def test_a_look_at_everything_tells_the_share_itself(one: int, other: int) -> None:
    found, total = sorted((one, other))
    assert upper_bound(found, total, total) == (found / total if total else 0)


@given(st.floats(1e-4, 0.9), st.integers(0, 5))
def test_the_size_that_is_needed_is_enough_and_one_less_is_not(limit: float, found: int) -> None:
    size = needed(limit, found=found)
    assert upper_bound(found, size, 10**12) <= limit
    assert size == found + 1 or upper_bound(found, size - 1, 10**12) > limit


@given(st.integers(1, 30), st.integers(0, 60), st.integers())
def test_a_reservoir_holds_what_was_offered_and_nothing_twice(size: int, offered: int, seed: int) -> None:
    drawn = Reservoir[int](size, seeded(seed))
    for item in range(offered):
        drawn.offer(item)
    assert drawn.seen == offered
    assert len(drawn.items) == len(set(drawn.items)) == min(size, offered)
    assert set(drawn.items) <= set(range(offered))
    assert reservoir(range(offered), size, seeded(seed)) == (drawn.items, offered)


@pytest.mark.parametrize(
    "sample", [(2, 1, 5, 0.95), (-1, 1, 5, 0.95), (0, 6, 5, 0.95), (0, 1, 5, 1.0), (0, 1, 5, 0.0)]
)
def test_numbers_that_are_no_sample_are_refused(sample: tuple[int, int, int, float]) -> None:
    with pytest.raises(ValueError, match="is no sample"):
        upper_bound(*sample)


@pytest.mark.parametrize(
    ("limit", "confidence", "found"), [(0, 0.95, 0), (1, 0.95, 0), (0.1, 1, 0), (0.1, 0.5, -1)]
)
def test_a_limit_that_no_sample_meets_is_refused(limit: float, confidence: float, found: int) -> None:
    with pytest.raises(ValueError, match="no sample bounds"):
        needed(limit, confidence, found)


def test_a_share_too_small_for_any_bucket_is_refused() -> None:
    with pytest.raises(ValueError, match="no sample is large enough"):
        needed(1e-300)


def test_a_sample_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="holds nothing"):
        Reservoir[int](0, seeded(1))
