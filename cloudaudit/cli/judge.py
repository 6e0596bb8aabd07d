"""``cloudaudit judge``: judge a saved snapshot again."""

from pathlib import Path
from typing import Any

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Words, languages_of, option


@click.command(
    cls=Command,
    words=Words(
        "Judge a saved snapshot again. It needs no credentials, and gives the same bytes as the scan did.",
        "保存済みのスナップショットを再判定します。認証情報は不要で、スキャン時と同一の結果が得られます。",
    ),
)
@click.argument("snapshot", type=click.Path(path_type=Path))
@option(
    "--as-of",
    default="",
    metavar="TIME",
    words=Words(
        "Judge ages at this time (ISO 8601), which makes another result.", "経過日数の基準日時(ISO 8601)"
    ),
)
@options.judging
@click.pass_context
def judge(ctx: click.Context, /, snapshot: Path, as_of: str, **wishes: Any) -> None:  # noqa: ANN401 - passed on by name
    """Judge a snapshot and leave with the exit code of its assessment."""
    from cloudaudit.cli.finish import Wishes
    from cloudaudit.cli.judging import rejudge

    ctx.exit(rejudge(snapshot, as_of, Wishes(languages=languages_of(ctx), **wishes)))
