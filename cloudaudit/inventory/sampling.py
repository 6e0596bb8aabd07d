"""A uniform sample from a stream, and what it says of all: the one-sided exact (Clopper-Pearson) bound.

The bound is true only for a sample in which each object had the same chance, whatever its name. A look from random start
keys is not one: it lands before a dense run of keys as seldom as the run is short in the space of names, however many
objects lie in it.
"""

from collections.abc import Iterable
from math import exp, floor, lgamma, log, log1p, nextafter
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")

CONFIDENCE = 0.95
"""The share of samples for which the bound holds, at the least."""

LARGEST_SAMPLE = 2**53
"""The largest answer of ``needed``; no bucket holds as many objects."""


class Reservoir(Generic[T]):
    """A uniform sample without replacement of what is offered, in memory of its own size alone.

    Algorithm L (https://dl.acm.org/doi/10.1145/198429.198435): it draws how many to pass over, so that a random number
    is drawn only for what is taken. Whatever the order of the stream, each item offered so far is equally likely to be
    in ``items``.
    """

    def __init__(self, size: int, random: Random) -> None:
        """Make room for ``size`` items.

        Raises:
            ValueError: ``size`` is not positive.
        """
        if size < 1:
            message = f"a sample of {size} holds nothing"
            raise ValueError(message)
        self._size = size
        self._random = random
        self._items: list[T] = []
        self._seen = 0
        self._weight = 1.0
        self._next: int = size

    @property
    def items(self) -> tuple[T, ...]:
        """The sample; in no order that means anything."""
        return tuple(self._items)

    @property
    def seen(self) -> int:
        """How many items were offered."""
        return self._seen

    def offer(self, item: T) -> None:
        """Let one item of the stream take part in the draw."""
        if self._seen < self._size:
            self._items.append(item)
            if self._seen == self._size - 1:
                self._skip()
        elif self._seen == self._next:
            self._items[self._random.randrange(self._size)] = item
            self._next += 1
            self._skip()
        self._seen += 1

    def _skip(self) -> None:
        self._weight *= exp(log(self._chance()) / self._size)
        passing = log1p(-self._weight) if self._weight < 1 else -float("inf")
        # Once the weight is nothing beside 1 the next item lies beyond any bucket.
        passed = floor(log(self._chance()) / passing) if passing else LARGEST_SAMPLE
        self._next += int(passed)

    def _chance(self) -> float:
        """Return a number above 0, up to 1: its logarithm is asked for."""
        return 1.0 - self._random.random()


def reservoir(stream: Iterable[T], size: int, random: Random) -> tuple[tuple[T, ...], int]:
    """Return a uniform sample of a stream, of ``size`` items or all of a shorter one, and how many there were.

    Raises:
        ValueError: ``size`` is not positive.
    """
    drawn = Reservoir[T](size, random)
    for item in stream:
        drawn.offer(item)
    return drawn.items, drawn.seen


def upper_bound(found: int, examined: int, total: int, confidence: float = CONFIDENCE) -> float:
    """Return what the share of such objects among all of them is at most, with this confidence.

    It is the Clopper-Pearson bound, rounded up in its last bits; for a sample without replacement from a finite number
    it holds all the more. Where everything was examined it is the share itself.

    Args:
        found: how many of the sample are such.
        examined: the size of the sample.
        total: how many objects there are.
        confidence: the least chance, before the draw, that the bound will hold.

    Raises:
        ValueError: the numbers do not fit together, or the confidence is not between 0 and 1.
    """
    if not 0 <= found <= examined <= total or not 0 < confidence < 1:
        message = f"{found} of {examined} of {total} at {confidence} is no sample"
        raise ValueError(message)
    if examined == total:
        return found / total if total else 0.0
    if found == examined:
        return 1.0
    return _binomial_bound(found, examined, 1 - confidence)


def needed(limit: float, confidence: float = CONFIDENCE, found: int = 0) -> int:
    """Return the size of the smallest sample whose bound is at or under ``limit`` when it holds ``found`` such objects.

    Args:
        limit: a share, above 0 and under 1.
        confidence: as for ``upper_bound``.
        found: how many the sample may hold.

    Raises:
        ValueError: ``limit`` or ``confidence`` is not between 0 and 1, or no sample would do.
    """
    if not 0 < limit < 1 or not 0 < confidence < 1 or found < 0:
        message = f"no sample bounds {found} found by {limit} at {confidence}"
        raise ValueError(message)
    high = found + 1
    while _binomial_bound(found, high, 1 - confidence) > limit:
        high *= 2
        if high > LARGEST_SAMPLE:
            message = f"no sample is large enough for {limit}"
            raise ValueError(message)
    low = found
    while high - low > 1:
        middle = (low + high) // 2
        if _binomial_bound(found, middle, 1 - confidence) > limit:
            low = middle
        else:
            high = middle
    return high


def _binomial_bound(found: int, examined: int, risk: float) -> float:
    """Return the share for which so few, or fewer, would be found with the chance ``risk`` only."""
    if found == 0:
        return 1 - exp(log(risk) / examined)
    low, high = found / examined, 1.0
    # Ends when no number lies between; the upper end errs on the safe side.
    while nextafter(low, 1.0) < high:
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if _at_most(found, examined, middle) > risk:
            low = middle
        else:
            high = middle
    return high


def _at_most(found: int, examined: int, share: float) -> float:
    """Return the chance that of ``examined`` draws at most ``found`` are such."""
    ways = lgamma(examined + 1)
    chance = 0.0
    for hits in range(found + 1):
        misses = examined - hits
        chance += exp(
            ways - lgamma(hits + 1) - lgamma(misses + 1) + hits * log(share) + misses * log1p(-share)
        )
    return chance
