"""Everyone from outside who reads your files should be somebody you know."""

from collections.abc import Sequence

from cloudaudit.approvals import in_evidence, of_resource
from cloudaudit.check import (
    Audit,
    Cause,
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
    passed_part,
    value,
)
from cloudaudit.model import ref
from cloudaudit.policy import ApprovedShare
from cloudaudit.providers.m365.answers import Answer
from cloudaudit.providers.m365.completeness import as_of, completeness_evidence, doubts
from cloudaudit.providers.m365.model import Drive, SharedItem, Tenant
from cloudaudit.providers.m365.policy_sharing import (
    Kind,
    Opening,
    is_approved,
    openings,
    own_domains,
    sentence,
)


@check(
    "m365-drive-external-grant",
    title=Text(
        en="Every outside person with access is on the approved list",
        ja="アクセス権を持つ社外の相手がすべて承認済みである",
    ),
    theme=Theme.SHARING,
    severity=Severity.HIGH,
    on=Drive,
    uses=(Tenant,),
    rationale=Text(
        en="What an outside person can open has left the company's control. It must be known who that is, and "
        "agreed.",
        ja="社外の相手がアクセスできるデータは自社の管理が及びません。誰に渡しているかを把握し、"
        "契約や承認の裏付けを取っておく必要があります。",
    ),
    remediation=Text(
        en="Remove the access, or name the domain in trusted_domains or the person in trusted_people, or this one share in "
        "approved_shares, after checking the contract.",
        ja="アクセス権を削除するか、契約を確認のうえ trusted_domains または trusted_people"
        "(この共有に限る場合は approved_shares)に登録してください。",
    ),
    references=("https://learn.microsoft.com/graph/api/resources/permission",),
    settings=("trusted_domains", "trusted_people"),
)
def drive_external_grant(drive: Drive, audit: Audit) -> Verdict:
    """Groups count as inside: their members are not looked at. Anonymous links are another check's."""
    sharing = value(drive.sharing)
    tenant = audit.only(Tenant)
    people = [
        each
        for each in openings(sharing.items, own_domains(tenant), audit.taken_at)
        if each.kind not in {Kind.ANONYMOUS, Kind.UNTOLD} and each.outside is not Answer.NO
    ]
    outside = [each for each in people if each.outside is Answer.YES]
    domains = frozenset(domain.casefold() for domain in audit.policy.trusted_domains)
    trusted = frozenset(person.casefold() for person in audit.policy.trusted_people)
    rules = {each.key: _approval(drive, each, audit) for each in outside}
    approved = [each for each in outside if rules[each.key] or is_approved(each.address, domains, trusted)]
    strangers = [each for each in outside if each not in approved]
    evidence = {
        **completeness_evidence(sharing),
        "unapproved": sorted({each.audience for each in strangers}),
        "approved": sorted({each.audience for each in approved}),
        "groups": _groups(sharing.items),
        **in_evidence(rule for rule in rules.values() if rule),
    }
    if strangers:
        return _strangers(strangers, approved, evidence)
    unread = doubts(sharing, audit)
    if len(people) > len(outside):
        value(tenant.domains)
        names = ", ".join(sorted({each.audience for each in people if each.outside is Answer.UNKNOWN})[:5])
        unread = (*unread, Unread(Cause.MALFORMED, drive.sharing.source, detail=_untold(names)))
    if unread:
        not_read(*unread)
    until = as_of(sharing)
    more_en, more_ja = (_GROUPS.en, _GROUPS.ja) if evidence["groups"] else ("", "")
    if approved:
        count = len({each.audience for each in approved})
        reason = Text(
            en=f"All {count} outside people are approved; {until.en}.{more_en}",
            ja=f"社外の相手{count}名はすべて承認済みです({until.ja})。{more_ja}",
        )
    else:
        reason = Text(
            en=f"No outside person has access; {until.en}.{more_en}",
            ja=f"社外の相手へのアクセス許可はありません({until.ja})。{more_ja}",
        )
    parts = tuple(passed_part(each.key, sentence(each), each.evidence()) for each in approved)
    return passed(reason, evidence, parts=parts)


def _approval(drive: Drive, opening: Opening, audit: Audit) -> ApprovedShare | None:
    return of_resource(audit.policy, audit.taken_at.date(), ref(drive), opening.audience, opening.item.path)


def _strangers(
    strangers: Sequence[Opening], approved: Sequence[Opening], evidence: dict[str, object]
) -> Verdict:
    names = sorted({each.audience for each in strangers})
    shown, more = names[:5], len(names) - 5
    return failed(
        Text(
            en=f"{len(names)} outside person(s) not on the approved list: {', '.join(shown)}"
            + (f" and {more} more." if more > 0 else "."),
            ja=f"未承認の社外の相手が{len(names)}名います({'、'.join(shown)}"
            + (f" ほか{more}名)。" if more > 0 else ")。"),
        ),
        evidence,
        parts=(
            *(failed_part(each.key, sentence(each), each.evidence()) for each in strangers),
            *(passed_part(each.key, sentence(each), each.evidence()) for each in approved),
        ),
    )


def _groups(items: Sequence[SharedItem]) -> list[str]:
    """Return the groups that have access, whose members may be from outside: the first twenty by name."""
    found = {
        grantee.name or grantee.id
        for item in items
        if isinstance(item.permissions, Read)
        for permission in item.permissions.value
        for grantee in permission.grantees
        if grantee.kind in {"group", "siteGroup"}
    }
    return sorted(found)[:20]


_GROUPS = Text(
    en=" Who belongs to the groups that have access was not looked at.",
    ja="アクセス権を持つグループのメンバーまでは確認していません。",
)


def _untold(names: str) -> Text:
    return Text(
        en=f"whether these people are outside cannot be told: {names}",
        ja=f"社内・社外の別を特定できない相手がいます: {names}",
    )
