"""A forgotten account has no owner who would notice."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed
from cloudaudit.facts import value
from cloudaudit.providers.gcs.credentials import certain_age
from cloudaudit.providers.gcs.model import User
from cloudaudit.providers.gcs.people import left_out


@check(
    "google-user-unused",
    title=Text(
        en="Active accounts are used", ja="有効なアカウントが実際に利用されている(長期間未使用でない)"
    ),
    theme=Theme.CREDENTIALS,
    severity=Severity.MEDIUM,
    on=User,
    rationale=Text(
        en="Accounts of people who left or never came are taken over without anybody noticing. The provider's last "
        "sign-in does not count every kind of access, such as that of a phone that stays signed in.",
        ja="退職者や利用開始されなかったアカウントは、乗っ取られても気付かれません。なお、最終ログイン日時には、"
        "ログインしたままの端末からのアクセスなどは反映されません。",
    ),
    remediation=Text(
        en="Ask the person's manager, then suspend the account and hand over its data; delete it when nothing is needed "
        "any more.",
        ja="所属長に確認のうえアカウントを停止し、データを引き継いでください。不要になれば削除してください。",
    ),
    references=(
        "https://support.google.com/a/answer/33312",
        "https://developers.google.com/workspace/admin/directory/reference/rest/v1/users",
    ),
    settings=("account_unused_days",),
)
def unused(user: User, audit: Audit) -> Verdict:
    """Judge the last sign-in, or for who never signed in the age of the account."""
    apart = left_out(user)
    if apart is not None:
        return apart
    limit = audit.policy.account_unused_days
    last = value(user.last_sign_in)
    source = user.last_sign_in.source
    if last is None:
        days = certain_age(user.created_at, audit.taken_at, source, "creationTime")
        evidence = {
            "last_sign_in": None,
            "created_at": user.created_at,
            "age_days": days,
            "limit_days": limit,
        }
        if days < limit:
            return passed(
                Text(
                    en=f"The account is {days} days old and was not used yet.",
                    ja=f"作成から{days}日のアカウントで、まだログインがありません。",
                ),
                evidence,
            )
        return failed(
            Text(
                en=f"The account is {days} days old and nobody ever signed in.",
                ja=f"作成から{days}日経過していますが、一度もログインがありません。",
            ),
            evidence,
        )
    days = certain_age(last, audit.taken_at, source, "lastLoginTime")
    evidence = {"last_sign_in": last, "unused_days": days, "limit_days": limit}
    if days < limit:
        return passed(
            Text(en=f"Last sign-in {days} days ago.", ja=f"最終ログインは{days}日前です。"), evidence
        )
    return failed(
        Text(
            en=f"Nobody has signed in for {days} days; the limit is {limit}.",
            ja=f"{days}日間ログインがありません(基準: {limit}日)。",
        ),
        evidence,
    )
