"""From Google's error answers and the libraries' exceptions to the closed list of causes."""

from typing import Any, cast

import msgspec
from msgspec import Struct

from cloudaudit.facts import Cause
from cloudaudit.providers.gcs.operations import PAYING
from cloudaudit.text import Text


class Failure(Struct, frozen=True, kw_only=True):
    """Why a call did not answer.

    Attributes:
        code: Google's reason where it names one (``SERVICE_DISABLED``), else the HTTP status.
        permission: what is missing where that is not what the operation itself needs; else empty.
    """

    cause: Cause
    code: str
    detail: str | Text = ""
    permission: str = ""


NOT_FOUND = "404"
FOREIGN = "not an answer of this API"
"""Of a status whose body is not Google's: a 404 of an emulator or a proxy says nothing about what was asked for."""

OFF = frozenset({"SERVICE_DISABLED", "accessNotConfigured", "SERVICE_NOT_ACTIVATED"})
NO_BILLING = frozenset({"BILLING_DISABLED", "accountDisabled", "UserProjectAccountProblem"})
THROTTLED = frozenset(
    {
        "RATE_LIMIT_EXCEEDED",
        "RESOURCE_EXHAUSTED",
        "RESOURCE_QUOTA_EXCEEDED",
        "dailyLimitExceeded",
        "quotaExceeded",
        "rateLimitExceeded",
        "userRateLimitExceeded",
    }
)
"""The Directory API says with 403 what the others say with 429."""

PERIMETER = frozenset({"SECURITY_POLICY_VIOLATED", "vpcServiceControls"})
NO_SCOPE = frozenset({"ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions"})
NO_PAYER = frozenset({"USER_PROJECT_DENIED", "UserProjectAccessDenied"})
SUSPENDED = frozenset({"CONSUMER_SUSPENDED"})

_BILLING = Text(
    en="billing is disabled for the project",
    ja="プロジェクトの課金が無効です",
)
_SUSPENDED = Text(en="the project is suspended", ja="プロジェクトが停止されています")
_PERIMETER = Text(
    en="a VPC Service Controls perimeter refuses it; the permission alone may not help",
    ja="VPC Service Controls の境界により拒否されました。権限の付与だけでは読み取れない可能性があります",
)
_SCOPE = Text(
    en="the credentials were not given the scope",
    ja="認証情報に必要なスコープがありません",
)
_PAYER = Text(
    en="the bucket is a requester-pays bucket, and its project may not be charged for the reading",
    ja="リクエスト元による支払い(Requester Pays)のバケットですが、プロジェクトへの課金が許可されていません",
)
HTTP_UNAUTHORIZED = 401
HTTP_FORBIDDEN = 403
HTTP_REDIRECT = 300
HTTP_CLIENT = 400
HTTP_BUSY = frozenset({429, 503})
HTTP_SERVER = 500


class _Detail(Struct, frozen=True):
    reason: str = ""


class _One(Struct, frozen=True):
    reason: str = ""


class _Error(Struct, frozen=True):
    message: str = ""
    status: str = ""
    errors: tuple[_One, ...] = ()
    details: tuple[_Detail, ...] = ()


class _Body(Struct, frozen=True):
    error: _Error | str


def of_answer(status: int, body: bytes, service: str, *, accepted: bool) -> Failure:
    """Return the failure that an answer other than 2xx tells of.

    Args:
        status: of HTTP.
        body: of the answer; JSON where it comes from Google.
        service: the service's name, for the sentence that says it is switched off.
        accepted: whether these credentials were good for an answer before.
    """
    reasons = _reasons(body)
    name = f"HTTP {status}"
    if status == HTTP_UNAUTHORIZED:
        cause = Cause.EXPIRED if accepted else Cause.DENIED
        return Failure(cause=cause, code=str(status), detail=name)
    if status in HTTP_BUSY or any(reason in THROTTLED for reason in reasons):
        return Failure(cause=Cause.THROTTLED, code=_code(reasons, status), detail=name)
    # Google's APIs do not redirect; sign-in pages of networks and proxies do.
    if status >= HTTP_SERVER or HTTP_REDIRECT <= status < HTTP_CLIENT:
        return Failure(cause=Cause.NETWORK, code=str(status), detail=name)
    known = _named(reasons, service)
    if known is not None:
        return known
    denied = status == HTTP_FORBIDDEN
    return Failure(
        cause=Cause.DENIED if denied else Cause.UNSUPPORTED,
        code=_code(reasons, status) if denied else str(status) if reasons else FOREIGN,
        detail="" if denied else name,
    )


def _named(reasons: tuple[str, ...], service: str) -> Failure | None:
    """Return the failure that one of these reasons stands for."""
    known: tuple[tuple[frozenset[str], Cause, Text, str], ...] = (
        (OFF, Cause.DISABLED, off(service), ""),
        (NO_BILLING, Cause.DISABLED, _BILLING, ""),
        (SUSPENDED, Cause.DISABLED, _SUSPENDED, ""),
        (PERIMETER, Cause.DENIED, _PERIMETER, ""),
        (NO_SCOPE, Cause.DENIED, _SCOPE, ""),
        (NO_PAYER, Cause.DENIED, _PAYER, PAYING),
    )
    for reason in reasons:
        for names, cause, detail, permission in known:
            if reason in names:
                return Failure(cause=cause, code=reason, detail=detail, permission=permission)
    return None


def off(service: str) -> Text:
    """Return the sentence that an API is not enabled."""
    return Text(
        en=f"the API {service} is not enabled in the project",
        ja=f"プロジェクトで API {service} が有効化されていません",
    )


def of_exception(error: Exception, *, accepted: bool) -> Failure:
    """Return the failure that an exception of the libraries tells of.

    Args:
        error: what was raised.
        accepted: whether these credentials were good for an answer before; those that never were lack a grant, and
            those that were have come to their end.
    """
    import requests
    from google.auth import exceptions as auth

    name = type(error).__name__
    if isinstance(error, auth.TransportError):
        return Failure(cause=Cause.NETWORK, code=name, detail=name)
    if isinstance(error, auth.GoogleAuthError):
        if getattr(error, "retryable", False):
            return Failure(cause=Cause.NETWORK, code=name, detail=name)
        # The message of a failed refresh may quote the answer of the token endpoint; its name is enough.
        cause = Cause.EXPIRED if accepted else Cause.DENIED
        return Failure(cause=cause, code=name, detail=name if accepted else _SCOPE)
    if isinstance(error, requests.exceptions.InvalidJSONError | msgspec.MsgspecError):
        return Failure(cause=Cause.MALFORMED, code="malformed", detail=name)
    if isinstance(error, requests.RequestException):
        return Failure(cause=Cause.NETWORK, code=name, detail=name)
    return Failure(cause=Cause.MALFORMED, code="malformed", detail=name)


def _reasons(body: bytes) -> tuple[str, ...]:
    """Return what the error is called, the most telling first; nothing where the body is not Google's."""
    try:
        error = msgspec.json.decode(body, type=_Body).error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ()
    if isinstance(error, str):
        return (error,)
    details = tuple(detail.reason for detail in error.details if detail.reason)
    return (*details, *(one.reason for one in error.errors if one.reason), *filter(None, (error.status,)))


def _code(reasons: tuple[str, ...], status: int) -> str:
    return reasons[0] if reasons else str(status)


def body_of(error: object) -> tuple[int, bytes]:
    """Return status and body of the answer behind an exception of google-api-core."""
    response: Any = getattr(error, "response", None)
    code = int(cast("Any", error).code or 0)
    if response is None:
        return code, b""
    return code, bytes(response.content)
