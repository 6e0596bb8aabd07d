"""``cloudaudit actions``: corrective actions that people wrote into the sheet."""

from pathlib import Path

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Group, Lazy, Words, language_of, option

_IMPORT = Words(
    "Read a filled-in sheet of corrective actions (the report xlsx) back into a file for --actions.",
    "記入済みの是正処置一覧(レポート xlsx)を取り込み、--actions で指定するファイルを作成します。",
)


@click.group(
    cls=Group,
    words=Words(
        "Carry corrective actions into the next report.", "是正処置の記入内容を次回の報告書に引き継ぎます。"
    ),
    lazy={
        "import": Lazy(
            "cloudaudit.cli.actions:import_",
            Words("Read a filled-in sheet back.", "記入済みの是正処置一覧を取り込み"),
        )
    },
)
def actions() -> None:
    """Hold the commands."""


@click.command("import", cls=Command, words=_IMPORT)
@click.argument("sheet", metavar="FILE", type=click.Path(path_type=Path))
@option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    words=Words(
        "The file to write; actions.json beside the sheet by default. One that is there is replaced.",
        "出力ファイル(既定は同じフォルダーの actions.json。既存のファイルは置き換え)",
    ),
)
@options.lang
@options.debug
@click.pass_context
def import_(ctx: click.Context, sheet: Path, out: Path | None) -> None:
    """Read a sheet, and tell what was read."""
    from cloudaudit.cli.importing import import_sheet

    click.echo(import_sheet(sheet, out or sheet.with_name("actions.json")).in_(language_of(ctx)))
