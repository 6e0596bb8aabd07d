"""How people write down a bucket of Google Cloud.

https://cloud.google.com/storage/docs/request-endpoints
"""

import re
from collections.abc import Iterator

from cloudaudit.providers.gcs.model import Bucket
from cloudaudit.stores import Stores, found, no_addresses

_NAME = r"([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])"
_ADDRESSES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\bgs://{_NAME}",
        rf"//storage\.googleapis\.com/projects/_/buckets/{_NAME}",
        rf"https?://storage\.(?:cloud\.google|googleapis)\.com/(?:storage/v1/b/)?{_NAME}",
        rf"https?://{_NAME}\.storage\.googleapis\.com",
        rf"console\.(?:cloud\.google|developers\.google)\.com/storage/browser/(?:_details/)?{_NAME}",
    )
)
_WORDS = re.compile(
    r"(?<![a-z0-9])(gcs|gcp)(?![a-z0-9])|google\s?cloud|cloud\s?storage|グーグル\s?クラウド|storage\.googleapis"
)


def addressed(text: str) -> Iterator[str]:
    """Yield the name of each bucket whose address stands in a text."""
    yield from found(_ADDRESSES, text)


def speaks_of(text: str) -> bool:
    """Return whether a text names Google Cloud or its storage."""
    return _WORDS.search(text) is not None or any(addressed(text))


STORES = Stores(
    kinds=(Bucket,),
    addressed=addressed,
    speaks_of=speaks_of,
    addresses=no_addresses,
)
