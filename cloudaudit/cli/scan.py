"""``cloudaudit scan``: read an account, judge it, write the result."""

import click

from cloudaudit.cli.bilingual import Group, Lazy, Words


@click.group(
    cls=Group,
    words=Words(
        "Read an account, judge it, write the result.", "アカウントを読み取り、判定して結果を出力します。"
    ),
    lazy={
        "aws": Lazy(
            "cloudaudit.cli.scan_aws:aws",
            Words("Amazon Web Services.", "Amazon Web Services"),
        )
    },
)
def scan() -> None:
    """Hold one command a provider."""
