"""The server: requests are taken apart, counted, refused or answered, on one asyncio loop."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from threading import Event, Thread
from types import TracebackType
from typing import Self, TypeVar

from fakes.aws import actions, faults, iam, identity, organizations, regional, s3, s3control, wire
from fakes.aws.answers import Context, Handler, State
from fakes.aws.estate import Estate
from fakes.aws.faults import Fault, Kind, Malformed
from fakes.aws.http import Connection, Reply, head_value
from fakes.aws.routes import Call, Request, route
from fakes.aws.wire import Answer, ApiError

HOST = "127.0.0.1"

HANDLERS: Mapping[str, Mapping[str, Handler]] = {
    "s3": s3.HANDLERS,
    "s3control": s3control.HANDLERS,
    "iam": iam.HANDLERS,
    "sts": identity.STS_HANDLERS,
    "ec2": identity.EC2_HANDLERS,
    "organizations": organizations.HANDLERS,
    **regional.HANDLERS,
}

STATEFUL = frozenset({"GenerateCredentialReport", "GetCredentialReport"})
"""Operations whose answer changes from call to call."""

ANYWHERE = frozenset({"ListBuckets", "ListDirectoryBuckets", "GetBucketLocation", "CreateSession"})
"""S3 operations that every region answers."""

CUSTOMER_KEY = b"\r\nx-amz-server-side-encryption-customer-algorithm:"
CACHE_LIMIT = 500_000
FORBIDDEN = 403

Key = tuple[str, str, str, str]
"""Service, operation, region and resource of a request."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that was seen before: what it asks for and, unless it changes, what is answered."""

    call: Call
    key: Key
    action: str | None
    answer: tuple[bytes, ...] | None


@dataclass(kw_only=True)
class World:
    """An account and what the server remembers of it."""

    estate: Estate
    state: State

    @classmethod
    def of(cls, estate: Estate) -> Self:
        """Return the account as it is now."""
        return cls(estate=estate, state=State(buckets={bucket.name: bucket for bucket in estate.buckets}))


class FakeAws:
    """A fake AWS on 127.0.0.1, in a thread of this process.

    ``with FakeAws(estate) as fake:`` serves until the block ends; ``AWS_ENDPOINT_URL`` is ``fake.url``. Any
    credentials will do, signatures are not verified. Roles may be assumed into the accounts of ``others``.
    Estates may be changed while nothing is being asked; ``forget()`` then drops answers made before.

    Attributes:
        allow: the actions that are allowed, with wildcards as in a policy; None for all.
        latency: seconds by which every answer is late.
        counts: how often each (service, operation, region, resource) was asked for.
        writes: operations that would have changed something; nothing is ever changed.
        unknown: operations that this server has no answer for; they are answered with an error.
        denied: actions that were refused, by ``allow`` or by a fault.
        crashes: errors of this server itself; the end of the ``with`` block raises when there were any.
        peak: the most requests that waited for their answer at once; without latency it says nothing.
    """

    def __init__(
        self,
        estate: Estate,
        *others: Estate,
        allow: Collection[str] | None = None,
        latency: float = 0.0,
        strict_region: bool = True,
        port: int = 0,
    ) -> None:
        self.allow = allow
        self.latency = latency
        self.faults: list[Fault] = []
        self.url = ""
        self._estates = (estate, *others)
        self._strict_region = strict_region
        self._port = port
        self._thread: Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._connections: set[Connection] = set()
        self._number = 0
        self.in_flight = 0
        self.crashes: list[Exception] = []
        self.reset()

    # ------------------------------------------------------------------ control

    def reset(self) -> None:
        """Zero the counters and forget everything but the estates, the faults and what is allowed."""
        self.counts: dict[Key, int] = {}
        self.writes: list[Key] = []
        self.unknown: dict[str, int] = {}
        self.denied: dict[str, int] = {}
        self.connections = 0
        self.peak = self.in_flight
        self.forget()

    def forget(self) -> None:
        """Drop answers that were made before, and what was asked of IAM's credential report."""
        self._cache: dict[bytes, Prepared] = {}
        self._allowed: dict[str, bool] = {}
        self._worlds = {estate.account: World.of(estate) for estate in self._estates}

    def stats(self) -> dict[str, object]:
        """Return the counters as plain JSON."""
        operations: dict[str, int] = {}
        for (service, operation, _, _), count in self.counts.copy().items():
            name = f"{service}:{operation}"
            operations[name] = operations.get(name, 0) + count
        return {
            "total": sum(operations.values()),
            "operations": dict(sorted(operations.items())),
            "unknown": dict(sorted(self.unknown.copy().items())),
            "denied": dict(sorted(self.denied.copy().items())),
            "writes": [list(key) for key in self.writes],
            "connections": self.connections,
            "peak_in_flight": self.peak,
        }

    def count(self, service: str, operation: str, *, region: str = "", resource: str | None = None) -> int:
        """Return how often an operation was asked for, in one region or about one resource if given."""
        return sum(
            count
            for key, count in self.counts.copy().items()
            if key[:2] == (service, operation)
            and region in {"", key[2]}
            and (resource is None or resource == key[3])
        )

    # ------------------------------------------------------------------ faults

    def fail(self, fault: Fault) -> None:
        """Add a fault; the first that meets a call counts."""
        self.faults.append(fault)

    def deny(self, service: str, operation: str = "*", resource: str = "*", *, by_scp: bool = False) -> None:
        """Refuse an operation."""
        kind = Kind.DENY_BY_SCP if by_scp else Kind.DENY
        self.fail(Fault(kind=kind, service=service, operation=operation, resource=resource))

    def throttle(
        self, service: str, operation: str = "*", *, times: int | None = None, retry_after: float = 0.0
    ) -> None:
        """Say "too many requests", a number of times or always."""
        self.fail(
            Fault(kind=Kind.THROTTLE, service=service, operation=operation, times=times, seconds=retry_after)
        )

    def malform(
        self,
        service: str,
        operation: str,
        resource: str = "*",
        *,
        how: Malformed = Malformed.TRUNCATED,
        body: bytes | None = None,
    ) -> None:
        """Spoil answers."""
        self.fail(
            Fault(
                kind=Kind.MALFORMED,
                service=service,
                operation=operation,
                resource=resource,
                how=how,
                body=body,
            )
        )

    def expire(self, *, after: int) -> None:
        """Let the credentials expire after a number of calls."""
        self.fail(Fault(kind=Kind.EXPIRED, after=after))

    def region_off(self, *regions: str) -> None:
        """Refuse every call in these regions, as AWS does where a region is not opted in."""
        for region in regions:
            self.fail(Fault(kind=Kind.REGION_OFF, region=region))

    # ------------------------------------------------------------------ one request

    def receive(self, head: bytes, body: bytes, connection: Connection) -> None:
        """Answer one request, or remember why that failed: a fault of the fake must not look like one of AWS."""
        try:
            self.respond(head, body, connection)
        except Exception as problem:
            self.crashes.append(problem)
            raise

    def respond(self, head: bytes, body: bytes, connection: Connection) -> None:
        """Count a request and answer it: the place where everything comes together."""
        key = cache_key(head, body)
        prepared = self._cache.get(key)
        if prepared is None:
            prepared = self.prepare(head, body)
            if len(self._cache) < CACHE_LIMIT:
                self._cache[key] = prepared
        self.counts[prepared.key] = self.counts.get(prepared.key, 0) + 1
        self._number += 1
        request_id = b"%016X" % self._number
        plain = not self.faults and self.allow is None and prepared.call.known and not prepared.call.write
        if plain and prepared.answer is not None:
            reply = Reply(request_id.join(prepared.answer), self.latency)
        else:
            reply = self.reply(prepared, request_id)
        self.send(connection, reply)

    def prepare(self, head: bytes, body: bytes) -> Prepared:
        """Take a request apart, and answer it where the answer stays the same."""
        call = route(parse(head, body))
        handled = call.operation in HANDLERS.get(call.service.name, {})
        if call.known and not handled:
            call = replace(call, known=False)
        key = (call.service.name, call.operation, call.region, call.resource)
        answer = None
        if call.known and call.operation not in STATEFUL:
            answer = wire.parts(self.answer(call), head_only=call.head)
        return Prepared(call, key, actions.action(call) if call.known else None, answer)

    def reply(self, prepared: Prepared, request_id: bytes) -> Reply:
        """Return what is sent for a request that needs a closer look."""
        call = prepared.call
        if call.write:
            self.writes.append(prepared.key)
        fault = next((each for each in self.faults if each.meets(call)), None)
        if fault is not None and fault.kind is Kind.NETWORK:
            return Reply(b"", self.latency)
        late = self.latency + (fault.seconds if fault is not None and fault.kind is Kind.SLOW else 0.0)
        refusal = self.refusal(prepared, fault)
        if refusal is None and prepared.answer is not None and (fault is None or fault.kind is Kind.SLOW):
            return Reply(request_id.join(prepared.answer), late)
        answer = faults.failure(call, refusal) if refusal else self.answer(call)
        if refusal is None and fault is not None and fault.kind is Kind.MALFORMED:
            answer = faults.spoilt(answer, fault)
        return Reply(request_id.join(wire.parts(answer, head_only=call.head)), late)

    def refusal(self, prepared: Prepared, fault: Fault | None) -> ApiError | None:
        """Return why a request is not answered, or None when it is."""
        call, action = prepared.call, prepared.action
        if not call.known:
            name = f"{call.service.name}:{call.operation}"
            self.unknown[name] = self.unknown.get(name, 0) + 1
            return faults.unknown(call)
        if fault is not None and fault.kind in faults.ERRORS:
            return faults.ERRORS[fault.kind](call, fault)
        by_fault = fault is not None and fault.kind in {Kind.DENY, Kind.DENY_BY_SCP}
        wanted = action or f"{call.service.name}:{call.operation}"
        if by_fault or (action is not None and not self.permits(action)):
            self.denied[wanted] = self.denied.get(wanted, 0) + 1
            estate = self.world(call).estate
            resource = actions.arn(call, estate.account, estate.partition)
            by_scp = fault is not None and fault.kind is Kind.DENY_BY_SCP
            return faults.denied(call, wanted, estate.caller_arn, resource, by_scp=by_scp)
        return None

    def permits(self, action: str) -> bool:
        """Whether an action is among those allowed."""
        if self.allow is None:
            return True
        known = self._allowed.get(action)
        if known is None:
            known = self._allowed[action] = actions.is_allowed(action, self.allow)
        return known

    def world(self, call: Call) -> World:
        """Return the account that the credentials belong to: that of the assumed role, else the first."""
        if call.access_key.startswith(identity.ROLE_KEY):
            account = call.access_key.removeprefix(identity.ROLE_KEY)
            return self._worlds.get(account) or self._worlds[self._estates[0].account]
        return self._worlds[self._estates[0].account]

    def answer(self, call: Call) -> Answer:
        """Return the service's answer, which may be one of its errors."""
        world = self.world(call)
        context = Context(
            call=call,
            estate=world.estate,
            state=world.state,
            others={account: other.estate for account, other in self._worlds.items()},
        )
        try:
            if self._strict_region:
                self.require_region(context)
            return HANDLERS[call.service.name][call.operation](context)
        except ApiError as problem:
            return faults.failure(call, problem)

    def require_region(self, context: Context) -> None:
        """Refuse an S3 request that was signed for another region than the bucket's.

        Raises:
            ApiError: PermanentRedirect.
        """
        call = context.call
        if call.service is not wire.S3 or call.operation in ANYWHERE:
            return
        bucket = context.state.buckets.get(call.resource)
        if bucket is not None and bucket.region != call.region:
            raise faults.redirected(bucket.name, bucket.region)

    # ------------------------------------------------------------------ connections

    def send(self, connection: Connection, reply: Reply) -> None:
        """Send a reply now or later; an empty one closes the connection."""
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        if reply.late > 0 and self._loop is not None:
            self._loop.call_later(reply.late, self.finish, connection, reply.data)
        else:
            self.finish(connection, reply.data)

    def finish(self, connection: Connection, data: bytes) -> None:
        """Write a reply."""
        self.in_flight -= 1
        connection.answer(data)

    def opened(self, connection: Connection) -> None:
        """Count a connection."""
        self.connections += 1
        self._connections.add(connection)

    def closed(self, connection: Connection) -> None:
        """Let go of a connection."""
        self._connections.discard(connection)

    def control(self, target: str) -> Answer:
        """Answer the control endpoints, which are neither counted nor delayed."""
        if target == "/__stats":
            return Answer(body=json.dumps(self.stats()).encode(), content_type="application/json")
        if target == "/__reset":
            self.reset()
            return Answer(body=b"{}", content_type="application/json")
        return Answer(status=404)

    # ------------------------------------------------------------------ life

    async def serve(self, ready: Callable[[str], object]) -> None:
        """Serve until stopped; ``ready`` is told the URL."""
        loop = asyncio.get_running_loop()
        self._loop, self._stop = loop, asyncio.Event()
        server = await loop.create_server(lambda: Connection(self), HOST, self._port, backlog=4096)
        self.url = f"http://{HOST}:{server.sockets[0].getsockname()[1]}"
        ready(self.url)
        try:
            await self._stop.wait()
        finally:
            server.close()
            for connection in tuple(self._connections):
                connection.answer(b"")
            # One turn of the loop lets the transports close their sockets before the loop itself is closed.
            await asyncio.sleep(0)

    def stop(self) -> None:
        """Ask the server to end, from any thread."""
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)

    def __enter__(self) -> Self:
        ready = Event()
        self._thread = Thread(
            target=run, args=(self.serve(lambda _: ready.set()),), name="fake-aws", daemon=True
        )
        self._thread.start()
        if not ready.wait(timeout=10):
            message = "the fake AWS did not start"
            raise RuntimeError(message)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self._thread is not None:
            self._thread.join(timeout=10)
        if self.crashes and kind is None:
            message = f"the fake AWS itself failed {len(self.crashes)} times"
            raise RuntimeError(message) from self.crashes[0]


T = TypeVar("T")


def run(work: Awaitable[T]) -> T:
    """Run a coroutine on the fastest loop that there is."""

    async def main() -> T:
        return await work

    try:
        uvloop = import_module("uvloop")
    except ImportError:
        return asyncio.run(main())
    done: T = uvloop.run(main())
    return done


# --------------------------------------------------------------------------- taking requests apart


def cache_key(head: bytes, body: bytes) -> bytes:
    """Return everything of a request that decides its answer."""
    told = (head_value(head, b"\r\nX-Amz-Target:"), head_value(head, CUSTOMER_KEY))
    return b"\n".join((head[: head.find(b"\r\n")], scope(head), *told, body))


def scope(head: bytes) -> bytes:
    """Return the signature's ``<key>/<date>/<region>/<service>/aws4_request``; empty without one."""
    start = head.find(b"Credential=")
    if start < 0:
        return b""
    start += len(b"Credential=")
    return head[start : head.find(b",", start)]


def parse(head: bytes, body: bytes) -> Request:
    """Take a request apart."""
    line = head[: head.find(b"\r\n")].decode("latin-1")
    method, target, _ = line.split(" ", 2)
    path, _, query = target.partition("?")
    if head_value(head, CUSTOMER_KEY):
        query = f"{query}&{s3.WITH_KEY}=1"
    access_key, region, service = credential(scope(head).decode("latin-1"))
    return Request(
        method=method,
        path=path,
        query=query,
        region=region,
        signed_for=service,
        access_key=access_key,
        target=head_value(head, b"\r\nX-Amz-Target:").decode("latin-1"),
        body=body,
    )


def credential(text: str) -> tuple[str, str, str]:
    """Return access key, region and service of a credential scope; empty for an unsigned request."""
    match text.split("/"):
        case [key, _, region, service, _]:
            return key, region, service
        case _:
            return "", "", ""
