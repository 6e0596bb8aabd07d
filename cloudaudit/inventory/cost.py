"""What looking at objects would take at the least and at the most, where nobody tells how many there are. Pure."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from cloudaudit.inventory.plan import Choice, ObjectsWish, Way
from cloudaudit.text import Text

A_PAGE = 1_000
"""Objects in a page of a listing."""
CALL_SECONDS = 0.05
"""How long a request is held to take."""
DELIVERY_LISTINGS = 1
DELIVERY_READS = 3
"""Of an inventory at the least: the listing of its deliveries, then checksum, manifest and one file."""


class Prices(Struct, frozen=True, kw_only=True):
    """Prices in USD without tax, for objects of the standard storage class.

    Attributes:
        listing: of 1,000 requests that list objects.
        reading: of 1,000 requests that ask for one object, its head or its ACL.
        out: of a GB that leaves the region for the Internet; within the region it is free.
    """

    listing: float
    reading: float
    out: float


class PriceList(Struct, frozen=True, kw_only=True):
    """One provider's prices.

    Attributes:
        as_of: the day for which they hold.
        source: where to see whether they still do.
        regions: by region; ``*`` for those that are not named.
        besides: what is not in them.
    """

    as_of: str
    source: str
    regions: Mapping[str, Prices]
    besides: Text

    def of(self, region: str) -> Prices:
        """Return the prices of a region."""
        return self.regions.get(region) or self.regions["*"]


class Look(Struct, frozen=True, kw_only=True):
    """One bucket and how its objects would be looked at.

    Attributes:
        each: requests for each object besides the listing.
    """

    bucket: str
    region: str
    choice: Choice
    each: int


class Pace(Struct, frozen=True, kw_only=True):
    """How fast requests may be sent: so many at once, and so many a second (None for no limit)."""

    concurrency: int
    max_rps: float | None = None

    @property
    def rate(self) -> float:
        """Requests a second."""
        at_once = self.concurrency / CALL_SECONDS
        return at_once if self.max_rps is None else min(self.max_rps, at_once)

    @property
    def one_by_one(self) -> float:
        """Requests a second where each waits for the one before, as the pages of one listing do."""
        alone = 1 / CALL_SECONDS
        return alone if self.max_rps is None else min(self.max_rps, alone)


class Requests(Struct, frozen=True, kw_only=True):
    """Requests by what they are charged as."""

    listing: int = 0
    reading: int = 0

    @property
    def all(self) -> int:
        """Their number."""
        return self.listing + self.reading


class BucketCost(Struct, frozen=True, kw_only=True):
    """What one bucket would take.

    Attributes:
        least: requests at the least.
        small: requests at the most, if it has no more objects than the limit; None where the limit decides nothing.
        least_cost: USD.
        small_cost: USD; None as ``small``.
    """

    look: Look
    least: Requests
    small: Requests | None
    least_cost: float
    small_cost: float | None


class Cost(Struct, frozen=True, kw_only=True):
    """What a run would take.

    Attributes:
        least: requests at the least.
        most: requests at the most: the budget ends every run.
        least_cost: USD.
        most_cost: USD: the budget at the dearest price of the regions.
        least_seconds: how long the least takes.
        most_seconds: how long the most takes: where one bucket uses up the budget, its pages come one after the other.
    """

    buckets: tuple[BucketCost, ...]
    least: int
    most: int
    least_cost: float
    most_cost: float
    least_seconds: float
    most_seconds: float


def cost_of(looks: Iterable[Look], wish: ObjectsWish, pace: Pace, prices: PriceList) -> Cost:
    """Return what looking at the objects would take.

    How many objects a bucket has is not known before it is listed, so what is said of it are bounds.
    """
    buckets = tuple(_bucket(look, wish, prices) for look in looks)
    looked = [each for each in buckets if each.look.choice.way in {Way.INVENTORY, Way.LISTING}]
    listed = any(each.look.choice.way is Way.LISTING for each in looked)
    least = sum(each.least.all for each in buckets)
    most = wish.budget if looked else 0
    dearest = max((prices.of(each.look.region).listing for each in looked), default=0.0)
    rate = pace.one_by_one if listed else pace.rate
    return Cost(
        buckets=buckets,
        least=min(least, most),
        most=most,
        least_cost=sum(each.least_cost for each in buckets),
        most_cost=most * dearest / 1_000,
        least_seconds=least / pace.rate,
        most_seconds=most / rate,
    )


def _bucket(look: Look, wish: ObjectsWish, prices: PriceList) -> BucketCost:
    least, small = _requests(look, wish)
    of_region = prices.of(look.region)

    def cost(requests: Requests) -> float:
        return (requests.listing * of_region.listing + requests.reading * of_region.reading) / 1_000

    return BucketCost(
        look=look,
        least=least,
        small=small,
        least_cost=cost(least),
        small_cost=None if small is None else cost(small),
    )


def _requests(look: Look, wish: ObjectsWish) -> tuple[Requests, Requests | None]:
    match look.choice.way:
        case Way.INVENTORY:
            return Requests(listing=DELIVERY_LISTINGS, reading=DELIVERY_READS), None
        case Way.LISTING:
            pages = max(-(-wish.limit // A_PAGE), 1)
            return Requests(listing=1), Requests(listing=pages, reading=wish.limit * look.each)
        case Way.TABLE | Way.NONE:
            return Requests(), None
