"""運用の確認記録: what was checked, when, against which rule, how it came out, and what could not be told."""

from collections.abc import Iterator, Sequence

from cloudaudit.assessment import Assessment
from cloudaudit.changes_text import CHANGES
from cloudaudit.explain import CAUSES
from cloudaudit.forms import Block, Cell, Column, Field, Fields, Form, Note, Table
from cloudaudit.frameworks.loading import framework
from cloudaudit.frameworks.results import HEADS, LEAD, MANUAL, FrameworkResult, by_control
from cloudaudit.model import Status
from cloudaudit.pmark.options import PackOptions
from cloudaudit.pmark.thresholds import NAMES
from cloudaudit.pmark.words import APPROVAL, LEFT_EMPTY, NONE, clauses, count, counted, when, word
from cloudaudit.policy_words import threshold
from cloudaudit.reporting import headline, number, who
from cloudaudit.share_words import WHATS

_EXCLUDED = 100
_BY_ITEM = (14, 36, 11, 9, 10, 8, 8, 9, 26)
_NOTHING_BEFORE = "前回結果なし(前回の result.json を --baseline で指定すると、変化を記載します)"


def record(assessment: Assessment, options: PackOptions) -> Form:
    """Return the form."""
    guideline = by_control(assessment, framework("pmark"))
    blocks: list[Block] = [
        APPROVAL,
        Note(text=LEFT_EMPTY),
        _header(assessment, options),
        *_summary(assessment),
        _unseen(assessment),
        *_before(assessment),
        Note(text=LEAD.ja),
        _by_item(guideline, "指針の項番別の結果"),
        _manual_items(guideline),
        _by_item(by_control(assessment, framework("ppc")), "ガイドライン別添の項番別の結果"),
        _thresholds(assessment),
    ]
    return Form(
        name="運用の確認記録",
        title="運用の確認記録",
        blocks=tuple(blocks),
        items=clauses("J.6.1", "J.9.2", "J.4.5.5"),
    )


def _header(assessment: Assessment, options: PackOptions) -> Fields:
    scope, tool, guideline, ppc = assessment.scope, assessment.tool, framework("pmark"), framework("ppc")
    resources = sum(1 for _ in assessment.resources())
    return Fields(
        fields=(
            Field("文書番号・版", half=True),
            Field("事業者名", half=True),
            Field("Pマーク登録番号", half=True),
            Field("対象期間", half=True),
            Field("実施日時(開始)", when(assessment.taken_at)),
            Field("実施区分", "□定期 □臨時 □是正確認 □内部監査"),
            Field("実施者(氏名・部署)", options.performer or None),
            Field("対象", who(assessment.target)),
            Field("リージョン", "、".join(scope.regions) or NONE, half=True),
            Field("確認した資源", count(resources), half=True),
            Field("実施したチェック", count(len(scope.checks)), half=True),
            Field("対象の限定", "あり(実行時に対象を絞っています)" if scope.narrowed else NONE, half=True),
            Field("使用した権限", f"{assessment.target.identity or '不明'}(読み取りのみ)"),
            Field("ツール", f"{tool.name} {tool.version}"),
            Field("チェックの版(SHA-256)", tool.checks_digest),
            Field("指針・ガイドライン", f"{guideline.name.ja} / {ppc.name.ja}({ppc.as_of} 時点で参照)"),
        ),
        title="実施概要",
    )


def _summary(assessment: Assessment) -> Iterator[Block]:
    counts = assessment.counts
    by_status = {
        Status.FAIL: counts.fail,
        Status.NOT_ASSESSED: counts.not_assessed,
        Status.PASS: counts.pass_,
        Status.WAIVED: counts.waived,
        Status.NOT_APPLICABLE: counts.not_applicable,
    }
    unknown = counts.not_assessed
    gaps = len(assessment.gaps)
    yield Fields(
        title="総括",
        fields=(
            Field("結果(件数)", counted(by_status)),
            Field("スコア", headline(assessment.score.overall, "ja")),
            Field(
                "評価できなかった範囲",
                f"判定不能 {unknown:,} 件、一覧を取得できなかった種別 {gaps:,} 件、"
                f"対象外とした範囲 {len(assessment.scope.excluded):,} 件",
            ),
            Field("所見(実施者)", lines=3),
        ),
    )
    if unknown or gaps:
        yield Note(
            text="判定不能は適合として数えていません。原因を解消して再度スキャンするか、手動で確認してください。",
            loud=True,
        )


def _unseen(assessment: Assessment) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            "一覧不可",
            " ".join(filter(None, (gap.of, gap.account, gap.region))),
            CAUSES[gap.cause].ja + (f"(必要な権限: {gap.permission})" if gap.permission else ""),
        )
        for gap in assessment.gaps
    ]
    rows += _not_assessed(assessment)
    rows += [(f"対象外({word(WHATS, one.what)})", one.id, one.reason.ja) for one in assessment.scope.excluded]
    rest = len(rows) - _EXCLUDED
    return Table(
        title="評価できなかった範囲・対象外とその理由",
        columns=(Column("区分", 18), Column("対象", 42), Column("理由", 60)),
        rows=tuple(rows[:_EXCLUDED]),
        nothing="該当なし",
        more=f"ほか {rest:,} 件は result.json に記載" if rest > 0 else "",
    )


def _not_assessed(assessment: Assessment) -> list[tuple[Cell, ...]]:
    """Return a row for each check that could not judge something, and why."""
    found: dict[tuple[str, str], int] = {}
    for finding in assessment.findings():
        if finding.status is Status.NOT_ASSESSED:
            why = CAUSES[finding.cause].ja if finding.cause else "原因不明"
            if finding.missing_permissions:
                why += f"(必要な権限: {', '.join(finding.missing_permissions)})"
            key = finding.check, why
            found[key] = found.get(key, 0) + 1
    titles = assessment.checks
    return [
        ("判定不能", f"{titles[check].title.ja if check in titles else check}({number_of:,} 件)", why)
        for (check, why), number_of in sorted(found.items())
    ]


def _before(assessment: Assessment) -> Iterator[Block]:
    changes = assessment.changes
    if changes is None:
        yield Fields(title="前回との比較", fields=(Field("前回", _NOTHING_BEFORE),))
        return
    told = [
        Field("前回の実施日時", when(changes.since)),
        Field("前回のスコア", headline(changes.before, "ja")),
        Field("今回のスコア", headline(assessment.score.overall, "ja")),
        *(Field(CHANGES[change].ja, count(figure)) for change, figure in changes.counts.items()),
    ]
    if changes.other_checks or changes.other_policy:
        told.append(Field("注意", "前回とチェックまたは判定基準が異なるため、単純な比較はできません。"))
    yield Fields(title="前回との比較", fields=tuple(told))


def _by_item(result: FrameworkResult, title: str) -> Table:
    told = {one.control.id: one for one in result.results}
    return Table(
        title=f"{title}({result.framework.short.ja})",
        columns=tuple(Column(head.ja, width) for head, width in zip(HEADS, _BY_ITEM, strict=True)),
        # An assessor looks items up by their number.
        rows=tuple(told[each.id].cells("ja") for each in result.framework.controls if each.id in told),
        nothing="該当する項番はありません。",
    )


def _manual_items(result: FrameworkResult) -> Fields:
    return Fields(fields=(Field(MANUAL.ja, result.manual_line("ja") or NONE),))


def _thresholds(assessment: Assessment) -> Table:
    return Table(
        title="採用した判定基準・根拠・規程条項",
        columns=(
            Column("項目", 30),
            Column("基準値", 28),
            Column("根拠の種類", 15),
            Column("根拠", 42),
            Column("規程条項", 16),
        ),
        rows=tuple(
            (
                NAMES.get(line.name, line.name),
                threshold(line.value, "ja"),
                line.kind_shown.ja,
                line.basis.ja,
                line.rule or None,
            )
            for line in assessment.policy
        ),
        nothing="判定基準の記録はありません。",
    )


def scores(figures: Sequence[float | None]) -> list[str]:
    """Return scores as a form prints them."""
    return ["—" if each is None else number(each) for each in figures]
