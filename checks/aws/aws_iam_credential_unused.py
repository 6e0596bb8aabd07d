"""What nobody uses, nobody misses when it is stolen."""

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
from cloudaudit.providers.aws.credentials import (
    access_key_uses,
    beyond_the_report,
    has_console_password,
    judge_ages,
    password_use,
)
from cloudaudit.providers.aws.model import User


@check(
    "aws-iam-credential-unused",
    title=Text(
        en="The password and the active access keys are in use",
        ja="パスワードと有効なアクセスキーが使用されている",
    ),
    theme=Theme.CREDENTIALS,
    severity=Severity.MEDIUM,
    on=User,
    rationale=Text(
        en="A credential that nobody uses, such as a leaver's, is not missed when a stranger uses it. "
        "One that was never used counts from the day when it was made or changed, so that a new one has the same "
        "time of grace. The credential report that tells the last use can be up to four hours old.",
        ja="退職者のものなど使われていない認証情報は、第三者に悪用されても気付かれません。"
        "一度も使用されていない認証情報は作成日(パスワードは最終変更日)から数えるため、"
        "新しいものには同じ日数の猶予があります。"
        "なお、最終使用日時の根拠である認証情報レポートは最大4時間前の情報です。",
    ),
    remediation=Text(
        en="Ask the owner whether it is needed; if not, deactivate the key or delete the login profile, "
        "and delete the user of a leaver.",
        ja="所有者に要否を確認し、不要であればアクセスキーの無効化またはログインプロファイルの削除を行ってください。"
        "退職者のユーザーは削除してください。",
    ),
    command="aws iam delete-login-profile --user-name NAME",
    references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html",),
    settings=("credential_unused_days",),
)
def credential_unused(user: User, audit: Audit) -> Verdict:
    password = (password_use(user.credentials),) if has_console_password(user.credentials) else ()
    credentials = (*password, *access_key_uses(user.credentials))
    limit = audit.policy.credential_unused_days
    ages = judge_ages(credentials, limit, audit.taken_at)
    if ages.too_old:
        count = len(ages.too_old)
        return failed(
            Text(
                en=f"{count} credential(s) were not used for {limit} days or longer (one never used counts from its "
                "making).",
                ja=f"{limit}日以上使用されていない認証情報が{count}件あります(未使用のものは作成日から起算)。",
            ),
            ages.evidence,
            parts=ages.parts,
        )
    unread = (*ages.unread, *beyond_the_report(user.credentials))
    if unread:
        not_read(*unread)
    if not credentials:
        return not_applicable(
            Text(
                en="The user has neither a console password nor an active access key.",
                ja="コンソールパスワードも有効なアクセスキーもないユーザーです。",
            ),
            ages.evidence,
        )
    return passed(
        Text(
            en=f"Every credential was used in the last {limit} days, or is younger than that and was not used yet.",
            ja=f"すべての認証情報が直近{limit}日以内に使用されています(作成から{limit}日未満の未使用のものは"
            "猶予期間中として扱います)。",
        ),
        ages.evidence,
        parts=ages.parts,
    )
