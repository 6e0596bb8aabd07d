"""An alarm that rings where nobody hears it is no alarm."""

from cloudaudit.check import Audit, Cause, Severity, Text, Theme, Unread, Verdict, check, failed, passed
from cloudaudit.providers.aws.answers import Answer, Unknown, all_of, any_of, decided, holds, shown
from cloudaudit.providers.aws.model import Detector, EventRule, Region


@check(
    "aws-guardduty-s3",
    title=Text(
        en="GuardDuty watches S3 in the region, and its findings reach somebody",
        ja="リージョンで GuardDuty が S3 を監視し、検知結果が通知される",
    ),
    theme=Theme.LOGGING,
    severity=Severity.MEDIUM,
    on=Region,
    rationale=Text(
        en="The sooner an intrusion is noticed the less is lost, and the reporting deadlines of the law run "
        "from then.",
        ja="不正アクセスは早期に気付くほど被害を抑えられます。"
        "法令上の報告期限は、事態を知った時点から数えます。",
    ),
    remediation=Text(
        en="Enable GuardDuty with S3 protection in every region with buckets, and send its findings to "
        "people by an EventBridge rule.",
        ja="バケットのある全リージョンで GuardDuty と S3 Protection を有効にし、"
        "EventBridge ルールで検知結果を担当者へ通知してください。",
    ),
    references=(
        "https://docs.aws.amazon.com/guardduty/latest/ug/s3-protection.html",
        "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html",
    ),
)
def guardduty_s3(region: Region, _audit: Audit) -> Verdict:
    """Judge the detector first: without one it does not matter where findings would go."""
    watching = holds(region.detectors, lambda detectors: any(map(_watches, detectors)))
    published = holds(
        region.detectors,
        lambda detectors: any(_watches(detector) and detector.destinations > 0 for detector in detectors),
    )
    heard = any_of((published, _alarmed(region)))
    evidence = {
        "buckets": region.buckets,
        "detectors": shown(
            region.detectors, lambda detectors: [_evidence(detector) for detector in detectors]
        ),
        "event_rules": shown(
            region.guardduty_rules,
            lambda rules: [[rule.name, rule.narrowed] for rule in rules if _delivers(rule)],
        ),
    }
    if decided(all_of((watching, heard))):
        return passed(
            Text(
                en="GuardDuty with S3 protection is on and its findings are sent on.",
                ja="GuardDuty の S3 Protection が有効で、検知結果の通知先も設定されています。",
            ),
            evidence,
        )
    if watching is False:
        return failed(
            Text(
                en="No GuardDuty detector with S3 protection is enabled in the region.",
                ja="このリージョンでは、S3 Protection を有効にした GuardDuty が動作していません。",
            ),
            evidence,
        )
    return failed(
        Text(
            en="GuardDuty watches S3, but its findings go nowhere.",
            ja="GuardDuty は S3 を監視していますが、検知結果の通知先がありません。",
        ),
        evidence,
    )


def _watches(detector: Detector) -> bool:
    return detector.enabled and detector.s3_protection


def _alarmed(region: Region) -> Answer:
    fact = region.guardduty_rules
    if isinstance(fact, Unread):
        return Unknown((fact,))
    rules = [rule for rule in fact.value if _delivers(rule)]
    if not rules or any(not rule.narrowed for rule in rules):
        return bool(rules)
    names = ", ".join(rule.name for rule in rules)
    detail = Text(
        en=f"the rules pass on only some of the findings: {names}",
        ja=f"ルールの条件により一部の検知結果しか通知されません: {names}",
    )
    return Unknown((Unread(Cause.UNSUPPORTED, fact.source, detail=detail),))


def _delivers(rule: EventRule) -> bool:
    return rule.enabled and rule.targets > 0


def _evidence(detector: Detector) -> dict[str, object]:
    return {
        "enabled": detector.enabled,
        "s3_protection": detector.s3_protection,
        "destinations": detector.destinations,
    }
