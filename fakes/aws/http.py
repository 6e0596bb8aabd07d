"""HTTP/1.1 as far as SDKs speak it: requests with a length, kept-alive connections, 100-continue."""

import asyncio
from dataclasses import dataclass
from typing import Protocol, cast

from fakes.aws import wire
from fakes.aws.wire import Answer

END = b"\r\n\r\n"
CONTROL = b"/__"


@dataclass(frozen=True, slots=True)
class Reply:
    """Bytes to send, how many seconds late; no bytes mean that the connection is cut."""

    data: bytes
    late: float


class Server(Protocol):
    """What a connection needs from the server."""

    def receive(self, head: bytes, body: bytes, connection: "Connection") -> None:
        """Take a request; the answer comes through ``Connection.answer``."""

    def control(self, target: str) -> Answer:
        """Answer a control endpoint."""
        ...

    def opened(self, connection: "Connection") -> None:
        """Learn of a new connection."""

    def closed(self, connection: "Connection") -> None:
        """Learn of a connection's end."""


def head_value(head: bytes, name: bytes) -> bytes:
    """Return a header's value, empty without one; ``name`` comes with line break and colon."""
    start = head.find(name)
    if start < 0:
        start = head.find(name.lower())
        if start < 0:
            return b""
    start += len(name)
    return head[start : head.find(b"\r\n", start)].strip()


class Connection(asyncio.Protocol):
    """One connection of a client."""

    __slots__ = ("_buffer", "_server", "_transport")

    def __init__(self, server: Server) -> None:
        self._server = server
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the way back."""
        self._transport = cast("asyncio.Transport", transport)
        self._server.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        del exc
        self._transport = None
        self._server.closed(self)

    def data_received(self, data: bytes) -> None:
        """Hand on every request that is complete."""
        self._buffer = self._buffer + data if self._buffer else data
        while self._buffer:
            end = self._buffer.find(END)
            if end < 0:
                return
            head = self._buffer[: end + 2]
            start = end + len(END)
            length = int(head_value(head, b"\r\nContent-Length:") or 0)
            stop = start + length
            if len(self._buffer) < stop:
                self.go_on(head)
                return
            body = self._buffer[start:stop]
            self._buffer = self._buffer[stop:]
            self.handle(head, body)

    def go_on(self, head: bytes) -> None:
        """Ask for the body where the client waits to be asked."""
        if head_value(head, b"\r\nExpect:") and self._transport is not None:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def handle(self, head: bytes, body: bytes) -> None:
        """Pass a request to the server."""
        target = head[head.find(b" ") + 1 : head.find(b" HTTP/")]
        if target.startswith(CONTROL):
            answer = self._server.control(target.decode("latin-1"))
            self.answer((b"0" * wire.REQUEST_ID_LENGTH).join(wire.parts(answer)))
        else:
            self._server.receive(head, body, self)

    def answer(self, data: bytes) -> None:
        """Send an answer; nothing cuts the connection."""
        if self._transport is None:
            return
        if data:
            self._transport.write(data)
        else:
            self._transport.abort()
