"""Every way in which Graph can fail, over HTTP."""

from email.utils import format_datetime
from typing import Any

import pytest

from cloudaudit.demo.m365.names import SALES_DRIVE, SATO_DRIVE, TANAKA_DRIVE, TENANT
from cloudaudit.facts import Cause, Read, Unread
from cloudaudit.model import Status
from cloudaudit.providers import Task
from cloudaudit.providers.m365 import reader
from cloudaudit.providers.m365.collectors import drives
from cloudaudit.providers.m365.connect import SignIn
from cloudaudit.providers.m365.model import KINDS, Drive, Tenant, User
from cloudaudit.snapshot import Selection
from fakes.m365 import Fault

from .conftest import LINKS, Quiet, World, cause, read, unread

DOMAINS = "/domains"
TENANT_CHECK = "m365-sharing-capability"


def tenant(world: World, **options: Any) -> Tenant:
    return world.scan(TENANT_CHECK, **options).record(Tenant)


# --------------------------------------------------------------------------- other hosts


def link_elsewhere(world: World, link: str) -> None:
    world.fake.faults.append(
        Fault(DOMAINS, 200, raw=b'{"value":[],"@odata.nextLink":"%b"}' % link.encode(), times=1)
    )


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/v1.0/domains",
        "http://127.0.0.1:1/v1.0/domains",
        "https://127.0.0.1@evil.example/domains",
        "file:///etc/passwd",
    ],
)
def test_a_link_to_another_host_is_not_followed(world: World, link: str) -> None:
    link_elsewhere(world, link)
    fact = unread(tenant(world).domains)
    assert fact.cause is Cause.MALFORMED
    assert "another host" in str(fact.detail)
    assert world.fake.times(DOMAINS) == 1


def test_a_delta_link_of_an_earlier_night_leads_nowhere_else_either(world: World) -> None:
    first = world.scan(LINKS)
    text = first.snapshot.read_text(encoding="utf-8").replace(world.fake.url, "https://evil.example")
    forged = first.snapshot.with_name("forged.jsonl")
    forged.write_text(text, encoding="utf-8")
    again = world.scan(LINKS, previous=forged)
    # It is not followed: every item is gone over anew, and the next night goes on from here.
    assert again.sharing_of(SALES_DRIVE).looked_at == first.sharing_of(SALES_DRIVE).looked_at
    assert "evil.example" not in again.snapshot.read_text(encoding="utf-8")


def test_pages_that_lead_round_in_circles_end(world: World) -> None:
    link = f"{world.fake.url}/v1.0{DOMAINS}".encode()
    world.fake.faults.append(Fault(DOMAINS, 200, raw=b'{"value":[],"@odata.nextLink":"%b"}' % link))
    assert cause(tenant(world).domains) is Cause.MALFORMED


# --------------------------------------------------------------------------- throttling


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_service_is_asked_again_when_it_says(world: World, status: int) -> None:
    world.fake.faults.append(
        Fault(DOMAINS, status, "activityLimitReached", headers={"Retry-After": "0"}, times=3)
    )
    assert len(read(tenant(world).domains)) == 2
    assert world.fake.times(DOMAINS) == 4


def test_the_time_to_ask_again_may_be_a_date(world: World) -> None:
    when = format_datetime(world.today, usegmt=True)
    world.fake.faults.append(Fault(DOMAINS, 429, headers={"Retry-After": when}, times=1))
    assert len(read(tenant(world).domains)) == 2


def test_a_service_that_stays_busy_is_given_up(world: World) -> None:
    world.fake.faults.append(Fault(DOMAINS, 429, "TooManyRequests", headers={"Retry-After": "0"}))
    found = tenant(world, retries=3)
    assert cause(found.domains) is Cause.THROTTLED
    assert world.fake.times(DOMAINS) == 4
    assert isinstance(found.sharepoint, Read)


def test_a_wait_that_is_too_long_is_not_begun(world: World) -> None:
    world.fake.faults.append(Fault(DOMAINS, 429, headers={"Retry-After": "86400"}))
    assert cause(tenant(world).domains) is Cause.THROTTLED
    assert world.fake.times(DOMAINS) == 1


def test_long_waits_are_told_once_for_everybody_who_waits(world: World) -> None:
    world.patch.setattr(reader, "HEARTBEAT", 0.3)
    world.fake.faults.append(Fault("/(domains|identity/.*)", 429, headers={"Retry-After": "1"}, times=3))
    scanned = world.scan(TENANT_CHECK)
    assert isinstance(scanned.record(Tenant).domains, Read)
    # Three waits of one second beside each other: not one line for each of them every 0.3 s.
    assert 1 <= len(scanned.said) <= 8
    assert "limiting requests" in scanned.said[0].en
    assert "制限" in scanned.said[0].ja


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_broken_service_is_asked_a_few_times(world: World, status: int) -> None:
    world.fake.faults.append(Fault(DOMAINS, status))
    assert cause(tenant(world).domains) is Cause.NETWORK
    assert world.fake.times(DOMAINS) == 3


# --------------------------------------------------------------------------- batches


def permissions(drive: str, item: str) -> str:
    return f"/drives/{drive}/items/{item}/permissions"


def test_only_the_answers_of_a_batch_that_failed_in_passing_are_asked_again(world: World) -> None:
    world.fake.faults.append(
        Fault(permissions(SALES_DRIVE, "s2"), 429, headers={"Retry-After": "0"}, times=2)
    )
    scanned = world.scan(LINKS)
    assert all(isinstance(item.permissions, Read) for item in scanned.items_of(SALES_DRIVE).values())
    assert world.fake.times(permissions(SALES_DRIVE, "s2")) == 3
    assert world.fake.times(permissions(SALES_DRIVE, "s1")) == 1


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault("x", 403, "accessDenied"), Cause.DENIED),
        (Fault("x", 429, headers={"Retry-After": "0"}), Cause.THROTTLED),
        (Fault("x", 500), Cause.NETWORK),
        (Fault("x", 400, "invalidRequest"), Cause.UNSUPPORTED),
    ],
)
def test_a_single_answer_of_a_batch_that_fails_leaves_one_item_unread(
    world: World, fault: Fault, expected: Cause
) -> None:
    fault.pattern = permissions(SALES_DRIVE, "s5")
    world.fake.faults.append(fault)
    scanned = world.scan(LINKS, retries=2)
    items = scanned.items_of(SALES_DRIVE)
    assert cause(items["s5"].permissions) is expected
    assert {item for item, each in items.items() if isinstance(each.permissions, Read)} == {
        "root",
        "s1",
        "s2",
        "s3",
        "s4",
    }


def test_an_item_that_is_deleted_meanwhile_is_not_shared_any_more(world: World) -> None:
    world.fake.faults.append(Fault(permissions(SALES_DRIVE, "s1"), 404, "itemNotFound"))
    assert "s1" not in world.scan(LINKS).items_of(SALES_DRIVE)


def test_another_404_than_that_of_an_item_does_not_end_a_share(world: World) -> None:
    world.fake.faults.append(Fault(permissions(SALES_DRIVE, "s1"), 404, "ResourceNotFound"))
    scanned = world.scan(LINKS)
    assert isinstance(scanned.items_of(SALES_DRIVE)["s1"].permissions, Unread)
    assert scanned.of(LINKS, "営業部/ドキュメント").status is not Status.PASS


def test_a_batch_that_fails_as_a_whole_leaves_what_it_was_about_unread(world: World) -> None:
    world.fake.faults.append(Fault(r"/\$batch", 403, "accessDenied"))
    scanned = world.scan(LINKS)
    found = scanned.records(Drive)
    assert found
    assert scanned.of(LINKS, next(iter(found.values())).name).status is Status.NOT_ASSESSED
    assert not any(each.status is Status.PASS for each in scanned.findings)


def test_a_busy_batch_is_sent_again(world: World) -> None:
    world.fake.faults.append(Fault(r"/\$batch", 429, headers={"Retry-After": "0"}, times=2))
    assert set(world.scan(LINKS).records(Drive)) >= {SALES_DRIVE, SATO_DRIVE, TANAKA_DRIVE}


# --------------------------------------------------------------------------- plans, drives, sites


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", "Neither tenant is B2C or ..."),
        (401, "Unauthorized", "Neither tenant is B2C or tenant doesn't have premium license"),
        (400, "AadPremiumLicenseRequired", "The tenant needs to have Microsoft Entra ID P2."),
        (403, "Forbidden", "Insufficient license for this operation."),
    ],
)
def test_a_missing_licence_is_told_from_a_missing_permission(
    world: World, status: int, code: str, message: str
) -> None:
    world.fake.faults.append(Fault("/reports/.*", status, code, message))
    scanned = world.scan("m365-user-mfa-registered")
    person = next(iter(scanned.records(User).values()))
    assert cause(person.registration) is Cause.PLAN
    assert {each.cause for each in scanned.findings if each.status is Status.NOT_ASSESSED} == {Cause.PLAN}
    assert scanned.outcome.stopped == ""
    assert world.fake.times("/users/[^/]+/mailboxSettings/userPurpose") == 0


def test_a_user_without_a_drive_has_none_and_that_is_no_gap(world: World) -> None:
    scanned = world.scan(LINKS)
    assert world.fake.times("/users/[^/]+/drive") == 9
    assert scanned.gaps == ()
    assert not [drive for drive in scanned.records(Drive) if drive.startswith("user:")]


def test_a_drive_that_is_refused_is_not_no_drive(world: World) -> None:
    world.fake.faults.append(Fault("/users/[^/]+/drive", 403, "accessDenied"))
    scanned = world.scan(LINKS)
    refused = {drive: each for drive, each in scanned.records(Drive).items() if drive.startswith("user:")}
    assert len(refused) == 9
    assert {cause(each.sharing) for each in refused.values()} == {Cause.DENIED}


def test_a_locked_or_archived_site_is_said_to_be_so(world: World) -> None:
    scanned = world.scan(LINKS)
    finding = scanned.of(LINKS, "旧プロジェクト")
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.DISABLED
    assert "locked or archived" in finding.reason.en
    assert "アーカイブ" in finding.reason.ja


def test_a_listing_of_sites_that_fails_is_a_gap_and_onedrives_are_still_found(world: World) -> None:
    world.fake.faults.append(Fault("/sites/getAllSites", 403, "accessDenied"))
    scanned = world.scan(LINKS)
    assert [(gap.of, gap.permission) for gap in scanned.gaps] == [("m365-drive", "Sites.Read.All")]
    assert set(scanned.records(Drive)) == {TANAKA_DRIVE}


def test_a_listing_of_users_that_breaks_off_is_a_gap(world: World) -> None:
    world.fake.page = 5
    world.patch.setattr("cloudaudit.demo.m365.graph.PAGE", 5)
    world.fake.faults.append(Fault("/users", 403, "accessDenied", after=2))
    scanned = world.scan("m365-user-mfa-registered", "m365-admin-mfa-strong")
    assert {gap.of for gap in scanned.gaps} == {"m365-user", "m365-admin"}
    assert all(
        each.status is not Status.PASS for each in scanned.findings if each.check == "m365-mfa-enforced"
    )


def test_without_a_listing_of_users_nobody_knows_whose_onedrive_is_missing(world: World) -> None:
    world.fake.faults.append(Fault("/users", 403, "accessDenied"))
    scanned = world.scan(LINKS)
    assert [(gap.of, gap.permission) for gap in scanned.gaps] == [("m365-drive", "User.Read.All")]
    assert {SALES_DRIVE, SATO_DRIVE} <= set(scanned.records(Drive))
    assert 3 in scanned.exit_codes


def test_a_crash_of_ours_costs_what_it_was_about_and_ends_as_incomplete(world: World) -> None:
    def breaking(*_: object) -> None:
        raise ZeroDivisionError

    world.patch.setattr("cloudaudit.providers.m365.collectors.people.person", breaking)
    scanned = world.scan()
    assert {gap.of for gap in scanned.gaps} == {"m365-user", "m365-admin", "m365-directory", "m365-drive"}
    assert {gap.cause for gap in scanned.gaps} == {Cause.CRASH}
    assert "ZeroDivisionError" in scanned.said[0].ja
    assert isinstance(scanned.record(Tenant).sharepoint, Read)
    assert 3 in scanned.exit_codes


def test_a_drive_of_which_reading_crashes_is_not_assessed_and_the_others_are(world: World) -> None:
    made = drives.record

    def breaking(found: Any, *more: Any) -> Drive:
        if found.wire.id == SALES_DRIVE:
            raise KeyError(found.wire.id)
        return made(found, *more)

    world.patch.setattr(drives, "record", breaking)
    scanned = world.scan(LINKS)
    assert SALES_DRIVE not in scanned.records(Drive)
    assert SATO_DRIVE in scanned.records(Drive)
    assert Cause.CRASH in {gap.cause for gap in scanned.gaps}


def test_a_snapshot_that_cannot_be_written_ends_the_scan(world: World) -> None:
    class Full:
        def write(self, record: object) -> None:
            del record
            raise OSError(28, "No space left on device")

        def write_lines(self, lines: bytes) -> None:
            raise AssertionError(lines)

    kinds = frozenset(kind.of_kind() for kind in KINDS)
    with pytest.raises(OSError, match="No space left"):
        world.session().collect(Task(kinds=kinds, selection=Selection()), Full(), Quiet())


# --------------------------------------------------------------------------- answers that make no sense


@pytest.mark.parametrize(
    "raw",
    [
        b"<html><body>Please sign in</body></html>",
        b"",
        b"[]",
        b'{"value": 7}',
        b'{"value":[{"id":7}]}',
        b"\xff\xfe",
        b'{"value":' + b"[" * 50_000,
    ],
)
def test_an_answer_in_another_shape_is_malformed(world: World, raw: bytes) -> None:
    world.fake.faults.append(Fault(DOMAINS, 200, raw=raw))
    assert cause(tenant(world).domains) is Cause.MALFORMED


def test_a_redirect_is_not_followed(world: World) -> None:
    world.fake.faults.append(
        Fault(DOMAINS, 302, raw=b"", headers={"Location": "https://evil.example/v1.0/domains"})
    )
    assert cause(tenant(world).domains) is Cause.UNSUPPORTED
    assert world.fake.times(DOMAINS) == 1


def test_an_error_without_a_body_keeps_its_status(world: World) -> None:
    world.fake.faults.append(Fault(DOMAINS, 403, raw=b""))
    fact = unread(tenant(world).domains)
    assert (fact.cause, fact.detail, fact.permission) == (Cause.DENIED, "HTTP 403", "Domain.Read.All")


def test_what_graph_says_in_an_error_is_not_repeated(world: World) -> None:
    world.fake.faults.append(Fault(DOMAINS, 403, "accessDenied", "token eyJhbGciOi for someone@example.com"))
    scanned = world.scan(TENANT_CHECK)
    assert "eyJhbGciOi" not in scanned.snapshot.read_text(encoding="utf-8")


# --------------------------------------------------------------------------- the token


class Renewing:
    """A credential whose token can be replaced, and may come to its end."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)
        self.asked = 0

    def get_token(self, *_scopes: str, **_options: object) -> Any:
        self.asked += 1
        from azure.core.credentials import AccessToken
        from azure.core.exceptions import ClientAuthenticationError

        if not self.tokens:
            raise ClientAuthenticationError(
                message="AADSTS700082: The refresh token has expired. secret-value"
            )
        return AccessToken(self.tokens[0], 2**40)


def signed(credential: Renewing) -> SignIn:
    return SignIn(credential=credential, scopes=("https://graph.microsoft.com/.default",), identity="app:x")


def test_a_token_that_ends_in_the_middle_is_renewed(world: World) -> None:
    credential = Renewing("tok-first", "tok-second")
    world.fake.good_tokens = frozenset({"tok-first"})

    def expire(target: str) -> None:
        if "/identity/" in target and len(credential.tokens) == 2:
            # From here on the first token is not good any more.
            credential.tokens.pop(0)
            world.fake.good_tokens = frozenset({"tok-second"})

    world.fake.before = expire
    scanned = world.scan(signed=signed(credential))
    assert scanned.outcome.stopped == ""
    assert not [each for each in scanned.findings if each.cause is Cause.EXPIRED]
    # Once to connect, once to collect, and once for everybody whose request was refused.
    assert credential.asked == 3


def test_a_sign_in_that_ends_stops_the_scan_and_keeps_what_was_read(world: World) -> None:
    credential = Renewing("tok-first")
    world.fake.good_tokens = frozenset({"tok-first"})
    world.fake.faults.append(Fault("/users/[^/]+/drive", 401, "InvalidAuthenticationToken", "Lifetime"))
    scanned = world.scan(signed=signed(credential))
    assert scanned.outcome.stopped == "expired"
    assert 3 in scanned.exit_codes
    assert set(scanned.records(Tenant)) == {TENANT}
    assert "tok-first" not in scanned.snapshot.read_text(encoding="utf-8")


def test_a_sign_in_that_cannot_be_renewed_stops_the_scan(world: World) -> None:
    credential = Renewing("tok-first")
    session = world.session(signed=signed(credential))
    credential.tokens.clear()
    scanned = world.scan_of(session, TENANT_CHECK)
    assert scanned.outcome.stopped == "expired"
    assert "secret-value" not in scanned.snapshot.read_text(encoding="utf-8")
    assert {each.status for each in scanned.findings} == {Status.NOT_ASSESSED}
