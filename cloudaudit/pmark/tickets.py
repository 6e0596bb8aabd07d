"""不適合・是正処置票: one for each check that fails, with what the tool saw and room for what people decide."""

from collections.abc import Iterable, Sequence

from cloudaudit.actions import PROGRESS, Action
from cloudaudit.assessment import Assessment
from cloudaudit.forms import Block, Cell, Column, Field, Fields, Form, Note, Signs, Table
from cloudaudit.incident.exposure import exposing_checks
from cloudaudit.pmark.tally import NAMED, OfCheck, Tally
from cloudaudit.pmark.words import APPROVAL, clauses, count, items_for, place_of, title_of, when
from cloudaudit.reporting import SEVERITIES, moment

_LONG = 300
_ACTIONS = 3
_SIGNS = Signs(boxes=("担当者", "確認(個人情報保護管理者)", "承認"), lines=APPROVAL.lines)


def tickets(assessment: Assessment, found: Tally) -> list[Form]:
    """Return a ticket for each check that fails, the most severe first."""
    failing = found.failing()
    since = _since(assessment, (each.id for one in failing for each in one.worst))
    return [_ticket(assessment, one, number, since) for number, one in enumerate(failing, start=1)]


def number_of(assessment: Assessment, number: int) -> str:
    """Return the number of a ticket: the day in Japan and a running number."""
    day = moment(assessment.taken_at, "ja")[:10].replace("-", "")
    return f"{day}-{number:02}"


def _ticket(assessment: Assessment, one: OfCheck, number: int, since: dict[str, str]) -> Form:
    info = assessment.checks.get(one.check)
    actions = [assessment.actions[each.id] for each in one.worst if each.id in assessment.actions]
    theme = one.theme.value
    facts = Fields(
        title="検出した事実",
        fields=(
            Field("票番号", number_of(assessment, number), half=True),
            Field("チェック ID", one.check, half=True),
            Field("要求事項", title_of(assessment, one.check)),
            Field(
                "該当項番",
                f"指針 {items_for(one.check, theme, 'pmark') or '—'} / 別添 {items_for(one.check, theme, 'ppc') or '—'}",
            ),
            Field("重要度", SEVERITIES[one.severity].ja, half=True),
            Field("不適合の件数", count(one.failed), half=True),
            Field("検出日時", when(assessment.taken_at)),
            Field("リスク", info.rationale.ja if info else "—"),
            Field("推奨する対処", info.remediation.ja if info else "—"),
        ),
    )
    blocks: list[Block] = [facts, _resources(one, since)]
    if one.check in exposing_checks():
        blocks.append(
            Note(
                text="公開に関する不適合です。漏えい等のおそれの判定が必要です。"
                "cloudaudit incident で「漏えい等事案 対応ワークシート」を作成してください。",
                loud=True,
            )
        )
    blocks += [_people(actions), _SIGNS]
    return Form(
        name="是正処置票",
        title=f"不適合・是正処置票 {number_of(assessment, number)}",
        listed=f"不適合・是正処置票 {number_of(assessment, number)} {title_of(assessment, one.check)}",
        blocks=tuple(blocks),
        items=clauses("J.7.1"),
    )


def _resources(one: OfCheck, since: dict[str, str]) -> Table:
    rest = one.failed - len(one.worst)
    return Table(
        title="対象と観測した内容",
        columns=(
            Column("資源", 34),
            Column("所在", 22),
            Column("重要度", 10),
            Column("観測した内容", 56),
            Column("いつから", 14),
        ),
        rows=tuple(
            (
                each.resource.name,
                place_of(each),
                SEVERITIES[each.severity].ja,
                each.reason.ja if len(each.reason.ja) <= _LONG else each.reason.ja[: _LONG - 1] + "…",
                when(since[each.id])[:10] if each.id in since else "不明",
            )
            for each in one.worst
        ),
        more=f"他 {rest:,} 件は result.json に記載({NAMED} 件までを表示)" if rest > 0 else "",
    )


def _people(actions: Sequence[Action]) -> Fields:
    """Return what people write; what they wrote into the sheet of corrective actions before stands there already."""
    progress = [PROGRESS[each.progress].ja for each in actions if each.progress]
    return Fields(
        title="処置(担当者が記入)",
        fields=(
            Field("個人情報の有無(台帳 ID)", "□有(台帳 ID:      ) □無 □確認中"),
            Field("漏えい等のおそれ", "□有 □無 □確認中"),
            Field("応急処置", lines=2),
            Field("原因", _said(each.cause for each in actions), lines=2),
            Field("是正処置", _said(each.action for each in actions), lines=2),
            Field("担当", _said(each.owner for each in actions), half=True),
            Field("期限", _said(each.due for each in actions), half=True),
            Field("進捗", _said(progress), half=True),
            Field("完了日", _said(each.done_on for each in actions), half=True),
            Field("確認(再スキャンの実施日時・結果・確認者)", lines=2),
            Field("有効性の評価(評価日・結果)", lines=2),
        ),
    )


def _said(values: Iterable[str]) -> Cell:
    """Return what people wrote, each once; nothing where they wrote nothing."""
    several = [each for each in dict.fromkeys(values) if each]
    more = f" ほか {len(several) - _ACTIONS} 件" if len(several) > _ACTIONS else ""
    return " / ".join(several[:_ACTIONS]) + more if several else None


def _since(assessment: Assessment, wanted: Iterable[str]) -> dict[str, str]:
    ids = set(wanted)
    return {each.id: each.since for each in assessment.failing_since() if each.id in ids}
