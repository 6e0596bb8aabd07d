"""AWS Backup: vaults, plans, and what is protected where."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from cloudaudit.facts import Fact, Read, Source, Unread
from cloudaudit.providers.aws.collectors.keys import KeyReader, no_key
from cloudaudit.providers.aws.model import BackupCopy, BackupPlan, BackupRule, BackupVault, RecoveryPoint
from cloudaudit.providers.aws.operations import (
    GET_PLAN,
    LIST_COPY_JOBS,
    LIST_PLANS,
    LIST_PROTECTED_RESOURCES,
    LIST_RECOVERY_POINTS,
    LIST_VAULTS,
)
from cloudaudit.providers.aws.reader import CallFailed, Page, Reader, text_time

POINTS_A_PAGE = 1_000
"""The most that AWS Backup returns at once."""
NEWEST = 20
"""How many recovery points or copies of one bucket a snapshot keeps; the newest decide."""


class VaultLine(Struct, frozen=True, rename="pascal"):
    """One vault of the listing."""

    backup_vault_name: str
    backup_vault_arn: str
    vault_type: str = ""
    encryption_key_arn: str = ""
    number_of_recovery_points: int = 0
    locked: bool = False
    lock_date: datetime | None = None
    min_retention_days: int | None = None


class _Vaults(Struct, frozen=True, rename="pascal"):
    backup_vault_list: tuple[VaultLine, ...]
    next_token: str = ""


class PlanLine(Struct, frozen=True, rename="pascal"):
    """One plan of the listing."""

    backup_plan_id: str
    backup_plan_arn: str
    backup_plan_name: str


class _Plans(Struct, frozen=True, rename="pascal"):
    backup_plans_list: tuple[PlanLine, ...]
    next_token: str = ""


class _Lifecycle(Struct, frozen=True, rename="pascal"):
    delete_after_days: int | None = None


class _Copy(Struct, frozen=True, rename="pascal"):
    destination_backup_vault_arn: str
    lifecycle: _Lifecycle = _Lifecycle()


class _Rule(Struct, frozen=True, rename="pascal"):
    rule_name: str
    target_backup_vault_name: str = ""
    lifecycle: _Lifecycle = _Lifecycle()
    copy_actions: tuple[_Copy, ...] = ()


class _PlanBody(Struct, frozen=True, rename="pascal"):
    rules: tuple[_Rule, ...]


class _Plan(Struct, frozen=True, rename="pascal"):
    backup_plan: _PlanBody


class _Protected(Struct, frozen=True, rename="pascal"):
    resource_arn: str
    resource_type: str = ""


class _ProtectedList(Struct, frozen=True, rename="pascal"):
    results: tuple[_Protected, ...]
    next_token: str = ""


class _Point(Struct, frozen=True, rename="pascal"):
    recovery_point_arn: str
    resource_arn: str
    backup_vault_arn: str
    status: str
    creation_date: datetime


class _Points(Struct, frozen=True, rename="pascal"):
    recovery_points: tuple[_Point, ...]
    next_token: str = ""


class _CopyJob(Struct, frozen=True, rename="pascal"):
    resource_arn: str
    destination_backup_vault_arn: str
    completion_date: datetime | None = None


class _CopyJobs(Struct, frozen=True, rename="pascal"):
    copy_jobs: tuple[_CopyJob, ...]
    next_token: str = ""


def list_vaults(reader: Reader, region: str) -> tuple[VaultLine, ...]:
    """Return the vaults of a region.

    Raises:
        CallFailed: the listing was not answered.
    """
    return reader.pages(
        LIST_VAULTS,
        region,
        {},
        _Vaults,
        lambda body: Page(body.backup_vault_list, body.next_token),
        "NextToken",
    ).body


def make_vault(line: VaultLine, key: KeyReader, *, account: str, region: str) -> BackupVault:
    """Make a vault of its line; its key takes a call unless it is known."""
    return BackupVault(
        id=line.backup_vault_arn,
        name=line.backup_vault_name,
        account=account,
        region=region,
        vault_type=line.vault_type,
        encryption_key=line.encryption_key_arn,
        kms_key=key(region, line.encryption_key_arn)
        if line.encryption_key_arn
        else no_key(Source(LIST_VAULTS.label)),
        locked=line.locked,
        lock_date=text_time(line.lock_date),
        min_retention_days=line.min_retention_days,
        recovery_points=line.number_of_recovery_points,
    )


def list_plans(reader: Reader, region: str) -> tuple[PlanLine, ...]:
    """Return the plans of a region.

    Raises:
        CallFailed: the listing was not answered.
    """
    return reader.pages(
        LIST_PLANS,
        region,
        {},
        _Plans,
        lambda body: Page(body.backup_plans_list, body.next_token),
        "NextToken",
    ).body


def read_plan(reader: Reader, line: PlanLine, *, account: str, region: str) -> BackupPlan:
    """Read the rules of a plan."""
    rules: Fact[tuple[BackupRule, ...]] = reader.fact(
        GET_PLAN,
        region,
        {"BackupPlanId": line.backup_plan_id},
        _Plan,
        lambda body: tuple(_rule(rule) for rule in body.backup_plan.rules),
    )
    return BackupPlan(
        id=line.backup_plan_arn, name=line.backup_plan_name, account=account, region=region, rules=rules
    )


def _rule(rule: _Rule) -> BackupRule:
    return BackupRule(
        name=rule.rule_name,
        vault=rule.target_backup_vault_name,
        delete_after_days=rule.lifecycle.delete_after_days,
        copies=tuple(
            (copy.destination_backup_vault_arn, copy.lifecycle.delete_after_days)
            for copy in rule.copy_actions
        ),
    )


def read_protected(reader: Reader, region: str) -> Fact[frozenset[str]]:
    """Read the ARNs of the buckets that have recovery points in a region."""
    try:
        answer = reader.pages(
            LIST_PROTECTED_RESOURCES,
            region,
            {},
            _ProtectedList,
            lambda body: Page(body.results, body.next_token),
            "NextToken",
        )
    except CallFailed as failure:
        return failure.unread
    return Read(
        frozenset(line.resource_arn for line in answer.body if line.resource_type == "S3"), answer.source
    )


def read_copies(reader: Reader, region: str) -> Fact[Mapping[str, tuple[BackupCopy, ...]]]:
    """Read the finished copy jobs of buckets in a region, by the bucket's ARN, newest first."""
    try:
        answer = reader.pages(
            LIST_COPY_JOBS,
            region,
            {"ByState": "COMPLETED", "ByResourceType": "S3"},
            _CopyJobs,
            lambda body: Page(body.copy_jobs, body.next_token),
            "NextToken",
        )
    except CallFailed as failure:
        return failure.unread
    by_bucket: dict[str, list[BackupCopy]] = {}
    for job in answer.body:
        copy = BackupCopy(vault=job.destination_backup_vault_arn, completed_at=text_time(job.completion_date))
        by_bucket.setdefault(job.resource_arn, []).append(copy)
    return Read(
        {
            arn: tuple(sorted(copies, key=lambda copy: copy.completed_at, reverse=True)[:NEWEST])
            for arn, copies in by_bucket.items()
        },
        answer.source,
    )


def read_recovery_points(
    reader: Reader, region: str, vaults: Sequence[VaultLine]
) -> Fact[Mapping[str, tuple[RecoveryPoint, ...]]]:
    """Read the recovery points of buckets in a region, by the bucket's ARN, newest first.

    They are listed vault by vault: a page holds a thousand of them, and asking bucket by bucket takes a call for each.
    """
    by_bucket: dict[str, list[_Point]] = {}
    source = Source(LIST_RECOVERY_POINTS.label)

    def page(body: _Points) -> Page[None]:
        # An account may have millions, so the older ones are let go while the next page is on its way.
        for point in body.recovery_points:
            points = by_bucket.setdefault(point.resource_arn, [])
            points.append(point)
            if len(points) >= 2 * NEWEST:
                points[:] = _newest(points)
        return Page((), body.next_token)

    for vault in vaults:
        try:
            source = reader.pages(
                LIST_RECOVERY_POINTS,
                region,
                {
                    "BackupVaultName": vault.backup_vault_name,
                    "ByResourceType": "S3",
                    "MaxResults": POINTS_A_PAGE,
                },
                _Points,
                page,
                "NextToken",
            ).source
        except CallFailed as failure:
            return failure.unread
    return Read(
        {
            arn: tuple(
                RecoveryPoint(
                    arn=point.recovery_point_arn,
                    vault=point.backup_vault_arn,
                    status=point.status,
                    created_at=text_time(point.creation_date),
                )
                for point in _newest(points)
            )
            for arn, points in by_bucket.items()
        },
        source,
    )


def _newest(points: Iterable[_Point]) -> list[_Point]:
    return sorted(points, key=lambda point: point.creation_date, reverse=True)[:NEWEST]


def points_of(
    arn: str,
    protected: Fact[frozenset[str]],
    points: Callable[[], Fact[Mapping[str, tuple[RecoveryPoint, ...]]]],
) -> Fact[tuple[RecoveryPoint, ...]]:
    """Return the recovery points of one bucket; where AWS Backup protects it not, nobody asks for any."""
    if isinstance(protected, Unread):
        return protected
    if arn not in protected.value:
        return Read((), protected.source)
    found = points()
    return found if isinstance(found, Unread) else Read(found.value.get(arn, ()), found.source)


def copies_of(copies: Fact[Mapping[str, tuple[BackupCopy, ...]]], arn: str) -> Fact[tuple[BackupCopy, ...]]:
    """Return the copies of one bucket."""
    return copies if isinstance(copies, Unread) else Read(copies.value.get(arn, ()), copies.source)
