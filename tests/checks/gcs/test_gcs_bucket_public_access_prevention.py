import pytest

from cloudaudit.facts import Unread
from cloudaudit.model import Status
from cloudaudit.providers.gcs.model import Bucket
from cloudaudit.testing import build, denied, verdict
from fakes.gcs_facts import a_bucket, a_project

CHECK = "gcs-bucket-public-access-prevention"
DENIED = denied("orgpolicy.policy.get")


@pytest.mark.parametrize(
    ("own", "organisation", "status"),
    [
        ("inherited", True, Status.PASS),
        ("unspecified", True, Status.PASS),
        (None, True, Status.PASS),
        (denied("storage.buckets.list"), True, Status.PASS),
        ("inherited", False, Status.FAIL),
        ("unspecified", None, Status.FAIL),
        (None, False, Status.FAIL),
        ("inherited", DENIED, Status.NOT_ASSESSED),
        (denied("storage.buckets.list"), False, Status.NOT_ASSESSED),
    ],
)
def test_bucket_or_organisation_must_enforce_it(
    own: str | Unread | None,
    organisation: bool | Unread | None,  # noqa: FBT001 - a case
    status: Status,
) -> None:
    bucket = a_bucket(public_access_prevention=own)
    finding = verdict(CHECK, bucket, a_project(public_access_prevention=organisation))
    assert finding.status is status


def test_the_buckets_own_setting_needs_no_project() -> None:
    finding = verdict(CHECK, build(Bucket, public_access_prevention="enforced"))
    assert finding.status is Status.PASS
    assert "バケットで" in finding.reason.ja


def test_the_denied_read_names_its_permission_and_the_evidence_both_values() -> None:
    finding = verdict(CHECK, a_bucket(), a_project(public_access_prevention=DENIED))
    assert finding.missing_permissions == ("orgpolicy.policy.get",)
    failed = verdict(CHECK, a_bucket(), a_project())
    assert failed.evidence == {"bucket": "inherited", "organization_policy": False}
