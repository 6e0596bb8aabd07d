"""``cloudaudit incident``: the worksheet for a suspected leak."""

from datetime import datetime
from pathlib import Path

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Words, language_of, option


@click.command(
    cls=Command,
    words=Words(
        "Make the worksheet for a suspected leak from a finding about public or outside access: what is reachable, since "
        "when, which logs there are, and the questions of the law. Offline; it decides nothing for you.",
        "公開・共有の検出事項から「漏えい等事案 対応ワークシート」を作成します(到達できる範囲、開始時期、ログの有無、"
        "法令上の確認事項)。オフラインで動作し、報告の要否は判断しません。",
    ),
)
@click.argument("result", type=click.Path(path_type=Path))
@option(
    "--finding",
    required=True,
    metavar="ID",
    words=Words(
        "Id of the finding, from result.json or a report.", "検出事項の ID(result.json またはレポートに記載)"
    ),
)
@option(
    "--entered",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    words=Words(
        "The day on which somebody learnt of it; deadlines are counted from it.",
        "漏えい等のおそれを知った日(報告期限の目安を計算)",
    ),
)
@option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    words=Words(
        "File to write, .pdf or .md; by default both, beside the result.",
        "出力ファイル(.pdf または .md。既定は result.json と同じフォルダーに両方を出力)",
    ),
)
@option(
    "--history",
    type=click.Path(path_type=Path),
    metavar="FILE",
    words=Words(
        "History of earlier runs: tells since when it has failed.",
        "過去の実行履歴ファイル(不適合がいつから続いているかを記載)",
    ),
)
@options.lang
@options.debug
@click.pass_context
def incident(
    ctx: click.Context,
    /,
    result: Path,
    finding: str,
    entered: datetime | None,
    out: Path | None,
    history: Path | None,
) -> None:
    """Write the worksheet, and print the paths."""
    from cloudaudit.cli.responding import write_worksheet
    from cloudaudit.cli.streams import printing

    day = entered.date() if entered else None
    written = write_worksheet(result, finding, day, out, history, language_of(ctx))
    with printing():
        for path in written:
            click.echo(str(path))
