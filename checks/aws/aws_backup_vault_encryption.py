"""A backup is as sensitive as what it copies."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.providers.aws.model import BackupVault
from cloudaudit.providers.aws.protection import shortened


@check(
    "aws-backup-vault-encryption",
    title=Text(en="Backup vault uses a KMS key", ja="バックアップボールトが KMS キーで暗号化されている"),
    theme=Theme.ENCRYPTION,
    severity=Severity.LOW,
    on=BackupVault,
    rationale=Text(
        en="Backups hold the same personal data as the buckets they come from and need the same protection "
        "at rest.",
        ja="バックアップには元のバケットと同じ個人データが含まれるため、同等の暗号化が必要です。",
    ),
    remediation=Text(
        en="Create a vault with a KMS key and let backup plans use it; the key of an existing vault cannot "
        "be changed.",
        ja="KMS キーを指定したボールトを新たに作成し、バックアッププランの保存先を切り替えてください。"
        "既存のボールトの鍵は変更できません。",
    ),
    command="aws backup create-backup-vault --backup-vault-name NAME --encryption-key-arn KEY_ARN",
    references=("https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html",),
    settings=("own_kms_key_required",),
)
def vault_encryption(vault: BackupVault, audit: Audit) -> Verdict:
    """Judge the key that the vault names, and who manages it where the policy asks for an own one."""
    if not vault.encryption_key:
        return failed(
            Text(en="The vault names no KMS key.", ja="ボールトに KMS キーが指定されていません。"),
            {"key": None, "vault_type": vault.vault_type},
        )
    evidence = {"key": shortened(vault.encryption_key), "vault_type": vault.vault_type}
    if not audit.policy.own_kms_key_required:
        return passed(
            Text(en="The vault uses a KMS key.", ja="ボールトは KMS キーで暗号化されています。"), evidence
        )
    key = value(vault.kms_key)
    evidence["key_manager"] = key.manager if key else ""
    if key and key.manager == "CUSTOMER":
        return passed(
            Text(
                en="The vault uses a customer-managed KMS key.",
                ja="ボールトはカスタマー管理の KMS キーで暗号化されています。",
            ),
            evidence,
        )
    return failed(
        Text(
            en="The vault's key is not an own one, but the policy asks for an own KMS key.",
            ja="監査ポリシーは自社の KMS キーを求めていますが、ボールトは AWS の鍵で暗号化されています。",
        ),
        evidence,
    )
