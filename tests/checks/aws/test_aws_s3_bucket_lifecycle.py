from typing import Any

import pytest

from cloudaudit.model import Status
from cloudaudit.providers.aws.model import Bucket, LifecycleRule, Versioning
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-s3-bucket-lifecycle"
NO_LIFECYCLE = denied("s3:GetLifecycleConfiguration")
NO_VERSIONING = denied("s3:GetBucketVersioning")


def rule(*, enabled: bool = True, whole_bucket: bool = True, **ends: Any) -> LifecycleRule:
    return LifecycleRule(id="r", enabled=enabled, whole_bucket=whole_bucket, **ends)


UPLOADS = rule(abort_multipart_days=7)
CURRENT = rule(expiration_days=365)
DATED = rule(expiration_date="2027-01-01T00:00:00Z")
OLD = rule(noncurrent_days=90)
FOLDER = rule(whole_bucket=False, prefix="tmp/", expiration_days=1)


def bucket(status: str, *rules: LifecycleRule) -> Bucket:
    return build(Bucket, versioning=Versioning(status=status), lifecycle=rules)


@pytest.mark.parametrize(
    "good",
    [
        bucket("", CURRENT, UPLOADS),
        bucket("", DATED, UPLOADS),
        bucket("", FOLDER, UPLOADS),
        bucket("", rule(expiration_days=1, abort_multipart_days=1)),
        bucket("Enabled", OLD, UPLOADS),
        bucket("Suspended", OLD, CURRENT, UPLOADS),
        build(Bucket, versioning=NO_VERSIONING, lifecycle=(OLD, CURRENT, UPLOADS)),
    ],
)
def test_rules_that_end_data_and_uploads_pass(good: Bucket) -> None:
    assert verdict(CHECK, good).status is Status.PASS


@pytest.mark.parametrize(
    "bad",
    [
        bucket(""),
        bucket("", UPLOADS),
        bucket("", OLD, UPLOADS),
        bucket("Enabled", CURRENT, UPLOADS),
        bucket("Suspended", DATED, UPLOADS),
        bucket("", rule(enabled=False, expiration_days=1), UPLOADS),
        build(Bucket, versioning=NO_VERSIONING, lifecycle=(UPLOADS,)),
    ],
)
def test_data_that_never_ends_fails(bad: Bucket) -> None:
    finding = verdict(CHECK, bad)
    assert finding.status is Status.FAIL
    assert "for good" in finding.reason.en


@pytest.mark.parametrize(
    "bad",
    [
        bucket("", CURRENT),
        bucket("", CURRENT, rule(whole_bucket=False, prefix="tmp/", abort_multipart_days=1)),
        bucket("", CURRENT, rule(enabled=False, abort_multipart_days=1)),
        build(Bucket, versioning=NO_VERSIONING, lifecycle=(CURRENT,)),
    ],
)
def test_uploads_that_never_end_fail(bad: Bucket) -> None:
    finding = verdict(CHECK, bad)
    assert finding.status is Status.FAIL
    assert "incomplete uploads" in finding.reason.en


@pytest.mark.parametrize(
    ("unsure", "missing"),
    [
        (build(Bucket, versioning=Versioning(status=""), lifecycle=NO_LIFECYCLE), NO_LIFECYCLE.permission),
        (build(Bucket, versioning=NO_VERSIONING, lifecycle=(CURRENT, UPLOADS)), NO_VERSIONING.permission),
        (build(Bucket, versioning=NO_VERSIONING, lifecycle=(OLD, UPLOADS)), NO_VERSIONING.permission),
    ],
)
def test_what_was_denied_and_could_decide_is_named(unsure: Bucket, missing: str) -> None:
    finding = verdict(CHECK, unsure)
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == (missing,)
