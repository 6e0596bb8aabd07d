"""更新カレンダー: from the last day of the certificate back to what must be done when.

The window for the application, eight to four months before the last day, is JIPDEC's
(https://privacymark.jp/faq/qa04/index.html); a record of two years is looked at.
"""

from calendar import monthrange
from datetime import date

from cloudaudit.assessment import Assessment
from cloudaudit.forms import Block, Cell, Column, Field, Fields, Form, Note, Table
from cloudaudit.pmark.options import PackOptions
from cloudaudit.reporting import moment

OPENS, CLOSES, VALID = 8, 4, 24
"""Months before the last day at which the window for the application opens and closes, and of validity."""

SOURCE = "https://privacymark.jp/faq/qa04/index.html"
_KEPT = 36
_HEADS = (
    Column("時期", 30),
    Column("行うこと", 62),
    Column("目安の日付", 18),
    Column("担当", 16),
    Column("完了日", 16),
)


def earlier(day: date, months: int) -> date:
    """Return the day so many months before; the last one of the month where that has no such day.

    Raises:
        ValueError: it lies outside the calendar.
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def renewal(assessment: Assessment, options: PackOptions) -> Form:
    """Return the form; without the last day it has no dates."""
    expires = options.expires
    blocks: list[Block] = [
        Fields(
            fields=(
                Field("有効期間の満了日", expires.isoformat() if expires else None),
                Field("更新申請の受付期間(満了の8か月前から4か月前まで)", _window(expires)),
                Field(
                    "点検日時点の状況",
                    _standing(expires, _day_in_japan(assessment.taken_at)) if expires else None,
                ),
            )
        )
    ]
    if expires is None:
        blocks.append(
            Note(
                text="満了日が指定されていないため、日付は空欄です。--pmark-expires YYYY-MM-DD を指定すると記入します。"
            )
        )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            when,
            what,
            earlier(expires, before).isoformat() if expires and before is not None else None,
            None,
            None,
        )
        for when, what, before in _STEPS
    )
    blocks += [
        Table(title="予定", columns=_HEADS, rows=rows),
        Note(text=f"日付は目安です。正確な受付期間・提出方法は審査機関に確認してください。出典: {SOURCE}"),
        Note(
            text=f"点検の記録は3年({_KEPT}か月)以上の保管を推奨します(有効期間2年に審査期間の余裕を加えたもの。法令上の定めではありません)。"
        ),
    ]
    return Form(name="更新カレンダー", title="更新カレンダー", blocks=tuple(blocks))


_STEPS: tuple[tuple[str, str, int | None], ...] = (
    ("有効期間の開始", "前回の指摘事項の是正が継続していることを確認", VALID),
    ("3か月ごと", "運用の確認(本ツールの実行、確認記録の作成、個人情報保護管理者の確認)", None),
    ("1年目の終わりまで", "従業者教育・内部監査・マネジメントレビュー(1年目)", 12),
    ("申請の受付開始まで", "従業者教育・内部監査・マネジメントレビュー(2年目)、2年分の記録の整理", OPENS),
    ("申請の受付開始", "更新申請の受付開始(満了の8か月前)", OPENS),
    ("申請前", "不適合の是正と再点検、判定不能・手動確認の残りの解消", CLOSES + 1),
    ("申請の期限", "更新申請の期限(満了の4か月前)", CLOSES),
    ("審査", "文書審査・現地審査への対応(運用の確認記録・是正処置票を提示)", None),
    ("指摘から3か月以内", "指摘事項の改善報告", None),
    ("有効期間の満了", "有効期間の満了日", 0),
)


def _window(expires: date | None) -> Cell:
    if expires is None:
        return None
    return f"{earlier(expires, OPENS).isoformat()} から {earlier(expires, CLOSES).isoformat()} まで(目安)"


def _standing(expires: date, today: date) -> str:
    if today > expires:
        return "満了日を過ぎています。審査機関に確認してください。"
    if today > earlier(expires, CLOSES):
        return "申請の期限を過ぎています。未申請の場合は、直ちに審査機関に確認してください。"
    if today >= earlier(expires, OPENS):
        return f"申請の受付期間内です(期限まで {(earlier(expires, CLOSES) - today).days} 日)。"
    return f"申請の受付開始前です(受付開始まで {(earlier(expires, OPENS) - today).days} 日)。"


def _day_in_japan(stamp: str) -> date:
    return date.fromisoformat(moment(stamp, "ja")[:10])
