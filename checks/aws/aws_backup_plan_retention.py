"""A backup that is gone before the loss is noticed is none."""

from collections.abc import Sequence

from cloudaudit.check import (
    Audit,
    Part,
    Severity,
    Text,
    Theme,
    Verdict,
    check,
    failed,
    failed_part,
    passed,
    passed_part,
    value,
)
from cloudaudit.providers.aws.model import BackupPlan, BackupRule


@check(
    "aws-backup-plan-retention",
    title=Text(
        en="Backup plan keeps recovery points long enough",
        ja="バックアッププランの復旧ポイントが十分な期間保持される",
    ),
    theme=Theme.BACKUP,
    severity=Severity.MEDIUM,
    on=BackupPlan,
    rationale=Text(
        en="Loss or tampering is often noticed weeks later, so recovery points must outlive that time.",
        ja="データの消失や改ざんは数週間後に気付くことも多いため、"
        "それまで復旧ポイントが残っている必要があります。",
    ),
    remediation=Text(
        en="Raise the retention of the plan's rules to at least the days that your rules ask for.",
        ja="プランの各ルールの保持期間を、社内規程の日数以上にしてください。",
    ),
    references=(
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/controls-and-remediation.html",
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/creating-a-backup-plan.html",
    ),
    settings=("backup_retention_days",),
)
def plan_retention(plan: BackupPlan, audit: Audit) -> Verdict:
    """Judge every rule by the longest life that it gives to a recovery point or its copy."""
    days = audit.policy.backup_retention_days
    rules = value(plan.rules)
    parts = [_part(rule, days) for rule in _weakest(rules, days)]
    short = [rule.name for rule in rules if not _long_enough(rule, days)]
    evidence = {"minimum_days": days, "rules": len(rules), "short_rules": short}
    if not rules:
        return failed(Text(en="The plan has no rules.", ja="プランにルールがありません。"), evidence)
    if short:
        return failed(
            Text(
                en=f"Rules that keep recovery points for less than {days} days: {', '.join(short)}.",
                ja=f"保持期間が{days}日未満のルールがあります: {', '.join(short)}",
            ),
            evidence,
            parts=parts,
        )
    return passed(
        Text(
            en=f"Every rule keeps recovery points for at least {days} days.",
            ja=f"すべてのルールで復旧ポイントが{days}日以上保持されます。",
        ),
        evidence,
        parts=parts,
    )


def _weakest(rules: Sequence[BackupRule], days: int) -> Sequence[BackupRule]:
    """Return one rule for each name; of several with one name, one that is too short where there is such."""
    ordered = sorted(rules, key=lambda rule: not _long_enough(rule, days))
    return tuple({rule.name: rule for rule in ordered}.values())


def _long_enough(rule: BackupRule, days: int) -> bool:
    lives = (rule.delete_after_days, *(kept for _, kept in rule.copies))
    return any(life is None or life >= days for life in lives)


def _part(rule: BackupRule, days: int) -> Part:
    evidence = {"delete_after_days": rule.delete_after_days, "copies": [list(copy) for copy in rule.copies]}
    if _long_enough(rule, days):
        return passed_part(
            rule.name,
            Text(en=f"Kept for at least {days} days.", ja=f"{days}日以上保持されます。"),
            evidence,
        )
    return failed_part(
        rule.name,
        Text(
            en=f"Kept for {rule.delete_after_days} days only.",
            ja=f"{rule.delete_after_days}日しか保持されません。",
        ),
        evidence,
    )
