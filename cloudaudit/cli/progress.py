"""How far a scan is, on standard error: a bar for a person, a line now and then for a log."""

import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Protocol, TextIO, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress
from rich.text import Text as Styled

from cloudaudit.cli.streams import is_terminal, wants_color
from cloudaudit.cli.telling import wants_events, write_event
from cloudaudit.providers import Progress
from cloudaudit.text import Language, Text
from cloudaudit.visible import visible

INTERVAL = 30.0
"""Seconds between two lines where nobody watches."""

_MINUTE = 60


class _Ticks(Protocol):
    def tick(self) -> None: ...


T = TypeVar("T", bound=_Ticks)


class Silent:
    """Hears and says nothing."""

    def expect(self, resources: int) -> None:
        """Ignore."""

    def done(self, resources: int = 1) -> None:
        """Ignore."""

    def say(self, text: Text) -> None:
        """Ignore."""


class Lines:
    """Counts, and prints a line when asked to."""

    def __init__(self, out: TextIO, language: Language, now: Callable[[], float] = time.monotonic) -> None:
        self._out = out
        self._language: Language = language
        self._now = now
        self._began = now()
        self._lock = threading.Lock()
        self._expected = 0
        self._done = 0

    def expect(self, resources: int) -> None:
        """Add to what is to be read."""
        with self._lock:
            self._expected += resources

    def done(self, resources: int = 1) -> None:
        """Add to what was read."""
        with self._lock:
            self._done += resources

    def say(self, text: Text) -> None:
        """Print a sentence."""
        print(visible(text.in_(self._language)), file=self._out, flush=True)

    def figures(self) -> tuple[int, int, str | None]:
        """Return how many were read, how many there are, and the time left where that can be told."""
        with self._lock:
            done, expected = self._done, self._expected
        return done, expected, remaining(done, expected, self._now() - self._began)

    def tick(self) -> None:
        """Print how far it is, and how long it will take where that can be told."""
        done, expected, left = self.figures()
        left_en = "" if left is None else f", {left} left"
        left_ja = "" if left is None else f"、残り約 {left}"
        self.say(
            Text(
                en=f"read: {done} of {expected} resources{left_en}",
                ja=f"読み取り {done} / {expected} 件{left_ja}",
            )
        )


def remaining(done: int, expected: int, seconds: float) -> str | None:
    """Return the time left as ``4:05``, or None before the first resource was read."""
    if done <= 0:
        return None
    left = round(seconds / done * max(expected - done, 0))
    return f"{left // _MINUTE}:{left % _MINUTE:02d}"


class Events:
    """Counts, and tells of it as events."""

    def __init__(self, out: TextIO, language: Language, now: Callable[[], float] = time.monotonic) -> None:
        self._lines = Lines(out, language, now)
        self._out = out
        self._language: Language = language

    def expect(self, resources: int) -> None:
        """Add to what is to be read."""
        self._lines.expect(resources)

    def done(self, resources: int = 1) -> None:
        """Add to what was read."""
        self._lines.done(resources)

    def say(self, text: Text) -> None:
        """Tell a sentence."""
        write_event("note", {"message": text.in_(self._language)}, out=self._out)

    def tick(self) -> None:
        """Tell how far it is."""
        done, expected, left = self._lines.figures()
        write_event("progress", {"read": done, "expected": expected, "left": left}, out=self._out)


class Bar:
    """Shows a bar with counts and the time left."""

    def __init__(self, bar: RichProgress, language: Language) -> None:
        self._bar = bar
        self._language: Language = language
        title = Text(en="Reading", ja="読み取り中").in_(language)
        self._task = bar.add_task(title, total=None)
        self._lock = threading.Lock()
        self._expected = 0

    def expect(self, resources: int) -> None:
        """Lengthen the bar."""
        with self._lock:
            self._expected += resources
            self._bar.update(self._task, total=self._expected)

    def done(self, resources: int = 1) -> None:
        """Advance the bar."""
        self._bar.advance(self._task, resources)

    def say(self, text: Text) -> None:
        """Print a sentence above the bar."""
        self._bar.console.print(Styled(visible(text.in_(self._language))))


@contextmanager
def shown(
    language: Language, *, quiet: bool, plain: bool, interval: float = INTERVAL
) -> Generator[Progress, None, None]:
    """Show progress on standard error as long as the context lasts; events also where the rest is quiet."""
    if wants_events(click.get_current_context(silent=True)):
        with _ticking(Events(sys.stderr, language), interval) as events:
            yield events
            events.tick()
    elif quiet:
        yield Silent()
    elif is_terminal(sys.stderr) and not plain:
        with _bar() as bar:
            yield Bar(bar, language)
    else:
        with _ticking(Lines(sys.stderr, language), interval) as lines:
            yield lines


def _bar() -> RichProgress:
    console = Console(file=sys.stderr, no_color=not wants_color(sys.stderr), markup=False, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return RichProgress(*columns, console=console, transient=True)


@contextmanager
def _ticking(lines: T, interval: float) -> Generator[T, None, None]:
    stop = threading.Event()

    def tick() -> None:
        while not stop.wait(interval):
            lines.tick()

    thread = threading.Thread(target=tick, name="progress", daemon=True)
    thread.start()
    try:
        yield lines
    finally:
        stop.set()
        thread.join()
