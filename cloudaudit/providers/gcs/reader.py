"""One call in, one fact out: every way in which a call can fail becomes an Unread with its cause."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, BinaryIO, Generic, TypeVar
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Struct

from cloudaudit.clock import stamp
from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.model import Gap
from cloudaudit.providers.gcs.connect import ADMIN, Connections, scope_of
from cloudaudit.providers.gcs.failures import Failure, body_of, of_answer, of_exception
from cloudaudit.providers.gcs.operations import GET_REPORT_FILE, Operation
from cloudaudit.text import Text

UNREADABLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    msgspec.MsgspecError,
)
"""What the storage client lets out where an answer has another shape than it expects."""

HTTP_REDIRECT = 300
HTTP_FORBIDDEN = 403
CHUNK = 1 << 20
"""Bytes of a file that are held at once."""

Params = Mapping[str, str | tuple[str, ...]]
"""Of a query; a tuple is given as often as it has items."""

T = TypeVar("T")
W = TypeVar("W")
I = TypeVar("I")  # noqa: E741 - the item of a page


class CallFailed(Exception):  # noqa: N818 - a signal within the provider
    """A call did not answer."""

    def __init__(self, unread: Unread, code: str) -> None:
        super().__init__(f"{unread.source.operation}: {unread.cause} {code}")
        self.unread = unread
        self.code = code


class Answer(Struct, Generic[W], frozen=True):
    """What a call answered, in the shape asked for, and where it came from."""

    body: W
    source: Source


class Page(Struct, Generic[I], frozen=True):
    """One page of a listing; ``token`` is empty on the last."""

    items: tuple[I, ...]
    token: str = ""


class Limit(Struct, frozen=True):
    """How many pages of a listing are read, and what to say where there are more."""

    pages: int
    beyond: Text


class Reader:
    """Calls operations and tells what came of it. Safe for threads."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._stop = threading.Event()
        self.stopped = ""

    @property
    def calls(self) -> int:
        """Requests sent so far, retries included."""
        return self._connections.budget.calls

    def stop(self, why: str) -> None:
        """Send nothing more; ``why`` is ``expired`` or ``interrupted``. The first reason stays."""
        if not self._stop.is_set():
            self.stopped = why
            self._stop.set()
            self._connections.budget.stop()

    # ----------------------------------------------------------------- REST

    def call(
        self,
        operation: Operation,
        variables: Sequence[str],
        shape: type[W],
        *,
        params: Params | None = None,
        body: Mapping[str, object] | None = None,
    ) -> Answer[W]:
        """Call an operation once.

        Args:
            operation: what to call.
            variables: the variable parts of its path.
            shape: what the answer must look like.
            params: of the query.
            body: of a read that takes one.

        Raises:
            CallFailed: it did not answer, or not in this shape.
        """
        url = self._url(operation, variables, params or {})
        data = None if body is None else msgspec.json.encode(body)
        headers = {} if body is None else {"Content-Type": "application/json"}

        def send() -> Any:  # noqa: ANN401 - google-auth is typed in part only
            session = self._connections.session(operation.service)
            return session.request(
                operation.method, url, data=data, headers=headers, timeout=self._connections.timeout
            )

        response = self._sent(operation, send)
        status, content = int(response.status_code), bytes(response.content)
        if status >= HTTP_REDIRECT:
            raise self._failed(operation, self._told(operation, status, content))
        self._connections.accepted.add(scope_of(operation.service))
        source = self._source(operation)
        try:
            return Answer(msgspec.json.decode(content, type=shape), source)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise _malformed(operation, source, str(error)) from error

    def fact(
        self,
        operation: Operation,
        variables: Sequence[str],
        shape: type[W],
        make: Callable[[W], T],
        *,
        params: Params | None = None,
        body: Mapping[str, object] | None = None,
        absent: Mapping[str, T] | None = None,
    ) -> Fact[T]:
        """Call an operation and return a fact.

        Args:
            operation: what to call.
            variables: the variable parts of its path.
            shape: what the answer must look like.
            make: makes the fact's value of it; a ValueError means that the answer is malformed.
            params: of the query.
            body: of a read that takes one.
            absent: codes by which Google says that there is none, with the value that means so.
        """
        try:
            answer = self.call(operation, variables, shape, params=params, body=body)
        except CallFailed as failure:
            if absent is not None and failure.code in absent:
                return Read(absent[failure.code], failure.unread.source)
            return failure.unread
        return made(answer, operation, make)

    def pages(
        self,
        operation: Operation,
        variables: Sequence[str],
        shape: type[W],
        page: Callable[[W], Page[I]],
        *,
        params: Params | None = None,
        limit: Limit | None = None,
    ) -> Answer[tuple[I, ...]]:
        """Call a listing until its last page.

        Raises:
            CallFailed: a page did not answer, there are too many, or the pages go round in circles.
        """
        items: list[I] = []
        source = Source(operation.label)
        for answer, part in self.each_page(operation, variables, shape, page, params=params, limit=limit):
            items.extend(part.items)
            source = answer
        return Answer(tuple(items), source)

    def each_page(
        self,
        operation: Operation,
        variables: Sequence[str],
        shape: type[W],
        page: Callable[[W], Page[I]],
        *,
        params: Params | None = None,
        limit: Limit | None = None,
    ) -> Iterator[tuple[Source, Page[I]]]:
        """Yield the pages of a listing as they come, each with its source.

        Raises:
            CallFailed: a page did not answer, there are too many, or the pages go round in circles.
        """
        token = ""
        seen: set[str] = set()
        while token not in seen:
            seen.add(token)
            given = {**(params or {}), "pageToken": token} if token else params
            answer = self.call(operation, variables, shape, params=given)
            part = made(answer, operation, page)
            if isinstance(part, Unread):
                raise CallFailed(part, "malformed")
            yield answer.source, part.value
            token = part.value.token
            if not token:
                return
            if limit is not None and len(seen) >= limit.pages:
                raise CallFailed(
                    Unread(
                        Cause.UNSUPPORTED,
                        answer.source,
                        permission=operation.permission,
                        detail=limit.beyond,
                    ),
                    "too many pages",
                )
        raise _malformed(
            operation,
            self._source(operation),
            Text(en="the pages do not end", ja="ページの終わりがありません"),
        )

    # ----------------------------------------------------------------- files of inventory reports

    def announce_reports(self, bucket: str, prefix: str) -> None:
        """Let the files of one inventory report configuration be fetched; see ``Reads.announce``."""
        self._connections.announce_reports(bucket, prefix)

    def fetch(self, bucket: str, name: str, into: BinaryIO, user_project: str | None = None) -> Source:
        """Write the contents of a file of an announced report.

        Raises:
            CallFailed: it did not answer, or broke off.
            OSError: it cannot be written.
            WriteRefusedError: it is no file of an announced report.
        """
        params = {"alt": "media", **({"userProject": user_project} if user_project else {})}
        url = self._url(GET_REPORT_FILE, (bucket, name), params)

        def send() -> Any:  # noqa: ANN401 - google-auth is typed in part only
            session = self._connections.session(GET_REPORT_FILE.service)
            with session.request("GET", url, stream=True, timeout=self._connections.timeout) as response:
                if response.status_code >= HTTP_REDIRECT:
                    return response.status_code, bytes(response.content)
                into.writelines(response.iter_content(CHUNK))
                return response.status_code, b""

        status, told = self._sent(GET_REPORT_FILE, send)
        if status >= HTTP_REDIRECT:
            raise self._failed(GET_REPORT_FILE, self._told(GET_REPORT_FILE, status, told))
        return self._source(GET_REPORT_FILE)

    # ----------------------------------------------------------------- the storage client

    def storage(self, operation: Operation, ask: Callable[[Any], W]) -> Answer[W]:
        """Ask the storage client.

        Args:
            operation: what the client calls.
            ask: takes the client and returns its answer; what it raises becomes a cause.

        Raises:
            CallFailed: it did not answer, or with something that makes no sense.
        """
        answer = self._sent(operation, lambda: ask(self._connections.storage()))
        self._connections.accepted.add(scope_of(operation.service))
        return Answer(answer, self._source(operation))

    # ----------------------------------------------------------------- both

    def _sent(self, operation: Operation, send: Callable[[], Any]) -> Any:  # noqa: ANN401 - typed in part only
        """Do it, and make a CallFailed of whatever the libraries raise."""
        if self._stop.is_set():
            cause = Cause.EXPIRED if self.stopped == "expired" else Cause.INTERRUPTED
            raise self._failed(operation, Failure(cause=cause, code="stopped"))
        from google.api_core.exceptions import GoogleAPICallError
        from google.auth.exceptions import GoogleAuthError
        from requests import RequestException

        try:
            return send()
        except GoogleAPICallError as error:
            raise self._failed(operation, self._told(operation, *body_of(error))) from error
        except (GoogleAuthError, RequestException, *UNREADABLE) as error:
            failure = of_exception(error, accepted=self._were_accepted(operation))
            raise self._failed(operation, failure) from error

    def _told(self, operation: Operation, status: int, body: bytes) -> Failure:
        if status == HTTP_FORBIDDEN and operation.service != ADMIN:
            # Who is refused for lack of a permission was known.
            self._connections.accepted.add(scope_of(operation.service))
        host = f"{operation.service}.googleapis.com"
        return of_answer(status, body, host, accepted=self._were_accepted(operation))

    def _were_accepted(self, operation: Operation) -> bool:
        """Whether the credentials were good before; those for the directory stand apart, as they need a grant of their own."""
        if operation.service == ADMIN:
            return scope_of(ADMIN) in self._connections.accepted
        return bool(self._connections.accepted - {scope_of(ADMIN)})

    def _failed(self, operation: Operation, failure: Failure) -> CallFailed:
        if failure.cause is Cause.EXPIRED and failure.code != "stopped":
            self.stop("expired")
        unread = Unread(
            failure.cause,
            self._source(operation),
            permission=failure.permission or operation.permission,
            detail=failure.detail,
        )
        return CallFailed(unread, failure.code)

    def _source(self, operation: Operation) -> Source:
        return Source(operation.label, stamp(now()), self._connections.request_id())

    def _url(self, operation: Operation, variables: Sequence[str], params: Params) -> str:
        parts = operation.path.split("{}")
        # A scope of assets is two parts of a path; everything else is one, whatever it holds.
        safe = "/" if operation.service == "cloudasset" else ""
        path = parts[0] + "".join(
            quote(variable, safe=safe) + part for variable, part in zip(variables, parts[1:], strict=True)
        )
        query = f"?{urlencode(params, doseq=True)}" if params else ""
        return f"{self._connections.endpoint.base_of(operation.service)}{path}{query}"


def made(answer: Answer[W], operation: Operation, make: Callable[[W], T]) -> Fact[T]:
    """Return the fact that ``make`` makes of an answer; a ValueError means that the answer is malformed."""
    try:
        return Read(make(answer.body), answer.source)
    except ValueError as error:
        return Unread(
            Cause.MALFORMED, answer.source, permission=operation.permission, detail=str(error)[:200]
        )


def _malformed(operation: Operation, source: Source, detail: str | Text) -> CallFailed:
    told = detail[:200] if isinstance(detail, str) else detail
    unread = Unread(Cause.MALFORMED, source, permission=operation.permission, detail=told)
    return CallFailed(unread, "malformed")


def gap(kind: str, region: str, failure: CallFailed, account: str) -> Gap:
    """Return the gap that a failed listing leaves."""
    unread = failure.unread
    return Gap(
        of=kind,
        region=region,
        cause=unread.cause,
        operation=unread.source.operation,
        permission=unread.permission,
        detail=unread.detail,
        at=unread.source.at,
        account=account,
    )


def combine(make: Callable[..., T], *facts: Fact[Any]) -> Fact[T]:
    """Return the fact made of several; the first Unread among them is the answer when there is one."""
    values: list[Any] = []
    source = Source("")
    for fact in facts:
        if isinstance(fact, Unread):
            return fact
        values.append(fact.value)
        source = fact.source
    return Read(make(*values), source)


def now() -> datetime:
    """Return the time at which an answer came."""
    return datetime.now(UTC)
