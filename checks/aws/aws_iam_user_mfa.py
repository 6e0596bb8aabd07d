"""A password alone is one leak away from a stranger."""

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
from cloudaudit.providers.aws.credentials import has_console_password
from cloudaudit.providers.aws.identity_policy import is_administrator
from cloudaudit.providers.aws.model import User
from cloudaudit.providers.aws.policy_conditions import Answer


@check(
    "aws-iam-user-mfa",
    title=Text(
        en="Users who sign in to the console have MFA",
        ja="コンソールにサインインするユーザーに MFA が設定されている",
    ),
    theme=Theme.MFA,
    severity=Severity.CRITICAL,
    on=User,
    rationale=Text(
        en="A password that leaked, was guessed or is used elsewhere too lets a stranger in unless a second "
        "factor is asked for; with an administrator's the whole account is lost.",
        ja="パスワードの漏えい・推測・使い回しがあっても、MFA があれば第三者のサインインを防げます。"
        "管理者の場合は、アカウント全体の乗っ取りにつながります。",
    ),
    remediation=Text(
        en="Have the user register an MFA device, or delete the password and let the person in through "
        "Identity Center.",
        ja="ユーザーに MFA デバイスを登録させるか、コンソールパスワードを削除して "
        "Identity Center 経由の利用に切り替えてください。",
    ),
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html",
    ),
)
def user_mfa(user: User, _audit: Audit) -> Verdict:
    row = value(user.credentials)
    if row.mfa_active:
        return passed(
            Text(en="The user has MFA.", ja="MFA が設定されています。"),
            {"password_enabled": row.password_enabled, "mfa_active": True},
        )
    evidence = {"password_enabled": row.password_enabled, "mfa_active": False}
    if not has_console_password(user.credentials):
        return not_applicable(
            Text(
                en="The user has no console password.",
                ja="コンソールパスワードが設定されていないユーザーです。",
            ),
            evidence,
        )
    authority = is_administrator(user)
    severity, reason = _FAILURES[authority.answer]
    return failed(
        reason,
        {
            **evidence,
            "administrator": authority.answer.value,
            "through": [each.en for each in authority.policies],
            "not_read": [fact.source.operation for fact in authority.unread],
        },
        severity=severity,
    )


_FAILURES = {
    Answer.YES: (
        Severity.CRITICAL,
        Text(
            en="An administrator can sign in to the console without MFA.",
            ja="管理者権限を持つユーザーが MFA なしでコンソールにサインインできます。",
        ),
    ),
    Answer.NO: (
        Severity.HIGH,
        Text(
            en="The user can sign in to the console without MFA.",
            ja="MFA なしでコンソールにサインインできます。",
        ),
    ),
    # What is not known weighs as the highest.
    Answer.UNKNOWN: (
        Severity.CRITICAL,
        Text(
            en="The user can sign in to the console without MFA. Whether it is an administrator could not be "
            "told, so it is rated as one.",
            ja="MFA なしでコンソールにサインインできます。"
            "管理者権限の有無を確認できなかったため、管理者とみなして評価しています。",
        ),
    ),
}
