"""``cloudaudit doctor``: try each permission before a scan."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cloudaudit.cli import options, scan_aws, scan_gcs, scan_m365
from cloudaudit.cli.bilingual import Command, Group, Lazy, Words, language_of, option

if TYPE_CHECKING:  # --help need not import the engine
    from cloudaudit.providers import Session

F = TypeVar("F", bound=Callable[..., Any])
_FULL_PASS_DAYS = 7

_ABOUT = Words(
    "Try each permission once, with as few requests as can be, and tell what a scan would be blind for, which checks that "
    "costs, and what to grant. Exits with 0 when all is readable, with 3 when something is not.",
    "各権限を最小限のリクエストで一度ずつ試し、スキャン時に読み取れない項目、判定不能になるチェック、追加すべき権限を"
    "表示します。すべて読み取れる場合は終了コード 0、読み取れないものがある場合は 3 です。",
)


@click.group(
    cls=Group,
    words=_ABOUT,
    lazy={
        "aws": Lazy("cloudaudit.cli.doctor:aws", Words("Amazon Web Services.", "Amazon Web Services")),
        "gcs": Lazy(
            "cloudaudit.cli.doctor:gcs",
            Words("Google Cloud and Workspace.", "Google Cloud と Workspace"),
        ),
        "m365": Lazy("cloudaudit.cli.doctor:m365", Words("Microsoft 365.", "Microsoft 365")),
    },
)
def doctor() -> None:
    """Hold one command a provider."""


def _borrowed(command: click.Command, *names: str) -> list[click.Parameter]:
    """Return options of the scan, so that what works here works there."""
    return [parameter for parameter in command.params if parameter.name in names]


def _printed(function: F) -> F:
    function = options.debug(options.lang(function))
    return option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        words=Words("What to print.", "出力形式"),
    )(function)


@click.command(
    cls=Command,
    words=_ABOUT,
    params=_borrowed(scan_aws.aws, "profile", "role_arn", "external_id", "max_rps"),
)
@_printed
@click.pass_context
def aws(ctx: click.Context, /, *, role_arn: str | None, form: str, **given: Any) -> None:  # noqa: ANN401 - passed on by name
    """Try what a scan of AWS reads."""
    from cloudaudit.cli.doctoring import examine

    def connect() -> "Session":
        return scan_aws.session(role_arn=role_arn, region=None, concurrency=1, **given)

    ctx.exit(examine("aws", connect, scan_aws.role_faults(role_arn), form, language_of(ctx)))


@click.command(
    cls=Command,
    words=_ABOUT,
    params=_borrowed(
        scan_gcs.gcs,
        "projects",
        "organization",
        "folder",
        "customer",
        "workspace_admin",
        "credentials",
        "impersonate",
        "endpoint",
        "bulk",
        "max_rps",
    ),
)
@_printed
@click.pass_context
def gcs(ctx: click.Context, /, *, form: str, **given: Any) -> None:  # noqa: ANN401 - passed on by name
    """Try what a scan of Google reads."""
    from cloudaudit.cli.doctoring import examine

    def connect() -> "Session":
        return scan_gcs.session(concurrency=1, **given)

    faults = (
        *scan_gcs.id_faults(given["projects"], given["organization"], given["folder"], given["customer"]),
        *scan_gcs.address_faults(given["workspace_admin"], given["impersonate"]),
    )
    ctx.exit(examine("gcs", connect, faults, form, language_of(ctx)))


@click.command(
    cls=Command,
    words=_ABOUT,
    params=_borrowed(
        scan_m365.m365,
        "tenant",
        "client_id",
        "certificate",
        "device_code",
        "cloud",
        "endpoint",
        "sharing_changes",
        "max_rps",
    ),
)
@_printed
@click.pass_context
def m365(
    ctx: click.Context,
    /,
    *,
    tenant: str,
    certificate: Path | None,
    form: str,
    **given: Any,  # noqa: ANN401 - passed on by name
) -> None:
    """Try what a scan of Microsoft 365 reads."""
    from cloudaudit.cli.doctoring import examine
    from cloudaudit.providers.m365.connect import M365Options
    from cloudaudit.providers.m365.session import open_session

    def connect() -> "Session":
        asked = M365Options(
            tenant=tenant,
            certificate=certificate,
            previous=None,
            earlier=lambda _: (),
            full_pass=True,
            full_pass_days=_FULL_PASS_DAYS,
            concurrency=1,
            **given,
        )
        return open_session(asked, lambda text: click.echo(text.in_(language_of(ctx)), err=True))

    ctx.exit(examine("m365", connect, scan_m365.faults(tenant, certificate), form, language_of(ctx)))
