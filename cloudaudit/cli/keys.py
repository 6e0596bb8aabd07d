"""``cloudaudit keys``: the key that signs evidence."""

from pathlib import Path

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Group, Lazy, Words, language_of, option

_NEW = Words(
    "Make a signing key, encrypted with a passphrase (asked for, or CLOUDAUDIT_KEY_PASSPHRASE). "
    "One that is there is never overwritten.",
    "パスフレーズで暗号化した署名鍵を作成します(パスフレーズは入力、または CLOUDAUDIT_KEY_PASSPHRASE で指定)。"
    "既存の鍵は上書きしません。",
)
_SHOW = Words(
    "Print the public key and the certificate of a key, for those who verify; the fingerprint goes to standard error.",
    "検証する人に渡す公開鍵と証明書を表示します(フィンガープリントは標準エラー出力に表示)。",
)


@click.group(
    cls=Group,
    words=Words("Make and show the key that signs evidence.", "証跡の署名鍵を作成・表示します。"),
    lazy={
        "new": Lazy("cloudaudit.cli.keys:new", Words("Make a key.", "鍵を作成")),
        "show": Lazy("cloudaudit.cli.keys:show", Words("Print the public half.", "公開鍵を表示")),
    },
)
def keys() -> None:
    """Hold the commands."""


@click.command(cls=Command, words=_NEW)
@option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    words=Words(
        "The file to make; signing.key in your configuration folder by default.",
        "作成するファイル(既定はユーザーの設定フォルダーの signing.key)",
    ),
)
@option(
    "--name",
    required=True,
    metavar="NAME",
    words=Words(
        "Whom the certificate in signed PDFs names: a company or a person.",
        "PDF の署名に表示する名称(事業者名または氏名)",
    ),
)
@options.lang
@options.debug
@click.pass_context
def new(ctx: click.Context, out: Path | None, name: str) -> None:
    """Make a key, and tell where it is."""
    from cloudaudit.cli.keeping import new_key

    click.echo(new_key(out, name).in_(language_of(ctx)), err=True)


@click.command(cls=Command, words=_SHOW)
@options.key
@options.lang
@options.debug
@click.pass_context
def show(ctx: click.Context, key: str | None) -> None:
    """Print the public half of a key."""
    from cloudaudit.cli.keeping import shown_key

    pem, told = shown_key(key)
    click.echo(pem.decode(), nl=False)
    click.echo(told.in_(language_of(ctx)), err=True)
