import pytest

from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.testing import denied, verdict
from fakes.gcs_facts import a_bucket

CHECK = "gcs-bucket-cmek"
KEY = "projects/shop-prod/locations/asia-northeast1/keyRings/main/cryptoKeys/data"


@pytest.mark.parametrize(
    ("key", "required", "status"),
    [
        (KEY, True, Status.PASS),
        (KEY, False, Status.PASS),
        (None, False, Status.PASS),
        (None, True, Status.FAIL),
    ],
)
def test_an_own_key_is_needed_only_where_the_policy_asks(
    key: str | None,
    required: bool,  # noqa: FBT001 - a case
    status: Status,
) -> None:
    policy = AuditPolicy(own_kms_key_required=required)
    finding = verdict(CHECK, a_bucket(default_key=key), policy=policy)
    assert finding.status is status
    assert finding.evidence["default_key"] == ("main/data" if key else None)


def test_a_denied_read_is_not_assessed() -> None:
    assert verdict(CHECK, a_bucket(default_key=denied("storage.buckets.list"))).status is Status.NOT_ASSESSED
