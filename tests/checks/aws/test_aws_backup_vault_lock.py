import pytest

from cloudaudit import discovery
from cloudaudit.engine import judge
from cloudaudit.facts import Cause
from cloudaudit.model import Gap, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import BackupVault
from cloudaudit.testing import build, snapshot_of, verdict

CHECK = "aws-backup-vault-lock"
AIR_GAPPED = "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"


@pytest.mark.parametrize(
    "vault",
    [
        build(BackupVault, locked=True, lock_date="2026-11-21T00:00:00Z"),
        build(BackupVault, locked=True, vault_type=AIR_GAPPED),
        build(BackupVault, locked=True, vault_type=AIR_GAPPED, lock_date="2026-01-01T00:00:00Z"),
    ],
)
def test_a_lock_that_nobody_can_remove_passes(vault: BackupVault) -> None:
    assert verdict(CHECK, vault).status is Status.PASS


@pytest.mark.parametrize(
    ("vault", "said"),
    [
        (build(BackupVault), "not locked"),
        (build(BackupVault, vault_type=AIR_GAPPED), "not locked"),
        (build(BackupVault, lock_date="2026-01-01T00:00:00Z"), "not locked"),
        (build(BackupVault, locked=True), "governance"),
        (build(BackupVault, locked=True, lock_date="2026-11-21T00:00:01Z"), "2026-11-21T00:00:01Z"),
    ],
)
def test_a_lock_that_somebody_can_remove_fails(vault: BackupVault, said: str) -> None:
    finding = verdict(CHECK, vault)
    assert finding.status is Status.FAIL
    assert said in finding.reason.en


def test_a_vault_that_only_gives_access_is_not_applicable() -> None:
    vault = build(BackupVault, vault_type="RESTORE_ACCESS_BACKUP_VAULT")
    assert verdict(CHECK, vault).status is Status.NOT_APPLICABLE


def test_vaults_that_could_not_be_listed_are_not_assessed_and_name_the_permission() -> None:
    gap = Gap(
        of=BackupVault.of_kind(),
        region="ap-northeast-3",
        cause=Cause.DENIED,
        operation="backup:ListBackupVaults",
        permission="backup:ListBackupVaults",
    )
    snapshot = snapshot_of(build(BackupVault), gaps=(gap,))
    findings = list(judge(snapshot, [discovery.checks()[CHECK]], AuditPolicy()))
    unread = [finding for finding in findings if finding.status is Status.NOT_ASSESSED]
    assert [finding.missing_permissions for finding in unread] == [("backup:ListBackupVaults",)]
