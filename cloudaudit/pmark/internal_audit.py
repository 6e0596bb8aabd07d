"""内部監査チェックリスト: what an auditor asks of each item, and which of our results is evidence for it."""

from typing import NamedTuple

from cloudaudit.assessment import Assessment
from cloudaudit.forms import Block, Column, Field, Fields, Form, Note, Table
from cloudaudit.frameworks.loading import framework
from cloudaudit.frameworks.results import by_control
from cloudaudit.pmark.options import PackOptions
from cloudaudit.pmark.words import APPROVAL, LEFT_EMPTY, clauses, counted


class Question(NamedTuple):
    """What is asked of an item."""

    item: str
    asked: str


QUESTIONS = (
    Question("J.3.1.1", "クラウド上の保管場所がすべて個人情報管理台帳に記載されているか"),
    Question("J.3.1.3", "不適合がリスク分析の残留リスクに反映されているか"),
    Question("J.3.1.4", "受容(例外)に理由・代替策・承認者・期限があり、期限内か"),
    Question("J.4.4.2", "漏えい等の範囲を確認できるログがあり、連絡先と手順が定められているか"),
    Question("J.4.5.4", "規程に定めた基準・頻度と実際の運用が一致しているか"),
    Question("J.4.5.5", "点検の記録が改ざんされない形で、定めた期間保管されているか"),
    Question("J.6.1", "定めた頻度で運用の確認を行い、個人情報保護管理者が確認しているか"),
    Question("J.6.3", "点検結果がマネジメントレビューに報告されているか"),
    Question("J.7.1", "不適合の原因が特定され、是正処置が期限内に完了し、有効性が確認されているか"),
    Question("J.8.8", "社外共有が承認され、第三者提供に当たるかの判断が記録されているか"),
    Question("J.9.1", "不要になった個人データが遅滞なく消去されているか"),
    Question("J.9.2", "アクセス制御・認証・暗号化・バックアップ・ログの不適合が是正されているか"),
    Question("J.9.3", "多要素認証の未登録者・未使用の ID・過大な権限が是正されているか"),
    Question("J.9.4", "クラウド事業者と社外の共有先の評価・契約の確認が記録されているか"),
    Question("J.10.3", "保存国と安全管理措置が公表・周知の内容に反映されているか"),
)
_PICK = ("□適合", "□不適合", "□観察")


def checklist(assessment: Assessment, options: PackOptions) -> Form:
    """Return the form; it warns where the auditor is who ran the check."""
    blocks: list[Block] = [
        APPROVAL,
        Note(text=LEFT_EMPTY),
        Fields(
            title="監査の概要",
            fields=(
                Field("監査実施日"),
                Field("被監査部門"),
                Field("監査員(氏名・部署)", options.auditor or None),
                Field("点検の実施者(氏名・部署)", options.performer or None),
                Field(
                    "監査員の独立性",
                    "□ 監査員は被監査部門に所属しておらず、点検の実施者でもないことを確認した",
                ),
            ),
        ),
        _independence(options),
        _questions(assessment),
        Fields(title="監査の結論", fields=(Field("総合所見", lines=3), Field("是正の要否と期限", lines=2))),
    ]
    if assessment.counts.not_assessed or assessment.gaps:
        blocks.insert(
            4,
            Note(
                text="判定不能の項目があります。証拠が不足する項目として、別の方法で確認してください。",
                loud=True,
            ),
        )
    return Form(
        name="内部監査チェックリスト",
        title="内部監査チェックリスト(運用監査)",
        blocks=tuple(blocks),
        items=clauses("J.6.2"),
    )


def _independence(options: PackOptions) -> Note:
    if options.audits_himself:
        return Note(
            text="実施者と監査員が同一です。自ら実施した点検を監査することはできません。監査員を変更してください。",
            loud=True,
        )
    return Note(text="点検の実施者と監査員は別の者とし、監査員が所属する部門の監査は行わないでください。")


def _questions(assessment: Assessment) -> Table:
    guideline = framework("pmark")
    told = {one.control.id: one.counts for one in by_control(assessment, guideline).results}
    return Table(
        title="監査項目",
        columns=(
            Column("項番", 15),
            Column("監査項目", 48),
            Column("監査証拠(本ツールの結果)", 40),
            Column("監査結果", 13),
            Column("所見・確認した記録", 30),
        ),
        rows=tuple(
            (
                control.shown("ja"),
                question.asked,
                counted(told[control.id]) if control.id in told else "手動確認",
                _PICK,
                None,
            )
            for question in QUESTIONS
            if (control := guideline.control(question.item)) is not None
        ),
    )
