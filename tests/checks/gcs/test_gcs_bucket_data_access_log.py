from typing import Any

import pytest

from cloudaudit.model import Finding, Severity, Status
from cloudaudit.providers.gcs.model import AuditLogConfig, IamPolicy, UsageLogging
from cloudaudit.testing import denied, verdict
from fakes.gcs_facts import a_bucket, a_project, above

CHECK = "gcs-bucket-data-access-log"
STORAGE = "storage.googleapis.com"


def logs(*kinds: str, service: str = STORAGE, exempted: tuple[str, ...] = ()) -> IamPolicy:
    return IamPolicy(
        audit_logs=tuple(AuditLogConfig(service=service, log_type=kind, exempted=exempted) for kind in kinds)
    )


def judged(own: Any, *ancestors: Any) -> Finding:
    return verdict(CHECK, a_bucket(), a_project(policy=own, ancestors=ancestors))


@pytest.mark.parametrize(
    ("own", "inherited", "status"),
    [
        (logs("DATA_READ", "DATA_WRITE"), logs(), Status.PASS),
        (logs("DATA_READ", "DATA_WRITE", service="allServices"), logs(), Status.PASS),
        (logs("DATA_READ"), logs("DATA_WRITE", service="allServices"), Status.PASS),
        (logs(), logs("DATA_READ", "DATA_WRITE"), Status.PASS),
        (logs("DATA_READ"), logs(), Status.FAIL),
        (logs("DATA_READ", "DATA_WRITE", service="compute.googleapis.com"), logs(), Status.FAIL),
        (logs("ADMIN_READ"), logs("ADMIN_READ"), Status.FAIL),
        (logs(), logs(), Status.FAIL),
    ],
)
def test_reading_and_writing_are_logged_here_or_above(
    own: IamPolicy, inherited: IamPolicy, status: Status
) -> None:
    finding = judged(own, above("organizations/555", inherited))
    assert finding.status is status
    assert finding.severity is Severity.MEDIUM


def test_the_reason_names_what_is_not_logged() -> None:
    finding = judged(logs("DATA_READ"))
    assert "DATA_WRITE" in finding.reason.ja
    assert finding.evidence["not_logged"] == ["DATA_WRITE"]


@pytest.mark.parametrize(
    ("logging", "told"),
    [
        (UsageLogging(bucket="logs"), "logs"),
        (None, None),
        (denied("storage.buckets.list"), {"not_read": "denied"}),
    ],
)
def test_usage_logs_are_evidence_beside_it(logging: Any, told: object) -> None:
    project = a_project(policy=logs("DATA_READ", "DATA_WRITE"))
    finding = verdict(CHECK, a_bucket(usage_logging=logging), project)
    assert finding.status is Status.PASS
    assert finding.evidence["usage_logs_to"] == told


def test_exempted_members_are_a_small_hole() -> None:
    finding = judged(logs("DATA_READ", "DATA_WRITE", exempted=("user:hanako@example.co.jp",)))
    assert finding.status is Status.FAIL
    assert finding.severity is Severity.LOW
    assert "user:hanako@example.co.jp" in finding.reason.en


def test_an_unread_policy_above_may_complete_or_exempt() -> None:
    blind = above("organizations/555", denied("resourcemanager.organizations.getIamPolicy"))
    assert judged(logs("DATA_READ"), blind).status is Status.NOT_ASSESSED
    finding = judged(logs("DATA_READ", "DATA_WRITE"), blind)
    assert finding.missing_permissions == ("resourcemanager.organizations.getIamPolicy",)


def test_a_denied_project_policy_is_not_assessed() -> None:
    assert judged(denied("resourcemanager.projects.getIamPolicy")).status is Status.NOT_ASSESSED
