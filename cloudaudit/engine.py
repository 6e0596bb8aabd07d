"""Judge a snapshot: pure, streaming, and the only place where NOT ASSESSED is made."""

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import TypeVar, cast

import msgspec

from cloudaudit.check import AnyCheck
from cloudaudit.clock import parse
from cloudaudit.errors import SnapshotError
from cloudaudit.explain import explain
from cloudaudit.facts import Cause, NotRead, Source, Unread, not_read
from cloudaudit.ids import finding_id
from cloudaudit.model import (
    Finding,
    Gap,
    Part,
    Resource,
    ResourceRef,
    Severity,
    Status,
    SubFinding,
    Verdict,
    ref,
)
from cloudaudit.policy import AuditPolicy
from cloudaudit.snapshot import Snapshot
from cloudaudit.text import Text

S = TypeVar("S", bound=Resource)
V = TypeVar("V")

SAYABLE = frozenset({Status.PASS, Status.FAIL, Status.NOT_APPLICABLE})
"""What a check may say; the rest is the engine's and the waivers' to say."""


class SnapshotAudit:
    """What one check may see of a snapshot: the kinds that it declared, and no others."""

    def __init__(
        self,
        snapshot: Snapshot,
        policy: AuditPolicy,
        taken_at: datetime,
        kinds: Sequence[type[Resource]],
        held: MutableMapping[type[Resource], Sequence[Resource]],
        worked_out: MutableMapping[str, object],
    ) -> None:
        self._snapshot = snapshot
        self._policy = policy
        self._taken_at = taken_at
        self._kinds = tuple(kinds)
        # Shared by the audits of a run: what one check asked for as a whole, for one resource, the next asks too.
        self._held = held
        self._worked_out = worked_out

    @property
    def policy(self) -> AuditPolicy:
        """The thresholds in force."""
        return self._policy

    @property
    def taken_at(self) -> datetime:
        """The time at which ages are judged."""
        return self._taken_at

    def only(self, kind: type[S]) -> S:
        """Return the single resource of a kind.

        Raises:
            SnapshotError: the snapshot has several.
        """
        resources = self.of(kind)
        if not resources:
            not_read(_missing(self._snapshot))
        if len(resources) > 1:
            raise _several(kind, len(resources))
        return resources[0]

    def of(self, kind: type[S]) -> Sequence[S]:
        """Return every resource of a kind."""
        self._declared(kind)
        held = self._held.get(kind)
        if held is None:
            held = self._held[kind] = self._whole(kind)
        return cast("Sequence[S]", held)

    def get(self, kind: type[S], resource_id: str) -> S | None:
        """Return one resource, or None when the complete listing does not name it."""
        self._declared(kind)
        resource = self._snapshot.get(kind, resource_id)
        if resource is not None:
            return resource
        if self._snapshot.listed(kind, resource_id) is not None:
            not_read(_missing(self._snapshot))
        gaps = self._snapshot.gaps(kind)
        if gaps:
            not_read(*(_unread(gap) for gap in gaps))
        if self._snapshot.narrowed(kind):
            not_read(
                Unread(
                    Cause.UNSUPPORTED,
                    Source(""),
                    detail=Text(en="outside the scope of this run", ja="今回の範囲外です"),
                )
            )
        return None

    def once(self, name: str, work_out: Callable[[], V]) -> V:
        """Return what was worked out under this name."""
        if name not in self._worked_out:
            self._worked_out[name] = work_out()
        return cast("V", self._worked_out[name])

    def _whole(self, kind: type[S]) -> Sequence[S]:
        unread = [_unread(gap) for gap in self._snapshot.gaps(kind)]
        if unread:
            not_read(*unread)
        resources = tuple(self._snapshot.resources(kind))
        if len(resources) < len(self._snapshot.ids(kind)):
            not_read(_missing(self._snapshot))
        return resources

    def _declared(self, kind: type[Resource]) -> None:
        if not any(issubclass(kind, declared) for declared in self._kinds):
            message = f"the check looks at {kind.of_kind()} without declaring it in uses"
            raise LookupError(message)


def judge(
    snapshot: Snapshot, checks: Sequence[AnyCheck], policy: AuditPolicy, as_of: str = ""
) -> Iterator[Finding]:
    """Yield one finding for each check and resource, ordered by kind, resource and check.

    Args:
        snapshot: what was read.
        checks: those to run; each must look only at kinds that the snapshot was to collect.
        policy: thresholds.
        as_of: UTC time to judge ages at, instead of the snapshot's own.
    """
    taken_at = parse(as_of or snapshot.header.taken_at)
    held: dict[type[Resource], Sequence[Resource]] = {}
    worked_out: dict[str, object] = {}
    for kind in snapshot.kinds:
        selected = sorted(
            (check for check in checks if issubclass(kind, check.on)), key=lambda check: check.id
        )
        if not selected:
            continue
        audits = [
            SnapshotAudit(snapshot, policy, taken_at, check.kinds, held, worked_out) for check in selected
        ]
        for _, group in groupby(snapshot.gaps(kind), key=lambda gap: (gap.account, gap.region)):
            gaps = tuple(group)
            for check in selected:
                yield _not_assessed(check, gap_ref(snapshot, gaps[0]), tuple(_unread(gap) for gap in gaps))
        for resource_id in snapshot.ids(kind):
            resource = snapshot.get(kind, resource_id)
            subject = _listed_ref(snapshot, kind, resource_id) if resource is None else ref(resource)
            for check, audit in zip(selected, audits, strict=True):
                if resource is None:
                    yield _not_assessed(check, subject, (_missing(snapshot),))
                else:
                    yield _judge_one(check, resource, subject, audit)


def gap_ref(snapshot: Snapshot, gap: Gap) -> ResourceRef:
    """Return the reference that stands for everything of a kind in a region that could not be listed."""
    return ResourceRef(
        provider=snapshot.header.provider,
        account=gap.account or snapshot.header.account,
        region=gap.region,
        kind=gap.of,
        id="/".join((gap.of, *([gap.account] if gap.account else ()), gap.region, "*")),
        name="*",
    )


def gapped(snapshot: Snapshot, checks: Sequence[AnyCheck]) -> frozenset[str]:
    """Return the ids of the checks whose own kind has a gap."""
    kinds = [kind for kind in snapshot.kinds if snapshot.gaps(kind)]
    return frozenset(check.id for check in checks if any(issubclass(kind, check.on) for kind in kinds))


def _listed_ref(snapshot: Snapshot, kind: type[Resource], resource_id: str) -> ResourceRef:
    listed = snapshot.listed(kind, resource_id)
    return ResourceRef(
        provider=snapshot.header.provider,
        account=(listed and listed.account) or snapshot.header.account,
        region=listed.region if listed else "",
        kind=kind.of_kind(),
        id=resource_id,
        name=listed.name if listed else resource_id,
    )


def _judge_one(check: AnyCheck, resource: Resource, subject: ResourceRef, audit: SnapshotAudit) -> Finding:
    try:
        return _finding(check, subject, check.judge(resource, audit), audit.policy)
    except NotRead as missing:
        return _not_assessed(check, subject, missing.facts)
    except SnapshotError:
        raise
    except Exception as error:  # noqa: BLE001 - a check that crashes costs its own verdict and no other
        detail = f"{type(error).__name__} in {check.id}"
        return _not_assessed(check, subject, (Unread(Cause.CRASH, Source(""), detail=detail),))


def _finding(check: AnyCheck, subject: ResourceRef, verdict: Verdict, policy: AuditPolicy) -> Finding:
    severity = _allowed(check, verdict)
    clauses = own_clauses(check, policy) if verdict.status is Status.FAIL else {}
    if verdict.status is Status.PASS and any(part.status is Status.FAIL for part in verdict.parts):
        message = "a part fails and the whole passes"
        raise ValueError(message)
    return Finding(
        id=finding_id(subject.provider, subject.account, check.id, subject.id),
        check=check.id,
        theme=check.theme,
        severity=severity,
        status=verdict.status,
        resource=subject,
        reason=_with_clauses(verdict.reason, clauses) if clauses else verdict.reason,
        evidence={**verdict.evidence, "own_rules": clauses} if clauses else verdict.evidence,
        sub_findings=tuple(_sub_finding(check, subject, part) for part in _unique(verdict.parts)),
    )


def own_clauses(check: AnyCheck, policy: AuditPolicy) -> dict[str, str]:
    """Return the clauses of the company's own rules that ask for what a check looks at, by setting."""
    return {name: policy.rules[name] for name in check.settings if policy.rules.get(name)}


def _with_clauses(reason: Text, clauses: Mapping[str, str]) -> Text:
    said = tuple(dict.fromkeys(clauses.values()))
    return Text(
        en=f"{reason.en} Clause of the company's own rules: {'; '.join(said)}.",
        ja=f"{reason.ja}(規程条項: {'、'.join(said)})",
    )


def _allowed(check: AnyCheck, said: Verdict | Part) -> Severity:
    """Return the severity of what a check said, which may be only what is a check's to say."""
    if said.status not in SAYABLE:
        message = f"a check may not say {said.status}"
        raise ValueError(message)
    if said.severity is None:
        return check.severity
    if said.severity.rank > check.severity.rank:
        message = f"severity {said.severity} is above the check's own {check.severity}"
        raise ValueError(message)
    return said.severity


def _unique(parts: Sequence[Part]) -> Sequence[Part]:
    keys = sorted(part.key for part in parts)
    twice = [key for key, group in groupby(keys) if len(list(group)) > 1]
    if twice:
        message = f"two parts have the key {twice[0]!r}"
        raise ValueError(message)
    return parts


def _sub_finding(check: AnyCheck, subject: ResourceRef, part: Part) -> SubFinding:
    return SubFinding(
        id=finding_id(subject.provider, subject.account, check.id, subject.id, part.key),
        key=part.key,
        status=part.status,
        severity=_allowed(check, part),
        reason=part.reason,
        evidence=part.evidence,
    )


def _not_assessed(check: AnyCheck, subject: ResourceRef, facts: Sequence[Unread]) -> Finding:
    permissions = {fact.permission for fact in facts if fact.cause is Cause.DENIED and fact.permission}
    return Finding(
        id=finding_id(subject.provider, subject.account, check.id, subject.id),
        check=check.id,
        theme=check.theme,
        severity=check.severity,
        status=Status.NOT_ASSESSED,
        resource=subject,
        reason=explain(facts),
        cause=facts[0].cause if facts else Cause.CRASH,
        missing_permissions=tuple(sorted(permissions)),
        evidence={
            "not_read": [
                {
                    "operation": fact.source.operation,
                    "cause": fact.cause,
                    "detail": msgspec.to_builtins(fact.detail),
                }
                for fact in facts
            ]
        },
    )


def _several(kind: type[Resource], count: int) -> SnapshotError:
    tag = kind.of_kind()
    return SnapshotError(
        Text(
            en=f"The snapshot has {count} records of {tag}, of which an account has one; scan again, "
            "or restore the file from a copy.",
            ja=f"スナップショットに {tag} の記録が {count} 件あります(本来は 1 件)。"
            "再スキャンするか、控えから復元してください。",
        )
    )


def _unread(gap: Gap) -> Unread:
    return Unread(gap.cause, Source(gap.operation, gap.at), permission=gap.permission, detail=gap.detail)


def _missing(snapshot: Snapshot) -> Unread:
    return Unread(snapshot.missing_cause, Source(""))
