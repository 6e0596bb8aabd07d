"""findings.sarif: SARIF 2.1.0 for code scanning: failures, worst first, then what is waived, as suppressed.

GitHub keeps 5,000 results a file and refuses more than 25,000; the rest is counted in a notification. A cloud resource
lies in no file, and GitHub wants one: the location is a path made of provider, account, kind and name.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, BinaryIO
from urllib.parse import quote

import msgspec

from cloudaudit.assessment import Assessment, CheckInfo
from cloudaudit.model import Finding, ResourceRef, Severity, Status
from cloudaudit.reporting import SEVERITIES, THEMES, ReportOptions, who
from cloudaudit.text import Language, Text
from cloudaudit.visible import encoded, visible
from cloudaudit.waiver_words import of_finding, whole

from ._markdown import literal
from ._words import SECURITY_SEVERITY, joined, parts

FILE_NAME = "findings.sarif"

LIMIT = 5_000
"""Results that GitHub keeps of one file."""

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_BOTH: tuple[Language, Language] = ("en", "ja")
_COMPLETED = 1
"""The highest exit code of a run that came to its end and could assess what it must."""


def render(assessment: Assessment, options: ReportOptions, out: BinaryIO) -> None:
    """Write one run; at most ``LIMIT`` failures are held at a time."""
    encoder = msgspec.json.Encoder()
    worst = [finding for finding in assessment.worst(LIMIT) if finding.status is Status.FAIL]
    waived = list(islice(_waived(assessment), LIMIT - len(worst)))
    results = [*worst, *waived]
    rules = {check: index for index, check in enumerate(_ruled(assessment, results))}
    head: dict[str, Any] = {
        "tool": {"driver": _driver(assessment, rules, options.languages)},
        "automationDetails": {"id": _category(assessment)},
        "invocations": [_invocation(assessment, len(worst), len(waived), options.languages)],
        "columnKind": "unicodeCodePoints",
        "properties": _figures(assessment),
    }
    out.write(b'{"$schema": "%s", "version": "2.1.0", "runs": [\n' % _SCHEMA.encode())
    out.write(encoded(encoder, head)[:-1] + b',\n"results": [')
    before = b"\n"
    for finding in results:
        out.write(before + encoded(encoder, _result(finding, assessment, rules, options.languages)))
        before = b",\n"
    out.write(b"\n]}\n]}\n")


def _waived(assessment: Assessment) -> Iterator[Finding]:
    return (finding for finding in assessment.findings() if finding.status is Status.WAIVED)


def _ruled(assessment: Assessment, worst: Iterable[Finding]) -> list[str]:
    return sorted(assessment.checks.keys() | {finding.check for finding in worst})


def _driver(assessment: Assessment, rules: Iterable[str], languages: tuple[Language, ...]) -> dict[str, Any]:
    return {
        "name": "cloudaudit",
        "semanticVersion": assessment.tool.version,
        "rules": [_rule(check, assessment.checks.get(check), languages) for check in rules],
    }


def _rule(check: str, info: CheckInfo | None, languages: tuple[Language, ...]) -> dict[str, Any]:
    if info is None:
        return {"id": visible(check)}
    rule: dict[str, Any] = {
        "id": visible(check),
        "name": visible(check),
        "shortDescription": {"text": joined(info.title, languages)},
        "fullDescription": {"text": joined(info.rationale, languages)},
        "help": {"text": "\n\n".join(_help(info)), "markdown": "\n\n".join(_help_markdown(info))},
        "defaultConfiguration": {"level": _LEVELS[info.severity]},
        "properties": {
            "tags": ["security", info.theme.value],
            "precision": "very-high",
            "problem.severity": _LEVELS[info.severity].replace("note", "recommendation"),
            "security-severity": SECURITY_SEVERITY[info.severity],
        },
    }
    if info.references:
        rule["helpUri"] = info.references[0]
    return rule


def _help(info: CheckInfo) -> Iterator[str]:
    for language in _BOTH:
        yield visible(info.title.in_(language))
        yield visible(info.rationale.in_(language))
        yield visible(info.remediation.in_(language))
    yield from filter(None, (visible(info.command), *info.references))


def _help_markdown(info: CheckInfo) -> Iterator[str]:
    why = Text(en="Why", ja="理由")
    what = Text(en="What to do", ja="対処")
    for language in _BOTH:
        theme, severity = THEMES.get(info.theme), SEVERITIES[info.severity]
        about = " · ".join(each.in_(language) for each in (theme, severity) if each)
        yield f"### {literal(info.title.in_(language))}"
        yield literal(about)
        yield f"**{why.in_(language)}**: {literal(info.rationale.in_(language))}"
        yield f"**{what.in_(language)}**: {literal(info.remediation.in_(language))}"
    if info.command:
        yield f"```sh\n{visible(info.command)}\n```"
    if info.references:
        yield "\n".join(f"- <{reference}>" for reference in info.references)


def _invocation(
    assessment: Assessment, written: int, waived: int, languages: tuple[Language, ...]
) -> dict[str, Any]:
    return {
        "executionSuccessful": assessment.exit_code <= _COMPLETED,
        "exitCode": assessment.exit_code,
        "startTimeUtc": assessment.taken_at,
        "toolExecutionNotifications": [
            {"level": "warning", "message": {"text": joined(text, languages)}, "descriptor": {"id": name}}
            for name, text in _notes(assessment, written, waived)
        ],
    }


def _notes(assessment: Assessment, written: int, waived: int) -> Iterator[tuple[str, Text]]:
    rest = assessment.counts.fail - written
    if rest:
        yield (
            "more-failures",
            Text(
                en=f"{rest:,} more failures are not in this file, which holds the worst {written:,}; "
                "result.json and the CSV report hold all.",
                ja=f"本ファイルには重要度の高い {written:,} 件のみを収録しています。"
                f"残り {rest:,} 件の不適合は result.json と CSV レポートを参照してください。",
            ),
        )
    if hidden := assessment.counts.waived - waived:
        yield (
            "more-waived",
            Text(
                en=f"{hidden:,} more waived findings are not in this file; result.json and the CSV report hold all.",
                ja=f"受容済みの項目のうち {hidden:,} 件は本ファイルに収録していません"
                "(result.json と CSV レポートを参照)。",
            ),
        )
    for entry in assessment.waivers:
        if entry.remarkable:
            yield (
                "waiver",
                Text(en=whole(entry, ("en",)), ja=whole(entry, ("ja",))),
            )
    unread = assessment.counts.not_assessed
    if unread:
        yield (
            "not-assessed",
            Text(
                en=f"{unread:,} findings were not assessed and are not in this file; they are no passes.",
                ja=f"判定不能の項目が {unread:,} 件あります(本ファイルには含まれず、適合とは扱いません)。",
            ),
        )
    gaps = len(assessment.gaps)
    if gaps:
        yield (
            "not-listed",
            Text(
                en=f"{gaps:,} listings failed, so that nobody knows what is there.",
                ja=f"一覧を取得できなかった対象が {gaps:,} 件あり、存在の有無も不明です。",
            ),
        )


def _figures(assessment: Assessment) -> dict[str, Any]:
    overall = assessment.score.overall
    return {
        "target": visible(who(assessment.target)),
        "guaranteed": overall.guaranteed,
        "best": overall.best,
        "coverage": overall.coverage,
        "grade": overall.grade,
        "counts": msgspec.to_builtins(assessment.counts),
        "masked": assessment.masked,
        "waivers": msgspec.to_builtins(assessment.waivers),
    }


def _category(assessment: Assessment) -> str:
    # GitHub replaces what an earlier upload of the same category said; every target is one.
    return f"cloudaudit/{_path(assessment.target.provider)}/{_path(assessment.target.account)}/"


def _result(
    finding: Finding, assessment: Assessment, rules: dict[str, int], languages: tuple[Language, ...]
) -> dict[str, Any]:
    resource = finding.resource
    reason = joined(finding.reason, languages)
    lines = [f"{visible(resource.name)}: {reason}"]
    for language in languages:
        lines += parts(finding, language)
    result = {
        "ruleId": visible(finding.check),
        "ruleIndex": rules[finding.check],
        "kind": "fail",
        "level": _LEVELS[finding.severity],
        "message": {"text": "\n".join(lines)},
        "locations": [_location(resource)],
        "partialFingerprints": {"primaryLocationLineHash": finding.id, "cloudaudit/v1": finding.id},
        "properties": {
            "id": finding.id,
            "theme": finding.theme,
            "severity": finding.severity,
            "security-severity": SECURITY_SEVERITY[finding.severity],
            "evidence": finding.evidence,
        },
    }
    if finding.status is Status.WAIVED:
        said = "\n".join(whole(entry, languages) for entry in of_finding(finding, assessment))
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": said}]
    return result


def _location(resource: ResourceRef) -> dict[str, Any]:
    steps = (resource.provider, resource.account, resource.kind, resource.name)
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": "/".join(map(_path, steps))},
            "region": {"startLine": 1},
        },
        "logicalLocations": [
            {"name": visible(resource.name), "fullyQualifiedName": visible(resource.id), "kind": "resource"},
            {
                "name": visible(resource.account),
                "fullyQualifiedName": visible(resource.account),
                "kind": "account",
            },
            {
                "name": visible(resource.region),
                "fullyQualifiedName": visible(resource.region),
                "kind": "region",
            },
        ],
    }


def _path(step: str) -> str:
    """Return one step of a relative URI; a name of dots would lead elsewhere."""
    shown = quote(visible(step), safe="")
    return shown.replace(".", "%2E") if shown.strip(".") == "" else shown
