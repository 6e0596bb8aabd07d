"""``cloudaudit scan gcs``."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Words, languages_of, option
from cloudaudit.text import Text

if TYPE_CHECKING:  # --help need not import the engine
    from cloudaudit.providers.gcs.session import GcsSession

_PROJECT = re.compile(r"([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]|\d{1,19}", re.ASCII)
_NUMBER = re.compile(r"\d{1,19}", re.ASCII)
_CUSTOMER = re.compile(r"C[0-9A-Za-z]{5,20}|my_customer", re.ASCII)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@click.command(
    cls=Command,
    words=Words(
        "Scan Google Cloud Storage, Google identities and Workspace users. Only settings are read, and nothing is changed.",
        "Google Cloud Storage、Google の ID、Workspace のユーザーをスキャンします。設定の読み取りのみで、変更は行いません。",
    ),
)
@option(
    "--project",
    "projects",
    multiple=True,
    metavar="ID",
    words=Words(
        "Project to scan, by id or number, may be repeated; that of the credentials by default.",
        "対象プロジェクトの ID または番号(複数指定可。既定は認証情報のプロジェクト)",
    ),
)
@option(
    "--organization",
    metavar="NUMBER",
    words=Words("All projects of this organisation.", "組織の番号(組織内のすべてのプロジェクトが対象)"),
)
@option(
    "--folder",
    metavar="NUMBER",
    words=Words("All projects below this folder.", "フォルダの番号(配下のすべてのプロジェクトが対象)"),
)
@option(
    "--workspace-customer",
    "customer",
    metavar="ID",
    default="my_customer",
    words=Words(
        "Workspace customer whose users are read (C...); that of the credentials by default.",
        "ユーザーを読み取る Workspace の顧客 ID(C で始まる。既定は認証情報の顧客)",
    ),
)
@option(
    "--workspace-admin",
    metavar="EMAIL",
    words=Words(
        "Administrator on whose behalf a service account reads the users (domain-wide delegation).",
        "サービスアカウントがユーザーを読み取る際に代行する管理者(ドメイン全体の委任)",
    ),
)
@option(
    "--credentials",
    type=click.Path(path_type=Path),
    metavar="FILE",
    words=Words(
        "Credentials of a service account or a workload identity, instead of the default ones.",
        "サービスアカウントまたは Workload Identity の認証情報ファイル",
    ),
)
@option(
    "--impersonate",
    metavar="EMAIL",
    words=Words("Service account to act as.", "権限を借用するサービスアカウント"),
)
@option(
    "--endpoint",
    metavar="URL",
    words=Words(
        "Where to ask instead of Google; also STORAGE_EMULATOR_HOST.",
        "Google の代わりに接続する URL(STORAGE_EMULATOR_HOST でも指定可)",
    ),
)
@option(
    "--bulk",
    is_flag=True,
    words=Words(
        "Ask Cloud Asset Inventory for buckets and policies first; it lags by minutes.",
        "バケットと IAM ポリシーを Cloud Asset Inventory から一括で読み取る(数分の遅れがあります)",
    ),
)
@options.regions
@options.buckets
@options.objects("local", "spark", "bigquery")
@options.scanning(concurrency=16)
@options.judging
@click.pass_context
def gcs(  # noqa: PLR0913 - the options of the command
    ctx: click.Context,
    /,
    *,
    projects: tuple[str, ...],
    organization: str | None,
    folder: str | None,
    customer: str,
    workspace_admin: str | None,
    credentials: Path | None,
    impersonate: str | None,
    endpoint: str | None,
    bulk: bool,
    regions: tuple[str, ...],
    max_rps: float | None,
    concurrency: int,
    **given: Any,  # noqa: ANN401 - passed on by name
) -> None:
    """Scan Google projects and leave with the exit code of their assessment."""
    from cloudaudit.cli.forecasting import print_estimate
    from cloudaudit.cli.scanning import scan
    from cloudaudit.inventory.plan import Looking

    wish = options.objects_wish(given)

    def connect() -> "GcsSession":
        return session(
            projects=projects,
            organization=organization,
            folder=folder,
            customer=customer,
            workspace_admin=workspace_admin,
            credentials=credentials,
            impersonate=impersonate,
            endpoint=endpoint,
            bulk=bulk,
            objects=wish,
            max_rps=max_rps,
            concurrency=concurrency,
        )

    places = tuple(name.lower() for name in regions)
    faults = (
        *id_faults(projects, organization, folder, customer),
        *address_faults(workspace_admin, impersonate),
        *_place_faults(places, endpoint),
    )
    if wish.looking is Looking.ESTIMATE:
        language = languages_of(ctx)[0]
        ctx.exit(print_estimate(connect, faults, language, buckets=given["buckets"], regions=places))
    ctx.exit(
        scan("gcs", connect, faults, regions=places, languages=languages_of(ctx), objects=wish.label, **given)
    )


def session(*, projects: tuple[str, ...], **given: Any) -> "GcsSession":  # noqa: ANN401 - passed on by name
    """Connect with what the user gave, named as in ``GcsOptions``.

    Raises:
        CredentialsError: there are no credentials, or Google refuses them.
        UsageError: the libraries are not installed, or no project is named or of that name.
    """
    from cloudaudit.providers.gcs.connect import GcsOptions
    from cloudaudit.providers.gcs.session import open_session

    return open_session(GcsOptions(projects=tuple(dict.fromkeys(projects)), **given))


def id_faults(
    projects: tuple[str, ...], organization: str | None, folder: str | None, customer: str
) -> Iterator[Text]:
    """Yield what is wrong with the names of projects and of what lies above them."""
    for name in projects:
        if _PROJECT.fullmatch(name) is None:
            yield Text(
                en=f"{name} is no id of a project; write it like sample-project-1, or as a number.",
                ja=f"{name} はプロジェクト ID ではありません。sample-project-1 の形式か番号で指定してください。",
            )
    if organization and folder:
        yield Text(
            en="Give either --organization or --folder.",
            ja="--organization と --folder はいずれか一方を指定してください。",
        )
    for option_name, number in (("--organization", organization), ("--folder", folder)):
        if number is not None and _NUMBER.fullmatch(number) is None:
            yield Text(
                en=f"{number} is no number; give {option_name} one like 123456789012.",
                ja=f"{number} は番号ではありません。{option_name} は 123456789012 の形式で指定してください。",
            )
    if _CUSTOMER.fullmatch(customer) is None:
        yield Text(
            en=f"{customer} is no id of a Workspace customer; write it like C0123abcd.",
            ja=f"{customer} は Workspace の顧客 ID ではありません。C0123abcd の形式で指定してください。",
        )


def address_faults(*addresses: str | None) -> Iterator[Text]:
    """Yield what is wrong with mail addresses."""
    for address in addresses:
        if address is not None and _ADDRESS.fullmatch(address) is None:
            yield Text(
                en=f"{address} is no address; give --workspace-admin and --impersonate addresses like auditor@example.com.",
                ja=f"{address} はメールアドレスではありません。--workspace-admin と --impersonate は "
                "auditor@example.com の形式で指定してください。",
            )


def _place_faults(places: tuple[str, ...], endpoint: str | None) -> Iterator[Text]:
    if endpoint or os.environ.get("STORAGE_EMULATOR_HOST"):  # it may name its locations as it likes
        return
    from cloudaudit.cli.naming import unknown
    from cloudaudit.providers.gcs.locations import DUAL_REGIONS, MULTI_REGIONS, REGIONS

    where = Text(
        en="see --region or Google's list of bucket locations.", ja="--region の指定を確認してください。"
    )
    known = {*REGIONS, *DUAL_REGIONS, *MULTI_REGIONS}
    yield from unknown(places, known, Text(en="location", ja="ロケーション"), where)
