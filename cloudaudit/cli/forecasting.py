"""What ``--objects estimate`` prints: calls, time and charge, before anything of an object is read."""

from collections.abc import Callable, Iterable
from typing import Protocol

from cloudaudit.cli.cost_table import BUCKET, REQUESTS, USD, WHY, duration, print_cost, usd
from cloudaudit.cli.naming import refuse
from cloudaudit.cli.streams import printing
from cloudaudit.explain import CAUSES
from cloudaudit.facts import Unread
from cloudaudit.inventory.forecast import BucketEstimate, Estimate, Price
from cloudaudit.text import Language, Text
from cloudaudit.visible import shortened, visible

SHOWN = 20
"""How many buckets are named, those with most requests first."""

NAME = 40

_HEADS = (BUCKET, Text(en="objects", ja="オブジェクト数"), REQUESTS, USD, WHY)
_NUMBERS = frozenset({1, 2, 3})


class Estimator(Protocol):
    """A session that can tell what looking at objects would take."""

    def estimate(self, buckets: tuple[str, ...], regions: tuple[str, ...]) -> Estimate:
        """Return it for the chosen buckets and regions; empty for all."""
        ...


def print_estimate(
    connect: Callable[[], Estimator],
    faults: Iterable[Text],
    language: Language,
    *,
    buckets: tuple[str, ...],
    regions: tuple[str, ...],
    plain: bool,
) -> int:
    """Print an estimate; return the exit code.

    Raises:
        CloudauditError: an option or the credentials cannot be used.
    """
    refuse(faults)
    found = connect().estimate(buckets, regions)
    with printing():
        print_cost(_HEADS, rows(found, language), told(found), language, numbers=_NUMBERS, plain=plain)
    return 0


def rows(found: Estimate, language: Language) -> list[list[str]]:
    """Return the lines of the table: the buckets with most requests, those first."""
    largest = sorted(found.buckets, key=lambda each: (-each.requests, each.name))[:SHOWN]
    return [_of_bucket(bucket, language) for bucket in largest]


def told(found: Estimate) -> Iterable[Text]:
    """Yield the sentences below the table."""
    more = len(found.buckets) - SHOWN
    if more > 0:
        yield Text(en=f"And {more:,} more buckets.", ja=f"ほか {more:,} バケット")
    yield Text(
        en=f"In all {found.requests:,} requests for {found.objects:,} objects in {len(found.buckets):,} buckets, "
        f"{duration(found.seconds).en}, about {usd(found.usd)} USD.",
        ja=f"合計: {len(found.buckets):,} バケット、{found.objects:,} オブジェクトに対しリクエスト {found.requests:,} 件、"
        f"所要時間 {duration(found.seconds).ja}、費用 約 {usd(found.usd)} 米ドル",
    )
    if found.requests > found.budget:
        yield Text(
            en=f"That is more than the {found.budget:,} requests of --objects-budget; what does not fit is looked at in "
            "part, and does not pass.",
            ja=f"--objects-budget の上限({found.budget:,} 件)を超えています。"
            "超過分は一部のみの確認となり、適合とは判定されません。",
        )
    yield from _unknown(found)
    yield found.assumed
    for price in found.prices:
        yield _price(price)


def _of_bucket(bucket: BucketEstimate, language: Language) -> list[str]:
    name = shortened(visible(bucket.name), NAME)
    if isinstance(bucket.objects, Unread):
        cause = CAUSES[bucket.objects.cause]
        why = Text(en=f"objects are not counted: {cause.en}", ja=f"オブジェクト数は不明({cause.ja})")
        return [name, "-", "-", "-", why.in_(language)]
    counts = (f"{bucket.objects.value:,}", f"{bucket.requests:,}", usd(bucket.usd))
    return [name, *counts, bucket.why.in_(language)]


def _unknown(found: Estimate) -> Iterable[Text]:
    if found.uncounted:
        yield Text(
            en=f"{len(found.uncounted):,} buckets are not counted and not in the sum.",
            ja=f"オブジェクト数が不明な {len(found.uncounted):,} バケットは合計に含まれていません。",
        )
    for fact in found.unlisted:
        cause = CAUSES[fact.cause]
        yield Text(
            en=f"Some buckets could not be listed ({fact.source.operation}: {cause.en}); they are not in the sum.",
            ja=f"一覧を取得できないバケットがあり({fact.source.operation}: {cause.ja})、合計に含まれていません。",
        )


def _price(price: Price) -> Text:
    doubt_en = "" if price.verified else ", not checked"
    doubt_ja = "" if price.verified else "・未確認"
    return Text(
        en=f"Price: {price.usd:g} USD for 1,000 requests ({price.source}, {price.as_of}{doubt_en}).",
        ja=f"単価: 1,000 リクエストあたり {price.usd:g} 米ドル({price.source}、{price.as_of}{doubt_ja})",
    )
