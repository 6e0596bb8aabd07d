import pytest

from cloudaudit.facts import Unread
from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.gcs.model import SoftDelete
from cloudaudit.testing import denied, verdict
from fakes.gcs_facts import a_bucket

CHECK = "gcs-bucket-versioning"
WEEK = SoftDelete(seconds=7 * 86_400)
OFF = SoftDelete(seconds=0)
DENIED = denied("storage.buckets.list")


@pytest.mark.parametrize(
    ("versions", "soft", "status"),
    [
        (True, OFF, Status.PASS),
        (True, None, Status.PASS),
        (True, DENIED, Status.PASS),
        (False, WEEK, Status.PASS),
        (DENIED, WEEK, Status.PASS),
        (False, OFF, Status.FAIL),
        (False, None, Status.FAIL),
        (False, SoftDelete(seconds=7 * 86_400 - 1), Status.FAIL),
        (DENIED, OFF, Status.NOT_ASSESSED),
        (False, DENIED, Status.NOT_ASSESSED),
    ],
)
def test_versions_or_soft_delete_bring_data_back(
    versions: bool | Unread,  # noqa: FBT001 - a case
    soft: SoftDelete | Unread | None,
    status: Status,
) -> None:
    assert verdict(CHECK, a_bucket(versioning=versions, soft_delete=soft)).status is status


def test_no_policy_makes_switched_off_soft_delete_enough() -> None:
    bucket = a_bucket(soft_delete=OFF)
    assert verdict(CHECK, bucket, policy=AuditPolicy(soft_delete_min_days=0)).status is Status.FAIL
