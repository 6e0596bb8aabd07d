"""``cloudaudit permissions``: the role that a scan needs."""

from typing import TYPE_CHECKING

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Group, Lazy, Words, option
from cloudaudit.cli.streams import printing

if TYPE_CHECKING:  # the list of operations need not be imported for --help
    from cloudaudit.providers.aws.permissions import Format

_WORDS = Words(
    "Print the least-privilege role for a scan, made from the list of calls that a scan makes.",
    "スキャンに必要な最小権限のロールを、実際に呼び出す API の一覧から生成して出力します。",
)


@click.group(
    cls=Group,
    words=_WORDS,
    lazy={
        "aws": Lazy(
            "cloudaudit.cli.permissions:aws",
            Words("For Amazon Web Services.", "Amazon Web Services 用"),
        ),
        "m365": Lazy(
            "cloudaudit.cli.permissions_m365:m365",
            Words("For Microsoft 365.", "Microsoft 365 用"),
        ),
    },
)
def permissions() -> None:
    """Hold one command a provider."""


@click.command(cls=Command, words=_WORDS)
@option(
    "--format",
    "form",
    type=click.Choice(["json", "terraform", "cloudformation"]),
    default="json",
    show_default=True,
    words=Words("What to print: a policy, a module, or a template for StackSets.", "出力形式"),
)
@options.lang
@options.debug
def aws(form: "Format") -> None:
    """Print the role for AWS."""
    from cloudaudit.providers.aws.operations import OPERATIONS
    from cloudaudit.providers.aws.permissions import render

    with printing():
        click.echo(render(OPERATIONS, form), nl=False)
