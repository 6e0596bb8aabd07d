"""An account that nobody uses is watched by nobody."""

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
from cloudaudit.providers.m365.credentials import account_age, last_used
from cloudaudit.providers.m365.model import User


@check(
    "m365-user-unused",
    title=Text(en="The account is in use", ja="有効なアカウントが継続的に利用されている"),
    theme=Theme.CREDENTIALS,
    severity=Severity.MEDIUM,
    on=User,
    rationale=Text(
        en="Accounts of leavers and of guests whose project ended are the way in that nobody notices.",
        ja="退職者や案件の終わったゲストのアカウントは、誰にも気付かれない侵入経路になります。",
    ),
    remediation=Text(
        en="Ask whose it is; block the sign-in, and delete it after the time for handing over.",
        ja="利用者を確認のうえサインインをブロックし、引き継ぎ期間の経過後に削除してください。",
    ),
    references=("https://learn.microsoft.com/graph/api/resources/signinactivity",),
    settings=("account_unused_days",),
)
def user_unused(user: User, audit: Audit) -> Verdict:
    """Any sort of sign-in counts; an account that never signed in is judged by the day it was made."""
    if not value(user.enabled):
        return not_applicable(
            Text(en="The account is disabled.", ja="無効化されたアカウントのため対象外です。"),
            {"enabled": False},
        )
    limit = audit.policy.account_unused_days
    days = value(last_used(user, audit.taken_at))
    evidence = {
        "days_since_sign_in": days,
        "limit_days": limit,
        "guest": user.guest,
        "invitation": user.invitation or None,
    }
    if days is not None:
        if days < limit:
            return passed(
                Text(en=f"The last sign-in was {days} days ago.", ja=f"最終サインインは{days}日前です。"),
                evidence,
            )
        return failed(
            Text(
                en=f"The last sign-in was {days} days ago; the limit is {limit}.",
                ja=f"最終サインインから{days}日が経過しています(基準は{limit}日)。",
            ),
            evidence,
        )
    age = value(account_age(user, audit.taken_at))
    evidence["days_since_creation"] = age
    if age < limit:
        return passed(
            Text(
                en=f"The account is {age} days old and was not used yet.",
                ja=f"作成から{age}日で、まだサインインはありません。",
            ),
            evidence,
        )
    return failed(
        Text(
            en=f"Nobody ever signed in since the account was made {age} days ago.",
            ja=f"作成から{age}日間、一度もサインインがありません。",
        ),
        evidence,
    )
