"""The one way out: read-only, counted, within a budget, and patient where Google asks for patience.

Every request of the storage client and of our own REST calls goes through this adapter. google-cloud-storage retries by
itself but does not look at Retry-After, so its own retries are switched off and this is where waiting happens.
"""

import re
import threading
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any, cast
from urllib.parse import parse_qsl, unquote

from google.auth.transport.requests import AuthorizedSession
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as NotConnected
from requests.exceptions import Timeout

from cloudaudit.providers.gcs.operations import GET_REPORT_FILE, OPERATIONS, Operation

PASSING = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses that a second attempt may well mend."""

BUSY = frozenset({429, 503})
"""Statuses by which Google asks everyone to slow down, not only this request."""

FEW = 3
"""How often a request is sent again that failed otherwise; a network that is down is down for all of them."""

LONGEST_WAIT = 64.0
"""Seconds; who is asked to wait longer than this is told that the service is throttling."""

FIRST_WAIT = 0.25
"""Seconds before the second attempt where Google names no time; doubled for each further one."""


class WriteRefusedError(Exception):
    """A request that is not on the read list was about to be sent. Nothing was sent."""


class Budget:
    """Counts requests, spaces them out, and holds all of them back while Google asks for it. Safe for threads."""

    def __init__(self, max_rps: float | None) -> None:
        self._interval = 1 / max_rps if max_rps else 0.0
        self._next = 0.0
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self.calls = 0

    def stop(self) -> None:
        """Wait for nothing any more."""
        self._stop.set()

    @property
    def stopped(self) -> bool:
        """Whether nothing is to be tried again."""
        return self._stop.is_set()

    def spend(self) -> None:
        """Count one request, and wait for its turn."""
        with self._lock:
            self.calls += 1
            now = time.monotonic()
            turn = max(now, self._next)
            if self._interval:
                self._next = turn + self._interval
        self.wait(turn - now)

    def hold(self, seconds: float) -> None:
        """Let nobody's turn come before this many seconds have passed."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds)

    def wait(self, seconds: float) -> None:
        """Wait, unless everything is stopped."""
        if seconds > 0:
            self._stop.wait(seconds)


REPORT_PARAMETERS = frozenset({"alt", "userProject"})
"""All that a request for a file of a report asks with."""


class Reads:
    """Knows which requests are on the read list.

    The contents of an object are on it only where the object is a file of an inventory report that was announced.

    Args:
        base_of: returns the base URL of a service.
        objects: whether objects may be listed; without, such a request is refused like a write.
    """

    def __init__(self, base_of: Callable[[str], str], *, objects: bool) -> None:
        parts = {"settings", "objects"} if objects else {"settings"}
        self._patterns = tuple(
            (operation.method, base_of(operation.service), pattern_of(operation))
            for operation in OPERATIONS
            if operation.part in parts
        )
        self._storage = base_of("storage")
        self._file = re.compile(GET_REPORT_FILE.path.replace("{}", "([^/]+)"))
        self._reports: frozenset[tuple[str, str]] = frozenset()
        self._lock = threading.Lock()

    def announce(self, bucket: str, prefix: str) -> None:
        """Allow the files of one inventory report configuration to be read.

        Args:
            bucket: that receives the reports.
            prefix: with which the names of all its files begin: the path of the destination and the configuration's id.

        Raises:
            ValueError: nothing is named, and every object would be a file of it.
        """
        if not bucket or not prefix.rpartition("/")[2]:
            message = f"{bucket!r}, {prefix!r} is no place of reports"
            raise ValueError(message)
        with self._lock:
            self._reports |= {(bucket, prefix)}

    def holds(self, method: str, url: str) -> bool:
        """Return whether a request is one of the reads."""
        place, _, query = url.partition("?")
        asked = parse_qsl(query, keep_blank_values=True)
        if any(name.lstrip("$").lower() == "alt" and form != "json" for name, form in asked):
            return method == "GET" and self._is_of_a_report(place, asked)
        return any(
            method == allowed and place.startswith(base) and pattern.fullmatch(place, len(base)) is not None
            for allowed, base, pattern in self._patterns
        )

    def _is_of_a_report(self, place: str, asked: list[tuple[str, str]]) -> bool:
        if not place.startswith(self._storage) or {name for name, _ in asked} - REPORT_PARAMETERS:
            return False
        found = self._file.fullmatch(place, len(self._storage))
        if found is None:
            return False
        bucket, name = (unquote(part) for part in found.groups())
        return any(bucket == held and name.startswith(prefix) for held, prefix in self._reports)


def pattern_of(operation: Operation) -> re.Pattern[str]:
    """Return what the path of an operation looks like; a variable part holds no slash, but for the scope of assets."""
    variable = "[a-z]+/[^/]+" if operation.service == "cloudasset" else "[^/]+"
    return re.compile(variable.join(re.escape(part) for part in operation.path.split("{}")))


class ReadOnlyAdapter(HTTPAdapter):
    """Sends reads and nothing else.

    Args:
        reads: what may be sent.
        budget: counts and spaces the requests.
        note: hears the headers of every answer, in the thread that asked.
        retries: how often a request that failed in passing is tried again.
        pool: connections that are kept open to one host.
    """

    def __init__(
        self,
        reads: Reads,
        budget: Budget,
        *,
        note: Callable[[Mapping[str, str]], None],
        retries: int,
        pool: int,
    ) -> None:
        self._reads = reads
        self._budget = budget
        self._note = note
        self._retries = retries
        super().__init__(pool_connections=16, pool_maxsize=pool)

    def send(self, request: PreparedRequest, *arguments: Any, **keywords: Any) -> Response:  # noqa: ANN401 - handed on as they came
        """Send a request, again where that may help.

        Raises:
            WriteRefusedError: it is not on the read list.
            RequestException: the network failed to the last attempt.
        """
        if not self._reads.holds(request.method or "", request.url or ""):
            message = f"{request.method} {(request.url or '').partition('?')[0]} is not on the read list"
            raise WriteRefusedError(message)
        attempt = 0
        while True:
            self._budget.spend()
            try:
                response = super().send(request, *arguments, **keywords)
            except (NotConnected, Timeout):
                if self._budget.stopped or attempt >= min(self._retries, FEW):
                    raise
                self._budget.wait(_backoff(attempt))
            else:
                if not self._again(response, attempt):
                    self._note(response.headers)
                    return response
            attempt += 1

    def _again(self, response: Response, attempt: int) -> bool:
        """Wait as an answer asks for; return whether to send the request once more."""
        status = response.status_code
        tries = self._retries if status in BUSY else min(self._retries, FEW)
        wait = _asked(response)
        over = self._budget.stopped or attempt >= tries or (wait is not None and wait > LONGEST_WAIT)
        if status not in PASSING or over:
            return False
        # The body is read so that the connection can be used again.
        _ = response.content
        if status in BUSY and wait is not None:
            self._budget.hold(wait)
        else:
            self._budget.wait(_backoff(attempt) if wait is None else wait)
        return True


def _backoff(attempt: int) -> float:
    return min(FIRST_WAIT * cast("float", 2**attempt), LONGEST_WAIT)


def _asked(response: Response) -> float | None:
    """Return how many seconds the answer asks to wait, by number or by date; None where it names no time."""
    named = response.headers.get("Retry-After", "").strip()
    if not named:
        return None
    if named.isascii() and named.isdigit():
        return float(named)
    try:
        until = parsedate_to_datetime(named)
    except ValueError:
        return None
    return max(0.0, until.timestamp() - time.time())


class _Session(AuthorizedSession):
    """A session of google-auth that looks at the environment once a host, and not for every request."""

    def __init__(self, credentials: Any) -> None:  # noqa: ANN401 - typed in part only
        super().__init__(credentials)  # type: ignore[no-untyped-call]
        self._settings: dict[str, Any] = {}
        # Else a .netrc would be looked for each time, and would take the place of the token.
        self.auth = _as_it_is

    def merge_environment_settings(self, url: Any, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - handed on
        """Return proxies and certificates for a URL; they are the same for every URL of a host."""
        scheme, _, rest = str(url).partition("://")
        host = f"{scheme}://{rest.partition('/')[0]}"
        settings = self._settings.get(host)
        if settings is None:
            settings = self._settings[host] = super().merge_environment_settings(url, *given, **named)
        return {**settings, "proxies": dict(settings["proxies"])}


def _as_it_is(request: PreparedRequest) -> PreparedRequest:
    return request


def guarded_session(credentials: Any, adapter: ReadOnlyAdapter) -> AuthorizedSession:  # noqa: ANN401 - typed in part only
    """Return a session of google-auth whose every request goes through the adapter.

    What renews credentials has a connection of its own; the libraries build it, and it changes nothing.
    """
    session = _Session(credentials)
    # No other way out: what is neither https nor http has no adapter at all.
    session.adapters.clear()
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    # Google's APIs do not redirect; sign-in pages of networks do, and following them would end at the guard.
    session.max_redirects = 0
    # Google's APIs set none that matter, and a jar is work for every request.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session
