"""Personal data can only be protected where one knows that it lies."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.providers.aws.model import Region


@check(
    "aws-macie-enabled",
    title=Text(
        en="Macie looks for sensitive data in the region",
        ja="リージョンで Macie による機微データの検出が行われている",
    ),
    theme=Theme.LOGGING,
    severity=Severity.LOW,
    on=Region,
    rationale=Text(
        en="Personal data ends up in buckets that nobody had in mind; discovery finds it before others do.",
        ja="個人データは想定外のバケットに保存されることがあります。検出機能により、漏えい前に把握できます。",
    ),
    remediation=Text(
        en="Enable Macie with automated sensitive data discovery in every region with buckets.",
        ja="バケットのある全リージョンで Macie を有効にし、機微データの自動検出をオンにしてください。",
    ),
    command="aws macie2 enable-macie; aws macie2 update-automated-discovery-configuration --status ENABLED",
    references=("https://docs.aws.amazon.com/macie/latest/user/discovery-asdd.html",),
)
def macie_enabled(region: Region, _audit: Audit) -> Verdict:
    """Judge Macie and its automated discovery; enabled alone, it only counts buckets."""
    macie = value(region.macie)
    evidence = {
        "buckets": region.buckets,
        "enabled": macie is not None and macie.enabled,
        "automated_discovery": macie is not None and macie.automated_discovery,
    }
    if macie is None or not macie.enabled:
        return failed(Text(en="Macie is not enabled.", ja="Macie が有効化されていません。"), evidence)
    if not macie.automated_discovery:
        return failed(
            Text(
                en="Macie is enabled, but automated sensitive data discovery is off.",
                ja="Macie は有効ですが、機微データの自動検出がオフです。",
            ),
            evidence,
        )
    return passed(
        Text(en="Automated sensitive data discovery is on.", ja="機微データの自動検出が有効です。"), evidence
    )
