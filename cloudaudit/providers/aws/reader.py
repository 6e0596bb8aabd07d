"""One call in, one fact out: every way in which a call can fail becomes an Unread with its cause."""

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar, cast

import msgspec
from msgspec import Struct

from cloudaudit.clock import stamp
from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.model import Gap
from cloudaudit.providers.aws.connect import Clients
from cloudaudit.providers.aws.failures import of_error, of_exception
from cloudaudit.providers.aws.operations import Operation
from cloudaudit.text import Text

UNREADABLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
)
"""What the SDK's parsers let out where an answer has another shape than its model; a SyntaxError is XML's."""

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

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._methods: dict[str, str] = {}
        self.home = clients.region
        self.stopped = ""
        self._stop = threading.Event()
        self._accepted = {clients.region}

    @property
    def calls(self) -> int:
        """Requests sent so far, retries included."""
        return self._clients.budget.calls

    def offers(self, service: str, region: str) -> bool:
        """Return whether a service may exist in a region."""
        return self._clients.offers(service, region)

    def stop(self, why: str) -> None:
        """Send nothing more; ``why`` is ``expired`` or ``interrupted``. The first reason stays."""
        if not self._stop.is_set():
            self.stopped = why
            self._stop.set()

    def call(
        self, operation: Operation, region: str, params: Mapping[str, object], shape: type[W]
    ) -> Answer[W]:
        """Call an operation once.

        Raises:
            CallFailed: it did not answer, or not in this shape.
        """
        if self._stop.is_set():
            cause = Cause.EXPIRED if self.stopped == "expired" else Cause.INTERRUPTED
            raise CallFailed(_unread(operation, cause, ""), "stopped")
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        try:
            client = self._clients.get(operation.service, region)
            answer: Any = getattr(client, self._method(operation))(**params)
        except ClientError as error:
            cause, code, detail = of_error(error, accepted=region in self._accepted)
            if cause is Cause.EXPIRED:
                self.stop("expired")
            metadata = cast("Any", error).response.get("ResponseMetadata", {})
            request_id = str(metadata.get("RequestId", ""))
            raise CallFailed(_unread(operation, cause, detail, request_id), code) from error
        except (BotoCoreError, ResponseParserError, *UNREADABLE) as error:
            cause, detail = of_exception(error)
            if cause is Cause.EXPIRED:
                self.stop("expired")
            raise CallFailed(_unread(operation, cause, detail), detail) from error
        self._accepted.add(region)
        source = _source(operation, str(answer.get("ResponseMetadata", {}).get("RequestId", "")))
        try:
            return Answer(msgspec.convert(answer, shape), source)
        except (msgspec.ValidationError, UnicodeDecodeError) as error:
            unread = Unread(Cause.MALFORMED, source, permission=operation.permission, detail=str(error)[:200])
            raise CallFailed(unread, "malformed") from error

    def fact(
        self,
        operation: Operation,
        region: str,
        params: Mapping[str, object],
        shape: type[W],
        make: Callable[[W], T],
        absent: Mapping[str, T] | None = None,
    ) -> Fact[T]:
        """Call an operation and return a fact.

        Args:
            operation: what to call.
            region: where.
            params: of the call.
            shape: what the answer must look like.
            make: makes the fact's value of it; a ValueError means that the answer is malformed.
            absent: error codes by which the provider says that there is none, with the value that means so.
        """
        try:
            answer = self.call(operation, region, params, shape)
        except CallFailed as failure:
            if absent is not None and failure.code in absent:
                return Read(absent[failure.code], failure.unread.source)
            return failure.unread
        return made(answer, operation, make)

    def pages(
        self,
        operation: Operation,
        region: str,
        params: Mapping[str, object],
        shape: type[W],
        page: Callable[[W], Page[I]],
        token_param: str,
        *,
        limit: Limit | None = None,
    ) -> Answer[tuple[I, ...]]:
        """Call a listing until its last page.

        Args:
            operation: what to call.
            region: where.
            params: of the first call.
            shape: what a page must look like.
            page: takes the items and the next token out of it; a ValueError means that the answer is malformed.
            token_param: name of the parameter that takes the token.
            limit: how many pages are read at most; None for all.

        Raises:
            CallFailed: a page did not answer, there are too many, or the pages go round in circles.
        """
        items: list[I] = []
        token = ""
        seen: set[str] = set()
        while token not in seen:
            seen.add(token)
            answer = self.call(operation, region, {**params, token_param: token} if token else params, shape)
            part = made(answer, operation, page)
            if isinstance(part, Unread):
                raise CallFailed(part, "malformed")
            items.extend(part.value.items)
            token = part.value.token
            if not token:
                return Answer(tuple(items), answer.source)
            if limit is not None and len(seen) >= limit.pages:
                raise CallFailed(_unread(operation, Cause.UNSUPPORTED, limit.beyond), "too many pages")
        raise malformed(operation, Text(en="the pages do not end", ja="ページの終わりがありません"))

    def _method(self, operation: Operation) -> str:
        method = self._methods.get(operation.name)
        if method is None:
            import botocore

            method = self._methods[operation.name] = str(cast("Any", botocore).xform_name(operation.name))
        return method


def made(answer: Answer[W], operation: Operation, make: Callable[[W], T]) -> Fact[T]:
    """Return the fact that ``make`` makes of an answer; a ValueError means that the answer is malformed."""
    try:
        return Read(make(answer.body), answer.source)
    except ValueError as error:
        return Unread(
            Cause.MALFORMED, answer.source, permission=operation.permission, detail=str(error)[:200]
        )


def malformed(operation: Operation, detail: str | Text) -> CallFailed:
    """Return the failure of a call that was answered with something that makes no sense."""
    return CallFailed(_unread(operation, Cause.MALFORMED, detail), "malformed")


def gap(kind: str, region: str, failure: CallFailed) -> Gap:
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
    )


def text_time(moment: datetime | None) -> str:
    """Return a time of the SDK as a snapshot holds it; empty for None."""
    return "" if moment is None else stamp(moment)


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


def collected(facts: Iterable[Fact[T]], otherwise: Source) -> Fact[tuple[T, ...]]:
    """Return the values of many facts as one, or the first Unread; ``otherwise`` is the source when there are none."""
    values: list[T] = []
    source = otherwise
    for fact in facts:
        if isinstance(fact, Unread):
            return fact
        values.append(fact.value)
        source = fact.source
    return Read(tuple(values), source)


def _unread(operation: Operation, cause: Cause, detail: str | Text, request_id: str = "") -> Unread:
    return Unread(cause, _source(operation, request_id), permission=operation.permission, detail=detail)


def _source(operation: Operation, request_id: str) -> Source:
    return Source(operation.label, stamp(now()), request_id)


def at() -> str:
    """Return the time at which an answer came, as a snapshot holds it."""
    return stamp(now())


def now() -> datetime:
    """Return the time at which an answer came."""
    return datetime.now(UTC)
