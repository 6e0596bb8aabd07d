"""The demo's stand-in, with what tests and benchmarks need besides."""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from cloudaudit.demo.m365.graph import CONTROL, Asked, Estate, Graph, Reply, failure
from cloudaudit.demo.m365.server import serving
from fakes.m365.actions import needed


@dataclass
class Fault:
    """An answer that is given instead of the right one.

    Attributes:
        pattern: of the path, after the version.
        times: how often; None for ever.
        after: how many right answers come first.
        raw: sent as it is, whatever it is.
    """

    pattern: str
    status: int = 500
    code: str = "generalException"
    message: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    times: int | None = None
    after: int = 0
    raw: bytes | None = None

    def reply(self) -> Reply:
        """Return the answer."""
        if self.raw is not None:
            return Reply(self.status, self.raw, self.headers)
        return failure(self.status, self.code, self.message, self.headers)


class FakeGraph(Graph):
    """A Graph on a port of this machine.

    Attributes:
        granted: application permissions that are granted; None for all.
        good_tokens: tokens that are accepted; None for any.
        latency: seconds before each answer.
        before: called with each target before it is answered.
        counts: requests within and outside of batches, by path.
        requests: every HTTP request as method and target.
        methods: methods seen, those within batches too.
        tokens: every ``Authorization`` header that came.
    """

    def __init__(self, estate: Estate) -> None:
        super().__init__(estate)
        self.granted: frozenset[str] | None = None
        self.good_tokens: frozenset[str] | None = None
        self.latency = 0.0
        self.before: Callable[[str], None] | None = None
        self.faults: list[Fault] = []
        self.url = ""
        self._served: AbstractContextManager[str] | None = None
        self._counting = threading.Lock()
        self.reset()

    def __enter__(self) -> Self:
        self._served = serving(self.answer)
        self.url = self._served.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._served is not None:
            self._served.__exit__(kind, error, trace)

    def reset(self) -> None:
        """Forget what was asked."""
        self.counts: Counter[str] = Counter()
        self.requests: list[tuple[str, str]] = []
        self.methods: set[str] = set()
        self.tokens: set[str] = set()
        self.prefers: set[str] = set()

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer one request."""
        with self._counting:
            self.requests.append((method, target))
            self.methods.add(method)
            self.tokens.add(headers.get("authorization", ""))
            self.prefers.add(headers.get("prefer", ""))
        if self.before is not None:
            self.before(target)
        if self.latency:
            time.sleep(self.latency)
        token = headers.get("authorization", "").removeprefix("Bearer ")
        if self.good_tokens is not None and token not in self.good_tokens:
            return failure(
                401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired."
            )
        if target.endswith("/$batch") and (fault := self._fault("/$batch")):
            return fault.reply()
        return super().answer(method, target, headers, body)

    def single(self, asked: Asked) -> Reply:
        """Answer a request that is no batch."""
        with self._counting:
            self.counts[asked.path] += 1
            self.methods.add(asked.method)
        if fault := self._fault(asked.path):
            return fault.reply()
        selects = "signInActivity" in asked.selected
        permissions = needed(asked.path, signed_in=selects, sharing_changes=CONTROL in asked.prefer)
        if permissions is None:
            return failure(404, "UnknownPath", asked.path)
        if self.granted is not None and not permissions <= self.granted:
            return failure(
                403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."
            )
        return super().single(asked)

    def _fault(self, path: str) -> Fault | None:
        with self._counting:
            for fault in self.faults:
                if not re.fullmatch(fault.pattern, path):
                    continue
                if fault.after > 0:
                    fault.after -= 1
                    continue
                if fault.times is None:
                    return fault
                if fault.times > 0:
                    fault.times -= 1
                    return fault
        return None

    def times(self, pattern: str) -> int:
        """Return how often a path was asked for."""
        return sum(count for path, count in self.counts.items() if re.fullmatch(pattern, path))
