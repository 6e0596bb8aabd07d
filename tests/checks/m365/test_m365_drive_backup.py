from collections.abc import Callable

import pytest
from msgspec.structs import replace

from cloudaudit.model import Status
from cloudaudit.providers.m365.model import BackupPolicy, BackupService, Drive, Protection, Tenant
from cloudaudit.testing import denied, verdict

CHECK = "m365-drive-backup"
Drives = Callable[..., Drive]
Tenants = Callable[..., Tenant]

RUNNING = BackupService(status="enabled")
ACTIVE = BackupPolicy(id="p1", name="全サイト", workload="sharePoint", status="active")
PROTECTED = Protection(policy="p1", status="protected")


@pytest.mark.parametrize(
    ("protection", "policies", "status"),
    [
        (Protection(policy="p1", status="protected"), (ACTIVE,), Status.PASS),
        (Protection(policy="p1", status="protectRequested"), (ACTIVE,), Status.FAIL),
        (Protection(status="unprotected"), (ACTIVE,), Status.FAIL),
        (Protection(policy="p1", status="protected"), (), Status.FAIL),
        (Protection(policy="p1", status="protected"), (replace(ACTIVE, status="inactive"),), Status.FAIL),
        (
            Protection(policy="p1", status="protected"),
            (replace(ACTIVE, status="activeWithErrors"),),
            Status.PASS,
        ),
        (None, (ACTIVE,), Status.FAIL),
    ],
)
def test_only_protection_in_force_under_an_active_policy_passes(
    drive: Drives,
    tenant: Tenants,
    protection: Protection | None,
    policies: tuple[BackupPolicy, ...],
    status: Status,
) -> None:
    finding = verdict(
        CHECK, drive(protection=protection), tenant(backup_service=RUNNING, backup_policies=policies)
    )
    assert finding.status is status


def test_a_denied_read_is_not_assessed_and_names_the_permission(drive: Drives, tenant: Tenants) -> None:
    needed = "BackupRestore-Configuration.Read.All"
    unread = verdict(CHECK, drive(protection=denied(needed)), tenant())
    assert unread.missing_permissions == (needed,)
    given = drive(protection=PROTECTED)
    blind = tenant(backup_service=RUNNING, backup_policies=denied(needed))
    assert verdict(CHECK, given, blind).missing_permissions == (needed,)


@pytest.mark.parametrize("protection", [PROTECTED, None])
@pytest.mark.parametrize(
    ("service", "reason"),
    [
        (BackupService(status="disabled", reason="userRequested"), "switched off"),
        (BackupService(status="restoreLocked", reason="invalidBillingProfile"), "nothing can be restored"),
        (
            BackupService(status="protectionChangeLocked", reason="invalidBillingProfile"),
            "policies are stopped",
        ),
        (BackupService(status="protectionChangeLocked", reason="userRequested"), "switched off by a person"),
    ],
)
def test_a_service_that_is_stopped_or_cannot_restore_protects_nothing(
    drive: Drives, tenant: Tenants, protection: Protection | None, service: BackupService, reason: str
) -> None:
    estate = tenant(backup_service=service, backup_policies=(ACTIVE,))
    finding = verdict(CHECK, drive(protection=protection), estate)
    assert finding.status is Status.FAIL
    assert reason in finding.reason.en
    assert finding.evidence["service_disabled_because"] == service.reason


def test_where_the_service_is_off_nothing_else_need_be_read(drive: Drives, tenant: Tenants) -> None:
    off = tenant(backup_service=BackupService(status="disabled"), backup_policies=denied("x"))
    assert verdict(CHECK, drive(protection=denied("x")), off).status is Status.FAIL


def test_a_locked_service_still_restores_what_it_has_and_the_reason_says_that_it_is_locked(
    drive: Drives, tenant: Tenants
) -> None:
    # No application controls it any more; its policies go on as they are.
    service = BackupService(
        status="protectionChangeLocked",
        reason="controllerServiceAppDeleted",
        grace_until="2026-03-01T00:00:00Z",
    )
    finding = verdict(
        CHECK, drive(protection=PROTECTED), tenant(backup_service=service, backup_policies=(ACTIVE,))
    )
    assert finding.status is Status.PASS
    assert "locked" in finding.reason.en
    assert finding.evidence["service_grace_until"] == "2026-03-01T00:00:00Z"


@pytest.mark.parametrize("status", ["", "unknownFutureValue"])
def test_a_state_that_is_not_known_proves_nothing(drive: Drives, tenant: Tenants, status: str) -> None:
    service = BackupService(status=status)
    estate = tenant(backup_service=service, backup_policies=(ACTIVE,))
    assert verdict(CHECK, drive(protection=PROTECTED), estate).status is Status.NOT_ASSESSED
    # What is not protected fails all the same.
    assert verdict(CHECK, drive(protection=None), estate).status is Status.FAIL


def test_without_the_state_of_the_service_its_permission_is_named(drive: Drives, tenant: Tenants) -> None:
    needed = "BackupRestore-Control.Read.All"
    estate = tenant(backup_service=denied(needed), backup_policies=(ACTIVE,))
    finding = verdict(CHECK, drive(protection=PROTECTED), estate)
    assert finding.missing_permissions == (needed,)
