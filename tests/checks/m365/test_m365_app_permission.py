from typing import Any

import pytest

from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.m365.model import AppPermission, ServicePrincipal
from cloudaudit.testing import ACCOUNT, build, denied, verdict

CHECK = "m365-app-permission"
GRAPH = "Microsoft Graph"


def app(*permissions: AppPermission, **fields: Any) -> ServicePrincipal:
    given: dict[str, Any] = {
        "name": "Other Company's App",
        "app_id": "APP-1",
        "owner_tenant": "other-tenant",
        "type": "Application",
        "enabled": True,
        "permissions": permissions,
        **fields,
    }
    return build(ServicePrincipal, **given)


WIDE = AppPermission(resource=GRAPH, name="Files.ReadWrite.All")


@pytest.mark.parametrize(
    ("permission", "status"),
    [
        (WIDE, Status.FAIL),
        (AppPermission(resource=GRAPH, name="sites.fullcontrol.all"), Status.FAIL),
        (AppPermission(resource=GRAPH, name="Files.Read.All"), Status.FAIL),
        (AppPermission(resource=GRAPH, name="Sites.Selected"), Status.PASS),
        (AppPermission(resource=GRAPH, name="Files.Read.All", kind="delegated"), Status.PASS),
        (AppPermission(resource=GRAPH, name="Files.ReadWrite.All", kind="delegated"), Status.FAIL),
        (
            AppPermission(resource=GRAPH, name="Files.ReadWrite.All", kind="delegated", everyone=False),
            Status.PASS,
        ),
        (
            AppPermission(resource=GRAPH, name="75359482-378d-4052-8f01-80520e7db3cd"),
            Status.NOT_ASSESSED,
        ),
    ],
)
def test_wide_rights_fail(permission: AppPermission, status: Status) -> None:
    assert verdict(CHECK, app(permission)).status is status


def test_an_approved_application_passes() -> None:
    finding = verdict(CHECK, app(WIDE), policy=AuditPolicy(approved_applications=("app-1",)))
    assert finding.status is Status.PASS
    assert finding.evidence["wide"] == ["Files.ReadWrite.All (application)"]


def test_a_disabled_application_passes() -> None:
    assert verdict(CHECK, app(WIDE, enabled=False)).status is Status.PASS


@pytest.mark.parametrize("fields", [{"owner_tenant": ACCOUNT}, {"type": "ManagedIdentity"}])
def test_own_applications_are_left_out(fields: dict[str, Any]) -> None:
    assert verdict(CHECK, app(WIDE, **fields)).status is Status.NOT_APPLICABLE


def test_an_application_whose_owner_is_not_told_is_a_third_party() -> None:
    assert verdict(CHECK, app(WIDE, owner_tenant="")).status is Status.FAIL


@pytest.mark.parametrize("field", ["permissions", "enabled"])
def test_a_denied_read_is_not_assessed_and_names_the_permission(field: str) -> None:
    facts: dict[str, Any] = {"permissions": (WIDE,), field: denied("Application.Read.All")}
    finding = verdict(CHECK, app(**facts))
    assert finding.missing_permissions == ("Application.Read.All",)
