"""Stores: the resources in which data lies, and how people write them down. Each provider says it of its own."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from cloudaudit.model import Resource
from cloudaudit.snapshot import Snapshot


@dataclass(frozen=True, kw_only=True)
class Stores:
    """What a provider says of its stores. Texts are ``normalised`` before they are asked about.

    Attributes:
        kinds: the kinds of resources in which data lies: buckets, drives.
        addressed: yields what each address of one of this provider's stores in a text names.
        speaks_of: whether a text names this provider's storage at all.
        addresses: yields ids and web addresses of the stores of a snapshot, where a name does not tell them.
    """

    kinds: tuple[type[Resource], ...]
    addressed: Callable[[str], Iterator[str]]
    speaks_of: Callable[[str], bool]
    addresses: Callable[[Snapshot], Iterator[tuple[str, str]]]


@runtime_checkable
class KeepsData(Protocol):
    """A provider that says which of its resources hold data."""

    @property
    def stores(self) -> Stores:
        """What it says."""
        ...


def normalised(text: str) -> str:
    """Return a text for comparing: one width, one case, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def found(patterns: Sequence[re.Pattern[str]], text: str) -> Iterator[str]:
    """Yield the first group of every match of any pattern, in the order of the patterns."""
    for pattern in patterns:
        yield from (match[1] for match in pattern.finditer(text))


def no_addresses(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """Yield nothing: a name tells the addresses."""
    del snapshot
    return iter(())
