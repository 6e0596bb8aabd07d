"""A key file that never changes is good for whoever copied it."""

from datetime import datetime

from cloudaudit.check import (
    Audit,
    Part,
    Severity,
    Status,
    Text,
    Theme,
    Unread,
    Verdict,
    check,
    failed,
    failed_part,
    not_applicable,
    not_read,
    passed,
    passed_part,
    value,
)
from cloudaudit.clock import parse
from cloudaudit.providers.gcs.credentials import age, distinct
from cloudaudit.providers.gcs.model import ServiceAccount, ServiceAccountKey


@check(
    "gcp-service-account-key-age",
    title=Text(
        en="User-managed keys of the service account are absent or younger than the rule allows",
        ja="サービスアカウントのユーザー管理キーがないか、所定の期間内に更新されている",
    ),
    theme=Theme.CREDENTIALS,
    severity=Severity.MEDIUM,
    on=ServiceAccount,
    rationale=Text(
        en="A copied key file works until it is deleted, and nobody notices. Google rotates its own keys of the account "
        "itself; those are left out.",
        ja="流出したキーファイルは、削除されるまで気付かれずに使用され続けます。"
        "Google が自動更新するキーは対象に含めていません。",
    ),
    remediation=Text(
        en="Use workload identity federation or an attached service account instead of a key; otherwise make a new key, "
        "move its users over, disable the old one and delete it.",
        ja="可能な限り、キーの代わりに Workload Identity 連携やリソースに紐付けたサービスアカウントを使用してください。"
        "難しい場合は新しいキーに切り替え、旧キーを無効化したうえで削除してください。",
    ),
    command="gcloud iam service-accounts keys disable KEY --iam-account=NAME",
    references=(
        "https://cloud.google.com/iam/docs/key-rotation",
        "https://cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys",
    ),
    settings=("access_key_max_age_days",),
)
def key_age(account: ServiceAccount, audit: Audit) -> Verdict:
    """Judge each user-managed key that works: neither disabled nor expired."""
    if value(account.disabled):
        return not_applicable(
            Text(
                en="The service account is disabled, and its keys with it.",
                ja="無効化されたサービスアカウントのため、キーは使用できません。",
            )
        )
    keys, source = value(account.keys), account.keys.source
    working = [key for key in keys if _works(key, audit.taken_at)]
    limit = audit.policy.access_key_max_age_days
    parts: list[Part] = []
    unread: list[Unread] = []
    for name, key in zip(distinct([f"key:{key.id}" for key in working]), working, strict=True):
        days = age(key.created_at, audit.taken_at, source, f"validAfterTime ({key.id})")
        if isinstance(days, Unread):
            unread.append(days)
        else:
            parts.append(_part(name, key, days, limit))
    old = sum(1 for part in parts if part.status is Status.FAIL)
    evidence = {"keys": len(keys), "judged": len(working), "limit_days": limit}
    if old:
        return failed(
            Text(
                en=f"{old} user-managed key(s) are {limit} days old or older.",
                ja=f"{limit}日以上更新されていないユーザー管理キーが{old}件あります。",
            ),
            evidence,
            parts=parts,
        )
    if unread:
        not_read(*unread)
    if not working:
        return passed(
            Text(
                en="The service account has no user-managed key that works.",
                ja="使用可能なユーザー管理キーはありません。",
            ),
            evidence,
        )
    return passed(
        Text(
            en=f"Every user-managed key is younger than {limit} days.",
            ja=f"ユーザー管理キーはすべて{limit}日以内に更新されています。",
        ),
        evidence,
        parts=parts,
    )


def _works(key: ServiceAccountKey, now: datetime) -> bool:
    return key.user_managed and not key.disabled and not _expired(key, now)


def _expired(key: ServiceAccountKey, now: datetime) -> bool:
    try:
        return parse(key.expires_at) <= now
    except ValueError:
        return False


def _part(name: str, key: ServiceAccountKey, days: int, limit: int) -> Part:
    evidence = {"created_at": key.created_at, "age_days": days, "expires_at": key.expires_at or None}
    reason = Text(en=f"Key {key.id} is {days} days old.", ja=f"キー {key.id} は作成から{days}日です。")
    return failed_part(name, reason, evidence) if days >= limit else passed_part(name, reason, evidence)
