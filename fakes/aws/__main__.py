"""Run the fake as a process: ``python -m fakes.aws --buckets 1000 --users 50 --latency-ms 20 --port 0``.

The first line of the output is the URL. ``/__stats`` shows the counters and ``/__reset`` zeroes them.
"""

import argparse
import asyncio
import signal
import sys

from fakes.aws.estate import Bucket
from fakes.aws.generate import estate
from fakes.aws.routes import GLOBAL
from fakes.aws.server import FakeAws, run


def arguments() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(prog="python -m fakes.aws", description="A fast fake AWS on 127.0.0.1.")
    parser.add_argument("--buckets", type=int, default=1000)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument(
        "--objects", type=int, default=0, help="in one bucket more, named objects; 0 for none"
    )
    parser.add_argument("--regions", type=int, default=1, help="how many regions hold buckets, 1 to 7")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--port", type=int, default=0, help="0 for any that is free")
    parser.add_argument(
        "--any-region", action="store_true", help="answer for a bucket in every region, without redirects"
    )
    return parser.parse_args()


def announce(url: str) -> None:
    """Print the URL, at once."""
    sys.stdout.write(url + "\n")
    sys.stdout.flush()


async def serve(options: argparse.Namespace) -> None:
    """Serve until a signal comes."""
    account = estate(buckets=options.buckets, users=options.users, seed=options.seed, regions=options.regions)
    if options.objects:
        account.buckets.append(Bucket(name="objects", region=GLOBAL, versioning={}, many=options.objects))
    fake = FakeAws(
        account,
        latency=options.latency_ms / 1000,
        port=options.port,
        strict_region=not options.any_region,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, fake.stop)
    await fake.serve(announce)


if __name__ == "__main__":
    run(serve(arguments()))
