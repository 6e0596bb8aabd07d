import pytest

from cloudaudit import discovery
from cloudaudit.engine import judge
from cloudaudit.facts import Cause
from cloudaudit.model import Gap, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import Bucket, DataEvents, Logging, Trail
from cloudaudit.testing import build, denied, snapshot_of, verdict

CHECK = "aws-s3-bucket-object-logging"
ALL = ("*",)
DATA = ("arn:aws:s3:::data/",)
NO_LOG = denied("s3:GetBucketLogging")
NO_STATUS = denied("cloudtrail:GetTrailStatus")
NO_SELECTORS = denied("cloudtrail:GetEventSelectors")


def bucket(logging: object = None) -> Bucket:
    return build(Bucket, name="data", id="arn:aws:s3:::data", logging=logging)


def events(
    buckets: tuple[str, ...] = ALL,
    *,
    read: bool = True,
    write: bool = True,
    excluded: tuple[str, ...] = (),
    partial: bool = False,
) -> DataEvents:
    return DataEvents(read=read, write=write, buckets=buckets, excluded=excluded, partial=partial)


def trail(
    *selectors: DataEvents,
    name: str = "main",
    logging: object = True,
    region: str = "us-east-1",
    multi_region: bool = True,
    data_events: object = None,
) -> Trail:
    return build(
        Trail,
        name=name,
        logging=logging,
        region=region,
        multi_region=multi_region,
        data_events=selectors if data_events is None else data_events,
    )


@pytest.mark.parametrize("others", [(), (trail(data_events=NO_SELECTORS),)])
def test_server_access_logging_passes_whatever_trails_do(others: tuple[Trail, ...]) -> None:
    finding = verdict(CHECK, bucket(Logging(target_bucket="logs")), *others)
    assert finding.status is Status.PASS
    assert finding.evidence["server_access_log"] == "logs"
    assert "Server access logging" in finding.reason.en


@pytest.mark.parametrize("logging", [None, NO_LOG])
@pytest.mark.parametrize(
    "trails",
    [
        (trail(events()),),
        (trail(events(DATA)),),
        (trail(events(("arn:aws:s3:::da",))),),
        (trail(events(), multi_region=False, region="ap-northeast-1"),),
        (trail(events(read=False), events(write=False)),),
        (trail(events(read=False), name="writes"), trail(events(write=False), name="reads")),
        (trail(events(excluded=("arn:aws:s3:::other/",))),),
        (trail(events(partial=True), events()),),
        (trail(events(), name="good"), trail(name="denied", data_events=NO_SELECTORS)),
    ],
)
def test_trails_that_log_reads_and_writes_pass(logging: object, trails: tuple[Trail, ...]) -> None:
    assert verdict(CHECK, bucket(logging), *trails).status is Status.PASS


@pytest.mark.parametrize(
    "trails",
    [
        (),
        (trail(),),
        (trail(events(read=False)),),
        (trail(events(write=False)),),
        (trail(events(("arn:aws:s3:::data/invoices/",))),),
        (trail(events(("arn:aws:s3:::database/",))),),
        (trail(events(excluded=DATA)),),
        (trail(events(excluded=("arn:aws:s3:::data/tmp/",))),),
        (trail(events(("arn:aws:s3:::other/",), partial=True)),),
        (trail(events(), logging=False),),
        (trail(logging=False, data_events=NO_SELECTORS),),
        (trail(logging=NO_STATUS),),
        (trail(events(), multi_region=False),),
        (trail(multi_region=False, logging=NO_STATUS, data_events=NO_SELECTORS),),
    ],
)
def test_anything_less_fails(trails: tuple[Trail, ...]) -> None:
    assert verdict(CHECK, bucket(), *trails).status is Status.FAIL


def test_a_selector_that_is_narrowed_by_something_else_never_passes() -> None:
    finding = verdict(CHECK, bucket(), trail(events(partial=True), name="narrow"))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.UNSUPPORTED
    assert "証跡 narrow のセレクターに" in finding.reason.ja
    assert "narrow" in finding.reason.en


@pytest.mark.parametrize(
    ("logging", "trails", "missing"),
    [
        (NO_LOG, (trail(),), {NO_LOG.permission}),
        (None, (trail(events(), logging=NO_STATUS),), {NO_STATUS.permission}),
        (None, (trail(data_events=NO_SELECTORS),), {NO_SELECTORS.permission}),
        (
            NO_LOG,
            (trail(logging=NO_STATUS, data_events=NO_SELECTORS),),
            {NO_LOG.permission, NO_STATUS.permission, NO_SELECTORS.permission},
        ),
    ],
)
def test_what_was_denied_and_could_decide_is_named(
    logging: object, trails: tuple[Trail, ...], missing: set[str]
) -> None:
    finding = verdict(CHECK, bucket(logging), *trails)
    assert finding.status is Status.NOT_ASSESSED
    assert set(finding.missing_permissions) == missing


def test_trails_that_could_not_be_listed_are_not_assessed_and_name_the_permission() -> None:
    gap = Gap(
        of=Trail.of_kind(),
        region="global",
        cause=Cause.DENIED,
        operation="cloudtrail:DescribeTrails",
        permission="cloudtrail:DescribeTrails",
    )
    snapshot = snapshot_of(bucket(), gaps=(gap,))
    (finding,) = judge(snapshot, [discovery.checks()[CHECK]], AuditPolicy())
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("cloudtrail:DescribeTrails",)
