"""A virtual device lives on a phone that can be copied, shared or lost."""

from cloudaudit.check import (
    Audit,
    Severity,
    Text,
    Theme,
    Verdict,
    check,
    failed,
    not_applicable,
    passed,
    value,
)
from cloudaudit.providers.aws.credentials import root_can_sign_in
from cloudaudit.providers.aws.model import Account


@check(
    "aws-iam-root-hardware-mfa",
    title=Text(
        en="Root's MFA is a hardware token or a passkey",
        ja="ルートユーザーの MFA にハードウェアトークンまたはパスキーを使用している",
    ),
    theme=Theme.MFA,
    severity=Severity.MEDIUM,
    on=Account,
    rationale=Text(
        en="The codes of a virtual device come from a secret on a phone: they can be phished, and the secret "
        "copied. A passkey or a hardware token cannot be copied that way.",
        ja="仮想 MFA のコードは端末内の秘密情報から生成されるため、"
        "フィッシングでの窃取や秘密情報の複製が可能です。"
        "パスキーやハードウェアトークンではこうした複製が困難です。",
    ),
    remediation=Text(
        en="Register a passkey, a security key or a hardware token for root, then remove the virtual device.",
        ja="ルートユーザーにパスキー・セキュリティキーまたはハードウェアトークンを登録し、"
        "仮想 MFA デバイスを削除してください。",
    ),
    references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-mfa-for-root.html",),
)
def root_hardware_mfa(account: Account, _audit: Audit) -> Verdict:
    if not value(account.summary).root_mfa:
        return _without_mfa(account)
    virtual = value(account.root_virtual_mfa)
    evidence = {"root_mfa": True, "root_virtual_mfa": virtual}
    if virtual:
        return failed(
            Text(en="Root's MFA is a virtual device.", ja="ルートユーザーの MFA は仮想デバイスです。"),
            evidence,
        )
    return passed(
        Text(
            en="Root has MFA, and no virtual device is registered for it.",
            ja="ルートユーザーの MFA は仮想デバイスではありません。",
        ),
        evidence,
    )


def _without_mfa(account: Account) -> Verdict:
    evidence = {"root_mfa": False}
    if root_can_sign_in(account):
        return failed(
            Text(en="Root has no MFA at all.", ja="ルートユーザーに MFA が設定されていません。"), evidence
        )
    return not_applicable(
        Text(
            en="Root has no credentials, so it needs no MFA.",
            ja="ルートユーザーの認証情報が存在しないため、対象外です。",
        ),
        evidence,
    )
