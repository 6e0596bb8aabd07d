"""How people write down an S3 bucket.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-bucket-intro.html
"""

import re
from collections.abc import Iterator

from cloudaudit.providers.aws.model import Bucket, DirectoryBucket
from cloudaudit.stores import Stores, found, no_addresses

_NAME = r"([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])"
_ADDRESSES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\bs3a?://{_NAME}",
        rf"\barn:aws[a-z-]*:s3:::{_NAME}",
        rf"\barn:aws[a-z-]*:s3express:[a-z0-9-]*:\d*:bucket/{_NAME}",
        rf"https?://{_NAME}\.s3[.-](?:[a-z0-9-]+\.)*amazonaws\.com",
        rf"https?://s3[.-](?:[a-z0-9-]+\.)*amazonaws\.com/{_NAME}",
        rf"console\.(?:aws\.amazon|amazonaws)\.com/s3/(?:buckets|object)/{_NAME}",
    )
)
_WORDS = re.compile(r"(?<![a-z0-9])(s3|aws|amazon)(?![a-z0-9])|アマゾン|amazonaws\.com")


def addressed(text: str) -> Iterator[str]:
    """Yield the name of each bucket whose address stands in a text."""
    yield from found(_ADDRESSES, text)


def speaks_of(text: str) -> bool:
    """Return whether a text names S3 or AWS."""
    return _WORDS.search(text) is not None or any(addressed(text))


STORES = Stores(
    kinds=(Bucket, DirectoryBucket),
    addressed=addressed,
    speaks_of=speaks_of,
    addresses=no_addresses,
)
