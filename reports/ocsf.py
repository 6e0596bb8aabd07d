"""findings.ocsf.jsonl: OCSF Compliance Finding (class 2003), one JSON object a line, as log collectors take them in.

Every finding is in it. What was not assessed has the compliance status Warning ("did not yield a result due to missing
information"), never Pass; what is not applicable has Other. After them comes an event for each waiver: Pass where it is in
order, Warning where it ends soon, Fail where something is wrong with it.
"""

from typing import Any, BinaryIO

import msgspec

from cloudaudit import clock
from cloudaudit.assessment import Assessment
from cloudaudit.model import Finding, Severity, Status
from cloudaudit.reporting import STATUSES, THEMES, ReportOptions
from cloudaudit.text import Language
from cloudaudit.visible import encoded, visible
from cloudaudit.waiver_words import LEAD, TITLE, of_finding, whole
from cloudaudit.waivers import WaiverEntry

from ._words import joined

FILE_NAME = "findings.ocsf.jsonl"

VERSION = "1.5.0"
"""Of the OCSF schema."""

_SEVERITIES = {
    Severity.INFO: (1, "Informational"),
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.CRITICAL: (5, "Critical"),
}
_COMPLIANCE = {
    Status.PASS: 1,
    Status.NOT_ASSESSED: 2,
    Status.FAIL: 3,
    Status.WAIVED: 3,
    Status.NOT_APPLICABLE: 99,
}
_NEW = (1, "New")
_SUPPRESSED = (3, "Suppressed")
_MILLISECONDS = 1000


def render(assessment: Assessment, options: ReportOptions, out: BinaryIO) -> None:
    """Write one event for each finding; they are streamed."""
    encoder = msgspec.json.Encoder(order="deterministic")
    when = int(clock.parse(assessment.taken_at).timestamp() * _MILLISECONDS)
    out.writelines(
        encoded(encoder, _event(finding, assessment, options.languages, when)) + b"\n"
        for finding in assessment.findings()
    )
    out.writelines(
        encoded(encoder, _waiver_event(entry, assessment, options.languages, when)) + b"\n"
        for entry in assessment.waivers
    )


def _event(
    finding: Finding, assessment: Assessment, languages: tuple[Language, ...], when: int
) -> dict[str, Any]:
    info = assessment.checks.get(finding.check)
    reason = joined(finding.reason, languages)
    title = joined(info.title, languages) if info else visible(finding.check)
    severity_id, severity = _SEVERITIES[finding.severity]
    status_id, status = _SUPPRESSED if finding.status is Status.WAIVED else _NEW
    theme = THEMES.get(finding.theme)
    event: dict[str, Any] = {
        "activity_id": 1,
        "activity_name": "Create",
        "category_name": "Findings",
        "category_uid": 2,
        "class_name": "Compliance Finding",
        "class_uid": 2003,
        "type_name": "Compliance Finding: Create",
        "type_uid": 200301,
        "time": when,
        "time_dt": assessment.taken_at,
        "severity": severity,
        "severity_id": severity_id,
        "status": status,
        "status_id": status_id,
        "status_code": finding.status.value,
        "status_detail": reason,
        "message": title,
        "metadata": _metadata(assessment, finding.check, finding.id),
        "finding_info": {
            "uid": finding.id,
            "title": title,
            "desc": joined(info.rationale, languages) if info else "",
            "created_time": when,
            "created_time_dt": assessment.taken_at,
            "types": [joined(theme, languages) if theme else finding.theme],
        },
        "compliance": {
            "category": finding.theme,
            "desc": reason,
            "status_id": _COMPLIANCE[finding.status],
            "checks": [
                {
                    "uid": visible(finding.check),
                    "name": title,
                    "severity": severity,
                    "severity_id": severity_id,
                    "status": STATUSES[finding.status].en,
                    "status_id": _COMPLIANCE[finding.status],
                }
            ],
        },
        "resources": [_resource(finding, assessment)],
        "unmapped": _unmapped(finding, assessment),
    }
    if info:
        event["remediation"] = {
            "desc": joined(info.remediation, languages),
            "references": list(info.references),
        }
    return event


def _metadata(assessment: Assessment, check: str, uid: str) -> dict[str, Any]:
    return {
        "version": VERSION,
        "event_code": visible(check),
        "uid": uid,
        "tenant_uid": visible(assessment.target.account),
        "profiles": ["datetime"],
        "product": {
            "name": "cloudaudit",
            "vendor_name": "cloudaudit",
            "version": assessment.tool.version,
        },
    }


def _resource(finding: Finding, assessment: Assessment) -> dict[str, Any]:
    resource = finding.resource
    return {
        "uid": visible(resource.id),
        "name": visible(resource.name),
        "type": visible(resource.kind),
        "region": visible(resource.region),
        "cloud_partition": visible(assessment.target.partition),
        "namespace": visible(f"{resource.provider}:{resource.account}"),
        "data": {"evidence": finding.evidence},
    }


def _unmapped(finding: Finding, assessment: Assessment) -> dict[str, Any]:
    return {
        "cause": finding.cause,
        "missing_permissions": list(finding.missing_permissions),
        "sub_findings": msgspec.to_builtins(finding.sub_findings),
        **(
            {"waivers": msgspec.to_builtins(list(of_finding(finding, assessment)))}
            if assessment.waivers
            else {}
        ),
    }


def _waiver_event(
    entry: WaiverEntry, assessment: Assessment, languages: tuple[Language, ...], when: int
) -> dict[str, Any]:
    """Return the event that tells how a waiver stands."""
    status_id = _COMPLIANCE[Status.FAIL if entry.wrong else Status.PASS]
    if entry.remarkable and not entry.wrong:
        status_id = _COMPLIANCE[Status.NOT_ASSESSED]
    severity_id, severity = _SEVERITIES[Severity.MEDIUM if entry.remarkable else Severity.INFO]
    uid = f"waiver-{entry.id}"
    title, said = joined(TITLE, languages), whole(entry, languages)
    return {
        "activity_id": 1,
        "activity_name": "Create",
        "category_name": "Findings",
        "category_uid": 2,
        "class_name": "Compliance Finding",
        "class_uid": 2003,
        "type_name": "Compliance Finding: Create",
        "type_uid": 200301,
        "time": when,
        "time_dt": assessment.taken_at,
        "severity": severity,
        "severity_id": severity_id,
        "status": _NEW[1],
        "status_id": _NEW[0],
        "status_code": entry.state.value,
        "status_detail": said,
        "message": title,
        "metadata": _metadata(assessment, "cloudaudit-waiver", uid),
        "finding_info": {
            "uid": uid,
            "title": title,
            "desc": joined(LEAD, languages),
            "created_time": when,
            "created_time_dt": assessment.taken_at,
            "types": [title],
        },
        "compliance": {
            "category": "waiver",
            "desc": said,
            "status_id": status_id,
            "checks": [
                {
                    "uid": visible(entry.check),
                    "name": title,
                    "severity": severity,
                    "severity_id": severity_id,
                    "status": entry.state.value,
                    "status_id": status_id,
                }
            ],
        },
        "resources": [
            {
                "uid": visible(entry.resource),
                "name": visible(entry.resource),
                "type": "waiver",
                "namespace": visible(
                    f"{assessment.target.provider}:{entry.account or assessment.target.account}"
                ),
            }
        ],
        "unmapped": {"waiver": msgspec.to_builtins(entry)},
    }
