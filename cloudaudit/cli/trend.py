"""``cloudaudit trend``: how the score went."""

from pathlib import Path

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Words, language_of, option


@click.command(
    cls=Command,
    words=Words(
        "Draw how the score of a target went, from the history: the last run of each day.",
        "履歴をもとに、対象のスコアと不適合件数の推移を表示します(各日の最後の結果)。",
    ),
)
@option(
    "--history",
    type=click.Path(path_type=Path),
    metavar="FILE",
    words=Words(
        "The history; cloudaudit-out/history.sqlite by default.",
        "履歴ファイル(既定は cloudaudit-out/history.sqlite)",
    ),
)
@option(
    "--target",
    metavar="NAME",
    words=Words(
        "Target, such as aws-111122223333; needed where the history has several.",
        "対象(aws-111122223333 など。履歴に複数の対象がある場合に指定)",
    ),
)
@option(
    "--days",
    type=click.IntRange(1, 3650),
    default=90,
    show_default=True,
    metavar="N",
    words=Words("How many days back from the newest run.", "最新の実行からさかのぼる日数"),
)
@options.plain
@options.lang
@options.debug
@click.pass_context
def trend(ctx: click.Context, /, *, history: Path | None, target: str | None, days: int, plain: bool) -> None:
    """Draw the trend of one target."""
    from cloudaudit.cli.remembering import DEFAULT
    from cloudaudit.cli.trending import print_trend

    print_trend(history or DEFAULT, target, days, language_of(ctx), plain=plain)
