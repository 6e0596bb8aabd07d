from typing import Any

import pytest

from cloudaudit.model import Finding, Severity, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.gcs.model import Binding
from cloudaudit.testing import denied, verdict
from fakes.gcs_facts import NUMBER, PROJECT, a_project, a_role, above, all_roles, grant, policy

CHECK = "gcp-project-storage-admin"
APP = f"serviceAccount:app@{PROJECT}.iam.gserviceaccount.com"
COMPUTE = f"serviceAccount:{NUMBER}-compute@developer.gserviceaccount.com"
AGENT = f"serviceAccount:{NUMBER}@cloudservices.gserviceaccount.com"


def judged(*bindings: Binding, approve: tuple[str, ...] = (), **project: Any) -> Finding:
    held = a_project(policy=policy(*bindings), **project)
    return verdict(CHECK, held, *all_roles(), policy=AuditPolicy(approved_storage_admins=approve))


def test_own_people_may_own_the_project() -> None:
    finding = judged(grant("roles/owner", "user:hanako@example.co.jp", "group:admins@example.co.jp"))
    assert finding.status is Status.PASS


@pytest.mark.parametrize("role", ["roles/owner", "roles/editor", "roles/storage.admin"])
@pytest.mark.parametrize("who", ["user:a@gmail.com", "domain:partner.example.com", APP, COMPUTE, "allUsers"])
def test_outsiders_and_service_accounts_with_wide_roles_fail(role: str, who: str) -> None:
    finding = judged(grant(role, who))
    assert finding.status is Status.FAIL
    assert finding.severity is Severity.HIGH
    assert [part.key for part in finding.sub_findings] == [f"project IAM policy, {role}: {who}"]
    assert who in finding.reason.ja


def test_each_grant_is_a_part_once() -> None:
    finding = judged(
        grant("roles/editor", COMPUTE, APP),
        grant("roles/editor", APP, condition='request.time < timestamp("2030-01-01T00:00:00Z")'),
    )
    assert len(finding.sub_findings) == 2


def test_what_is_approved_or_googles_own_or_gone_is_left_out() -> None:
    bindings = (
        grant("roles/editor", APP, AGENT, "deleted:user:a@gmail.com?uid=1"),
        grant(
            "roles/owner", "user:a@gmail.com", condition='request.time < timestamp("2020-01-01T00:00:00Z")'
        ),
    )
    assert judged(*bindings, approve=(APP,)).status is Status.PASS


def test_googles_agent_of_another_project_is_not_left_out() -> None:
    assert (
        judged(grant("roles/editor", "serviceAccount:999@cloudservices.gserviceaccount.com")).status
        is Status.FAIL
    )


def test_a_custom_role_counts_by_what_it_permits() -> None:
    mine = "projects/p/roles/mine"
    project = a_project(policy=policy(grant(mine, APP)))
    wide, narrow = a_role(mine, "storage.buckets.setIamPolicy"), a_role(mine, "storage.objects.setIamPolicy")
    assert verdict(CHECK, project, wide).status is Status.FAIL
    assert verdict(CHECK, project, narrow).status is Status.PASS
    assert verdict(CHECK, project).status is Status.NOT_ASSESSED


def test_a_role_that_says_nothing_of_storage_passes() -> None:
    assert judged(grant("roles/run.invoker", APP, "user:a@gmail.com", "allUsers")).status is Status.PASS


def test_an_inherited_grant_counts_and_tells_where_it_stands() -> None:
    finding = judged(ancestors=(above("folders/7", policy(grant("roles/owner", "user:a@gmail.com"))),))
    assert finding.status is Status.FAIL
    assert finding.sub_findings[0].evidence["at"] == "folders/7 IAM policy"


def test_a_member_who_may_be_inside_is_not_assessed_where_the_role_is_wide() -> None:
    pool = "principalSet://iam.googleapis.com/projects/999/locations/global/workloadIdentityPools/ci/*"
    assert judged(grant("roles/owner", pool)).status is Status.NOT_ASSESSED
    assert judged(grant("roles/run.invoker", pool)).status is Status.PASS


def test_denied_reads_are_not_assessed_but_a_failure_stands() -> None:
    blind = (above("folders/7", denied("resourcemanager.folders.getIamPolicy")),)
    assert judged(ancestors=blind).missing_permissions == ("resourcemanager.folders.getIamPolicy",)
    assert judged(grant("roles/owner", "user:a@gmail.com"), ancestors=blind).status is Status.FAIL
