"""Passwords age only where a rule says so."""

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
    not_applicable,
    passed,
    value,
)
from cloudaudit.providers.m365.credentials import NEVER, password_age
from cloudaudit.providers.m365.model import Domain, Tenant, User


@check(
    "m365-user-password-age",
    title=Text(
        en="The password is younger than the rule allows", ja="パスワードが規程の期間内に変更されている"
    ),
    theme=Theme.CREDENTIALS,
    severity=Severity.MEDIUM,
    on=User,
    uses=(Tenant,),
    rationale=Text(
        en="Japanese and US guidance no longer asks for periodic changes; but auditors object to a rule of your own "
        "that is not kept. Without a rule the age is shown and not judged. Passwords that are kept on-premises or by "
        "another identity provider cannot be dated from here.",
        ja="国内外の指針は定期変更を求めていませんが、自社規程に定めがある場合は、規程と運用の不一致が指摘対象に"
        "なります。定めがない場合は経過日数のみを記録し、判定は行いません。"
        "オンプレミスや他の ID プロバイダーが管理するパスワードは、ここからは経過日数を確認できません。",
    ),
    remediation=Text(
        en="Have the user change the password, or drop the rule on periodic changes and demand MFA instead.",
        ja="利用者にパスワードを変更させるか、定期変更の規程を見直して MFA の必須化に切り替えてください。",
    ),
    references=(
        "https://learn.microsoft.com/graph/api/resources/user",
        "https://www.ppc.go.jp/all_faq_index/faq1-q10-19/",
    ),
    settings=("password_max_age_days", "profile"),
)
def user_password_age(user: User, audit: Audit) -> Verdict:
    """Judge only under a rule, and only passwords that this directory keeps."""
    if user.guest:
        return _outside_the_question(_GUEST)
    limit = audit.policy.password_rule_days
    if limit is None:
        return _without_rule(user, audit)
    if not value(user.enabled):
        return _outside_the_question(_DISABLED)
    domains = value(audit.only(Tenant).domains)
    days = value(password_age(user, domains, audit.taken_at))
    if days is None:
        return _outside_the_question(_NO_PASSWORD)
    evidence = {"age_days": days, "limit_days": limit, "expires_in_entra": _expiry(user, domains)}
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
    tenant = audit.only(Tenant)
    domains = tenant.domains.value if isinstance(tenant.domains, Read) else ()
    age = password_age(user, domains, audit.taken_at)
    days = None if isinstance(age, Unread) else age.value
    shown = Text(
        en=f"it is {days} days old" if days is not None else "its age cannot be told",
        ja=f"最終変更から{days}日" if days is not None else "経過日数は不明",
    )
    return not_applicable(
        Text(
            en=f"No rule asks for periodic changes of the password; {shown.en}.",
            ja=f"パスワードの定期変更を求める規程がないため対象外です({shown.ja})。",
        ),
        {"age_days": days, "limit_days": None, "expires_in_entra": _expiry(user, domains)},
    )


def _expiry(user: User, domains: tuple[Domain, ...]) -> str | None:
    """Return what the directory's own rule says, for the record."""
    if "disablepasswordexpiration" in user.password_policies.casefold():
        return "never (user)"
    name = user.name.rpartition("@")[2].casefold()
    period = next((each.password_validity_days for each in domains if each.name.casefold() == name), None)
    if period is None:
        return None
    return "never (domain)" if period == NEVER else f"{period} days (domain)"


def _outside_the_question(what: Text) -> Verdict:
    return not_applicable(what, {"left_out": what.en})


_GUEST = Text(
    en="A guest's password is kept by the guest's own organisation.",
    ja="ゲストのパスワードは所属組織が管理しているため対象外です。",
)
_DISABLED = Text(en="The account is disabled.", ja="無効化されたアカウントのため対象外です。")
_NO_PASSWORD = Text(en="No password was ever set.", ja="パスワードが設定されたことのないアカウントです。")
