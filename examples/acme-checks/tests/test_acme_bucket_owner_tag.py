import pytest
from acme_checks.acme_bucket_owner_tag import owner_tag

from cloudaudit.model import Status
from cloudaudit.providers.aws.model import Bucket
from cloudaudit.testing import build, denied, verdict


@pytest.mark.parametrize(
    ("tags", "status"),
    [
        ((("owner", "sato@acme.example"),), Status.PASS),
        ((("owner", " "),), Status.FAIL),
        ((("Owner", "sato@acme.example"),), Status.FAIL),
        ((), Status.FAIL),
    ],
)
def test_only_a_named_owner_passes(tags: tuple[tuple[str, str], ...], status: Status) -> None:
    assert verdict(owner_tag, build(Bucket, tags=tags)).status is status


def test_tags_that_were_not_read_are_not_assessed() -> None:
    finding = verdict(owner_tag, build(Bucket, tags=denied("s3:GetBucketTagging")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("s3:GetBucketTagging",)
