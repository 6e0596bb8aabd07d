"""overview.json: a fleet for machines, one target a line; equal input gives equal bytes. Schema: docs/overview.schema.json."""

from typing import BinaryIO

from cloudaudit.fleet.rows import Overview
from cloudaudit.reporting import ReportOptions

from ._members import Members

FILE_NAME = "overview.json"

_SMALL = ("schema", "version", "taken_at", "run", "shard", "missing_shards", "masked", "code", "exit")


def render(overview: Overview, options: ReportOptions, out: BinaryIO) -> None:
    """Write the overview. No option changes it."""
    del options
    writer = Members(out)
    for key in _SMALL:
        writer.member(key, getattr(overview, key))
    if overview.client is not None:
        writer.member("client", overview.client)
    writer.members("targets", overview.targets)
    writer.end()
