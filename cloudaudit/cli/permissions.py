"""``cloudaudit permissions``: the role that a scan needs."""

from typing import TYPE_CHECKING

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Group, Lazy, Words, language_of, option
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
@options.selecting
@options.lang
@options.debug
@click.pass_context
def aws(ctx: click.Context, form: "Format", themes: tuple[str, ...], checks: tuple[str, ...]) -> None:
    """Print the role for AWS."""
    from cloudaudit.cli.choosing import chosen
    from cloudaudit.providers.aws.operations import OPERATIONS
    from cloudaudit.providers.aws.permissions import render

    with printing():
        click.echo(render(chosen("aws", OPERATIONS, themes, checks, language_of(ctx)), form), nl=False)


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
@options.selecting
@options.lang
@options.debug
@click.pass_context
def gcs(
    ctx: click.Context,
    form: "google.Format",
    level: "google.Level",
    themes: tuple[str, ...],
    checks: tuple[str, ...],
) -> None:
    """Print the role for Google Cloud."""
    from cloudaudit.cli.choosing import chosen
    from cloudaudit.providers.gcs.operations import OPERATIONS
    from cloudaudit.providers.gcs.permissions import render

    with printing():
        operations = chosen("gcs", OPERATIONS, themes, checks, language_of(ctx))
        click.echo(render(operations, form, level), nl=False)
