"""A stand-in for Microsoft Graph: answers reads from a dictionary of paths, as Graph would write them.

It knows paging, ``$select``, ``$top``, ``$batch`` and delta; whatever else Graph can do, it cannot.
"""

import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

Json = dict[str, Any]

PAGE = 100
DELTA = re.compile(r"/drives/(?P<drive>[^/]+)/root/delta")
VERSION = re.compile(r"/(v1\.0|beta)(?P<path>/.*)")
REQUEST_ID = "stand-in-0000"
CONTROL = "deltashowsharingchanges"


@dataclass
class Drive:
    """What a drive's delta tells.

    Attributes:
        items: everything in it, as of now; any sequence, so that a million need not be held.
        changes: what changed, each with the version that it made, and whether it was the sharing alone.
        forgotten: versions before this one are answered with 410.
    """

    items: Sequence[Json]
    version: int = 1
    changes: list[tuple[int, Json, bool]] = field(default_factory=list[tuple[int, Json, bool]])
    forgotten: int = 0

    def change(self, item: Json, *, sharing_only: bool = False) -> None:
        """Change, add or (with a ``deleted`` facet) delete an item."""
        self.version += 1
        self.changes.append((self.version, item, sharing_only))
        rest = [each for each in self.items if each["id"] != item["id"]]
        self.items = rest if "deleted" in item else [*rest, item]


@dataclass
class Estate:
    """What there is to read.

    Attributes:
        objects: one object a path.
        lists: one collection a path; where ``?`` and an exact query belong to the path, that query alone.
        drives: what delta tells, by drive id.
        refusals: patterns of paths with the status, code and message that they are answered with.
    """

    objects: dict[str, Json] = field(default_factory=dict[str, Json])
    lists: dict[str, list[Json]] = field(default_factory=dict[str, list[Json]])
    drives: dict[str, Drive] = field(default_factory=dict[str, Drive])
    refusals: dict[str, tuple[int, str, str]] = field(default_factory=dict[str, tuple[int, str, str]])


@dataclass(frozen=True)
class Reply:
    """An answer."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


def failure(status: int, code: str, message: str = "", headers: Mapping[str, str] | None = None) -> Reply:
    """Return an error as Graph writes it."""
    return Reply(status, {"error": {"code": code, "message": message or code}}, headers or {})


NOT_FOUND = failure(404, "itemNotFound", "The resource could not be found.")


@dataclass(frozen=True)
class Asked:
    """One request, or one within a batch.

    Attributes:
        path: after the version, decoded, without the query.
        query: each option once.
        prefer: the ``Prefer`` header.
        base: scheme and host that links are to begin with.
    """

    method: str
    path: str
    query: Mapping[str, str]
    prefer: str = ""
    base: str = ""
    batched: bool = False

    @property
    def selected(self) -> tuple[str, ...]:
        """What ``$select`` names; empty for everything."""
        return tuple(name for name in self.query.get("$select", "").split(",") if name)


class Graph:
    """Answers requests from an estate."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.page = PAGE
        self.lock = threading.Lock()

    def asked(
        self, method: str, target: str, headers: Mapping[str, str], *, batched: bool = False
    ) -> Asked | None:
        """Return a request as this understands it; None when it is for no version of Graph."""
        parts = urlsplit(target)
        found = VERSION.fullmatch(parts.path)
        if found is None:
            return None
        query = {name: given[-1] for name, given in parse_qs(parts.query, keep_blank_values=True).items()}
        base = f"http://{headers.get('host', '')}"
        path = unquote(found["path"]).replace("()", "")
        return Asked(method, path, query, headers.get("prefer", ""), base, batched)

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer one request.

        Args:
            method: of it.
            target: path and query.
            headers: by lower-case name.
            body: of a batch.
        """
        asked = self.asked(method, target, headers)
        if asked is None:
            return NOT_FOUND
        if not headers.get("authorization", "").startswith("Bearer "):
            return failure(401, "InvalidAuthenticationToken", "Access token is empty.")
        if asked.path == "/$batch" and method == "POST":
            return self.batch(asked, headers, body)
        return self.single(asked)

    def batch(self, asked: Asked, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer each request of a batch by itself."""
        del asked
        responses: list[Json] = []
        for inner in json.loads(body)["requests"]:
            own = {**headers, **{name.lower(): text for name, text in inner.get("headers", {}).items()}}
            one = self.asked(inner["method"], f"/v1.0{inner['url']}", own, batched=True)
            reply = self.single(one) if one else NOT_FOUND
            responses.append(
                {
                    "id": inner["id"],
                    "status": reply.status,
                    "headers": dict(reply.headers),
                    "body": reply.body,
                }
            )
        return Reply(200, {"responses": list(reversed(responses))})

    def single(self, asked: Asked) -> Reply:
        """Answer a request that is no batch."""
        if asked.method != "GET":
            return failure(405, "Request_BadRequest", "This stand-in can only be read.")
        for pattern, refusal in self.estate.refusals.items():
            if re.fullmatch(pattern, asked.path):
                return failure(*refusal)
        with self.lock:
            return self.read(asked)

    def read(self, asked: Asked) -> Reply:
        """Answer from the estate."""
        found = DELTA.fullmatch(asked.path)
        if found is not None:
            return self._delta(asked, found["drive"])
        if asked.path in self.estate.objects:
            return Reply(200, _select(self.estate.objects[asked.path], asked.selected))
        lines = self.estate.lists.get(_exact(asked), self.estate.lists.get(asked.path))
        if lines is None:
            return NOT_FOUND
        if asked.path in {"/auditLogs/signIns", "/auditLogs/directoryAudits"}:
            lines = _ordered(lines, asked.query.get("$orderby", ""))
        return self._listing(asked, _filtered(lines, asked.query.get("$filter", "")), selecting=True)

    def _listing(self, asked: Asked, lines: Sequence[Json], *, selecting: bool) -> Reply:
        start = int(asked.query.get("$skiptoken", "0"))
        size = min(int(asked.query.get("$top", str(self.page))), max(self.page, PAGE))
        chosen = asked.selected if selecting else ()
        body: Json = {"value": [_select(line, chosen) for line in lines[start : start + size]]}
        if start + size < len(lines):
            body["@odata.nextLink"] = self._link(asked, {"$skiptoken": str(start + size)})
        return Reply(200, body)

    def _delta(self, asked: Asked, drive_id: str) -> Reply:
        drive = self.estate.drives.get(drive_id)
        if drive is None:
            return NOT_FOUND
        since = int(asked.query.get("token", "0"))
        if since and since < drive.forgotten:
            return failure(410, "resyncRequired", "Resync required.")
        control = CONTROL in asked.prefer
        if since:
            lines: Sequence[Json] = [
                item
                for version, item, sharing_only in drive.changes
                if version > since and (control or not sharing_only)
            ]
        else:
            lines = drive.items
        reply = self._listing(asked, lines, selecting=True)
        if "@odata.nextLink" not in reply.body:
            token = {"token": str(drive.version)}
            reply.body["@odata.deltaLink"] = self._link(asked, token, without=("$skiptoken", "token"))
        return reply

    def _link(self, asked: Asked, more: Mapping[str, str], without: tuple[str, ...] = ()) -> str:
        query = {name: text for name, text in asked.query.items() if name not in without} | dict(more)
        written = "&".join(f"{name}={quote(text)}" for name, text in query.items())
        return f"{asked.base}/v1.0{quote(asked.path)}?{written}"


def _exact(asked: Asked) -> str:
    name = next((name for name in ("$filter", "search") if name in asked.query), "")
    return f"{asked.path}?{name}={asked.query[name]}" if name else asked.path


def _select(line: Json, chosen: tuple[str, ...]) -> Json:
    if not chosen:
        return line
    return {name: line[name] for name in line if name in chosen or name.startswith("@")}


def _filtered(lines: list[Json], expression: str) -> list[Json]:
    ids = re.findall(r"'([^']*)'", expression) if expression.startswith("appId in") else []
    return [line for line in lines if line.get("appId") in ids] if ids else lines


def _ordered(lines: list[Json], order: str) -> list[Json]:
    name, _, direction = order.partition(" ")
    return sorted(lines, key=lambda line: str(line.get(name, "")), reverse=direction == "desc")


Answerer = Callable[[str, str, Mapping[str, str], bytes], Reply]
