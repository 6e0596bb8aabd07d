"""``cloudaudit config`` and ``cloudaudit init``: show, describe and begin a configuration."""

from pathlib import Path

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import CONFIG_FILE, Command, Group, Lazy, Words, language_of, option
from cloudaudit.cli.streams import printing

_SHOW = Words(
    "Print the effective configuration, and where each value came from. With a command behind it, as in `cloudaudit "
    "config show scan aws --fail-on low`, what that command would run with; it is not run.",
    "有効な設定値と、その由来を表示します。cloudaudit config show scan aws --fail-on low のようにコマンドを続けると、"
    "そのコマンドに適用される値を表示します(実行はしません)。",
)
_SCHEMA = Words(
    "Print the JSON Schema of the configuration, for editors.",
    "設定ファイルの JSON Schema を出力します(エディター用)。",
)
_INIT = Words(
    f"Write a commented {CONFIG_FILE}. A file that is there is never overwritten.",
    f"コメント付きの {CONFIG_FILE} を作成します。既存のファイルは上書きしません。",
)


@click.group(
    cls=Group,
    words=Words("Show the configuration.", "設定を確認します。"),
    lazy={
        "show": Lazy(
            "cloudaudit.cli.config:show", Words("Show values and their origin.", "有効な設定値と由来を表示")
        ),
        "schema": Lazy("cloudaudit.cli.config:schema", Words("Print the JSON Schema.", "JSON Schema を出力")),
    },
)
def config() -> None:
    """Hold the commands."""


@click.command(
    cls=Command,
    words=_SHOW,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@option(
    "--format",
    "form",
    type=click.Choice(["toml", "json"]),
    default="toml",
    show_default=True,
    words=Words("How it is printed.", "出力形式"),
)
@options.lang
@options.debug
@click.pass_context
def show(ctx: click.Context, command: tuple[str, ...], form: str) -> None:
    """Show the configuration."""
    from cloudaudit.cli.config_showing import print_settings

    with printing():
        print_settings(ctx, command, as_json=form == "json")


@click.command(cls=Command, words=_SCHEMA, configured=False)
@options.lang
@options.debug
def schema() -> None:
    """Print the schema."""
    from cloudaudit.config.describing import schema as described

    with printing():
        click.echo(described(), nl=False)


@click.command(cls=Command, words=_INIT, configured=False)
@option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path(CONFIG_FILE),
    metavar="FILE",
    words=Words(f"The file to write; {CONFIG_FILE} by default.", f"出力ファイル(既定は {CONFIG_FILE})"),
)
@options.lang
@options.debug
@click.pass_context
def init(ctx: click.Context, out: Path) -> None:
    """Write a configuration to begin with."""
    from cloudaudit.cli.beginning import begin

    begin(out, language_of(ctx))
