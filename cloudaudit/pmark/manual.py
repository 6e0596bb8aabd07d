"""手動確認票: what no interface of a cloud tells and a person confirms."""

from typing import NamedTuple

from cloudaudit.assessment import Assessment
from cloudaudit.forms import Block, Cell, Column, Form, Note, Table
from cloudaudit.pmark.words import PICK, cited, clauses

_SETTINGS = 200
_HEADS = (
    Column("No.", 5),
    Column("確認項目", 26),
    Column("確認すること", 58),
    Column("関連項番", 14),
    Column("結果", 12),
    Column("記録・根拠資料", 24),
    Column("確認者", 11),
    Column("確認日", 11),
)


class Item(NamedTuple):
    """Something to confirm."""

    name: str
    what: str
    items: tuple[str, ...]


VENDOR = (
    Item(
        "利用規約",
        "規約の URL・版・確認日。個人データの取扱い、免責、解約時のデータ返却・削除の定め",
        ("J.9.4",),
    ),
    Item(
        "責任分界",
        "事業者と自社の責任の範囲。バックアップと復旧は利用者の責任とする定めの有無",
        ("J.9.4", "J.9.2"),
    ),
    Item(
        "契約プラン",
        "契約中のプランで使えるセキュリティ機能(ログの保存期間、多要素認証、監査機能)と不足",
        ("J.9.2",),
    ),
    Item(
        "サービス品質(SLA)",
        "可用性の保証と補償。事業者が示す耐久性の値はバックアップの代わりにならないこと",
        ("J.9.4",),
    ),
    Item(
        "事業者の認証・報告書",
        "ISO/IEC 27001・27017・27018 の認証、SOC 報告書などの範囲と有効期限",
        ("J.9.4",),
    ),
    Item(
        "委託先の該当性",
        "事業者が個人データを取り扱うか(契約条項とアクセス制御)。委託に当たるかの判断とその記録",
        ("J.9.4",),
    ),
    Item("再委託先", "事業者の再委託先の有無・所在国・管理状況の確認方法", ("J.9.4",)),
    Item("事業者の所在国", "契約の相手方の所在国と、当該国の個人情報保護に関する制度", ("J.8.8.1", "J.10.3")),
)
OPERATION = (
    Item("復元テスト", "バックアップから実際に復元した日・対象・結果・所要時間", ("J.9.2",)),
    Item("代替手段(事業継続)", "サービス停止時の代替手段、連絡体制、訓練の実施日", ("J.4.4.2",)),
    Item(
        "緊急連絡先", "漏えい等の発生時の社内連絡先、個人情報保護委員会・審査機関などの報告先", ("J.4.4.2",)
    ),
    Item(
        "台帳との突合",
        "個人情報管理台帳の保管場所と、実際の保管先(確認した資源)が一致していること",
        ("J.3.1.1",),
    ),
    Item("ログの確認", "ログを確認する者・頻度・記録。異常を見つけたときの手順", ("J.6.1", "J.9.2")),
    Item("退職者・異動者", "退職・異動から ID を停止するまでの手順と、直近の停止記録", ("J.9.3",)),
    Item(
        "社外共有の承認",
        "社外共有の事前承認、範囲の最小化、期限の設定、終了後の削除の記録",
        ("J.9.2", "J.8.8"),
    ),
    Item(
        "ファイル自体の暗号化",
        "保管前に利用者側で暗号化する対象と鍵の管理(本ツールは中身を読まないため確認不可)",
        ("J.9.2",),
    ),
    Item("従業者の教育", "クラウド利用ルールの教育の実施日・対象者・理解度の確認", ("J.4.3",)),
    Item(
        "規程との一致",
        "規程に定めた頻度・基準と、実際の運用(点検の頻度、採用した判定基準)が一致していること",
        ("J.4.5.4",),
    ),
)


def manual(assessment: Assessment) -> Form:
    """Return the form."""
    blocks: list[Block] = [
        Note(
            text="クラウドの API では確認できない事項です。確認した者が結果と根拠資料を記入し、記録として保存してください。"
        ),
        _table("クラウド事業者(委託先の監督)", VENDOR),
        _table("社内の運用", OPERATION),
    ]
    settings = [
        Item(one.id, one.reason.ja, ("J.9.2",))
        for one in assessment.scope.excluded
        if one.what in {"setting", "service"}
    ]
    if settings:
        blocks.append(
            _table(
                "本ツールが API で確認できない設定", tuple(settings[:_SETTINGS]), len(settings) - _SETTINGS
            )
        )
    return Form(
        name="手動確認票",
        title="手動確認票",
        blocks=tuple(blocks),
        items=clauses("J.9.2", "J.9.4", "J.4.4.2"),
    )


def _table(title: str, items: tuple[Item, ...], rest: int = 0) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (str(number), item.name, item.what, cited(*item.items), PICK, None, None, None)
        for number, item in enumerate(items, start=1)
    )
    return Table(
        title=title,
        columns=_HEADS,
        rows=rows,
        more=f"他 {rest:,} 件は result.json に記載" if rest > 0 else "",
    )
