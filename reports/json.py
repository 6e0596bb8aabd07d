"""result.json: everything, for machines; equal input gives equal bytes. Schema: docs/result.schema.json.

One check, one resource, one share and one finding a line, so that two results can be compared with line tools.
"""

from collections.abc import Iterable
from typing import Any, BinaryIO

import msgspec

from cloudaudit.assessment import Assessment
from cloudaudit.reporting import ReportOptions
from cloudaudit.visible import encoded

FILE_NAME = "result.json"

_SMALL = (
    "schema",
    "tool",
    "target",
    "taken_at",
    "masked",
    "scope",
    "policy",
    "score",
    "counts",
    "gaps",
    "exit",
)


def render(assessment: Assessment, options: ReportOptions, out: BinaryIO) -> None:
    """Write the result, which ``cloudaudit.result`` reads back; what may be long is streamed. No option changes it."""
    del options
    writer = _Writer(out)
    for key in _SMALL:
        writer.member(key, getattr(assessment, key))
    writer.members("checks", assessment.checks.values())
    writer.members("resources", assessment.resources())
    writer.member("waivers", assessment.waivers)
    writer.members("sharing", assessment.shares())
    writer.members("findings", assessment.findings())
    writer.end()


class _Writer:
    """Writes one JSON object, member by member."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._encoder = msgspec.json.Encoder(order="deterministic")
        self._before = b"{\n"

    def member(self, key: str, value: object) -> None:
        """Write a small member on one line."""
        self._key(key)
        self._out.write(self._encoded(value))

    def members(self, key: str, values: Iterable[object]) -> None:
        """Write an array, one item a line, holding one at a time."""
        self._key(key)
        before = b"[\n"
        for value in values:
            self._out.write(before + self._encoded(value))
            before = b",\n"
        self._out.write(b"[]" if before == b"[\n" else b"\n]")

    def end(self) -> None:
        """Close the object."""
        self._out.write(b"\n}\n")

    def _key(self, key: str) -> None:
        self._out.write(self._before + self._encoded(key) + b": ")
        self._before = b",\n"

    def _encoded(self, value: Any) -> bytes:  # noqa: ANN401 - whatever an assessment holds
        return encoded(self._encoder, value)
