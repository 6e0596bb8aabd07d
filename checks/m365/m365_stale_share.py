"""A share that outlived its purpose is access without a reason."""

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
    failed_part,
    not_read,
    passed,
    value,
)
from cloudaudit.clock import age_days
from cloudaudit.providers.m365.answers import Answer
from cloudaudit.providers.m365.completeness import as_of, completeness_evidence, doubts
from cloudaudit.providers.m365.model import Drive, SharedItem, Tenant
from cloudaudit.providers.m365.policy_sharing import openings, own_domains, sentence


@check(
    "m365-stale-share",
    title=Text(
        en="No item that nobody touched for long is still shared outside",
        ja="長期間更新のないアイテムの外部共有が残っていない",
    ),
    theme=Theme.RETENTION,
    severity=Severity.LOW,
    on=Drive,
    uses=(Tenant,),
    rationale=Text(
        en="When the work is done the share should end. Graph does not tell when a link was made or last used; the "
        "item's last change is what can be judged.",
        ja="業務が終わった共有は解除すべきです。リンクの作成日や最終利用日は Microsoft Graph では取得できないため、"
        "アイテムの最終更新日で判定します。",
    ),
    remediation=Text(
        en="Ask the owner whether it is still needed; else remove the share, or give it an expiry.",
        ja="所有者に要否を確認し、不要であれば共有を解除するか、有効期限を設定してください。",
    ),
    references=("https://learn.microsoft.com/graph/api/resources/driveitem",),
    settings=("stale_share_days",),
)
def stale_share(drive: Drive, audit: Audit) -> Verdict:
    """Look at what is open to anyone or to people outside."""
    sharing = value(drive.sharing)
    tenant = audit.only(Tenant)
    limit = audit.policy.stale_share_days
    outside = [
        each
        for each in openings(sharing.items, own_domains(tenant), audit.taken_at)
        if each.outside is not Answer.NO
    ]
    ages = {each.item.id: _age(each.item, audit) for each in outside}
    stale = [each for each in outside if each.outside is Answer.YES and (ages[each.item.id] or 0) >= limit]
    evidence = {**completeness_evidence(sharing), "stale": len(stale), "limit_days": limit}
    if stale:
        first = sentence(stale[0])
        return failed(
            Text(
                en=f"{len(stale)} outside share(s) of items not changed for {limit} days or more. First: {first.en}.",
                ja=f"{limit}日以上更新のないアイテムの外部共有が{len(stale)}件あります。例: {first.ja}。",
            ),
            evidence,
            parts=tuple(
                failed_part(each.key, sentence(each), {**each.evidence(), "age_days": ages[each.item.id]})
                for each in stale
            ),
        )
    unread = doubts(sharing, audit)
    if any(age is None for age in ages.values()):
        unread = (*unread, Unread(Cause.MALFORMED, drive.sharing.source, detail="lastModifiedDateTime"))
    if any(each.outside is Answer.UNKNOWN and (ages[each.item.id] or 0) >= limit for each in outside):
        value(tenant.domains)
        unread = (*unread, Unread(Cause.MALFORMED, drive.sharing.source, detail="grantedToV2"))
    if unread:
        not_read(*unread)
    until = as_of(sharing)
    return passed(
        Text(
            en=f"No outside share of an item older than {limit} days; {until.en}.",
            ja=f"{limit}日以上更新のないアイテムの外部共有はありません({until.ja})。",
        ),
        evidence,
    )


def _age(item: SharedItem, audit: Audit) -> int | None:
    try:
        return age_days(item.changed_at, audit.taken_at)
    except ValueError:
        return None
