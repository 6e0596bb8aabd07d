"""As of when, and by which way, a drive's sharing is known in full. Pure.

With read permissions a link that is made on an untouched file does not show in the changes that Graph tells, so between
two full passes only the items already known are read again; source:
https://learn.microsoft.com/onedrive/developer/rest-api/concepts/scan-guidance
"""

from datetime import timedelta, timezone

from cloudaudit.check import Audit
from cloudaudit.clock import age_days, parse
from cloudaudit.facts import Cause, Source, Unread
from cloudaudit.providers.m365.model import CONTROL_DELTA, SharedItem, Sharing
from cloudaudit.text import Text

_JST = timezone(timedelta(hours=9))
_SOURCE = Source("graph:GET /drives/{}/root/delta")
_NAMED = 5


def as_of(sharing: Sharing) -> Text:
    """Return as of when and by which way all links are known, to be said in a verdict."""
    by = _BY[sharing.complete_by == CONTROL_DELTA]
    return Text(
        en=f"all links as of {moment(sharing.complete_at).en}, by {by.en}",
        ja=f"{moment(sharing.complete_at).ja} 時点の全件({by.ja}による)",
    )


def moment(at: str) -> Text:
    """Return a time for people: in UTC, and in Japanese text at Japan's own time."""
    time = parse(at)
    return Text(en=f"{time:%Y-%m-%d %H:%M} UTC", ja=f"{time.astimezone(_JST):%Y-%m-%d %H:%M} JST (+09:00)")


def completeness_evidence(sharing: Sharing) -> dict[str, object]:
    """Return the values on which completeness rests."""
    return {
        "complete_at": sharing.complete_at or None,
        "complete_by": sharing.complete_by,
        "shared_items": len(sharing.items),
        "looked_at": sharing.looked_at,
    }


def doubts(sharing: Sharing, audit: Audit) -> tuple[Unread, ...]:
    """Return why it cannot be said that everything shared is known; empty when it can."""
    return (*_not_complete(sharing, audit), *_not_reread(sharing.items))


def _not_complete(sharing: Sharing, audit: Audit) -> tuple[Unread, ...]:
    if not sharing.complete_at:
        return (Unread(Cause.INTERRUPTED, _SOURCE, detail=_NEVER),)
    try:
        age = age_days(sharing.complete_at, audit.taken_at)
    except ValueError:
        return (Unread(Cause.MALFORMED, _SOURCE, detail=sharing.complete_at),)
    if age > audit.policy.full_pass_max_age_days:
        return (Unread(Cause.UNSUPPORTED, _SOURCE, detail=_too_old(sharing.complete_at, age, audit)),)
    return ()


def _not_reread(items: tuple[SharedItem, ...]) -> tuple[Unread, ...]:
    missed = [(item.path, item.permissions) for item in items if isinstance(item.permissions, Unread)]
    if not missed:
        return ()
    shown = ", ".join(path for path, _ in missed[:_NAMED])
    more = len(missed) - _NAMED
    detail = Text(
        en=f"{len(missed)} shared item(s) not read again: {shown}"
        + (f" and {more} more" if more > 0 else ""),
        ja=f"共有中の{len(missed)}件を再確認できていません: {shown}" + (f" ほか{more}件" if more > 0 else ""),
    )
    # One for each reason, so that a tenant with thousands of them still has a finding that can be read.
    reasons = {(fact.cause, fact.source.operation, fact.permission): fact for _, fact in missed}
    return tuple(
        Unread(fact.cause, Source(fact.source.operation), permission=fact.permission, detail=detail)
        for fact in reasons.values()
    )


def _too_old(at: str, age: int, audit: Audit) -> Text:
    limit = audit.policy.full_pass_max_age_days
    when = moment(at)
    return Text(
        en=f"the last full pass was {age} days ago ({when.en}), the policy allows {limit}",
        ja=f"全件確認は{age}日前({when.ja})が最後で、ポリシーの上限({limit}日)を超えています",
    )


_NEVER = Text(en="no full pass was finished yet", ja="全件確認がまだ一度も完了していません")
_BY = {
    False: Text(en="a full pass with read permissions", ja="読み取り権限での全件確認"),
    True: Text(
        en="Microsoft's list of sharing changes (Sites.FullControl.All)",
        ja="共有変更の差分取得(Sites.FullControl.All)",
    ),
}
