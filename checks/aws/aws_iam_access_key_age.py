"""A key that never changes is good for whoever copied it."""

from cloudaudit.check import (
    Audit,
    Severity,
    Text,
    Theme,
    Verdict,
    check,
    failed,
    not_applicable,
    not_read,
    passed,
)
from cloudaudit.providers.aws.credentials import access_key_ages, beyond_the_report, judge_ages
from cloudaudit.providers.aws.model import User


@check(
    "aws-iam-access-key-age",
    title=Text(
        en="Active access keys are younger than the rule allows",
        ja="有効なアクセスキーが所定の期間内に更新されている",
    ),
    theme=Theme.CREDENTIALS,
    severity=Severity.MEDIUM,
    on=User,
    rationale=Text(
        en="A copied key works until it is replaced, and nobody notices. Regular replacement ends such use. "
        "The credential report that tells the age can be up to four hours old.",
        ja="流出したアクセスキーは更新されるまで気付かれずに使用され続けます。定期的な更新により悪用を断ち切れます。"
        "なお、経過日数の根拠である認証情報レポートは最大4時間前の情報です。",
    ),
    remediation=Text(
        en="Use a role instead of the key where possible; otherwise make a second key, move its users over, "
        "deactivate the old one and delete it.",
        ja="可能な限り IAM ロールに切り替えてください。難しい場合は新しいキーを作成して切り替え、"
        "旧キーを無効化したうえで削除してください。",
    ),
    command="aws iam update-access-key --user-name NAME --access-key-id ID --status Inactive",
    references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html",),
    settings=("access_key_max_age_days",),
)
def access_key_age(user: User, audit: Audit) -> Verdict:
    keys = access_key_ages(user.credentials)
    limit = audit.policy.access_key_max_age_days
    ages = judge_ages(keys, limit, audit.taken_at)
    if ages.too_old:
        count = len(ages.too_old)
        return failed(
            Text(
                en=f"{count} active access key(s) are {limit} days old or older.",
                ja=f"{limit}日以上更新されていない有効なアクセスキーが{count}件あります。",
            ),
            ages.evidence,
            parts=ages.parts,
        )
    unread = (*ages.unread, *beyond_the_report(user.credentials))
    if unread:
        not_read(*unread)
    if not keys:
        return not_applicable(
            Text(en="The user has no active access key.", ja="有効なアクセスキーがないユーザーです。"),
            ages.evidence,
        )
    return passed(
        Text(
            en=f"Every active access key is younger than {limit} days.",
            ja=f"有効なアクセスキーはすべて{limit}日以内に更新されています。",
        ),
        ages.evidence,
        parts=ages.parts,
    )
