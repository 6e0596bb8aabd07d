"""What a report can say of single objects rests on an inventory of them."""

from cloudaudit.answers import Answer, all_of, any_of, decided, holds, shown
from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.clock import age_days
from cloudaudit.providers.gcs.model import Bucket, InventoryReport

NEEDED = ("name", "size", "updated", "generation")


@check(
    "gcs-bucket-inventory",
    title=Text(
        en="A fresh Storage Insights report lists every object",
        ja="全オブジェクトを記載した最新の Storage Insights インベントリレポートがある",
    ),
    theme=Theme.ENCRYPTION,
    severity=Severity.INFO,
    on=Bucket,
    rationale=Text(
        en="Objects can differ from their bucket's settings, and without an inventory nobody knows how many there are. "
        "The report does not tell an object's key or ACL; a Storage Insights dataset does.",
        ja="オブジェクトの状態はバケットの設定と異なることがあり、一覧がなければ全体像を把握できません。"
        "なお、暗号鍵や ACL はインベントリレポートには記載されず、Storage Insights データセットで確認できます。",
    ),
    remediation=Text(
        en="Configure a daily or weekly inventory report of the bucket with the fields name, size, updated and "
        "generation.",
        ja="バケットの日次または週次のインベントリレポートを、name・size・updated・generation の項目を含めて"
        "設定してください。",
    ),
    command="gcloud storage insights inventory-reports create gs://NAME --destination=gs://REPORTS",
    references=(
        "https://cloud.google.com/storage/docs/insights/inventory-reports",
        "https://cloud.google.com/storage/docs/insights/datasets",
    ),
    settings=("inventory_max_age_days",),
)
def inventory(bucket: Bucket, audit: Audit) -> Verdict:
    """Judge report configurations by their fields and by the newest report that was made without an error."""
    reports = value(bucket.inventories)
    evidence = {
        "inventories": [_evidence(report) for report in reports],
        "needed_fields": list(NEEDED),
        "max_age_days": audit.policy.inventory_max_age_days,
    }
    complete = [report for report in reports if set(NEEDED) <= set(report.fields)]
    if decided(any_of(_fresh(report, audit) for report in complete)):
        return passed(
            Text(
                en="A fresh inventory report with the needed fields exists.",
                ja="必要な項目を含む最新のインベントリレポートがあります。",
            ),
            evidence,
        )
    if not complete:
        return failed(
            Text(
                en="No inventory report with the needed fields is configured.",
                ja="必要な項目を含むインベントリレポートが設定されていません。",
            ),
            evidence,
        )
    return failed(
        Text(
            en=f"The newest inventory report failed or is not younger than {audit.policy.inventory_max_age_days} days.",
            ja=f"インベントリレポートの作成に失敗しているか、{audit.policy.inventory_max_age_days}日以内のものがありません。",
        ),
        evidence,
    )


def _fresh(report: InventoryReport, audit: Audit) -> Answer:
    return all_of(
        (
            holds(report.newest, lambda newest: newest is not None and _young(newest, audit)),
            holds(report.newest_ok, lambda ok: ok is True),
        )
    )


def _young(newest: str, audit: Audit) -> bool:
    return age_days(newest, audit.taken_at) < audit.policy.inventory_max_age_days


def _evidence(report: InventoryReport) -> dict[str, object]:
    return {
        "name": report.name,
        "frequency": report.frequency,
        "fields": list(report.fields),
        "ends_on": report.ends_on or None,
        "newest": shown(report.newest, lambda newest: newest),
        "newest_ok": shown(report.newest_ok, lambda ok: ok),
    }
