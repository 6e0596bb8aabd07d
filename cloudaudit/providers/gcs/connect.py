"""Credentials, and the one place where connections to Google are built: read-only, counted, within a budget."""

import json
import os
import threading
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from cloudaudit.errors import CredentialsError, UsageError
from cloudaudit.inventory.plan import NO_WISH, ObjectsWish
from cloudaudit.text import Text

READ_SCOPE = "https://www.googleapis.com/auth/cloud-platform.read-only"
STORAGE_SCOPE = "https://www.googleapis.com/auth/devstorage.full_control"
"""Google documents that a token of a read-only scope cannot read ACLs, and that only this one (or the broad one) can; the
read-only guard and the custom role are what keeps it to reading. https://cloud.google.com/storage/docs/oauth-scopes"""

MONITORING_SCOPE = "https://www.googleapis.com/auth/monitoring.read"
BROAD_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
"""What those APIs ask for that know no narrower scope for reading, as their discovery documents list them."""

BROAD_SERVICES = frozenset(
    {
        "accesscontextmanager",
        "cloudasset",
        "cloudkms",
        "iam",
        "orgpolicy",
        "storageinsights",
        "storagetransfer",
    }
)
ADMIN = "admin"
DIRECTORY_SCOPE = "https://www.googleapis.com/auth/admin.directory.user.readonly"
EMULATOR = "STORAGE_EMULATOR_HOST"
SCHEMES = ("http://", "https://")
FILE_TYPES = frozenset(
    {
        "authorized_user",
        "external_account",
        "external_account_authorized_user",
        "impersonated_service_account",
        "service_account",
    }
)


@dataclass(frozen=True, kw_only=True)
class GcsOptions:
    """What to reach, and how.

    Attributes:
        projects: ids or numbers; none for the project of the credentials.
        organization: number of the organisation whose projects are read, all of them.
        folder: likewise of a folder.
        customer: Workspace customer id, or ``my_customer``.
        workspace_admin: administrator on whose behalf a service account reads the directory (domain-wide delegation).
        credentials: file to use instead of the application default credentials.
        impersonate: service account to act as.
        endpoint: URL that answers instead of Google; None for STORAGE_EMULATOR_HOST, or Google itself.
        bulk: ask Cloud Asset Inventory first.
        objects: whether and how objects are looked at.
        max_rps: requests a second over all services and threads; None for no limit of our own.
        concurrency: requests in flight at most.
        retries: how often a call is tried again when Google is busy; after other failures it is three times at most.
        read_timeout: seconds without a byte of the answer after which the network is held to have failed.
    """

    projects: tuple[str, ...] = ()
    organization: str | None = None
    folder: str | None = None
    customer: str = "my_customer"
    workspace_admin: str | None = None
    credentials: Path | None = None
    impersonate: str | None = None
    endpoint: str | None = None
    bulk: bool = False
    objects: ObjectsWish = NO_WISH
    max_rps: float | None = None
    concurrency: int = 16
    retries: int = 8
    read_timeout: float = 30


class Endpoint:
    """Where the APIs are.

    With an endpoint of one's own, the storage API is at it (as emulators have it) and each other API below it, under the
    name of its host: ``http://127.0.0.1:9000/iam.googleapis.com/v1/roles/storage.admin``.
    """

    def __init__(self, url: str | None) -> None:
        self.url = url.rstrip("/") if url else None

    def base_of(self, service: str) -> str:
        """Return the URL before the path of a service's operations."""
        host = f"{service}.googleapis.com"
        if self.url is None:
            return f"https://{host}"
        return self.url if service == "storage" else f"{self.url}/{host}"


class Connections:
    """Sessions with the credentials of each scope, and the storage client; built on first use.

    Attributes:
        project: project of the credentials; empty when they name none.
        identity: the principal that reads, in Google's words.
        accepted: scopes with which something was answered.
    """

    def __init__(
        self,
        credentials_for: Callable[[str], Any],
        options: GcsOptions,
        endpoint: Endpoint,
        *,
        project: str,
        identity: str,
    ) -> None:
        from cloudaudit.providers.gcs.transport import Budget, Reads

        self._credentials_for = credentials_for
        self._options = options
        self._lock = threading.Lock()
        self._sessions: dict[str, Any] = {}
        self._storage: Any = None
        self.endpoint = endpoint
        self.project = project
        self.identity = identity
        self.budget = Budget(options.max_rps)
        self._reads = Reads(endpoint.base_of, objects=options.objects.reads)
        self._latest = threading.local()
        self.accepted: set[str] = set()
        self.timeout = (5.0, options.read_timeout)

    def session(self, service: str) -> Any:  # noqa: ANN401 - google-auth is typed in part only
        """Return the session that carries the narrowest scope that a service takes."""
        scope = scope_of(service)
        session = self._sessions.get(scope)
        if session is None:
            with self._lock:
                session = self._sessions.get(scope) or self._build(scope)
                self._sessions[scope] = session
        return session

    def storage(self) -> Any:  # noqa: ANN401 - the client has no types
        """Return the storage client."""
        if self._storage is None:
            session = self.session("storage")
            with self._lock:
                # Another thread may have been faster.
                if self._storage is None:
                    self._storage = self._storage_client(session)
        return self._storage

    def announce_reports(self, bucket: str, prefix: str) -> None:
        """Let the files of one inventory report configuration through the guard; see ``Reads.announce``."""
        self._reads.announce(bucket, prefix)

    def request_id(self) -> str:
        """Return Google's id of this thread's latest request; empty where the API names none."""
        return str(getattr(self._latest, "request_id", ""))

    def _note(self, headers: Mapping[str, str]) -> None:
        self._latest.request_id = headers.get("X-GUploader-UploadID", "")

    def close(self) -> None:
        """Close every connection."""
        for session in self._sessions.values():
            session.close()

    def _build(self, scope: str) -> Any:  # noqa: ANN401 - google-auth is typed in part only
        from cloudaudit.providers.gcs.transport import ReadOnlyAdapter, guarded_session

        adapter = ReadOnlyAdapter(
            self._reads,
            self.budget,
            note=self._note,
            retries=self._options.retries,
            pool=self._options.concurrency,
        )
        return guarded_session(self._credentials_for(scope), adapter)

    def _storage_client(self, session: Any) -> Any:  # noqa: ANN401 - the client has no types
        from google.cloud import storage

        # The project is named in each call. Without an explicit endpoint the client would read the emulator's variable
        # itself, and no other library does.
        client: Any = cast("Any", storage).Client(
            project=self.project or "none",
            credentials=session.credentials,
            _http=session,
            client_options={"api_endpoint": self.endpoint.base_of("storage")},
        )
        # To decorate traces that nobody collects here, the client would get each bucket once more, in a thread of its own.
        client._bucket_metadata_cache = None  # noqa: SLF001 - there is no public way but the process's environment
        return client


def scope_of(service: str) -> str:
    """Return the OAuth scope with which a service is asked."""
    if service == ADMIN:
        return DIRECTORY_SCOPE
    if service == "storage":
        return STORAGE_SCOPE
    if service == "monitoring":
        return MONITORING_SCOPE
    return BROAD_SCOPE if service in BROAD_SERVICES else READ_SCOPE


def connect(options: GcsOptions, environ: Mapping[str, str] = os.environ) -> Connections:
    """Find credentials the ordinary way and return the connections.

    Raises:
        CredentialsError: there are none, or they cannot be used.
        UsageError: the libraries are not installed, or the endpoint is no URL.
    """
    try:
        from google.auth.exceptions import GoogleAuthError
        from google.cloud import storage
    except ImportError as error:
        raise UsageError(
            Text(
                en="The Google libraries are not installed; run: pip install 'cloudaudit[gcs]'.",
                ja="Google のライブラリがインストールされていません。pip install 'cloudaudit[gcs]' を実行してください。",
            )
        ) from error
    del storage  # that it can be imported is all that is asked here
    endpoint = Endpoint(_endpoint(options, environ))
    try:
        credentials, project = _found(options, endpoint)
        make = _maker(credentials, options)
        make(READ_SCOPE)
    except (GoogleAuthError, ValueError) as error:
        raise CredentialsError(_unusable(error, options)) from error
    project = _environ_project(environ) or project
    return Connections(make, options, endpoint, project=project, identity=_identity(credentials, options))


def _endpoint(options: GcsOptions, environ: Mapping[str, str]) -> str | None:
    url = options.endpoint or environ.get(EMULATOR)
    if not url:
        return None
    if options.endpoint is None and not url.startswith(SCHEMES):
        url = f"http://{url}"
    if not url.startswith(SCHEMES) or not url.partition("://")[2].strip("/"):
        raise UsageError(
            Text(
                en=f"{url} is no endpoint; give --endpoint a URL such as http://127.0.0.1:9000.",
                ja=f"{url} はエンドポイントとして使用できません。--endpoint には http://127.0.0.1:9000 のような URL を"
                "指定してください。",
            )
        )
    return url


def _found(options: GcsOptions, endpoint: Endpoint) -> tuple[Any, str]:
    """Return credentials without a scope yet, and their project.

    With an endpoint of one's own nobody's token is sent there unless a file or an account to act as was named for it.
    """
    import google.auth
    from google.auth.credentials import AnonymousCredentials

    if options.credentials is not None:
        return _from_file(options.credentials)
    if endpoint.url is not None and options.impersonate is None:
        return cast("Any", AnonymousCredentials)(), ""
    credentials, project = cast("Any", google.auth).default()
    return credentials, str(project or "")


def _from_file(path: Path) -> tuple[Any, str]:
    import google.auth

    try:
        info: Any = json.loads(path.read_bytes())
        kind = info["type"]
    except OSError as error:
        raise CredentialsError(
            Text(
                en=f"The credentials file {path} cannot be read ({error.strerror}); check --credentials.",
                ja=f"認証情報ファイル {path} を読み込めません({error.strerror})。--credentials の指定を確認してください。",
            )
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise CredentialsError(_no_credentials_file(path)) from error
    if kind not in FILE_TYPES:
        raise CredentialsError(_no_credentials_file(path))
    with warnings.catch_warnings():
        # google-auth warns of configurations from strangers; this one was named by the user, and its type was looked at.
        warnings.simplefilter("ignore", DeprecationWarning)
        credentials, project = cast("Any", google.auth).load_credentials_from_file(str(path))
    return credentials, str(project or info.get("project_id") or "")


def _no_credentials_file(path: Path) -> Text:
    return Text(
        en=f"{path} holds no Google credentials; give --credentials the JSON file of a service account or of a "
        "workload identity.",
        ja=f"{path} は Google の認証情報ファイルではありません。--credentials にはサービスアカウントまたは "
        "Workload Identity の JSON ファイルを指定してください。",
    )


def _maker(credentials: Any, options: GcsOptions) -> Callable[[str], Any]:  # noqa: ANN401 - typed in part only
    """Return what makes credentials of a scope."""
    from google.auth import credentials as base
    from google.auth import impersonated_credentials

    scoped = cast("Any", base).with_scopes_if_required

    def make(scope: str) -> Any:  # noqa: ANN401 - typed in part only
        subject = options.workspace_admin if scope == DIRECTORY_SCOPE else None
        if options.impersonate is not None:
            return cast("Any", impersonated_credentials).Credentials(
                scoped(credentials, [BROAD_SCOPE]),
                target_principal=options.impersonate,
                target_scopes=[scope],
                subject=subject,
            )
        made = scoped(credentials, [scope])
        return made.with_subject(subject) if subject is not None and hasattr(made, "with_subject") else made

    return make


def _identity(credentials: Any, options: GcsOptions) -> str:  # noqa: ANN401 - typed in part only
    for name in (
        options.impersonate,
        getattr(credentials, "service_account_email", ""),
        getattr(credentials, "account", ""),
    ):
        # Credentials of a virtual machine say "default" until they were asked.
        if name and "@" in str(name):
            return str(name)
    return type(credentials).__module__.rpartition(".")[2]


def _environ_project(environ: Mapping[str, str]) -> str:
    return environ.get("GOOGLE_CLOUD_PROJECT") or environ.get("GCLOUD_PROJECT") or ""


def _unusable(error: Exception, options: GcsOptions) -> Text:
    if options.credentials is None and type(error).__name__ == "DefaultCredentialsError":
        return Text(
            en="There are no Google credentials; run 'gcloud auth application-default login', or pass --credentials.",
            ja="Google の認証情報が見つかりません。gcloud auth application-default login を実行するか、"
            "--credentials を指定してください。",
        )
    name = type(error).__name__
    return Text(
        en=f"The Google credentials cannot be used ({name}); check --credentials and --impersonate.",
        ja=f"Google の認証情報を利用できません({name})。--credentials と --impersonate の指定を確認してください。",
    )
