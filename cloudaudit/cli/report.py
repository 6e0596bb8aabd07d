"""``cloudaudit report``: render a saved result again."""

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Words, languages_of, option


@click.command(
    cls=Command,
    words=Words(
        "Render a saved result.json again, offline and without credentials: other formats, other languages, "
        "or with names masked.",
        "保存済みの result.json から、別の形式・言語のレポートや仮名化したレポートを出力します(オフラインで動作)。",
    ),
)
@click.argument("result", type=click.Path(path_type=Path))
@options.reports("html")
@option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    words=Words(
        "Folder for the files; that of the result by default, or masked/ in it.",
        "出力フォルダー(既定は result.json と同じ場所。仮名化した場合はその下の masked/)",
    ),
)
@option("--quiet", is_flag=True, words=Words("Print nothing but errors.", "エラー以外は表示しない"))
@options.langs
@options.debug
@click.pass_context
def report(ctx: click.Context, /, result: Path, **wishes: Any) -> None:  # noqa: ANN401 - passed on by name
    """Render a result."""
    from cloudaudit.cli.rendering import render_again

    given = ctx.get_parameter_source("pack") in {ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT}
    if given and ctx.get_parameter_source("reports") is ParameterSource.DEFAULT:
        wishes["reports"] = ()  # the forms alone were asked for
    render_again(result, languages=languages_of(ctx), **wishes)
