"""``cloudaudit scan m365``."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Words, languages_of, option
from cloudaudit.cli.telling import tell
from cloudaudit.text import Text

CLOUDS = ("global", "usgov", "usgovdod", "china")
_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}", re.ASCII)


@click.command(
    cls=Command,
    words=Words(
        "Scan a Microsoft 365 tenant: OneDrive, SharePoint and Entra ID. Only settings and sharing are read, file "
        "contents never, and nothing is changed. A secret is taken from AZURE_CLIENT_SECRET, never from an option.",
        "Microsoft 365 テナント(OneDrive、SharePoint、Entra ID)をスキャンします。設定と共有状況の読み取りのみで、"
        "ファイルの内容は読み取らず、変更も行いません。シークレットは環境変数 AZURE_CLIENT_SECRET で指定します。",
    ),
)
@option(
    "--tenant",
    required=True,
    metavar="ID",
    words=Words("Tenant id, or one of its domains.", "テナント ID またはテナントのドメイン"),
)
@option(
    "--client-id",
    metavar="ID",
    words=Words(
        "Application that reads; AZURE_CLIENT_ID by default.",
        "読み取りに使うアプリケーションの ID(既定は AZURE_CLIENT_ID)",
    ),
)
@option(
    "--certificate",
    type=click.Path(path_type=Path),
    metavar="FILE",
    words=Words(
        "Certificate with private key (PEM or PKCS#12); its password in AZURE_CLIENT_CERTIFICATE_PASSWORD.",
        "秘密鍵付き証明書(PEM または PKCS#12)。パスワードは AZURE_CLIENT_CERTIFICATE_PASSWORD で指定",
    ),
)
@option(
    "--device-code",
    is_flag=True,
    words=Words(
        "Sign in as a person, with a code entered in a browser; links and grants are then not assessed.",
        "ブラウザーでコードを入力し、ユーザーとしてサインイン(リンクと権限の付与は判定不能になります)",
    ),
)
@option(
    "--cloud",
    type=click.Choice(CLOUDS),
    default="global",
    show_default=True,
    words=Words("National cloud.", "ナショナルクラウド"),
)
@option(
    "--endpoint",
    metavar="URL",
    words=Words(
        "Stand-in for Graph on this machine; nobody signs in.", "本機上の Graph 代替サーバー(サインインなし)"
    ),
)
@option(
    "--previous",
    type=click.Path(path_type=Path),
    metavar="SNAPSHOT",
    words=Words(
        "Snapshot to go on from; by default the newest of this tenant in cloudaudit-out.",
        "差分の起点とするスナップショット(既定は cloudaudit-out 内の最新)",
    ),
)
@option(
    "--full-pass",
    is_flag=True,
    words=Words(
        "Go over every item of every drive, whatever the last snapshot says.",
        "前回の結果によらず、全ドライブの全アイテムを確認",
    ),
)
@option(
    "--sharing-changes",
    is_flag=True,
    words=Words(
        "Let Graph tell every change of sharing, so that each night is complete. Needs Sites.FullControl.All, which "
        "could also change everything; without it a full pass is made every few days instead.",
        "共有の変更をすべて Graph から取得し、毎回の確認を完全にします。変更も可能な強い権限 Sites.FullControl.All が"
        "必要です。指定しない場合は、数日ごとの全件確認で補います",
    ),
)
@options.scanning(concurrency=8)
@options.judging
@click.pass_context
def m365(  # noqa: PLR0913 - the options of the command
    ctx: click.Context,
    /,
    *,
    tenant: str,
    client_id: str | None,
    certificate: Path | None,
    device_code: bool,
    cloud: str,
    endpoint: str | None,
    previous: Path | None,
    full_pass: bool,
    sharing_changes: bool,
    max_rps: float | None,
    concurrency: int,
    **given: Any,  # noqa: ANN401 - passed on by name
) -> None:
    """Scan a tenant and leave with the exit code of its assessment."""
    from cloudaudit.cli.client_folder import output_root
    from cloudaudit.cli.output import earlier_snapshots, folder_to_resume
    from cloudaudit.cli.scanning import scan
    from cloudaudit.policy import policy_of
    from cloudaudit.providers import Session
    from cloudaudit.providers.m365.connect import M365Options
    from cloudaudit.providers.m365.session import open_session

    languages = languages_of(ctx)

    def earlier(account: str) -> tuple[Path, ...]:
        target = f"m365-{account}"
        root = output_root(given["client"])
        resumed = folder_to_resume(given["out"], target, root) if given["resume"] else None
        return earlier_snapshots(target, resumed, root)

    def connect() -> Session:
        policy = policy_of(given["policy"])
        return open_session(
            M365Options(
                tenant=tenant,
                client_id=client_id,
                certificate=certificate,
                device_code=device_code,
                cloud=cloud,
                endpoint=endpoint,
                previous=previous,
                earlier=earlier,
                full_pass=full_pass,
                full_pass_days=policy.full_pass_max_age_days,
                sharing_changes=sharing_changes,
                max_rps=max_rps,
                concurrency=concurrency,
            ),
            lambda text: tell(text, event="sign-in"),
        )

    ctx.exit(scan("m365", connect, tuple(faults(tenant, certificate)), languages=languages, **given))


def faults(tenant: str, certificate: Path | None) -> Iterator[Text]:
    """Yield what is wrong with the tenant's name and the certificate's path."""
    if _TENANT.fullmatch(tenant) is None:
        yield Text(
            en="--tenant takes a tenant's id or one of its domains, such as contoso.onmicrosoft.com.",
            ja="--tenant にはテナント ID またはドメイン(contoso.onmicrosoft.com など)を指定してください。",
        )
    if certificate is not None and not certificate.is_file():
        yield Text(
            en=f"There is no file {certificate}; check --certificate.",
            ja=f"ファイル {certificate} がありません。--certificate を確認してください。",
        )
