from collections.abc import Callable
from typing import Any

import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Severity, Status
from cloudaudit.providers.m365.model import Admin, AuthenticationMethod, Registration, RoleGrant, Tenant
from cloudaudit.providers.m365.roles import GLOBAL_ADMINISTRATOR, SYNCHRONISATION
from cloudaudit.testing import build, denied, verdict

CHECK = "m365-admin-mfa-strong"
CERTIFICATES = (AuthenticationMethod(id="X509Certificate", state="enabled"),)
Tenants = Callable[..., Tenant]


def admin(registration: Any, *, role: str = GLOBAL_ADMINISTRATOR, enabled: Any = True) -> Admin:
    grants = (RoleGrant(role=role, role_name="Some Administrator", principal="u1"),)
    return build(
        Admin, name="hanako@contoso.example", grants=grants, enabled=enabled, registration=registration
    )


@pytest.mark.parametrize(
    "method", ["fido2SecurityKey", "windowsHelloForBusiness", "passKeyDeviceBoundAuthenticator"]
)
def test_a_method_that_cannot_be_phished_passes(tenant: Tenants, method: str) -> None:
    registered = Registration(mfa=True, methods=("mobilePhone", method))
    finding = verdict(CHECK, admin(registered), tenant())
    assert finding.status is Status.PASS
    assert finding.evidence["phishing_resistant"] == [method]


@pytest.mark.parametrize(
    ("registration", "severity"),
    [
        (Registration(mfa=True, methods=("mobilePhone", "")), Severity.HIGH),
        (Registration(mfa=True), Severity.HIGH),
        (Registration(mfa=False), Severity.CRITICAL),
    ],
)
def test_weak_methods_are_bad_and_none_is_worse(
    tenant: Tenants, registration: Registration, severity: Severity
) -> None:
    finding = verdict(CHECK, admin(registration), tenant())
    assert (finding.status, finding.severity) == (Status.FAIL, severity)


def test_where_certificates_are_allowed_it_cannot_be_told(tenant: Tenants) -> None:
    finding = verdict(CHECK, admin(Registration(mfa=True)), tenant(authentication_methods=CERTIFICATES))
    assert finding.cause is Cause.UNSUPPORTED


def test_an_administrator_whom_the_report_does_not_name_is_not_assessed(tenant: Tenants) -> None:
    assert verdict(CHECK, admin(None), tenant()).cause is Cause.UNSUPPORTED


def test_roles_that_administer_nothing_are_left_out(tenant: Tenants) -> None:
    finding = verdict(CHECK, admin(Registration(mfa=False), role=SYNCHRONISATION), tenant())
    assert finding.status is Status.NOT_APPLICABLE


def test_disabled_accounts_are_left_out(tenant: Tenants) -> None:
    finding = verdict(CHECK, admin(Registration(mfa=False), enabled=False), tenant())
    assert finding.status is Status.NOT_APPLICABLE


def test_a_denied_read_is_not_assessed_and_names_the_permission(tenant: Tenants) -> None:
    for finding in (
        verdict(CHECK, admin(denied("AuditLog.Read.All")), tenant()),
        verdict(CHECK, admin(Registration(mfa=True), enabled=denied("AuditLog.Read.All")), tenant()),
        verdict(
            CHECK,
            admin(Registration(mfa=False)),
            tenant(authentication_methods=denied("AuditLog.Read.All")),
        ),
    ):
        assert finding.missing_permissions == ("AuditLog.Read.All",)
