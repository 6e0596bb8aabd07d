"""The words of the HTML report, in both languages."""

from cloudaudit.ledger import ALL_FIT, ALL_LISTED, UNLISTED, UNMATCHED, WHAT_TO_DO
from cloudaudit.ledger import TITLE as LEDGER
from cloudaudit.reporting import MASKED, SIGNATURE
from cloudaudit.text import Text
from cloudaudit.waiver_words import TITLE as WAIVERS

WORDS: dict[str, Text] = {
    "title": Text(en="Cloud storage security audit", ja="クラウドストレージ セキュリティ点検報告書"),
    "language": Text(en="Language", ja="表示言語"),
    "theme_button": Text(en="Light / dark", ja="明暗切替"),
    "print": Text(en="Print", ja="印刷"),
    "taken": Text(en="Checked at", ja="点検日時"),
    "identity": Text(en="Read as", ja="使用した権限"),
    "tool": Text(en="Tool", ja="ツール"),
    "signature": SIGNATURE,
    "masked": MASKED,
    "narrowed": Text(
        en="Narrowed run: it looked at a part only.",
        ja="範囲を限定した点検です(一部の対象のみを確認)。",
    ),
    "score": Text(en="Guaranteed score", ja="保証スコア"),
    "of_100": Text(en="of 100", ja="/ 100 点"),
    "grade": Text(en="Grade", ja="評価"),
    "guaranteed": Text(en="Guaranteed", ja="保証"),
    "best": Text(en="Up to", ja="最大"),
    "coverage": Text(en="Assessed", ja="判定率"),
    "legend_guaranteed": Text(en="guaranteed", ja="保証された得点"),
    "legend_open": Text(
        en="open: not assessed, counted as failed", ja="未確定(判定不能のため不適合として計算)"
    ),
    "legend_lost": Text(en="lost to failures", ja="不適合による減点"),
    "without_waivers": Text(en="With what is waived counted as failed", ja="受容した項目も不適合とした場合"),
    "exit": Text(en="Result", ja="判定結果"),
    "blind": Text(en="Not looked at", ja="確認できていない範囲"),
    "blind_none": Text(en="Everything in scope was assessed.", ja="範囲内のすべての項目を判定しました。"),
    "blind_findings": Text(en="findings not assessed", ja="件が判定不能"),
    "blind_gaps": Text(
        en="listings failed: nobody knows what is there", ja="種類の一覧を取得できず、存在の有無も不明"
    ),
    "blind_excluded": Text(en="left out of this run", ja="項目は今回の点検の対象外"),
    "and_more": Text(en="and {count} more", ja="ほか {count} 件"),
    "themes": Text(en="By theme", ja="テーマ別の状況"),
    "theme": Text(en="Theme", ja="テーマ"),
    "fix": Text(en="Fix first", ja="優先して是正する項目"),
    "fix_none": Text(en="Nothing failed.", ja="不適合はありません。"),
    "fix_more": Text(
        en="{count} more checks have failures; all are in the list below.",
        ja="ほか {count} 種類のチェックに不適合があります(下の一覧にすべて掲載)。",
    ),
    "fix_lead": Text(
        en="Headings say how it should be; then comes what is the case, and what to do.",
        ja="見出しは本来あるべき状態で、続けて実際の状態と対処を示します。",
    ),
    "findings_lead": Text(
        en="Bold lines say how it should be. Failed, not assessed and waived are shown at first; passed and not "
        "applicable by their buttons.",
        ja="太字は本来あるべき状態です。初期表示は不適合・判定不能・受容で、適合・対象外はボタンで表示できます。",
    ),
    "failed_on": Text(en="{count} failed", ja="不適合 {count} 件"),
    "remediation": Text(en="What to do", ja="対処"),
    "rationale": Text(en="Why it matters", ja="理由"),
    "command": Text(
        en="Command, for whoever mends it; cloudaudit never runs it",
        ja="コマンド例(是正担当者向け。cloudaudit は実行しません)",
    ),
    "show_these": Text(en="Show these findings", ja="該当する結果を表示"),
    "unknown": Text(en="Not assessed, and why", ja="判定できなかった項目と原因"),
    "unknown_lead": Text(
        en="These count as failed in the guaranteed score until they can be read.",
        ja="読み取れるまで、保証スコアでは不適合として扱います。",
    ),
    "unknown_grant": Text(
        en="All that a scan needs to be granted is printed by",
        ja="スキャンに必要な権限の一覧は、次のコマンドで確認できます:",
    ),
    "missing": Text(en="Missing permission, or cause", ja="不足している権限・原因"),
    "count": Text(en="Findings", ja="件数"),
    "up_to_severity": Text(en="Up to", ja="最高重要度"),
    "checks": Text(en="Checks", ja="チェック"),
    "gaps": Text(
        en="Could not be listed: nobody knows what is there", ja="一覧を取得できず、存在の有無も不明なもの"
    ),
    "sharing": Text(en="Open to others", ja="公開・外部共有の一覧"),
    "sharing_lead": Text(
        en="Who outside gets in, as far as the settings tell.",
        ja="設定から確認できた、外部からアクセスできる相手の一覧です。",
    ),
    "sharing_more": Text(
        en="{count} more in result.json.", ja="ほか {count} 件は result.json に記載しています。"
    ),
    "ledger": LEDGER,
    "ledger_unlisted": UNLISTED,
    "ledger_unlisted_lead": WHAT_TO_DO,
    "ledger_unmatched": UNMATCHED,
    "ledger_all_listed": ALL_LISTED,
    "ledger_all_fit": ALL_FIT,
    "ledger_store": Text(en="Store", ja="保管先"),
    "ledger_result": Text(en="Result", ja="突合結果"),
    "ledger_row": Text(en="row {row}", ja="台帳 {row} 行目"),
    "trend": Text(en="How the score went", ja="スコアの推移"),
    "trend_lead": Text(
        en="The last run of each day, from the history; the last point is this run. Days are in UTC.",
        ja="実行履歴から、各日の最後の点検結果を示します(右端が今回、日付は UTC)。",
    ),
    "trend_score": Text(
        en="Guaranteed and best score, and the assessed share", ja="保証スコア・最大スコアと判定率"
    ),
    "trend_failures": Text(en="Failures by severity", ja="重要度別の不適合件数"),
    "trend_table": Text(en="The figures", ja="数値の一覧"),
    "day": Text(en="Day", ja="日付"),
    "owner": Text(en="owner", ja="所有者"),
    "audience": Text(en="Who", ja="相手"),
    "right": Text(en="May", ja="権限"),
    "via": Text(en="Through", ja="経路"),
    "since": Text(en="Since", ja="開始"),
    "expires": Text(en="Ends", ja="期限"),
    "findings": Text(en="All findings", ja="点検結果の一覧"),
    "search": Text(en="Search names, checks, reasons ( / )", ja="名称・チェック・理由を検索( / キー)"),
    "search_label": Text(en="Search", ja="検索"),
    "status": Text(en="Status", ja="判定"),
    "severity": Text(en="Severity", ja="重要度"),
    "all_themes": Text(en="All themes", ja="すべてのテーマ"),
    "clear": Text(en="Show all", ja="すべて表示"),
    "shown": Text(en="{shown} of {all} shown", ja="{all} 件中 {shown} 件を表示"),
    "hidden": Text(
        en="hidden by this filter: {unknown} not assessed, {waived} waived",
        ja="この絞り込みで非表示: 判定不能 {unknown} 件、受容 {waived} 件",
    ),
    "nothing": Text(
        en="No finding matches; Show all clears the filters.",
        ja="該当する結果はありません。「すべて表示」で絞り込みを解除できます。",
    ),
    "keys": Text(
        en="Keys: / search, ↑ ↓ move, Enter details, Esc back",
        ja="キー操作: / 検索、↑ ↓ 移動、Enter 詳細、Esc 戻る",
    ),
    "choose": Text(
        en="Choose a finding to see its evidence and what to do.",
        ja="一覧から項目を選ぶと、根拠と対処を表示します。",
    ),
    "expected": Text(en="Should be so", ja="本来あるべき状態"),
    "close": Text(en="Close", ja="閉じる"),
    "resource": Text(en="Resource", ja="対象"),
    "kind": Text(en="Kind", ja="種類"),
    "region": Text(en="Region", ja="リージョン"),
    "account": Text(en="Account", ja="アカウント"),
    "id": Text(en="Id", ja="ID"),
    "finding_id": Text(en="Finding id", ja="結果 ID"),
    "check": Text(en="Check", ja="チェック"),
    "reason": Text(en="Fact", ja="事実"),
    "evidence": Text(en="Evidence", ja="根拠"),
    "no_evidence": Text(en="No further values.", ja="追加の値はありません。"),
    "parts": Text(en="Parts", ja="内訳"),
    "cause": Text(en="Cause", ja="原因"),
    "permissions": Text(en="Permissions to grant", ja="付与が必要な権限"),
    "action": Text(en="Corrective action", ja="是正処置"),
    "action_cause": Text(en="Root cause", ja="原因"),
    "action_action": Text(en="Action", ja="処置"),
    "action_owner": Text(en="Owner", ja="担当者"),
    "action_due": Text(en="Due", ja="期限"),
    "action_progress": Text(en="Progress", ja="進捗"),
    "action_done_on": Text(en="Done on", ja="完了日"),
    "action_note": Text(en="Note", ja="備考"),
    "references": Text(en="References", ja="参考資料"),
    "yes": Text(en="yes", ja="はい"),
    "no": Text(en="no", ja="いいえ"),
    "none": Text(en="none", ja="なし"),
    "left_out": Text(
        en="{count} findings that passed or do not apply are not on this page, which stays small enough to open; "
        "result.json has them all.",
        ja="このページを開ける大きさに保つため、{count} 件の結果(重要度の低いものから順)を省略しています。"
        "すべての結果は result.json にあります。",
    ),
    "printed": Text(
        en="{count} more findings match; the list on the screen and result.json have them all.",
        ja="ほか {count} 件が該当します(画面の一覧および result.json にすべて掲載)。",
    ),
    "noscript": Text(
        en="The full list with search needs JavaScript. Below are the worst findings; result.json has all.",
        ja="検索できる全件の一覧には JavaScript が必要です。以下は重大なものの抜粋で、全件は result.json にあります。",
    ),
    "scope": Text(en="Scope and basis", ja="点検の範囲と基準"),
    "scope_lead": Text(
        en="What was looked at, what was left out and why, and the thresholds with their source.",
        ja="点検した範囲、対象外としたものとその理由、採用した基準と根拠です。",
    ),
    "regions": Text(en="Regions with resources", ja="対象が存在したリージョン"),
    "checks_run": Text(en="Checks that ran", ja="実施したチェック"),
    "excluded": Text(en="Left out", ja="対象外としたもの"),
    "why": Text(en="Why", ja="理由"),
    "policy": Text(en="Thresholds", ja="採用した基準"),
    "setting": Text(en="Setting", ja="項目"),
    "value": Text(en="Value", ja="値"),
    "basis": Text(en="Basis", ja="根拠"),
    "rule": Text(en="Own rule", ja="自社規程"),
    "not_set": Text(en="not set", ja="定めなし"),
    "waivers": WAIVERS,
    "digest": Text(en="Digest of the checks (SHA-256)", ja="チェックのダイジェスト(SHA-256)"),
    "read_only": Text(
        en="cloudaudit reads settings and changes nothing. What it could not read is never a pass.",
        ja="cloudaudit は設定を読み取るだけで、変更は行いません。読み取れなかった項目を「適合」とは扱いません。",
    ),
}
