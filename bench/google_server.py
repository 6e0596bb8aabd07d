"""The project's fake Google as a process of its own, ``python -m bench.google_server``; ``/__calls`` tells the counts."""

import argparse
import json
import signal
from dataclasses import dataclass
from threading import Event

from cloudaudit.demo.gcs.http import Reply, Request
from fakes.gcs import FakeGoogle
from fakes.gcs.build import many


@dataclass
class CountingGoogle(FakeGoogle):
    """A fake Google that tells how often it was asked, and how often the same."""

    def answer(self, request: Request) -> Reply:
        """Answer the control endpoints, and everything else as usual."""
        if request.path == "/__reset":
            self.forget()
            return Reply()
        if request.path == "/__calls":
            twice = sum(times - 1 for times in self.targets.values())
            return Reply(body=json.dumps({"total": self.calls, "twice": twice}).encode())
        return super().answer(request)


def main() -> None:
    """Serve until a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m bench.google_server", description=__doc__)
    parser.add_argument("--buckets", type=int, default=1000)
    parser.add_argument("--latency-ms", type=float, default=20.0)
    options = parser.parse_args()
    ended = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: ended.set())
    fake = CountingGoogle(many(options.buckets), latency=options.latency_ms / 1000)
    # The server answers in a thread beside this one, which only sleeps.
    with fake.served() as url:
        print(url, flush=True)
        while not ended.wait(1):
            pass


if __name__ == "__main__":
    main()
