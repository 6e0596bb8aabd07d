"""How an estimate looks, whoever worked it out: a title, a line for each bucket, and sentences below."""

from collections.abc import Iterable, Sequence

import click
from rich.table import Table
from rich.text import Text as Styled

from cloudaudit.cli.consoles import stdout_console
from cloudaudit.flow import Flow
from cloudaudit.text import Language, Text

_HOUR, _MINUTE = 3_600, 60

TITLE = Text(
    en="What looking at the objects would take (none of them was read)",
    ja="オブジェクトの確認に必要なリクエスト数と費用(オブジェクトは読み取っていません)",
)
BUCKET = Text(en="bucket", ja="バケット")
REQUESTS = Text(en="requests", ja="リクエスト数")
USD = Text(en="USD", ja="USD")
WHY = Text(en="why", ja="理由")


def print_cost(
    heads: Sequence[Text],
    rows: Sequence[Sequence[str]],
    sentences: Iterable[Text],
    language: Language,
    *,
    numbers: frozenset[int],
    plain: bool,
) -> None:
    """Print an estimate on standard output.

    Args:
        heads: of the columns.
        rows: cells that are made visible already.
        sentences: below the table.
        language: to print in.
        numbers: places of the columns that are set to the right.
        plain: columns parted by tabs, without decoration.
    """
    console = stdout_console(plain=plain)
    names = [head.in_(language) for head in heads]
    if plain:
        click.echo(TITLE.in_(language))
        for row in (names, *rows):
            click.echo("\t".join(row))
    else:
        console.print(Styled(TITLE.in_(language), style="bold"))
        table = Table.grid(padding=(0, 2, 0, 0))
        for place, name in enumerate(names):
            table.add_column(Styled(name, style="dim"), justify="right" if place in numbers else "left")
        table.show_header = True
        for row in rows:
            table.add_row(*(Styled(cell) for cell in row))
        with console.capture() as captured:
            console.print(table)
        # A table fills its last column with blanks, which in a file are noise.
        for line in captured.get().splitlines():
            click.echo(line.rstrip(), color=True)
    for text in sentences:
        console.print(Flow(Styled(text.in_(language))))


def usd(amount: float) -> str:
    """Return an amount with two decimals, or enough to tell it from nothing."""
    return f"{amount:,.2f}" if amount >= 1 or not amount else f"{amount:.4f}"


def duration(seconds: float) -> Text:
    """Return a time in the units that fit it."""
    if seconds < _MINUTE:
        whole = max(round(seconds), 1)
        return Text(en=f"{whole} s", ja=f"約 {whole} 秒")
    minutes = round(seconds / _MINUTE)
    if seconds < _HOUR:
        return Text(en=f"{minutes} min", ja=f"約 {minutes} 分")
    hours, rest = divmod(minutes, _MINUTE)
    return Text(en=f"{hours} h {rest} min", ja=f"約 {hours} 時間 {rest} 分")
