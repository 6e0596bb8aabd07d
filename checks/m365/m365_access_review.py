"""Access that nobody looks at again stays for ever."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.clock import parse
from cloudaudit.providers.m365.model import AccessReview, Tenant

_GUESTS = ("usertype eq 'guest'",)
_ADMINISTRATORS = ("rolemanagement/directory", "directoryroles", "roledefinitions")


@check(
    "m365-access-review",
    title=Text(
        en="Access reviews cover guests and administrators",
        ja="ゲストと管理者のアクセス権が定期的にレビューされている",
    ),
    theme=Theme.ACCESS,
    severity=Severity.LOW,
    on=Tenant,
    rationale=Text(
        en="Guests whose project ended and administrators who changed their job keep their access until somebody "
        "asks. A recurring review asks.",
        ja="案件が終わったゲストや異動した管理者の権限は、見直さない限り残り続けます。"
        "定期的なアクセスレビューはその見直しの記録にもなります。",
    ),
    remediation=Text(
        en="In Entra ID Governance, make a recurring access review for all guests and one for the directory roles.",
        ja="Entra ID Governance で、全ゲストを対象とするレビューと、管理者ロールを対象とするレビューを"
        "定期実行で作成してください。",
    ),
    references=("https://learn.microsoft.com/graph/api/resources/accessreviewscheduledefinition",),
)
def access_review(tenant: Tenant, audit: Audit) -> Verdict:
    """Both groups need a review that recurs and has not ended."""
    running = [
        review for review in value(tenant.access_reviews) if review.recurs and not _ended(review, audit)
    ]
    guests = [review.name for review in running if _asks(review, _GUESTS)]
    administrators = [review.name for review in running if _asks(review, _ADMINISTRATORS)]
    evidence = {"recurring": len(running), "guests": guests, "administrators": administrators}
    if guests and administrators:
        return passed(
            Text(
                en="Recurring reviews cover guests and administrators.",
                ja="ゲストと管理者の双方について、定期的なアクセスレビューが設定されています。",
            ),
            evidence,
        )
    missing = [
        text for found, text in ((guests, _NO_GUESTS), (administrators, _NO_ADMINISTRATORS)) if not found
    ]
    return failed(
        Text(
            en="No recurring review covers " + " or ".join(each.en for each in missing) + ".",
            ja="・".join(each.ja for each in missing) + "を対象とする定期的なアクセスレビューがありません。",
        ),
        evidence,
    )


def _asks(review: AccessReview, words: tuple[str, ...]) -> bool:
    return any(word in query.casefold() for query in review.queries for word in words)


def _ended(review: AccessReview, audit: Audit) -> bool:
    if not review.ends:
        return False
    try:
        return parse(review.ends if "T" in review.ends else f"{review.ends}T23:59:59Z") < audit.taken_at
    except ValueError:
        return True  # a date that cannot be read proves no review


_NO_GUESTS = Text(en="guests", ja="ゲスト")
_NO_ADMINISTRATORS = Text(en="administrators", ja="管理者")
