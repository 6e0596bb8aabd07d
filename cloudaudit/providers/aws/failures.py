"""From the SDK's exceptions to the closed list of causes."""

from typing import Any

from cloudaudit.facts import Cause
from cloudaudit.text import Text

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
        "RequestExpired",
        "TokenRefreshRequired",
    }
)
REFUSED = frozenset(
    {
        "AuthFailure",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidToken",
        "UnrecognizedClientException",
    }
)
"""The credentials are not known: not at all, or not in a region that was not opted in. Only the place tells which."""

OFF = frozenset({"OptInRequired", "SubscriptionRequiredException"})
NETWORK = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "InvalidSignatureException",
        "RequestTimeTooSkewed",
        "RequestTimeout",
        "SignatureDoesNotMatch",
        "500",
        "502",
        "504",
    }
)
"""A second attempt may well mend these; a signature fails mid-way when a clock jumps or a proxy meddles."""

NOT_ENABLED = "not-enabled"
"""Our own code for a refusal whose message says that the service is not switched on."""

SIGN_IN = frozenset(
    {
        "AssumeRole",
        "AssumeRoleWithSAML",
        "AssumeRoleWithWebIdentity",
        "CreateOAuth2Token",
        "CreateToken",
        "GetRoleCredentials",
    }
)
"""What the SDK calls by itself to renew credentials; when that is refused, they have come to their end."""

CODES = (
    (DENIED, Cause.DENIED),
    (THROTTLED, Cause.THROTTLED),
    (EXPIRED, Cause.EXPIRED),
    (OFF, Cause.DISABLED),
    (NETWORK, Cause.NETWORK),
)
SERVICE_OFF = Text(en="the service is not enabled", ja="サービスが有効化されていません")
REGION_OFF = Text(
    en="the region or service is not enabled for this account",
    ja="このアカウントではリージョンまたはサービスが有効化されていません",
)
POLICY_KINDS: dict[str, Text] = {
    "identity-based policy": Text(en="identity-based policy", ja="アイデンティティベースのポリシー"),
    "resource-based policy": Text(en="resource-based policy", ja="リソースベースのポリシー"),
    "service control policy": Text(en="service control policy", ja="サービスコントロールポリシー(SCP)"),
    "resource control policy": Text(en="resource control policy", ja="リソースコントロールポリシー(RCP)"),
    "permissions boundary": Text(en="permissions boundary", ja="アクセス許可の境界(Permissions Boundary)"),
    "session policy": Text(en="session policy", ja="セッションポリシー"),
    "vpc endpoint policy": Text(en="VPC endpoint policy", ja="VPC エンドポイントポリシー"),
}


def of_error(error: Any, *, accepted: bool) -> tuple[Cause, str, str | Text]:  # noqa: ANN401 - the SDK has no types
    """Return cause, error code and a short detail of a service's error answer (``ClientError``).

    Args:
        error: what the SDK raised.
        accepted: whether the region has taken these credentials before.
    """
    answer = error.response.get("Error", {})
    code = str(answer.get("Code", ""))
    message = str(answer.get("Message", ""))
    status = str(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))
    if code in DENIED and "is not enabled" in message:
        return Cause.DISABLED, NOT_ENABLED, SERVICE_OFF
    cause = next((cause for codes, cause in CODES if code in codes), None)
    if code in REFUSED:
        cause = Cause.EXPIRED if accepted else Cause.DISABLED
    elif error.operation_name in SIGN_IN and cause not in {Cause.THROTTLED, Cause.NETWORK}:
        cause = Cause.EXPIRED
    cause = cause or _by_status(status)
    details: dict[Cause, str | Text] = {
        Cause.DENIED: _which_policy(message),
        Cause.DISABLED: REGION_OFF,
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
        *((login,) if (login := getattr(sdk, "LoginError", None)) else ()),
        sdk.NoCredentialsError,
        sdk.RefreshWithMFAUnsupportedError,
        sdk.SSOError,
        sdk.TokenRetrievalError,
    )
    if isinstance(error, expired):
        return Cause.EXPIRED, name
    if isinstance(error, ResponseParserError) or not isinstance(error, sdk.BotoCoreError):
        return Cause.MALFORMED, name
    if isinstance(error, sdk.HTTPClientError | sdk.ConnectionError):
        return Cause.NETWORK, name
    return Cause.UNSUPPORTED, name


def _which_policy(message: str) -> str | Text:
    """Return which kind of policy denied, and whether by an explicit deny, where AWS's message tells."""
    lowered = message.lower()
    # What follows the colon is the policy's ARN, and its name may be that of another kind.
    said = lowered.partition("with an explicit deny in ")[2] or lowered.partition("because no ")[2]
    named = said.removeprefix("an ").removeprefix("a ")
    kind = next((text for name, text in POLICY_KINDS.items() if named.startswith(name)), None)
    if kind is None:
        return ""
    if "explicit deny" in lowered:
        return Text(en=f"explicit deny, {kind.en}", ja=f"{kind.ja}の明示的な拒否(Deny)によります")
    return Text(en=f"no {kind.en} allows it", ja=f"{kind.ja}で許可されていません")
