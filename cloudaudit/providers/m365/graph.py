"""The one place that uses msgraph-sdk: its request adapter sends, native answers come back undecoded.

The SDK's models are left aside. A page of 200 users costs its parsers about a hundred times what msgspec needs, and
they keep every field of every item, which a drive with a million items does not allow. What stays of the SDK is its
adapter: authentication, the pipeline and the HTTP client.

Importing this module imports no SDK; opening a connection does.
"""

import base64
import importlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from cloudaudit.providers.m365.clouds import Place

BATCH = "/$batch"
OK_METHODS = frozenset({"GET"})
CONNECT_SECONDS = 10.0


class WriteRefusedError(Exception):
    """Something other than a read was about to be sent, or to another host. Nothing was sent."""


class UnreachableError(Exception):
    """No answer came: the network failed."""


class Received(Struct, frozen=True):
    """An answer as it came.

    Attributes:
        headers: by lower-case name.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class Graph(Protocol):
    """Sends requests to Microsoft Graph. To be used within one event loop."""

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Received:
        """Send one request and return whatever answers, errors included.

        Raises:
            UnreachableError: nothing answered.
            WriteRefusedError: it is not a read, or would go elsewhere; nothing was sent.
        """
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


Bearer = Callable[[str], Awaitable[str]]
"""Returns the access token to send, with the claims that Graph demanded of it; empty for nothing in particular."""


class _Inner(Struct, frozen=True):
    method: str
    url: str


class _Batch(Struct, frozen=True):
    requests: tuple[_Inner, ...]


def refuse_writes(place: Place, method: str, url: str, body: bytes) -> None:
    """Let through a GET to the cloud that was chosen, and a batch of nothing but GETs.

    Raises:
        WriteRefusedError: it is anything else.
    """
    if not place.owns(url):
        message = f"{urlsplit(url).netloc} is not {place.graph}"
        raise WriteRefusedError(message)
    if method in OK_METHODS and not body:
        return
    if method == "POST" and urlsplit(url).path.endswith(BATCH) and _reads_only(body):
        return
    message = f"{method} {urlsplit(url).path} is not a read"
    raise WriteRefusedError(message)


def _reads_only(body: bytes) -> bool:
    try:
        batch = msgspec.json.decode(body, type=_Batch)
    except msgspec.DecodeError:
        return False
    # A batch inside a batch would hide its methods; Graph takes relative addresses only, and so do we.
    return all(
        inner.method in OK_METHODS and inner.url.startswith("/") and BATCH not in inner.url
        for inner in batch.requests
    )


class SdkGraph:
    """Microsoft Graph through the request adapter of msgraph-sdk."""

    def __init__(self, place: Place, bearer: Bearer, *, concurrency: int, read_timeout: float) -> None:
        import httpx
        from kiota_abstractions.authentication import BaseBearerTokenAuthenticationProvider
        from kiota_abstractions.native_response_handler import NativeResponseHandler
        from kiota_http.middleware.options import ResponseHandlerOption

        from cloudaudit.version import version

        async def guard(request: Any) -> None:  # noqa: ANN401 - the HTTP client awaits its hooks
            refuse_writes(place, request.method, str(request.url), request.content)

        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(read_timeout, connect=CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency),
            # A redirect would carry the token along; Graph answers none of our reads with one.
            follow_redirects=False,
            # What runs on this machine is not behind the company's proxy.
            trust_env=not place.is_local,
            # Microsoft asks callers to say who they are in this form; such traffic is throttled last.
            headers={"User-Agent": f"NONISV|cloudaudit|cloudaudit/{version()}"},
            event_hooks={"request": [guard]},
        )
        # Not `import msgraph`: type checkers follow imports, and following this one costs mypy 47 s and 1.5 GB.
        sdk: Any = importlib.import_module("msgraph.graph_request_adapter")
        self._adapter = sdk.GraphRequestAdapter(
            BaseBearerTokenAuthenticationProvider(_tokens(bearer)),
            # Without the SDK's own middleware: a heartbeat, single answers of a batch and --resume hang on our retries,
            # and its telemetry would tell Microsoft about this machine.
            self._client,
        )
        self._native = ResponseHandlerOption(NativeResponseHandler())

    @property
    def adapter(self) -> Any:  # noqa: ANN401 - type checkers do not follow the SDK
        """The SDK's own adapter, guarded like everything that is sent through it."""
        return self._adapter

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Received:
        """Send one request and return whatever answers."""
        import httpx
        from kiota_abstractions.method import Method
        from kiota_abstractions.request_information import RequestInformation

        request = RequestInformation(Method(method))
        request.url = url
        for name, value in headers.items():
            request.headers.add(name, value)
        request.content = body
        request.add_request_options([self._native])
        try:
            answer = await self._adapter.send_primitive_async(request, "bytes", None)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise UnreachableError(type(error).__name__) from error
        return Received(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, answer.content)

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()


def _claims(challenge: object) -> str:
    """Return the claims that Graph demands as azure-identity takes them; they come in base64."""
    return base64.b64decode(str(challenge) + "==").decode() if challenge else ""


def _tokens(bearer: Bearer) -> Any:  # noqa: ANN401 - a class of the SDK, which is imported here only
    from kiota_abstractions.authentication import AccessTokenProvider, AllowedHostsValidator

    class Tokens(AccessTokenProvider):
        """Hands our token to the SDK. Where it may go is for the guard to say."""

        async def get_authorization_token(
            self,
            uri: str,  # noqa: ARG002 - the SDK's signature
            additional_authentication_context: dict[str, Any] | None = None,
        ) -> str:
            return await bearer(_claims((additional_authentication_context or {}).get("claims")))

        def get_allowed_hosts_validator(self) -> AllowedHostsValidator:
            return AllowedHostsValidator([])

    return Tokens()
