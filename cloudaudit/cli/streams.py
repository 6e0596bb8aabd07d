"""What the outside world decides about output: encoding, width, colour."""

import io
import os
import sys
from typing import IO, TextIO

_PROBE = "確認"


def make_writable(stream: TextIO) -> None:
    """Make a stream take any text: as UTF-8 where its own encoding has no Japanese, and without exceptions."""
    if not isinstance(stream, io.TextIOWrapper):
        return
    try:
        _PROBE.encode(stream.encoding)
    except (UnicodeEncodeError, LookupError):
        stream.reconfigure(encoding="utf-8")
    stream.reconfigure(errors="replace")


def is_terminal(stream: IO[str]) -> bool:
    """Whether a person looks at the stream, on a terminal that knows cursor movements."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def wants_color(stream: IO[str]) -> bool:
    """Whether colour may be written to the stream; ``NO_COLOR`` forbids it."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR")


def columns(stream: IO[str]) -> int | None:
    """Return the width of the terminal, or None when the stream is none and ``COLUMNS`` is not set."""
    given = os.environ.get("COLUMNS", "")
    if given.isdigit() and int(given) > 0:
        return int(given)
    if not stream.isatty():
        return None
    return os.get_terminal_size(stream.fileno()).columns or None


def encoding() -> str:
    """Return the encoding of standard output."""
    return sys.stdout.encoding or "utf-8"
