"""Backups that an administrator can delete are lost with the administrator's password."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, not_applicable, passed
from cloudaudit.providers.aws.model import BackupVault
from cloudaudit.providers.aws.protection import immutable


@check(
    "aws-backup-vault-lock",
    title=Text(
        en="Not even an administrator can empty the backup vault",
        ja="管理者であってもバックアップボールトの中身を削除できない",
    ),
    theme=Theme.BACKUP,
    severity=Severity.MEDIUM,
    on=BackupVault,
    rationale=Text(
        en="Attackers who hold an administrator's credentials delete backups first. Vault Lock in "
        "compliance mode cannot be removed by anyone.",
        ja="管理者権限を奪った攻撃者は、まずバックアップを削除します。"
        "コンプライアンスモードのボールトロックは、誰にも解除できません。",
    ),
    remediation=Text(
        en="Lock the vault in compliance mode after testing your retention times: this cannot be undone.",
        ja="保持期間を検証したうえで、ボールトをコンプライアンスモードでロックしてください。"
        "ロック後は取り消せません。",
    ),
    command="aws backup put-backup-vault-lock-configuration --backup-vault-name NAME "
    "--min-retention-days 35 --changeable-for-days 3",
    references=("https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html",),
)
def vault_lock(vault: BackupVault, audit: Audit) -> Verdict:
    """Judge whether the lock can still be removed: governance mode and a running grace time can."""
    evidence = {
        "locked": vault.locked,
        "lock_date": vault.lock_date,
        "vault_type": vault.vault_type,
        "recovery_points": vault.recovery_points,
    }
    if vault.vault_type == "RESTORE_ACCESS_BACKUP_VAULT":
        return not_applicable(
            Text(
                en="This vault only gives access to another vault's recovery points.",
                ja="他のボールトの復旧ポイントを参照するためのボールトです。",
            ),
            evidence,
        )
    if immutable(vault, audit.taken_at):
        return passed(
            Text(en="The vault is locked for good.", ja="ボールトは解除できない形でロックされています。"),
            evidence,
        )
    if not vault.locked:
        return failed(Text(en="The vault is not locked.", ja="ボールトがロックされていません。"), evidence)
    if vault.lock_date:
        return failed(
            Text(
                en=f"The lock can still be removed until {vault.lock_date}.",
                ja=f"ロックは {vault.lock_date} まで解除できます。",
            ),
            evidence,
        )
    return failed(
        Text(
            en="The vault is locked in governance mode, which administrators can remove.",
            ja="ガバナンスモードのロックのため、管理者が解除できます。",
        ),
        evidence,
    )
