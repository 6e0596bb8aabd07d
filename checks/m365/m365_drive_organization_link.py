"""A link for the whole company gives the trainee what was meant for the board."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from urllib.parse import unquote

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
    not_applicable,
    not_read,
    passed,
    value,
)
from cloudaudit.providers.m365.completeness import as_of, completeness_evidence, doubts
from cloudaudit.providers.m365.model import UNKNOWN_PLACE, Drive, SharedItem
from cloudaudit.providers.m365.policy_sharing import COMPANY, openings, sentence


@check(
    "m365-drive-organization-link",
    title=Text(
        en="No sensitive item is shared with the whole company",
        ja="機密アイテムが全社員に共有されていない",
    ),
    theme=Theme.SHARING,
    severity=Severity.LOW,
    on=Drive,
    rationale=Text(
        en="A company-wide link gives everyone access who has it, whatever the need; personnel and customer files "
        "should be shared with named people.",
        ja="組織内リンクは業務上の必要性に関係なく、リンクを知る全社員が利用できます。"
        "人事情報や顧客情報は、相手を指定して共有すべきです。",
    ),
    remediation=Text(
        en="Replace the links by links for named people.", ja="相手を指定したリンクに置き換えてください。"
    ),
    references=("https://learn.microsoft.com/graph/api/resources/sharinglink",),
    settings=("sensitive_paths",),
)
def drive_organization_link(drive: Drive, audit: Audit) -> Verdict:
    """Only items under the addresses that the policy calls sensitive are looked at."""
    patterns = audit.policy.sensitive_paths
    if not patterns:
        return not_applicable(
            Text(
                en="The policy names no sensitive places (sensitive_paths).",
                ja="監査ポリシーに機密情報の保管場所(sensitive_paths)の指定がありません。",
            ),
            {"sensitive_paths": []},
        )
    sharing = value(drive.sharing)
    company = [each for each in openings(sharing.items, None, audit.taken_at) if each.audience == COMPANY]
    wide = [each for each in company if _is_sensitive(drive, each.item, patterns)]
    evidence = {**completeness_evidence(sharing), "sensitive_paths": list(patterns), "links": len(wide)}
    if wide:
        first = sentence(wide[0])
        return failed(
            Text(
                en=f"{len(wide)} company-wide share(s) of sensitive items. First: {first.en}.",
                ja=f"機密アイテムの全社共有が{len(wide)}件あります。例: {first.ja}。",
            ),
            evidence,
            parts=tuple(failed_part(each.key, sentence(each), each.evidence()) for each in wide),
        )
    unread = doubts(sharing, audit)
    lost = [each.item.path for each in company if each.item.path.startswith(UNKNOWN_PLACE)]
    if lost:
        unread = (*unread, Unread(Cause.MALFORMED, drive.sharing.source, detail=_lost(lost)))
    if unread:
        not_read(*unread)
    until = as_of(sharing)
    return passed(
        Text(
            en=f"No sensitive item is shared company-wide; {until.en}.",
            ja=f"機密アイテムの全社共有はありません({until.ja})。",
        ),
        evidence,
    )


def _lost(paths: Sequence[str]) -> Text:
    shown = ", ".join(paths[:5])
    return Text(
        en=f"where {len(paths)} item(s) shared with the whole company lie cannot be told: {shown}",
        ja=f"全社共有されている{len(paths)}件の保管場所を特定できません: {shown}",
    )


def _is_sensitive(drive: Drive, item: SharedItem, patterns: tuple[str, ...]) -> bool:
    address = unquote(drive.url).rstrip("/") + "/" + item.path.lstrip("/")
    return any(fnmatchcase(address.casefold(), unquote(pattern).casefold()) for pattern in patterns)
