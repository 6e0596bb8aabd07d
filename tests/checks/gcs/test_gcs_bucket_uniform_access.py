import pytest

from cloudaudit.facts import Unread
from cloudaudit.model import Status
from cloudaudit.providers.gcs.model import UniformAccess
from cloudaudit.testing import denied, verdict
from fakes.gcs_facts import a_bucket, a_project

CHECK = "gcs-bucket-uniform-access"


def test_on_passes_and_tells_since_when_it_is_locked() -> None:
    bucket = a_bucket(uniform_access=UniformAccess(enabled=True, locked_at="2026-03-01T00:00:00Z"))
    finding = verdict(CHECK, bucket)
    assert finding.status is Status.PASS
    assert finding.evidence["locked_at"] == "2026-03-01T00:00:00Z"


@pytest.mark.parametrize(
    ("asks", "told"), [(True, True), (None, False), (denied("orgpolicy.policy.get"), "unknown")]
)
def test_off_fails_whatever_the_organisation_asks(
    asks: bool | Unread | None,  # noqa: FBT001 - a case
    told: object,
) -> None:
    bucket = a_bucket(uniform_access=UniformAccess(enabled=False))
    finding = verdict(CHECK, bucket, a_project(uniform_access_required=asks))
    assert finding.status is Status.FAIL
    assert finding.evidence["organization_policy_asks"] == told


def test_off_fails_without_the_project_too() -> None:
    finding = verdict(CHECK, a_bucket(uniform_access=UniformAccess(enabled=False)))
    assert finding.status is Status.FAIL
    assert finding.evidence["organization_policy_asks"] == "unknown"


def test_a_denied_read_is_not_assessed() -> None:
    finding = verdict(CHECK, a_bucket(uniform_access=denied("storage.buckets.list")), a_project())
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("storage.buckets.list",)
