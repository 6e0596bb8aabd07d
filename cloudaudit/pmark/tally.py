"""One pass over the findings: what every form counts, in little memory."""

import heapq
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from cloudaudit.assessment import Assessment
from cloudaudit.model import Finding, Severity, Status, Theme

NAMED = 20
"""Resources that a ticket names; the rest is counted."""

_THEMES = list(Theme)


@dataclass(kw_only=True)
class OfCheck:
    """The findings of one check.

    Attributes:
        severity: of the worst failure.
        worst: the first failures, the worst first.
    """

    check: str
    theme: Theme
    statuses: Counter[Status] = field(default_factory=Counter[Status])
    severity: Severity = Severity.INFO
    worst: list[Finding] = field(default_factory=list[Finding])

    @property
    def failed(self) -> int:
        """How many fail."""
        return self.statuses[Status.FAIL]


@dataclass(frozen=True, kw_only=True)
class Tally:
    """The findings by check, ordered by id."""

    checks: Mapping[str, OfCheck]

    def failing(self) -> list[OfCheck]:
        """Return the checks that fail, the most severe first."""
        return sorted(
            (one for one in self.checks.values() if one.failed),
            key=lambda one: (-one.severity.rank, _THEMES.index(one.theme), one.check),
        )


def tally(assessment: Assessment) -> Tally:
    """Count the findings."""
    found: dict[str, OfCheck] = {}
    for finding in assessment.findings():
        one = found.get(finding.check)
        if one is None:
            one = found[finding.check] = OfCheck(check=finding.check, theme=finding.theme)
        one.statuses[finding.status] += 1
        if finding.status is not Status.FAIL:
            continue
        if finding.severity.rank > one.severity.rank:
            one.severity = finding.severity
        one.worst.append(finding)
        if len(one.worst) >= 2 * NAMED:
            one.worst = _worst(one.worst)
    for one in found.values():
        one.worst = _worst(one.worst)
    return Tally(checks=dict(sorted(found.items())))


def _worst(findings: list[Finding]) -> list[Finding]:
    return heapq.nsmallest(NAMED, findings, key=lambda each: (-each.severity.rank, each.resource.id))
