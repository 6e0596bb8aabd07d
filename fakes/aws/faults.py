"""What can go wrong, as rules that name the calls they meet."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from fakes.aws import wire
from fakes.aws.routes import Call
from fakes.aws.wire import Answer, ApiError, Protocol

ANY = "*"
UNAUTHORIZED = 401
FORBIDDEN = 403
METHOD_NOT_ALLOWED = 405
TOO_MANY_REQUESTS = 429
NOT_IMPLEMENTED = 501
UNAVAILABLE = 503


class Kind(StrEnum):
    """What a fault does."""

    DENY = "deny"
    DENY_BY_SCP = "deny-by-scp"
    THROTTLE = "throttle"
    MALFORMED = "malformed"
    NETWORK = "network"
    SLOW = "slow"
    EXPIRED = "expired"
    UNSUPPORTED = "unsupported"
    REDIRECT = "redirect"
    REGION_OFF = "region-off"


class Malformed(StrEnum):
    """How an answer is spoilt: cut in the middle, of another format, or with wrong types in its members."""

    TRUNCATED = "truncated"
    GARBAGE = "garbage"
    TYPE = "type"


@dataclass(kw_only=True)
class Fault:
    """One rule. The first that meets a call is the one that counts.

    Attributes:
        service: as boto3 names the client; ``*`` for any, also for the fields below.
        resource: what the call is about: a bucket's name, a key, a user.
        times: how many calls it meets; None for all.
        after: how many matching calls pass before it begins.
        how: for MALFORMED, what is done to the answer.
        body: for MALFORMED, the body to send instead.
        seconds: for SLOW, by how much the answer is late; for THROTTLE, what Retry-After says (0: no header).
        to: for REDIRECT, the region that is named.
        code: another error code than the service's usual one.
    """

    kind: Kind
    service: str = ANY
    operation: str = ANY
    resource: str = ANY
    region: str = ANY
    times: int | None = None
    after: int = 0
    how: Malformed = Malformed.TRUNCATED
    body: bytes | None = None
    seconds: float = 0.0
    to: str = ""
    code: str = ""

    def meets(self, call: Call) -> bool:
        """Whether a call is met; counts it when it is."""
        fits = (
            self.service in {ANY, call.service.name}
            and self.operation in {ANY, call.operation}
            and self.resource in {ANY, call.resource}
            and self.region in {ANY, call.region}
        )
        return fits and self.due()

    def due(self) -> bool:
        """Count one matching call; whether it is among those that fail."""
        if self.after:
            self.after -= 1
            return False
        if self.times is None:
            return True
        if not self.times:
            return False
        self.times -= 1
        return True


def on(call: Call, resource: str) -> str:
    """Return the resource as a denial names it: S3 quotes it, and says nothing for calls about no bucket."""
    if call.service.protocol is Protocol.S3:
        return f' on resource: "{resource}"' if call.resource else ""
    return f" on resource: {resource}"


def denied(call: Call, action: str, caller: str, resource: str, *, by_scp: bool = False) -> ApiError:
    """Return the refusal of an action, in AWS's own form and with the service's own code.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    """
    why = (
        "with an explicit deny in a service control policy"
        if by_scp
        else f"because no identity-based policy allows the {action} action"
    )
    message = f"User: {caller} is not authorized to perform: {action}{on(call, resource)} {why}"
    match call.service.protocol:
        case Protocol.EC2:
            text = f"You are not authorized to perform this operation. {message}"
            return ApiError("UnauthorizedOperation", text, FORBIDDEN)
        case Protocol.JSON:
            return ApiError("AccessDeniedException", message)
        case Protocol.REST_JSON:
            return ApiError("AccessDeniedException", message, FORBIDDEN)
        case _:
            return ApiError("AccessDenied", message, FORBIDDEN)


THROTTLING_CODES = {
    "organizations": ("TooManyRequestsException", 400),
    "guardduty": ("TooManyRequestsException", TOO_MANY_REQUESTS),
    "macie2": ("ThrottlingException", TOO_MANY_REQUESTS),
    "accessanalyzer": ("ThrottlingException", TOO_MANY_REQUESTS),
}
THROTTLING_BY_PROTOCOL = {
    Protocol.S3: ("SlowDown", UNAVAILABLE),
    Protocol.S3_CONTROL: ("SlowDown", UNAVAILABLE),
    Protocol.QUERY: ("Throttling", 400),
    Protocol.EC2: ("RequestLimitExceeded", UNAVAILABLE),
    Protocol.JSON: ("ThrottlingException", 400),
    Protocol.REST_JSON: ("ThrottlingException", 400),
}


def throttled(call: Call, fault: Fault) -> ApiError:
    """Return "too many requests" as the service says it."""
    usual = THROTTLING_BY_PROTOCOL[call.service.protocol]
    code, status = THROTTLING_CODES.get(call.service.name, usual)
    headers = [("Retry-After", f"{fault.seconds:g}")] if fault.seconds else []
    message = "Please reduce your request rate." if code == "SlowDown" else "Rate exceeded"
    return ApiError(fault.code or code, message, status, headers=headers)


EXPIRED_CODES = {
    Protocol.S3: ("ExpiredToken", 400),
    Protocol.S3_CONTROL: ("ExpiredToken", 400),
    Protocol.QUERY: ("ExpiredToken", FORBIDDEN),
    Protocol.EC2: ("RequestExpired", 400),
    Protocol.JSON: ("ExpiredTokenException", 400),
    Protocol.REST_JSON: ("ExpiredTokenException", FORBIDDEN),
}


def expired(call: Call, fault: Fault) -> ApiError:
    """Return "your credentials have expired" as the service says it."""
    code, status = EXPIRED_CODES[call.service.protocol]
    return ApiError(fault.code or code, "The security token included in the request is expired", status)


REGION_OFF_CODES = {
    Protocol.S3: ("InvalidToken", 400),
    Protocol.S3_CONTROL: ("InvalidToken", 400),
    Protocol.QUERY: ("InvalidClientTokenId", FORBIDDEN),
    Protocol.EC2: ("AuthFailure", UNAUTHORIZED),
    Protocol.JSON: ("UnrecognizedClientException", 400),
    Protocol.REST_JSON: ("UnrecognizedClientException", FORBIDDEN),
}


def region_off(call: Call, fault: Fault) -> ApiError:
    """Return what a region that was not switched on says to valid credentials."""
    code, status = REGION_OFF_CODES[call.service.protocol]
    return ApiError(fault.code or code, "The security token included in the request is invalid", status)


UNSUPPORTED_CODES = {
    Protocol.S3: ("MethodNotAllowed", METHOD_NOT_ALLOWED),
    Protocol.S3_CONTROL: ("MethodNotAllowed", METHOD_NOT_ALLOWED),
    Protocol.QUERY: ("InvalidAction", 400),
    Protocol.EC2: ("UnsupportedOperation", 400),
    Protocol.JSON: ("UnsupportedOperationException", 400),
    Protocol.REST_JSON: ("UnsupportedOperationException", 400),
}


def unsupported(call: Call, fault: Fault) -> ApiError:
    """Return "that does not exist here"; NotImplemented comes with its own status."""
    code, status = UNSUPPORTED_CODES[call.service.protocol]
    code = fault.code or code
    status = NOT_IMPLEMENTED if code == "NotImplemented" else status
    return ApiError(code, "The specified method is not allowed against this resource.", status)


def redirected(bucket: str, region: str) -> ApiError:
    """Return S3's word that a bucket lies in another region."""
    message = (
        "The bucket you are attempting to access must be addressed using the specified endpoint. "
        "Please send all future requests to this endpoint."
    )
    extra = {"Bucket": bucket, "Endpoint": f"{bucket}.s3.{region}.amazonaws.com"}
    return ApiError("PermanentRedirect", message, 301, extra=extra, headers=[("x-amz-bucket-region", region)])


def elsewhere(call: Call, fault: Fault) -> ApiError:
    """Return the redirect that a fault asks for."""
    return redirected(call.resource, fault.to)


ERRORS: Mapping[Kind, Callable[[Call, Fault], ApiError]] = {
    Kind.THROTTLE: throttled,
    Kind.EXPIRED: expired,
    Kind.REGION_OFF: region_off,
    Kind.UNSUPPORTED: unsupported,
    Kind.REDIRECT: elsewhere,
}
"""Faults that are an error of the service, and how it says so."""

LEAF = re.compile(rb">([^<>\s]+)</")


def spoilt(answer: Answer, fault: Fault) -> Answer:
    """Return an answer that cannot be understood, or not rightly."""
    if fault.body is not None:
        body = fault.body
    elif fault.how is Malformed.TRUNCATED:
        body = answer.body[: len(answer.body) // 2]
    elif fault.how is Malformed.GARBAGE:
        body = b"<html><body>It works!</body>"
    else:
        body = mistyped(answer.body)
    return Answer(status=answer.status, body=body, content_type=answer.content_type, headers=answer.headers)


def mistyped(body: bytes) -> bytes:
    """Return a body of the right format whose values have wrong types."""
    try:
        document: object = json.loads(body)
    except ValueError:
        return LEAF.sub(rb">unexpected value</", body)
    names = cast("dict[str, Any]", document) if isinstance(document, dict) else {}
    return json.dumps({name: {"unexpected": [1]} for name in names}).encode()


def unknown(call: Call) -> ApiError:
    """Return what a service says of an operation that it does not have."""
    message = f"the fake does not know {call.service.name}:{call.operation}"
    match call.service.protocol:
        case Protocol.S3 | Protocol.S3_CONTROL:
            return ApiError("NotImplemented", message, NOT_IMPLEMENTED)
        case Protocol.QUERY | Protocol.EC2:
            return ApiError("InvalidAction", message)
        case Protocol.JSON | Protocol.REST_JSON:
            return ApiError("UnknownOperationException", message)


def failure(call: Call, problem: ApiError) -> Answer:
    """Return an error as the service writes it."""
    return wire.error(call.service, problem)
