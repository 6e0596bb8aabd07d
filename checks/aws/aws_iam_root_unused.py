"""Root is for emergencies; daily work as root leaves no one to hold to account."""

from cloudaudit.check import (
    Audit,
    Read,
    Severity,
    Text,
    Theme,
    Unread,
    Verdict,
    check,
    failed,
    not_read,
    passed,
)
from cloudaudit.providers.aws.credentials import root_uses
from cloudaudit.providers.aws.model import Account


@check(
    "aws-iam-root-unused",
    title=Text(en="Root is not used", ja="ルートユーザーが使用されていない"),
    theme=Theme.CREDENTIALS,
    severity=Severity.HIGH,
    on=Account,
    rationale=Text(
        en="Root is shared by nature and cannot be restricted: what is done as root can be laid to no one. "
        "The credential report that tells the last use can be up to four hours old.",
        ja="ルートユーザーは共用になりやすく権限も制限できないため、操作者を特定できません。"
        "なお、最終使用日時の根拠である認証情報レポートは最大4時間前の情報です。",
    ),
    remediation=Text(
        en="Work through roles or Identity Center; keep root for the few tasks that need it and record "
        "each use.",
        ja="日常業務は IAM ロールまたは Identity Center で行ってください。"
        "ルートユーザーの使用は必要な作業に限定し、使用の都度記録してください。",
    ),
    references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html",),
    settings=("root_unused_days",),
)
def root_unused(account: Account, audit: Audit) -> Verdict:
    limit = audit.policy.root_unused_days
    uses = root_uses(account.root, audit.taken_at)
    days = {field: fact.value for field, fact in uses.items() if isinstance(fact, Read)}
    evidence = {"limit_days": limit, "days_since": days}
    if any(since < limit for since in days.values()):
        return failed(
            Text(
                en=f"Root was used in the last {limit} days.",
                ja=f"直近{limit}日以内にルートユーザーが使用されています。",
            ),
            evidence,
        )
    unread = [fact for fact in uses.values() if isinstance(fact, Unread)]
    if unread:
        not_read(*unread)
    return passed(
        Text(
            en=f"Root was not used in the last {limit} days.",
            ja=f"直近{limit}日間、ルートユーザーは使用されていません。",
        ),
        evidence,
    )
