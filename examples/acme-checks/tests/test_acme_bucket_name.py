import pytest
from acme_checks.acme_bucket_name import bucket_name

from cloudaudit.model import Status
from cloudaudit.providers.aws.model import Bucket
from cloudaudit.testing import build, verdict


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("acme-hr-payroll", Status.PASS),
        ("acme-hr-", Status.FAIL),
        ("acme-legal-contracts", Status.FAIL),
        ("not-acme-hr-payroll", Status.FAIL),
    ],
)
def test_the_name_tells_the_department(name: str, status: Status) -> None:
    assert verdict(bucket_name, build(Bucket, name=name)).status is status
