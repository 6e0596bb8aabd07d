"""Which findings tell that somebody from outside gets in."""

from cloudaudit.assessment import Assessment
from cloudaudit.errors import UsageError
from cloudaudit.frameworks.loading import framework
from cloudaudit.model import Finding, Share, Status, Theme
from cloudaudit.text import Text

_REPORTING = "第26条"


def exposing_checks() -> frozenset[str]:
    """Return the ids of the checks that article 26 of the APPI is mapped to: a failure may be a leak."""
    control = framework("appi").control(_REPORTING)
    return frozenset(control.checks if control else ())


def shares_of(assessment: Assessment, finding: Finding) -> list[Share]:
    """Return the lines of the inventory about the resource of a finding."""
    return [share for share in assessment.shares() if share.resource.id == finding.resource.id]


def exposure(assessment: Assessment, wanted: str) -> Finding:
    """Return the finding with an id, or with a part of that id, which must be about an exposure.

    Raises:
        UsageError: there is none, or it tells of no exposure.
    """
    for finding in assessment.findings():
        if wanted == finding.id or any(part.id == wanted for part in finding.sub_findings):
            _refuse_others(assessment, finding)
            return finding
    raise UsageError(
        Text(
            en=f"The result has no finding {wanted}; take an id from result.json or from a report.",
            ja=f"結果に検出事項 {wanted} がありません。result.json またはレポートの ID を指定してください。",
        )
    )


def _refuse_others(assessment: Assessment, finding: Finding) -> None:
    if finding.theme is not Theme.SHARING or finding.status not in {
        Status.FAIL,
        Status.WAIVED,
        Status.NOT_ASSESSED,
    }:
        raise _no_exposure(finding)
    if finding.status is Status.NOT_ASSESSED:
        raise UsageError(
            Text(
                en=f"The finding {finding.id} ({finding.check}) was not assessed, so what is reachable is unknown; "
                "remove the cause, scan again, and name the new finding.",
                ja=f"検出事項 {finding.id}({finding.check})は判定不能のため、到達できる範囲が分かりません。"
                "原因を解消して再度スキャンし、その検出事項を指定してください。",
            )
        )
    if finding.check not in exposing_checks() and not shares_of(assessment, finding):
        raise _no_exposure(finding)


def _no_exposure(finding: Finding) -> UsageError:
    return UsageError(
        Text(
            en=f"The finding {finding.id} ({finding.check}) tells of no exposure; "
            "name one of the theme sharing that fails.",
            ja=f"検出事項 {finding.id}({finding.check})は公開・共有に関する不適合ではありません。"
            "テーマ「公開・共有」の不適合を指定してください。",
        )
    )
