import pytest

from cloudaudit.model import Severity, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.gcs.model import Retention
from cloudaudit.testing import denied, verdict
from fakes.gcs_facts import a_bucket

CHECK = "gcs-bucket-retention-lock"
MONTH = 30 * 86_400


@pytest.mark.parametrize(
    ("retention", "required", "status"),
    [
        (Retention(seconds=MONTH), False, Status.PASS),
        (Retention(seconds=MONTH, locked=True), True, Status.PASS),
        (Retention(seconds=MONTH), True, Status.FAIL),
        (None, False, Status.FAIL),
        (Retention(seconds=0), False, Status.FAIL),
    ],
)
def test_a_retention_policy_is_there_and_locked_where_asked(
    retention: Retention | None,
    required: bool,  # noqa: FBT001 - a case
    status: Status,
) -> None:
    finding = verdict(
        CHECK, a_bucket(retention=retention), policy=AuditPolicy(retention_lock_required=required)
    )
    assert finding.status is status
    assert finding.severity is Severity.LOW


def test_the_reason_tells_days_and_lock() -> None:
    finding = verdict(CHECK, a_bucket(retention=Retention(seconds=MONTH, locked=True)))
    assert "30日間" in finding.reason.ja
    assert "ロック済み" in finding.reason.ja


def test_a_denied_read_is_not_assessed() -> None:
    assert verdict(CHECK, a_bucket(retention=denied("storage.buckets.list"))).status is Status.NOT_ASSESSED
