"""Root can do anything, and no policy can hold it back."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.providers.aws.credentials import root_can_sign_in
from cloudaudit.providers.aws.model import Account


@check(
    "aws-iam-root-mfa",
    title=Text(
        en="Root has MFA, or has no credentials at all",
        ja="ルートユーザーに MFA が設定されている(または認証情報自体が存在しない)",
    ),
    theme=Theme.MFA,
    severity=Severity.CRITICAL,
    on=Account,
    rationale=Text(
        en="Root can do anything in the account and no policy can hold it back. With a password alone, one "
        "leaked or guessed password gives the whole account away.",
        ja="ルートユーザーはアカウント内のすべての操作ができ、ポリシーでは制限できません。"
        "パスワードだけで保護している場合、その漏えいや推測によりアカウント全体が乗っ取られます。",
    ),
    remediation=Text(
        en="Sign in as root and register a passkey or a hardware token, or remove the root credentials of "
        "member accounts centrally from the management account of the organisation.",
        ja="ルートユーザーでサインインしてパスキーまたはハードウェアトークンを登録してください。"
        "組織のメンバーアカウントでは、管理アカウントからルート認証情報を一括で削除する方法もあります。",
    ),
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-mfa-for-root.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html",
    ),
)
def root_mfa(account: Account, _audit: Audit) -> Verdict:
    summary = value(account.summary)
    evidence = {
        "root_mfa": summary.root_mfa,
        "root_access_keys": summary.root_access_keys,
        "root_signing_certificates": summary.root_signing_certificates,
        "root_password": summary.root_password,
    }
    if summary.root_mfa:
        return passed(Text(en="Root has MFA.", ja="ルートユーザーに MFA が設定されています。"), evidence)
    if not root_can_sign_in(account):
        return passed(
            Text(
                en="Root has no password, access key or signing certificate, so nobody can sign in as root.",
                ja="ルートユーザーにはパスワード・アクセスキー・署名用証明書がなく、サインインできません。",
            ),
            evidence,
        )
    return failed(
        Text(
            en="Root has no MFA and has credentials to sign in with.",
            ja="ルートユーザーに MFA が設定されておらず、サインイン可能な認証情報が存在します。",
        ),
        evidence,
    )
