"""Text on a terminal that wraps as Japanese does."""

import re
from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text as Styled

_CLOSING = "、。,.・:;?!)」』】〕}]…ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々"
_OPENING = "(「『【〔{["
_WIDE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff01-\uffee"
_UNIT = re.compile(
    rf"\s+|[{re.escape(_OPENING)}]*[{_WIDE}][{re.escape(_CLOSING)}]*|[^\s{_WIDE}]+[{re.escape(_CLOSING)}]*"
)
_NARROWEST = 10
_ONE_CHARACTER = 2


def breaks(text: str, width: int, hang: int = 0) -> list[int]:
    """Return where to break lines: between words and Japanese characters, never before 、 or after 「.

    Lines after the first are ``hang`` columns shorter. A unit wider than those is broken anywhere, so that
    no line is ever wider.
    """
    places: list[int] = []
    used = 0
    for start, unit in _units(text, max(width - hang, _ONE_CHARACTER)):
        size = cell_len(unit)
        if used and not unit.isspace() and used + size > width:
            places.append(start)
            used = hang
        used += size
    return places


def _units(text: str, width: int) -> Iterator[tuple[int, str]]:
    for match in _UNIT.finditer(text):
        if cell_len(match[0]) <= width:
            yield match.start(), match[0]
        else:
            yield from enumerate(match[0], match.start())


class Flow:
    """A styled text that wraps to the width it is given; lines after the first begin ``hang`` columns in."""

    def __init__(self, text: Styled, hang: int = 0) -> None:
        self._text = text
        self._hang = hang

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        del console
        places = breaks(self._text.plain, options.max_width, self._hang)
        for number, line in enumerate(self._text.divide(places)):
            line.rstrip()
            line.no_wrap = True
            line.overflow = "ignore"
            yield (
                Styled(" " * self._hang, no_wrap=True, overflow="ignore").append_text(line)
                if number
                else line
            )

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        del console
        width = min(max(cell_len(self._text.plain), 1), options.max_width)
        return Measurement(min(width, _NARROWEST), width)
