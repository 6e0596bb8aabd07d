"""What the outside world decides about output: encoding, width, colour."""

import errno
import io
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, TextIO

if TYPE_CHECKING:  # --help must not pay for what errors import
    from cloudaudit.errors import OutputError

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


@contextmanager
def printing() -> Generator[None]:
    """Print to standard output; when its reader has gone, the rest is left unsaid.

    Raises:
        OutputError: it cannot be written, as on a full disk.
    """
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        failure = not_printed(error)
        if not reader_gone(error):
            raise failure from error


def reader_gone(error: OSError) -> bool:
    """Whether nobody reads any more what is printed, as after ``| head``; Windows says EINVAL for it.

    Source: https://docs.python.org/3/library/signal.html#note-on-sigpipe
    """
    return error.errno == errno.EPIPE or (os.name == "nt" and error.errno == errno.EINVAL)


def not_printed(error: OSError) -> "OutputError":
    """Return the error for standard output that takes no more, and send what is left of it nowhere.

    Otherwise the interpreter would fail on what is left in the buffer when it ends.
    """
    from cloudaudit.errors import OutputError
    from cloudaudit.text import Text

    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    return OutputError(
        Text(
            en=f"Standard output cannot be written ({error.strerror}); free space where it is sent to.",
            ja=f"標準出力に書き込めません({error.strerror})。出力先の空き容量を確認してください。",
        )
    )


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
