"""Credentials: found the ordinary way by azure-identity, and asked for nothing but reads."""

import importlib.util
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol, cast
from urllib.parse import quote, urlsplit

import msgspec
from msgspec import Struct

from cloudaudit.errors import CredentialsError, UsageError
from cloudaudit.providers.m365.clouds import CLOUDS, GLOBAL, Place
from cloudaudit.text import Text

CERTIFICATE = "AZURE_CLIENT_CERTIFICATE_PATH"
CERTIFICATE_PASSWORD = "AZURE_CLIENT_CERTIFICATE_PASSWORD"  # noqa: S105 - the name of a variable
CLIENT_ID = "AZURE_CLIENT_ID"
CLIENT_SECRET = "AZURE_CLIENT_SECRET"  # noqa: S105 - the name of a variable
FEDERATED_FILE = "AZURE_FEDERATED_TOKEN_FILE"
AUTHORITY = "AZURE_AUTHORITY_HOST"
GITHUB_URL = "ACTIONS_ID_TOKEN_REQUEST_URL"
GITHUB_TOKEN = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"  # noqa: S105 - the name of a variable
GITHUB_SECONDS = 30

Prompt = Callable[[Text], None]
"""Shows a person a sentence and does not wait."""


class AccessToken(Protocol):
    """A token as azure-identity returns it."""

    @property
    def token(self) -> str:
        """What is sent."""
        ...

    @property
    def expires_on(self) -> int:
        """Unix time at which it ends."""
        ...


class Credential(Protocol):
    """Obtains tokens; keeps them until shortly before they end, and then renews them."""

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:  # noqa: ANN401 - azure-identity's signature
        """Return a token for these scopes."""
        ...


class SignIn(Struct, frozen=True, kw_only=True):
    """How tokens are obtained, and for whom.

    Attributes:
        scopes: what to ask for.
        identity: who reads, for the record.
        delegated: whether a person signed in, so that only what that person may see is answered.
    """

    credential: Any
    scopes: tuple[str, ...]
    identity: str
    delegated: bool = False


@dataclass(frozen=True, kw_only=True)
class M365Options:
    """How to reach a tenant.

    Attributes:
        tenant: id of the tenant, or one of its domains.
        certificate: file with certificate and private key, PEM or PKCS#12.
        device_code: whether a person signs in, on another device.
        cloud: one of ``CLOUDS``.
        endpoint: URL of a fake on this machine that stands in for the cloud; nobody signs in for that.
        previous: snapshot of an earlier night, whose delta links and shared items this run goes on from.
        earlier: finds such snapshots of a tenant id, the newest first, where ``previous`` names none.
        full_pass: whether every drive is read from its beginning whatever the earlier snapshot says.
        sharing_changes: whether delta is asked for changes of permissions, which needs Sites.FullControl.All.
        full_pass_days: after how many days a drive is read from its beginning again.
        max_rps: requests a second; None for no limit of our own.
        concurrency: requests in flight at most.
        retries: how often a call that failed in passing is tried again.
        read_timeout: seconds without a byte of the answer after which the network is held to have failed.
    """

    tenant: str
    client_id: str | None = None
    certificate: Path | None = None
    device_code: bool = False
    cloud: str = GLOBAL
    endpoint: str | None = None
    previous: Path | None = None
    earlier: Callable[[str], Sequence[Path]] = lambda _: ()
    full_pass: bool = False
    full_pass_days: int = 7
    sharing_changes: bool = False
    max_rps: float | None = None
    concurrency: int = 8
    retries: int = 6
    read_timeout: float = 60


def place_of(options: M365Options) -> Place:
    """Return the cloud, or the fake that stands in for it.

    Raises:
        UsageError: there is no such cloud, or the endpoint is not on this machine.
    """
    place = CLOUDS.get(options.cloud)
    if place is None:
        names = ", ".join(CLOUDS)
        raise UsageError(
            Text(
                en=f"There is no cloud {options.cloud}; --cloud takes {names}.",
                ja=f"クラウド {options.cloud} は存在しません。--cloud には {names} のいずれかを指定してください。",
            )
        )
    if options.endpoint is None:
        return place
    parts = urlsplit(options.endpoint)
    local = msgspec.structs.replace(place, graph=f"{parts.scheme}://{parts.netloc}")
    if parts.scheme not in {"http", "https"} or not local.is_local or "@" in parts.netloc:
        raise UsageError(
            Text(
                en="--endpoint is for a stand-in on this machine only; give a URL like http://127.0.0.1:8080.",
                ja="--endpoint には本機上の代替サーバーのみ指定できます。"
                "http://127.0.0.1:8080 の形式で指定してください。",
            )
        )
    return local


def sign_in(options: M365Options, place: Place, scopes: tuple[str, ...], prompt: Prompt) -> SignIn:
    """Find credentials; a person is asked to sign in only where ``device_code`` says so.

    Args:
        options: what the user gave.
        place: the cloud.
        scopes: delegated permissions to ask a person for; an application has what it was granted.
        prompt: shows a person the code to enter.

    Raises:
        CredentialsError: there are none, or they cannot be used.
        UsageError: the SDK is not installed.
    """
    if options.endpoint is not None:
        # What a person would see of it can be tried out too.
        return SignIn(credential=_Nobody(), scopes=(), identity="stand-in", delegated=options.device_code)
    try:
        import azure.identity as sdk

        _find_sdk()
    except ImportError as error:
        raise UsageError(
            Text(
                en="The Microsoft Graph SDK is not installed; run: pip install 'cloudaudit[m365]'.",
                ja="Microsoft Graph SDK がインストールされていません。"
                "pip install 'cloudaudit[m365]' を実行してください。",
            )
        ) from error
    for name in ("azure", "msal"):
        # Where nobody has set up logging, Python itself would print these libraries' warnings, which quote what
        # Microsoft answered, beside our one sentence.
        logging.getLogger(name).addHandler(logging.NullHandler())
    return _with(cast("Any", sdk), options, place, scopes, prompt)


def _find_sdk() -> None:
    """Raise ImportError where msgraph-sdk is not installed, without paying for its import yet."""
    if importlib.util.find_spec("msgraph") is None:
        message = "msgraph"
        raise ImportError(message)


def _with(sdk: Any, options: M365Options, place: Place, scopes: tuple[str, ...], prompt: Prompt) -> SignIn:  # noqa: ANN401 - used by name
    environ = os.environ
    client = options.client_id or environ.get(CLIENT_ID)
    if not client:
        raise CredentialsError(
            Text(
                en="It is not known which application reads; pass --client-id or set AZURE_CLIENT_ID.",
                ja="読み取りに使用するアプリケーションが不明です。--client-id または環境変数 AZURE_CLIENT_ID を"
                "指定してください。",
            )
        )
    common: dict[str, Any] = {
        "tenant_id": options.tenant,
        "client_id": client,
        "authority": environ.get(AUTHORITY) or place.login,
        # Neither headers nor bodies of sign-in requests are for a log, whatever the process's logging does.
        "logging_enable": False,
    }
    if environ.get(AUTHORITY):
        # An authority of one's own need not be known to Microsoft.
        common["disable_instance_discovery"] = True
    app = SignIn(
        credential=None, scopes=(f"{place.graph}/.default",), identity=f"app:{client}", delegated=False
    )
    try:
        if options.device_code:
            return _person(sdk, common, tuple(f"{place.graph}/{scope}" for scope in scopes), prompt)
        credential = _application(sdk, common, options, place, environ)
    except (ValueError, OSError) as error:
        # The message may quote what is in the file; its kind says enough.
        name = type(error).__name__
        raise CredentialsError(
            Text(
                en=f"The certificate or token file cannot be used ({name}); check the file and its password.",
                ja=f"証明書またはトークンのファイルを利用できません({name})。"
                "ファイルとパスワードを確認してください。",
            )
        ) from error
    if credential is None:
        raise CredentialsError(
            Text(
                en="There are no credentials; pass --certificate, set AZURE_CLIENT_SECRET or "
                "AZURE_FEDERATED_TOKEN_FILE, or sign in with --device-code.",
                ja="認証情報が見つかりません。--certificate、環境変数 AZURE_CLIENT_SECRET または "
                "AZURE_FEDERATED_TOKEN_FILE を指定するか、--device-code でサインインしてください。",
            )
        )
    return msgspec.structs.replace(app, credential=credential)


def _application(
    sdk: Any,  # noqa: ANN401 - used by name
    common: Mapping[str, Any],
    options: M365Options,
    place: Place,
    environ: Mapping[str, str],
) -> Credential | None:
    """Return the credential of an application: the one named first, else what the environment holds."""
    certificate = str(options.certificate or environ.get(CERTIFICATE) or "")
    if certificate:
        password = environ.get(CERTIFICATE_PASSWORD)
        return cast(
            "Credential",
            sdk.CertificateCredential(**common, certificate_path=certificate, password=password),
        )
    if secret := environ.get(CLIENT_SECRET):
        return cast("Credential", sdk.ClientSecretCredential(**common, client_secret=secret))
    if file := environ.get(FEDERATED_FILE):
        return cast("Credential", sdk.WorkloadIdentityCredential(**common, token_file_path=file))
    if environ.get(GITHUB_URL) and environ.get(GITHUB_TOKEN):
        assertion = partial(_github_assertion, place.audience)
        return cast("Credential", sdk.ClientAssertionCredential(**common, func=assertion))
    return None


class _GithubToken(Struct, frozen=True):
    value: str


def _github_assertion(audience: str) -> str:
    """Return a fresh token of the GitHub job that runs this, for Entra ID to exchange."""
    import urllib.request

    url = os.environ[GITHUB_URL] + f"&audience={quote(audience, safe='')}"
    if not url.startswith("https://"):
        message = "the address of the job's tokens is not https"
        raise ValueError(message)
    request = urllib.request.Request(url)  # noqa: S310 - https, as was just checked
    # A redirect must not carry the job's own token elsewhere.
    request.add_unredirected_header("Authorization", f"Bearer {os.environ[GITHUB_TOKEN]}")
    with urllib.request.urlopen(request, timeout=GITHUB_SECONDS) as answer:  # noqa: S310 - likewise
        return msgspec.json.decode(answer.read(), type=_GithubToken).value


def _person(sdk: Any, common: Mapping[str, Any], scopes: tuple[str, ...], prompt: Prompt) -> SignIn:  # noqa: ANN401
    def show(address: str, code: str, _until: object) -> None:
        prompt(
            Text(
                en=f"To sign in, open {address} and enter the code {code}.",
                ja=f"サインインするには {address} を開き、コード {code} を入力してください。",
            )
        )

    credential = sdk.DeviceCodeCredential(
        **common,
        prompt_callback=show,
        # Once signed in, nobody may be there any more to sign in again: the run stops and can be resumed.
        disable_automatic_authentication=True,
    )
    from azure.core.exceptions import AzureError

    try:
        record = credential.authenticate(scopes=scopes)
    except AzureError as error:
        raise CredentialsError(
            unreachable(type(error).__name__) if is_network(error) else refused(error)
        ) from error
    return SignIn(credential=credential, scopes=scopes, identity=str(record.username), delegated=True)


class _NoToken(Struct, frozen=True):
    token: str = "stand-in"  # noqa: S105 - there is nothing to keep secret
    expires_on: int = 2**40


class _Nobody:
    """What a stand-in on this machine is sent, so that no real token ever reaches it."""

    def get_token(self, *_scopes: str, **_options: object) -> AccessToken:
        """Return a token that is none."""
        return _NoToken()


def is_network(error: BaseException) -> bool:
    """Whether a sign-in failed because nothing answered; azure-identity calls that a refusal too, with its cause."""
    from azure.core.exceptions import ServiceRequestError, ServiceResponseError

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ServiceRequestError | ServiceResponseError):
            return True
        cause = cause.__cause__
    return False


def unreachable(reason: str) -> Text:
    """Return the sentence for a cloud that does not answer."""
    return Text(
        en=f"Microsoft cannot be reached ({reason}); check the network, the proxy and --cloud.",
        ja=f"Microsoft に接続できません({reason})。ネットワーク、プロキシ、--cloud を確認してください。",
    )


def refused(error: Exception) -> Text:
    """Return the sentence for a sign-in that failed; of the message only Microsoft's error code is kept."""
    message = str(error)
    code = next((word.strip(":,.'\"") for word in message.split() if word.startswith("AADSTS")), "")
    reason = code or type(error).__name__
    if code in WRONG_TENANT:
        return Text(
            en=f"Microsoft does not know this tenant ({code}); check --tenant and --cloud.",
            ja=f"指定されたテナントが見つかりません({code})。--tenant と --cloud を確認してください。",
        )
    return Text(
        en=f"Microsoft does not accept the credentials ({reason}); check the application, its certificate or "
        "secret, and --tenant.",
        ja=f"認証情報が受け付けられませんでした({reason})。アプリケーション、証明書またはシークレット、"
        "--tenant を確認してください。",
    )


WRONG_TENANT = frozenset({"AADSTS90002", "AADSTS900023", "AADSTS900021", "AADSTS50059"})
"""Tenant not found, malformed, not allowed, or not told by the request."""
