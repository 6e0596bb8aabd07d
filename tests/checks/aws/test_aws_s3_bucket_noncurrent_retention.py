import pytest

from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import Bucket, LifecycleRule, Versioning
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-s3-bucket-noncurrent-retention"
NO_LIFECYCLE = denied("s3:GetLifecycleConfiguration")
NO_VERSIONING = denied("s3:GetBucketVersioning")


def rule(days: int | None, *, enabled: bool = True, whole_bucket: bool = True) -> LifecycleRule:
    return LifecycleRule(id=f"after-{days}", enabled=enabled, whole_bucket=whole_bucket, noncurrent_days=days)


def bucket(*rules: LifecycleRule, status: str = "Enabled") -> Bucket:
    return build(Bucket, versioning=Versioning(status=status), lifecycle=rules)


@pytest.mark.parametrize(
    "good",
    [
        bucket(),
        bucket(rule(None)),
        bucket(rule(30)),
        bucket(rule(31), rule(1, enabled=False)),
        bucket(status="Suspended"),
    ],
)
def test_versions_that_are_kept_long_enough_or_for_ever_pass(good: Bucket) -> None:
    assert verdict(CHECK, good).status is Status.PASS


@pytest.mark.parametrize(
    "bad",
    [
        bucket(rule(29)),
        bucket(rule(365), rule(1, whole_bucket=False)),
        bucket(rule(1, whole_bucket=False), rule(365)),
        bucket(rule(1), status="Suspended"),
    ],
)
def test_one_rule_that_ends_versions_too_early_fails(bad: Bucket) -> None:
    finding = verdict(CHECK, bad)
    assert finding.status is Status.FAIL
    assert finding.evidence["short_rules"] in (["after-29"], ["after-1"])


def test_the_policy_says_how_long() -> None:
    assert (
        verdict(CHECK, bucket(rule(30)), policy=AuditPolicy(noncurrent_retention_days=31)).status
        is Status.FAIL
    )


@pytest.mark.parametrize("lifecycle", [(), (rule(1),), NO_LIFECYCLE])
def test_without_versions_it_is_not_applicable(lifecycle: object) -> None:
    bare = build(Bucket, versioning=Versioning(status=""), lifecycle=lifecycle)
    assert verdict(CHECK, bare).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("versioning", "lifecycle", "missing"),
    [
        (NO_VERSIONING, (), {NO_VERSIONING.permission}),
        (Versioning(status="Enabled"), NO_LIFECYCLE, {NO_LIFECYCLE.permission}),
        (NO_VERSIONING, NO_LIFECYCLE, {NO_VERSIONING.permission, NO_LIFECYCLE.permission}),
    ],
)
def test_what_was_denied_is_named(versioning: object, lifecycle: object, missing: set[str]) -> None:
    finding = verdict(CHECK, build(Bucket, versioning=versioning, lifecycle=lifecycle))
    assert finding.status is Status.NOT_ASSESSED
    assert set(finding.missing_permissions) == missing
