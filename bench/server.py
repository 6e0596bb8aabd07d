"""The project's fake AWS as a process that also counts what it is asked twice, and how much about one bucket.

Run it as ``python -m bench.server``, with the options of ``python -m fakes.aws``. ``/__calls`` tells the counts.
"""

import argparse
import asyncio
import json
import signal
from collections import Counter

from fakes.aws.__main__ import announce, arguments
from fakes.aws.estate import Bucket
from fakes.aws.generate import estate
from fakes.aws.http import Connection
from fakes.aws.routes import GLOBAL
from fakes.aws.server import STATEFUL, FakeAws, cache_key, run
from fakes.aws.wire import Answer

POLLED = STATEFUL
"""What is asked again on purpose: the credential report, until it is ready."""


class CountingAws(FakeAws):
    """A fake AWS that knows which requests were the same as an earlier one."""

    def reset(self) -> None:
        """Zero the counters."""
        self.requests: Counter[bytes] = Counter()
        super().reset()

    def respond(self, head: bytes, body: bytes, connection: Connection) -> None:
        """Count a request by all that decides its answer, then answer it."""
        self.requests[cache_key(head, body)] += 1
        super().respond(head, body, connection)

    def control(self, target: str) -> Answer:
        """Answer the control endpoints."""
        if target == "/__calls":
            return Answer(body=json.dumps(self.calls()).encode(), content_type="application/json")
        return super().control(target)

    def calls(self) -> dict[str, object]:
        """Return calls in all, those of each bucket by operation, and requests that came twice by operation."""
        known = {name for world in self._worlds.values() for name in world.state.buckets}
        buckets: dict[str, dict[str, int]] = {}
        for (service, operation, _, resource), count in self.counts.items():
            name = resource.rpartition(":::")[2].partition("/")[0]
            if name in known:
                label = f"{service}:{operation}"
                of_bucket = buckets.setdefault(name, {})
                of_bucket[label] = of_bucket.get(label, 0) + count
        twice: Counter[str] = Counter()
        for key, count in self.requests.items():
            prepared = self._cache.get(key)
            name = prepared.key[1] if prepared else "unknown"
            if count > 1 and name not in POLLED:
                twice[name] += count - 1
        return {"total": sum(self.counts.values()), "buckets": buckets, "twice": dict(twice)}


async def serve(options: argparse.Namespace) -> None:
    """Serve until a signal comes."""
    account = estate(buckets=options.buckets, users=options.users, seed=options.seed, regions=options.regions)
    if options.objects:
        account.buckets.append(Bucket(name="objects", region=GLOBAL, versioning={}, many=options.objects))
    fake = CountingAws(
        account, latency=options.latency_ms / 1000, port=options.port, strict_region=not options.any_region
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, fake.stop)
    await fake.serve(announce)


if __name__ == "__main__":
    run(serve(arguments()))
