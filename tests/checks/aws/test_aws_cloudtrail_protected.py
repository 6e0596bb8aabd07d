import pytest

from cloudaudit import discovery
from cloudaudit.engine import judge
from cloudaudit.facts import Cause
from cloudaudit.model import Gap, Resource, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import Account, Bucket, ObjectLock, PublicAccessBlock, Trail, Versioning
from cloudaudit.testing import build, denied, snapshot_of, verdict

CHECK = "aws-cloudtrail-protected"
SHUT = PublicAccessBlock(ignore_public_acls=True, restrict_public_buckets=True)
KEEPS = Versioning(status="Enabled")
NO_STATUS = denied("cloudtrail:GetTrailStatus")
NO_SELECTORS = denied("cloudtrail:GetEventSelectors")
NO_BLOCK = denied("s3:GetBucketPublicAccessBlock")
NO_ACCOUNT_BLOCK = denied("s3:GetAccountPublicAccessBlock")
NO_VERSIONING = denied("s3:GetBucketVersioning")
NO_LOCK = denied("s3:GetBucketObjectLockConfiguration")


def account(block: object = None) -> Account:
    return build(Account, partition="aws", public_access_block=block)


def trail(
    *,
    name: str = "main",
    multi_region: bool = True,
    log_file_validation: bool = True,
    logging: object = True,
    management_events: object = True,
    bucket: str = "logs",
) -> Trail:
    return build(
        Trail,
        name=name,
        multi_region=multi_region,
        log_file_validation=log_file_validation,
        bucket=bucket,
        logging=logging,
        management_events=management_events,
    )


def logs(block: object = SHUT, versioning: object = KEEPS, object_lock: object = None) -> Bucket:
    return build(
        Bucket,
        name="logs",
        id="arn:aws:s3:::logs",
        public_access_block=block,
        versioning=versioning,
        object_lock=object_lock,
    )


@pytest.mark.parametrize(
    ("block", "others"),
    [
        (None, (trail(), logs())),
        (SHUT, (trail(), logs(None))),
        (SHUT, (trail(), logs(NO_BLOCK))),
        (NO_ACCOUNT_BLOCK, (trail(), logs())),
        (None, (trail(), logs(versioning=NO_VERSIONING, object_lock=ObjectLock(enabled=True)))),
        (None, (trail(name="half", multi_region=False), trail(name="whole"), logs())),
        (None, (trail(name="unsure", logging=NO_STATUS), trail(name="whole"), logs())),
    ],
)
def test_one_trail_that_meets_every_condition_passes(block: object, others: tuple[Resource, ...]) -> None:
    assert verdict(CHECK, account(block), *others).status is Status.PASS


@pytest.mark.parametrize(
    "others",
    [
        (logs(),),
        (trail(multi_region=False), logs()),
        (trail(log_file_validation=False), logs()),
        (trail(logging=False), logs()),
        (trail(management_events=False), logs()),
        (trail(), logs(None)),
        (trail(), logs(PublicAccessBlock(ignore_public_acls=True))),
        (trail(), logs(versioning=Versioning(status="Suspended"))),
        (trail(), logs(None, NO_VERSIONING, NO_LOCK)),
        (trail(multi_region=False, logging=NO_STATUS, bucket="foreign"), logs()),
        (trail(name="one", multi_region=False), trail(name="two", log_file_validation=False), logs()),
    ],
)
def test_no_trail_that_meets_every_condition_fails(others: tuple[Resource, ...]) -> None:
    assert verdict(CHECK, account(), *others).status is Status.FAIL


def test_no_trail_at_all_is_told_from_one_that_does_not_suffice() -> None:
    assert verdict(CHECK, account()).reason.en == "There is no trail."
    finding = verdict(CHECK, account(), trail(multi_region=False))
    assert finding.reason.en.startswith("No trail is multi-region")
    assert finding.evidence["trails"][0]["multi_region"] is False
    assert finding.evidence["trails"][0]["log_file_validation"] is True


def test_a_bucket_of_another_account_is_not_assessed_and_named() -> None:
    finding = verdict(CHECK, account(), trail(bucket="central-logs"), logs())
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.FOREIGN_ACCOUNT
    assert "central-logs" in finding.reason.en
    assert "保存先バケット central-logs" in finding.reason.ja


@pytest.mark.parametrize(
    ("block", "others", "missing"),
    [
        (None, (trail(logging=NO_STATUS), logs()), {NO_STATUS.permission}),
        (None, (trail(management_events=NO_SELECTORS), logs()), {NO_SELECTORS.permission}),
        (None, (trail(), logs(NO_BLOCK)), {NO_BLOCK.permission}),
        (NO_ACCOUNT_BLOCK, (trail(), logs(None)), {NO_ACCOUNT_BLOCK.permission}),
        (None, (trail(), logs(versioning=NO_VERSIONING)), {NO_VERSIONING.permission}),
        (
            None,
            (trail(logging=NO_STATUS), logs(NO_BLOCK, NO_VERSIONING, NO_LOCK)),
            {NO_STATUS.permission, NO_BLOCK.permission, NO_VERSIONING.permission, NO_LOCK.permission},
        ),
    ],
)
def test_what_was_denied_and_could_decide_is_named(
    block: object, others: tuple[Resource, ...], missing: set[str]
) -> None:
    finding = verdict(CHECK, account(block), *others)
    assert finding.status is Status.NOT_ASSESSED
    assert set(finding.missing_permissions) == missing


BROKEN = trail(name="a-broken", bucket="unread-logs")
GOOD = trail(name="b-good")


@pytest.mark.parametrize("trails", [(BROKEN, GOOD), (GOOD, BROKEN)])
def test_a_good_trail_passes_whatever_cannot_be_read_of_another(trails: tuple[Trail, ...]) -> None:
    """The bucket of the one is not in a listing that has a gap; the other's is recorded."""
    gap = Gap(
        of=Bucket.of_kind(),
        region="us-east-1",
        cause=Cause.DENIED,
        operation="s3:ListBuckets",
        permission="s3:ListAllMyBuckets",
    )
    check = discovery.checks()[CHECK]
    (finding,) = judge(snapshot_of(account(), *trails, logs(), gaps=(gap,)), [check], AuditPolicy())
    assert finding.status is Status.PASS
    (finding,) = judge(snapshot_of(account(), BROKEN, logs(), gaps=(gap,)), [check], AuditPolicy())
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("s3:ListAllMyBuckets",)


def test_trails_that_could_not_be_listed_are_not_assessed_and_name_the_permission() -> None:
    gap = Gap(
        of=Trail.of_kind(),
        region="global",
        cause=Cause.DENIED,
        operation="cloudtrail:DescribeTrails",
        permission="cloudtrail:DescribeTrails",
    )
    snapshot = snapshot_of(account(), gaps=(gap,))
    (finding,) = judge(snapshot, [discovery.checks()[CHECK]], AuditPolicy())
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("cloudtrail:DescribeTrails",)
