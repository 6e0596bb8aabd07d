"""From the SDK's exceptions to the closed list of causes."""

import re
from typing import Any

from cloudaudit.facts import Cause

DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AllAccessDisabled",
        "AuthorizationError",
        "AuthorizationErrorException",
        "Forbidden",
        "NotAuthorized",
        "UnauthorizedAccess",
        "UnauthorizedOperation",
        "403",
    }
)
THROTTLED = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "503",
    }
)
EXPIRED = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",
        "InvalidToken",
        "RequestExpired",
        "TokenRefreshRequired",
    }
)
REFUSED_REGION = frozenset(
    {
        "AuthFailure",
        "InvalidClientTokenId",
        "OptInRequired",
        "SubscriptionRequiredException",
        "UnrecognizedClientException",
    }
)
NETWORK = frozenset(
    {"InternalError", "InternalFailure", "InternalServerError", "RequestTimeout", "500", "502", "504"}
)

CODES = (
    (DENIED, Cause.DENIED),
    (THROTTLED, Cause.THROTTLED),
    (EXPIRED, Cause.EXPIRED),
    (REFUSED_REGION, Cause.DISABLED),
    (NETWORK, Cause.NETWORK),
)
POLICY_KIND = re.compile(
    r"((?:no|an) [a-z -]*(?:policy|boundary)[a-z -]*allows|explicit deny in an? [a-z -]*(?:policy|boundary))",
    re.IGNORECASE,
)


def of_error(error: Any) -> tuple[Cause, str, str]:  # noqa: ANN401 - the SDK has no types
    """Return cause, error code and a short detail of a service's error answer (``ClientError``)."""
    answer = error.response.get("Error", {})
    code = str(answer.get("Code", ""))
    message = str(answer.get("Message", ""))
    status = str(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))
    if code in DENIED and "is not enabled" in message:
        return Cause.DISABLED, code, "the service is not enabled"
    cause = next((cause for codes, cause in CODES if code in codes), None) or _by_status(status)
    details = {
        Cause.DENIED: _which_policy(message),
        Cause.DISABLED: f"the region or service is not enabled for this account ({code})",
    }
    return cause, code, details.get(cause, code or f"HTTP {status}")


def _by_status(status: str) -> Cause:
    if status.startswith("5"):
        return Cause.NETWORK
    return Cause.DENIED if status == "403" else Cause.UNSUPPORTED


def of_exception(error: Exception) -> tuple[Cause, str]:
    """Return cause and a short detail of any other exception of the SDK."""
    from botocore import exceptions as sdk
    from botocore.parsers import ResponseParserError

    name = type(error).__name__
    expired = (
        sdk.CredentialRetrievalError,
        sdk.NoCredentialsError,
        sdk.RefreshWithMFAUnsupportedError,
        sdk.SSOError,
        sdk.TokenRetrievalError,
    )
    if isinstance(error, expired):
        return Cause.EXPIRED, name
    if isinstance(error, ResponseParserError):
        return Cause.MALFORMED, name
    if isinstance(error, sdk.HTTPClientError | sdk.ConnectionError | sdk.ClosedConnectionError):
        return Cause.NETWORK, name
    return Cause.UNSUPPORTED, name


def _which_policy(message: str) -> str:
    found = POLICY_KIND.search(message)
    return found.group(1).lower().removesuffix(" allows") if found else ""
