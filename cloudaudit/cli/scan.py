"""``cloudaudit scan``: read an account, judge it, write the result."""

from typing import Any

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Group, Lazy, Words, language_of, option


@click.group(
    cls=Group,
    words=Words(
        "Read an account, judge it, write the result.", "アカウントを読み取り、判定して結果を出力します。"
    ),
    lazy={
        "aws": Lazy(
            "cloudaudit.cli.scan:aws",
            Words("Amazon Web Services.", "Amazon Web Services"),
        )
    },
)
def scan() -> None:
    """Hold one command a provider."""


@click.command(
    cls=Command,
    words=Words(
        "Scan an AWS account with the ordinary boto3 credentials. Only settings are read, and nothing is changed.",
        "通常の boto3 の認証情報で AWS アカウントをスキャンします。設定の読み取りのみで、変更は行いません。",
    ),
)
@option(
    "--profile", metavar="NAME", words=Words("Profile of the AWS configuration.", "AWS 設定のプロファイル名")
)
@option("--role-arn", metavar="ARN", words=Words("Role to assume in the account.", "引き受けるロールの ARN"))
@option("--external-id", metavar="ID", words=Words("External id for that role.", "ロールの外部 ID"))
@option(
    "--region",
    "regions",
    multiple=True,
    metavar="NAME",
    words=Words("Only this region, may be repeated.", "対象リージョン(複数指定可)"),
)
@option(
    "--theme",
    "themes",
    multiple=True,
    metavar="NAME",
    words=Words("Only checks of this theme, may be repeated.", "対象テーマ(複数指定可)"),
)
@option(
    "--check",
    "checks",
    multiple=True,
    metavar="ID",
    words=Words("Only this check, may be repeated.", "対象チェック(複数指定可)"),
)
@option(
    "--bucket",
    "buckets",
    multiple=True,
    metavar="NAME",
    words=Words("Only this bucket, may be repeated.", "対象バケット(複数指定可)"),
)
@option("--resume", is_flag=True, words=Words("Go on with an interrupted scan.", "中断したスキャンを再開"))
@option(
    "--max-rps",
    type=click.FloatRange(min=0, min_open=True),
    metavar="N",
    words=Words("Requests a second at most.", "1 秒あたりの最大リクエスト数"),
)
@option(
    "--concurrency",
    type=click.IntRange(1, 512),
    default=32,
    show_default=True,
    metavar="N",
    words=Words("Requests in flight at most.", "同時リクエスト数の上限"),
)
@options.judging
@click.pass_context
def aws(ctx: click.Context, /, **given: Any) -> None:  # noqa: ANN401 - passed on by name
    """Scan an AWS account and leave with the exit code of its assessment."""
    from cloudaudit.cli.scanning import scan_aws

    ctx.exit(scan_aws(language=language_of(ctx), **given))
