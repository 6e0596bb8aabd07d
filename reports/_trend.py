"""The lines of the trend's chart: places in a drawing of fixed size, for the page to draw."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cloudaudit import clock
from cloudaudit.history import Run
from cloudaudit.model import Severity

WIDTH, HEIGHT = 1000, 220
"""Of the drawing, in its own units."""

LEFT, TOP, BOTTOM = 44, 12, 28
TABLE_ROWS = 400
_FULL = 100
_MARKS = 5
_LEAST_RUNS = 2


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A word at an axis, and where it stands."""

    x: float
    y: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, kw_only=True)
class Band:
    """The failures of one severity over time, stacked on those that are worse."""

    severity: Severity
    points: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What the page draws.

    Attributes:
        best, guaranteed: polygons from the bottom up; one for each stretch of runs that have a score.
        coverage: lines.
        bands: the worst at the bottom.
        highest: failures at the top of the second drawing.
        runs: for the table, the newest first.
    """

    best: tuple[str, ...]
    guaranteed: tuple[str, ...]
    coverage: tuple[str, ...]
    bands: tuple[Band, ...]
    highest: int
    days: tuple[Mark, ...]
    levels: tuple[Mark, ...]
    counts: tuple[Mark, ...]
    runs: tuple[Run, ...]


def chart(trend: Sequence[Run]) -> Chart | None:
    """Return the chart of a trend; None where there are not two runs."""
    if len(trend) < _LEAST_RUNS:
        return None
    seconds = [clock.parse(run.at).timestamp() for run in trend]
    start, length = seconds[0], max(seconds[-1] - seconds[0], 1.0)
    places = [LEFT + (at - start) / length * (WIDTH - LEFT - 8) for at in seconds]
    highest = max(1, *(run.failed for run in trend))
    return Chart(
        best=_areas(places, [run.best for run in trend]),
        guaranteed=_areas(places, [run.guaranteed for run in trend]),
        coverage=tuple(map(_line, _stretches(places, [run.coverage for run in trend], _FULL))),
        bands=_bands(places, trend, highest),
        highest=highest,
        days=tuple(_days(places, trend)),
        levels=tuple(_level(value, _FULL) for value in (0, 50, 100)),
        counts=tuple(_level(value, highest) for value in sorted({0, highest // 2, highest})),
        runs=tuple(reversed(trend[-TABLE_ROWS:])),
    )


def height(value: float, top: float) -> float:
    """Return where a value lies in the drawing, from above."""
    return round(TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM), 1)


def _stretches(
    places: Sequence[float], values: Sequence[float | None], top: float
) -> list[list[tuple[float, float]]]:
    """Return the points of each stretch of runs that have a value; a gap is drawn as one."""
    found: list[list[tuple[float, float]]] = [[]]
    for x, value in zip(places, values, strict=True):
        if value is None:
            found.append([])
        else:
            found[-1].append((round(x, 1), height(value, top)))
    return [_wide(points) for points in found if points]


def _wide(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return points that can be seen: of one alone a short line is made."""
    if len(points) > 1:
        return points
    x, y = points[0]
    return [(x - 2, y), (x + 2, y)]


def _areas(places: Sequence[float], values: Sequence[float | None]) -> tuple[str, ...]:
    bottom = height(0, _FULL)
    return tuple(
        _line([(points[0][0], bottom), *points, (points[-1][0], bottom)])
        for points in _stretches(places, values, _FULL)
    )


def _bands(places: Sequence[float], trend: Sequence[Run], highest: int) -> tuple[Band, ...]:
    below = [0] * len(trend)
    bands: list[Band] = []
    for severity in Severity:
        above = [under + int(getattr(run, severity.value)) for under, run in zip(below, trend, strict=True)]
        if above != below:
            upper = [(round(x, 1), height(value, highest)) for x, value in zip(places, above, strict=True)]
            lower = [(round(x, 1), height(value, highest)) for x, value in zip(places, below, strict=True)]
            bands.append(Band(severity=severity, points=_line([*upper, *reversed(lower)])))
        below = above
    return tuple(bands)


def _days(places: Sequence[float], trend: Sequence[Run]) -> list[Mark]:
    """Return a few days, the first and the last among them, none upon another."""
    wanted = {round(part * (len(trend) - 1) / (_MARKS - 1)) for part in range(_MARKS)}
    marks = [
        Mark(x=round(places[place], 1), y=HEIGHT - 8, text=trend[place].at[:10]) for place in sorted(wanted)
    ]
    room: Callable[[Mark, Mark], bool] = lambda left, right: right.x - left.x > WIDTH / (_MARKS + 2)  # noqa: E731
    kept = [marks[0], *(right for left, right in pairwise(marks) if room(left, right))]
    first, last = kept[0], marks[-1]
    if kept[-1] is not last:
        kept = [*(mark for mark in kept if room(mark, last)), last]
    ends = {id(first): "start", id(last): "end"}
    return [Mark(x=mark.x, y=mark.y, text=mark.text, anchor=ends.get(id(mark), "middle")) for mark in kept]


def _level(value: int, top: float) -> Mark:
    return Mark(x=LEFT - 8, y=height(value, top), text=f"{value:,}", anchor="end")


def _line(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)
