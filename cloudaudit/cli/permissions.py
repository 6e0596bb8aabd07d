"""``cloudaudit permissions``: the role that a scan needs."""

from typing import TYPE_CHECKING

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Group, Lazy, Words, option
from cloudaudit.cli.streams import printing

if TYPE_CHECKING:  # the list of operations need not be imported for --help
    from cloudaudit.providers.aws.permissions import Format
    from cloudaudit.providers.gcs import permissions as google

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
        "gcs": Lazy(
            "cloudaudit.cli.permissions:gcs",
            Words("For Google Cloud and Workspace.", "Google Cloud と Workspace 用"),
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


@click.command(
    cls=Command,
    words=Words(
        "Print the least-privilege custom role for a scan, made from the list of calls that a scan makes, "
        "and the scopes that Workspace asks for.",
        "スキャンに必要な最小権限のカスタムロールと Workspace のスコープを、実際に呼び出す API の一覧から生成して"
        "出力します。",
    ),
)
@option(
    "--format",
    "form",
    type=click.Choice(["yaml", "terraform"]),
    default="yaml",
    show_default=True,
    words=Words(
        "What to print: a file for gcloud, or a module.", "出力形式(gcloud 用ファイルまたはモジュール)"
    ),
)
@option(
    "--level",
    type=click.Choice(["organization", "project"]),
    default="organization",
    show_default=True,
    words=Words("Where the role is made; a project's cannot hold everything.", "ロールを作成する階層"),
)
@options.lang
@options.debug
def gcs(form: "google.Format", level: "google.Level") -> None:
    """Print the role for Google Cloud."""
    from cloudaudit.providers.gcs.operations import OPERATIONS
    from cloudaudit.providers.gcs.permissions import render

    with printing():
        click.echo(render(OPERATIONS, form, level), nl=False)
