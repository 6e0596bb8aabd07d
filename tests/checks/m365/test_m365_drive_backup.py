from collections.abc import Callable

import pytest
from msgspec.structs import replace

from cloudaudit.model import Status
from cloudaudit.providers.m365.model import BackupPolicy, Drive, Protection, Tenant
from cloudaudit.testing import denied, verdict

CHECK = "m365-drive-backup"
Drives = Callable[..., Drive]
Tenants = Callable[..., Tenant]

ACTIVE = BackupPolicy(id="p1", name="全サイト", workload="sharePoint", status="active")


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
    finding = verdict(CHECK, drive(protection=protection), tenant(backup_policies=policies))
    assert finding.status is status


def test_a_denied_read_is_not_assessed_and_names_the_permission(drive: Drives, tenant: Tenants) -> None:
    needed = "BackupRestore-Configuration.Read.All"
    unread = verdict(CHECK, drive(protection=denied(needed)), tenant())
    assert unread.missing_permissions == (needed,)
    given = drive(protection=Protection(policy="p1", status="protected"))
    assert verdict(CHECK, given, tenant(backup_policies=denied(needed))).missing_permissions == (needed,)
