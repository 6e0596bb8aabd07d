from typing import Any

import pytest

from cloudaudit.facts import Cause, Read
from cloudaudit.inventory.model import Mode, Offender, PublicCount, Tally
from cloudaudit.inventory.plan import not_looked_at
from cloudaudit.model import Finding, Severity, Status
from cloudaudit.providers.gcs.model import Bucket, UniformAccess
from cloudaudit.testing import denied, read, verdict
from fakes.gcs_facts import a_bucket, a_project, objects

CHECK = "gcs-object-public-acl"
OFF = not_looked_at("storage:objects.list", "2026-11-20T00:00:00Z")
OPEN: Read[tuple[PublicCount, ...]] = read(
    (PublicCount(audience="allUsers", right="read", tally=Tally(objects=2, bytes=9)),)
)
FINE_GRAINED = UniformAccess(enabled=False)


def bucket(**given: Any) -> Bucket:
    facts: dict[str, Any] = {"uniform_access": FINE_GRAINED, **given}
    return a_bucket(**facts)


def judged(given: Bucket, **project: object) -> Finding:
    return verdict(CHECK, given, a_project(**project))


def test_uniform_access_passes_without_looking_at_any_object() -> None:
    assert judged(a_bucket(objects=OFF)).status is Status.PASS


@pytest.mark.parametrize("by_organization", [True, False])
def test_public_access_prevention_passes_without_looking_at_any_object(by_organization: bool) -> None:  # noqa: FBT001 - a case
    prevented = "inherited" if by_organization else "enforced"
    finding = judged(
        bucket(public_access_prevention=prevented, objects=OFF), public_access_prevention=by_organization
    )
    assert finding.status is Status.PASS
    assert ("organisation policy" in finding.reason.en) is by_organization


def test_prevention_by_the_bucket_decides_without_its_project() -> None:
    assert verdict(CHECK, bucket(public_access_prevention="enforced", objects=OFF)).status is Status.PASS


def test_else_nothing_is_assessed_until_objects_are_looked_at() -> None:
    finding = judged(bucket(objects=OFF))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.DISABLED
    assert "--objects auto" in finding.reason.en
    assert "--objects auto" in finding.reason.ja


def test_a_listing_without_a_public_object_passes() -> None:
    finding = judged(bucket())
    assert finding.status is Status.PASS
    assert finding.evidence["mode"] == "listing"


def test_a_public_object_is_critical_and_named() -> None:
    found = objects(public=OPEN, exposed=(Offender(key="list.csv", what="allUsers read"),))
    finding = judged(bucket(objects=found))
    assert finding.status is Status.FAIL
    assert finding.severity is Severity.CRITICAL
    assert "such as list.csv" in finding.reason.en
    assert finding.evidence["first"] == [{"key": "list.csv", "what": "allUsers read"}]


def test_acls_that_may_not_be_in_force_are_not_a_failure() -> None:
    found = objects(public=OPEN)
    refused = denied("orgpolicy.policy.get")
    finding = judged(bucket(objects=found), public_access_prevention=refused)
    assert (finding.status, finding.cause) == (Status.NOT_ASSESSED, Cause.DENIED)
    assert judged(bucket(), public_access_prevention=refused).status is Status.PASS
    finding = judged(bucket(objects=found, uniform_access=denied("storage.buckets.get")))
    assert finding.missing_permissions == ("storage.buckets.get",)


def test_who_may_not_read_acls_gets_no_pass() -> None:
    finding = judged(bucket(objects=objects(public=denied("storage.objects.getIamPolicy"))))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("storage.objects.getIamPolicy",)


def test_the_beginning_of_a_listing_can_fail_and_never_passes() -> None:
    assert judged(bucket(objects=objects(mode=Mode.INDICATIVE, public=OPEN))).status is Status.FAIL
    finding = judged(bucket(objects=objects(mode=Mode.INDICATIVE)))
    assert finding.cause is Cause.TOO_SMALL
