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
@option(
    "--objects",
    type=click.Choice(["off", "auto", "inventory", "list"]),
    default="off",
    show_default=True,
    words=Words(
        "Add what a scan with this --objects needs, as statements of their own.",
        "オブジェクトの確認(scan の --objects)に必要な権限を、独立したステートメントとして追加",
    ),
)
@option(
    "--inventory-prefix",
    "inventories",
    multiple=True,
    metavar="s3://BUCKET/PREFIX",
    words=Words(
        "Where inventories are delivered, may be repeated; only files below it may be read.",
        "インベントリの配信先(複数指定可。この配下のファイルに限り読み取りを許可)",
    ),
)
@options.selecting
@options.lang
@options.debug
@click.pass_context
def aws(
    ctx: click.Context,
    /,
    form: "Format",
    objects: str,
    inventories: tuple[str, ...],
    themes: tuple[str, ...],
    checks: tuple[str, ...],
) -> None:
    """Print the role for AWS."""
    from cloudaudit.cli.choosing import chosen
    from cloudaudit.providers.aws.object_permissions import ObjectAccess, explanations
    from cloudaudit.providers.aws.operations import OPERATIONS
    from cloudaudit.providers.aws.permissions import policies, render

    _check_places(objects, inventories)
    access = ObjectAccess(listed=objects in {"auto", "list"}, inventories=inventories)
    if form == "json":
        # A policy has no room for a comment.
        for text in explanations(policies(OPERATIONS, objects=access)):
            click.echo(text.in_(language_of(ctx)), err=True)
    with printing():
        operations = chosen("aws", OPERATIONS, themes, checks, language_of(ctx))
        click.echo(render(operations, form, access), nl=False)


def _check_places(objects: str, inventories: tuple[str, ...]) -> None:
    from cloudaudit.errors import UsageError
    from cloudaudit.providers.aws.object_permissions import inventory_arn
    from cloudaudit.text import Text

    for place in inventories:
        if inventory_arn(place) is None:
            raise UsageError(
                Text(
                    en=f"{place} is no place of an inventory; write it like s3://inventory-reports/weekly.",
                    ja=f"{place} はインベントリの配信先として指定できません。s3://inventory-reports/weekly の形式で"
                    "指定してください。",
                )
            )
    if objects == "inventory" and not inventories:
        raise UsageError(
            Text(
                en="Say where the inventories are delivered: --inventory-prefix s3://BUCKET/PREFIX.",
                ja="インベントリの配信先を --inventory-prefix s3://BUCKET/PREFIX で指定してください。",
            )
        )
    if inventories and objects not in {"auto", "inventory"}:
        raise UsageError(
            Text(
                en="--inventory-prefix needs --objects inventory or --objects auto.",
                ja="--inventory-prefix は --objects inventory または --objects auto と併せて指定してください。",
            )
        )


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
@option(
    "--objects",
    type=click.Choice(["off", "auto", "inventory", "list"]),
    default="off",
    show_default=True,
    words=Words(
        "Add what a scan with this --objects needs, as parts of their own.",
        "オブジェクトの確認(scan の --objects)に必要な権限を、区別して追加",
    ),
)
@option(
    "--inventory-prefix",
    "places",
    multiple=True,
    metavar="gs://BUCKET/PATH",
    words=Words(
        "Where inventory reports are written, may be repeated; only files below it may be read.",
        "インベントリレポートの出力先(複数指定可。この配下のファイルに限り読み取りを許可)",
    ),
)
@options.selecting
@options.lang
@options.debug
@click.pass_context
def gcs(
    ctx: click.Context,
    /,
    form: "google.Format",
    level: "google.Level",
    objects: str,
    places: tuple[str, ...],
    themes: tuple[str, ...],
    checks: tuple[str, ...],
) -> None:
    """Print the role for Google Cloud."""
    from cloudaudit.cli.choosing import chosen
    from cloudaudit.errors import UsageError
    from cloudaudit.providers.gcs.operations import OPERATIONS
    from cloudaudit.providers.gcs.permissions import condition_of, parts_of, render
    from cloudaudit.text import Text

    for place in places:
        if condition_of(place) is None:
            raise UsageError(
                Text(
                    en=f"{place} is no place of reports; write it like gs://inventory-reports/weekly.",
                    ja=f"{place} はレポートの出力先として指定できません。gs://inventory-reports/weekly の形式で"
                    "指定してください。",
                )
            )
    with printing():
        operations = chosen("gcs", parts_of(OPERATIONS, objects), themes, checks, language_of(ctx))
        click.echo(render(operations, form, level, places), nl=False)
