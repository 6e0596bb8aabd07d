"""The score: what is guaranteed, what it could be at best, and how much was assessed.

Laws, each a property test: turning any Read into Unread, or a listing into a gap, never raises the guaranteed score,
the coverage or the grade.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from msgspec import Struct

from cloudaudit.check import AnyCheck
from cloudaudit.model import Finding, Severity, Status, Theme

WEIGHTS: Mapping[Severity, int] = {
    Severity.CRITICAL: 20,
    Severity.HIGH: 12,
    Severity.MEDIUM: 6,
    Severity.LOW: 2,
    Severity.INFO: 1,
}
GRADES: tuple[tuple[str, float], ...] = (("A", 90.0), ("B", 75.0), ("C", 60.0), ("D", 40.0), ("E", 0.0))
CAPPED_GRADE = "D"
"""The best grade that is left with a CRITICAL failure, or with a CRITICAL check not wholly assessed."""


class Measure(Struct, frozen=True, kw_only=True):
    """A score from 0 to 100 with one decimal, rounded down; all None where nothing was assessed.

    Attributes:
        guaranteed: what was not assessed counts as failed.
        best: what was not assessed counts as passed.
        coverage: the assessed share.
        grade: ``A`` to ``E`` by the guaranteed score.
    """

    guaranteed: float | None = None
    best: float | None = None
    coverage: float | None = None
    grade: str | None = None


class Score(Struct, frozen=True, kw_only=True):
    """The score overall and by theme; ``without_waivers`` counts waived findings as failures."""

    overall: Measure
    themes: dict[str, Measure]
    without_waivers: Measure


@dataclass
class Tally:
    """How one check came out over its resources."""

    severity: Severity
    theme: Theme
    gap: bool = False
    passed: int = 0
    failed: int = 0
    not_assessed: int = 0
    not_applicable: int = 0
    waived: int = 0
    critical_failed: bool = False
    critical_waived: bool = False

    def add(self, finding: Finding) -> None:
        """Count one finding."""
        critical = finding.severity is Severity.CRITICAL
        match finding.status:
            case Status.PASS:
                self.passed += 1
            case Status.FAIL:
                self.failed += 1
                self.critical_failed |= critical
            case Status.NOT_ASSESSED:
                self.not_assessed += 1
            case Status.NOT_APPLICABLE:
                self.not_applicable += 1
            case Status.WAIVED:
                self.waived += 1
                self.critical_waived |= critical

    @property
    def blind(self) -> bool:
        """Whether anything that this check is about was not assessed."""
        return self.gap or self.not_assessed > 0


def tallies(checks: Iterable[AnyCheck], gapped: frozenset[str]) -> dict[str, Tally]:
    """Return an empty tally for each check; ``gapped`` are the ids whose own kind could not be listed."""
    return {check.id: Tally(check.severity, check.theme, gap=check.id in gapped) for check in checks}


def score(tally_by_check: Mapping[str, Tally]) -> Score:
    """Return the score of tallied findings: a severity-weighted mean over checks, not over resources."""
    all_tallies = list(tally_by_check.values())
    themes: dict[str, Measure] = {}
    for theme in Theme:
        members = [tally for tally in all_tallies if tally.theme is theme]
        if members:
            themes[theme.value] = _measure(members, waivers=True)
    return Score(
        overall=_measure(all_tallies, waivers=True),
        themes=themes,
        without_waivers=_measure(all_tallies, waivers=False),
    )


def _measure(members: list[Tally], *, waivers: bool) -> Measure:
    shares = [
        (WEIGHTS[tally.severity], share) for tally in members if (share := _share(tally, waivers=waivers))
    ]
    total = sum(weight for weight, _ in shares)
    if total == 0 or not any(tally.passed or tally.failed or tally.waived for tally in members):
        return Measure()
    guaranteed = sum(weight * share[0] for weight, share in shares) / total
    best = sum(weight * share[1] for weight, share in shares) / total
    coverage = sum(weight * share[2] for weight, share in shares) / total
    capped = any(
        tally.critical_failed
        or (tally.critical_waived and not waivers)
        or (tally.severity is Severity.CRITICAL and tally.blind)
        for tally in members
    )
    return Measure(
        guaranteed=_down(guaranteed),
        best=_down(best),
        coverage=_down(coverage),
        grade=_grade(guaranteed, capped=capped),
    )


def _share(tally: Tally, *, waivers: bool) -> tuple[float, float, float] | None:
    """Return the guaranteed, best and assessed share of one check, or None where it has no say."""
    if tally.gap:
        return (0.0, 1.0, 0.0)
    failed = tally.failed if waivers else tally.failed + tally.waived
    count = tally.passed + failed + tally.not_assessed
    if count == 0:
        return None
    return (
        tally.passed / count,
        (tally.passed + tally.not_assessed) / count,
        (tally.passed + failed) / count,
    )


def _grade(guaranteed: float, *, capped: bool) -> str:
    grade = next(name for name, least in GRADES if _down(guaranteed) >= least)
    return max(grade, CAPPED_GRADE) if capped else grade


def _down(share: float) -> float:
    return math.floor(round(share * 1000, 6)) / 10
