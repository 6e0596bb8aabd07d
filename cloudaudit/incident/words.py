"""What the worksheet says in both languages."""

from cloudaudit.text import Text

TITLE = Text(en="Suspected leak: worksheet", ja="漏えい等事案 対応ワークシート")
FOOTER = Text(
    en="A worksheet for people. It decides neither whether to report nor how many people are affected.",
    ja="担当者が判断するためのワークシートです。報告の要否と本人の数は、担当者が判断・記入します。",
)
LEAD = Text(
    en="Filled in where the tool knows; everything else is empty for people. Deadlines are a guide, "
    "to be confirmed with the Personal Information Protection Commission.",
    ja="ツールで分かる事項のみ記入しています。空欄は担当者が記入してください。期限は目安であり、個人情報保護委員会に確認してください。",
)
UNKNOWN = Text(en="not known", ja="不明")
BOXES = (
    Text(en="□ yes", ja="□該当する"),
    Text(en="□ may be", ja="□おそれがある"),
    Text(en="□ no", ja="□該当しない"),
    Text(en="□ being checked", ja="□確認中"),
)
SIGNED = (
    (
        Text(en="Written by", ja="作成(担当者)"),
        Text(en="Privacy officer", ja="確認(個人情報保護管理者)"),
        Text(en="Approved by", ja="承認(トップマネジメント)"),
    ),
    (Text(en="Name", ja="氏名"), Text(en="Day", ja="日付"), Text(en="Seal", ja="印")),
)
CASES = (
    (
        "1号",
        Text(
            en="Does the data hold sensitive personal information (要配慮個人情報)?",
            ja="要配慮個人情報が含まれる個人データの漏えい等が発生し、又は発生したおそれがあるか",
        ),
    ),
    (
        "2号",
        Text(
            en="May its wrongful use do harm to property (card numbers, accounts with passwords)?",
            ja="不正に利用されることにより財産的被害が生じるおそれがある個人データの漏えい等が発生し、"
            "又は発生したおそれがあるか(クレジットカード番号、決済機能のある ID とパスワードなど)",
        ),
    ),
    (
        "3号",
        Text(
            en="May it have been done with a dishonest purpose (intrusion, taken out by staff)?",
            ja="不正の目的をもって行われたおそれがある個人データの漏えい等が発生し、又は発生したおそれがあるか(不正アクセス、従業者による持ち出しなど)",
        ),
    ),
    (
        "4号",
        Text(
            en="Are more than 1,000 people concerned?",
            ja="個人データに係る本人の数が1,000人を超える漏えい等が発生し、又は発生したおそれがあるか",
        ),
    ),
)
ENCRYPTED = Text(
    en="Encryption at rest by the provider does not answer these questions: whoever comes in by the open path gets "
    "the data decrypted.",
    ja="サーバー側の保存時暗号化は、公開された経路からの閲覧時に復号されるため、それだけで報告の要否を判断することはできません。",
)
ITEMS = (
    ("一", Text(en="Outline", ja="概要")),
    (
        "二",
        Text(en="Items of personal data", ja="漏えい等が発生し、又は発生したおそれがある個人データの項目"),
    ),
    (
        "三",
        Text(en="Number of people", ja="漏えい等が発生し、又は発生したおそれがある個人データに係る本人の数"),
    ),
    ("四", Text(en="Cause", ja="原因")),
    ("五", Text(en="Secondary damage, or its risk", ja="二次被害又はそのおそれの有無及びその内容")),
    ("六", Text(en="What was done for the people", ja="本人への対応の実施状況")),
    ("七", Text(en="What was published", ja="公表の実施状況")),
    ("八", Text(en="Measures against recurrence", ja="再発防止のための措置")),
    ("九", Text(en="Other", ja="その他参考となる事項")),
)
STEPS = (
    Text(
        en="Tell the person in charge inside the company; note when and how it was learnt.",
        ja="責任者へ報告し、知った日時と経緯を記録する",
    ),
    Text(
        en="Preserve evidence before changing anything: keep result.json, the snapshot, the present settings and the logs; "
        "stop log deletion and expiry.",
        ja="設定を変更する前に証拠を保全する(result.json・スナップショット・現在の設定・アクセスログを保存し、ログの削除と期限切れを止める)",
    ),
    Text(en="Close the open path.", ja="公開の経路を遮断する"),
    Text(
        en="Look in the logs whether somebody from outside read or changed data; note which logs and which span.",
        ja="外部からの閲覧・取得・変更の有無をログで確認し、確認したログと期間を記録する",
    ),
    Text(
        en="Determine which data and which people are concerned, with the ledger of personal data.",
        ja="対象の個人データと本人の範囲を、個人情報管理台帳と照合して特定する",
    ),
    Text(
        en="Revoke keys and passwords that lay in the open place.",
        ja="公開されていた場所に保管していた鍵・パスワードを失効・再発行する",
    ),
    Text(
        en="Judge the four cases below, and report to the Commission and to those who entrusted the data.",
        ja="報告対象事態に当たるかを判断し、個人情報保護委員会(又は権限の委任先)・委託元へ報告する",
    ),
    Text(
        en="Report to the PrivacyMark assessment body, whose range of accidents is wider than the law's.",
        ja="Pマークの審査機関へ報告する(報告の対象は法令より広い)",
    ),
    Text(en="Inform the people concerned.", ja="本人へ通知する(困難な場合は公表などの代替措置)"),
    Text(
        en="Scan again, and keep the result that confirms the correction.",
        ja="是正後に再スキャンし、結果を記録として保存する",
    ),
)
