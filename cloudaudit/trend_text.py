"""The trend as text: drawn for a terminal, or listed for logs and screen readers."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from rich.cells import cell_len
from rich.text import Text as Styled

from cloudaudit.history import Run
from cloudaudit.model import Severity
from cloudaudit.reporting import SEVERITIES, headline, moment, number
from cloudaudit.scoring import Measure
from cloudaudit.text import Language, Text
from cloudaudit.visible import visible

_ROWS = 10
_FULL = 100
_AXIS = 5
_LABELLED = 50
_NARROWEST, _WIDEST = 8, 3
_SAID = 14
"""Columns kept free for the figures at the end of a line."""

_STEPS = "▁▂▃▄▅▆▇█"
_PLAIN_STEPS = ".:-=+*#@"
_STYLES = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "bright_black",
}
_LEGEND = Text(en="guaranteed", ja="保証"), Text(en="up to", ja="最大"), Text(en="assessed", ja="判定率")
_OTHER_CHECKS = Text(
    en="^ the checks were changed, which may move the score by itself",
    ja="^ チェックの内容が変わった時点(スコアの変動に影響することがあります)",
)


def listed(target: str, runs: Sequence[Run], language: Language) -> Iterator[str]:
    """Yield a line for each run: day, score, failures by severity."""
    yield target
    for run in runs:
        measure = Measure(guaranteed=run.guaranteed, best=run.best, coverage=run.coverage, grade=run.grade)
        failures = ", ".join(
            f"{SEVERITIES[severity].in_(language)} {count}"
            for severity in Severity
            if (count := int(getattr(run, severity.value)))
        )
        none = Text(en="no failures", ja="不適合なし").in_(language)
        grade = f"{run.grade}, " if run.grade else ""
        yield f"{moment(run.at, language)[:10]}: {grade}{headline(measure, language)}; {failures or none}"


def drawn(
    target: str, runs: Sequence[Run], language: Language, *, width: int, encoding: str
) -> Iterator[Styled]:
    """Yield the lines of the chart: the score as columns, below it how much was assessed and what failed.

    Args:
        target: its name.
        runs: the oldest first, one a day.
        language: of the words.
        width: columns of the terminal.
        encoding: of the terminal; signs of ASCII stand in where it has none of ours.
    """
    yield Styled(visible(target), style="bold")
    if runs:
        yield from _Chart(runs, language, width, _signs(encoding)).lines()


class _Chart:
    """A chart of some width."""

    def __init__(self, runs: Sequence[Run], language: Language, width: int, signs: "_Signs") -> None:
        self._language: Language = language
        self._signs = signs
        names = [*(text.in_(language) for text in SEVERITIES.values()), _LEGEND[2].in_(language)]
        self._margin = max(_AXIS, *(cell_len(name) + 1 for name in names))
        room = max(width - self._margin - _SAID, _NARROWEST)
        self._runs = _sampled(runs, room)
        self._wide = max(1, min(_WIDEST, room // len(self._runs)))

    def lines(self) -> Iterator[Styled]:
        """Yield its lines."""
        newest = self._runs[-1]
        measure = Measure(
            guaranteed=newest.guaranteed, best=newest.best, coverage=newest.coverage, grade=newest.grade
        )
        day = moment(newest.at, self._language)[:10]
        yield Styled(f"{day}  {newest.grade or '-'}  {headline(measure, self._language)}")
        yield Styled("")
        yield from (self._level(row) for row in range(_ROWS, 0, -1))
        yield self._days()
        yield from self._notes()
        yield Styled("")
        said = f"{number(newest.coverage)} %" if newest.coverage is not None else "-"
        coverage = [run.coverage for run in self._runs]
        yield self._spark(_LEGEND[2], [value and value / _FULL for value in coverage], said, "magenta")
        for severity in Severity:
            counts = [int(getattr(run, severity.value)) for run in self._runs]
            if any(counts):
                said = f"{counts[0]:,} {self._signs.arrow} {counts[-1]:,}"
                parts = [count / max(counts) for count in counts]
                yield self._spark(SEVERITIES[severity], parts, said, _STYLES[severity])

    def _level(self, row: int) -> Styled:
        level = row * _FULL // _ROWS
        label = str(level) if level % _LABELLED == 0 else ""
        line = Styled(f"{label:>{self._margin - 1}} ", style="bright_black")
        limit = level - _FULL / _ROWS / 2
        for run in self._runs:
            if run.guaranteed is not None and run.guaranteed >= limit:
                line.append(self._signs.full * self._wide, "green")
            elif run.best is not None and run.best >= limit:
                line.append(self._signs.open * self._wide, "bright_black")
            else:
                line.append(" " * self._wide)
        return line

    def _days(self) -> Styled:
        first, last = (moment(run.at, self._language)[:10] for run in (self._runs[0], self._runs[-1]))
        room = len(self._runs) * self._wide - len(first)
        line = f"{' ' * self._margin}{first}"
        both = f"{line}{last:>{room}}" if room > len(last) + 1 else f"{line} - {last}"
        return Styled(both, style="bright_black")

    def _notes(self) -> Iterator[Styled]:
        margin = " " * self._margin
        changed = [False, *(left.checks != right.checks for left, right in pairwise(self._runs))]
        if any(changed):
            yield Styled(margin + "".join(f"{'^' if one else ' ':<{self._wide}}" for one in changed).rstrip())
        guaranteed, best, _ = (text.in_(self._language) for text in _LEGEND)
        legend = f"{margin}{self._signs.full} {guaranteed}  {self._signs.open} {best}"
        yield Styled(legend, style="bright_black")
        if any(changed):
            yield Styled(margin + _OTHER_CHECKS.in_(self._language), style="bright_black")

    def _spark(self, name: Text, parts: Sequence[float | None], said: str, style: str) -> Styled:
        label = name.in_(self._language)
        line = Styled(label + " " * (self._margin - cell_len(label)))
        highest = len(self._signs.steps) - 1
        for part in parts:
            sign = self._signs.steps[round(part * highest)] if part else " "
            line.append(sign * self._wide, style)
        return line.append(f" {said}")


class _Signs:
    """The signs of a chart."""

    def __init__(self, full: str, open_: str, steps: str, arrow: str) -> None:
        self.full, self.open, self.steps, self.arrow = full, open_, steps, arrow


def _signs(encoding: str) -> _Signs:
    ours = _Signs("█", "░", _STEPS, "→")
    try:
        f"{ours.full}{ours.open}{ours.steps}{ours.arrow}".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return _Signs("#", ".", _PLAIN_STEPS, "->")
    return ours


def _sampled(runs: Sequence[Run], most: int) -> list[Run]:
    """Return at most so many runs, evenly chosen, the first and the last among them."""
    if len(runs) <= most:
        return list(runs)
    return [runs[round(place * (len(runs) - 1) / (most - 1))] for place in range(most)]
