"""Old kinds of credentials are forgotten first."""

from cloudaudit.check import Audit, Severity, Text, Theme, Unread, Verdict, check, failed, not_read, passed
from cloudaudit.providers.aws.credentials import beyond_the_report, judge_ages, legacy_credential_ages
from cloudaudit.providers.aws.model import User


@check(
    "aws-iam-legacy-credential-age",
    title=Text(
        en="SSH keys, service-specific credentials and signing certificates are absent or young",
        ja="SSH キー・署名用証明書などの旧来の認証情報がない(または期間内に更新済み)",
    ),
    theme=Theme.CREDENTIALS,
    severity=Severity.LOW,
    on=User,
    rationale=Text(
        en="These credentials do not show among the access keys and are easily forgotten when someone "
        "leaves. An old one still opens repositories and services.",
        ja="これらの認証情報はアクセスキーの一覧に表示されず、異動や退職の際に見落とされがちです。"
        "放置すると、リポジトリやサービスに接続できる状態が続きます。",
    ),
    remediation=Text(
        en="Delete those that are not needed; replace the others, or use a role with git-remote-codecommit.",
        ja="不要なものは削除してください。"
        "必要なものは更新するか、IAM ロールと git-remote-codecommit の利用に切り替えてください。",
    ),
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_ssh-keys.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_service-specific-creds.html",
    ),
    settings=("legacy_credential_max_age_days",),
)
def legacy_credential_age(user: User, audit: Audit) -> Verdict:
    limit = audit.policy.legacy_credential_max_age_days
    ages = judge_ages(legacy_credential_ages(user), limit, audit.taken_at)
    if ages.too_old:
        count = len(ages.too_old)
        return failed(
            Text(
                en=f"{count} active credential(s) of an old kind are {limit} days old or older.",
                ja=f"作成から{limit}日以上経過した有効な認証情報(SSH キーなど)が{count}件あります。",
            ),
            ages.evidence,
            parts=ages.parts,
        )
    unread = (
        *(fact for fact in (user.ssh_keys, user.service_credentials) if isinstance(fact, Unread)),
        *ages.unread,
        *beyond_the_report(user.credentials),
    )
    if unread:
        not_read(*unread)
    return passed(
        Text(
            en=f"None of them is {limit} days old or older.",
            ja=f"作成から{limit}日以上経過したものはありません。",
        ),
        ages.evidence,
        parts=ages.parts,
    )
