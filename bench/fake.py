"""The fake AWS as a process of its own, and what a client needs to reach it."""

import json
import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.request import urlopen

from bench.measure import ROOT, python


@dataclass(frozen=True, kw_only=True)
class Calls:
    """What the fake was asked.

    Attributes:
        total: calls in all.
        buckets: calls by operation of each bucket.
        twice: requests by operation that were the same as an earlier one; polls of a report do not count.
    """

    total: int
    buckets: Mapping[str, Mapping[str, int]]
    twice: Mapping[str, int]

    @property
    def most(self) -> int:
        """The most calls that were made about one bucket."""
        return max((sum(each.values()) for each in self.buckets.values()), default=0)


@dataclass(frozen=True, kw_only=True)
class Fake:
    """A server that runs."""

    url: str

    @property
    def environment(self) -> dict[str, str]:
        """What makes an SDK talk to it."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "AKIAFAKEFAKEFAKEFAKE",
            "AWS_SECRET_ACCESS_KEY": "none",
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    def calls(self) -> Calls:
        """Return what was asked since the last reset."""
        return Calls(**self._ask("/__calls"))

    def reset(self) -> None:
        """Zero the counters."""
        self._ask("/__reset")

    def _ask(self, path: str) -> Any:  # noqa: ANN401 - JSON
        with urlopen(self.url + path, timeout=60) as answer:  # noqa: S310 - our own server on the loopback
            return json.load(answer)


@contextmanager
def serving(
    *, buckets: int, latency_ms: float = 0.0, users: int = 50, objects: int = 0
) -> Generator[Fake, None, None]:
    """Run the fake as long as the block lasts; with ``objects`` it has one bucket more, which holds so many."""
    process = subprocess.Popen(
        python(
            *("-m", "bench.server", "--buckets", str(buckets)),
            *("--users", str(users), "--latency-ms", str(latency_ms), "--objects", str(objects)),
        ),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if process.stdout is None:
            raise RuntimeError("the fake has no output")
        yield Fake(url=process.stdout.readline().strip())
    finally:
        process.terminate()
        process.wait(timeout=30)
