"""How the objects of each bucket are looked at, why so, and what that would take. Pure."""

from enum import StrEnum
from typing import Any, Literal

from msgspec import Struct, structs

from cloudaudit.facts import Cause, Source, Unread
from cloudaudit.text import Text

Engine = Literal["local", "spark", "athena", "bigquery"]

FRESH_DAYS = 8
"""``auto`` takes an inventory that is younger: a weekly one that came is, and the audit policy's default is the same."""
WAREHOUSES = frozenset({"athena", "bigquery"})
"""The engines that read tables, those of S3 Metadata and of Storage Insights datasets; there are no files to fetch."""


class Looking(StrEnum):
    """What the user wants: not to look, the best way for each bucket, one way only, or to know the cost first."""

    OFF = "off"
    AUTO = "auto"
    INVENTORY = "inventory"
    LIST = "list"
    ESTIMATE = "estimate"


class ObjectsWish(Struct, frozen=True, kw_only=True):
    """What the user asked of looking at objects.

    Attributes:
        looking: whether, and how.
        limit: a bucket with at most so many objects is looked at whole.
        sample: how many objects are drawn from a larger one.
        budget: requests that may be sent about objects in the whole run.
        engine: what evaluates inventories.
        settings: how the engines are set up, as ``EngineSettings``; None for their defaults.
    """

    looking: Looking = Looking.OFF
    limit: int = 1_000
    sample: int = 300
    budget: int = 100_000
    engine: Engine = "local"
    # Not named as a type: who decodes a wish would import pydantic, also in the process that reads no object.
    settings: Any = None

    @property
    def reads(self) -> bool:
        """Whether anything of objects is read at all."""
        return self.looking in {Looking.AUTO, Looking.INVENTORY, Looking.LIST}

    @property
    def label(self) -> str:
        """What decides the answers, so that two runs can be told apart; empty where no object is read."""
        if not self.reads:
            return ""
        return f"{self.looking} limit={self.limit} sample={self.sample} engine={self.engine}"


NO_WISH = ObjectsWish()


class Way(StrEnum):
    """How one bucket's objects are looked at; ``NONE`` where there is no way that the user allows."""

    INVENTORY = "inventory"
    TABLE = "table"
    LISTING = "listing"
    NONE = "none"


class Known(Struct, frozen=True, kw_only=True):
    """What is known of a bucket before any of its objects is looked at.

    Attributes:
        inventory: whether there is an inventory of the whole bucket.
        age_days: how old its newest delivery is; None where there is none.
        lacking: fields that it would need to have and has not.
        table: whether there is a table of its objects, which only an engine that reaches it can read.
    """

    inventory: bool = False
    age_days: int | None = None
    lacking: tuple[str, ...] = ()
    table: bool = False


class Choice(Struct, frozen=True):
    """The way that is taken for one bucket, and why."""

    way: Way
    why: Text


def choose(wish: ObjectsWish, known: Known) -> Choice:
    """Return how the objects of a bucket are looked at.

    An inventory covers every object without asking for one of them, so it comes first where it is fresh and tells
    enough; else the bucket is listed. Where the user chose an engine that holds tables, those come first.
    """
    if wish.looking is Looking.LIST:
        return Choice(
            Way.LISTING, Text(en="listing was asked for", ja="一覧による確認が指定されたため、一覧を取得")
        )
    if wish.engine in WAREHOUSES:
        return Choice(
            Way.TABLE,
            Text(
                en=f"{wish.engine} reads the bucket's table",
                ja=f"{wish.engine} でバケットのテーブルを参照",
            ),
        )
    fresh = known.age_days is not None and known.age_days < FRESH_DAYS
    wanted = wish.looking is Looking.INVENTORY and known.age_days is not None
    if known.inventory and (wanted or (fresh and not known.lacking)):
        return Choice(Way.INVENTORY, _inventory(known))
    lack = _lack(known)
    if wish.looking is Looking.INVENTORY:
        return Choice(
            Way.NONE,
            Text(
                en=f"{lack.en}, and only inventories were to be used; set one up, or pass --objects auto",
                ja=f"{lack.ja}、インベントリのみを使用する指定のため確認していません。"
                "インベントリを設定するか、--objects auto を指定してください",
            ),
        )
    return Choice(Way.LISTING, Text(en=f"{lack.en}, so it is listed", ja=f"{lack.ja}、一覧を取得"))


def _inventory(known: Known) -> Text:
    days = known.age_days or 0
    en = f"an inventory is there, {days} days old"
    ja = f"配信済みのインベントリを使用(作成から {days} 日)"
    if known.lacking:
        names = ", ".join(known.lacking)
        return Text(en=f"{en}; it lacks {names}", ja=f"{ja}。ただし {names} の項目なし")
    return Text(en=en, ja=ja)


def _lack(known: Known) -> Text:
    if known.inventory and known.lacking:
        names = ", ".join(known.lacking)
        return Text(
            en=f"the bucket's inventory lacks {names}",
            ja=f"インベントリに {names} の項目がなく",
        )
    if known.inventory and known.age_days is not None:
        return Text(
            en=f"the bucket's inventory is {known.age_days} days old",
            ja=f"インベントリが作成から {known.age_days} 日経過しており",
        )
    if known.table:
        return Text(
            en="the bucket has no delivered inventory, and its S3 Metadata table needs --objects-engine athena",
            ja="配信済みのインベントリがなく(S3 Metadata のテーブルの参照には --objects-engine athena が必要)",
        )
    return Text(en="the bucket has no delivered inventory", ja="配信済みのインベントリがなく")


HOW_TO_LOOK = Text(
    en="objects were not looked at; add --objects auto, after --objects estimate to see the cost",
    ja="オブジェクトは確認していません。--objects auto を指定してください"
    "(--objects estimate で事前に費用を見積もれます)",
)


def not_looked_at(operation: str, at: str) -> Unread:
    """Return the fact of objects that nobody asked to be looked at.

    Args:
        operation: what would have been called first, as ``service:Operation``.
        at: UTC time.
    """
    return Unread(Cause.DISABLED, Source(operation, at), detail=HOW_TO_LOOK)


def because(unread: Unread, why: Text) -> Unread:
    """Return a failure with why that way was tried before what went wrong on it."""
    said = unread.detail
    if not said:
        return structs.replace(unread, detail=why)
    detail = said if isinstance(said, Text) else Text(en=said, ja=said)
    if why.en in detail.en:
        return unread
    return structs.replace(unread, detail=Text(en=f"{why.en}; {detail.en}", ja=f"{why.ja}。{detail.ja}"))


def unusable(unread: Unread) -> Text:
    """Return why a bucket is listed although it has an inventory."""
    detail = unread.detail
    told = detail if isinstance(detail, Text) else Text(en=detail or unread.cause, ja=detail or unread.cause)
    return Text(
        en=f"its inventory could not be used ({told.en}), so it is listed",
        ja=f"インベントリを利用できず({told.ja})、一覧を取得",
    )
