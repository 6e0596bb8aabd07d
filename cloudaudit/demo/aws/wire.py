"""Which operation a request calls, and how an answer to it looks on the wire."""

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from cloudaudit.providers.aws.operations import (
    GET_DIRECTORY_BUCKET_ENCRYPTION,
    GET_DIRECTORY_BUCKET_POLICY,
    LIST_DIRECTORY_BUCKETS,
    OPERATIONS,
    Operation,
)

DIRECTORY_OPERATIONS = (
    LIST_DIRECTORY_BUCKETS,
    GET_DIRECTORY_BUCKET_POLICY,
    GET_DIRECTORY_BUCKET_ENCRYPTION,
)
DIRECTORY_SIGNING_NAME = "s3express"
PLACEHOLDER = re.compile(r"\{(\w+)(\+?)\}")
SCOPE = re.compile(r"Credential=[^/]+/[^/]+/([^/]+)/([^/]+)/aws4_request")

Environ = dict[str, Any]
"""A request as WSGI hands it over."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request for one operation; ``params`` are those of path, query and body, whatever their place."""

    operation: Operation
    region: str
    params: Mapping[str, Any]

    def param(self, name: str) -> str:
        """Return a parameter as text; empty when it was not given."""
        return str(self.params.get(name, ""))


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What goes over the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class ApiError(Exception):
    """An error that the service answers with."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.status = status


@dataclass(frozen=True)
class _Route:
    operation: Operation
    path: re.Pattern[str]
    marker: str


def recognise(environ: Environ) -> Call | None:
    """Return the call that a request makes, or None when it is none that a scan makes."""
    scope = SCOPE.search(str(environ.get("HTTP_AUTHORIZATION", "")))
    if scope is None:
        return None
    region, signing_name = scope.groups()
    query = dict(parse_qsl(str(environ.get("QUERY_STRING", "")), keep_blank_values=True))
    if environ["REQUEST_METHOD"] == "GET":
        return _by_path(str(environ["PATH_INFO"]), query, signing_name, region)
    if environ["REQUEST_METHOD"] == "POST":
        return _by_name(environ, signing_name, region)
    return None


def _by_path(path: str, query: Mapping[str, str], signing_name: str, region: str) -> Call | None:
    for route in _routes(signing_name):
        matched = route.path.fullmatch(path)
        if matched and (not route.marker or route.marker in query):
            return Call(
                operation=route.operation, region=region, params={**query, **matched.groupdict(default="")}
            )
    return None


@cache
def _routes(signing_name: str) -> tuple[_Route, ...]:
    if signing_name == DIRECTORY_SIGNING_NAME:
        return tuple(_route(operation) for operation in DIRECTORY_OPERATIONS)
    found = [
        _route(operation)
        for operation in OPERATIONS
        if operation not in DIRECTORY_OPERATIONS and _signed_as(operation) == signing_name
    ]
    return tuple(found)


def _signed_as(operation: Operation) -> str:
    return str(_service_model(operation.service).signing_name)


def _route(operation: Operation) -> _Route:
    uri = str(_model(operation).http["requestUri"])
    path, _, marker = uri.partition("?")
    pattern = PLACEHOLDER.sub(
        lambda found: f"(?P<{found[1]}>{'.+' if found[2] or found[1] == 'resourceArn' else '[^/]+'})", path
    )
    return _Route(operation, re.compile(pattern), marker.partition("=")[0])


def _by_name(environ: Environ, signing_name: str, region: str) -> Call | None:
    body = _body(environ)
    target = str(environ.get("HTTP_X_AMZ_TARGET", "")).rpartition(".")[2]
    if target:
        params: dict[str, Any] = json.loads(body or b"{}")
        name = target
    elif str(environ.get("CONTENT_TYPE", "")).startswith("application/x-www-form-urlencoded"):
        params = dict(parse_qsl(body.decode(), keep_blank_values=True))
        name = str(params.get("Action", ""))
    else:
        return None
    for operation in OPERATIONS:
        if operation.name == name and _signed_as(operation) == signing_name:
            return Call(operation=operation, region=region, params=params)
    return None


def _body(environ: Environ) -> bytes:
    """Return the body of a request, and put it back for whoever reads next."""
    body = bytes(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def result(operation: Operation, members: Mapping[str, Any]) -> Answer:
    """Return an answer; ``members`` are spelled as the SDK returns them. The writing is moto's own."""
    from moto.core.serialize import get_serializer_class

    model = _service_model(operation.service)
    writer = get_serializer_class(operation.service, str(model.protocol))(_model(operation))
    written = writer.serialize(dict(members))
    body = written["body"]
    return Answer(
        status=written["status_code"],
        headers=dict(written["headers"]),
        body=body if isinstance(body, bytes) else body.encode(),
    )


def error(operation: Operation, what: ApiError) -> Answer:
    """Return an error in the form that the operation's service uses."""
    protocol = str(_service_model(operation.service).protocol)
    if protocol in {"json", "rest-json"}:
        return Answer(
            status=what.status,
            headers={"Content-Type": "application/json", "x-amzn-ErrorType": what.code},
            body=json.dumps({"__type": what.code, "message": what.message}).encode(),
        )
    opening, closing = {
        "s3": ("<Error>", "</Error>"),
        "ec2": ("<Response><Errors><Error>", "</Error></Errors></Response>"),
    }.get(operation.service, ("<ErrorResponse><Error>", "</Error></ErrorResponse>"))
    body = f"{opening}<Code>{what.code}</Code><Message>{what.message}</Message>{closing}"
    return Answer(status=what.status, headers={"Content-Type": "application/xml"}, body=body.encode())


def _service_model(service: str) -> Any:  # noqa: ANN401 - the SDK has no types
    from moto.core.utils import get_service_model

    return get_service_model(service)


def _model(operation: Operation) -> Any:  # noqa: ANN401 - the SDK has no types
    return _service_model(operation.service).operation_model(operation.name)
