"""The credential report: made, waited for, made again, and read with all its quirks."""

import base64
from collections.abc import Iterator

import pytest

from cloudaudit.facts import Cause
from cloudaudit.providers.aws.collectors import principals
from cloudaudit.providers.aws.model import Account, User
from fakes.aws import Estate, Fault, Iam, IamUser, Kind
from fakes.aws import iam as fake_iam

from .collected import World, cause, record, records, said, unread, world_of

CHECK = "aws-iam-user-mfa"
NAME = "GetCredentialReport"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_of(Estate(), tmp_path_factory.mktemp("scans")) as made:
        made.patch.setattr(principals, "REPORT_PAUSE_SECONDS", 0.001)
        yield made


def people(**changes: object) -> Estate:
    return Estate(iam=Iam(users=[IamUser(name="hanako", report={"mfa_active": "TRUE"})], **changes))  # type: ignore[arg-type]


def spoil(world: World, text: str) -> None:
    content = base64.b64encode(text.encode()).decode()
    inner = f"<{NAME}Result><Content>{content}</Content></{NAME}Result>"
    world.fake.malform("iam", NAME, body=f"<{NAME}Response>{inner}</{NAME}Response>".encode())


@pytest.mark.parametrize("state", ["absent", "expired", "ready"])
@pytest.mark.parametrize("waits", [0, 3])
def test_a_report_is_made_and_waited_for(world: World, state: str, waits: int) -> None:
    world.become(people(report_state=state, report_waits=waits))
    assert said(record(world.scan(CHECK), User).credentials).mfa_active is True
    assert world.asked(NAME) == 1


@pytest.mark.parametrize("code", ["ReportExpired", "ReportNotPresent", "ReportInProgress"])
def test_a_report_that_goes_away_is_made_again(world: World, code: str) -> None:
    world.become(people(report_state="ready"))
    world.fake.fail(Fault(kind=Kind.UNSUPPORTED, operation=NAME, code=code, times=2))
    assert said(record(world.scan(CHECK), User).credentials).user == "hanako"
    assert world.asked(NAME) == 3
    assert world.asked("GenerateCredentialReport") == (1 if code == "ReportInProgress" else 3)


@pytest.mark.parametrize("operation", [NAME, "GenerateCredentialReport"])
def test_a_refusal_is_every_users(world: World, operation: str) -> None:
    world.become(people(report_state="ready"))
    world.fake.deny("iam", operation)
    fact = unread(record(world.scan(CHECK), User).credentials)
    assert (fact.cause, fact.permission) == (Cause.DENIED, f"iam:{operation}")


def test_a_report_that_is_never_ready_is_not_an_empty_one(world: World) -> None:
    world.become(people(report_waits=10_000))
    assert cause(record(world.scan(CHECK), User).credentials) is Cause.UNSUPPORTED


def test_a_user_that_is_newer_than_the_report(world: World) -> None:
    world.become(people(report_state="ready"))
    report = fake_iam.report(Estate())
    spoil(world, report)
    assert "up to four hours old" in str(unread(record(world.scan(CHECK), User).credentials).detail)


def test_the_same_user_twice_and_odd_cells(world: World) -> None:
    world.become(people(report_state="ready"))
    twice = [
        IamUser(name="hanako", report={"mfa_active": "True", "password_enabled": "TRUE"}),
        IamUser(name="hanako", report={"mfa_active": "FALSE", "password_enabled": "false"}),
    ]
    spoil(world, fake_iam.report(Estate(iam=Iam(users=twice))))
    found = records(world.scan(CHECK), User)
    assert found.keys() == {"hanako"}
    row = said(found["hanako"].credentials)
    assert (row.mfa_active, row.password_enabled) == (False, True)


@pytest.mark.parametrize("text", ["", "user,arn\n", "<html>", "no report"])
def test_what_is_no_report_is_malformed(world: World, text: str) -> None:
    world.become(people(report_state="ready"))
    spoil(world, text)
    scanned = world.scan(CHECK, "aws-iam-root-mfa")
    assert cause(record(scanned, User).credentials) is Cause.MALFORMED
    assert cause(record(scanned, Account).root) is Cause.MALFORMED
