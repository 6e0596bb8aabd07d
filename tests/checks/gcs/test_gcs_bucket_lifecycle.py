import pytest

from cloudaudit.facts import Unread
from cloudaudit.model import Status
from cloudaudit.providers.gcs.model import LifecycleRule
from cloudaudit.testing import denied, verdict
from fakes.gcs_facts import a_bucket

CHECK = "gcs-bucket-lifecycle"
OLD = LifecycleRule(action="Delete", age_days=365)
LIVE = LifecycleRule(action="Delete", age_days=365, is_live=True)
VERSIONS = LifecycleRule(action="Delete", newer_versions=3)
NONCURRENT = LifecycleRule(action="Delete", noncurrent_days=30)
DEAD = LifecycleRule(action="Delete", is_live=False)
COLD = LifecycleRule(action="SetStorageClass", age_days=30)
UPLOADS = LifecycleRule(action="AbortIncompleteMultipartUpload", age_days=7)
DENIED = denied("storage.buckets.list")


@pytest.mark.parametrize(
    ("rules", "versions", "status"),
    [
        ((OLD,), False, Status.PASS),
        ((OLD,), True, Status.PASS),
        ((OLD,), DENIED, Status.PASS),
        ((LIVE,), False, Status.PASS),
        ((LIVE,), True, Status.FAIL),
        ((LIVE,), DENIED, Status.NOT_ASSESSED),
        ((LIVE, VERSIONS), True, Status.PASS),
        ((LIVE, NONCURRENT), True, Status.PASS),
        ((LIVE, DEAD), True, Status.PASS),
        ((VERSIONS,), True, Status.FAIL),
        ((NONCURRENT,), False, Status.FAIL),
        ((LifecycleRule(action="Delete", noncurrent_before="2026-01-01"),), True, Status.FAIL),
        ((COLD, UPLOADS), False, Status.FAIL),
        ((), False, Status.FAIL),
    ],
)
def test_both_live_objects_and_old_versions_must_end(
    rules: tuple[LifecycleRule, ...],
    versions: bool | Unread,  # noqa: FBT001 - a case
    status: Status,
) -> None:
    assert verdict(CHECK, a_bucket(lifecycle=rules, versioning=versions)).status is status


def test_the_evidence_holds_the_conditions_of_the_deleting_rules() -> None:
    rule = LifecycleRule(action="Delete", age_days=0, prefixes=("tmp/",))
    finding = verdict(CHECK, a_bucket(lifecycle=(rule, COLD)))
    assert finding.evidence == {"delete_rules": [{"age_days": 0, "prefixes": ["tmp/"]}], "other_rules": 1}


def test_a_denied_read_is_not_assessed() -> None:
    assert verdict(CHECK, a_bucket(lifecycle=DENIED)).status is Status.NOT_ASSESSED
