"""A key of root is a key to everything, without MFA."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.providers.aws.model import Account


@check(
    "aws-iam-root-access-key",
    title=Text(
        en="Root has no access key and no signing certificate",
        ja="ルートユーザーにアクセスキーおよび署名用証明書が存在しない",
    ),
    theme=Theme.CREDENTIALS,
    severity=Severity.CRITICAL,
    on=Account,
    rationale=Text(
        en="An access key of root gives full rights for ever and asks for no MFA. Whoever finds it in a "
        "file, a log or a repository owns the account.",
        ja="ルートユーザーのアクセスキーは無期限かつ全権限で、MFA も要求されません。"
        "ファイル・ログ・リポジトリなどから流出すると、アカウント全体が乗っ取られます。",
    ),
    remediation=Text(
        en="Move what uses the key to a role, then delete root's access keys and signing certificates.",
        ja="当該キーを使用している処理を IAM ロールに移行したうえで、"
        "ルートユーザーのアクセスキーと署名用証明書を削除してください。",
    ),
    references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user_manage_delete-key.html",),
)
def root_access_key(account: Account, _audit: Audit) -> Verdict:
    summary = value(account.summary)
    evidence = {
        "root_access_keys": summary.root_access_keys,
        "root_signing_certificates": summary.root_signing_certificates,
    }
    if summary.root_access_keys:
        return failed(
            Text(en="Root has an access key.", ja="ルートユーザーのアクセスキーが存在します。"), evidence
        )
    if summary.root_signing_certificates:
        return failed(
            Text(en="Root has a signing certificate.", ja="ルートユーザーの署名用証明書が存在します。"),
            evidence,
        )
    return passed(
        Text(
            en="Root has neither an access key nor a signing certificate.",
            ja="ルートユーザーのアクセスキー・署名用証明書はいずれも存在しません。",
        ),
        evidence,
    )
