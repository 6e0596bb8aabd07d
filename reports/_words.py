"""Words that several reports print, and how a text becomes one string in the languages that were asked for."""

from collections.abc import Sequence

from cloudaudit.assessment import Assessment
from cloudaudit.explain import CAUSES
from cloudaudit.facts import Cause
from cloudaudit.model import Finding, Severity, Status, SubFinding
from cloudaudit.policy import PolicyLine
from cloudaudit.reporting import STATUSES
from cloudaudit.text import Language, Text
from cloudaudit.visible import visible

TITLE = Text(en="Cloud storage security audit", ja="クラウドストレージ セキュリティ点検報告書")

SECURITY_SEVERITY: dict[Severity, str] = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
    Severity.INFO: "0.5",
}
"""A figure on the scale of CVSS in the middle of the band of each severity, for tools that sort by it."""

_SCAN_AGAIN = Text(
    en="Remove the cause, then scan again.", ja="判定できない原因を解消し、再度スキャンしてください。"
)


def word(words: dict[str, Text], value: str, language: Language) -> str:
    """Return the word for a value of a closed list; a value that a plug-in invented stands for itself."""
    return words[value].in_(language) if value in words else visible(value)


def joined(text: Text, languages: Sequence[Language], separator: str = " / ") -> str:
    """Return a text in every language asked for, made visible; once, where they say the same."""
    return separator.join(dict.fromkeys(visible(text.in_(language)) for language in languages))


def cause(finding: Finding, language: Language) -> str:
    """Return why a finding was not assessed, or nothing."""
    return CAUSES[Cause(finding.cause)].in_(language) if finding.cause else ""


def part(sub: SubFinding, language: Language) -> str:
    """Return the verdict on a part of a resource as one line."""
    return f"{visible(sub.key)}: {STATUSES[sub.status].in_(language)}: {visible(sub.reason.in_(language))}"


def parts(finding: Finding, language: Language) -> list[str]:
    """Return a line for each part of a resource that did not pass."""
    return [part(sub, language) for sub in finding.sub_findings if sub.status is not Status.PASS]


def basis_of(line: PolicyLine, language: Language) -> str:
    """Return what a threshold rests on: the clause of the company's own rules first, where there is one."""
    clause = Text(en=f"clause: {line.rule}", ja=f"規程条項: {line.rule}").in_(language) if line.rule else ""
    return " ".join(filter(None, (clause, line.basis.in_(language), line.source)))


def title_of(assessment: Assessment, check: str, language: Language) -> str:
    """Return the title of a check, which states the good state; its id where it has none."""
    info = assessment.checks.get(check)
    return visible(info.title.in_(language)) if info else visible(check)


def remedy_of(assessment: Assessment, finding: Finding, language: Language) -> str:
    """Return what to do about a finding: mend it, or see to it that it can be assessed."""
    if finding.status is Status.NOT_ASSESSED:
        granted = ", ".join(finding.missing_permissions)
        return visible((_grant(granted) if granted else _SCAN_AGAIN).in_(language))
    info = assessment.checks.get(finding.check)
    return visible(info.remediation.in_(language)) if info else ""


def _grant(permissions: str) -> Text:
    return Text(
        en=f"Grant {permissions} to what the scan signs in as, then scan again.",
        ja=f"スキャンに使用する権限に {permissions} を追加し、再度スキャンしてください。",
    )
