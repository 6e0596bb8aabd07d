"""One call in, one answer out: every way in which Graph can fail becomes an Unread with its cause."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Generic, TypeVar
from urllib.parse import urlsplit

import msgspec
from msgspec import Raw, Struct

from cloudaudit.clock import stamp
from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.model import Gap
from cloudaudit.providers import Progress
from cloudaudit.providers.m365 import failures
from cloudaudit.providers.m365.clouds import Place
from cloudaudit.providers.m365.connect import M365Options, SignIn, is_network
from cloudaudit.providers.m365.graph import BATCH, Graph, Received, UnreachableError
from cloudaudit.providers.m365.operations import Operation
from cloudaudit.text import Text
from cloudaudit.visible import valid_json

BATCH_SIZE = 20
"""As many requests as Graph takes in one ``$batch``."""

HEARTBEAT = 30.0
"""Seconds of waiting between two lines that say so."""

LONGEST_WAIT = 600.0
"""Seconds that one call waits in all before it is given up as throttled."""

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
BROKEN_RETRIES = 2
TOKEN_MARGIN = 120.0
"""Seconds before its end from which on a token is not used any more."""

VERSION = "v1.0"
RETRY_SECONDS = re.compile(r"\d{1,6}", re.ASCII)
OK = 200
ELSEWHERE = Text(
    en="an answer links to another host, which was not followed",
    ja="応答に別のホストへのリンクが含まれていたため、アクセスしませんでした",
)

READ_ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

T = TypeVar("T")
W = TypeVar("W")


class CallFailed(Exception):  # noqa: N818 - a signal within the provider
    """A call did not answer.

    Attributes:
        code: Graph's code of the error.
        status: of the answer; 0 where there was none.
        retry_after: when to ask again, as the answer put it.
    """

    def __init__(self, unread: Unread, code: str = "", status: int = 0, retry_after: str = "") -> None:
        super().__init__(f"{unread.source.operation}: {unread.cause} {code}")
        self.unread = unread
        self.code = code
        self.status = status
        self.retry_after = retry_after


class Answer(Struct, Generic[W], frozen=True):
    """What a call answered, in the shape asked for, and where it came from."""

    body: W
    source: Source


class Page(Struct, Generic[W], frozen=True):
    """One page of a listing.

    Attributes:
        delta_link: where to ask for what changes from here on; empty but on the last page of a delta.
    """

    items: tuple[W, ...]
    source: Source
    delta_link: str = ""


class Identified(Struct, frozen=True):
    """A line of a listing that is somebody or something by its id.

    An answer may lack it; such a line is never dropped in silence: the listing that has one counts as malformed.
    """

    id: str = ""


class WirePage(Struct, Generic[W], frozen=True):
    """A page of a listing as Graph writes it."""

    value: tuple[W, ...]
    next_link: str | None = msgspec.field(default=None, name="@odata.nextLink")
    delta_link: str | None = msgspec.field(default=None, name="@odata.deltaLink")


class _Request(Struct, frozen=True):
    id: str
    method: str
    url: str
    headers: Mapping[str, str] | msgspec.UnsetType = msgspec.UNSET


class _Requests(Struct, frozen=True):
    requests: tuple[_Request, ...]


class _Response(Struct, frozen=True):
    id: str
    status: int
    headers: dict[str, str] | None = None
    body: Raw = Raw(b"null")


class _Responses(Struct, frozen=True):
    responses: tuple[_Response, ...]


class SignInEndedError(Exception):
    """There is no new token to be had: the sign-in came to its end."""


class Tokens:
    """Holds the access token, and renews it once for everybody when it ends or Graph refuses it."""

    def __init__(self, signed: SignIn) -> None:
        self._signed = signed
        self._lock = asyncio.Lock()
        self._token = ""
        self._until = 0.0

    async def current(self, claims: str = "") -> str:
        """Return a token that still holds for a while.

        Args:
            claims: what Graph demands of a new token, as it wrote them; empty for nothing in particular.

        Raises:
            SignInEndedError: there is none to be had.
            UnreachableError: nothing answered.
        """
        async with self._lock:
            if claims or time.time() > self._until:
                await self._obtain({"claims": claims} if claims else {})
            return self._token

    async def renewed(self, refused: str) -> bool:
        """Return whether there is another token than the one that was refused."""
        async with self._lock:
            if self._token == refused:
                await self._obtain({})
            return self._token != refused

    async def _obtain(self, options: Mapping[str, str]) -> None:
        from azure.core.exceptions import AzureError

        get = self._signed.credential.get_token
        try:
            # Asking may take a while, and must not stop the loop.
            found = await asyncio.to_thread(get, *self._signed.scopes, **options)
        except AzureError as error:
            name = type(error).__name__
            raise (UnreachableError(name) if is_network(error) else SignInEndedError(name)) from error
        except (OSError, ValueError) as error:
            # The file of a federated token is gone, or what hands such tokens out does not answer.
            raise SignInEndedError(type(error).__name__) from error
        self._token = str(found.token)
        self._until = float(found.expires_on) - TOKEN_MARGIN


class Reader:
    """Calls operations and tells what came of it. Belongs to one event loop."""

    def __init__(
        self, graph: Graph, tokens: Tokens, place: Place, options: M365Options, progress: Progress
    ) -> None:
        self._graph = graph
        self.tokens = tokens
        self._place = place
        self._options = options
        self._progress = progress
        self._slots = asyncio.Semaphore(options.concurrency)
        self._interval = 1 / options.max_rps if options.max_rps else 0.0
        self._next_turn = 0.0
        self._open_at: dict[str, float] = {}
        self._next_heartbeat = 0.0
        self.calls = 0
        self.stopped = ""

    def stop(self, why: str) -> None:
        """Send nothing more; ``why`` is ``expired`` or ``interrupted``. The first reason stays."""
        self.stopped = self.stopped or why

    # ----------------------------------------------------------------- calls

    async def call(
        self, operation: Operation, path: str, shape: type[W], headers: Mapping[str, str] | None = None
    ) -> Answer[W]:
        """Read one thing.

        Args:
            operation: what is read, for facts to name.
            path: after the version, such as ``/organization``; or a whole link that Graph gave.
            shape: what the answer must look like.
            headers: to send along.

        Raises:
            CallFailed: it did not answer, or not in this shape.
        """
        answer, _ = await self._asked(operation, self.url(operation, path), headers or {})
        return _decoded(operation, answer.headers, answer.body, shape)

    async def fact(
        self,
        operation: Operation,
        path: str,
        shape: type[W],
        make: Callable[[W], T],
        absent: Mapping[int, T] | None = None,
    ) -> Fact[T]:
        """Read one thing as a fact.

        Args:
            operation: what is read.
            path: of it.
            shape: what the answer must look like.
            make: makes the fact's value of it; a ValueError means that the answer is malformed.
            absent: statuses by which Graph says that there is none, with the value that means so.
        """
        try:
            answer = await self.call(operation, path, shape)
        except CallFailed as failure:
            if absent is not None and failure.status in absent:
                return Read(absent[failure.status], failure.unread.source)
            return failure.unread
        return made(answer, operation, make)

    async def pages(
        self,
        operation: Operation,
        path: str,
        shape: type[W],
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Page[W]]:
        """Yield a listing page by page, as it comes.

        Raises:
            CallFailed: a page did not answer, leads to another host, or the pages go round in circles; or, after the
                last page, that there were lines without an id, which are on no page.
        """
        nameless = 0
        link = path
        seen: set[int] = set()
        while link:
            if hash(link) in seen:
                raise malformed(operation, Text(en="the pages do not end", ja="ページの終わりがありません"))
            seen.add(hash(link))
            # The shape is made at run time, which the type checkers cannot follow.
            wire: type[WirePage[W]] = WirePage[shape]  # type: ignore[valid-type]
            answer = await self.call(operation, link, wire, headers)
            items = identified(answer.body.value)
            nameless += len(answer.body.value) - len(items)
            yield Page(items, answer.source, answer.body.delta_link or "")
            link = answer.body.next_link or ""
        if nameless:
            raise without_id(operation, nameless)

    async def every(self, operation: Operation, path: str, shape: type[W]) -> Answer[tuple[W, ...]]:
        """Return a whole listing.

        Raises:
            CallFailed: a page did not answer.
        """
        items: list[W] = []
        source = Source(operation.label)
        async for page in self.pages(operation, path, shape):
            items.extend(page.items)
            source = page.source
        return Answer(tuple(items), source)

    async def batch(
        self, operation: Operation, paths: Sequence[str], shape: type[W]
    ) -> tuple[Answer[W] | CallFailed, ...]:
        """Read up to 20 things in one request; each succeeds or fails by itself, in the order asked.

        Paths begin after the version, which the batch names. Only answers that failed in passing are asked again.
        """
        done: dict[int, Answer[W] | CallFailed] = {}
        waiting = list(range(len(paths)))
        waited = 0.0
        tries = 0
        while waiting:
            tries += 1
            try:
                responses, used = await self._ask_batch(operation, paths, waiting)
            except CallFailed as failure:
                done.update(dict.fromkeys(waiting, failure))
                break
            again: list[int] = []
            pause = 0.0
            for place in waiting:
                response = responses.get(str(place))
                done[place] = _single(operation, response, shape)
                if response is None:
                    continue
                if response.status == failures.EXPIRED and _is_denied(done[place]):
                    if tries > 1 or not await self._renewed(used):
                        done[place] = self._give_up(operation)
                        continue
                    again.append(place)
                elif self._may_try_again(response.status, tries):
                    again.append(place)
                    pause = max(pause, _pause(_lower(response.headers).get("retry-after", "").strip(), tries))
            waited += pause
            if self.stopped or waited > LONGEST_WAIT:
                break
            await self._rest(pause)
            waiting = again
        return tuple(done[place] for place in range(len(paths)))

    async def _ask_batch(
        self, operation: Operation, paths: Sequence[str], waiting: Sequence[int]
    ) -> tuple[dict[str, _Response], str]:
        body = msgspec.json.encode(
            _Requests(tuple(_Request(str(place), "GET", paths[place]) for place in waiting))
        )
        url = f"{self._place.graph}/{VERSION}{BATCH}"
        answer, used = await self._asked(operation, url, {"Content-Type": "application/json"}, body)
        decoded = _decoded(operation, answer.headers, answer.body, _Responses)
        return {response.id: response for response in decoded.body.responses}, used

    # ----------------------------------------------------------------- sending

    def leads_here(self, link: str) -> bool:
        """Whether a link that Graph gave leads to the Graph that is asked now."""
        return self._place.owns(link)

    def url(self, operation: Operation, path: str) -> str:
        """Return the whole address of a path, or a link that Graph gave once it is known to lead to Graph.

        Raises:
            CallFailed: it leads elsewhere, and would carry the token there.
        """
        version = "beta" if operation.beta else VERSION
        url = f"{self._place.graph}/{version}{path}" if path.startswith("/") else path
        if not self._place.owns(url):
            raise malformed(operation, ELSEWHERE)
        return url

    async def _asked(
        self, operation: Operation, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> tuple[Received, str]:
        """Send until an answer is final; return it when it is a success, with the token that was sent."""
        gate = _workload(url)
        waited = 0.0
        tries = 0
        renewals = 0
        while True:
            tries += 1
            waited += await self._wait_for_gate(gate)
            answer, used = await self._send(operation, url, headers, body)
            if isinstance(answer, Received):
                return answer, used
            if answer.status == failures.EXPIRED and _is_denied(answer):
                renewals += 1
                if renewals > 1 or not await self._renewed(used):
                    raise self._give_up(operation)
                continue
            pause = _pause(answer.retry_after, tries)
            if not self._may_try_again(answer.status, tries) or waited + pause > LONGEST_WAIT:
                raise answer
            if answer.unread.cause is Cause.THROTTLED:
                self._close_gate(gate, pause)
            else:
                waited += pause
                await self._rest(pause)

    async def _send(
        self, operation: Operation, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[Received | CallFailed, str]:
        """Send once; return the answer when it is a success, else the failure, and the token that was sent."""
        async with self._slots:
            self._halt(operation)
            await self._take_turn()
            try:
                used = await self.tokens.current()
                self.calls += 1
                answer = await self._graph.send("GET" if body is None else "POST", url, headers, body)
            except SignInEndedError as error:
                raise self._give_up(operation) from error
            except UnreachableError as error:
                return CallFailed(_unread(operation, Cause.NETWORK, str(error))), ""
        if answer.status == OK:
            return answer, used
        return failure_of(operation, answer.status, answer.headers, answer.body), used

    def _halt(self, operation: Operation) -> None:
        if self.stopped:
            cause = Cause.EXPIRED if self.stopped == "expired" else Cause.INTERRUPTED
            raise CallFailed(_unread(operation, cause, ""))

    async def _take_turn(self) -> None:
        if self._interval:
            now = time.monotonic()
            turn = max(now, self._next_turn)
            self._next_turn = turn + self._interval
            await asyncio.sleep(turn - now)

    async def _renewed(self, used: str) -> bool:
        try:
            return await self.tokens.renewed(used)
        except (SignInEndedError, UnreachableError):
            return False

    def _give_up(self, operation: Operation) -> CallFailed:
        self.stop("expired")
        return CallFailed(_unread(operation, Cause.EXPIRED, ""), status=failures.EXPIRED)

    def _may_try_again(self, status: int, tries: int) -> bool:
        # A service that is broken is not asked as often as one that is busy.
        most = (
            min(BROKEN_RETRIES, self._options.retries) if status in failures.BROKEN else self._options.retries
        )
        return (status == 0 or status in failures.PASSING) and tries <= most

    # ----------------------------------------------------------------- waiting

    def _close_gate(self, gate: str, pause: float) -> None:
        """Let nobody ask this workload for a while: going on would only lengthen it."""
        self._open_at[gate] = max(self._open_at.get(gate, 0.0), time.monotonic() + pause)

    async def _wait_for_gate(self, gate: str) -> float:
        waited = 0.0
        while (pause := self._open_at.get(gate, 0.0) - time.monotonic()) > 0:
            waited += pause
            await self._rest(pause)
        return waited

    async def _rest(self, pause: float) -> None:
        """Wait, and every half minute of it say so once, however many are waiting."""
        began = time.monotonic()
        while not self.stopped and (left := began + pause - time.monotonic()) > 0:
            await asyncio.sleep(min(left, HEARTBEAT))
            now = time.monotonic()
            if began + pause > now >= self._next_heartbeat:
                self._next_heartbeat = now + HEARTBEAT
                rest = round(began + pause - now)
                self._progress.say(
                    Text(
                        en=f"Microsoft is limiting requests; waiting another {rest} s before going on.",
                        ja=f"Microsoft 側でリクエストが制限されています。あと {rest} 秒待ってから再開します。",
                    )
                )


def _single(operation: Operation, response: _Response | None, shape: type[W]) -> Answer[W] | CallFailed:
    if response is None:
        return malformed(
            operation, Text(en="the batch left an answer out", ja="一括応答に一部の結果が含まれていません")
        )
    headers = _lower(response.headers)
    if response.status != OK:
        return failure_of(operation, response.status, headers, bytes(response.body))
    try:
        return _decoded(operation, headers, bytes(response.body), shape)
    except CallFailed as failure:
        return failure


def _is_denied(outcome: object) -> bool:
    """Whether it was refused for the token itself; a 401 may also be about the tenant's plan."""
    return isinstance(outcome, CallFailed) and outcome.unread.cause is Cause.DENIED


def failure_of(operation: Operation, status: int, headers: Mapping[str, str], body: bytes) -> CallFailed:
    """Return the failure that an answer which is no success stands for."""
    said = failures.of_answer(status, body)
    request_id = headers.get("request-id", "")
    unread = _unread(operation, said.cause, said.detail, request_id)
    return CallFailed(unread, said.code, status, headers.get("retry-after", "").strip())


def _decoded(operation: Operation, headers: Mapping[str, str], body: bytes, shape: type[W]) -> Answer[W]:
    source = _source(operation, headers.get("request-id", ""))
    try:
        return Answer(msgspec.json.decode(body, type=shape), source)
    except READ_ERRORS:
        # A name that is not valid Unicode makes a whole page of JSON unreadable; that one name is made visible.
        body = valid_json(body)
    try:
        return Answer(msgspec.json.decode(body, type=shape), source)
    except READ_ERRORS as error:
        unread = Unread(Cause.MALFORMED, source, permission=operation.permission, detail=str(error)[:200])
        raise CallFailed(unread, "malformed") from error


def made(answer: Answer[W], operation: Operation, make: Callable[[W], T]) -> Fact[T]:
    """Return the fact that ``make`` makes of an answer; a ValueError means that the answer is malformed."""
    try:
        return Read(make(answer.body), answer.source)
    except ValueError as error:
        return Unread(
            Cause.MALFORMED, answer.source, permission=operation.permission, detail=str(error)[:200]
        )


def identified(lines: tuple[W, ...]) -> tuple[W, ...]:
    """Return the lines that say who or what they are about."""
    if all(not isinstance(line, Identified) or line.id for line in lines):
        return lines
    return tuple(line for line in lines if not isinstance(line, Identified) or line.id)


def without_id(operation: Operation, lines: int) -> CallFailed:
    """Return the failure of a listing of which some lines do not say what they are about."""
    return malformed(
        operation, Text(en=f"{lines} line(s) without an id", ja=f"ID のない行が{lines}件あります")
    )


def malformed(operation: Operation, detail: str | Text) -> CallFailed:
    """Return the failure of a call that was answered with something that makes no sense."""
    return CallFailed(_unread(operation, Cause.MALFORMED, detail), "malformed")


def gap(kind: str, failure: CallFailed) -> Gap:
    """Return the gap that a failed listing leaves."""
    unread = failure.unread
    return Gap(
        of=kind,
        region="global",
        cause=unread.cause,
        operation=unread.source.operation,
        permission=unread.permission,
        detail=unread.detail,
        at=unread.source.at,
    )


def now() -> datetime:
    """Return the time at which an answer came."""
    return datetime.now(UTC)


def _workload(url: str) -> str:
    """Return which of Graph's services an address belongs to; each is throttled by itself."""
    return urlsplit(url).path.strip("/").partition("/")[2].partition("/")[0]


def _pause(said: str, tries: int) -> float:
    """Return how long to wait: as long as Graph says, else twice as long each time."""
    if RETRY_SECONDS.fullmatch(said):
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - now()).total_seconds())
    except (ValueError, TypeError):
        return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (tries - 1))


def _lower(headers: Mapping[str, str] | None) -> dict[str, str]:
    return {name.lower(): text for name, text in (headers or {}).items()}


def _unread(operation: Operation, cause: Cause, detail: str | Text, request_id: str = "") -> Unread:
    return Unread(cause, _source(operation, request_id), permission=operation.permission, detail=detail)


def _source(operation: Operation, request_id: str) -> Source:
    return Source(operation.label, stamp(now()), request_id)
