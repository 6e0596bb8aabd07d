"""Why something was not assessed, as one sentence."""

from collections.abc import Sequence

from cloudaudit.facts import Cause, Unread
from cloudaudit.text import Text

CAUSES: dict[Cause, Text] = {
    Cause.DENIED: Text(en="the read was denied", ja="読み取りが拒否されました"),
    Cause.THROTTLED: Text(
        en="the provider kept throttling; run again with a lower --max-rps",
        ja="呼び出し制限が続きました。--max-rps を下げて再実行してください",
    ),
    Cause.EXPIRED: Text(
        en="the credentials expired; renew them and run again with --resume",
        ja="認証情報の有効期限が切れました。更新のうえ --resume を付けて再実行してください",
    ),
    Cause.PLAN: Text(en="the plan does not include it", ja="契約プランに含まれていません"),
    Cause.DISABLED: Text(en="the service is not enabled", ja="サービスが有効化されていません"),
    Cause.UNSUPPORTED: Text(
        en="it cannot be read or decided here", ja="この環境では読み取りまたは判定ができません"
    ),
    Cause.NETWORK: Text(
        en="the provider could not be reached; run again with --resume",
        ja="接続できませんでした。--resume を付けて再実行してください",
    ),
    Cause.MALFORMED: Text(en="the answer cannot be understood", ja="応答の内容を解釈できません"),
    Cause.CRASH: Text(
        en="the check failed inside; please report it",
        ja="チェックの内部エラーです。開発元へお知らせください",
    ),
    Cause.TOO_SMALL: Text(en="the sample is too small to tell", ja="標本が少なく判断できません"),
    Cause.FOREIGN_ACCOUNT: Text(en="it belongs to another account", ja="他のアカウントの所有です"),
    Cause.INTERRUPTED: Text(
        en="the scan ended before it was read; run again with --resume",
        ja="読み取り前にスキャンが終了しました。--resume を付けて再実行してください",
    ),
}


def explain(facts: Sequence[Unread]) -> Text:
    """Return one sentence that names each operation, why it was not read, and what to grant."""
    said: dict[tuple[str, str], Text] = {}
    for fact in facts:
        said.setdefault((fact.source.operation, fact.cause), _one(fact))
    texts = list(said.values()) or [CAUSES[Cause.CRASH]]
    return Text(
        en="Not assessed: " + "; ".join(text.en for text in texts) + ".",
        ja="判定不能: " + "。".join(text.ja for text in texts) + "。",
    )


def _one(fact: Unread) -> Text:
    cause = CAUSES[fact.cause]
    where = fact.source.operation
    detail = (
        Text(en=fact.detail, ja=fact.detail) if isinstance(fact.detail, str) and fact.detail else fact.detail
    )
    detail_en, detail_ja = (f" ({detail.en})", f"({detail.ja})") if isinstance(detail, Text) else ("", "")
    grant_en = f"; grant {fact.permission}" if fact.cause is Cause.DENIED and fact.permission else ""
    grant_ja = f"。権限 {fact.permission} を付与してください" if grant_en else ""
    return Text(
        en=(f"{where}: " if where else "") + cause.en + detail_en + grant_en,
        ja=(f"{where}: " if where else "") + cause.ja + detail_ja + grant_ja,
    )
