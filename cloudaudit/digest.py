"""What a person must know first, condensed from all findings in one pass and little memory."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from cloudaudit.facts import Cause
from cloudaudit.model import Finding, Severity, Status, Theme

_THEMES = list(Theme)


@dataclass(kw_only=True)
class Failures:
    """The failures of one check at one severity.

    Attributes:
        count: how many resources fail.
        examples: the first of them, in the order of the findings.
    """

    check: str
    theme: Theme
    severity: Severity
    count: int = 0
    examples: list[Finding] = field(default_factory=list[Finding])


@dataclass(kw_only=True)
class Blind:
    """What one missing permission, or one other cause, kept from being assessed.

    Attributes:
        permission: in the provider's own spelling; empty where none would help.
        count: how many findings it costs; a finding that needs two permissions counts for both.
        severity: of the worst check that it keeps from being assessed.
        checks: the ids of the checks.
        example: one of the findings.
    """

    cause: Cause | None
    permission: str
    example: Finding
    count: int = 0
    severity: Severity = Severity.INFO
    checks: set[str] = field(default_factory=set[str])


@dataclass(frozen=True, kw_only=True)
class Digest:
    """What to fix and what is unknown, each worst first; ``failed`` and ``not_assessed`` count findings."""

    fix: tuple[Failures, ...]
    blind: tuple[Blind, ...]
    failed: int
    not_assessed: int


def condense(findings: Iterable[Finding], *, examples: int) -> Digest:
    """Group the failures by check and the unknown by what is missing, keeping some examples of each check."""
    fix: dict[tuple[str, Severity], Failures] = {}
    blind: dict[tuple[Cause | None, str], Blind] = {}
    failed = not_assessed = 0
    for finding in findings:
        if finding.status is Status.FAIL:
            failed += 1
            _add_failure(fix, finding, examples)
        elif finding.status is Status.NOT_ASSESSED:
            not_assessed += 1
            _add_blind(blind, finding)
    return Digest(
        fix=tuple(sorted(fix.values(), key=_urgency)),
        blind=tuple(sorted(blind.values(), key=_cost)),
        failed=failed,
        not_assessed=not_assessed,
    )


def _add_failure(groups: dict[tuple[str, Severity], Failures], finding: Finding, examples: int) -> None:
    key = finding.check, finding.severity
    group = groups.get(key)
    if group is None:
        group = Failures(check=finding.check, theme=finding.theme, severity=finding.severity)
        groups[key] = group
    group.count += 1
    if len(group.examples) < examples:
        group.examples.append(finding)


def _add_blind(groups: dict[tuple[Cause | None, str], Blind], finding: Finding) -> None:
    for permission in finding.missing_permissions or ("",):
        group = groups.get((finding.cause, permission))
        if group is None:
            group = Blind(cause=finding.cause, permission=permission, example=finding)
            groups[finding.cause, permission] = group
        group.count += 1
        group.checks.add(finding.check)
        if finding.severity.rank > group.severity.rank:
            group.severity = finding.severity


def _urgency(group: Failures) -> tuple[int, int, str]:
    return -group.severity.rank, _THEMES.index(group.theme), group.check


def _cost(group: Blind) -> tuple[int, int, str, str]:
    return -group.count, -group.severity.rank, group.permission, group.cause or ""
