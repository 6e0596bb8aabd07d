"""A second pair of eyes on what is open to outsiders."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.providers.aws.model import Region

EXTERNAL_ACCESS_TYPES = {"ACCOUNT", "ORGANIZATION"}


@check(
    "aws-accessanalyzer-enabled",
    title=Text(
        en="IAM Access Analyzer watches outside access in the region",
        ja="リージョンで IAM Access Analyzer が外部アクセスを監視している",
    ),
    theme=Theme.ACCESS,
    severity=Severity.LOW,
    on=Region,
    rationale=Text(
        en="An external-access analyzer reports every new grant to outsiders, also between two audits.",
        ja="外部アクセスアナライザーは、監査と監査の間に生じた外部への許可も検出します。",
    ),
    remediation=Text(
        en="Create an external-access analyzer in every region with buckets.",
        ja="バケットのある全リージョンで、外部アクセスアナライザーを作成してください。",
    ),
    command="aws accessanalyzer create-analyzer --analyzer-name NAME --type ACCOUNT",
    references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/what-is-access-analyzer.html",),
)
def accessanalyzer_enabled(region: Region, _audit: Audit) -> Verdict:
    """Judge external-access analyzers only; those for unused access answer another question."""
    analyzers = value(region.analyzers)
    evidence = {
        "buckets": region.buckets,
        "analyzers": [[one.name, one.type, one.status] for one in analyzers],
    }
    if any(one.type in EXTERNAL_ACCESS_TYPES and one.status == "ACTIVE" for one in analyzers):
        return passed(
            Text(en="An external-access analyzer is active.", ja="外部アクセスアナライザーが有効です。"),
            evidence,
        )
    return failed(
        Text(en="No external-access analyzer is active.", ja="有効な外部アクセスアナライザーがありません。"),
        evidence,
    )
