from cloudaudit.model import Status
from cloudaudit.providers.aws.model import ExposureEvent, Region
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-s3-exposure-history"


def test_what_was_read_is_listed_newest_first_as_it_came() -> None:
    event = ExposureEvent(bucket="invoices", event="PutBucketPolicy", at="2026-11-01T00:00:00Z")
    finding = verdict(CHECK, build(Region, exposure_events=(event,)))
    assert finding.status is Status.PASS
    assert finding.evidence == {
        "changes": 1,
        "newest": [{"bucket": "invoices", "event": "PutBucketPolicy", "at": "2026-11-01T00:00:00Z"}],
    }


def test_a_denied_history_is_not_assessed() -> None:
    finding = verdict(CHECK, build(Region, exposure_events=denied("cloudtrail:LookupEvents")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("cloudtrail:LookupEvents",)
