"""What looking at objects would take, told before any is looked at: requests, time and the provider's charge. Pure."""

from math import ceil

from msgspec import Struct

from cloudaudit.facts import Fact, Read, Unread
from cloudaudit.text import Text


class Price(Struct, frozen=True, kw_only=True):
    """What a provider charges for a thousand requests of one kind.

    Attributes:
        usd: dollars for a thousand.
        as_of: the day on which that was read, ``2026-09-20``.
        source: where.
        verified: whether the number itself was seen there on that day, and not only worked out from others.
    """

    usd: float
    as_of: str
    source: str
    verified: bool = True


class Line(Struct, frozen=True, kw_only=True):
    """One kind of request of one bucket."""

    operation: str
    requests: int
    price: Price

    @property
    def usd(self) -> float:
        """What it costs."""
        return self.requests * self.price.usd / 1_000


class BucketEstimate(Struct, frozen=True, kw_only=True):
    """What one bucket would take.

    Attributes:
        objects: how many the provider last counted; Unread where it does not tell, and then nothing is worked out.
        lines: requests by kind; those of one kind follow one another unless ``beside``.
        why: how the bucket would be looked at.
        beside: whether its requests can be sent beside each other.
    """

    name: str
    objects: Fact[int]
    lines: tuple[Line, ...]
    why: Text
    beside: bool = False

    @property
    def requests(self) -> int:
        """All of its requests."""
        return sum(line.requests for line in self.lines)

    @property
    def usd(self) -> float:
        """What they cost."""
        return sum(line.usd for line in self.lines)


class Estimate(Struct, frozen=True, kw_only=True):
    """What all buckets would take.

    Attributes:
        buckets: in no order.
        unlisted: buckets that could not be listed, so that the truth is more.
        assumed: what the numbers rest on.
        seconds_a_request: how long one is taken to last.
        concurrency: how many are sent beside each other.
        max_rps: how many may be sent a second; None for no limit.
        budget: how many may be sent in all; more are cut off.
    """

    buckets: tuple[BucketEstimate, ...]
    unlisted: tuple[Unread, ...]
    assumed: Text
    seconds_a_request: float
    concurrency: int
    max_rps: float | None
    budget: int

    @property
    def requests(self) -> int:
        """All requests, were there no budget."""
        return sum(bucket.requests for bucket in self.buckets)

    @property
    def usd(self) -> float:
        """What they cost."""
        return sum(bucket.usd for bucket in self.buckets)

    @property
    def objects(self) -> int:
        """All objects that are counted."""
        return sum(bucket.objects.value for bucket in self.buckets if isinstance(bucket.objects, Read))

    @property
    def uncounted(self) -> tuple[BucketEstimate, ...]:
        """The buckets of which nobody knows how many objects they hold."""
        return tuple(bucket for bucket in self.buckets if isinstance(bucket.objects, Unread))

    @property
    def seconds(self) -> int:
        """How long it lasts: the pages of one bucket follow each other, buckets are looked at beside each other."""
        longest = max((bucket.requests for bucket in self.buckets if not bucket.beside), default=0)
        busy = max(longest, self.requests / self.concurrency) * self.seconds_a_request
        return ceil(max(busy, self.requests / self.max_rps) if self.max_rps else busy)

    @property
    def prices(self) -> tuple[Price, ...]:
        """The prices that were used, each once."""
        return tuple(dict.fromkeys(line.price for bucket in self.buckets for line in bucket.lines))
