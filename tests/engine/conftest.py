"""What the tests of the core share: snapshots of chosen records, and small checks."""

import io
from collections.abc import Callable, Sequence
from typing import Protocol

import pytest

from cloudaudit import discovery
from cloudaudit.check import AnyCheck, Audit, Severity, Text, Theme, Verdict, check
from cloudaudit.model import Finding, Gap, Resource
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import Bucket
from cloudaudit.snapshot import (
    SCHEMA,
    End,
    Header,
    Listing,
    Resumed,
    Selection,
    Snapshot,
    SnapshotWriter,
)
from cloudaudit.testing import ACCOUNT, TAKEN_AT


def header(kinds: Sequence[type[Resource]] | None = None) -> Header:
    chosen = discovery.provider("aws").kinds if kinds is None else kinds
    return Header(
        schema=SCHEMA,
        provider="aws",
        account=ACCOUNT,
        partition="aws",
        identity="test",
        taken_at=TAKEN_AT,
        tool_version="0",
        selection=Selection(),
        kinds=tuple(kind.of_kind() for kind in chosen),
        policy_digest="",
    )


class SnapshotFrom(Protocol):
    """Returns a snapshot with these records, and the end record given (None: the run was killed)."""

    def __call__(
        self,
        *records: Listing | Gap | Resource | Resumed | End,
        kinds: Sequence[type[Resource]] | None = None,
        end: End | None = ...,
    ) -> Snapshot: ...


@pytest.fixture
def snapshot_from() -> SnapshotFrom:
    def make(
        *records: Listing | Gap | Resource | Resumed | End,
        kinds: Sequence[type[Resource]] | None = None,
        end: End | None = End(at=TAKEN_AT),  # noqa: B008 - frozen
    ) -> Snapshot:
        file = io.BytesIO()
        writer = SnapshotWriter(file)
        writer.write(header(kinds))
        for record in records:
            writer.write(record)
        if end is not None:
            writer.write(end)
        return Snapshot(file, discovery.provider("aws").kinds, "test.jsonl")

    return make


class CheckOf(Protocol):
    """Returns a check that judges as the function does."""

    def __call__(
        self,
        judge: Callable[[Bucket, Audit], Verdict],
        *,
        check_id: str = ...,
        severity: Severity = ...,
        on: type[Resource] = ...,
        uses: tuple[type[Resource], ...] = ...,
    ) -> AnyCheck: ...


@pytest.fixture
def check_of() -> CheckOf:
    def make(
        judge: Callable[[Bucket, Audit], Verdict],
        *,
        check_id: str = "aws-test",
        severity: Severity = Severity.HIGH,
        on: type[Resource] = Bucket,
        uses: tuple[type[Resource], ...] = (),
    ) -> AnyCheck:
        text = Text(en="x", ja="x")
        made: AnyCheck = check(
            check_id,
            title=text,
            theme=Theme.SHARING,
            severity=severity,
            on=on,
            rationale=text,
            remediation=text,
            references=(),
            uses=uses,
        )(judge)  # type: ignore[arg-type]  # the tests' functions judge whatever kind they are put on
        return made

    return make


@pytest.fixture
def judged() -> Callable[..., list[Finding]]:
    from cloudaudit.engine import judge

    def run(snapshot: Snapshot, *checks: AnyCheck) -> list[Finding]:
        return list(judge(snapshot, checks, AuditPolicy()))

    return run
