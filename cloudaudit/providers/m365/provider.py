"""What the engine knows of Microsoft 365."""

from collections.abc import Iterator, Sequence

from cloudaudit.facts import Unread
from cloudaudit.model import Resource, Share
from cloudaudit.providers import NotLookedAt
from cloudaudit.providers.m365.model import KINDS
from cloudaudit.providers.m365.stores import STORES
from cloudaudit.snapshot import Header, Snapshot
from cloudaudit.stores import Stores
from cloudaudit.text import Text

_SETTING = "setting"
_NOT_IN_GRAPH = Text(
    en="Microsoft Graph does not tell it; look in the SharePoint admin center",
    ja="Microsoft Graph では取得できないため、SharePoint 管理センターでの確認が必要です",
)


class M365Provider:
    """The provider ``m365``."""

    name = "m365"

    @property
    def kinds(self) -> Sequence[type[Resource]]:
        """Every kind that its snapshots can hold."""
        return KINDS

    @property
    def stores(self) -> Stores:
        """The kinds in which data lies, and how people write them down."""
        return STORES

    @property
    def not_looked_at(self) -> Sequence[NotLookedAt]:
        """What a reader would expect, and what no API tells."""
        return (
            NotLookedAt(id="m365-anonymous-link-expiry-setting", reason=_NOT_IN_GRAPH, what=_SETTING),
            NotLookedAt(id="m365-default-link-type-setting", reason=_NOT_IN_GRAPH, what=_SETTING),
            NotLookedAt(
                id="m365-unified-audit-log-switch",
                what=_SETTING,
                reason=Text(
                    en="Microsoft Graph does not tell whether the unified audit log is on; look in Microsoft Purview",
                    ja="統合監査ログの有効・無効は Microsoft Graph では取得できないため、"
                    "Microsoft Purview での確認が必要です",
                ),
            ),
            NotLookedAt(
                id="m365-per-user-mfa",
                what=_SETTING,
                reason=Text(
                    en="MFA switched on person by person, the way before conditional access, is not counted",
                    ja="条件付きアクセス以前の方式である「ユーザーごとの MFA」は集計の対象外です",
                ),
            ),
            NotLookedAt(
                id="m365-group-members-behind-a-share",
                what=_SETTING,
                reason=Text(
                    en="who belongs to a group that an item is shared with is not resolved; a group counts as inside",
                    ja="共有先がグループの場合、そのメンバーまでは確認せず、組織内の相手として扱います",
                ),
            ),
        )

    def shares(self, snapshot: Snapshot) -> Iterator[Share]:
        """Yield what is open to whom outside, drive by drive."""
        from cloudaudit.providers.m365.sharing import shares

        yield from shares(snapshot)

    def shares_unread(self, snapshot: Snapshot) -> Iterator[Unread]:
        """Yield why drives, or items of them, may be open to somebody who is not in the inventory."""
        from cloudaudit.providers.m365.sharing import unread

        yield from unread(snapshot)

    def target_name(self, header: Header) -> str:
        """Return ``m365-<tenant id>``."""
        return f"m365-{header.account}"
