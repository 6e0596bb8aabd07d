"""``cloudaudit completion``: what a shell needs to complete commands and options."""

import click

from cloudaudit.cli.bilingual import Command, Words

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_CLOUDAUDIT_COMPLETE"


@click.command(
    cls=Command,
    configured=False,
    words=Words(
        "Print the completion for a shell; docs/completion.md says where to put it.",
        "シェルの補完スクリプトを出力します。設置場所は docs/completion.md を参照してください。",
    ),
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that the shell reads."""
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    assert made is not None  # noqa: S101 - click brings these three
    root = ctx.find_root()
    click.echo(made(root.command, {}, "cloudaudit", VARIABLE).source())
