"""The demo's server, and what can go wrong with it."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from cloudaudit.demo.gcs import errors
from cloudaudit.demo.gcs.estate import Estate
from cloudaudit.demo.gcs.http import Reply, Request
from cloudaudit.demo.gcs.server import TOKEN, Google, Matched


class Kind(StrEnum):
    """What goes wrong."""

    DENY = "deny"
    THROTTLE = "throttle"
    BUSY = "busy"
    NETWORK = "network"
    PAGE = "page"
    EMPTY = "empty"
    FAIL = "fail"
    REDIRECT = "redirect"
    STALE = "stale"


@dataclass
class Fault:
    """Something that goes wrong with a method, on one resource or on all.

    Attributes:
        method: name of the method in the fake's table of permissions.
        times: how often; None for always.
        retry_after: the header that comes with it; empty for none.
    """

    kind: Kind
    method: str
    resource: str = ""
    times: int | None = None
    retry_after: str = ""


@dataclass
class FakeGoogle(Google):
    """A Google that can fail on purpose.

    Attributes:
        faults: what goes wrong.
        expires_after: calls after which no token is good any more; None for never.
        revoked: whether the token endpoint gives none either.
        asked: every recognised request, as method, path, and the token that it bore.
    """

    faults: list[Fault] = field(default_factory=list[Fault])
    expires_after: int | None = None
    revoked: bool = False
    asked: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    guard: Any = field(default_factory=threading.Lock)

    @property
    def calls(self) -> int:
        """How many requests came, those for tokens not counted."""
        return sum(self.counts.values())

    def count(self, method: str, resource: str | None = None) -> int:
        """Return how often a method was asked."""
        return sum(
            times
            for (name, about), times in self.counts.items()
            if name == method and resource in {None, about}
        )

    def answer(self, request: Request) -> Reply:
        """Note a request, and answer it."""
        if request.path != TOKEN:
            token = request.headers.get("authorization", "").removeprefix("Bearer ")
            self.asked.append((request.method, request.path, token))
        return super().answer(request)

    def planned(self, matched: Matched, request: Request) -> Reply | None:
        """Return what goes wrong with this request, if anything does."""
        if self.expires_after is not None and self.calls > self.expires_after:
            return errors.reply_of(errors.Refused(401, "Invalid Credentials"), matched.route.service)
        with self.guard:
            fault = next((each for each in self.faults if _is_about(each, matched, request)), None)
            if fault is None:
                return None
            if fault.times is not None:
                fault.times -= 1
                if not fault.times:
                    self.faults.remove(fault)
        return _reply(fault, matched)

    def grant(self, request: Request) -> Reply:
        """Give a token, unless the account was revoked."""
        gone = self.expires_after is not None and self.calls > self.expires_after
        if self.revoked or gone:
            return Reply(400, b'{"error": "invalid_grant", "error_description": "Invalid JWT Signature."}')
        return super().grant(request)

    def forget(self) -> None:
        """Forget what was asked."""
        self.counts.clear()
        self.targets.clear()
        self.asked.clear()
        self.refused.clear()


def _is_about(fault: Fault, matched: Matched, request: Request) -> bool:
    named = {"", matched.resource, *(matched.parts), request.one("project")}
    return fault.method == matched.route.name and fault.resource in named


def _reply(fault: Fault, matched: Matched) -> Reply:
    service = matched.route.service
    if fault.kind is Kind.NETWORK:
        return Reply(cut=True)
    if fault.kind is Kind.PAGE:
        return Reply(body=b"<html><body>Please sign in</body></html>", headers={"Content-Type": "text/html"})
    if fault.kind is Kind.EMPTY:
        return Reply(body=b"{}")
    if fault.kind is Kind.REDIRECT:
        return Reply(302, b"", {"Location": "http://127.0.0.1:1/portal"})
    if fault.kind is Kind.DENY:
        return errors.reply_of(errors.denied("some.permission", matched.resource), service)
    status = {Kind.THROTTLE: 429, Kind.BUSY: 503, Kind.FAIL: 500, Kind.STALE: 401}[fault.kind]
    reply = errors.reply_of(errors.Refused(status, "Try again later."), service)
    return Reply(reply.status, reply.body, {"Retry-After": fault.retry_after} if fault.retry_after else {})


@contextmanager
def serving(estate: Estate, **settings: Any) -> Generator[tuple[str, FakeGoogle]]:  # noqa: ANN401 - of the dataclass
    """Serve an estate as long as the block lasts; yield the URL and the fake."""
    fake = FakeGoogle(estate, **settings)
    with fake.served() as url:
        yield url, fake
