"""The server: who asks, what they may, which method answers."""

import base64
import itertools
import json
import threading
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from cloudaudit.demo.gcs import errors
from cloudaudit.demo.gcs.estate import Estate
from cloudaudit.demo.gcs.http import Reply, Request, decoded, serving
from cloudaudit.demo.gcs.permissions import PERMISSIONS
from cloudaudit.demo.gcs.routes import ROUTES, Call, Route

STORAGE = "storage"
HOST = ".googleapis.com"
TOKEN = "/token"  # noqa: S105 - the path of the token endpoint
TOKEN_SECONDS = 3600


@dataclass(frozen=True)
class Denial:
    """A permission that the caller lacks: on one bucket or project by its name, or everywhere."""

    permission: str
    resource: str = ""


@dataclass(frozen=True)
class Token:
    """What a token was made for: the scopes, and on whose behalf."""

    scopes: frozenset[str]
    subject: str


@dataclass(frozen=True)
class Matched:
    """A route and the variable parts of a request's path."""

    route: Route
    parts: tuple[str, ...]

    @property
    def resource(self) -> str:
        """What it is about: the first variable part, which is a bucket or a project."""
        return self.parts[0] if self.parts else ""


@dataclass
class Google:
    """Answers for all of Google's APIs, out of one estate.

    Attributes:
        denials: what the caller lacks.
        allow: the only permissions that the caller has; None for all.
        counts: how often each method was asked about each resource.
        targets: how often each recognised request came, as ``METHOD target``.
        refused: requests that no method answers, as ``METHOD path``.
        latency: seconds before each answer.
    """

    estate: Estate
    denials: tuple[Denial, ...] = ()
    allow: frozenset[str] | None = None
    latency: float = 0.0
    counts: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    targets: Counter[str] = field(default_factory=Counter[str])
    refused: list[str] = field(default_factory=list[str])
    tokens: dict[str, Token] = field(default_factory=dict[str, Token])
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: Request) -> Reply:
        """Answer one request."""
        if request.path == TOKEN:
            return self.grant(request)
        service, path = _service(request.path)
        matched = _matched(service, request.method, path)
        if matched is None:
            self.refused.append(f"{request.method} {request.path}")
            return errors.reply_of(errors.Refused(404, "There is no such method."), service)
        with self.lock:
            self.counts[matched.route.name, matched.resource] += 1
            self.targets[f"{request.method} {request.target}"] += 1
        planned = self.planned(matched, request)
        if planned is not None:
            return planned
        try:
            told = self._tell(matched, request)
        except errors.Refused as refused:
            return self._late(errors.reply_of(refused, service))
        headers = {"X-GUploader-UploadID": f"demo-{next(self.numbers)}"} if service == STORAGE else {}
        if isinstance(told, bytes):
            return self._late(
                Reply(body=told, headers={**headers, "Content-Type": "application/octet-stream"})
            )
        return self._late(Reply(body=json.dumps(told).encode(), headers=headers))

    def planned(self, matched: Matched, request: Request) -> Reply | None:
        """Return an answer that stands before everything else; the tests' faults are here."""
        del matched, request
        return None

    def may(self, permission: str, resource: str) -> bool:
        """Return whether the caller has a permission on a resource."""
        if self.allow is not None and permission not in self.allow:
            return False
        return not any(
            denial.permission == permission and denial.resource in {"", resource} for denial in self.denials
        )

    def _tell(self, matched: Matched, request: Request) -> object:
        route = matched.route
        self._check_project(matched, request)
        permission = PERMISSIONS[self._permission_key(matched, request)]
        resource = matched.resource or request.one("project")
        if permission and not self.may(permission, resource):
            raise errors.denied(permission, resource)
        return route.tell(Call(self.estate, request, matched.parts, self.may))

    def _permission_key(self, matched: Matched, request: Request) -> str:
        name = matched.route.name
        return f"{name} {request.one('contentType')}" if name == "assets.list" else name

    def _check_project(self, matched: Matched, request: Request) -> None:
        """Refuse what a project has switched off, or cannot pay for."""
        name = matched.resource
        if matched.route.service == STORAGE and matched.route.name != "hmacKeys.list":
            found = self.estate.bucket(name)
            project = found[0] if found else self.estate.project(request.one("project"))
        else:
            project = self.estate.project(name)
        if project is None:
            return
        service = f"{matched.route.service}{HOST}"
        if service in project.disabled:
            raise errors.disabled(service, project.number)
        if not project.billing and matched.route.service == STORAGE:
            raise errors.no_billing(project.number)

    def _late(self, reply: Reply) -> Reply:
        if not self.latency:
            return reply
        return Reply(reply.status, reply.body, reply.headers, self.latency)

    def grant(self, request: Request) -> Reply:
        """Give a token for a service account's signed claim, as Google's token endpoint does."""
        claim = request.form().get("assertion", "..").split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(claim + "=" * (-len(claim) % 4)))
        token = f"demo-token-{next(self.numbers)}"
        scopes = frozenset(str(claims.get("scope", "")).split())
        self.tokens[token] = Token(scopes, str(claims.get("sub", "")))
        body = {"access_token": token, "expires_in": TOKEN_SECONDS, "token_type": "Bearer"}
        return Reply(body=json.dumps(body).encode())

    @contextmanager
    def served(self, port: int = 0) -> Generator[str]:
        """Serve as long as the block lasts; yield the URL."""
        with serving(self.answer, port) as url:
            yield url


def _service(path: str) -> tuple[str, str]:
    """Return the service a path is for and the path of its method: other APIs lie below the name of their host."""
    first, _, rest = path[1:].partition("/")
    if first.endswith(HOST):
        return first.removesuffix(HOST), f"/{rest}"
    return STORAGE, path


def _matched(service: str, method: str, path: str) -> Matched | None:
    for route in ROUTES:
        if route.service == service and route.method == method:
            found = route.path.fullmatch(path)
            if found is not None:
                return Matched(route, tuple(decoded(part) for part in found.groups()))
    return None
