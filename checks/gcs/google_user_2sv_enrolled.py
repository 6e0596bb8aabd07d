"""A password alone is one leak away from a stranger."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.providers.gcs.model import User
from cloudaudit.providers.gcs.people import left_out, rank_of


@check(
    "google-user-2sv-enrolled",
    title=Text(
        en="Active users have enrolled in 2-step verification",
        ja="有効なユーザーが2段階認証プロセスに登録している",
    ),
    theme=Theme.MFA,
    severity=Severity.CRITICAL,
    on=User,
    rationale=Text(
        en="A password that leaked, was guessed or is used elsewhere too lets a stranger in unless a second step is "
        "asked for; with an administrator's the whole company is lost. Who signs in through another identity provider "
        "has its second step there, which Google does not see.",
        ja="パスワードの漏えい・推測・使い回しがあっても、2段階認証があれば第三者のログインを防げます。管理者の場合は、"
        "組織全体の乗っ取りにつながります。なお、外部 ID プロバイダ経由でログインするユーザーの多要素認証は、"
        "Google の設定からは確認できません。",
    ),
    remediation=Text(
        en="Have the user enrol a security key or passkey (administrators first), and enforce 2-step verification.",
        ja="セキュリティキーまたはパスキーの登録を求め(管理者を優先)、2段階認証プロセスを必須にしてください。",
    ),
    references=(
        "https://support.google.com/a/answer/9176657",
        "https://developers.google.com/workspace/admin/directory/reference/rest/v1/users",
    ),
)
def enrolled(user: User, _audit: Audit) -> Verdict:
    """Judge everybody who can sign in; an administrator without a second step is critical."""
    apart = left_out(user)
    if apart is not None:
        return apart
    if value(user.two_step_enrolled):
        return passed(
            Text(en="The user has 2-step verification.", ja="2段階認証プロセスに登録済みです。"),
            {"enrolled": True},
        )
    severity, who, administrator = rank_of(user)
    return failed(
        Text(
            en=f"{who.en} can sign in without 2-step verification.",
            ja=f"{who.ja}が2段階認証プロセスに登録していません。",
        ),
        {"enrolled": False, "administrator": administrator},
        severity=severity,
    )
