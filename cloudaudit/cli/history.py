"""``cloudaudit history``: rebuild the history from results that were kept."""

from pathlib import Path

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Group, Lazy, Words, language_of, option

_IMPORT = Words(
    "Take results that were kept into the history: files, or folders in which every result.json is looked for. In any "
    "order and as often as you like: what is there already stays as it is. Narrowed and masked results are left out.",
    "保存済みの結果を履歴に取り込みます。ファイルのほか、フォルダーも指定できます(配下の result.json をすべて検索)。"
    "順序は問わず、取り込み済みの結果はそのまま残ります。範囲を限定した結果と仮名化した結果は取り込みません。",
)


@click.group(
    cls=Group,
    words=Words("The history of runs, a cache.", "実行履歴(結果から再作成できるキャッシュ)を扱います。"),
    lazy={
        "import": Lazy(
            "cloudaudit.cli.history:import_",
            Words("Take in results that were kept.", "保存済みの結果を取り込み"),
        )
    },
)
def history() -> None:
    """Hold the commands."""


@click.command("import", cls=Command, words=_IMPORT)
@click.argument("results", metavar="RESULT...", nargs=-1, required=True, type=click.Path(path_type=Path))
@option(
    "--history",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    words=Words(
        "The history; cloudaudit-out/history.sqlite by default.",
        "履歴ファイル(既定は cloudaudit-out/history.sqlite)",
    ),
)
@options.lang
@options.debug
@click.pass_context
def import_(ctx: click.Context, results: tuple[Path, ...], file: Path | None) -> None:
    """Take in results, and tell what was done."""
    from cloudaudit.cli.rebuilding import import_results
    from cloudaudit.cli.remembering import DEFAULT

    ctx.exit(import_results(results, file or DEFAULT, language_of(ctx)))
