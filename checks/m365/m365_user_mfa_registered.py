"""Who has no second factor cannot be asked for one."""

from cloudaudit.check import (
    Audit,
    Cause,
    Severity,
    Text,
    Theme,
    Unread,
    Verdict,
    check,
    failed,
    not_applicable,
    not_read,
    passed,
    value,
)
from cloudaudit.providers.m365.credentials import not_a_person
from cloudaudit.providers.m365.model import User


@check(
    "m365-user-mfa-registered",
    title=Text(en="The user is registered for MFA", ja="ユーザーが MFA を登録している"),
    theme=Theme.MFA,
    severity=Severity.HIGH,
    on=User,
    rationale=Text(
        en="An account without a registered factor is open to whoever has the password, and lets that person "
        "register a factor of his own.",
        ja="MFA 未登録のアカウントは、パスワードを知る第三者にサインインされるうえ、"
        "その第三者自身の認証手段を登録されてしまうおそれがあります。",
    ),
    remediation=Text(
        en="Have the user register at https://aka.ms/mfasetup, or demand it with a registration campaign.",
        ja="利用者に https://aka.ms/mfasetup で登録させるか、登録キャンペーンを有効にしてください。",
    ),
    references=(
        "https://learn.microsoft.com/graph/api/authenticationmethodsroot-list-userregistrationdetails",
        "https://learn.microsoft.com/graph/api/resources/mailboxsettings",
    ),
)
def user_mfa_registered(user: User, _audit: Audit) -> Verdict:
    """Rooms, shared and disabled mailboxes and synchronisation accounts are left out, with the reason."""
    if user.guest:
        return _left_out(
            Text(en="a guest, whose own organisation answers for MFA", ja="MFA を所属組織が管理するゲスト")
        )
    if not value(user.enabled):
        return _left_out(Text(en="a disabled account", ja="無効化されたアカウント"))
    registration = value(user.registration)
    if registration is not None and registration.mfa:
        return passed(
            Text(en="Registered for MFA.", ja="MFA が登録されています。"),
            {
                "methods": [method for method in registration.methods if method],
                "capable": registration.capable,
            },
        )
    what = not_a_person(user)
    if what is not None:
        return _left_out(what)
    if registration is None:
        not_read(Unread(Cause.UNSUPPORTED, user.registration.source, detail=_NO_LINE))
    return failed(
        Text(en="The user is not registered for MFA.", ja="MFA が登録されていません。"),
        {
            "methods": [method for method in registration.methods if method],
            "report_of": registration.updated_at or None,
        },
    )


def _left_out(what: Text) -> Verdict:
    return not_applicable(
        Text(en=f"Left out: {what.en}.", ja=f"対象外のアカウントです({what.ja})。"), {"left_out": what.en}
    )


_NO_LINE = Text(
    en="the registration report has no line for the user yet",
    ja="登録状況のレポートにこのユーザーの行がまだありません",
)
