"""What moto lacks or gets wrong and the demo answers itself. The README lists it: the demo is not AWS."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cloudaudit.demo.aws.names import ACCOUNT, REGIONS
from cloudaudit.demo.aws.told import BucketLine, Told
from cloudaudit.demo.aws.wire import ApiError, Call
from cloudaudit.providers.aws import operations as aws
from cloudaudit.providers.aws.operations import Operation
from cloudaudit.text import Text

OWNER = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a"
"""The canonical user id that moto writes into every ACL."""

Members = Mapping[str, Any]
Tell = Callable[[Call, Told], Members | None]
"""Returns the answer's members as the SDK spells them, or None to let moto answer."""


@dataclass(frozen=True)
class Handler:
    """An operation that the demo answers itself, with one sentence on why."""

    operation: Operation
    why: Text
    tell: Tell


# --------------------------------------------------------------------------- EC2


def _regions(_call: Call, _told: Told) -> Members:
    return {
        "Regions": [
            {
                "RegionName": name,
                "Endpoint": f"ec2.{name}.amazonaws.com",
                "OptInStatus": "opt-in-not-required",
            }
            for name in REGIONS
        ]
    }


# --------------------------------------------------------------------------- S3


def _buckets(call: Call, told: Told) -> Members:
    size = int(call.param("max-buckets") or len(told.buckets) or 1)
    rest = [line for line in told.buckets if line.name > call.param("continuation-token")]
    page = rest[:size]
    more = {"ContinuationToken": page[-1].name} if len(rest) > size else {}
    return {
        "Buckets": [{**_line(line), "BucketRegion": line.region} for line in page],
        "Owner": {"ID": OWNER},
        **more,
    }


def _line(line: BucketLine) -> Members:
    return {"Name": line.name, "CreationDate": line.created_at}


def _policy(call: Call, told: Told) -> Members:
    text = told.policies.get(call.param("Bucket"))
    if text is None:
        code = "NoSuchBucketPolicy"
        raise ApiError(code, "The bucket policy does not exist", 404)
    return {"Policy": text}


def _policy_status(call: Call, told: Told) -> Members | None:
    public = told.public_policies.get(call.param("Bucket"))
    return None if public is None else {"PolicyStatus": {"IsPublic": public}}


def _metadata_table(call: Call, told: Told) -> Members:
    status = told.metadata_tables.get(call.param("Bucket"))
    if status is None:
        code = "MetadataConfigurationNotFound"
        raise ApiError(code, "The metadata configuration does not exist.", 404)
    destination = {"TableBucketType": "aws", "TableBucketArn": "", "TableNamespace": ""}
    inventory = {"ConfigurationState": "ENABLED", "TableStatus": status}
    return {
        "GetBucketMetadataConfigurationResult": {
            "MetadataConfigurationResult": {
                "DestinationResult": destination,
                "InventoryTableConfigurationResult": inventory,
            }
        }
    }


def _inventories(call: Call, told: Told) -> Members:
    return {
        "InventoryConfigurationList": told.inventories.get(call.param("Bucket"), []),
        "IsTruncated": False,
    }


def _directory_buckets(call: Call, told: Told) -> Members:
    return {"Buckets": [_line(line) for line in told.directory_buckets.get(call.region, ())]}


def _directory_policy(call: Call, _told: Told) -> Members:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "s3express:CreateSession",
        "Resource": f"arn:aws:s3express:{call.region}:{ACCOUNT}:bucket/{call.param('Bucket')}",
    }
    return {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}


def _directory_encryption(_call: Call, _told: Told) -> Members:
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": True}
    return {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}


def _access_points(call: Call, told: Told) -> Members:
    return {"AccessPointList": told.access_points.get(call.region, [])}


def _access_point_status(call: Call, told: Told) -> Members:
    return {"PolicyStatus": {"IsPublic": call.param("name") in told.public_access_points}}


# --------------------------------------------------------------------------- IAM and Organizations


def _credential_report(_call: Call, told: Told) -> Members:
    return {
        "Content": told.credential_report.encode(),
        "ReportFormat": "text/csv",
        "GeneratedTime": told.now,
    }


def _summary(_call: Call, told: Told) -> Members:
    return {"SummaryMap": told.summary}


def _service_credentials(_call: Call, told: Told) -> Members:
    return {"ServiceSpecificCredentials": told.service_credentials, "IsTruncated": False}


def _effective_policy(_call: Call, _told: Told) -> Members:
    raise ApiError("EffectivePolicyNotFoundException", "There is no effective policy of this type.", 400)


# --------------------------------------------------------------------------- AWS Backup


def _vaults(call: Call, told: Told) -> Members:
    from moto.backup.models import backup_backends

    vaults = backup_backends[ACCOUNT][call.region].list_backup_vaults()
    lines = [vault.to_list_dict() for vault in vaults]
    return {
        "BackupVaultList": [
            {**line, "NumberOfRecoveryPoints": told.vault_points.get(line["BackupVaultArn"], 0)}
            for line in lines
        ]
    }


def _protected(call: Call, told: Told) -> Members:
    here = {line.name for line in told.buckets if line.region == call.region}
    arns = [arn for arn in told.recovery_points if arn.rpartition(":")[2] in here]
    return {"Results": [{"ResourceArn": arn, "ResourceType": "S3"} for arn in arns]}


def _recovery_points(call: Call, told: Told) -> Members:
    vault = call.param("backupVaultName")
    return {
        "RecoveryPoints": [
            {
                **point,
                "ResourceArn": arn,
                "ResourceType": "S3",
                "BackupVaultArn": f"arn:aws:backup:{call.region}:{ACCOUNT}:backup-vault:{vault}",
            }
            for arn, points in told.recovery_points.items()
            for point in points
            if point["BackupVaultName"] == vault and f":{call.region}:" in point["RecoveryPointArn"]
        ]
    }


def _copy_jobs(call: Call, told: Told) -> Members:
    return {"CopyJobs": told.copy_jobs.get(call.region, [])}


# --------------------------------------------------------------------------- logging and detection


def _events(call: Call, told: Told) -> Members:
    wanted = {line["AttributeValue"] for line in call.params.get("LookupAttributes", ())}
    return {"Events": [event for event in told.events.get(call.region, ()) if event["EventName"] in wanted]}


def _analyzers(call: Call, told: Told) -> Members:
    return {"analyzers": told.analyzers.get(call.region, [])}


def _publishing(call: Call, told: Told) -> Members:
    return {"Destinations": told.publishing.get(call.region, [])}


def _macie(call: Call, told: Told) -> Members:
    if call.region not in told.macie:
        raise ApiError("AccessDeniedException", "Macie is not enabled.", 403)
    return {"status": "ENABLED", "createdAt": told.now - timedelta(days=300)}


def _discovery(call: Call, told: Told) -> Members:
    return {"status": "ENABLED" if told.macie.get(call.region) else "DISABLED"}


HANDLERS: tuple[Handler, ...] = (
    Handler(
        aws.DESCRIBE_REGIONS,
        Text(
            en="moto lists regions that nobody opted in to as if they were enabled.",
            ja="moto はオプトインしていないリージョンも有効なものとして返します。",
        ),
        _regions,
    ),
    Handler(
        aws.LIST_BUCKETS,
        Text(
            en="moto leaves out BucketRegion and never returns a continuation token, nor any age but its own.",
            ja="moto は BucketRegion を返さず、継続トークンにも対応していません。作成日時も起動時点になります。",
        ),
        _buckets,
    ),
    Handler(
        aws.GET_BUCKET_POLICY,
        Text(
            en="moto takes a conditional Deny for a plain one, and would then refuse every object of the bucket.",
            ja="moto は条件付きの拒否(Deny)を無条件とみなし、バケット内のオブジェクトの参照をすべて拒否します。",
        ),
        _policy,
    ),
    Handler(
        aws.GET_BUCKET_POLICY_STATUS,
        Text(
            en="moto calls every policy with a condition non-public; the demo tells AWS's documented reading.",
            ja="moto は条件付きのポリシーをすべて非公開と判定するため、AWS の文書に基づく判定を返します。",
        ),
        _policy_status,
    ),
    Handler(
        aws.GET_METADATA_TABLE,
        Text(en="moto does not know S3 Metadata.", ja="moto は S3 Metadata に対応していません。"),
        _metadata_table,
    ),
    Handler(
        aws.LIST_INVENTORIES,
        Text(
            en="moto loses the names of an inventory's optional fields.",
            ja="moto はインベントリの追加フィールド名を正しく返しません。",
        ),
        _inventories,
    ),
    Handler(
        aws.LIST_DIRECTORY_BUCKETS,
        Text(
            en="moto has no directory buckets and lists the general purpose ones instead.",
            ja="moto にはディレクトリバケットがなく、代わりに汎用バケットを返します。",
        ),
        _directory_buckets,
    ),
    Handler(
        aws.GET_DIRECTORY_BUCKET_POLICY,
        Text(
            en="moto has no directory bucket policies.",
            ja="moto にはディレクトリバケットのポリシーがありません。",
        ),
        _directory_policy,
    ),
    Handler(
        aws.GET_DIRECTORY_BUCKET_ENCRYPTION,
        Text(
            en="moto has no encryption of directory buckets.",
            ja="moto にはディレクトリバケットの暗号化設定がありません。",
        ),
        _directory_encryption,
    ),
    Handler(
        aws.LIST_ACCESS_POINTS,
        Text(
            en="moto lists every access point in every region and writes us-east-1 into each ARN.",
            ja="moto は全リージョンで同じアクセスポイントを返し、ARN のリージョンも us-east-1 に固定されます。",
        ),
        _access_points,
    ),
    Handler(
        aws.GET_ACCESS_POINT_POLICY_STATUS,
        Text(
            en="moto calls every access point policy public, whomever it allows.",
            ja="moto はアクセスポイントのポリシーをすべて公開と判定します。",
        ),
        _access_point_status,
    ),
    Handler(
        aws.GET_CREDENTIAL_REPORT,
        Text(
            en="moto's report has no line for root, and its dates are the moment of creation.",
            ja="moto のレポートにはルートユーザーの行がなく、日時はすべて作成時点になります。",
        ),
        _credential_report,
    ),
    Handler(
        aws.GET_ACCOUNT_SUMMARY,
        Text(
            en="moto always says that root has no MFA.",
            ja="moto はルートユーザーの MFA を常に未設定と返します。",
        ),
        _summary,
    ),
    Handler(
        aws.LIST_SERVICE_CREDENTIALS,
        Text(
            en="moto does not have service-specific credentials.",
            ja="moto はサービス固有の認証情報に対応していません。",
        ),
        _service_credentials,
    ),
    Handler(
        aws.DESCRIBE_EFFECTIVE_POLICY,
        Text(
            en="moto does not have effective organisation policies.",
            ja="moto は組織の有効ポリシーに対応していません。",
        ),
        _effective_policy,
    ),
    Handler(
        aws.LIST_VAULTS,
        Text(
            en="moto's vaults always hold no recovery point.",
            ja="moto のボールトの復旧ポイント数は常に 0 です。",
        ),
        _vaults,
    ),
    Handler(
        aws.LIST_PROTECTED_RESOURCES,
        Text(en="moto runs no backup jobs.", ja="moto はバックアップジョブに対応していません。"),
        _protected,
    ),
    Handler(
        aws.LIST_RECOVERY_POINTS,
        Text(en="moto has no recovery points.", ja="moto には復旧ポイントがありません。"),
        _recovery_points,
    ),
    Handler(
        aws.LIST_COPY_JOBS,
        Text(en="moto has no copy jobs.", ja="moto にはコピージョブがありません。"),
        _copy_jobs,
    ),
    Handler(
        aws.LOOKUP_EVENTS,
        Text(
            en="moto keeps no event history of CloudTrail.",
            ja="moto は CloudTrail のイベント履歴を保持しません。",
        ),
        _events,
    ),
    Handler(
        aws.LIST_ANALYZERS,
        Text(en="moto has no Access Analyzer.", ja="moto は Access Analyzer に対応していません。"),
        _analyzers,
    ),
    Handler(
        aws.LIST_PUBLISHING_DESTINATIONS,
        Text(
            en="moto has no publishing destinations of GuardDuty.",
            ja="moto は GuardDuty の検出結果のエクスポート先に対応していません。",
        ),
        _publishing,
    ),
    Handler(
        aws.GET_MACIE_SESSION,
        Text(
            en="moto answers ResourceNotFoundException where AWS says that Macie is not enabled.",
            ja="Macie が無効な場合、moto は AWS と異なるエラー(ResourceNotFoundException)を返します。",
        ),
        _macie,
    ),
    Handler(
        aws.GET_AUTOMATED_DISCOVERY,
        Text(
            en="moto does not have Macie's automated discovery.",
            ja="moto は Macie の自動検出に対応していません。",
        ),
        _discovery,
    ),
)
"""Every operation that moto does not answer, or not truly, in the order of services."""
