"""What is not enforced can be switched off again by the user."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.providers.gcs.model import User
from cloudaudit.providers.gcs.people import left_out


@check(
    "google-user-2sv-enforced",
    title=Text(
        en="2-step verification is enforced for active users",
        ja="有効なユーザーに2段階認証プロセスが必須化されている",
    ),
    theme=Theme.MFA,
    severity=Severity.MEDIUM,
    on=User,
    rationale=Text(
        en="Where it is not enforced a user may switch it off, and a new user may never switch it on.",
        ja="必須でない場合は、ユーザーが自分で無効にしたり、新しいユーザーが登録しないままになったりします。",
    ),
    remediation=Text(
        en="In the Admin console enforce 2-step verification for the user's organisational unit or group, with a grace "
        "time for new users.",
        ja="管理コンソールで、ユーザーの組織部門またはグループに2段階認証プロセスの適用を設定してください"
        "(新規ユーザーには登録期間を設けます)。",
    ),
    references=("https://support.google.com/a/answer/9176657",),
)
def enforced(user: User, _audit: Audit) -> Verdict:
    """Judge everybody who can sign in."""
    apart = left_out(user)
    if apart is not None:
        return apart
    if value(user.two_step_enforced):
        return passed(
            Text(en="2-step verification is enforced.", ja="2段階認証プロセスが必須化されています。"),
            {"enforced": True},
        )
    return failed(
        Text(
            en="2-step verification is not enforced for this user.",
            ja="このユーザーには2段階認証プロセスが必須化されていません。",
        ),
        {"enforced": False},
    )
