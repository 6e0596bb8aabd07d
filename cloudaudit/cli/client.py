"""``cloudaudit client``: a folder for everything of one client."""

from datetime import datetime
from pathlib import Path

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Group, Lazy, Words, language_of, option

_ROOT = option(
    "--root",
    type=click.Path(path_type=Path),
    metavar="DIR",
    default="clients",
    show_default=True,
    words=Words("Folder that holds the clients.", "顧客フォルダーを置く場所"),
)


@click.group(
    cls=Group,
    words=Words(
        "Make, list, hand over and remove the folders of clients: each holds everything of one client, for its owner "
        "alone.",
        "顧客ごとのフォルダーを作成・一覧表示・引き渡し・消去します(顧客の情報をまとめて、本人だけが読める状態で保管)。",
    ),
    lazy={
        "new": Lazy("cloudaudit.cli.client:new", Words("Make a client's folder.", "顧客フォルダーを作成")),
        "list": Lazy("cloudaudit.cli.client:list_", Words("List the clients.", "顧客の一覧を表示")),
        "export": Lazy(
            "cloudaudit.cli.client:export",
            Words("Seal a client's folder for hand-over.", "顧客フォルダーを引き渡し用に封印"),
        ),
        "forget": Lazy(
            "cloudaudit.cli.client:forget",
            Words("Remove a client's folder and say what remains.", "顧客フォルダーを消去し、残るものを表示"),
        ),
    },
)
def client() -> None:
    """Hold the commands."""


@click.command(
    cls=Command,
    words=Words(
        "Make a folder for a client, readable by its owner alone, with its own key of the pseudonyms, a cloudaudit.toml "
        "to fill in, and, where a passphrase is given (asked for, or CLOUDAUDIT_KEY_PASSPHRASE), its own signing key.",
        "顧客用のフォルダーを作成します。本人だけが読め、専用の仮名化の鍵、記入用の cloudaudit.toml、および"
        "パスフレーズを指定した場合(入力または CLOUDAUDIT_KEY_PASSPHRASE)は専用の署名鍵を含みます。",
    ),
)
@click.argument("name")
@_ROOT
@option(
    "--title",
    default="",
    metavar="TEXT",
    words=Words("Name in reports; NAME by default.", "レポートに表示する名称(既定は NAME)"),
)
@option(
    "--contact",
    default="",
    metavar="TEXT",
    words=Words("Person in charge, for reports.", "レポートに表示する担当者"),
)
@option(
    "--logo",
    type=click.Path(path_type=Path),
    metavar="FILE",
    words=Words(
        "Logo for reports, PNG or JPEG up to 100 KiB.", "レポートに表示するロゴ(100 KiB までの PNG・JPEG)"
    ),
)
@option(
    "--authorised-by",
    default="",
    metavar="TEXT",
    words=Words("Who allowed the audit, with the office.", "点検を承諾した人(役職と氏名)"),
)
@option("--scope", default="", metavar="TEXT", words=Words("What was allowed.", "承諾の範囲"))
@option(
    "--from",
    "since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    words=Words("First day that was allowed.", "承諾期間の開始日"),
)
@option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    words=Words("Last day that was allowed.", "承諾期間の終了日(当日を含む)"),
)
@option(
    "--document",
    default="",
    metavar="TEXT",
    words=Words("Where the authorisation is written.", "承諾を記載した文書"),
)
@options.lang
@options.debug
@click.pass_context
def new(  # noqa: PLR0913 - the options of the command
    ctx: click.Context,
    /,
    *,
    name: str,
    root: Path,
    title: str,
    contact: str,
    logo: Path | None,
    authorised_by: str,
    scope: str,
    since: datetime | None,
    until: datetime | None,
    document: str,
) -> None:
    """Make a client's folder."""
    from cloudaudit.cli.clients import NewClient, make_client

    told = make_client(
        NewClient(
            name=name,
            root=root,
            title=title or name,
            contact=contact,
            logo=logo,
            authorised_by=authorised_by,
            scope=scope,
            since=since.date() if since else None,
            until=until.date() if until else None,
            document=document,
        )
    )
    for text in told:
        click.echo(text.in_(language_of(ctx)))


@click.command(
    "list",
    cls=Command,
    words=Words("List the clients, with their authorisation.", "顧客の一覧と承諾の状況を表示します。"),
)
@_ROOT
@options.lang
@options.debug
@click.pass_context
def list_(ctx: click.Context, /, *, root: Path) -> None:
    """List the clients."""
    from cloudaudit.cli.clients import listed_clients
    from cloudaudit.cli.streams import printing
    from cloudaudit.visible import visible

    with printing():
        for text in listed_clients(root):
            click.echo(visible(text.in_(language_of(ctx))))


@click.command(
    cls=Command,
    words=Words(
        "Seal a client's folder for hand-over, with its own signing key where it has one. The keys stay here, and the "
        "bundle says so.",
        "顧客フォルダーを引き渡し用に封印します(専用の署名鍵があれば使用)。鍵は含めず、その旨を記録します。",
    ),
)
@click.argument("name")
@_ROOT
@option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    words=Words(
        "Folder for the bundle; the current one by default.", "出力フォルダー(既定は現在のフォルダー)"
    ),
)
@options.key
@options.timestamp_url
@options.lang
@options.debug
@click.pass_context
def export(
    ctx: click.Context,
    /,
    *,
    name: str,
    root: Path,
    out: Path | None,
    key: str | None,
    timestamp_url: str | None,
) -> None:
    """Seal a client's folder, and print the path of the bundle."""
    from cloudaudit.cli.clients import export_client

    click.echo(str(export_client(name, root, out or Path(), key, timestamp_url, language_of(ctx))))


@click.command(
    cls=Command,
    words=Words(
        "Remove a client's folder with everything in it, and say what this cannot remove.",
        "顧客フォルダーを中身ごと消去し、消去できないものを表示します。",
    ),
)
@click.argument("name")
@_ROOT
@option("--yes", is_flag=True, words=Words("Do not ask.", "確認せずに実行"))
@options.lang
@options.debug
@click.pass_context
def forget(ctx: click.Context, /, *, name: str, root: Path, yes: bool) -> None:
    """Remove a client's folder."""
    from cloudaudit.cli.clients import contents_of, forget_client
    from cloudaudit.visible import visible

    language = language_of(ctx)
    folder, question = contents_of(name, root)
    if not yes:
        click.confirm(visible(question.in_(language)), abort=True, err=True)
    for text in forget_client(folder):
        click.echo(visible(text.in_(language)))
