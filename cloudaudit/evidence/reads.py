"""What a snapshot tells of its own making: the provider's request ids, and what could not be read."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec
from msgspec import Struct

from cloudaudit.model import Gap
from cloudaudit.snapshot import UNREADABLE, End
from cloudaudit.visible import visible

T = TypeVar("T", bound=Struct)

# A snapshot is written by one encoder, so its sources have one form; to decode a million records for them would take
# longer than to judge them. Within a string the quotes would be escaped, so a tenant's text cannot look like a source.
_STRING = rb'"((?:[^"\\]|\\.)*)"'
_SOURCE = re.compile(rb'"source":\[' + _STRING + rb"," + _STRING + rb"," + _STRING + rb"\]")
_UNREAD = re.compile(
    rb'"fact":"unread","cause":"([a-z-]+)","source":\['
    + _STRING
    + rb'[^\]]*\](?:,"permission":'
    + _STRING
    + rb")?"
)


class UnreadCalls(Struct, frozen=True, kw_only=True, order=True):
    """How often an operation gave no answer, and why."""

    cause: str
    operation: str
    permission: str
    count: int


class Reads:
    """Goes over the lines of a snapshot once.

    Attributes:
        ended_at: UTC time at which the scan came to its end; empty where it did not.
    """

    def __init__(self) -> None:
        self.ended_at = ""
        self._unread: Counter[tuple[str, str, str]] = Counter()

    @property
    def unread(self) -> tuple[UnreadCalls, ...]:
        """What gave no answer, in order."""
        return tuple(
            UnreadCalls(cause=cause, operation=operation, permission=permission, count=count)
            for (cause, operation, permission), count in sorted(self._unread.items())
        )

    def requests(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Yield a line for each request that left an id: time, operation, id, separated by tabs."""
        yield b"at\toperation\trequest_id\n"
        for line in lines:
            self._note(line)
            for operation, at, request_id in dict.fromkeys(_SOURCE.findall(line)):
                if request_id:
                    yield b"%b\t%b\t%b\n" % (_shown(at), _shown(operation), _shown(request_id))

    def _note(self, line: bytes) -> None:
        for cause, operation, permission in _UNREAD.findall(line):
            self._unread[_shown(cause).decode(), _shown(operation).decode(), _shown(permission).decode()] += 1
        if line.startswith(b'{"kind":"gap"'):
            gap = _decoded(line, Gap)
            if gap is not None:
                self._unread[gap.cause.value, visible(gap.operation), visible(gap.permission)] += 1
        elif line.startswith((b'{"kind":"end"', b'{"kind":"resumed"')):
            end = _decoded(line, End) if line.startswith(b'{"kind":"end"') else None
            self.ended_at = end.at if end is not None else ""


def _decoded(line: bytes, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(line, type=kind)
    except UNREADABLE:
        return None


def _shown(text: bytes) -> bytes:
    try:
        return visible(msgspec.json.decode(b'"%b"' % text, type=str)).encode("utf-8", "replace")
    except UNREADABLE:
        return b"?"
