import pytest

from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import BackupPlan, BackupRule
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-backup-plan-retention"


def rule(days: int | None, *copies: int | None, name: str = "daily") -> BackupRule:
    return BackupRule(
        name=name,
        vault="Default",
        delete_after_days=days,
        copies=tuple(("arn:vault", kept) for kept in copies),
    )


@pytest.mark.parametrize("good", [rule(35), rule(None), rule(7, 35), rule(7, None), rule(400, 1)])
def test_a_rule_that_keeps_recovery_points_or_a_copy_long_enough_passes(good: BackupRule) -> None:
    finding = verdict(CHECK, build(BackupPlan, rules=(good,)))
    assert finding.status is Status.PASS
    assert [part.status for part in finding.sub_findings] == [Status.PASS]


@pytest.mark.parametrize("bad", [rule(34), rule(7, 30)])
def test_a_rule_that_ends_them_too_early_fails(bad: BackupRule) -> None:
    assert verdict(CHECK, build(BackupPlan, rules=(bad,))).status is Status.FAIL


def test_one_short_rule_among_long_ones_fails_and_is_named() -> None:
    plan = build(BackupPlan, rules=(rule(35, name="daily"), rule(1, name="hourly")))
    finding = verdict(CHECK, plan)
    assert finding.status is Status.FAIL
    assert finding.evidence["short_rules"] == ["hourly"]
    assert {part.key: part.status for part in finding.sub_findings} == {
        "daily": Status.PASS,
        "hourly": Status.FAIL,
    }


def test_a_plan_without_rules_fails() -> None:
    assert verdict(CHECK, build(BackupPlan, rules=())).status is Status.FAIL


def test_the_policy_says_how_long() -> None:
    plan = build(BackupPlan, rules=(rule(35),))
    assert verdict(CHECK, plan, policy=AuditPolicy(backup_retention_days=36)).status is Status.FAIL


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(BackupPlan, rules=denied("backup:GetBackupPlan")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("backup:GetBackupPlan",)


@pytest.mark.parametrize("rules", [(rule(35), rule(7)), (rule(7), rule(35))])
def test_two_rules_of_one_name_are_one_part_with_the_worse_verdict(rules: tuple[BackupRule, ...]) -> None:
    finding = verdict(CHECK, build(BackupPlan, rules=rules))
    assert finding.status is Status.FAIL
    assert [(part.key, part.status) for part in finding.sub_findings] == [("daily", Status.FAIL)]
