"""``cloudaudit checks``: list the checks, explain one."""

from pathlib import Path

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import LANGUAGE, Command, Group, Language, Lazy, Words, language_of
from cloudaudit.cli.streams import printing


@click.group(
    cls=Group,
    invoke_without_command=True,
    words=Words("List the checks, or explain one.", "チェックの一覧を表示し、各チェックを説明します。"),
    lazy={
        "list": Lazy("cloudaudit.cli.checks:list_", Words("List all checks.", "全チェックの一覧")),
        "show": Lazy("cloudaudit.cli.checks:show", Words("Explain one check.", "チェックの説明")),
    },
)
@options.checks_dir
@options.plain
@options.lang
@options.debug
@click.pass_context
def checks(ctx: click.Context, checks_dir: Path | None, plain: bool) -> None:  # noqa: FBT001 - click's own signature
    """List the checks when no command is named."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, checks_dir=checks_dir, plain=plain)


@click.command(
    "list", cls=Command, words=Words("List all checks by theme.", "全チェックをテーマ別に表示します。")
)
@options.checks_dir
@options.plain
@options.lang
@options.debug
@click.pass_context
def list_(ctx: click.Context, checks_dir: Path | None, plain: bool) -> None:  # noqa: FBT001 - click's own signature
    """List all checks."""
    from cloudaudit.cli.catalogue import installed, print_list

    found = installed(checks_dir)
    with printing():
        print_list(found, language_of(ctx), plain=plain)


@click.command(
    cls=Command,
    words=Words(
        "Explain one check, in both languages unless --lang names one.",
        "チェックを説明します(--lang を指定しない場合は日英併記)。",
    ),
)
@click.argument("check_id", metavar="ID")
@options.checks_dir
@options.plain
@options.lang
@options.debug
@click.pass_context
def show(ctx: click.Context, check_id: str, checks_dir: Path | None, plain: bool) -> None:  # noqa: FBT001 - click's own signature
    """Explain one check."""
    from cloudaudit.cli.catalogue import installed, print_one

    first = language_of(ctx)
    other: Language = "en" if first == "ja" else "ja"
    languages: tuple[Language, ...] = (first,) if LANGUAGE in ctx.meta else (first, other)
    found = installed(checks_dir)
    with printing():
        print_one(found, check_id, languages, plain=plain)
