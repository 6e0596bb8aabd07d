"""Workflow commands of GitHub Actions: findings as annotations, and how text is kept from being a command. Pure.

Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

import heapq
from collections.abc import Iterator

from cloudaudit.assessment import Assessment
from cloudaudit.model import Finding, Severity, Status
from cloudaudit.reporting import SEVERITIES, STATUSES
from cloudaudit.text import Language, Text
from cloudaudit.visible import shortened, visible

AT_MOST = 10
"""Annotations of a level that GitHub shows for a step; it drops all others without a word."""

_LENGTH = 500
_TITLE = 120


def annotations(assessment: Assessment, language: Language) -> Iterator[str]:
    """Yield one command a line: errors for failures from HIGH on, warnings for others and for what is not assessed.

    Of each level at most ten, the worst first; where there are more, the last says how many are left.
    """
    for level, wanted in (("error", _is_error), ("warning", _is_warning)):
        count = sum(map(wanted, assessment.findings()))
        shown = AT_MOST if count <= AT_MOST else AT_MOST - 1
        for finding in heapq.nsmallest(shown, filter(wanted, assessment.findings()), key=_worst_first):
            yield command(level, *_told(finding, language))
        if count > shown:
            rest = Text(
                en=f"{count - shown} more in the job summary and in result.json",
                ja=f"ほか {count - shown} 件はジョブの要約と result.json を参照してください",
            )
            yield command(level, "cloudaudit", rest.in_(language))


def stop_commands(token: str) -> tuple[str, str]:
    """Return the lines before and after text in which nothing is to be taken for a command.

    Args:
        token: what nobody can guess; letters and digits.
    """
    return f"::stop-commands::{token}", f"::{token}::"


def _is_error(finding: Finding) -> bool:
    return finding.status is Status.FAIL and finding.severity.rank >= Severity.HIGH.rank


def _is_warning(finding: Finding) -> bool:
    return finding.status is Status.NOT_ASSESSED or (finding.status is Status.FAIL and not _is_error(finding))


def _worst_first(finding: Finding) -> tuple[bool, int, str, str]:
    unread = finding.status is Status.NOT_ASSESSED
    return unread, -finding.severity.rank, finding.check, finding.resource.id


def _told(finding: Finding, language: Language) -> tuple[str, str]:
    status = STATUSES[finding.status].in_(language)
    severity = SEVERITIES[finding.severity].in_(language)
    said = f"{finding.resource.name or finding.resource.id}: {finding.reason.in_(language)}"
    return f"{finding.check} ({severity}, {status})", said


def command(level: str, title: str, message: str) -> str:
    """Return a command of one line, whatever is in its parts."""
    heading = _escaped(shortened(visible(title), _TITLE)).replace(":", "%3A").replace(",", "%2C")
    return f"::{level} title={heading}::{_escaped(shortened(visible(message), _LENGTH))}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
