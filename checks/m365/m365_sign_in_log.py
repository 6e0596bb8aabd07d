"""What was not kept cannot be looked up after an incident."""

from cloudaudit.check import (
    Audit,
    Cause,
    Fact,
    Severity,
    Text,
    Theme,
    Unread,
    Verdict,
    check,
    failed,
    not_read,
    passed,
    value,
)
from cloudaudit.clock import age_days
from cloudaudit.providers.m365.model import LogReach, Tenant


@check(
    "m365-sign-in-log",
    title=Text(
        en="Sign-in and audit logs can be read and go back far enough",
        ja="サインインログと監査ログを所定の期間さかのぼって確認できる",
    ),
    theme=Theme.LOGGING,
    severity=Severity.MEDIUM,
    on=Tenant,
    rationale=Text(
        en="After a leak the reach must be told from logs. Entra ID keeps 7 days without a licence and 30 days with "
        "P1; whatever is older has to be exported in time.",
        ja="漏えい時にはログから影響範囲を特定します。Entra ID の保持は無償版で7日、P1 以上で30日のため、"
        "それより長く残すにはエクスポートが必要です。",
    ),
    remediation=Text(
        en="Get Entra ID P1 or export the logs, under Monitoring > Diagnostic settings, to storage of your own.",
        ja="Entra ID P1 を導入するか、「監視」>「診断設定」で自社のストレージにログを出力してください。",
    ),
    references=(
        "https://learn.microsoft.com/entra/identity/monitoring-health/reference-reports-data-retention",
    ),
    settings=("log_min_days",),
)
def sign_in_log(tenant: Tenant, audit: Audit) -> Verdict:
    """Both logs must have a record about as old as the policy asks; a record goes on the last of those days."""
    wanted = audit.policy.log_min_days
    days = {
        "sign_in": _reach(tenant.sign_in_log, audit),
        "audit": _reach(tenant.audit_log, audit),
    }
    evidence = {"days": days, "required_days": wanted}
    short = {name: reach for name, reach in days.items() if reach < wanted - 1}
    if not short:
        return passed(
            Text(
                en=f"The logs go back {days['sign_in']} (sign-ins) and {days['audit']} (audit) days.",
                ja=f"サインインログは{days['sign_in']}日前、監査ログは{days['audit']}日前まで確認できます。",
            ),
            evidence,
        )
    if _is_new(value(tenant.organization).created_at, audit):
        not_read(Unread(Cause.TOO_SMALL, tenant.sign_in_log.source, detail=_NEW))
    return failed(
        Text(
            en=f"The logs go back only {min(short.values())} days; the policy asks for {wanted}.",
            ja=f"ログを{min(short.values())}日前までしか確認できません(基準は{wanted}日)。",
        ),
        evidence,
    )


def _reach(log: Fact[LogReach], audit: Audit) -> int:
    """Return how many days back the oldest record lies."""
    oldest = value(log).oldest
    if not oldest:
        not_read(Unread(Cause.TOO_SMALL, log.source, detail=_EMPTY))
    try:
        days = age_days(oldest, audit.taken_at)
    except ValueError:
        not_read(Unread(Cause.MALFORMED, log.source, detail=oldest))
    return max(days, 0)


def _is_new(made: str, audit: Audit) -> bool:
    try:
        return bool(made) and age_days(made, audit.taken_at) < audit.policy.log_min_days
    except ValueError:
        return False


_EMPTY = Text(en="the log has no record", ja="ログに記録がありません")
_NEW = Text(
    en="the tenant itself is younger than the period", ja="テナントの作成から所定の期間が経過していません"
)
