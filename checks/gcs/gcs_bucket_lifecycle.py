"""Data that nobody needs any more can still leak."""

from cloudaudit.answers import Answer, any_of, decided, holds
from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.providers.gcs.model import Bucket, LifecycleRule
from cloudaudit.providers.gcs.policy_exposure import capped


@check(
    "gcs-bucket-lifecycle",
    title=Text(
        en="A lifecycle rule ends the life of data no longer needed",
        ja="不要になったデータがライフサイクルルールにより自動的に削除される",
    ),
    theme=Theme.RETENTION,
    severity=Severity.LOW,
    on=Bucket,
    rationale=Text(
        en="The law asks to erase personal data without delay when it is no longer needed; old versions are easily "
        "forgotten.",
        ja="個人データは不要になれば遅滞なく消去するよう求められています。旧バージョンは、特に見落とされがちです。",
    ),
    remediation=Text(
        en="Add a Delete rule for what your rules no longer keep; with versioning on, one that ends noncurrent versions "
        "as well.",
        ja="保存期間を過ぎたデータを削除するルールを追加してください。"
        "バージョニングが有効な場合は、旧バージョンを削除するルールも必要です。",
    ),
    references=("https://cloud.google.com/storage/docs/lifecycle",),
)
def lifecycle(bucket: Bucket, _audit: Audit) -> Verdict:
    """Judge Delete rules; in a versioned bucket deleting a live object only makes it noncurrent."""
    rules = value(bucket.lifecycle)
    deleting = [rule for rule in rules if rule.action == "Delete"]
    evidence = {
        **capped("delete_rules", [_evidence(rule) for rule in deleting]),
        "other_rules": len(rules) - len(deleting),
    }
    if decided(_ends(bucket, deleting)):
        return passed(
            Text(en="A rule deletes data no longer needed.", ja="不要データを削除するルールがあります。"),
            evidence,
        )
    if deleting:
        return failed(
            Text(
                en="Rules delete objects, but not for good: no rule ends both live objects and noncurrent versions.",
                ja="削除ルールはありますが、現行オブジェクトと旧バージョンのいずれかが削除されずに残ります。",
            ),
            evidence,
        )
    return failed(
        Text(en="No rule deletes data.", ja="データを削除するルールがありません。"),
        evidence,
    )


def _ends(bucket: Bucket, rules: list[LifecycleRule]) -> Answer:
    live = any(_live(rule) for rule in rules)
    noncurrent = any(_noncurrent(rule) for rule in rules)
    if not live:
        return False
    return any_of((noncurrent, holds(bucket.versioning, lambda on: not on)))


def _only_noncurrent(rule: LifecycleRule) -> bool:
    return (
        rule.is_live is False
        or rule.noncurrent_days is not None
        or bool(rule.noncurrent_before)
        or bool(rule.newer_versions)
    )


def _live(rule: LifecycleRule) -> bool:
    return not _only_noncurrent(rule)


def _noncurrent(rule: LifecycleRule) -> bool:
    return rule.is_live is not True


def _evidence(rule: LifecycleRule) -> dict[str, object]:
    told = {
        "age_days": rule.age_days,
        "created_before": rule.created_before or None,
        "is_live": rule.is_live,
        "newer_versions": rule.newer_versions,
        "noncurrent_days": rule.noncurrent_days,
        "noncurrent_before": rule.noncurrent_before or None,
        "custom_time_days": rule.custom_time_days,
        "custom_time_before": rule.custom_time_before or None,
        "prefixes": list(rule.prefixes) or None,
        "suffixes": list(rule.suffixes) or None,
        "storage_classes": list(rule.storage_classes) or None,
    }
    return {name: said for name, said in told.items() if said is not None}
