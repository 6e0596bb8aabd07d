"""Passwords age only where a rule says so."""

from cloudaudit.check import (
    Audit,
    Read,
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
from cloudaudit.providers.aws.credentials import has_console_password, password_age
from cloudaudit.providers.aws.model import User


@check(
    "aws-iam-password-age",
    title=Text(
        en="The console password is younger than the rule allows",
        ja="コンソールパスワードが規程の期間内に変更されている",
    ),
    theme=Theme.CREDENTIALS,
    severity=Severity.MEDIUM,
    on=User,
    rationale=Text(
        en="Japanese and US guidance no longer asks for periodic changes; but auditors object to a rule "
        "of your own that is not kept. Without a rule the age is shown and not judged.",
        ja="国内外の指針は定期変更を求めていませんが、自社規程に定めがある場合は、"
        "規程と運用の不一致が指摘対象になります。"
        "定めがない場合は経過日数のみを記録し、判定は行いません。",
    ),
    remediation=Text(
        en="Have the user change the password, or drop the rule on periodic changes and demand MFA instead.",
        ja="利用者にパスワードを変更させるか、定期変更の規程を見直して MFA の必須化に切り替えてください。",
    ),
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html",
        "https://www.ppc.go.jp/all_faq_index/faq1-q10-19/",
    ),
    settings=("password_max_age_days", "profile"),
)
def password_age_rule(user: User, audit: Audit) -> Verdict:
    limit = audit.policy.password_rule_days
    if limit is None:
        return _without_rule(user, audit)
    if not has_console_password(user.credentials):
        return _without_password()
    days = value(password_age(user.credentials, audit.taken_at))
    evidence = {"age_days": days, "limit_days": limit}
    if days < limit:
        return passed(
            Text(en=f"The password is {days} days old.", ja=f"パスワードは最終変更から{days}日です。"),
            evidence,
        )
    return failed(
        Text(
            en=f"The password is {days} days old; the rule is {limit} days.",
            ja=f"パスワードは最終変更から{days}日が経過しています(規程は{limit}日)。",
        ),
        evidence,
    )


def _without_rule(user: User, audit: Audit) -> Verdict:
    if isinstance(user.credentials, Read) and user.credentials.value.password_enabled is False:
        return _without_password()
    age = password_age(user.credentials, audit.taken_at)
    days = age.value if isinstance(age, Read) else None
    shown_en, shown_ja = (
        (f"it is {days} days old", f"最終変更から{days}日") if isinstance(days, int) else _NOT_TOLD
    )
    return not_applicable(
        Text(
            en=f"No rule asks for periodic changes of the password; {shown_en}.",
            ja=f"パスワードの定期変更を求める規程がないため対象外です({shown_ja})。",
        ),
        {"age_days": days, "limit_days": None},
    )


def _without_password() -> Verdict:
    return not_applicable(
        Text(
            en="The user has no console password.", ja="コンソールパスワードが設定されていないユーザーです。"
        ),
        {"password_enabled": False},
    )


_NOT_TOLD = ("its age cannot be told", "経過日数は不明")
