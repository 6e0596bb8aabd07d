"""``cloudaudit evidence``: the nights that were sealed."""

from pathlib import Path

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Group, Lazy, Words, language_of, option

_LIST = Words(
    "List the bundles in a folder by target and night, with gaps and until when each is to be kept. "
    "Nothing is verified or deleted.",
    "フォルダー内の証跡を対象・実施日ごとに一覧表示します(抜けている日、保管期限を含む。検証・削除は行いません)。",
)
_HEAD = Words(
    "Print the digest of each target's last night, for the auditor to keep: a chain that is cut off later then shows.",
    "対象ごとに最新の証跡の値(SHA-256)を表示します。監査人が控えておくと、後から末尾を取り除いても検出できます。",
)
_EXPORT = Words(
    "Seal a folder for hand-over. Private keys are left out, and the bundle says so.",
    "フォルダーを引き渡し用に封印します。秘密鍵は含めず、その旨を記録します。",
)


@click.group(
    cls=Group,
    words=Words(
        "List sealed evidence, print its head, hand it over.",
        "封印された証跡の一覧・末尾の値の表示・引き渡しを行います。",
    ),
    lazy={
        "list": Lazy("cloudaudit.cli.evidence:list_", Words("List nights and gaps.", "証跡と抜けを一覧表示")),
        "head": Lazy(
            "cloudaudit.cli.evidence:head", Words("Print the head of the chain.", "連鎖の末尾の値を表示")
        ),
        "export": Lazy("cloudaudit.cli.evidence:export", Words("Seal a folder.", "フォルダーを封印")),
    },
)
def evidence() -> None:
    """Hold the commands."""


@click.command("list", cls=Command, words=_LIST)
@click.argument("folder", type=click.Path(path_type=Path), default=Path("cloudaudit-out"))
@option(
    "--every",
    type=click.IntRange(1, 366),
    default=1,
    show_default=True,
    metavar="DAYS",
    words=Words("How many days lie between two scans.", "スキャンの間隔(日)"),
)
@options.lang
@options.debug
@click.pass_context
def list_(ctx: click.Context, folder: Path, every: int) -> None:
    """Print the nights of each target."""
    from cloudaudit.cli.listing import print_nights

    print_nights(folder, every, language_of(ctx))


@click.command(cls=Command, words=_HEAD)
@click.argument("folder", type=click.Path(path_type=Path), default=Path("cloudaudit-out"))
@options.lang
@options.debug
@click.pass_context
def head(ctx: click.Context, folder: Path) -> None:
    """Print the head of each target's chain."""
    from cloudaudit.cli.listing import print_heads

    print_heads(folder, language_of(ctx))


@click.command(cls=Command, words=_EXPORT)
@click.argument("folder", type=click.Path(path_type=Path))
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
    ctx: click.Context, folder: Path, out: Path | None, key: str | None, timestamp_url: str | None
) -> None:
    """Seal a folder, and print the path of the bundle."""
    from cloudaudit.cli.exporting import exported

    click.echo(str(exported(folder, out or Path(), key, timestamp_url, language_of(ctx))))
