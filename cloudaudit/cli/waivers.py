"""``cloudaudit waivers``: look over the contracts by which failures are accepted."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Group, Lazy, Words, language_of, option
from cloudaudit.cli.streams import printing

if TYPE_CHECKING:  # --help must not pay for pydantic
    from cloudaudit.policy import AuditPolicy

_LINT = Words(
    "Look over a waiver file: what has ended, ends soon, is granted for too long, is too broad, names no check, or was "
    "approved by its own owner; with a result also what is unused. Exit 1 when something is wrong.",
    "受容ファイルを点検します。期限切れ・期限間近・期間超過・広すぎる対象・存在しないチェック・責任者自身による承認を"
    "報告します。--result を指定すると、不要になった受容も報告します。問題があれば終了コード 1 です。",
)


@click.group(
    cls=Group,
    words=Words("Look over the accepted failures.", "受容した不適合の一覧を点検します。"),
    lazy={
        "lint": Lazy("cloudaudit.cli.waivers:lint", Words("Look over a waiver file.", "受容ファイルを点検"))
    },
)
def waivers() -> None:
    """Hold the commands."""


@click.command(cls=Command, words=_LINT)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@option(
    "--waivers",
    shared=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    words=Words("The waiver file, where it is not the argument.", "受容ファイル(引数で指定しない場合)"),
)
@option(
    "--result",
    type=click.Path(path_type=Path),
    metavar="FILE",
    words=Words(
        "A result.json to hold them against; they are judged at its time.",
        "照合する result.json(判定日はその実施日時)",
    ),
)
@options.policy
@options.checks_dir
@options.lang
@options.debug
@click.pass_context
def lint(
    ctx: click.Context,
    file: Path | None,
    waivers: Path | None,
    result: Path | None,
    policy: "Path | AuditPolicy | None",
    checks_dir: Path | None,
) -> None:
    """Look over a waiver file."""
    from cloudaudit.cli.linting import look_over

    with printing():
        code = look_over(
            file or waivers,
            result=result,
            policy=policy,
            checks_dir=checks_dir,
            language=language_of(ctx),
        )
    ctx.exit(code)
