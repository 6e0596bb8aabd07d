"""Waivers: what they cover, what they never cover, and what is said of them."""

from datetime import date
from typing import Any

import pytest
from msgspec import structs

from cloudaudit.ids import finding_id
from cloudaudit.model import Finding, ResourceRef, Severity, Status, SubFinding, Theme
from cloudaudit.text import Text
from cloudaudit.waivers import Book, Problem, Reach, Register, State, Terms, Waiver, WaiverEntry, unwaived

DAY = date(2026, 11, 21)
CHECK = "aws-iam-access-key-age"
SAID = Text(en="old", ja="古い")


def finding(
    name: str = "acme", status: Status = Status.FAIL, *subs: SubFinding, check: str = CHECK
) -> Finding:
    resource = ResourceRef(
        provider="aws",
        account="123456789012",
        region="global",
        kind="aws-iam-user",
        id=f"arn:aws:iam::123456789012:user/{name}",
        name=name,
    )
    return Finding(
        id=finding_id("aws", resource.account, check, resource.id),
        check=check,
        theme=Theme.CREDENTIALS,
        severity=Severity.HIGH,
        status=status,
        resource=resource,
        reason=SAID,
        sub_findings=subs,
    )


def part(key: str, status: Status = Status.FAIL) -> SubFinding:
    return SubFinding(id=key * 32, key=key, status=status, severity=Severity.HIGH, reason=SAID)


def waiver(**fields: Any) -> Waiver:
    given: dict[str, Any] = {
        "check": CHECK,
        "resource": "acme",
        "reason": "vendor",
        "owner": "tanaka",
        "approver": "sato",
        "compensating_control": "alarm",
        "created": date(2026, 6, 1),
        "expires": date(2027, 3, 31),
        **fields,
    }
    return Waiver(**given)


def applied(
    *findings: Finding, by: list[Waiver] | None = None, **reach: Any
) -> tuple[list[Finding], tuple[WaiverEntry, ...]]:
    given: dict[str, Any] = {
        "account": "123456789012",
        "known": {CHECK},
        "ours": {CHECK},
        "ran": {CHECK},
        **reach,
    }
    book = Book(waivers=tuple(by or [waiver()]), file="waivers.toml", sha256="ab" * 32)
    register = Register(book, Terms(), DAY, Reach(**given))
    return list(register.apply(findings)), register.entries()


@pytest.mark.parametrize(
    "pattern",
    ["acme", "ac*", "arn:aws:iam::*:user/acme", "a?me", finding().id],
)
def test_a_failure_that_a_pattern_names_is_waived_and_says_by_what(pattern: str) -> None:
    ((found,), (entry,)) = applied(finding(), by=[waiver(resource=pattern)])
    assert found.status is Status.WAIVED
    assert found.waiver == entry.id
    assert (entry.state, entry.waived, entry.failing, entry.problems) == (State.IN_FORCE, 1, 0, ())
    assert (entry.created, entry.expires, entry.sha256) == ("2026-06-01", "2027-03-31", "ab" * 32)
    assert structs.replace(unwaived(found)) == finding()


@pytest.mark.parametrize("pattern", ["ACME", "acm", "*e-*", "1" * 32, "arn:aws:iam::"])
def test_what_a_pattern_does_not_name_still_fails(pattern: str) -> None:
    ((found,), (entry,)) = applied(finding(), by=[waiver(resource=pattern)])
    assert found == finding()
    assert Problem.UNUSED in entry.problems


@pytest.mark.parametrize("status", [Status.PASS, Status.NOT_ASSESSED, Status.NOT_APPLICABLE])
def test_only_failures_can_be_waived(status: Status) -> None:
    ((found,), (entry,)) = applied(finding("acme", status))
    assert found == finding("acme", status)
    # Nobody knows whether what was not assessed would need it.
    assert (Problem.UNUSED in entry.problems) == (status is not Status.NOT_ASSESSED)


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"expires": date(2026, 11, 20)}, State.EXPIRED),
        ({"created": date(2026, 11, 22)}, State.NOT_YET),
        ({"created": date(2026, 3, 30)}, State.TOO_LONG),
    ],
)
def test_a_waiver_out_of_its_time_covers_nothing_and_is_told(fields: dict[str, Any], state: State) -> None:
    ((found,), (entry,)) = applied(finding(), by=[waiver(**fields)])
    assert found == finding()
    assert (entry.state, entry.waived, entry.failing, entry.wrong) == (state, 0, 1, True)


@pytest.mark.parametrize(
    ("expires", "state"),
    [
        (date(2026, 11, 21), State.EXPIRING),
        (date(2026, 12, 5), State.EXPIRING),
        (date(2026, 12, 6), State.IN_FORCE),
    ],
)
def test_the_last_fortnight_is_told_and_the_last_day_counts(expires: date, state: State) -> None:
    ((found,), (entry,)) = applied(finding(), by=[waiver(expires=expires)])
    assert found.status is Status.WAIVED
    assert (entry.state, entry.wrong) == (state, False)
    assert entry.remarkable == (state is State.EXPIRING)


def test_a_finding_fails_until_all_its_failing_parts_are_waived() -> None:
    whole = finding("acme", Status.FAIL, part("a"), part("b"), part("c", Status.PASS))
    first, second = waiver(resource="a" * 32), waiver(resource="b" * 32, ticket="2")
    ((some,), (entry,)) = applied(whole, by=[first])
    assert some.status is Status.FAIL
    assert [sub.status for sub in some.sub_findings] == [Status.WAIVED, Status.FAIL, Status.PASS]
    assert not some.waiver
    assert entry.waived == 1
    ((all_of_it,), _) = applied(whole, by=[first, second])
    assert all_of_it.status is Status.WAIVED
    assert [sub.waiver or "" for sub in all_of_it.sub_findings] == [first.id, second.id, ""]
    ((by_name,), _) = applied(whole)
    assert [sub.status for sub in by_name.sub_findings] == [Status.WAIVED, Status.WAIVED, Status.PASS]
    assert unwaived(by_name) == whole


def test_a_waiver_of_a_part_that_passes_changes_nothing() -> None:
    whole = finding("acme", Status.FAIL, part("a", Status.PASS))
    ((found,), (entry,)) = applied(whole, by=[waiver(resource="a" * 32)])
    assert found == whole
    assert entry.problems == (Problem.UNUSED,)


@pytest.mark.parametrize("pattern", ["*", "**", "?*", "*-*", "arn:*", "[!x]*"])
def test_a_pattern_that_names_nothing_is_too_broad(pattern: str) -> None:
    _, (entry,) = applied(finding(), by=[waiver(resource=pattern)])
    assert Problem.TOO_BROAD in entry.problems


def test_a_pattern_for_most_of_what_a_check_looks_at_is_too_broad() -> None:
    names = [f"acme-{number}" for number in range(6)]
    users = [finding(name) for name in names] + [
        finding(f"other-{number}", Status.PASS) for number in range(6)
    ]
    _, (half,) = applied(*users, by=[waiver(resource="acme-*")])
    assert half.problems == ()
    _, (most,) = applied(*users[:-1], by=[waiver(resource="acme-*")])
    assert most.problems == (Problem.TOO_BROAD,)
    _, (one,) = applied(finding("root"), by=[waiver(resource="ro*t")])
    assert one.problems == ()


@pytest.mark.parametrize(
    ("owner", "approver"), [("tanaka", "TANAKA"), ("田中 花子", "田中 花子"), ("Tanaka", "tanaka")]
)
def test_nobody_approves_their_own_waiver_unseen(owner: str, approver: str) -> None:
    _, (entry,) = applied(finding(), by=[waiver(owner=owner, approver=approver)])
    assert entry.problems == (Problem.OWN_APPROVAL,)


def test_a_check_that_does_not_exist_is_told_and_one_of_another_cloud_is_not() -> None:
    _, entries = applied(
        finding(), by=[waiver(check="aws-no-such"), waiver(check="m365-x")], known={CHECK, "m365-x"}
    )
    assert [(entry.check, entry.problems) for entry in entries] == [("aws-no-such", (Problem.UNKNOWN_CHECK,))]


def test_a_waiver_of_another_account_is_neither_applied_nor_told() -> None:
    ((found,), entries) = applied(finding(), by=[waiver(account="999999999999")])
    assert found.status is Status.FAIL
    assert entries == ()


@pytest.mark.parametrize("reach", [{"ran": frozenset[str]()}, {"narrowed": True}])
def test_what_was_not_looked_at_makes_no_waiver_unused(reach: dict[str, Any]) -> None:
    _, (entry,) = applied(by=[waiver(resource="gone")], **reach)
    assert entry.problems == ()


def test_a_listing_that_failed_makes_no_waiver_unused() -> None:
    _, (entry,) = applied(finding("*", Status.NOT_ASSESSED), by=[waiver(resource="gone")])
    assert entry.problems == ()


def test_the_id_changes_with_anything_in_the_contract() -> None:
    first = waiver()
    others = {waiver(created=date(2026, 5, 1)).id, waiver(reason="x").id, waiver(approver="x").id}
    assert first.id == waiver().id
    assert len({first.id, *others}) == 4
