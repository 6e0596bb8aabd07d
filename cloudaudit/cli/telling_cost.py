"""``--objects estimate``: read settings, tell what looking at the objects would take, and stop."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from msgspec import Struct, structs
from rich.table import Table
from rich.text import Text as Styled

from cloudaudit import clock, discovery, run
from cloudaudit.cli.consoles import stdout_console
from cloudaudit.cli.judging import plan_for
from cloudaudit.cli.naming import refuse
from cloudaudit.cli.progress import shown
from cloudaudit.cli.streams import printing
from cloudaudit.cli.unhurried import unhurried
from cloudaudit.flow import Flow
from cloudaudit.inventory.cost import BucketCost, Cost, Look, Pace, PriceList, cost_of
from cloudaudit.inventory.plan import Looking, ObjectsWish, Way
from cloudaudit.model import Gap
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers import Session
from cloudaudit.snapshot import Selection, Snapshot
from cloudaudit.text import Language, Text
from cloudaudit.version import version
from cloudaudit.visible import visible

LISTED, NOT_LISTED = 0, 3
_HOUR, _MINUTE = 3_600, 60
_WAYS = {
    Way.INVENTORY: Text(en="inventory", ja="インベントリ"),
    Way.TABLE: Text(en="table", ja="テーブル"),
    Way.LISTING: Text(en="listing", ja="一覧"),
    Way.NONE: Text(en="not looked at", ja="確認しない"),
}
_HEADS = (
    Text(en="bucket", ja="バケット"),
    Text(en="region", ja="リージョン"),
    Text(en="way", ja="方法"),
    Text(en="requests", ja="リクエスト数"),
    Text(en="USD", ja="USD"),
    Text(en="why", ja="理由"),
)
_TITLE = Text(
    en="What looking at the objects would take (none of them was read)",
    ja="オブジェクトの確認に必要なリクエスト数と費用(オブジェクトは読み取っていません)",
)


class Estimating(Struct, frozen=True, kw_only=True):
    """What an estimate needs besides a connection.

    Attributes:
        provider: its name.
        check: a check for which everything is read that decides how objects are looked at.
        looks: returns how each bucket of a snapshot would be looked at.
        prices: the provider's.
    """

    provider: str
    check: str
    looks: Callable[[Snapshot, ObjectsWish], Iterable[Look]]
    prices: PriceList


def tell_cost(  # noqa: PLR0913 - the options of the command
    what: Estimating,
    connect: Callable[[], Session],
    faults: Iterable[Text],
    wish: ObjectsWish,
    pace: Pace,
    *,
    languages: tuple[Language, ...],
    quiet: bool,
    plain: bool,
    regions: tuple[str, ...] = (),
    buckets: tuple[str, ...] = (),
    **_others: Any,  # noqa: ANN401 - options of judging and of the output, which an estimate does without
) -> int:
    """Print what looking at the objects would take; return the exit code: 3 where not all buckets are known.

    Raises:
        CloudauditError: an option or the credentials cannot be used.
    """
    refuse([*faults])
    language = languages[0]
    provider = discovery.provider(what.provider)
    selection = Selection(
        regions=tuple(sorted(set(regions))), checks=(what.check,), buckets=tuple(sorted(set(buckets)))
    )
    now = clock.stamp(datetime.now(UTC))
    request = run.ScanRequest(
        provider=provider,
        session=connect(),
        plan=plan_for(provider, selection, None),
        policy=AuditPolicy(),
        selection=selection,
        taken_at=now,
        tool_version=version(),
    )
    with tempfile.TemporaryDirectory(prefix="cloudaudit-") as folder, unhurried():
        path = Path(folder) / "settings.jsonl"
        with shown(language, quiet=quiet, plain=plain) as progress:
            run.scan(request, path, progress, lambda: clock.stamp(datetime.now(UTC)))
        with run.open_snapshot(path) as snapshot:
            chosen = structs.replace(wish, looking=Looking.AUTO)
            found = cost_of(what.looks(snapshot, chosen), chosen, pace, what.prices)
            gaps = [gap for kind in snapshot.kinds for gap in snapshot.gaps(kind)]
            stopped = snapshot.end is None or bool(snapshot.end.stopped)
    with printing():
        _print(found, chosen, what.prices, gaps, language, plain=plain)
    return NOT_LISTED if gaps or stopped else LISTED


def _print(
    found: Cost,
    wish: ObjectsWish,
    prices: PriceList,
    gaps: list[Gap],
    language: Language,
    *,
    plain: bool,
) -> None:
    console = stdout_console(plain=plain)
    rows = [_row(each, language) for each in found.buckets]
    heads = [head.in_(language) for head in _HEADS]
    if plain:
        click.echo(_TITLE.in_(language))
        for row in (heads, *rows):
            click.echo("\t".join(row))
    else:
        console.print(Styled(_TITLE.in_(language), style="bold"))
        table = Table.grid(padding=(0, 2, 0, 0))
        numbers = {3, 4}
        for place, head in enumerate(heads):
            table.add_column(Styled(head, style="dim"), justify="right" if place in numbers else "left")
        table.show_header = True
        for row in rows:
            table.add_row(*(Styled(cell) for cell in row))
        with console.capture() as captured:
            console.print(table)
        # A table fills its last column with blanks, which in a file are noise.
        for line in captured.get().splitlines():
            click.echo(line.rstrip(), color=True)
    for text in _sentences(found, wish, prices, gaps):
        console.print(Flow(Styled(text.in_(language))))


def _row(cost: BucketCost, language: Language) -> list[str]:
    look = cost.look
    requests, money = f"{cost.least.all:,}", _usd(cost.least_cost)
    if cost.small is not None and cost.small_cost is not None:
        requests, money = f"{requests} - {cost.small.all:,}", f"{money} - {_usd(cost.small_cost)}"
    elif look.choice.way is Way.INVENTORY:
        requests, money = f"{requests} +", f"{money} +"
    return [
        visible(look.bucket),
        visible(look.region),
        _WAYS[look.choice.way].in_(language),
        requests,
        money,
        look.choice.why.in_(language),
    ]


def _sentences(found: Cost, wish: ObjectsWish, prices: PriceList, gaps: list[Gap]) -> Iterator[Text]:
    yield Text(
        en=f"In sum: at least {found.least:,} requests, USD {_usd(found.least_cost)}, {_time(found.least_seconds).en}; "
        f"at most {found.most:,} (--objects-budget), USD {_usd(found.most_cost)}, {_time(found.most_seconds).en}.",
        ja=f"合計: 最小 {found.least:,} リクエスト、USD {_usd(found.least_cost)}、{_time(found.least_seconds).ja}。"
        f"最大 {found.most:,} リクエスト(--objects-budget)、USD {_usd(found.most_cost)}、{_time(found.most_seconds).ja}。",
    )
    ways = {each.look.choice.way for each in found.buckets}
    if Way.LISTING in ways:
        yield Text(
            en="How many objects a listed bucket has is not known before it is listed. The range holds for at most "
            f"{wish.limit:,} (--objects-limit); with more it takes one request per 1,000 objects and those for the "
            f"{wish.sample:,} that are drawn (--objects-sample), within the budget.",
            ja="一覧を取得するバケットのオブジェクト数は事前には分かりません。表の範囲は "
            f"{wish.limit:,} 件以下(--objects-limit)の場合です。これを超える場合は、1,000 件ごとに 1 リクエストと、"
            f"抽出する {wish.sample:,} 件(--objects-sample)分のリクエストを、予算の範囲内で使用します。",
        )
    if Way.INVENTORY in ways:
        out = max((prices.of(each.look.region).out for each in found.buckets), default=0.0)
        yield Text(
            en="+: an inventory takes one request more for each further file. How large its files are is not known; "
            f"outside the region AWS charges up to USD {out} a GB for the transfer, inside it nothing.",
            ja="+: インベントリはファイルが 1 つ増えるごとに 1 リクエスト増えます。ファイルの容量は事前には分かりません。"
            f"リージョン外への転送には 1 GB あたり最大 USD {out} がかかります(リージョン内は無料)。",
        )
    if Way.TABLE in ways:
        yield Text(
            en="A table is charged by the engine for the data that it scans, which is not known beforehand.",
            ja="テーブルの参照は、エンジンがスキャンしたデータ量に応じて課金されます(事前には分かりません)。",
        )
    yield Text(
        en=f"Prices as of {prices.as_of} without tax, {prices.source}; a request is held to take 0.05 s. {prices.besides.en}",
        ja=f"価格は {prices.as_of} 時点(税抜)、{prices.source}。1 リクエストの所要時間は 0.05 秒と仮定。{prices.besides.ja}",
    )
    for gap in gaps:
        yield Text(
            en=f"Not everything is known: {gap.of} in {gap.region} ({gap.cause}, {gap.operation}).",
            ja=f"一部を確認できませんでした: {gap.region} の {gap.of}({gap.cause}、{gap.operation})。",
        )


def _usd(amount: float) -> str:
    """Return an amount with two decimals, or enough to tell it from nothing."""
    return f"{amount:,.2f}" if amount >= 1 or not amount else f"{amount:.4f}"


def _time(seconds: float) -> Text:
    if seconds < _MINUTE:
        whole = max(round(seconds), 1)
        return Text(en=f"{whole} s", ja=f"約 {whole} 秒")
    minutes = round(seconds / _MINUTE)
    if seconds < _HOUR:
        return Text(en=f"{minutes} min", ja=f"約 {minutes} 分")
    hours, rest = divmod(minutes, _MINUTE)
    return Text(en=f"{hours} h {rest} min", ja=f"約 {hours} 時間 {rest} 分")
