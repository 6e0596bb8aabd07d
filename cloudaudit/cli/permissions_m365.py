"""``cloudaudit permissions m365``: the application permissions that a scan needs."""

from typing import TYPE_CHECKING

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Words, language_of, option
from cloudaudit.cli.streams import printing

if TYPE_CHECKING:  # the list of requests need not be imported for --help
    from cloudaudit.providers.m365.permissions import Format


@click.command(
    cls=Command,
    words=Words(
        "Print the application permissions for a scan and the address of consent, made from the list of requests that "
        "a scan sends.",
        "スキャンに必要なアプリケーションの許可と管理者の同意用アドレスを、実際に送信するリクエストの一覧から生成して"
        "出力します。",
    ),
)
@option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "manifest"]),
    default="text",
    show_default=True,
    words=Words(
        "What to print: a list, JSON, or the part of a registration's manifest.",
        "出力形式(一覧、JSON、アプリ登録のマニフェスト)",
    ),
)
@option(
    "--tenant",
    default="{tenant}",
    metavar="ID",
    words=Words("Tenant in the address of consent.", "同意用アドレスに入れるテナント"),
)
@option(
    "--client-id",
    default="{client-id}",
    metavar="ID",
    words=Words("Application in the address of consent.", "同意用アドレスに入れるアプリケーション"),
)
@option(
    "--cloud",
    type=click.Choice(["global", "usgov", "usgovdod", "china"]),
    default="global",
    show_default=True,
    words=Words("National cloud.", "ナショナルクラウド"),
)
@option(
    "--sharing-changes",
    is_flag=True,
    words=Words(
        "Also what scan m365 --sharing-changes needs.", "scan m365 --sharing-changes に必要な許可を含める"
    ),
)
@options.selecting
@options.lang
@options.debug
@click.pass_context
def m365(  # noqa: PLR0913 - the options of the command
    ctx: click.Context,
    /,
    *,
    form: "Format",
    tenant: str,
    client_id: str,
    cloud: str,
    sharing_changes: bool,
    themes: tuple[str, ...],
    checks: tuple[str, ...],
) -> None:
    """Print the permissions for Microsoft 365."""
    from cloudaudit.cli.choosing import chosen
    from cloudaudit.providers.m365.clouds import CLOUDS
    from cloudaudit.providers.m365.operations import LIST_CHANGES, LIST_SHARING_CHANGES, OPERATIONS
    from cloudaudit.providers.m365.permissions import render, unnamed_ids

    operations = chosen("m365", OPERATIONS, themes, checks, language_of(ctx))
    if LIST_CHANGES in operations and LIST_SHARING_CHANGES not in operations:
        operations = (*operations, LIST_SHARING_CHANGES)
    text = render(
        operations,
        form,
        CLOUDS[cloud],
        tenant=tenant,
        client_id=client_id,
        sharing_changes=sharing_changes,
        language=language_of(ctx),
    )
    with printing():
        click.echo(text, nl=False)
    left_out = unnamed_ids(operations, CLOUDS[cloud], sharing_changes=sharing_changes)
    if form == "manifest" and left_out:
        names = ", ".join(left_out)
        note = Words(
            f"Not in the manifest, to be added by name: {names}",
            f"マニフェストに含まれていません(名前で追加してください): {names}",
        )
        click.echo(note.in_(language_of(ctx)), err=True)
