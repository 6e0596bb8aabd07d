"""The words of the PDF report that stand in it whatever the result."""

from cloudaudit.frameworks.results import MANUAL as CONTROL_MANUAL
from cloudaudit.frameworks.results import TITLE as CONTROLS
from cloudaudit.ledger import COLUMNS, TITLE, Column
from cloudaudit.text import Text
from cloudaudit.waiver_words import TITLE as WAIVERS

WORDS: dict[str, Text] = {
    "waivers": WAIVERS,
    "controls": CONTROLS,
    "controls-manual": CONTROL_MANUAL,
    "guaranteed-score": Text(en="GUARANTEED SCORE", ja="保証スコア(100 点満点)"),
    "legend-guaranteed": Text(en="guaranteed", ja="保証"),
    "legend-open": Text(en="open until assessed", ja="判定できれば加点の余地あり"),
    "legend-lost": Text(en="lost for certain", ja="失点確定"),
    "by-theme": Text(en="Score by theme", ja="テーマ別スコア"),
    "theme": Text(en="theme", ja="テーマ"),
    "guaranteed": Text(en="guaranteed", ja="保証"),
    "coverage": Text(en="assessed", ja="判定率"),
    "fix-first": Text(en="What to fix first", ja="優先して是正する項目"),
    "nothing-to-fix": Text(en="Nothing fails.", ja="不適合はありません。"),
    "scope": Text(en="What was looked at", ja="点検範囲"),
    "not-looked-at": Text(en="What was not looked at, or not assessed", ja="対象外・判定できなかった範囲"),
    "all-looked-at": Text(en="Nothing was left out.", ja="対象外・判定不能の範囲はありません。"),
    "record": Text(en="Record of the audit", ja="点検の記録"),
    "signatures": Text(en="Sign-off", ja="確認・承認"),
    "signatures-note": Text(
        en="Left blank on purpose: cloudaudit fills in no name, date or seal.",
        ja="氏名・日付・印は空欄のまま出力しています(本ツールが記入することはありません)。"
        "監査は、点検対象の部門に属さない監査員が実施したことを確認してください。",
    ),
    "how-to-read": Text(en="How to read this report", ja="判定とスコアの見方"),
    "exit": Text(en="Why this run ended as it did", ja="終了コードとその理由"),
    "policy": Text(en="Thresholds in force", ja="採用した判定基準"),
    "policy-note": Text(
        en="Each threshold with the basis on which it was chosen, and the company's own clause where the policy names one.",
        ja="各基準値と、その根拠および自社規程の条項(ポリシーに記載がある場合)です。",
    ),
    "failed": Text(en="Failures", ja="不適合の詳細"),
    "unread": Text(en="Not assessed", ja="判定できなかった項目"),
    "unread-details": Text(en="Findings that were not assessed", ja="判定不能の詳細"),
    "blind": Text(en="What is missing", ja="不足している権限・原因"),
    "gaps": Text(
        en="Could not be listed: nobody knows what is there", ja="一覧を取得できず、存在の有無も不明なもの"
    ),
    "remedy": Text(en="What to do", ja="対処"),
    "actions": Text(en="Corrective actions", ja="是正処置の状況"),
    "sharing": Text(en="What is open to whom", ja="外部共有の状況"),
    "ledger": TITLE,
    "checks": Text(en="Results by check", ja="チェック別の結果"),
    "excluded": Text(en="Left out of this audit", ja="対象外とした範囲の一覧"),
    "outside": Text(en="What this audit does not cover", ja="本点検に含まれないもの"),
    "attached": Text(en="Attached", ja="添付データ"),
}

GLOSSARY: tuple[tuple[Text, Text], ...] = (
    (
        Text(en="passed / failed", ja="適合・不適合"),
        Text(
            en="The settings were read, and meet or do not meet the requirement.",
            ja="設定を読み取り、満たすべき状態であることを確認できたもの、または満たしていないもの。",
        ),
    ),
    (
        Text(en="not assessed", ja="判定不能"),
        Text(
            en="It could not be read, for want of a permission or for another reason. It is never counted as passed.",
            ja="権限不足などで読み取れず、判定できなかったもの。適合として扱うことはありません。",
        ),
    ),
    (
        Text(en="waived", ja="受容"),
        Text(
            en="Fails, and was accepted with a reason, an approver and an expiry. It leaves the score and is counted beside it.",
            ja="不適合であるが、理由・承認者・期限を定めて受け入れたもの。スコアから除外し、件数を併記します。",
        ),
    ),
    (
        Text(en="not applicable", ja="対象外"),
        Text(
            en="The requirement does not concern this resource.",
            ja="その資源には要件が当てはまらないもの。",
        ),
    ),
    (
        Text(en="guaranteed score", ja="保証スコア"),
        Text(
            en="Everything not assessed counts as failed, so that no missing permission can flatter. "
            "Beside it stands the best case, and the share that was assessed (weighted by severity).",
            ja="判定不能をすべて不適合とみなした点数です。権限の不足によってスコアが良くなることはありません。"
            "最大スコアは判定不能をすべて適合とみなした場合、判定率は判定できた割合(重要度で加重)です。",
        ),
    ),
    (
        Text(en="grade", ja="評価"),
        Text(
            en="A from 90, B from 75, C from 60, D from 40 guaranteed points, else E; at best D with a critical failure, "
            "or with a critical check that was not wholly assessed.",
            ja="保証スコア 90 点以上を A、75 点以上を B、60 点以上を C、40 点以上を D、それ未満を E とします。"
            "重要度「緊急」の不適合または判定不能がある場合は D を上限とします。",
        ),
    ),
)

OUTSIDE = Text(
    en="Endpoint antivirus, USB media, mail and fax, staff training, contracts and NDAs, physical security, scans for "
    "application vulnerabilities, forensics and legal advice. Contents of stored objects were not opened. This report "
    "records how controls operated at the time stated; it is no certificate of conformity.",
    ja="端末のウイルス対策、USB メモリ等の媒体、メール・FAX、従業者教育、契約・秘密保持、物理的安全管理、"
    "アプリケーションの脆弱性診断、フォレンジック調査、法的助言は本点検の範囲外です。保存データの中身は閲覧していません。"
    "本書は記載日時における運用の確認記録(安全管理措置の実施状況を示す証跡)であり、適合を証明するものではありません。",
)
MASKED = Text(
    en="Accounts, names, people and addresses in this report are pseudonyms.",
    ja="本報告書のアカウント・名称・人名・アドレスは仮名に置き換えています。",
)
NARROWED = Text(
    en="This run was narrowed; what was left out is listed at the end.",
    ja="範囲を限定した点検です。対象外とした範囲は末尾に記載しています。",
)
SCORE_NOTE = Text(
    en="What was not assessed counts as failed.",
    ja="判定できなかった項目は、不適合とみなして計算しています。",
)
FOOTER = Text(
    en="Confidential: holds names of resources and weaknesses", ja="取扱注意(資源名・弱点の情報を含みます)"
)
SIGNATURE_HEADS = (
    Text(en="Role", ja="区分"),
    Text(en="Name and department", ja="氏名・部署"),
    Text(en="Date", ja="日付"),
    Text(en="Seal / signature", ja="印・署名"),
)
SIGNATURES = (
    Text(en="Prepared by (auditor)", ja="作成(実施者)"),
    Text(en="Checked by (privacy officer)", ja="確認(個人情報保護管理者)"),
    Text(en="Audited by (privacy audit officer)", ja="監査(個人情報保護監査責任者)"),
    Text(en="Approved by (top management)", ja="承認(トップマネジメント)"),
)
POLICY_HEADS = (
    Text(en="Setting", ja="項目"),
    Text(en="Value", ja="基準値"),
    Text(en="Kind", ja="種別"),
    Text(en="Basis", ja="根拠・規程条項"),
)
DETAIL_HEADS = (Text(en="Resource", ja="対象"), Text(en="What was found", ja="確認した事実"))
STORE_HEADS = (
    Text(en="Store", ja="保管先"),
    Text(en="Kind", ja="種別"),
    Text(en="Region", ja="リージョン"),
)
LEDGER_HEADS = (
    Text(en="Result", ja="突合結果"),
    Text(en="Row", ja="行"),
    COLUMNS[Column.NAME],
    COLUMNS[Column.LOCATION],
    Text(en="Owner / contractor", ja="管理部署 / 委託先"),
    Text(en="Reason", ja="理由"),
)
BLIND_HEADS = (
    Text(en="Missing permission, or cause", ja="不足している権限・原因"),
    Text(en="Findings", ja="件数"),
    Text(en="Up to", ja="最高重要度"),
    Text(en="Checks", ja="影響するチェック"),
)
GAP_HEADS = (
    Text(en="Kind", ja="種別"),
    Text(en="Place", ja="場所"),
    Text(en="Why", ja="理由・必要な権限"),
)
ACTION_HEADS = (
    Text(en="Confirmation", ja="再スキャンによる確認"),
    Text(en="Resource and requirement", ja="対象・満たすべき状態"),
    Text(en="Cause, corrective action, note", ja="原因・是正処置・備考"),
    Text(en="Owner", ja="担当者"),
    Text(en="Due", ja="期限・状況"),
)
SHARE_HEADS = (
    Text(en="Open to", ja="区分"),
    Text(en="Resource", ja="対象"),
    Text(en="Shared with", ja="共有先"),
    Text(en="Right", ja="権限"),
    Text(en="Granted by", ja="許可している設定"),
    Text(en="Since / until", ja="開始・期限"),
)
EXCLUDED_HEADS = (
    Text(en="What", ja="種別"),
    Text(en="Name", ja="名称"),
    Text(en="Reason", ja="理由"),
)
CHECK = Text(en="Requirement", ja="満たすべき状態")
