"""``cloudaudit merge``: put the shards of a fleet together."""

from pathlib import Path

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Words, languages_of, option


@click.command(
    cls=Command,
    words=Words(
        "Put the folders of the shards of one run together: their targets and one overview. What is missing is told, and "
        "ends with exit code 3; what does not belong together is refused.",
        "同じ実行のシャードのフォルダーを統合し、対象ごとの結果と全体の一覧を出力します。不足があれば明示して終了コード 3 とし、"
        "異なる実行の結果が混在する場合は統合しません。",
    ),
)
@click.argument("folders", nargs=-1, required=True, metavar="DIR...", type=click.Path(path_type=Path))
@option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    required=True,
    words=Words("Folder for all of it; empty or not there yet.", "出力フォルダー(空、または存在しないもの)"),
)
@option("--quiet", is_flag=True, words=Words("Print nothing but errors.", "エラー以外は表示しない"))
@options.plain
@options.langs
@options.debug
@click.pass_context
def merge(ctx: click.Context, /, folders: tuple[Path, ...], out: Path, *, quiet: bool, plain: bool) -> None:
    """Merge shards and leave with the exit code of all."""
    from cloudaudit.cli.merging import run_merge

    ctx.exit(run_merge(folders, out, languages_of(ctx), quiet=quiet, plain=plain))
