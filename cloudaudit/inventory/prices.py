"""What providers charge for requests about objects, as data with a date; nobody is asked for it."""

from collections.abc import Mapping

from msgspec import Struct

from cloudaudit.text import Text


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
        besides: what costs more than this.
    """

    as_of: str
    source: str
    regions: Mapping[str, Prices]
    besides: Text

    def of(self, region: str) -> Prices:
        """Return the prices of a region."""
        return self.regions.get(region) or self.regions["*"]


VIRGINIA = Prices(listing=0.005, reading=0.0004, out=0.09)
TOKYO = Prices(listing=0.0047, reading=0.00037, out=0.114)
SAO_PAULO = Prices(listing=0.007, reading=0.00056, out=0.15)
"""The dearest region, which stands for those that are not named."""

PRICE_LISTS: Mapping[str, PriceList] = {
    "aws": PriceList(
        as_of="2025-06-01",
        source="https://aws.amazon.com/s3/pricing/",
        regions={
            "us-east-1": VIRGINIA,
            "us-east-2": VIRGINIA,
            "us-west-2": VIRGINIA,
            "ap-northeast-1": TOKYO,
            "ap-northeast-3": TOKYO,
            "*": SAO_PAULO,
        },
        besides=Text(
            en="Heads of objects in infrequent-access and archive classes cost up to 25 times as much.",
            ja="低頻度アクセスやアーカイブのストレージクラスでは、HeadObject の単価が最大 25 倍になります。",
        ),
    ),
    "gcs": PriceList(
        as_of="2025-06-01",
        source="https://cloud.google.com/storage/pricing",
        regions={"*": Prices(listing=0.005, reading=0.0004, out=0.12)},
        besides=Text(
            en="Listings of other storage classes cost up to 10 times as much.",
            ja="Standard 以外のストレージクラスでは、一覧取得の単価が最大 10 倍になります。",
        ),
    ),
}
