"""外部共有一覧, 対象一覧 and 実施概要: what is open to whom, what was looked at, and how."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

from cloudaudit.assessment import Assessment
from cloudaudit.client import lines as client_lines
from cloudaudit.client import warning
from cloudaudit.explain import CAUSES
from cloudaudit.model import Gap, ResourceRef, Share, Status
from cloudaudit.reporting import (
    CLEAN,
    SIGNATURE,
    STATUSES,
    detail_in,
    headline,
    moment,
    number,
    signature,
    theme_name,
    who,
)
from cloudaudit.text import Language, Text
from cloudaudit.visible import visible
from cloudaudit.waiver_words import LEAD, covers, source, standing, urgent_first
from cloudaudit.waiver_words import TITLE as WAIVERS
from cloudaudit.waivers import WaiverEntry

from ._sheets import ROW_LIMIT, Book, Heading, Looks, Sheet
from ._words import RIGHTS, SCOPES, WHATS, recipient, threshold, word

_A3 = 8
_A4 = 9
_SPARE = 32
"""Rows kept free for the head of a sheet and its last line."""

_KNOWN = frozenset(Share.__struct_fields__[: Share.__struct_fields__.index("first_seen") + 1])

SHARING = Text(en="External sharing", ja="外部共有一覧")
RESOURCES = Text(en="Audited resources", ja="対象一覧")
OVERVIEW = Text(en="Overview", ja="実施概要")


def sharing(book: Book, assessment: Assessment, language: Language, looks: Looks) -> None:
    """Write what is open to whom: the cloud's 持ち出し管理簿."""
    sheet = Sheet(book, SHARING.in_(language), language, looks)
    missing = [one.reason for one in assessment.scope.excluded if one.what == "sharing"]
    sheet.head(SHARING, assessment, missing)
    heads = (
        (Text(en="No.", ja="No."), 6),
        (Text(en="Open to", ja="区分"), 10),
        (Text(en="Resource", ja="対象"), 36),
        (Text(en="Item", ja="共有アイテム"), 36),
        (Text(en="Owner", ja="所有者"), 28),
        (Text(en="Kind", ja="種別"), 18),
        (Text(en="Shared with", ja="共有先"), 44),
        (Text(en="Right", ja="権限"), 13),
        (Text(en="Granted by", ja="許可している設定"), 44),
        (Text(en="Since", ja="開始日時"), 22),
        (Text(en="First seen", ja="初回検出日時"), 22),
        (Text(en="Last changed", ja="最終更新日時"), 22),
        (Text(en="Until", ja="期限"), 22),
        (Text(en="Region", ja="リージョン"), 16),
        (Text(en="Account", ja="アカウント"), 20),
        (Text(en="Remarks", ja="備考"), 36),
    )
    top = sheet.row
    sheet.columns([Heading(sheet.say(text), width) for text, width in heads])
    numbered(sheet, (_share(share, language) for share in assessment.sharing))
    if sheet.row == top + 1:
        nothing = Text(
            en="Nothing is open to the public or to outsiders, as far as it was read.",
            ja="読み取れた範囲では、公開または外部に共有されているものはありません。",
        )
        sheet.write(2, sheet.say(nothing))
        sheet.next()
    sheet.finish(top, len(heads) - 1, paper=_A3, frozen_columns=3)


def _share(share: Share, language: Language) -> list[str]:
    forever = Text(en="none", ja="期限なし").in_(language)
    unknown = Text(en="not known", ja="不明").in_(language)
    return [
        word(SCOPES, share.scope, language),
        visible(share.resource.name),
        visible(share.item),
        visible(share.owner),
        visible(share.resource.kind),
        recipient(share, language),
        word(RIGHTS, share.right, language),
        visible(detail_in(share.via, language)),
        moment(share.since, language) if share.since else unknown,
        moment(share.first_seen, language) if share.first_seen else "",
        moment(share.changed, language) if share.changed else "",
        moment(share.expires, language) if share.expires else forever,
        visible(share.resource.region),
        visible(f"{share.resource.provider}:{share.resource.account}"),
        visible(_remarks(share)),
    ]


def _remarks(share: Share) -> str:
    """Return what a provider tells of a share beyond what every provider does."""
    told = msgspec.structs.asdict(share)
    return ", ".join(f"{name}: {told[name]}" for name in told if name not in _KNOWN and told[name])


def waivers(book: Book, assessment: Assessment, language: Language, looks: Looks) -> None:
    """Write every waiver with its state: 受容(例外)票."""
    sheet = Sheet(book, WAIVERS.in_(language), language, looks)
    sheet.head(WAIVERS, assessment, (LEAD,))
    heads = (
        (Text(en="No.", ja="No."), 6),
        (Text(en="State", ja="状態"), 30),
        (Text(en="Check", ja="チェック ID"), 34),
        (Text(en="Resource", ja="対象"), 36),
        (Text(en="Account", ja="アカウント"), 20),
        (Text(en="Reason", ja="受容の理由"), 40),
        (Text(en="Done instead", ja="代替策"), 40),
        (Text(en="Owner", ja="責任者"), 20),
        (Text(en="Approver", ja="承認者"), 20),
        (Text(en="Ticket", ja="チケット"), 16),
        (Text(en="From", ja="開始日"), 12),
        (Text(en="Until", ja="期限"), 12),
        (Text(en="Covers", ja="件数"), 8),
        (Text(en="Waiver id", ja="受容 ID"), 16),
        (Text(en="File", ja="ファイル"), 40),
    )
    top = sheet.row
    sheet.columns([Heading(sheet.say(text), width) for text, width in heads])

    def row(entry: WaiverEntry) -> list[str]:
        return [
            standing(entry, language),
            visible(entry.check),
            visible(entry.resource),
            visible(entry.account),
            visible(entry.reason),
            visible(entry.compensating_control),
            visible(entry.owner),
            visible(entry.approver),
            visible(entry.ticket),
            entry.created,
            entry.expires,
            covers(entry),
            entry.id,
            source(entry),
        ]

    numbered(sheet, map(row, urgent_first(assessment)))
    sheet.finish(top, len(heads) - 1, paper=_A3, frozen_columns=3)


def resources(book: Book, assessment: Assessment, language: Language, looks: Looks) -> None:
    """Write every resource that was looked at, with how many findings it has."""
    sheet = Sheet(book, RESOURCES.in_(language), language, looks)
    sheet.head(RESOURCES, assessment)
    counted = (Status.FAIL, Status.NOT_ASSESSED, Status.WAIVED)
    heads = (
        (Text(en="No.", ja="No."), 6),
        (Text(en="Kind", ja="種別"), 24),
        (Text(en="Name", ja="名称"), 40),
        (Text(en="ID", ja="ID"), 56),
        (Text(en="Region", ja="リージョン"), 16),
        (Text(en="Account", ja="アカウント"), 20),
        *((STATUSES[status], 11) for status in counted),
    )
    tally = Counter(
        (finding.resource.kind, finding.resource.id, finding.status)
        for finding in assessment.findings()
        if finding.status in counted
    )
    top = sheet.row
    sheet.columns([Heading(sheet.say(text), width) for text, width in heads])

    def row(one: ResourceRef) -> list[str | int]:
        return [
            visible(one.kind),
            visible(one.name),
            visible(one.id),
            visible(one.region),
            visible(f"{one.provider}:{one.account}"),
            *(tally[one.kind, one.id, status] for status in counted),
        ]

    numbered(sheet, map(row, assessment.resources()))
    sheet.finish(top, len(heads) - 1, paper=_A4, frozen_columns=3)


def numbered(sheet: Sheet, rows: Iterable[list[str] | list[str | int]]) -> None:
    """Write rows with their number, as many as a sheet has room for."""
    stream = iter(rows)
    for count, cells in enumerate(islice(stream, ROW_LIMIT - sheet.row - _SPARE), start=1):
        sheet.sheet.write_number(sheet.row, 0, count, sheet.looks.centred)
        for column, cell in enumerate(cells, start=1):
            if isinstance(cell, str):
                sheet.write(column, cell)
            else:
                sheet.sheet.write_number(sheet.row, column, cell, sheet.looks.centred)
        sheet.next()
    rest = sum(1 for _ in stream)
    if rest:
        more = Text(en=f"and {rest:,} more, in result.json", ja=f"ほか {rest:,} 件は result.json を参照")
        sheet.write(1, sheet.say(more))
        sheet.next()


def overview(book: Book, assessment: Assessment, language: Language, looks: Looks) -> None:
    """Write how the audit was made: when, by whom, against which thresholds, and what was left out."""
    sheet = Sheet(book, OVERVIEW.in_(language), language, looks)
    sheet.head(OVERVIEW, assessment)
    heads = (
        (Text(en="Section", ja="区分"), 24),
        (Text(en="Item", ja="項目"), 44),
        (Text(en="Content", ja="内容"), 60),
        (Text(en="Basis, remark", ja="根拠・備考"), 60),
    )
    top = sheet.row
    sheet.columns([Heading(sheet.say(text), width) for text, width in heads])
    for section, item, content, remark in _overview(assessment, language):
        for column, text in enumerate((section.in_(language), item, content, remark)):
            sheet.write(column, visible(text))
        sheet.next()
    sheet.finish(top, len(heads) - 1, paper=_A4, frozen_columns=0)


_RUN = Text(en="Audit", ja="点検")
_CLIENT = Text(en="Client", ja="顧客")
_RESULT = Text(en="Result", ja="結果")
_EXCLUDED = Text(en="Left out", ja="対象外とした範囲")
_GAP = Text(en="Could not be listed", ja="一覧を取得できなかった対象")
_THEME = Text(en="Score by theme", ja="テーマ別スコア")
_POLICY = Text(en="Threshold", ja="判定基準")


def _overview(assessment: Assessment, language: Language) -> Iterator[tuple[Text, str, str, str]]:
    say = language
    target, scope, counts = assessment.target, assessment.scope, assessment.counts
    yield from _client(assessment, language)
    yield _RUN, Text(en="Target", ja="対象").in_(say), who(target), target.partition
    yield _RUN, Text(en="Date and time", ja="実施日時").in_(say), moment(assessment.taken_at, say), ""
    yield _RUN, Text(en="Read by (read-only)", ja="実施者(読み取り専用の権限)").in_(say), target.identity, ""
    tool = f"{assessment.tool.name} {assessment.tool.version}"
    yield _RUN, Text(en="Tool", ja="使用ツール").in_(say), tool, f"checks {assessment.tool.checks_digest}"
    yield _RUN, SIGNATURE.in_(say), signature(assessment).in_(say), ""
    yield _RUN, Text(en="Regions", ja="リージョン").in_(say), ", ".join(scope.regions), ""
    yield _RUN, Text(en="Checks", ja="実施したチェック数").in_(say), str(len(scope.checks)), ""
    yield _RESULT, Text(en="Score", ja="スコア").in_(say), headline(assessment.score.overall, say), ""
    for status, figure in (
        (Status.FAIL, counts.fail),
        (Status.NOT_ASSESSED, counts.not_assessed),
        (Status.PASS, counts.pass_),
        (Status.WAIVED, counts.waived),
        (Status.NOT_APPLICABLE, counts.not_applicable),
    ):
        yield _RESULT, STATUSES[status].in_(say), str(figure), ""
    for reason in assessment.exit:
        code = Text(en=f"Exit code {reason.code}", ja=f"終了コード {reason.code}").in_(say)
        yield _RESULT, code, reason.reason.in_(say), ""
    if not assessment.exit:
        yield _RESULT, Text(en="Exit code 0", ja="終了コード 0").in_(say), CLEAN.in_(say), ""
    for theme, measure in assessment.score.themes.items():
        coverage = f"{number(measure.coverage)} %" if measure.coverage is not None else ""
        yield _THEME, theme_name(theme, say), headline(measure, say), coverage
    for one in scope.excluded:
        yield _EXCLUDED, one.id, one.reason.in_(say), word(WHATS, one.what, language)
    for gap in assessment.gaps:
        yield _gap(gap, say)
    for line in assessment.policy:
        value = threshold(line.value, language)
        basis = " ".join(filter(None, (line.basis.in_(say), line.source, line.rule)))
        yield _POLICY, line.name, value, basis


def _client(assessment: Assessment, language: Language) -> Iterator[tuple[Text, str, str, str]]:
    if assessment.client is None:
        return
    for heading, said in client_lines(assessment.client, language):
        yield _CLIENT, heading, said, ""
    fault = warning(assessment.client, assessment.taken_at)
    if fault is not None:
        yield _CLIENT, Text(en="Warning", ja="注意").in_(language), fault.in_(language), ""


def _gap(gap: Gap, language: Language) -> tuple[Text, str, str, str]:
    detail = detail_in(gap.detail, language)
    why = CAUSES[gap.cause].in_(language)
    place = " ".join(filter(None, (gap.account, gap.region)))
    return _GAP, f"{gap.of} {place}", f"{why}: {detail}" if detail else why, gap.permission or gap.operation
