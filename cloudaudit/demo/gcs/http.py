"""HTTP/1.1 as far as Google's clients speak it: requests with a length, on connections that stay open."""

import asyncio
import json
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import parse_qs, unquote

LOOPBACK = "127.0.0.1"
END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Request:
    """A request; ``path`` is not decoded, since a slash in a name is not one between names; ``target`` is it and its query."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    target: str = ""

    def one(self, name: str, default: str = "") -> str:
        """Return a parameter of the query, or the default."""
        return self.query.get(name, [default])[0]

    def form(self) -> Mapping[str, str]:
        """Return the fields of a form in the body."""
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}

    def json(self) -> Any:  # noqa: ANN401 - JSON
        """Return the JSON of the body; an empty object where there is none."""
        return json.loads(self.body) if self.body else {}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer.

    Attributes:
        late: seconds before it is sent.
        cut: whether the connection is cut instead.
    """

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    late: float = 0.0
    cut: bool = False


Answer = Callable[[Request], Reply]


class _Connection(asyncio.Protocol):
    """One connection of a client."""

    def __init__(self, answer: Answer, opened: "set[asyncio.Transport]") -> None:
        self._answer = answer
        self._opened = opened
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the way back."""
        self._transport = cast("asyncio.Transport", transport)
        self._opened.add(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        del exc
        if self._transport is not None:
            self._opened.discard(self._transport)
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self._buffer += data
        while True:
            head, found, rest = self._buffer.partition(END)
            if not found:
                return
            request, length = _parsed(head)
            if len(rest) < length:
                return
            self._buffer = rest[length:]
            self._respond(self._answer(_with_body(request, rest[:length])))

    def _respond(self, reply: Reply) -> None:
        if reply.late:
            asyncio.get_running_loop().call_later(reply.late, self._send, reply)
        else:
            self._send(reply)

    def _send(self, reply: Reply) -> None:
        if self._transport is None:
            return
        if reply.cut:
            self._transport.abort()
            return
        headers = {"Content-Type": "application/json; charset=UTF-8", **reply.headers}
        lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
        lines += [f"{name}: {told}" for name, told in headers.items()]
        lines += [f"Content-Length: {len(reply.body)}", "", ""]
        self._transport.write("\r\n".join(lines).encode() + reply.body)


def _parsed(head: bytes) -> tuple[Request, int]:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {name.lower(): told.strip() for name, _, told in (line.partition(":") for line in lines)}
    path, _, query = target.partition("?")
    asked = parse_qs(query, keep_blank_values=True) if query else {}
    return Request(method, path, asked, headers, b"", target), int(headers.get("content-length", "0"))


def _with_body(request: Request, body: bytes) -> Request:
    return replace(request, body=body) if body else request


def decoded(part: str) -> str:
    """Return one variable part of a path as it was meant."""
    return unquote(part)


@contextmanager
def serving(answer: Answer, port: int = 0) -> Generator[str]:
    """Serve on the loopback interface in a thread of its own as long as the block lasts; yield the URL."""
    loop = asyncio.new_event_loop()
    made: list[asyncio.Server] = []
    opened: set[asyncio.Transport] = set()
    ready = threading.Event()
    failed: list[OSError] = []

    async def start() -> None:
        made.append(await loop.create_server(lambda: _Connection(answer, opened), LOOPBACK, port))

    def run() -> None:
        try:
            loop.run_until_complete(start())
        except OSError as error:
            failed.append(error)
            return
        finally:
            ready.set()
        loop.run_forever()
        loop.run_until_complete(end())

    async def end() -> None:
        made[0].close()
        for transport in tuple(opened):
            transport.abort()
        # Aborted connections are closed in the next turn of the loop.
        await asyncio.sleep(0)

    thread = threading.Thread(target=run, name="cloudaudit-google", daemon=True)
    thread.start()
    ready.wait()
    try:
        if failed:
            raise failed[0]
        yield f"http://{LOOPBACK}:{made[0].sockets[0].getsockname()[1]}"
    finally:
        if made:
            loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
