"""``cloudaudit frameworks``: which frameworks there are, and what evidence the checks can give for their controls."""

from pathlib import Path

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Words, language_of, option
from cloudaudit.cli.streams import printing


@click.command(
    cls=Command,
    words=Words(
        "List the frameworks with how many of the controls in the data get direct, supporting or weak evidence, and how "
        "many a person must confirm; or the controls of one. Evidence is no statement that a control is met.",
        "フレームワークごとに、収録した項番のうち直接・補強・弱の証跡が得られるもの、手動確認が必要なものの数を表示します。"
        "名前を指定すると、その項番の一覧を表示します(項番への適合を示すものではありません)。",
    ),
)
@click.argument("name", required=False)
@option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    words=Words("Text for people, or JSON.", "出力形式(text または json)"),
)
@options.checks_dir
@options.lang
@options.debug
@click.pass_context
def frameworks(ctx: click.Context, name: str | None, form: str, checks_dir: Path | None) -> None:
    """List the frameworks, or the controls of one."""
    from cloudaudit.cli.frameworks_listing import as_json, as_text, found

    chosen = found(name)
    with printing():
        if form == "json":
            as_json(chosen, checks_dir)
        else:
            as_text(chosen, checks_dir, language_of(ctx), whole=name is not None)
