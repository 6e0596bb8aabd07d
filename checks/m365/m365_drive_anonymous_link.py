"""Whoever has the link has the file, and a link travels."""

from collections.abc import Sequence

from cloudaudit.check import (
    Audit,
    Cause,
    Part,
    Read,
    Severity,
    Text,
    Theme,
    Unread,
    Verdict,
    check,
    failed,
    failed_part,
    not_read,
    passed,
    value,
)
from cloudaudit.providers.m365.completeness import as_of, completeness_evidence, doubts
from cloudaudit.providers.m365.model import Drive, Tenant
from cloudaudit.providers.m365.policy_sharing import READ, Kind, Opening, openings, sentence

_ANYONE = "externalUserAndGuestSharing"


@check(
    "m365-drive-anonymous-link",
    title=Text(
        en="No item has a live anonymous link",
        ja="匿名リンク(リンクを知っている全員)で公開されたアイテムがない",
    ),
    theme=Theme.SHARING,
    severity=Severity.CRITICAL,
    on=Drive,
    uses=(Tenant,),
    rationale=Text(
        en="An anonymous link opens the item without signing in. It can be passed on, found in a mailbox or a chat "
        "years later, and nobody can tell who used it.",
        ja="匿名リンクはサインインなしで開けるため、転送や誤送信で第三者に渡っても誰が閲覧したかを特定できず、"
        "何年も前のメールやチャットから見つかることもあります。",
    ),
    remediation=Text(
        en="Delete the links listed, or replace them by links for named people with an expiry.",
        ja="一覧のリンクを削除するか、相手を指定した有効期限付きのリンクに置き換えてください。",
    ),
    references=(
        "https://learn.microsoft.com/graph/api/resources/sharinglink",
        "https://learn.microsoft.com/onedrive/developer/rest-api/concepts/scan-guidance",
    ),
)
def drive_anonymous_link(drive: Drive, audit: Audit) -> Verdict:
    """Pass only as of the last full pass; what is found fails whatever else was not read."""
    sharing = value(drive.sharing)
    found = list(openings(sharing.items, None, audit.taken_at))
    links = [each for each in found if each.kind is Kind.ANONYMOUS]
    evidence = completeness_evidence(sharing)
    if links:
        return _open(links, audit, evidence)
    untold = [each.item.path for each in found if each.kind is Kind.UNTOLD]
    unread = doubts(sharing, audit)
    if untold:
        unread = (*unread, Unread(Cause.MALFORMED, drive.sharing.source, detail=_without_scope(untold)))
    if unread:
        not_read(*unread)
    until = as_of(sharing)
    return passed(
        Text(en=f"No anonymous link; {until.en}.", ja=f"匿名リンクはありません({until.ja})。"), evidence
    )


def _open(links: Sequence[Opening], audit: Audit, evidence: dict[str, object]) -> Verdict:
    settings = audit.only(Tenant).sharepoint
    capability = settings.value.sharing_capability if isinstance(settings, Read) else None
    dormant = capability not in {None, _ANYONE}
    parts = tuple(_part(each, dormant=dormant) for each in links)
    worst = max(parts, key=lambda part: (part.severity or Severity.CRITICAL).rank)
    first = worst.reason
    asleep_en, asleep_ja = (_DORMANT.en, _DORMANT.ja) if dormant else ("", "")
    return failed(
        Text(
            en=f"{len(links)} anonymous link(s). Worst: {first.en}.{asleep_en}",
            ja=f"匿名リンクが{len(links)}件あります。最も危険なもの: {first.ja}。{asleep_ja}",
        ),
        {**evidence, "anonymous_links": len(links), "sharing_capability": capability},
        severity=worst.severity,
        parts=parts,
    )


def _part(link: Opening, *, dormant: bool) -> Part:
    """A link to write, or without an end, is worse than one to read for a while."""
    lasting = link.right != READ or not link.permission.expires
    severity = Severity.LOW if dormant else Severity.CRITICAL if lasting else Severity.HIGH
    return failed_part(link.key, sentence(link), link.evidence(), severity=severity)


def _without_scope(paths: Sequence[str]) -> Text:
    shown = ", ".join(paths[:5])
    return Text(
        en=f"{len(paths)} link(s) without a scope: {shown}",
        ja=f"公開範囲の記載がないリンク{len(paths)}件: {shown}",
    )


_DORMANT = Text(
    en=" The tenant does not allow anyone links now, so they do not open; they will, once it does again.",
    ja="現在はテナントの設定で匿名リンクが禁止されているため開けませんが、設定を戻すと再び有効になります。",
)
