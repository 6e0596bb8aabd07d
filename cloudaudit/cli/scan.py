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
        ),
        "gcs": Lazy(
            "cloudaudit.cli.scan_gcs:gcs",
            Words("Google Cloud Storage and Google identities.", "Google Cloud Storage と Google の ID"),
        ),
        "m365": Lazy(
            "cloudaudit.cli.scan_m365:m365",
            Words(
                "Microsoft 365: OneDrive, SharePoint, Entra ID.",
                "Microsoft 365(OneDrive、SharePoint、Entra ID)",
            ),
        ),
    },
)
def scan() -> None:
    """Hold one command a provider."""
