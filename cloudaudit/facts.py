"""A fact was read, or it was not, and the type says which."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Generic, NoReturn, TypeVar

from msgspec import Struct

from cloudaudit.text import Text

T = TypeVar("T")


class Cause(StrEnum):
    """Why a fact could not be read. The list is closed."""

    DENIED = "denied"
    THROTTLED = "throttled"
    EXPIRED = "expired"
    PLAN = "plan"
    DISABLED = "disabled"
    UNSUPPORTED = "unsupported"
    NETWORK = "network"
    MALFORMED = "malformed"
    CRASH = "crash"
    TOO_SMALL = "too-small"
    FOREIGN_ACCOUNT = "foreign-account"
    INTERRUPTED = "interrupted"


class Source(Struct, frozen=True, array_like=True):
    """Where a fact came from.

    Attributes:
        operation: the provider's API operation, as ``service:Operation``.
        at: UTC time of reading, ISO 8601 with ``Z``.
        request_id: the provider's own id of the request, so that its logs can be matched; may be empty.
    """

    operation: str
    at: str = ""
    request_id: str = ""


class Read(Struct, Generic[T], frozen=True, tag="read", tag_field="fact"):
    """The provider answered. ``Read(None)`` means it said: there is none."""

    value: T
    source: Source


class Unread(Struct, frozen=True, tag="unread", tag_field="fact", omit_defaults=True):
    """The provider did not answer, so there is no value to fall back on.

    Attributes:
        cause: why not.
        source: the operation that was tried.
        permission: the permission the operation needs, in the provider's own spelling; empty when none is known.
        detail: more about it, shortened and without secrets; a plain string is the same in every language (a code, a
            name), a sentence is a Text.
    """

    cause: Cause
    source: Source
    permission: str = ""
    detail: str | Text = ""


Fact = Read[T] | Unread


class NotRead(Exception):  # noqa: N818 - the field's word; it is a signal to the engine, not a failure
    """A check asked for something that was not read. Only the engine catches this."""

    def __init__(self, *facts: Unread, evidence: Mapping[str, Any] | None = None) -> None:
        """Take the facts, and what the finding should show beside them."""
        super().__init__(", ".join(f"{fact.source.operation}: {fact.cause}" for fact in facts))
        self.facts = facts
        self.evidence: Mapping[str, Any] = evidence or {}


def value(fact: Read[T] | Unread) -> T:
    """Return what was read.

    Raises:
        NotRead: when it was not read; the engine turns this into NOT ASSESSED.
    """
    if isinstance(fact, Unread):
        raise NotRead(fact)
    return fact.value


def not_read(*facts: Unread) -> NoReturn:
    """Say that the answer depends on all these facts, none of which was read."""
    raise NotRead(*facts)
