"""The trend as text: drawn for a terminal, or listed for logs and screen readers."""

from collections.abc import Iterator, Sequence

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
    signs = _signs(encoding)
    labels = {severity: SEVERITIES[severity].in_(language) for severity in Severity}
    names = [*labels.values(), _LEGEND[2].in_(language)]
    margin = max(_AXIS, *(cell_len(name) + 1 for name in names))
    shown = _sampled(runs, max(width - margin - 14, 8))
    wide = max(1, min(3, (width - margin - 14) // max(len(shown), 1)))
    yield Styled(visible(target), style="bold")
    if not shown:
        return
    newest = shown[-1]
    measure = Measure(
        guaranteed=newest.guaranteed, best=newest.best, coverage=newest.coverage, grade=newest.grade
    )
    yield Styled(f"{moment(newest.at, language)[:10]}  {newest.grade or '-'}  {headline(measure, language)}")
    yield Styled("")
    for row in range(_ROWS, 0, -1):
        yield _score_row(shown, row, margin, wide, signs)
    yield _days(shown, margin, wide, language)
    if any(left.checks != right.checks for left, right in zip(shown, shown[1:], strict=False)):
        marks = "".join(
            ("^" if place and run.checks != shown[place - 1].checks else " ") * 1 + " " * (wide - 1)
            for place, run in enumerate(shown)
        )
        yield Styled(" " * margin + marks.rstrip())
    yield Styled(
        f"{' ' * margin}{signs.full} {_LEGEND[0].in_(language)}  {signs.open} {_LEGEND[1].in_(language)}",
        style="bright_black",
    )
    if any(left.checks != right.checks for left, right in zip(shown, shown[1:], strict=False)):
        yield Styled(" " * margin + _OTHER_CHECKS.in_(language), style="bright_black")
    yield Styled("")
    coverage = [run.coverage for run in shown]
    said = f"{number(newest.coverage)} %" if newest.coverage is not None else "-"
    yield _spark(_LEGEND[2].in_(language), coverage, _FULL, said, margin, wide, signs, "magenta")
    for severity in Severity:
        counts = [float(getattr(run, severity.value)) for run in shown]
        if any(counts):
            said = f"{counts[0]:,.0f} {signs.arrow} {counts[-1]:,.0f}"
            yield _spark(labels[severity], counts, max(counts), said, margin, wide, signs, _STYLES[severity])


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


def _score_row(runs: Sequence[Run], row: int, margin: int, wide: int, signs: _Signs) -> Styled:
    level = row * _FULL // _ROWS
    label = str(level) if level % 50 == 0 else ""
    line = Styled(f"{label:>{margin - 1}} ", style="bright_black")
    limit = level - _FULL / _ROWS / 2
    for run in runs:
        if run.guaranteed is not None and run.guaranteed >= limit:
            line.append(signs.full * wide, "green")
        elif run.best is not None and run.best >= limit:
            line.append(signs.open * wide, "bright_black")
        else:
            line.append(" " * wide)
    return line


def _days(runs: Sequence[Run], margin: int, wide: int, language: Language) -> Styled:
    first, last = (moment(run.at, language)[:10] for run in (runs[0], runs[-1]))
    room = len(runs) * wide - len(first)
    line = f"{' ' * margin}{first}"
    return Styled(f"{line}{last:>{room}}" if room > len(last) + 1 else f"{line} - {last}", style="bright_black")


def _spark(  # noqa: PLR0913 - what a line of the chart is made of
    name: str,
    values: Sequence[float | None],
    top: float,
    said: str,
    margin: int,
    wide: int,
    signs: _Signs,
    style: str,
) -> Styled:
    line = Styled(name + " " * (margin - cell_len(name)))
    highest = len(signs.steps) - 1
    for value in values:
        sign = " " if not value else signs.steps[round(value / top * highest)]
        line.append(sign * wide, style)
    return line.append(f" {said}")
