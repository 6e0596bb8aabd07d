"""``cloudaudit verify``: verify sealed evidence, offline."""

from pathlib import Path

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Words, language_of, option


@click.command(
    cls=Command,
    words=Words(
        "Verify sealed evidence (or a signed PDF), offline. Nothing is trusted but what you name; "
        "without --key the signer is unknown and it does not verify (exit code 4).",
        "封印された証跡(または署名済み PDF)をオフラインで検証します。指定したもの以外は信頼しません。"
        "--key がない場合は署名者を確認できないため、検証済みとはしません(終了コード 4)。",
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@option(
    "--key",
    "keys",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PUBKEY",
    words=Words(
        "Public key of a signer (the output of `cloudaudit keys show`), may be repeated.",
        "署名者の公開鍵(cloudaudit keys show の出力。複数指定可)",
    ),
)
@option(
    "--tsa-ca",
    "authorities",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    words=Words(
        "Root certificate of the timestamp authority; every night must then bear its timestamp.",
        "時刻認証局のルート証明書(指定時はすべての証跡にタイムスタンプを要求)",
    ),
)
@option(
    "--chain",
    type=click.Path(path_type=Path),
    metavar="DIR",
    words=Words("Folder with the target's nights, to verify the chain.", "連鎖を検証する証跡のフォルダー"),
)
@option(
    "--head",
    default="",
    metavar="DIGEST",
    words=Words(
        "The digest that you kept (`cloudaudit evidence head`).",
        "控えておいた値(cloudaudit evidence head の出力)",
    ),
)
@option(
    "--no-judge",
    is_flag=True,
    words=Words("Do not judge the snapshot again.", "スナップショットの再判定を行わない"),
)
@options.checks_dir
@options.lang
@options.debug
@click.pass_context
def verify(  # noqa: PLR0913, PLR0917 - the options of the command
    ctx: click.Context,
    file: Path,
    keys: tuple[Path, ...],
    authorities: tuple[Path, ...],
    chain: Path | None,
    head: str,
    no_judge: bool,  # noqa: FBT001 - click's own signature
    checks_dir: Path | None,
) -> None:
    """Verify a file, say what holds and what was not looked at, and leave with 0 or 4."""
    from cloudaudit.cli.verifying import Named, verified

    named = Named(keys=keys, authorities=authorities, chain=chain, head=head, checks_dir=checks_dir)
    ctx.exit(verified(file, named, language_of(ctx), judge=not no_judge))
