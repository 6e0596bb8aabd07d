"""Shapes for the terminal: the bar that shows a score with its doubt, in signs that the terminal has."""

from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text as Styled

_LONGEST_BAR = 44
_SHORTEST_BAR = 6
_FULL_SCORE = 100


@dataclass(frozen=True, kw_only=True)
class Glyphs:
    """The signs that a terminal's encoding can show."""

    full: str = "━"
    open: str = "╍"
    lost: str = "─"
    dot: str = "·"
    bullet: str = "•"

    @classmethod
    def for_encoding(cls, encoding: str) -> "Glyphs":
        """Return the signs for an encoding; those of ASCII where it lacks one of ours."""
        ours = cls()
        try:
            (ours.full + ours.open + ours.lost + ours.dot + ours.bullet).encode(encoding)
        except UnicodeEncodeError:
            return cls(full="=", open="~", lost="-", dot="|", bullet="*")
        return ours


@dataclass(frozen=True, kw_only=True)
class Bar:
    """Three lengths: what is guaranteed, what assessing more may still win, and what is lost for certain."""

    guaranteed: float
    best: float
    style: str
    glyphs: Glyphs

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        del console
        width = min(options.max_width, _LONGEST_BAR)
        full = round(self.guaranteed * width / _FULL_SCORE)
        possible = max(round(self.best * width / _FULL_SCORE), full)
        yield Styled.assemble(
            (self.glyphs.full * full, self.style),
            (self.glyphs.open * (possible - full), "bright_black"),
            (self.glyphs.lost * (width - possible), "dim bright_black"),
            no_wrap=True,
        )

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        del console
        return Measurement(_SHORTEST_BAR, min(_LONGEST_BAR, options.max_width))
