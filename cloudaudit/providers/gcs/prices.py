"""What Cloud Storage charges for listing objects, a Class A operation: by storage class, and by whether one region holds it.

https://cloud.google.com/storage/pricing; taxes, discounts and the free tier are left out.
"""

from collections.abc import Mapping

from cloudaudit.inventory.forecast import Price

AS_OF = "2026-09-20"
PAGE = "https://cloud.google.com/storage/pricing"


def _price(usd: float, *, verified: bool = False) -> Price:
    return Price(usd=usd, as_of=AS_OF, source=PAGE, verified=verified)


LISTING: Mapping[tuple[str, bool], Price] = {
    ("STANDARD", True): _price(0.005, verified=True),
    ("STANDARD", False): _price(0.01),
    ("NEARLINE", True): _price(0.01),
    ("NEARLINE", False): _price(0.02),
    ("COLDLINE", True): _price(0.02),
    ("COLDLINE", False): _price(0.04),
    ("ARCHIVE", True): _price(0.05),
    ("ARCHIVE", False): _price(0.1),
}
"""By the bucket's storage class and whether it lies in one region; only the first was seen on that page on that day."""


def price_of(storage_class: str, location_type: str) -> Price:
    """Return the price of listing a bucket; that of STANDARD for a class of another name."""
    one_region = location_type == "region"
    return LISTING.get((storage_class, one_region)) or LISTING["STANDARD", one_region]
