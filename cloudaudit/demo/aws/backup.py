"""AWS Backup of the sample estate: vaults and plans in moto, recovery points told by the handlers."""

from datetime import timedelta

from cloudaudit.demo.aws.names import (
    ACCOUNT,
    ARCHIVE,
    CUSTOMERS,
    ERP_EXPORT,
    HOME,
    OSAKA,
    US,
    bucket_arn,
    vault_arn,
)
from cloudaudit.demo.aws.sdk import Sdk
from cloudaudit.demo.aws.told import Members, Told

LOCKED = "sample-shoji-locked"
DAILY = "sample-shoji-daily"
POINTS = ((ARCHIVE, LOCKED, 1), (CUSTOMERS, DAILY, 1), (ERP_EXPORT, DAILY, 97))
"""Bucket, vault, and days since its newest recovery point."""


def make_backup(sdk: Sdk, told: Told) -> None:
    """Make vaults and plans, and tell which buckets have recovery points and copies."""
    key = sdk.client("kms").describe_key(KeyId="alias/storage")["KeyMetadata"]["Arn"]
    backup = sdk.client("backup")
    for name in (LOCKED, DAILY):
        backup.create_backup_vault(BackupVaultName=name, EncryptionKeyArn=key)
    backup.put_backup_vault_lock_configuration(
        BackupVaultName=LOCKED, MinRetentionDays=35, ChangeableForDays=3
    )
    _make_copy_vault(sdk)
    _lock_for_good(told)
    _make_plan(sdk, HOME, "daily-35-days", LOCKED, 35)
    _make_plan(sdk, US, "weekly-7-days", DAILY, 7)
    for bucket, vault, days in POINTS:
        told.recovery_points[bucket_arn(bucket)] = [_point(bucket, vault, days, told)]
        arn = vault_arn(vault, HOME)
        told.vault_points[arn] = told.vault_points.get(arn, 0) + 1
    told.copy_jobs[HOME] = [
        {
            "ResourceArn": bucket_arn(ARCHIVE),
            "ResourceType": "S3",
            "State": "COMPLETED",
            "DestinationBackupVaultArn": vault_arn(LOCKED, OSAKA),
            "CompletionDate": told.now - timedelta(days=1),
        }
    ]


def _make_copy_vault(sdk: Sdk) -> None:
    """Make the vault in Osaka that takes the copies, with a key of that region and the same lock."""
    key = sdk.client("kms", OSAKA).create_key(Description="backup copies")["KeyMetadata"]["Arn"]
    backup = sdk.client("backup", OSAKA)
    backup.create_backup_vault(BackupVaultName=LOCKED, EncryptionKeyArn=key)
    backup.put_backup_vault_lock_configuration(
        BackupVaultName=LOCKED, MinRetentionDays=35, ChangeableForDays=3
    )


def _lock_for_good(told: Told) -> None:
    """Let the vaults' grace time be over, which no API call can."""
    from moto.backup.models import backup_backends

    for region in (HOME, OSAKA):
        vault = backup_backends[ACCOUNT][region].vaults[LOCKED]
        vault.lock_date = (told.now - timedelta(days=90)).timestamp()


def _make_plan(sdk: Sdk, region: str, name: str, vault: str, days: int) -> None:
    rule = {
        "RuleName": name,
        "TargetBackupVaultName": vault,
        "ScheduleExpression": "cron(0 18 * * ? *)",
        "Lifecycle": {"DeleteAfterDays": days},
    }
    sdk.client("backup", region).create_backup_plan(BackupPlan={"BackupPlanName": name, "Rules": [rule]})


def _point(bucket: str, vault: str, days: int, told: Told) -> Members:
    return {
        "RecoveryPointArn": f"arn:aws:backup:{HOME}:{ACCOUNT}:recovery-point:{bucket}",
        "Status": "COMPLETED",
        "CreationDate": told.now - timedelta(days=days, hours=3),
        "BackupVaultName": vault,
    }
