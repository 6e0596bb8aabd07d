"""``cloudaudit diff``: what changed between two results."""

from pathlib import Path

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Words, language_of, option


@click.command(
    cls=Command,
    words=Words(
        "Tell what changed between two results of one target, the earlier first. Exits with 0 when nothing got worse, "
        "else with 1; what is no longer assessed counts as worse.",
        "同じ対象の 2 つの結果(以前、今回の順)を比較します。悪化がなければ終了コード 0、あれば 1 です"
        "(判定できなくなった項目も悪化とみなします)。",
    ),
)
@click.argument("before", metavar="A", type=click.Path(path_type=Path))
@click.argument("now", metavar="B", type=click.Path(path_type=Path))
@option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    words=Words("What to print; json has everything.", "出力形式(json にはすべての変化を出力)"),
)
@options.history
@options.lang
@options.debug
@click.pass_context
def diff(ctx: click.Context, before: Path, now: Path, form: str, history: Path | None) -> None:
    """Compare two results and leave with the exit code."""
    from cloudaudit.cli.differing import print_difference

    ctx.exit(print_difference(before, now, form, language_of(ctx), history))
