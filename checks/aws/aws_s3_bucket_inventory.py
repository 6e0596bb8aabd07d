"""What a report can say of single objects rests on an inventory of them."""

from cloudaudit.check import Audit, Severity, Text, Theme, Unread, Verdict, check, failed, passed
from cloudaudit.providers.aws.answers import Answer, Unknown, all_of, any_of, decided, holds, shown
from cloudaudit.providers.aws.model import Bucket, InventoryReport
from cloudaudit.providers.aws.protection import younger

ENCRYPTION = "EncryptionStatus"
ACL = "ObjectAccessControlList"


@check(
    "aws-s3-bucket-inventory",
    title=Text(
        en="A fresh inventory tells how every object is encrypted and shared",
        ja="全オブジェクトの暗号化・共有状態を示す最新のインベントリがある",
    ),
    theme=Theme.ENCRYPTION,
    severity=Severity.INFO,
    on=Bucket,
    rationale=Text(
        en="Objects can differ from their bucket's settings. Without an inventory only a sample of them can "
        "be looked at.",
        ja="オブジェクトの状態はバケットの設定と異なることがあります。"
        "インベントリがない場合は、標本による確認しかできません。",
    ),
    remediation=Text(
        en="Configure a daily or weekly S3 Inventory of the whole bucket with the fields EncryptionStatus "
        "and ObjectAccessControlList, or an S3 Metadata inventory table.",
        ja="バケット全体を対象に、暗号化(EncryptionStatus)と ACL(ObjectAccessControlList)の項目を含む "
        "S3 インベントリを設定するか、S3 Metadata のインベントリテーブルを有効にしてください。",
    ),
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/metadata-tables-inventory-schema.html",
    ),
    settings=("inventory_max_age_days",),
)
def inventory(bucket: Bucket, audit: Audit) -> Verdict:
    """Judge reports and metadata tables by what they must tell: the ACL only where ACLs count."""
    evidence = {
        "ownership": shown(bucket.ownership, lambda ownership: ownership),
        "inventories": shown(bucket.inventories, lambda reports: [_evidence(report) for report in reports]),
        "metadata_table": shown(bucket.metadata_table, lambda status: status),
        "max_age_days": audit.policy.inventory_max_age_days,
    }
    acls_off = holds(bucket.ownership, lambda ownership: ownership == "BucketOwnerEnforced")
    ways = (_reports(bucket, audit, (ENCRYPTION, ACL)), all_of((acls_off, _without_acl(bucket, audit))))
    if decided(any_of(ways)):
        return passed(
            Text(
                en="A fresh inventory with the needed fields exists.",
                ja="必要な項目を含む最新のインベントリがあります。",
            ),
            evidence,
        )
    return failed(
        Text(
            en="No fresh inventory of the whole bucket tells encryption, and ACLs where they are enabled.",
            ja="暗号化の状態(ACL が有効な場合は ACL も)を示す、"
            "バケット全体の最新のインベントリがありません。",
        ),
        evidence,
    )


def _without_acl(bucket: Bucket, audit: Audit) -> Answer:
    table = holds(bucket.metadata_table, lambda status: status == "ACTIVE")
    return any_of((_reports(bucket, audit, (ENCRYPTION,)), table))


def _reports(bucket: Bucket, audit: Audit, fields: tuple[str, ...]) -> Answer:
    fact = bucket.inventories
    if isinstance(fact, Unread):
        return Unknown((fact,))
    return any_of(
        _fresh(report, audit)
        for report in fact.value
        if report.enabled and report.whole_bucket and set(fields) <= set(report.fields)
    )


def _fresh(report: InventoryReport, audit: Audit) -> Answer:
    days = audit.policy.inventory_max_age_days
    return holds(report.newest, lambda newest: newest is not None and younger(newest, audit.taken_at, days))


def _evidence(report: InventoryReport) -> dict[str, object]:
    return {
        "id": report.id,
        "enabled": report.enabled,
        "whole_bucket": report.whole_bucket,
        "fields": list(report.fields),
        "newest": shown(report.newest, lambda newest: newest),
    }
