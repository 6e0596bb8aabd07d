import pytest

from cloudaudit.model import Status
from cloudaudit.providers.aws.model import Bucket
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-s3-bucket-acl-disabled"


@pytest.mark.parametrize(
    ("ownership", "status"),
    [
        ("BucketOwnerEnforced", Status.PASS),
        ("BucketOwnerPreferred", Status.FAIL),
        ("ObjectWriter", Status.FAIL),
        (None, Status.FAIL),
    ],
)
def test_only_bucket_owner_enforced_passes(ownership: str | None, status: Status) -> None:
    finding = verdict(CHECK, build(Bucket, ownership=ownership))
    assert finding.status is status
    assert finding.evidence == {"ownership": ownership}
    assert (ownership or "never set") in finding.reason.en


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(Bucket, ownership=denied("s3:GetBucketOwnershipControls")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("s3:GetBucketOwnershipControls",)
