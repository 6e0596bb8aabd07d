import pytest

from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.gcs.model import SoftDelete
from cloudaudit.testing import denied, verdict
from fakes.gcs_facts import a_bucket

CHECK = "gcs-bucket-soft-delete"
DAY = 86_400


@pytest.mark.parametrize(
    ("soft", "status", "said"),
    [
        (SoftDelete(seconds=7 * DAY), Status.PASS, "7日間復元できます"),
        (SoftDelete(seconds=90 * DAY), Status.PASS, "90日間"),
        (SoftDelete(seconds=6 * DAY), Status.FAIL, "6日で"),
        (SoftDelete(seconds=0), Status.FAIL, "無効です"),
        (None, Status.FAIL, "無効です"),
    ],
)
def test_deleted_objects_are_kept_long_enough(soft: SoftDelete | None, status: Status, said: str) -> None:
    finding = verdict(CHECK, a_bucket(soft_delete=soft))
    assert finding.status is status
    assert said in finding.reason.ja


def test_the_limit_is_the_policys() -> None:
    bucket = a_bucket(soft_delete=SoftDelete(seconds=7 * DAY))
    assert verdict(CHECK, bucket, policy=AuditPolicy(soft_delete_min_days=30)).status is Status.FAIL


def test_a_denied_read_is_not_assessed() -> None:
    assert verdict(CHECK, a_bucket(soft_delete=denied("storage.buckets.list"))).status is Status.NOT_ASSESSED
