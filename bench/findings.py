"""An assessment of any size, made of the installed checks: names, reasons and evidence differ from finding to finding."""

from collections import Counter
from collections.abc import Iterator

from cloudaudit import discovery
from cloudaudit.assessment import Assessment, CheckInfo, Counts, ExitReason, Scope, Target, ToolInfo
from cloudaudit.facts import Cause
from cloudaudit.ids import finding_id
from cloudaudit.model import Finding, ResourceRef, Share, Status
from cloudaudit.policy import AuditPolicy, describe
from cloudaudit.scoring import Measure, Score
from cloudaudit.text import Text

ACCOUNT = "123456789012"
CHECKS_A_RESOURCE = 18
STATUSES = (
    Status.PASS,
    Status.PASS,
    Status.FAIL,
    Status.PASS,
    Status.NOT_ASSESSED,
    Status.NOT_APPLICABLE,
    Status.FAIL,
)


def findings(count: int) -> Iterator[Finding]:
    """Make findings, each with a reason and evidence of its own, which is more than real ones have."""
    checks = [check for check in discovery.checks().values() if "bucket" in check.id]
    for number in range(count):
        check = checks[number % min(CHECKS_A_RESOURCE, len(checks))]
        name = f"acme-{number // CHECKS_A_RESOURCE:06d}-顧客データ"
        resource = ResourceRef(
            provider="aws",
            account=ACCOUNT,
            region="ap-northeast-1",
            kind="aws-s3-bucket",
            id=f"arn:aws:s3:::{name}",
            name=name,
        )
        status = STATUSES[number % len(STATUSES)]
        days = number % 4_000
        yield Finding(
            id=finding_id("aws", ACCOUNT, check.id, resource.id),
            check=check.id,
            theme=check.theme,
            severity=check.severity,
            status=status,
            resource=resource,
            reason=Text(
                en=f"The setting of {name} was last changed {days} days ago, which is longer than 90.",
                ja=f"{name} の設定は {days} 日前に変更されたもので、基準の 90 日を超えています。",
            ),
            cause=Cause.DENIED if status is Status.NOT_ASSESSED else None,
            missing_permissions=("s3:GetBucketPolicy",) if status is Status.NOT_ASSESSED else (),
            evidence={
                "age_days": days,
                "limit_days": 90,
                "policy": {"statements": [number % 9, 2], "public": False},
            },
        )


def assessment(count: int) -> Assessment:
    """Return an assessment with that many findings."""
    statuses = Counter(STATUSES[number % len(STATUSES)] for number in range(count))
    severities = Counter(
        finding.severity.value for finding in findings(count) if finding.status is Status.FAIL
    )
    measure = Measure(guaranteed=57.1, best=71.4, coverage=83.3, grade="D")
    infos = {check.id: CheckInfo.of(check) for check in discovery.checks().values()}

    def resources() -> Iterator[ResourceRef]:
        last = ""
        for finding in findings(count):
            if finding.resource.id != last:
                last = finding.resource.id
                yield finding.resource

    def shares() -> Iterator[Share]:
        for number, resource in enumerate(resources()):
            if number % 10 == 0:
                yield Share(
                    resource=resource, audience="*", scope="public", right="read", via="bucket policy"
                )

    return Assessment(
        tool=ToolInfo(name="cloudaudit", version="0", wheel_digest="", checks_digest="00" * 32),
        target=Target(
            provider="aws", account=ACCOUNT, partition="aws", identity="bench", name=f"aws-{ACCOUNT}"
        ),
        taken_at="2026-11-21T15:04:05Z",
        scope=Scope(regions=("ap-northeast-1",), checks=tuple(infos), excluded=(), narrowed=False),
        policy=tuple(describe(AuditPolicy())),
        score=Score(overall=measure, themes={"sharing": measure, "backup": measure}, without_waivers=measure),
        counts=Counts(
            pass_=statuses[Status.PASS],
            fail=statuses[Status.FAIL],
            not_assessed=statuses[Status.NOT_ASSESSED],
            not_applicable=statuses[Status.NOT_APPLICABLE],
            by_severity=dict(severities),
        ),
        gaps=(),
        exit=(ExitReason(code=1, reason=Text(en="failures", ja="不適合があります")),),
        shares=shares,
        checks=infos,
        findings=lambda: findings(count),
        resources=resources,
    )
