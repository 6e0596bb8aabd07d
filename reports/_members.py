"""Writes one JSON object member by member, arrays one item a line, holding one at a time."""

from collections.abc import Iterable
from typing import Any, BinaryIO

import msgspec

from cloudaudit.visible import encoded


class Members:
    """One object, written as its members come; equal members give equal bytes."""

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
