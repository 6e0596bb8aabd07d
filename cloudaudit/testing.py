"""For authors of checks: build a resource, ask for a verdict.

    bucket = build(Bucket, name="invoices", versioning=Versioning(status="Enabled"))
    assert verdict("aws-s3-bucket-versioning", bucket).status is Status.PASS

A fact that is not given is Unread, so a check that looks at it becomes NOT ASSESSED, as in life.
"""

import io
import typing
from collections.abc import Sequence
from typing import Any, TypeVar, cast

import msgspec

from cloudaudit import discovery
from cloudaudit.check import AnyCheck
from cloudaudit.engine import judge
from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.model import Finding, Gap, Resource
from cloudaudit.policy import AuditPolicy, digest
from cloudaudit.snapshot import SCHEMA, End, Header, Listed, Listing, Selection, Snapshot, SnapshotWriter

ACCOUNT = "123456789012"
REGION = "ap-northeast-1"
TAKEN_AT = "2026-11-21T00:00:00Z"

T = TypeVar("T")
R = TypeVar("R", bound=Resource)


def read(given: T, operation: str = "test:Read") -> Read[T]:
    """Return a fact that was read."""
    return Read(given, Source(operation, TAKEN_AT))


def unread(cause: Cause, permission: str = "", operation: str = "test:Read", detail: str = "") -> Unread:
    """Return a fact that was not read."""
    return Unread(cause, Source(operation, TAKEN_AT), permission=permission, detail=detail)


def denied(permission: str) -> Unread:
    """Return a fact whose reading was denied for want of a permission."""
    return unread(Cause.DENIED, permission, operation=permission)


def build(kind: type[R], *, name: str = "x", **fields: object) -> R:
    """Return a resource of a kind.

    Args:
        kind: the class of the resource.
        name: its name; the id follows from it unless given.
        fields: facts as plain values (they become Read) or as facts; other fields as they are. A fact that is left
            out is Unread; another field is empty.
    """
    given: dict[str, object] = {
        "id": f"arn:aws:test:::{kind.of_kind()}/{name}",
        "name": name,
        "account": ACCOUNT,
        "region": REGION,
        **fields,
    }
    hints = typing.get_type_hints(kind)
    built: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        if _is_fact(hints[field.name]):
            built[field.name] = _fact(given[field.name]) if field.name in given else unread(Cause.UNSUPPORTED)
        else:
            built[field.name] = given[field.name] if field.name in given else _empty(hints[field.name])
    unknown = given.keys() - built.keys()
    if unknown:
        message = f"{kind.__name__} has no field {', '.join(sorted(unknown))}"
        raise TypeError(message)
    return kind(**built)


def _is_fact(hint: object) -> bool:
    return Unread in typing.get_args(hint)


def _fact(given: object) -> object:
    if isinstance(given, Read | Unread):
        return cast("Fact[object]", given)
    return read(given)


def _empty(hint: Any) -> object:  # noqa: ANN401 - a type hint has no type of its own
    if type(None) in typing.get_args(hint):
        return None
    return (typing.get_origin(hint) or hint)()


def snapshot_of(
    *resources: Resource, gaps: Sequence[Gap] = (), listed: Sequence[Listed] = (), taken_at: str = TAKEN_AT
) -> Snapshot:
    """Return a complete snapshot that holds these resources.

    Args:
        resources: at least one; the first one's provider is the snapshot's.
        gaps: listings that failed.
        listed: lines of the listing of the first one's kind that have no record.
        taken_at: UTC time of the snapshot.
    """
    provider = discovery.provider(resources[0].provider)
    file = io.BytesIO()
    writer = SnapshotWriter(file)
    writer.write(
        Header(
            schema=SCHEMA,
            provider=provider.name,
            account=resources[0].account,
            partition="",
            spans=any(resource.account != resources[0].account for resource in resources),
            identity="test",
            taken_at=taken_at,
            tool_version="0",
            selection=Selection(),
            kinds=tuple(kind.of_kind() for kind in provider.kinds),
            policy_digest=digest(AuditPolicy()),
        )
    )
    writer.write(Listing(of=type(resources[0]).of_kind(), items=tuple(listed), complete=True))
    for gap in gaps:
        writer.write(gap)
    for resource in resources:
        writer.write(resource)
    writer.write(End(at=taken_at))
    return Snapshot(file, provider.kinds, "test")


def verdict(
    check: str | AnyCheck,
    resource: Resource,
    *others: Resource,
    policy: AuditPolicy | None = None,
    taken_at: str = TAKEN_AT,
) -> Finding:
    """Return the finding of one check on one resource, through the real engine.

    Args:
        check: an id, or the check itself.
        resource: what is judged.
        others: what else the snapshot holds.
        policy: thresholds; the defaults when not given.
        taken_at: UTC time at which ages are judged.
    """
    chosen = discovery.checks()[check] if isinstance(check, str) else check
    snapshot = snapshot_of(resource, *others, taken_at=taken_at)
    for finding in judge(snapshot, [chosen], policy or AuditPolicy()):
        if finding.resource.id == resource.id and finding.resource.kind == type(resource).of_kind():
            return finding
    message = f"{chosen.id} does not judge {type(resource).of_kind()}"
    raise LookupError(message)
