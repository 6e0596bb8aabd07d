"""What ``--objects estimate`` prints: calls, time and charge, before anything of an object is read."""

from collections.abc import Callable, Iterable
from typing import Protocol

import click

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
) -> int:
    """Print an estimate; return the exit code.

    Raises:
        CloudauditError: an option or the credentials cannot be used.
    """
    refuse(faults)
    found = connect().estimate(buckets, regions)
    with printing():
        for text in told(found):
            click.echo(text.in_(language))
    return 0


def told(found: Estimate) -> Iterable[Text]:
    """Yield the lines of an estimate."""
    yield Text(
        en="Estimate of --objects auto; no object was looked at.",
        ja="--objects auto の見積もり(オブジェクトは確認していません)",
    )
    for bucket in sorted(found.buckets, key=lambda each: (-each.requests, each.name))[:SHOWN]:
        yield _of_bucket(bucket)
    more = len(found.buckets) - SHOWN
    if more > 0:
        yield Text(en=f"  and {more:,} more buckets", ja=f"  ほか {more:,} バケット")
    yield Text(
        en=f"In all {found.requests:,} requests for {found.objects:,} objects in {len(found.buckets):,} buckets, "
        f"about {_time(found.seconds).en}, about {_usd(found.usd)} USD.",
        ja=f"合計: {len(found.buckets):,} バケット、{found.objects:,} オブジェクトに対しリクエスト {found.requests:,} 件、"
        f"所要時間 約{_time(found.seconds).ja}、費用 約 {_usd(found.usd)} 米ドル",
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


def _of_bucket(bucket: BucketEstimate) -> Text:
    name = shortened(visible(bucket.name), NAME)
    if isinstance(bucket.objects, Unread):
        cause = CAUSES[bucket.objects.cause]
        return Text(
            en=f"  {name:<{NAME}}  objects are not counted: {cause.en}",
            ja=f"  {name:<{NAME}}  オブジェクト数は不明({cause.ja})",
        )
    return Text(
        en=f"  {name:<{NAME}}  {bucket.objects.value:>15,} objects  {bucket.requests:>10,} requests  "
        f"{_usd(bucket.usd):>9} USD  {bucket.why.en}",
        ja=f"  {name:<{NAME}}  {bucket.objects.value:>15,} オブジェクト  {bucket.requests:>10,} リクエスト  "
        f"{_usd(bucket.usd):>9} 米ドル  {bucket.why.ja}",
    )


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


def _usd(usd: float) -> str:
    return f"{usd:,.2f}" if usd >= 1 else f"{usd:.4f}"


def _time(seconds: int) -> Text:
    if seconds < 60:  # noqa: PLR2004 - of a minute
        return Text(en=f"{seconds} s", ja=f"{seconds} 秒")
    if seconds < 3_600:  # noqa: PLR2004 - of an hour
        return Text(en=f"{seconds / 60:.0f} min", ja=f"{seconds / 60:.0f} 分")
    return Text(en=f"{seconds / 3_600:.1f} h", ja=f"{seconds / 3_600:.1f} 時間")
