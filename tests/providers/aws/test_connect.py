"""Credentials, roles, endpoints, and what must never be told."""

import logging
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cloudaudit.errors import CredentialsError, UsageError
from cloudaudit.providers.aws.connect import AwsOptions, connect, straighten_loopback
from cloudaudit.providers.aws.model import AccessPoint, Account, Bucket
from cloudaudit.providers.aws.session import open_session
from fakes.aws import Bucket as Pail
from fakes.aws import Estate, FakeAws, Fault, Kind

from .collected import KEY_ID, ONE, SECRET, World, record, records, surroundings, world_of
from .complete import complete_estate

HOME = "ap-northeast-1"
MEMBER = "555566667777"
ROLE = f"arn:aws:iam::{MEMBER}:role/auditor"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    member = Estate(account=MEMBER, buckets=[Pail(name="theirs")], assumable=(ROLE,))
    with world_of(Estate(), tmp_path_factory.mktemp("scans"), member) as made:
        yield made


# --------------------------------------------------------------------------- roles


def test_the_account_of_the_role_is_scanned(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.become(Estate(buckets=[Pail(name="ours")]))
    asked: list[Any] = []
    receive = FakeAws.receive

    def listen(self: FakeAws, head: bytes, body: bytes, connection: Any) -> None:
        asked.append(body)
        receive(self, head, body, connection)

    monkeypatch.setattr(FakeAws, "receive", listen)
    session = open_session(AwsOptions(role_arn=ROLE, external_id="agreed-upon", retries=0))
    assert session.account == MEMBER
    scanned = world.scan(ONE, session=session)
    assert records(scanned, Bucket).keys() == {"theirs"}
    assert {each.resource.account for each in scanned.findings} == {MEMBER}
    (assume,) = [body for body in asked if b"Action=AssumeRole" in body]
    assert b"ExternalId=agreed-upon" in assume
    assert b"RoleSessionName=cloudaudit" in assume


def test_a_role_that_may_not_be_assumed(world: World) -> None:
    world.become(Estate())
    with pytest.raises(CredentialsError, match="AccessDenied"):
        open_session(AwsOptions(role_arn=f"{ROLE}-other", retries=0))


def test_a_role_that_can_be_assumed_no_longer_ends_the_scan(world: World) -> None:
    from botocore.exceptions import ClientError

    from cloudaudit.facts import Cause
    from cloudaudit.providers.aws.failures import of_error

    answer: Any = {"Error": {"Code": "AccessDenied", "Message": "no"}}
    assert of_error(ClientError(answer, "AssumeRole"), accepted=True)[0] is Cause.EXPIRED
    assert of_error(ClientError(answer, "ListBuckets"), accepted=True)[0] is Cause.DENIED
    assert world.fake.crashes == []


# --------------------------------------------------------------------------- what must not be told


def test_secrets_are_told_to_nobody(
    world: World, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    world.become(complete_estate())
    caplog.set_level(logging.INFO)
    session = open_session(AwsOptions(retries=0))
    world.fake.fail(Fault(kind=Kind.NETWORK, operation="GetBucketAcl"))
    world.fake.malform("iam", "GetAccountSummary")
    world.fake.deny("kms")
    scanned = world.scan(session=session)
    output = capfd.readouterr()
    told = "\n".join(
        (
            scanned.snapshot.read_text(encoding="utf-8"),
            repr(scanned.findings),
            repr(session),
            caplog.text,
            output.out,
            output.err,
        )
    )
    assert "invoices" in told
    assert KEY_ID not in told
    assert SECRET not in told
    world.fake.faults[:] = [Fault(kind=Kind.EXPIRED, service="sts")]
    with pytest.raises(CredentialsError) as error:
        open_session(AwsOptions(retries=0))
    assert KEY_ID not in str(error.value)
    assert SECRET not in f"{error.value.diagnostics()}"


# --------------------------------------------------------------------------- credentials and regions


def test_without_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    surroundings(monkeypatch, "http://127.0.0.1:9", tmp_path, {})
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(CredentialsError, match="no AWS credentials"):
        connect(AwsOptions())
    with pytest.raises(CredentialsError, match="nobody"):
        connect(AwsOptions(profile="nobody"))


def test_the_region_comes_from_the_option_the_sdk_or_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    surroundings(monkeypatch, "http://127.0.0.1:9", tmp_path, {})
    assert connect(AwsOptions()).region == HOME
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert connect(AwsOptions()).region == "eu-west-1"
    assert connect(AwsOptions(region="us-west-2")).region == "us-west-2"
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert connect(AwsOptions()).region == "us-east-1"


def test_a_region_that_does_not_exist(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    surroundings(monkeypatch, "", tmp_path, {})
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    with pytest.raises(UsageError, match="no AWS region ap-northeast-9"):
        connect(AwsOptions(region="ap-northeast-9"))


@pytest.mark.parametrize("region", ["moon", "ap-northeast", "ap-northeast-1\n", "AP-NORTHEAST-1", "../x-1"])
def test_an_endpoint_of_ones_own_does_not_make_every_word_a_region(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, region: str
) -> None:
    surroundings(monkeypatch, "http://127.0.0.1:9", tmp_path, {})
    with pytest.raises(UsageError, match="no AWS region"):
        connect(AwsOptions(region=region))
    assert connect(AwsOptions(region="xx-moon-9")).region == "xx-moon-9"
    assert connect(AwsOptions(region="eusc-de-east-1")).region == "eusc-de-east-1"


# --------------------------------------------------------------------------- S3 Control on this machine


@pytest.mark.parametrize(
    ("authority", "sent_to"),
    [
        ("123456789012.localhost:5000", "localhost:5000"),
        ("123456789012.LOCALHOST", "LOCALHOST"),
        ("123456789012.127.0.0.1:5000", "127.0.0.1:5000"),
        ("123456789012.127.9.9.9:1", "127.9.9.9:1"),
        ("123456789012.[::1]:5000", "[::1]:5000"),
        ("123456789012.127.0.0.1.evil.example", None),
        ("123456789012.localhost.evil.example:80", None),
        ("123456789012.127.evil.example", None),
        ("123456789012.[::1].evil.example", None),
        ("123456789012.[2001:db8::1]:5000", None),
        ("123456789012.10.0.0.1", None),
        ("123456789012.localhost@evil.example", None),
        ("123456789012.s3-control.ap-northeast-1.amazonaws.com", None),
        ("12345678901.localhost", None),
        ("localhost:5000", None),
        ("127.0.0.1:5000", None),
    ],
)
def test_only_this_machine_is_reached_without_the_account(authority: str, sent_to: str | None) -> None:
    url = f"http://{authority}/v20180820/configuration/publicAccessBlock?a=b"
    request = SimpleNamespace(url=url, headers={})
    straighten_loopback(request)
    if sent_to is None:
        assert (request.url, request.headers) == (url, {})
    else:
        assert request.url == url.replace(authority, sent_to)
        assert request.headers == {"Host": authority}


def test_the_signed_host_keeps_the_account(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.become(Estate())
    heads: list[bytes] = []
    receive = FakeAws.receive

    def listen(self: FakeAws, head: bytes, body: bytes, connection: Any) -> None:
        heads.append(head)
        receive(self, head, body, connection)

    monkeypatch.setattr(FakeAws, "receive", listen)
    record(world.scan("aws-s3-account-public-access-block"), Account)
    (head,) = [head for head in heads if b"/v20180820/configuration" in head]
    place = world.fake.url.removeprefix("http://").encode()
    assert b"Host: 123456789012.%b\r\n" % place in head
    assert b"SignedHeaders=host" in head


# --------------------------------------------------------------------------- partitions


@pytest.mark.parametrize(("partition", "region"), [("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")])
def test_other_partitions(world: World, partition: str, region: str) -> None:
    world.become(
        Estate(
            partition=partition,
            buckets=[Pail(name="b", region=region)],
            region_states={region: "opt-in-not-required"},
        )
    )
    session = open_session(AwsOptions(region=region, retries=0))
    assert session.partition == partition
    scanned = world.scan(session=session)
    assert scanned.gaps == ()
    ids = [each.resource.id for each in scanned.findings if each.resource.id.startswith("arn:")]
    assert f"arn:{partition}:s3:::b" in ids
    assert {each.split(":")[1] for each in ids} == {partition}
    assert world.asked("ListMultiRegionAccessPoints") == 0
    assert records(scanned, AccessPoint) == {}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-01-15T10:00:00.000Z", "2026-01-15T10:00:00Z"),
        ("2026-01-15T19:00:00+09:00", "2026-01-15T10:00:00Z"),
        ("Thu, 15 Jan 2026 10:00:00 GMT", "2026-01-15T10:00:00Z"),
        ("1768471200", "2026-01-15T10:00:00Z"),
        (1768471200.0, "2026-01-15T10:00:00Z"),
        ("20260115T100000Z", "2026-01-15T10:00:00Z"),
    ],
)
def test_times_are_read_as_the_sdk_reads_them(written: object, read: str) -> None:
    from botocore.utils import parse_timestamp  # pyright: ignore[reportUnknownVariableType]  # the SDK ships no types

    from cloudaudit.clock import stamp
    from cloudaudit.providers.aws.connect import moment

    assert stamp(moment(written)) == read
    assert moment(written) == parse_timestamp(written)
