"""PDCA の記録: rules, settings, results and corrections on one page, with how the score went."""

from cloudaudit.actions import Progress
from cloudaudit.assessment import Assessment
from cloudaudit.diff import Change
from cloudaudit.forms import Block, Column, Form, Note, Table
from cloudaudit.model import Status
from cloudaudit.pmark.record import scores
from cloudaudit.pmark.tally import Tally
from cloudaudit.pmark.words import clauses, count, counted, when
from cloudaudit.reporting import headline

RUNS = 12
"""Runs of the history that are printed, the last of each month first among them."""


def cycle(assessment: Assessment, found: Tally) -> Form:
    """Return the form."""
    blocks: list[Block] = [
        Table(
            title="PDCA",
            columns=(
                Column("区分", 16),
                Column("内容", 34),
                Column("今回の実績", 62),
                Column("次に行うこと", 36),
            ),
            rows=(
                ("P(計画)", "判定基準と規程条項を定める", _plan(assessment), None),
                (
                    "D(実施)",
                    "対策を設定し運用する",
                    f"確認した保管先・利用者など {count(sum(1 for _ in assessment.resources()))}",
                    None,
                ),
                ("C(確認)", "点検し、結果を評価する", _check(assessment, found), None),
                ("A(是正)", "是正し、再点検で確認する", _act(assessment, found), None),
            ),
        ),
    ]
    if assessment.trend:
        blocks.append(_trend(assessment))
    else:
        blocks.append(
            Note(
                text="実行履歴がないため、推移は記載していません(--history で履歴ファイルを指定すると記載します)。"
            )
        )
    return Form(
        name="PDCA",
        title="PDCA の記録(マネジメントレビュー用)",
        blocks=tuple(blocks),
        items=clauses("J.6.3", "J.7.1"),
    )


def _plan(assessment: Assessment) -> str:
    own = sum(1 for line in assessment.policy if line.origin != "default")
    ruled = sum(1 for line in assessment.policy if line.rule)
    return f"判定基準 {count(len(assessment.policy))}(うち自社で指定 {own:,} 件、規程条項あり {ruled:,} 件)"


def _check(assessment: Assessment, found: Tally) -> str:
    statuses = {status: sum(one.statuses[status] for one in found.checks.values()) for status in Status}
    return f"{headline(assessment.score.overall, 'ja')}。{counted(statuses)}"


def _act(assessment: Assessment, found: Tally) -> str:
    said = [f"是正処置票 {len(found.failing()):,} 票"]
    changes = assessment.changes
    if changes is not None:
        said += [
            f"前回から是正を確認 {changes.counts.get(Change.FIXED, 0):,} 件",
            f"不適合が継続 {changes.counts.get(Change.STILL, 0):,} 件",
        ]
    if assessment.actions:
        done = sum(1 for each in assessment.actions.values() if each.progress is Progress.DONE)
        said.append(f"処置の記録 {len(assessment.actions):,} 件(うち完了 {done:,} 件)")
    return "、".join(said)


def _trend(assessment: Assessment) -> Table:
    by_month = {run.at[:7]: run for run in assessment.trend}
    runs = list(by_month.values())[-RUNS:]
    return Table(
        title="推移(各月の最終実行)",
        columns=(
            Column("実施日時", 28),
            Column("保証スコア", 14),
            Column("最大スコア", 14),
            Column("判定率(%)", 14),
            Column("不適合", 14),
            Column("うち緊急・高", 16),
            Column("判定不能", 14),
            Column("受容", 12),
        ),
        rows=tuple(
            (
                when(run.at),
                *scores((run.guaranteed, run.best, run.coverage)),
                f"{run.failed:,}",
                f"{run.critical + run.high:,}",
                f"{run.not_assessed:,}",
                f"{run.waived:,}",
            )
            for run in runs
        ),
        more=f"ほか {len(by_month) - len(runs)} か月分は履歴ファイルに記載"
        if len(by_month) > len(runs)
        else "",
    )
