"""The words for what is open to whom, and for what was left out."""

from cloudaudit.model import Share
from cloudaudit.text import Language, Text
from cloudaudit.visible import visible

SCOPES = {
    "public": Text(en="public", ja="公開"),
    "outside": Text(en="outside", ja="外部"),
}
RIGHTS = {
    "read": Text(en="read", ja="閲覧・取得"),
    "list": Text(en="list", ja="一覧の取得"),
    "write": Text(en="write", ja="書き込み"),
    "administer": Text(en="administer", ja="管理"),
}

WHATS = {
    "check": Text(en="check", ja="チェック"),
    "theme": Text(en="theme", ja="テーマ"),
    "region": Text(en="region", ja="リージョン"),
    "bucket": Text(en="bucket", ja="バケット"),
    "setting": Text(en="setting", ja="設定"),
    "sharing": Text(en="sharing", ja="共有の一覧"),
    "service": Text(en="service", ja="サービス"),
}
"""What can be left out."""


def recipient(share: Share, language: Language) -> str:
    """Return who gets in; everyone in words."""
    return (
        Text(en="everyone (*)", ja="すべての人(*)").in_(language)
        if share.audience == "*"
        else visible(share.audience)
    )
