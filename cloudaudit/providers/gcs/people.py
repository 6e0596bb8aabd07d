"""What the checks on people have in common. Pure."""

from cloudaudit.check import Severity, Text, Verdict, not_applicable, value
from cloudaudit.facts import Unread
from cloudaudit.providers.gcs.model import User

ADMINISTRATOR = Text(en="An administrator", ja="管理者")
MEMBER = Text(en="The user", ja="ユーザー")
PERHAPS = Text(
    en="The user (whether an administrator could not be told, so rated as one)",
    ja="ユーザー(管理者かどうか確認できなかったため、管理者とみなして評価)",
)


def left_out(user: User) -> Verdict | None:
    """Return why a user is not judged, or None for one who can sign in.

    Raises:
        NotRead: that is not known.
    """
    standing = value(user.standing)
    evidence = {"suspended": standing.suspended, "archived": standing.archived}
    if standing.suspended:
        return not_applicable(
            Text(
                en="The account is suspended; nobody can sign in to it.",
                ja="停止中のアカウントのため、ログインできません。",
            ),
            evidence,
        )
    if standing.archived:
        return not_applicable(
            Text(
                en="The account is archived; nobody can sign in to it.",
                ja="アーカイブ済みのアカウントのため、ログインできません。",
            ),
            evidence,
        )
    return None


def rank_of(user: User) -> tuple[Severity, Text, str]:
    """Return how grave a failure of this user is, who it is for a sentence, and the same for the evidence."""
    fact = user.administration
    if isinstance(fact, Unread):
        # What is not known weighs as the highest.
        return Severity.CRITICAL, PERHAPS, "unknown"
    if fact.value.full:
        return Severity.CRITICAL, ADMINISTRATOR, "super administrator"
    if fact.value.delegated:
        return Severity.CRITICAL, ADMINISTRATOR, "delegated administrator"
    return Severity.HIGH, MEMBER, "no"
