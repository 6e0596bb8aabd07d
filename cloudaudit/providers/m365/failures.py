"""From Graph's error answers to the closed list of causes."""

import msgspec
from msgspec import Struct

from cloudaudit.facts import Cause
from cloudaudit.text import Text

PLAN_CODES = frozenset(
    {
        "AadPremiumLicenseRequired",
        "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
        "Authentication_RequestFromNonPremiumTenant",
        "LicenseRequired",
        "MissingLicense",
        "NonPremiumTenant",
    }
)
PLAN_WORDS = ("license", "licence", "premium", "not subscribed")
"""Several services say only in the message that the plan is what is missing."""

EXPIRED = 401
PLAN_STATUSES = frozenset({400, 401, 402, 403})
"""Sign-in activity of a tenant without P1 was seen to answer 401 as well as 403."""

DENIED = frozenset({401, 403})
GONE = 410
LOCKED = 423
NOT_FOUND = 404
THROTTLED = frozenset({429, 503})
PASSING = frozenset({429, 500, 502, 503, 504, 509})
"""What a second attempt may well mend; a bandwidth limit (509) is SharePoint's."""

BROKEN = frozenset({500, 502, 504})
THROTTLED_CODES = frozenset({"activityLimitReached", "TooManyRequests", "quotaLimitReached"})

LOCKED_TEXT = Text(
    en="the site is locked or archived, so its contents cannot be read",
    ja="サイトがロックまたはアーカイブされているため、内容を読み取れません",
)
PLAN_TEXT = Text(
    en="the tenant's plan does not include it",
    ja="テナントの契約プランに含まれていません",
)


class _Detail(Struct, frozen=True):
    code: str = ""
    message: str = ""


class _Failure(Struct, frozen=True):
    error: _Detail = _Detail()


class Failed(Struct, frozen=True):
    """What an error answer says.

    Attributes:
        code: Graph's own code; empty where the answer has none.
        detail: what to tell a person.
    """

    cause: Cause
    code: str
    detail: str | Text


def of_answer(status: int, body: bytes) -> Failed:
    """Return what an answer that is no success means."""
    said = _said(body)
    if status in PLAN_STATUSES and _is_plan(said):
        return Failed(Cause.PLAN, said.code, PLAN_TEXT)
    if status == LOCKED:
        return Failed(Cause.DISABLED, said.code, LOCKED_TEXT)
    cause = _cause(status, said.code)
    return Failed(cause, said.code, said.code[:100] or f"HTTP {status}")


def _cause(status: int, code: str) -> Cause:
    if status in THROTTLED or code in THROTTLED_CODES:
        return Cause.THROTTLED
    if status in DENIED:
        return Cause.DENIED
    return Cause.NETWORK if status in PASSING else Cause.UNSUPPORTED


def _is_plan(said: _Detail) -> bool:
    message = said.message.lower()
    return said.code in PLAN_CODES or any(word in message for word in PLAN_WORDS)


def _said(body: bytes) -> _Detail:
    """Return code and message; an answer in another shape has neither, and its status alone decides."""
    try:
        return msgspec.json.decode(body, type=_Failure).error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Detail()
