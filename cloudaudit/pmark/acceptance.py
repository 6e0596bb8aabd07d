"""受容(例外)票: a failure that somebody accepted, why, until when, and what is done instead."""

from cloudaudit.assessment import Assessment
from cloudaudit.forms import Block, Field, Fields, Form, Note, Signs
from cloudaudit.pmark.words import APPROVAL, clauses, count, title_of
from cloudaudit.waiver_words import standing, urgent_first
from cloudaudit.waivers import Problem, WaiverEntry

MOST = 200
"""Waivers that get a slip of their own; the rest is counted."""

_SIGNS = Signs(boxes=("申請者", "確認(個人情報保護管理者)", "承認"), lines=APPROVAL.lines)


def acceptance(assessment: Assessment) -> Form:
    """Return the form, with a slip for each waiver."""
    entries = list(urgent_first(assessment))
    blocks: list[Block] = []
    if not entries:
        blocks.append(Note(text="受容(例外)はありません。"))
    for number, entry in enumerate(entries[:MOST], start=1):
        blocks.append(_slip(assessment, entry, number))
        if Problem.OWN_APPROVAL in entry.problems:
            blocks.append(Note(text="責任者と承認者が同一です。別の者による承認が必要です。", loud=True))
        blocks.append(_SIGNS)
    if len(entries) > MOST:
        blocks.append(Note(text=f"他 {count(len(entries) - MOST)}は result.json に記載"))
    return Form(name="受容(例外)票", title="受容(例外)票", blocks=tuple(blocks), items=clauses("J.3.1.4"))


def _slip(assessment: Assessment, entry: WaiverEntry, number: int) -> Fields:
    return Fields(
        title=f"受容 {number:02}",
        fields=(
            Field("要求事項", f"{title_of(assessment, entry.check)}({entry.check})"),
            Field("対象", " · ".join(filter(None, (entry.resource, entry.account)))),
            Field("状態", standing(entry, "ja")),
            Field("受容の理由", entry.reason or None),
            Field("代替策", entry.compensating_control or None),
            Field("責任者", entry.owner or None),
            Field("承認者(受容の記録による)", entry.approver or None),
            Field("チケット", entry.ticket or None),
            Field("期間", f"{entry.created} から {entry.expires} まで"),
            Field("受容中の件数 / 効力がなく不適合の件数", f"{entry.waived:,} 件 / {entry.failing:,} 件"),
            Field("記録ファイル", f"{entry.file}(SHA-256: {entry.sha256})"),
            Field("見直しの結果(残留リスクの評価)", lines=2),
        ),
    )
