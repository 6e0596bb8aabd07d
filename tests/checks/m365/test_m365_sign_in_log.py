from collections.abc import Callable

import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.providers.m365.model import LogReach, Organization, Tenant
from cloudaudit.testing import build, denied, unread, verdict

CHECK = "m365-sign-in-log"


Ago = Callable[[int], str]


@pytest.mark.parametrize(
    ("sign_ins", "audits", "status"),
    [(30, 30, Status.PASS), (29, 29, Status.PASS), (7, 30, Status.FAIL), (30, 7, Status.FAIL)],
)
def test_both_logs_must_go_back_far_enough(ago: Ago, sign_ins: int, audits: int, status: Status) -> None:
    tenant = build(
        Tenant,
        sign_in_log=LogReach(oldest=ago(sign_ins)),
        audit_log=LogReach(oldest=ago(audits)),
        organization=Organization(created_at=ago(900)),
    )
    finding = verdict(CHECK, tenant)
    assert finding.status is status
    assert finding.evidence["days"] == {"sign_in": sign_ins, "audit": audits}


@pytest.mark.parametrize("made", ["2026-11-15T00:00:00Z", "some day", ""])
def test_a_tenant_that_is_new_is_not_assessed(ago: Ago, made: str) -> None:
    tenant = build(
        Tenant,
        sign_in_log=LogReach(oldest=ago(5)),
        audit_log=LogReach(oldest=ago(5)),
        organization=Organization(created_at=made),
    )
    new = made.startswith("2026")
    assert verdict(CHECK, tenant).status is (Status.NOT_ASSESSED if new else Status.FAIL)


@pytest.mark.parametrize(("oldest", "cause"), [("", Cause.TOO_SMALL), ("some day", Cause.MALFORMED)])
def test_a_log_without_a_usable_record_is_not_assessed(ago: Ago, oldest: str, cause: Cause) -> None:
    tenant = build(Tenant, sign_in_log=LogReach(oldest=oldest), audit_log=LogReach(oldest=ago(30)))
    assert verdict(CHECK, tenant).cause is cause


def test_without_the_licence_it_is_not_assessed(ago: Ago) -> None:
    tenant = build(Tenant, sign_in_log=unread(Cause.PLAN), audit_log=LogReach(oldest=ago(30)))
    assert verdict(CHECK, tenant).cause is Cause.PLAN


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(Tenant, sign_in_log=denied("AuditLog.Read.All")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("AuditLog.Read.All",)
