"""Google's error answers, as the storage API and as the other APIs spell them."""

import json

from cloudaudit.demo.gcs.http import Reply

STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
}
LEGACY_REASONS = {
    400: "invalid",
    401: "authError",
    403: "forbidden",
    404: "notFound",
    429: "rateLimitExceeded",
    503: "backendError",
}
INFO = "type.googleapis.com/google.rpc.ErrorInfo"


class Refused(Exception):  # noqa: N818 - a signal within the server
    """A request is answered with an error."""

    def __init__(self, status: int, message: str, *, reason: str = "", legacy: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.reason = reason
        self.legacy = legacy


def denied(permission: str, resource: str) -> Refused:
    """Return the refusal for a missing permission."""
    return Refused(
        403,
        f"Permission '{permission}' denied on resource '{resource}' (or it may not exist).",
        reason="IAM_PERMISSION_DENIED",
    )


def disabled(service: str, number: str) -> Refused:
    """Return the refusal for an API that is not enabled."""
    return Refused(
        403,
        f"{service} has not been used in project {number} before or it is disabled.",
        reason="SERVICE_DISABLED",
        legacy="accessNotConfigured",
    )


def no_billing(number: str) -> Refused:
    """Return the refusal for a project without billing."""
    return Refused(
        403,
        f"This API method requires billing to be enabled. Please enable billing on project #{number}.",
        reason="BILLING_DISABLED",
        legacy="accountDisabled",
    )


def not_found(what: str) -> Refused:
    """Return the refusal for what is not there."""
    return Refused(404, f"{what} was not found.")


def reply_of(refused: Refused, service: str) -> Reply:
    """Return a refusal as the answer of a service."""
    status = refused.status
    one = {
        "message": refused.message,
        "domain": "global",
        "reason": refused.legacy or LEGACY_REASONS.get(status, "invalid"),
    }
    error: dict[str, object] = {"code": status, "message": refused.message}
    if service in {"storage", "admin"}:
        error["errors"] = [one]
    else:
        error["status"] = STATUSES.get(status, "UNKNOWN")
        if refused.reason:
            info = {"@type": INFO, "reason": refused.reason, "domain": f"{service}.googleapis.com"}
            error["details"] = [info]
    return Reply(status=status, body=json.dumps({"error": error}).encode())
