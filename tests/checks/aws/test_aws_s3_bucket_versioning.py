import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.providers.aws.model import Bucket, Versioning
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-s3-bucket-versioning"


@pytest.mark.parametrize(
    ("state", "status"),
    [("Enabled", Status.PASS), ("Suspended", Status.FAIL), ("", Status.FAIL)],
)
def test_only_enabled_versioning_passes(state: str, status: Status) -> None:
    bucket = build(Bucket, versioning=Versioning(status=state))
    assert verdict(CHECK, bucket).status is status


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(Bucket, versioning=denied("s3:GetBucketVersioning")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.DENIED
    assert finding.missing_permissions == ("s3:GetBucketVersioning",)
