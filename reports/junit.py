"""junit.xml: findings as test cases, for Jenkins, Azure DevOps and GitLab.

A failure is a failed case; what was not assessed is a skipped one with its reason, never a passed one, and so is a
listing that failed. What is waived is skipped and says so. What is not applicable is no case, only a figure.
"""

import html
from typing import BinaryIO

import msgspec

from cloudaudit.assessment import Assessment
from cloudaudit.explain import CAUSES
from cloudaudit.model import Finding, Gap, Status
from cloudaudit.reporting import ReportOptions, detail_in, who
from cloudaudit.text import Language, Text
from cloudaudit.visible import encoded, visible
from cloudaudit.waiver_words import of_finding, whole

from ._words import joined, parts

FILE_NAME = "junit.xml"

_WAIVED = Text(en="waived", ja="受容")
_REMEDY = Text(en="What to do", ja="対処")


def render(assessment: Assessment, options: ReportOptions, out: BinaryIO) -> None:
    """Write one suite; its totals come from the counts, the cases are streamed."""
    counts = assessment.counts
    skipped = counts.not_assessed + counts.waived + len(assessment.gaps)
    totals = (
        f'tests="{counts.pass_ + counts.fail + skipped}" failures="{counts.fail}" errors="0" '
        f'skipped="{skipped}" time="0"'
    )
    name = _attribute(f"cloudaudit {who(assessment.target)}")
    writer = _Cases(assessment, options.languages)
    out.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="cloudaudit" {totals}>\n'.encode())
    stamp = _attribute(assessment.taken_at.removesuffix("Z"))
    out.write(f'<testsuite name="{name}" {totals} timestamp="{stamp}">\n'.encode())
    out.write(writer.properties().encode())
    out.writelines(writer.gap(gap).encode() for gap in assessment.gaps)
    for finding in assessment.findings():
        if finding.status is not Status.NOT_APPLICABLE:
            out.write(writer.finding(finding).encode())
    out.write(b"</testsuite>\n</testsuites>\n")


class _Cases:
    """Makes the test cases."""

    def __init__(self, assessment: Assessment, languages: tuple[Language, ...]) -> None:
        self._assessment = assessment
        self._languages = languages
        self._encoder = msgspec.json.Encoder(order="deterministic")

    def properties(self) -> str:
        """Return the figures that are no test cases."""
        overall = self._assessment.score.overall
        figures: dict[str, object] = {
            "score.guaranteed": overall.guaranteed,
            "score.best": overall.best,
            "score.coverage": overall.coverage,
            "grade": overall.grade,
            "exit-code": self._assessment.exit_code,
            "not-applicable": self._assessment.counts.not_applicable,
            "waived": self._assessment.counts.waived,
            "masked": str(self._assessment.masked).lower(),
        }
        lines = [
            f'<property name="{name}" value="{_attribute(str(figure))}"/>\n'
            for name, figure in figures.items()
            if figure is not None
        ]
        lines += [
            f'<property name="waiver.{entry.id}" value="{_attribute(whole(entry, self._languages))}"/>\n'
            for entry in self._assessment.waivers
        ]
        return f"<properties>\n{''.join(lines)}</properties>\n"

    def gap(self, gap: Gap) -> str:
        """Return the case for a listing that failed."""
        detail = f" ({detail_in(gap.detail, self._languages[0])})" if gap.detail else ""
        need = f": {gap.permission or gap.operation}" if gap.permission or gap.operation else ""
        message = joined(CAUSES[gap.cause], self._languages) + visible(need + detail)
        place = " ".join(part for part in (gap.account, gap.region) if part)
        return _case("listing", gap.of, place, f'<skipped message="{_attribute(message)}"/>')

    def finding(self, finding: Finding) -> str:
        """Return the case for a finding."""
        place = f"{finding.resource.name} [{finding.resource.id}]"
        return _case(finding.theme.value, finding.check, place, self._outcome(finding))

    def _outcome(self, finding: Finding) -> str:
        reason = joined(finding.reason, self._languages)
        match finding.status:
            case Status.FAIL:
                kind, message = _attribute(finding.severity.value), _attribute(reason)
                return f'<failure type="{kind}" message="{message}">{_escaped(self._body(finding))}</failure>'
            case Status.NOT_ASSESSED:
                return f'<skipped message="{_attribute(reason)}"/>'
            case Status.WAIVED:
                by = [whole(entry, self._languages) for entry in of_finding(finding, self._assessment)]
                message = " / ".join((f"{joined(_WAIVED, self._languages)}: {reason}", *by))
                return f'<skipped message="{_attribute(message)}"/>'
            case _:
                return ""

    def _body(self, finding: Finding) -> str:
        info = self._assessment.checks.get(finding.check)
        lines: list[str] = []
        for language in self._languages:
            if info:
                lines.append(visible(info.title.in_(language)))
            lines.append(visible(finding.reason.in_(language)))
            lines += parts(finding, language)
            if info:
                lines.append(f"{_REMEDY.in_(language)}: {visible(info.remediation.in_(language))}")
        lines.append(visible(encoded(self._encoder, finding.evidence).decode()))
        lines.append(f"id {finding.id}")
        return "\n".join(lines)


def _case(package: str, group: str, name: str, inside: str) -> str:
    head = f'<testcase classname="{_attribute(f"{package}.{group}")}" name="{_attribute(name)}" time="0"'
    return f"{head}>{inside}</testcase>\n" if inside else f"{head}/>\n"


def _attribute(text: str) -> str:
    return _escaped(visible(text))


def _escaped(text: str) -> str:
    return html.escape(text, quote=True)
