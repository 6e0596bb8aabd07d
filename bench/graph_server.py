"""A fake Graph of any size in a process of its own: ``python -m bench.graph_server``; prints its URL, then counts on demand."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, overload

from cloudaudit.demo.m365.estate import build
from cloudaudit.demo.m365.graph import Drive, Json
from cloudaudit.demo.m365.writing import SHARED, Calendar, item, link, registration, root, uid, user
from fakes.m365 import FakeGraph

FIRST = 1_000
"""From which number on people are made up; those of the sample estate come before."""


class Made(Sequence[Json]):
    """Things made when asked for, so that a million of them need no memory."""

    def __init__(self, size: int, make: Callable[[int], Json], before: Sequence[Json] = ()) -> None:
        self._size = size + len(before)
        self._make = make
        self._before = before

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> Json: ...
    @overload
    def __getitem__(self, index: slice) -> list[Json]: ...
    def __getitem__(self, index: int | slice) -> Json | list[Json]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(self._size))]
        known = len(self._before)
        return self._before[index] if index < known else self._make(index - known)

    def __iter__(self) -> Iterator[Json]:
        return (self[index] for index in range(self._size))


def serve(*, drives: int, items: int, shared: int, users: int, latency: float) -> None:
    """Serve until standard input ends; each line asks for the calls so far, and forgets them."""
    dates = Calendar(datetime.now(UTC))
    fake = FakeGraph(build(datetime.now(UTC)))
    fake.page = 999
    lists: dict[str, Any] = fake.estate.lists
    lists["/users"] = Made(users, lambda n: _user(n, dates), lists["/users"])
    report = "/reports/authenticationMethods/userRegistrationDetails"
    lists[report] = Made(users, lambda n: _registration(n, dates), lists[report])
    site = lists["/sites/getAllSites"][0]["id"]
    every = max(1, items // shared) if shared else items + 1
    for number in range(drives):
        drive = f"b!bench-{number}"
        lists[f"/sites/{site}/drives"].append({"id": drive, "name": drive, "driveType": "documentLibrary"})
        fake.estate.drives[drive] = Drive(Made(items, lambda n: _item(n, every, dates), [root(dates)]))
        lists[f"/drives/{drive}/items/root/permissions"] = []
        for index in range(0, items, every) if shared else ():
            lists[f"/drives/{drive}/items/i{index}/permissions"] = [link(f"l{index}", "anonymous")]
    with fake:
        fake.latency = latency
        print(fake.url, flush=True)
        for _ in sys.stdin:
            print(
                json.dumps({"requests": len(fake.requests), "answers": sum(fake.counts.values())}), flush=True
            )
            fake.reset()


def _item(number: int, every: int, dates: Calendar) -> Json:
    shared: dict[str, object] = {"shared": SHARED} if number % every == 0 else {}
    return item(f"i{number}", f"ファイル {number}.xlsx", dates, **shared)


def _user(number: int, dates: Calendar) -> Json:
    return user(FIRST + number, f"user{number}@sample-shoji.example", f"社員 {number}", dates)


def _registration(number: int, dates: Calendar) -> Json:
    line = registration(FIRST + number, "microsoftAuthenticatorPush", dates=dates)
    return line | {"id": uid(FIRST + number)}


def main() -> None:
    """Parse and serve."""
    parser = argparse.ArgumentParser(prog="python -m bench.graph_server", description=__doc__)
    for name in ("drives", "items", "shared", "users"):
        parser.add_argument(f"--{name}", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0)
    options = parser.parse_args()
    serve(
        drives=options.drives,
        items=options.items,
        shared=options.shared,
        users=options.users,
        latency=options.latency,
    )


if __name__ == "__main__":
    main()
