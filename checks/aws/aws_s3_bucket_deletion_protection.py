"""Ransomware with an administrator's credentials deletes the backups first."""

from functools import partial

from cloudaudit.check import Audit, Cause, Severity, Text, Theme, Unread, Verdict, check, failed, passed
from cloudaudit.providers.aws.answers import Answer, Unknown, any_of, asked, decided, holds, shown
from cloudaudit.providers.aws.model import BackupVault, Bucket, RecoveryPoint
from cloudaudit.providers.aws.protection import elsewhere, objects_locked, usable


@check(
    "aws-s3-bucket-deletion-protection",
    title=Text(
        en="Object Lock, MFA delete or a locked vault protects the data from deletion",
        ja="オブジェクトロック、MFA Delete、ロックされたボールトのいずれかで削除から保護されている",
    ),
    theme=Theme.BACKUP,
    severity=Severity.LOW,
    on=Bucket,
    uses=(BackupVault,),
    rationale=Text(
        en="Each of these stands in the way of somebody who holds the rights to delete, most firmly in "
        "compliance mode.",
        ja="これらの仕組みは、削除権限を奪われた場合にもデータの完全な削除を妨げます。"
        "コンプライアンスモードで最も強く働きます。",
    ),
    remediation=Text(
        en="Set Object Lock with a default retention, enable MFA delete, or back the bucket up to a locked "
        "vault.",
        ja="既定の保持期間を定めたオブジェクトロック、MFA Delete、"
        "またはロックしたボールトへのバックアップを設定してください。",
    ),
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html",
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html",
    ),
)
def deletion_protection(bucket: Bucket, audit: Audit) -> Verdict:
    """Ask the bucket first, so that vaults need not be readable where it protects itself."""
    own = any_of((objects_locked(bucket), holds(bucket.versioning, lambda versioning: versioning.mfa_delete)))
    evidence = {
        "object_lock": shown(bucket.object_lock, lambda lock: lock.mode or "no default" if lock else None),
        "mfa_delete": shown(bucket.versioning, lambda versioning: versioning.mfa_delete),
    }
    if own is True:
        return passed(
            Text(
                en="Object Lock or MFA delete protects the bucket.",
                ja="オブジェクトロックまたは MFA Delete で保護されています。",
            ),
            evidence,
        )
    evidence["vaults"] = shown(
        bucket.recovery_points, lambda points: sorted({point.vault for point in points})
    )
    if decided(any_of((own, _vaulted(bucket, audit)))):
        return passed(
            Text(
                en="A recovery point lies in a locked vault.",
                ja="ロックされたボールトに復旧ポイントがあります。",
            ),
            evidence,
        )
    return failed(
        Text(
            en="Neither Object Lock nor MFA delete nor a locked vault protects the bucket.",
            ja="オブジェクトロック、MFA Delete、ロックされたボールトのいずれでも保護されていません。",
        ),
        evidence,
    )


def _vaulted(bucket: Bucket, audit: Audit) -> Answer:
    fact = bucket.recovery_points
    if isinstance(fact, Unread):
        return Unknown((fact,))
    return any_of(asked(partial(_locked, point, bucket, audit)) for point in fact.value if usable(point))


def _locked(point: RecoveryPoint, bucket: Bucket, audit: Audit) -> Answer:
    vault = audit.get(BackupVault, point.vault)
    if vault is not None:
        return vault.locked
    if elsewhere(point.vault, bucket):
        detail = Text(
            en=f"vault {point.vault} was not looked at", ja=f"ボールト {point.vault} は確認していません"
        )
        return Unknown((Unread(Cause.FOREIGN_ACCOUNT, bucket.recovery_points.source, detail=detail),))
    return False
