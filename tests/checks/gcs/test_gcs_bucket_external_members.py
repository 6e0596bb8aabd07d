from typing import Any

import pytest

from cloudaudit import discovery
from cloudaudit.engine import judge
from cloudaudit.facts import Cause
from cloudaudit.model import Finding, Gap, Severity, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.gcs.model import Bucket, project_id
from cloudaudit.testing import denied, snapshot_of, verdict
from fakes.gcs_facts import PROJECT, a_bucket, a_project, all_roles, grant, policy

CHECK = "gcs-bucket-external-members"
VIEWER = "roles/storage.objectViewer"
SISTER = "serviceAccount:app@sister-prod.iam.gserviceaccount.com"


def judged(bucket: Bucket, *others: Any, trust: AuditPolicy | None = None, **project: Any) -> Finding:
    return verdict(CHECK, bucket, a_project(**project), *all_roles(), *others, policy=trust)


def held_by(*members: str) -> Bucket:
    return a_bucket(policy=policy(grant(VIEWER, *members)))


def test_own_people_pass() -> None:
    finding = judged(
        held_by("user:hanako@example.co.jp", f"projectViewer:{PROJECT}", "deleted:user:a@gmail.com?uid=1")
    )
    assert finding.status is Status.PASS
    assert "組織外からのアクセスは許可されていません" in finding.reason.ja


@pytest.mark.parametrize(
    "who", ["user:a@gmail.com", "domain:partner.example.com", "group:all@partner.example.com"]
)
def test_strangers_fail_with_name_right_and_path(who: str) -> None:
    finding = judged(held_by(who))
    assert finding.status is Status.FAIL
    assert finding.severity is Severity.HIGH
    assert finding.evidence["untrusted"] == [who]
    assert (
        f"{who}; may read objects and list the contents or see the settings. Open because the bucket's IAM policy"
        in finding.reason.en
    )
    assert "許可されたドメイン・信頼済みの相手以外" in finding.reason.ja


def test_a_private_account_fails_though_its_domain_is_named() -> None:
    trust = AuditPolicy(trusted_domains=("gmail.com",))
    assert judged(held_by("user:a@gmail.com"), trust=trust).status is Status.FAIL


@pytest.mark.parametrize(
    "trust",
    [
        AuditPolicy(trusted_domains=("partner.example.com",)),
        AuditPolicy(trusted_members=("user:a@partner.example.com",)),
    ],
)
def test_the_policy_may_trust_a_domain_or_a_member(trust: AuditPolicy) -> None:
    finding = judged(held_by("user:a@partner.example.com"), trust=trust)
    assert finding.status is Status.PASS
    assert "信頼済み" in finding.reason.ja


def test_many_strangers_are_counted_in_the_reason() -> None:
    finding = judged(held_by(*(f"user:a{number}@gmail.com" for number in range(5))))
    assert "user:a2@gmail.com and 2 more; may" in finding.reason.en
    assert "user:a2@gmail.com ほか 2 件" in finding.reason.ja
    assert len(finding.evidence["untrusted"]) == 5


def test_everyone_is_a_stranger_too() -> None:
    finding = judged(held_by("allUsers"))
    assert finding.status is Status.FAIL
    assert finding.evidence["untrusted"] == ["allUsers"]


def test_another_project_is_unknown_until_scanned_or_trusted() -> None:
    finding = judged(held_by(SISTER))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.UNSUPPORTED
    assert "trusted_projects" in finding.reason.en
    sister = a_project(id=project_id("888"), account="888", number="888", project="sister-prod")
    assert judged(held_by(SISTER), sister).status is Status.PASS
    assert judged(held_by(SISTER), trust=AuditPolicy(trusted_projects=("sister-prod",))).status is Status.PASS


def test_another_project_beside_one_in_no_organisation_is_a_stranger() -> None:
    assert judged(held_by(SISTER), organization=None, ancestors=()).status is Status.FAIL


def test_a_project_that_could_not_be_listed_may_be_the_strangers() -> None:
    gap = Gap(
        of="gcp-project",
        region="global",
        cause=Cause.DENIED,
        operation="x:list",
        permission="x.list",
        account="888",
    )
    snapshot = snapshot_of(
        held_by(SISTER), a_project(organization=None, ancestors=()), *all_roles(), gaps=[gap]
    )
    findings = list(judge(snapshot, [discovery.checks()[CHECK]], AuditPolicy()))
    assert [each.status for each in findings] == [Status.NOT_ASSESSED]


def test_without_an_organisation_and_named_domains_it_is_not_assessed() -> None:
    finding = judged(held_by("user:a@example.co.jp"), organization=None, ancestors=())
    assert finding.status is Status.NOT_ASSESSED
    assert "trusted_domains" in finding.reason.ja
    named = AuditPolicy(trusted_domains=("example.co.jp",))
    assert (
        judged(held_by("user:a@example.co.jp"), trust=named, organization=None, ancestors=()).status
        is Status.PASS
    )


def test_an_inherited_grant_counts() -> None:
    assert judged(a_bucket(), policy=policy(grant("roles/owner", "user:a@gmail.com"))).status is Status.FAIL


def test_a_stranger_with_a_role_that_says_nothing_of_storage_passes() -> None:
    assert (
        judged(a_bucket(), policy=policy(grant("roles/run.invoker", "user:a@gmail.com"))).status
        is Status.PASS
    )


def test_an_unread_role_matters_only_for_strangers() -> None:
    mine = "projects/p/roles/mine"
    assert judged(a_bucket(policy=policy(grant(mine, "user:a@gmail.com")))).status is Status.NOT_ASSESSED
    trust = AuditPolicy(trusted_members=("user:a@gmail.com",))
    assert judged(a_bucket(policy=policy(grant(mine, "user:a@gmail.com"))), trust=trust).status is Status.PASS


def test_a_denied_policy_is_not_assessed() -> None:
    finding = judged(a_bucket(policy=denied("storage.buckets.getIamPolicy")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("storage.buckets.getIamPolicy",)


def test_an_approved_share_passes_by_its_rule_and_nobody_else_with_it() -> None:
    who = "user:a@gmail.com"
    rule = {"resource": "*", "audience": who, "reason": "contract 12"}
    named = {**rule, "resource": held_by(who).name}
    trust = AuditPolicy.model_validate({"approved_shares": [named]})
    found = judged(held_by(who), trust=trust)
    assert found.status is Status.PASS
    assert found.evidence["approved_shares"] == [named]
    other = judged(held_by(who, "user:b@gmail.com"), trust=trust)
    assert other.evidence["untrusted"] == ["user:b@gmail.com"]
