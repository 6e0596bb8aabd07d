"""The words of a fleet's overview, in both languages."""

from cloudaudit.fleet.rows import State
from cloudaudit.reporting import MASKED
from cloudaudit.text import Text

from ._html_words import WORDS as PAGE

STATES: dict[State, Text] = {
    State.FAILED: Text(en="no result", ja="結果なし"),
    State.MISSING: Text(en="missing", ja="未実施"),
    State.SCANNED: Text(en="scanned", ja="実施済み"),
    State.NOT_SCANNED: Text(en="left out", ja="対象外"),
}

WORDS: dict[str, Text] = {
    **{
        name: PAGE[name]
        for name in ("theme_button", "print", "taken", "grade", "coverage", "exit", "read_only", "narrowed")
    },
    "kicker": PAGE["title"],
    "title": Text(en="All targets at a glance", ja="全対象の一覧"),
    "masked": MASKED,
    "run": Text(en="Run", ja="実行 ID"),
    "shard": Text(en="Shard", ja="シャード"),
    "shards_missing": Text(
        en="Shards are missing; nothing is known of their targets",
        ja="結果が揃っていないシャードがあり、その対象の状況は不明です",
    ),
    "one_shard": Text(
        en="This is one shard: the other targets stand in the overviews of the other shards.",
        ja="1 つのシャードの結果です。他の対象は、他のシャードの一覧に記載されています。",
    ),
    "targets": Text(en="Targets", ja="対象"),
    "list": Text(en="The targets", ja="対象ごとの状況"),
    "list_lead": Text(
        en="First those without a result, then the lowest guaranteed score.",
        ja="結果のない対象、保証スコアの低い対象の順に表示しています。",
    ),
    "target": Text(en="Target", ja="対象"),
    "score": Text(en="Guaranteed score", ja="保証スコア"),
    "best": Text(en="Up to", ja="最大"),
    "up_to": Text(en="{guaranteed}, up to {best}", ja="{guaranteed}(最大 {best})"),
    "found": Text(en="Failed", ja="不適合"),
    "changes": Text(en="Changed", ja="前回からの変化"),
    "no_change": Text(en="nothing", ja="なし"),
    "why": Text(en="Why", ja="理由"),
    "files": Text(en="Files", ja="ファイル"),
    "folder": Text(en="Folder", ja="フォルダー"),
    "account": Text(en="Account", ja="アカウント"),
    "provider": Text(en="Cloud", ja="クラウド"),
    "state": Text(en="State", ja="状態"),
}
