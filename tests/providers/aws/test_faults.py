"""Every way in which a call fails becomes a cause of its own, and never a value."""

import time
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, cast

import pytest
from msgspec import Struct

from cloudaudit.errors import CredentialsError
from cloudaudit.facts import Cause, Fact, Read, Unread
from cloudaudit.inventory.plan import HOW_TO_LOOK
from cloudaudit.model import Gap, Status
from cloudaudit.providers.aws.collectors import principals
from cloudaudit.providers.aws.connect import AwsOptions, connect
from cloudaudit.providers.aws.failures import of_error
from cloudaudit.providers.aws.model import (
    KINDS,
    AccessPoint,
    Account,
    BackupPlan,
    BackupVault,
    Bucket,
    DirectoryBucket,
    Region,
    Trail,
    User,
)
from cloudaudit.providers.aws.operations import (
    GET_BUCKET_LOGGING,
    GET_CALLER_IDENTITY,
    OPERATIONS,
)
from cloudaudit.providers.aws.reader import CallFailed, Reader
from cloudaudit.providers.aws.session import open_session
from cloudaudit.text import Text
from fakes.aws import Bucket as Pail
from fakes.aws import Estate, Fault, Kind, Malformed

from .collected import ONE, World, cause, record, records, said, surroundings, unread, world_of
from .complete import complete_estate
from .conftest import Scanned

HOME = "ap-northeast-1"
OTHER = "me-south-1"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_of(Estate(), tmp_path_factory.mktemp("scans")) as made:
        made.patch.setattr(principals, "REPORT_PAUSE_SECONDS", 0.001)
        yield made


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world of its own for what slows a client down, with one more attempt."""
    with world_of(Estate(), tmp_path_factory.mktemp("slow"), retries=1, read_timeout=0.5) as made:
        yield made


def one_bucket(world: World) -> None:
    pail = Pail(name="b", tags={"a": "b"}, lifecycle=[{"ID": "r", "Status": "Enabled", "Filter": {}}])
    estate = Estate(buckets=[pail], region_states={HOME: "opt-in-not-required"})
    estate.iam.report_state = "ready"
    world.become(estate)


# --------------------------------------------------------------------------- denied, and by what

ARN = "arn:aws:sts::123456789012:assumed-role/auditor/me"
WHY = [
    ("because no identity-based policy allows the {} action", "no identity-based policy allows it"),
    ("with an explicit deny in an identity-based policy", "explicit deny, identity-based policy"),
    (
        "with an explicit deny in an identity-based policy: arn:aws:iam::123456789012:policy/session policy",
        "explicit deny, identity-based policy",
    ),
    ("with an explicit deny in a service control policy", "explicit deny, service control policy"),
    ("because no service control policy allows the {} action", "no service control policy allows it"),
    ("with an explicit deny in a resource control policy", "explicit deny, resource control policy"),
    ("with an explicit deny in a resource-based policy", "explicit deny, resource-based policy"),
    ("because no permissions boundary allows the {} action", "no permissions boundary allows it"),
    ("with an explicit deny in a permissions boundary", "explicit deny, permissions boundary"),
    ("because no VPC endpoint policy allows the {} action", "no VPC endpoint policy allows it"),
    ("with an explicit deny in a VPC endpoint policy", "explicit deny, VPC endpoint policy"),
    ("because no session policy allows the {} action", "no session policy allows it"),
    ("", ""),
]


@pytest.mark.parametrize(("tail", "kind"), WHY)
def test_the_kind_of_policy_that_denied_is_told(tail: str, kind: str) -> None:
    from botocore.exceptions import ClientError

    action = "s3:GetBucketAcl"
    message = f'User: {ARN} is not authorized to perform: {action} on resource: "arn:aws:s3:::b" '
    answer: Any = {"Error": {"Code": "AccessDenied", "Message": message + tail.format(action)}}
    cause, code, detail = of_error(ClientError(answer, "GetBucketAcl"), accepted=True)
    assert (cause, code) == (Cause.DENIED, "AccessDenied")
    assert (detail.en if isinstance(detail, Text) else detail) == kind


@pytest.mark.parametrize(
    ("by_scp", "kind"),
    [
        (
            False,
            Text(
                en="no identity-based policy allows it",
                ja="アイデンティティベースのポリシーで許可されていません",
            ),
        ),
        (
            True,
            Text(
                en="explicit deny, service control policy",
                ja="サービスコントロールポリシー(SCP)の明示的な拒否(Deny)によります",
            ),
        ),
    ],
)
def test_a_denial_reaches_the_finding_with_its_reason(world: World, kind: Text, *, by_scp: bool) -> None:
    one_bucket(world)
    world.fake.deny("s3", "GetBucketVersioning", by_scp=by_scp)
    scanned = world.scan(ONE)
    finding = scanned.of(ONE)
    assert (finding.status, finding.cause) == (Status.NOT_ASSESSED, Cause.DENIED)
    assert finding.missing_permissions == ("s3:GetBucketVersioning",)
    assert kind.en in finding.reason.en
    assert kind.ja in finding.reason.ja
    assert unread(record(scanned, Bucket).versioning).detail == kind


# --------------------------------------------------------------------------- throttled


def test_throttling_is_waited_out(slow: World) -> None:
    one_bucket(slow)
    slow.fake.throttle("s3", "GetBucketVersioning", times=1)
    bucket = record(slow.scan(ONE), Bucket)
    assert said(bucket.versioning).status == "Enabled"
    assert slow.asked("GetBucketVersioning") == 2


@pytest.mark.parametrize(
    ("service", "operation", "check", "kind", "name"),
    [
        ("s3", "GetBucketVersioning", ONE, Bucket, "versioning"),
        ("backup", "ListProtectedResources", ONE, Bucket, "recovery_points"),
        ("iam", "GetAccountSummary", "aws-iam-root-mfa", Account, "summary"),
        ("cloudtrail", "LookupEvents", "aws-s3-exposure-history", Region, "exposure_events"),
        ("guardduty", "ListDetectors", "aws-guardduty-s3", Region, "detectors"),
    ],
)
def test_throttling_without_end_is_a_cause(
    slow: World, service: str, operation: str, check: str, kind: Any, name: str
) -> None:
    one_bucket(slow)
    slow.fake.throttle(service, operation)
    assert cause(getattr(record(slow.scan(check), kind), name)) is Cause.THROTTLED
    assert slow.asked(operation) >= 2


def test_calls_are_spaced(tmp_path: Path) -> None:
    with world_of(Estate(buckets=[Pail(name="b")]), tmp_path, max_rps=50) as world:
        begun = time.monotonic()
        calls = world.scan(ONE).outcome.calls
        assert calls > 10
        assert time.monotonic() - begun >= (calls - 2) / 50


# --------------------------------------------------------------------------- the network


@pytest.mark.parametrize("kind", [Kind.NETWORK, Kind.SLOW])
def test_a_closed_connection_and_a_late_answer_are_the_network(slow: World, kind: Kind) -> None:
    one_bucket(slow)
    slow.fake.fail(Fault(kind=kind, operation="GetBucketVersioning", seconds=1))
    scanned = slow.scan(ONE)
    assert cause(record(scanned, Bucket).versioning) is Cause.NETWORK
    assert scanned.of(ONE).cause is Cause.NETWORK


# --------------------------------------------------------------------------- answers that make no sense


BODIES: dict[str, Any] = {
    "truncated": {"how": Malformed.TRUNCATED},
    "garbage": {"body": b"It works!"},
    "a page": {"body": b"<!DOCTYPE html>\n<html><body>Please sign in.</body></html>"},
}
CAUSES = {Cause.MALFORMED, Cause.NETWORK, Cause.UNSUPPORTED}
"""Half an answer of S3 is a broken connection to the SDK, and half an error an error without a code."""
SPOILT = {
    operation.label
    for operation in OPERATIONS
    # GetBucketPolicy answers with the policy's own text, whatever it is; one that is none is judged as such.
    if operation is not GET_CALLER_IDENTITY and operation.name != "GetBucketPolicy"
}


def facts_in(data: Any) -> Iterator[Fact[Any]]:
    if isinstance(data, Read | Unread):
        yield data
    if isinstance(data, Read):
        yield from facts_in(cast("Any", data).value)
    elif isinstance(data, tuple):
        for item in cast("Iterable[Any]", data):
            yield from facts_in(item)
    elif isinstance(data, Struct):
        for field in data.__struct_fields__:
            yield from facts_in(getattr(data, field))


def facts_of(scanned: Scanned) -> Iterator[tuple[str, Fact[Any]]]:
    for kind in KINDS:
        for resource in records(scanned, kind).values():
            yield from ((resource.id, fact) for fact in facts_in(resource))


@pytest.mark.parametrize("how", BODIES)
def test_a_spoilt_answer_is_never_nothing(world: World, how: str) -> None:
    """Every operation is spoilt; those that are asked only after others have answered, in the next round."""
    left = set(SPOILT)
    while left:
        world.become(complete_estate())
        for label in left:
            world.fake.malform(*label.split(":"), **BODIES[how])
        scanned = world.scan()
        assert scanned.outcome.stopped == ""
        causes: dict[str, set[Cause]] = {}
        for gap in scanned.gaps:
            causes.setdefault(gap.operation, set()).add(gap.cause)
        for resource, fact in facts_of(scanned):
            if isinstance(fact, Unread) and fact.detail == HOW_TO_LOOK:
                continue  # nobody asked for it
            if fact.source.operation in left:
                assert isinstance(fact, Unread), (resource, fact)
                causes.setdefault(fact.source.operation, set()).add(fact.cause)
        asked = {f"{service}:{operation}" for service, operation, _, _ in world.fake.counts} & left
        assert asked
        assert {label for label in asked if not causes.get(label) or not causes[label] <= CAUSES} == set()
        left -= asked


def test_wrong_types_stop_nothing(world: World) -> None:
    left = set(SPOILT)
    while left:
        world.become(complete_estate())
        for label in left:
            world.fake.malform(*label.split(":"), how=Malformed.TYPE)
        assert world.scan().outcome.stopped == ""
        asked = {f"{service}:{operation}" for service, operation, _, _ in world.fake.counts} & left
        assert asked
        left -= asked


@pytest.mark.parametrize(
    ("service", "operation", "body", "kind", "name", "check"),
    [
        ("backup", "ListProtectedResources", b"[]", Bucket, "recovery_points", ONE),
        ("backup", "ListProtectedResources", b'{"Results": {"a": 1}}', Bucket, "recovery_points", ONE),
        ("backup", "ListProtectedResources", b"\xff\xfe", Bucket, "recovery_points", ONE),
        ("backup", "ListProtectedResources", b"", Bucket, "recovery_points", ONE),
        ("backup", "ListProtectedResources", b"[" * 100_000, Bucket, "recovery_points", ONE),
        ("organizations", "DescribeOrganization", b'"text"', Account, "organization", "aws-iam-root-mfa"),
        ("iam", "GetAccountSummary", b"<a/>", Account, "summary", "aws-iam-root-mfa"),
        ("s3", "GetBucketTagging", b"<Tagging/>", Bucket, "tags", ONE),
        ("s3", "GetBucketLifecycleConfiguration", b"<a><Rule/></a>", Bucket, "lifecycle", ONE),
        ("s3", "GetBucketVersioning", b"<html><body/></html>", Bucket, "versioning", ONE),
    ],
)
def test_hostile_bodies_are_malformed(
    world: World, service: str, operation: str, body: bytes, kind: Any, name: str, check: str
) -> None:
    one_bucket(world)
    world.fake.malform(service, operation, body=body)
    assert cause(getattr(record(world.scan(check), kind), name)) is Cause.MALFORMED


# --------------------------------------------------------------------------- other errors


def test_an_operation_that_does_not_exist_here(world: World) -> None:
    one_bucket(world)
    world.fake.fail(Fault(kind=Kind.UNSUPPORTED, operation="GetBucketLogging"))
    fact = unread(record(world.scan(ONE), Bucket).logging)
    assert (fact.cause, fact.detail) == (Cause.UNSUPPORTED, "MethodNotAllowed")


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (500, b"<html><body>Internal Server Error</body></html>", Cause.NETWORK),
        (502, b"", Cause.NETWORK),
        (503, b"<Error><Code>SlowDown</Code></Error>", Cause.THROTTLED),
        (403, b"", Cause.DENIED),
        (403, b"<html>blocked by the proxy</html>", Cause.DENIED),
        (403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>", Cause.NETWORK),
        (404, b"<Error><Code>NoSuchBucket</Code></Error>", Cause.UNSUPPORTED),
    ],
)
def test_other_statuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, body: bytes, expected: Cause
) -> None:
    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        surroundings(monkeypatch, f"http://127.0.0.1:{server.server_port}", tmp_path, {})
        reader = Reader(connect(AwsOptions(retries=0)))
        with pytest.raises(CallFailed) as failure:
            reader.call(GET_BUCKET_LOGGING, HOME, {"Bucket": "b"}, Struct)
        server.shutdown()
        thread.join()
    assert failure.value.unread.cause is expected


def test_a_bucket_that_is_deleted_meanwhile(world: World) -> None:
    one_bucket(world)
    gone = b"<Bucket><Name>gone</Name><BucketRegion>ap-northeast-1</BucketRegion></Bucket>"
    world.fake.malform("s3", "ListBuckets", body=b"<a><Buckets>%b</Buckets></a>" % gone)
    scanned = world.scan(ONE)
    assert unread(record(scanned, Bucket).versioning).detail == "NoSuchBucket"
    assert scanned.of(ONE, "gone").status is Status.NOT_ASSESSED


# --------------------------------------------------------------------------- regions that refuse


def two_regions(world: World) -> None:
    buckets = [Pail(name="here"), Pail(name="there", region=OTHER)]
    world.become(Estate(buckets=buckets, region_states=dict.fromkeys((HOME, OTHER), "opted-in")))
    world.fake.region_off(OTHER)


def test_a_region_that_refuses_is_a_gap_and_the_others_are_read(world: World) -> None:
    two_regions(world)
    scanned = world.scan()
    assert scanned.outcome.stopped == ""
    assert {(gap.of, gap.region, gap.cause) for gap in scanned.gaps} == {
        (kind.of_kind(), OTHER, Cause.DISABLED)
        for kind in (AccessPoint, DirectoryBucket, BackupVault, BackupPlan, Trail)
    }
    found = records(scanned, Bucket)
    assert said(found["here"].versioning).status == "Enabled"
    assert cause(found["there"].versioning) is Cause.DISABLED
    regions = records(scanned, Region)
    assert said(regions[HOME].detectors) == ()
    assert {cause(regions[OTHER].detectors), cause(regions[OTHER].macie)} == {Cause.DISABLED}
    assert scanned.of(ONE, "there").cause is Cause.DISABLED


@pytest.mark.parametrize("code", ["InvalidClientTokenId", "InvalidToken", "InvalidAccessKeyId"])
def test_credentials_that_are_withdrawn_stop_the_scan(world: World, code: str) -> None:
    one_bucket(world)
    world.fake.fail(Fault(kind=Kind.REGION_OFF, operation="GetBucketVersioning", code=code))
    assert world.scan(ONE).outcome.stopped == "expired"


@pytest.mark.parametrize("kind", [Kind.REGION_OFF, Kind.EXPIRED, Kind.DENY])
def test_credentials_that_are_refused_at_first(world: World, kind: Kind) -> None:
    one_bucket(world)
    world.fake.fail(Fault(kind=kind, service="sts"))
    with pytest.raises(CredentialsError) as error:
        open_session(AwsOptions(retries=0))
    assert error.value.exit == 2
    assert "sign in again" in error.value.diagnostics().en


def test_something_else_than_aws_answers(world: World) -> None:
    one_bucket(world)
    world.fake.malform("sts", "GetCallerIdentity", body=b"<!doctype html><p>Welcome")
    with pytest.raises(CredentialsError, match="not AWS"):
        open_session(AwsOptions(retries=0))


def test_nobody_answers(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(CredentialsError, match="cannot be reached"):
        open_session(AwsOptions(retries=0))
    assert world.fake.url


# --------------------------------------------------------------------------- listings that fail


def causes_of(gaps: Iterable[Gap]) -> set[tuple[str, str, Cause]]:
    return {(gap.of, gap.region, gap.cause) for gap in gaps}


def test_without_a_list_of_regions_what_lies_there_is_not_known(world: World) -> None:
    one_bucket(world)
    world.fake.deny("ec2")
    assert causes_of(world.scan().gaps) == {
        (kind.of_kind(), "global", Cause.DENIED)
        for kind in (Region, AccessPoint, DirectoryBucket, BackupVault, BackupPlan)
    }


def test_without_a_list_of_buckets_nobody_knows_which_regions_are_in_use(world: World) -> None:
    one_bucket(world)
    world.fake.deny("s3", "ListBuckets")
    scanned = world.scan()
    assert causes_of(scanned.gaps) == {
        (kind.of_kind(), "global", Cause.DENIED) for kind in (Bucket, Region, Trail)
    }
    assert 3 in scanned.exit_codes


def test_without_a_list_of_people_nobody_is_judged(world: World) -> None:
    world.become(complete_estate())
    world.fake.deny("iam", "GetAccountAuthorizationDetails")
    scanned = world.scan(themes=("mfa",))
    assert (User.of_kind(), "global", Cause.DENIED) in causes_of(scanned.gaps)
    assert scanned.of("aws-iam-user-mfa").missing_permissions == ("iam:GetAccountAuthorizationDetails",)
