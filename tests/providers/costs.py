"""What each missing permission costs, as the tests find out by taking it away, against the file that ships."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec

import cloudaudit.providers
from cloudaudit.providers.trials import COSTS, Cost, read_costs


@contextmanager
def shipped(provider: str) -> Generator[dict[str, Cost]]:
    """Give the mapping to fill; with UPDATE_COSTS it is written in the end."""
    found: dict[str, Cost] = {}
    yield found
    if os.environ.get("UPDATE_COSTS"):
        path = Path(cloudaudit.providers.__file__).parent / provider / COSTS
        lines = (
            msgspec.json.encode(name) + b": " + msgspec.json.encode(found[name]) for name in sorted(found)
        )
        path.write_bytes(b"{\n" + b",\n".join(lines) + b"\n}\n")


def check_or_note(found: dict[str, Cost], provider: str, permission: str, cost: Cost) -> None:
    """Compare what was found with what ships, or note it down for the update."""
    found[permission] = cost
    if not os.environ.get("UPDATE_COSTS"):
        assert read_costs(provider)[permission] == cost, "run this file with UPDATE_COSTS=1 -n 0"
