"""Credentials, and the one place where AWS clients are built: read-only, counted, within a budget."""

import ipaddress
import os
import re
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast

from cloudaudit.errors import CredentialsError, UsageError
from cloudaudit.inventory.plan import NO_WISH, Looking, ObjectsWish
from cloudaudit.providers.aws.descriptions import Excerpts
from cloudaudit.providers.aws.guard import InventoryPlaces, guard
from cloudaudit.providers.aws.operations import OBJECT_OPERATIONS, OPERATIONS, Operation
from cloudaudit.text import Text

ACCOUNT_HOST = re.compile(r"\d{12}\.(?P<place>(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]:@]+)(?::\d+)?)")
"""A host and port with the account id before it, as S3 Control writes it."""

REGION_NAME = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d+")
"""How AWS names regions; it is all that can be asked of one that the SDK does not know yet."""
PAGE_START = 200
HTTP_REDIRECT = 300
SDK_OPERATIONS = frozenset(
    {
        ("s3", "HeadBucket"),
        ("sts", "AssumeRole"),
        ("sts", "AssumeRoleWithWebIdentity"),
        ("sts", "AssumeRoleWithSAML"),
        ("sso", "GetRoleCredentials"),
        ("sso-oidc", "CreateToken"),
        ("signin", "CreateOAuth2Token"),
    }
)
"""What the SDK itself calls to obtain credentials and to follow a redirect; these change nothing."""


@dataclass(frozen=True, kw_only=True)
class AwsOptions:
    """How to reach an account.

    Attributes:
        max_rps: requests a second over all services and threads; None for no limit of our own.
        concurrency: requests in flight at most.
        retries: how often a call that failed in passing is tried again, with growing pauses.
        read_timeout: seconds without a byte of the answer after which the network is held to have failed.
        objects: what was asked of looking at objects; it decides what may be called.
    """

    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None
    region: str | None = None
    max_rps: float | None = None
    concurrency: int = 32
    retries: int = 6
    read_timeout: float = 30
    objects: ObjectsWish = NO_WISH

    @property
    def operations(self) -> tuple[Operation, ...]:
        """What may be called."""
        looking = self.objects.looking
        if looking is Looking.AUTO:
            return (*OPERATIONS, *OBJECT_OPERATIONS)
        return (*OPERATIONS, *(each for each in OBJECT_OPERATIONS if looking.value in each.opt_in))


class Client(Protocol):
    """An SDK client; its methods are named after the operations."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the SDK has no types
        """Return the method of an operation."""
        ...


class Budget:
    """Counts requests and spaces them out; shared by all threads of a process."""

    def __init__(self, max_rps: float | None) -> None:
        self._interval = 1 / max_rps if max_rps else 0.0
        self._next = 0.0
        self._lock = threading.Lock()
        self.calls = 0

    def spend(self) -> None:
        """Count one request, and wait for its turn."""
        with self._lock:
            self.calls += 1
            if not self._interval:
                return
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._interval
        time.sleep(turn - now)


class Clients:
    """SDK clients, one a service and region, built on first use.

    Attributes:
        inventories: whose files may be read.
    """

    def __init__(self, session: Any, options: AwsOptions, region: str) -> None:  # noqa: ANN401 - the SDK has no types
        self._session = session
        self._options = options
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], Client] = {}
        self.region = region
        self.budget = Budget(options.max_rps)
        self.inventories = InventoryPlaces()
        guard(session, reads(options.operations), self.inventories)

    def get(self, service: str, region: str) -> Client:
        """Return the client of a service in a region."""
        key = (service, region)
        client = self._clients.get(key)
        if client is None:
            with self._lock:
                client = self._clients.get(key) or self._build(service, region)
                self._clients[key] = client
        return client

    def credentials(self) -> Any:  # noqa: ANN401 - the SDK has no types
        """Return the SDK's credentials object."""
        return self._session.get_credentials()

    def offers(self, service: str, region: str) -> bool:
        """Return whether a service may exist in a region; only where the SDK knows that it does not is this False."""
        if os.environ.get("AWS_ENDPOINT_URL"):
            return True
        partition = self._session.get_partition_for_region(region)
        known = self._session.get_available_regions("s3", partition_name=partition)
        return region not in known or region in self._session.get_available_regions(
            service, partition_name=partition
        )

    def _build(self, service: str, region: str) -> Client:
        from botocore.config import Config

        from cloudaudit.version import version

        config = Config(
            retries={"mode": "adaptive", "max_attempts": self._options.retries},
            connect_timeout=5,
            read_timeout=self._options.read_timeout,
            max_pool_connections=self._options.concurrency,
            # Our parameters are our own, and a fixed user agent saves an eighth of the CPU of a call.
            parameter_validation=False,
            user_agent=f"cloudaudit/{version()}",
            # Sessions of directory buckets are for their objects, which are never opened.
            s3={"disable_s3_express_session_auth": True},
        )
        client = self._session.create_client(service, region_name=region, config=config)
        client.meta.events.register("before-send", self._before_send)
        client.meta.events.register("before-parse", refuse_page)
        return cast("Client", client)

    def _before_send(self, request: Any, **_: object) -> None:  # noqa: ANN401 - the SDK has no types
        self.budget.spend()
        straighten_loopback(request)


def sdk_session(profile: str | None, operations: Iterable[Operation] = OPERATIONS) -> Any:  # noqa: ANN401 - the SDK has no types
    """Return an SDK session for a profile, which knows no more of the services than may be called.

    Raises:
        BotoCoreError: the configuration cannot be used.
    """
    import botocore.session

    session = cast("Any", botocore.session.Session(profile=profile))
    session.get_component("data_loader").file_loader = Excerpts(reads(operations))
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=moment)
    return session


def moment(written: object) -> datetime:
    """Return a time of an answer.

    The SDK guesses at the form of each, which takes most of the CPU that a page of 1,000 objects costs. Nearly all are
    ISO 8601 with an offset; the SDK reads the others.
    """
    if isinstance(written, str) and written[4:5] == "-":
        try:
            read = datetime.fromisoformat(written)
        except ValueError:
            pass
        else:
            if read.tzinfo is not None:
                return read
    import botocore.utils

    return cast("datetime", cast("Any", botocore.utils).parse_timestamp(written))


def reads(operations: Iterable[Operation] = OPERATIONS) -> frozenset[tuple[str, str]]:
    """Return services and operations that may be called, those of the SDK itself among them."""
    return SDK_OPERATIONS | {(operation.service, operation.name) for operation in operations}


def refuse_page(response_dict: Any, **_: object) -> None:  # noqa: ANN401 - the SDK has no types
    """Refuse a web page that is sent as if it were an answer, as sign-in pages of networks and proxies are.

    The SDK would find none of the members that it looks for in it, and so read "there is none".

    Raises:
        ResponseParserError: it is a page.
    """
    body = response_dict["body"]
    if not isinstance(body, bytes):
        # The contents of an inventory's file come as a stream; a page is no file whose checksum is right.
        return
    start = body[:PAGE_START].lstrip().lower()
    if response_dict["status_code"] < HTTP_REDIRECT and start.startswith((b"<html", b"<!doctype")):
        from botocore.parsers import ResponseParserError

        message = "a web page came instead of an answer"
        raise ResponseParserError(message)


def straighten_loopback(request: Any) -> None:  # noqa: ANN401 - the SDK has no types
    """Send a request for ``123456789012.localhost`` to ``localhost``; the signed Host header stays.

    S3 Control puts the account id before the host of a custom endpoint, which does not resolve everywhere.
    """
    scheme, _, rest = str(request.url).partition("://")
    authority, slash, path = rest.partition("/")
    found = ACCOUNT_HOST.fullmatch(authority)
    if found is not None and is_loopback(found["host"]):
        request.headers["Host"] = authority
        request.url = f"{scheme}://{found['place']}{slash}{path}"


def is_loopback(host: str) -> bool:
    """Whether a host of a URL is this machine, by its own spelling and without asking anyone."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def connect(options: AwsOptions) -> "Clients":
    """Find credentials the ordinary way, take on the role if one is asked for, and return the client factory.

    Raises:
        CredentialsError: there are none, or the profile or role cannot be used.
        UsageError: the SDK is not installed, or the region has a wrong name.
    """
    try:
        from botocore.exceptions import BotoCoreError
    except ImportError as error:
        raise UsageError(
            Text(
                en="The AWS SDK is not installed; run: pip install 'cloudaudit[aws]'.",
                ja="AWS SDK がインストールされていません。pip install 'cloudaudit[aws]' を実行してください。",
            )
        ) from error
    try:
        session = sdk_session(options.profile, options.operations)
        # The SDK itself knows AWS_DEFAULT_REGION alone; AWS's other tools, and Lambda, set AWS_REGION.
        region = str(
            options.region
            or session.get_config_variable("region")
            or os.environ.get("AWS_REGION")
            or "us-east-1"
        )
        _check_region(session, region)
        if session.get_credentials() is None:
            raise CredentialsError(
                Text(
                    en="There are no AWS credentials; sign in (for example with 'aws sso login'), set AWS_PROFILE, "
                    "or pass --profile.",
                    ja="AWS の認証情報が見つかりません。aws sso login などでサインインするか、AWS_PROFILE または "
                    "--profile を指定してください。",
                )
            )
        if options.role_arn:
            _assume(session, options, region)
    except BotoCoreError as error:
        raise CredentialsError(
            Text(
                en=f"The AWS credentials cannot be used ({error}); check the profile and role.",
                ja=f"AWS の認証情報を利用できません({error})。プロファイルとロールの設定を確認してください。",
            )
        ) from error
    return Clients(session, options, region)


def _check_region(session: Any, region: str) -> None:  # noqa: ANN401 - the SDK has no types
    known = {
        name
        for partition in session.get_available_partitions()
        for name in session.get_available_regions("s3", partition_name=partition)
    }
    # Behind an endpoint of one's own there may be regions that this SDK is too old to know.
    possible = bool(os.environ.get("AWS_ENDPOINT_URL")) and REGION_NAME.fullmatch(region) is not None
    if region not in known and not possible:
        raise UsageError(
            Text(
                en=f"There is no AWS region {region}; check --region or AWS_REGION.",
                ja=f"AWS リージョン {region} は存在しません。--region または AWS_REGION を確認してください。",
            )
        )


def _assume(session: Any, options: AwsOptions, region: str) -> None:  # noqa: ANN401 - the SDK has no types
    from botocore.credentials import (
        AssumeRoleCredentialFetcher,
        DeferredRefreshableCredentials,
    )

    arguments = {"RoleSessionName": "cloudaudit"} | (
        {"ExternalId": options.external_id} if options.external_id else {}
    )

    def create_client(service: str, **keywords: Any) -> Any:  # noqa: ANN401 - the SDK has no types
        return session.create_client(service, **{"region_name": region, **keywords})

    fetcher = AssumeRoleCredentialFetcher(
        create_client,
        session.get_credentials(),
        options.role_arn,
        extra_args=arguments,
    )
    # The SDK's session takes credentials only through this attribute or its own provider chain.
    session._credentials = DeferredRefreshableCredentials(  # noqa: SLF001
        method="assume-role", refresh_using=fetcher.fetch_credentials
    )
