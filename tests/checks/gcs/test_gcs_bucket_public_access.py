from typing import Any

import pytest

from cloudaudit import discovery
from cloudaudit.engine import judge
from cloudaudit.facts import Cause
from cloudaudit.model import Finding, Gap, Severity, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.gcs.model import AclEntry, Bucket, UniformAccess
from cloudaudit.testing import build, denied, snapshot_of, verdict
from fakes.gcs_facts import NUMBER, a_bucket, a_project, a_role, all_roles, grant, policy

CHECK = "gcs-bucket-public-access"
VIEWER = "roles/storage.objectViewer"


def judged(bucket: Bucket, **project: Any) -> Finding:
    return verdict(CHECK, bucket, a_project(**project), *all_roles())


@pytest.mark.parametrize("who", ["allUsers", "allAuthenticatedUsers"])
def test_a_public_grant_is_critical_and_told_with_its_path(who: str) -> None:
    finding = judged(a_bucket(policy=policy(grant(VIEWER, who))))
    assert finding.status is Status.FAIL
    assert finding.severity is Severity.CRITICAL
    assert finding.reason.en.startswith(
        "Everyone can read objects and list the contents or see the settings. Public because the bucket's IAM policy"
    )
    assert "不特定多数にオブジェクトの閲覧・一覧・設定の閲覧が許可されています" in finding.reason.ja
    assert finding.evidence["openings"][0]["member"] == who


def test_write_alone_is_the_other_checks() -> None:
    assert (
        judged(a_bucket(policy=policy(grant("roles/storage.objectCreator", "allUsers")))).status
        is Status.PASS
    )


def test_a_private_bucket_passes() -> None:
    finding = judged(a_bucket())
    assert finding.status is Status.PASS
    assert "own ACLs" not in finding.reason.en


def test_the_buckets_own_prevention_passes_though_nothing_else_was_read() -> None:
    finding = verdict(CHECK, build(Bucket, public_access_prevention="enforced"))
    assert finding.status is Status.PASS
    assert "enforced on the bucket" in finding.reason.en
    assert finding.reason.ja.startswith("バケットで公開アクセスの防止が適用されているため、")


def test_an_organisation_policy_passes_and_is_named() -> None:
    finding = judged(a_bucket(policy=policy(grant(VIEWER, "allUsers"))), public_access_prevention=True)
    assert finding.status is Status.PASS
    assert "organisation policy" in finding.reason.en
    assert "組織ポリシー" in finding.reason.ja


def test_without_uniform_access_a_pass_says_where_objects_are_judged() -> None:
    bucket = a_bucket(uniform_access=UniformAccess(enabled=False), acl=(), default_object_acl=())
    finding = judged(bucket)
    assert finding.status is Status.PASS
    assert "Objects may carry public ACLs" in finding.reason.en
    assert "gcs-object-public-acl" in finding.reason.ja


def test_an_acl_of_a_bucket_without_any_newer_setting_fails() -> None:
    bucket = a_bucket(
        uniform_access=UniformAccess(enabled=False),
        public_access_prevention=None,
        acl=(AclEntry(entity="allUsers", role="READER"),),
        default_object_acl=(),
    )
    assert judged(bucket).status is Status.FAIL


def test_requester_pays_does_not_make_it_private() -> None:
    bucket = a_bucket(requester_pays=True, policy=policy(grant(VIEWER, "allAuthenticatedUsers")))
    finding = judged(bucket)
    assert finding.status is Status.FAIL
    assert finding.evidence["requester_pays"] is True


def test_a_condition_that_never_holds_passes_with_the_reason() -> None:
    condition = 'request.time < timestamp("2020-01-01T00:00:00Z")'
    finding = judged(a_bucket(policy=policy(grant(VIEWER, "allUsers", condition=condition))))
    assert finding.status is Status.PASS
    assert "never holds" in finding.reason.en


def test_a_denied_policy_is_not_assessed_and_names_the_permission() -> None:
    finding = judged(a_bucket(policy=denied("storage.buckets.getIamPolicy")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("storage.buckets.getIamPolicy",)


def test_a_denied_policy_above_is_not_assessed() -> None:
    finding = judged(a_bucket(), policy=denied("resourcemanager.projects.getIamPolicy"))
    assert finding.status is Status.NOT_ASSESSED


def test_an_unread_custom_role_is_not_assessed() -> None:
    bucket = a_bucket(policy=policy(grant("projects/p/roles/mine", "allUsers")))
    assert judged(bucket).status is Status.NOT_ASSESSED
    mine = a_role("projects/p/roles/mine", "storage.buckets.list")
    assert verdict(CHECK, bucket, a_project(), mine).status is Status.PASS


def test_roles_that_could_not_be_listed_leave_only_what_is_documented() -> None:
    gap = Gap(of="gcp-role", region="global", cause=Cause.DISABLED, operation="iam:roles.get")
    mine = a_bucket("mine", policy=policy(grant("projects/p/roles/mine", "allUsers")))
    google = a_bucket("google", policy=policy(grant(VIEWER, "allUsers")))
    snapshot = snapshot_of(mine, google, a_project(), gaps=[gap])
    found = {each.resource.name: each for each in judge(snapshot, [discovery.checks()[CHECK]], AuditPolicy())}
    assert found["google"].status is Status.FAIL
    assert found["mine"].status is Status.NOT_ASSESSED
    assert found["mine"].cause is Cause.DISABLED


def test_a_bucket_without_its_project_is_not_assessed() -> None:
    finding = verdict(CHECK, a_bucket())
    assert finding.status is Status.NOT_ASSESSED
    assert NUMBER in finding.reason.en or finding.cause in {Cause.INTERRUPTED, Cause.FOREIGN_ACCOUNT}
