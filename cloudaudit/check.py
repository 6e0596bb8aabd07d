"""All that the author of a check imports."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from cloudaudit.facts import Cause, Fact, NotRead, Read, Source, Unread, not_read, value
from cloudaudit.model import Evidence, Part, Resource, Severity, Status, Theme, Verdict
from cloudaudit.policy import AuditPolicy
from cloudaudit.text import Text

__all__ = [
    "Audit",
    "Cause",
    "Check",
    "Evidence",
    "Fact",
    "NotRead",
    "Part",
    "Read",
    "Severity",
    "Source",
    "Status",
    "Text",
    "Theme",
    "Unread",
    "Verdict",
    "check",
    "failed",
    "failed_part",
    "not_applicable",
    "not_read",
    "passed",
    "passed_part",
    "value",
]

R = TypeVar("R", bound=Resource)
S = TypeVar("S", bound=Resource)
V = TypeVar("V")


class Audit(Protocol):
    """What a check may know besides the resource in hand.

    A check sees only the kinds that it named in ``uses`` (and the one it is ``on``). Where the listing of such a kind
    failed, asking raises NotRead, so that the finding becomes NOT ASSESSED.
    """

    @property
    def policy(self) -> AuditPolicy:
        """The thresholds in force."""
        ...

    @property
    def taken_at(self) -> datetime:
        """The time, in UTC, at which ages and deadlines are judged."""
        ...

    def only(self, kind: type[S]) -> S:
        """Return the single resource of a kind, such as the account."""
        ...

    def of(self, kind: type[S]) -> Sequence[S]:
        """Return every resource of a kind, ordered by id. Not for kinds that come in tens of thousands."""
        ...

    def get(self, kind: type[S], resource_id: str) -> S | None:
        """Return one resource, or None when the (complete) listing does not name it."""
        ...

    def once(self, name: str, work_out: Callable[[], V]) -> V:
        """Return what was worked out under this name, by whichever check came first.

        For what is costly and the same for many resources. It must follow from the snapshot and the policy alone, and the
        name must tell it from all else. What raises NotRead is worked out again.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Check(Generic[R]):
    """A check with its texts. Built by ``@check``; the docstring of the function is the rationale.

    Attributes:
        title: the GOOD state, as a statement.
        severity: the highest that a failure can have.
        on: the kind of resource that is judged; a base class stands for all its kinds.
        uses: other kinds that the check looks at.
        command: a command that mends it, shown and never run; may be empty.
        settings: names of the settings of the audit policy that decide the verdict. Where the company's own rules ask for
            one, a failure names their clause.
    """

    id: str
    title: Text
    theme: Theme
    severity: Severity
    on: type[R]
    uses: tuple[type[Resource], ...]
    remediation: Text
    rationale: Text
    references: tuple[str, ...]
    command: str
    since: str
    judge: Callable[[R, Audit], Verdict]
    settings: tuple[str, ...] = ()

    @property
    def kinds(self) -> tuple[type[Resource], ...]:
        """Every kind that must be collected for this check."""
        return (self.on, *self.uses)


AnyCheck = Check[Any]


def check(  # noqa: PLR0913 - the arguments are the metadata of a check, all by keyword
    check_id: str,
    *,
    title: Text,
    theme: Theme,
    severity: Severity,
    on: type[R],
    rationale: Text,
    remediation: Text,
    references: tuple[str, ...],
    uses: tuple[type[Resource], ...] = (),
    command: str = "",
    since: str = "0.1.0",
    settings: tuple[str, ...] = (),
) -> Callable[[Callable[[R, Audit], Verdict]], Check[R]]:
    """Make a check of a pure function from a resource and the audit to a verdict.

    Raises:
        ValueError: ``settings`` names one that the audit policy does not have.
    """
    unknown = sorted(set(settings) - AuditPolicy.model_fields.keys())
    if unknown:
        message = f"{check_id}: the audit policy has no setting {', '.join(unknown)}"
        raise ValueError(message)

    def make(judge: Callable[[R, Audit], Verdict]) -> Check[R]:
        return Check(
            id=check_id,
            title=title,
            theme=theme,
            severity=severity,
            on=on,
            uses=uses,
            remediation=remediation,
            rationale=rationale,
            references=references,
            command=command,
            since=since,
            judge=judge,
            settings=settings,
        )

    return make


def passed(reason: Text, evidence: Evidence | None = None, *, parts: Sequence[Part] = ()) -> Verdict:
    """Say that the resource is in the state of the title."""
    return Verdict(status=Status.PASS, reason=reason, evidence=evidence or {}, parts=tuple(parts))


def failed(
    reason: Text,
    evidence: Evidence | None = None,
    *,
    severity: Severity | None = None,
    parts: Sequence[Part] = (),
) -> Verdict:
    """Say that it is not. ``severity`` may choose one below the check's own."""
    return Verdict(
        status=Status.FAIL, reason=reason, evidence=evidence or {}, severity=severity, parts=tuple(parts)
    )


def not_applicable(reason: Text, evidence: Evidence | None = None) -> Verdict:
    """Say that the question does not arise for this resource. It stays outside the score."""
    return Verdict(status=Status.NOT_APPLICABLE, reason=reason, evidence=evidence or {})


def passed_part(key: str, reason: Text, evidence: Evidence | None = None) -> Part:
    """Return the verdict of a part that is as it should be."""
    return Part(key=key, status=Status.PASS, reason=reason, evidence=evidence or {})


def failed_part(
    key: str, reason: Text, evidence: Evidence | None = None, *, severity: Severity | None = None
) -> Part:
    """Return the verdict of a part that is not as it should be."""
    return Part(key=key, status=Status.FAIL, reason=reason, evidence=evidence or {}, severity=severity)
