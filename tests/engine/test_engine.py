from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from cloudaudit.check import (
    AnyCheck,
    Audit,
    Part,
    Severity,
    Status,
    Text,
    Verdict,
    failed,
    failed_part,
    not_applicable,
    not_read,
    passed,
    passed_part,
    value,
)
from cloudaudit.engine import gapped, judge
from cloudaudit.errors import SnapshotError
from cloudaudit.facts import Cause
from cloudaudit.ids import finding_id
from cloudaudit.model import Finding, Gap, Resource
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import (
    AccessPoint,
    Bucket,
    DirectoryBucket,
    Region,
    StorageBucket,
    User,
    Versioning,
)
from cloudaudit.scoring import score, tallies
from cloudaudit.snapshot import End, Listed, Listing, Snapshot
from cloudaudit.testing import ACCOUNT, TAKEN_AT, build, denied, snapshot_of, unread, verdict

OK = Text(en="ok", ja="良好")
BAD = Text(en="bad", ja="不適合")
Judged = Callable[..., list[Finding]]
Make = Callable[..., Any]

ENABLED = Versioning(status="Enabled")


def saying(verdict: Verdict) -> Callable[[Bucket, Audit], Verdict]:
    def judge(_bucket: Bucket, _audit: Audit) -> Verdict:
        return verdict

    return judge


def says(status: str) -> Callable[[Bucket, Audit], Verdict]:
    outcomes = {"pass": passed(OK), "fail": failed(BAD), "not-applicable": not_applicable(OK)}
    return saying(outcomes[status])


def versioned(bucket: Bucket, _audit: Audit) -> Verdict:
    return passed(OK, {"status": value(bucket.versioning).status})


def explode(_bucket: Bucket, _audit: Audit) -> Verdict:
    raise ZeroDivisionError


@pytest.mark.parametrize("status", ["pass", "fail", "not-applicable"])
def test_what_a_check_says_is_the_status(check_of: Make, status: str) -> None:
    finding = verdict(check_of(says(status)), build(Bucket))
    assert finding.status == status
    assert finding.cause is None
    assert finding.severity is Severity.HIGH
    assert finding.id == finding_id("aws", ACCOUNT, "aws-test", finding.resource.id)


def test_the_evidence_is_kept(check_of: Make) -> None:
    assert verdict(check_of(versioned), build(Bucket, versioning=ENABLED)).evidence == {"status": "Enabled"}


def test_a_fact_not_read_is_not_assessed_and_names_the_permission(check_of: Make) -> None:
    finding = verdict(check_of(versioned), build(Bucket, versioning=denied("s3:GetBucketVersioning")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.DENIED
    assert finding.missing_permissions == ("s3:GetBucketVersioning",)
    assert "grant s3:GetBucketVersioning" in finding.reason.en
    assert "s3:GetBucketVersioning を付与" in finding.reason.ja
    assert finding.evidence["not_read"][0]["cause"] == "denied"


def test_what_the_provider_said_is_told_in_the_language_asked(check_of: Make) -> None:
    said = Text(en="a policy of the organisation", ja="組織のポリシー")
    missing = msgspec.structs.replace(denied("s3:GetBucketVersioning"), detail=said)
    finding = verdict(check_of(versioned), build(Bucket, versioning=missing))
    assert said.en in finding.reason.en
    assert said.ja in finding.reason.ja
    assert said.en not in finding.reason.ja
    assert finding.evidence["not_read"][0]["detail"] == {"en": said.en, "ja": said.ja}


def test_only_a_denial_names_a_permission_to_grant(check_of: Make) -> None:
    missing = unread(Cause.THROTTLED, "s3:GetBucketVersioning")
    finding = verdict(check_of(versioned), build(Bucket, versioning=missing))
    assert finding.cause is Cause.THROTTLED
    assert finding.missing_permissions == ()
    assert "grant" not in finding.reason.en


def test_all_missing_facts_are_named(check_of: Make) -> None:
    def both(_bucket: Bucket, _audit: Audit) -> Verdict:
        not_read(denied("s3:GetB"), denied("s3:GetA"), denied("s3:GetA"))

    finding = verdict(check_of(both), build(Bucket))
    assert finding.missing_permissions == ("s3:GetA", "s3:GetB")
    assert finding.reason.en.count("s3:GetA:") == 1


def test_a_signal_without_facts_is_a_crash(check_of: Make) -> None:
    def nothing(_bucket: Bucket, _audit: Audit) -> Verdict:
        not_read()

    finding = verdict(check_of(nothing), build(Bucket))
    assert (finding.status, finding.cause) == (Status.NOT_ASSESSED, Cause.CRASH)
    assert finding.reason.en
    assert finding.reason.ja


def test_a_crash_costs_one_verdict_and_no_other(check_of: Make, judged: Judged) -> None:
    checks = (check_of(explode, check_id="aws-a"), check_of(says("pass"), check_id="aws-b"))
    crashed, other = judged(snapshot_of(build(Bucket)), *checks)
    assert (crashed.check, crashed.status, crashed.cause) == ("aws-a", Status.NOT_ASSESSED, Cause.CRASH)
    assert "ZeroDivisionError in aws-a" in crashed.reason.en
    assert crashed.severity is Severity.HIGH
    assert (other.check, other.status) == ("aws-b", Status.PASS)


def test_the_text_of_a_crash_does_not_reach_a_report(check_of: Make) -> None:
    def leak(_bucket: Bucket, _audit: Audit) -> Verdict:
        message = "secret material"
        raise ValueError(message)

    finding = verdict(check_of(leak), build(Bucket))
    assert "secret" not in repr(finding)


@pytest.mark.parametrize(
    ("chosen", "status"), [(Severity.CRITICAL, Status.NOT_ASSESSED), (Severity.HIGH, Status.FAIL)]
)
def test_a_check_may_not_raise_its_severity(check_of: Make, chosen: Severity, status: Status) -> None:
    finding = verdict(check_of(saying(failed(BAD, severity=chosen))), build(Bucket))
    assert finding.status is status


def test_a_check_may_lower_its_severity(check_of: Make) -> None:
    finding = verdict(check_of(saying(failed(BAD, severity=Severity.LOW))), build(Bucket))
    assert (finding.status, finding.severity) == (Status.FAIL, Severity.LOW)


def test_a_part_may_not_raise_the_severity_either(check_of: Make) -> None:
    part = failed_part("1", BAD, severity=Severity.CRITICAL)
    finding = verdict(check_of(saying(failed(BAD, parts=[part]))), build(Bucket))
    assert (finding.status, finding.cause) == (Status.NOT_ASSESSED, Cause.CRASH)


@pytest.mark.parametrize("status", [Status.NOT_ASSESSED, Status.WAIVED])
def test_a_check_may_not_say_what_is_the_engines_to_say(check_of: Make, status: Status) -> None:
    finding = verdict(check_of(saying(Verdict(status=status, reason=OK))), build(Bucket))
    assert (finding.status, finding.cause) == (Status.NOT_ASSESSED, Cause.CRASH)


@pytest.mark.parametrize("status", [Status.NOT_ASSESSED, Status.WAIVED])
def test_a_part_may_not_say_it_either(check_of: Make, status: Status) -> None:
    part = Part(key="1", status=status, reason=OK)
    finding = verdict(check_of(saying(passed(OK, parts=[part]))), build(Bucket))
    assert (finding.status, finding.cause) == (Status.NOT_ASSESSED, Cause.CRASH)


def test_a_whole_with_a_failed_part_does_not_pass(check_of: Make) -> None:
    parts = [passed_part("1", OK), failed_part("2", BAD)]
    finding = verdict(check_of(saying(passed(OK, parts=parts))), build(Bucket))
    assert (finding.status, finding.cause) == (Status.NOT_ASSESSED, Cause.CRASH)


def test_parts_have_ids_of_their_own(check_of: Make) -> None:
    parts = [passed_part("key-1", OK), failed_part("key-2", BAD, {"age": 9}, severity=Severity.LOW)]
    finding = verdict(check_of(saying(failed(BAD, parts=parts))), build(Bucket))
    one, two = finding.sub_findings
    assert len({finding.id, one.id, two.id}) == 3
    assert one.id == finding_id("aws", ACCOUNT, "aws-test", finding.resource.id, "key-1")
    assert (one.severity, two.severity) == (Severity.HIGH, Severity.LOW)
    assert two.evidence == {"age": 9}


def test_two_parts_with_one_key_are_a_fault_of_the_check(check_of: Make) -> None:
    parts = [passed_part("k", OK), failed_part("k", BAD)]
    finding = verdict(check_of(saying(failed(BAD, parts=parts))), build(Bucket))
    assert (finding.status, finding.cause) == (Status.NOT_ASSESSED, Cause.CRASH)


@pytest.mark.parametrize("door", ["of", "only", "get"])
def test_an_undeclared_kind_crashes_only_the_check_that_asks(
    check_of: Make, judged: Judged, door: str
) -> None:
    def peek(_bucket: Bucket, audit: Audit) -> Verdict:
        asked: Any = getattr(audit, door)
        asked(User, *(["x"] if door == "get" else []))
        return passed(OK)

    snapshot = snapshot_of(build(Bucket), build(User))
    findings = judged(snapshot, check_of(peek, check_id="aws-a"), check_of(says("pass"), check_id="aws-b"))
    assert [(finding.status, finding.cause) for finding in findings] == [
        (Status.NOT_ASSESSED, Cause.CRASH),
        (Status.PASS, None),
    ]
    assert verdict(check_of(peek, uses=(User,)), build(Bucket), build(User)).status is Status.PASS


def gap_of(kind: type[Resource], region: str = "global", **fields: Any) -> Gap:
    given: dict[str, Any] = {
        "cause": Cause.DENIED,
        "operation": "test:List",
        "permission": "test:List",
        **fields,
    }
    return Gap(of=kind.of_kind(), region=region, **given)


def test_a_gap_is_not_assessed_for_every_check_on_the_kind(check_of: Make, judged: Judged) -> None:
    checks = [
        check_of(says("pass"), check_id="aws-a"),
        check_of(says("pass"), check_id="aws-b"),
        check_of(says("pass"), check_id="aws-c", on=User),
    ]
    snapshot = snapshot_of(build(User), gaps=[gap_of(Bucket)])
    findings = judged(snapshot, *checks)
    gaps = [finding for finding in findings if finding.resource.kind == "aws-s3-bucket"]
    assert [finding.check for finding in gaps] == ["aws-a", "aws-b"]
    for finding in gaps:
        assert finding.status is Status.NOT_ASSESSED
        assert finding.missing_permissions == ("test:List",)
        assert finding.resource.name == "*"
    assert [finding.status for finding in findings if finding.check == "aws-c"] == [Status.PASS]
    assert gapped(snapshot, checks) == {"aws-a", "aws-b"}


def test_a_gap_in_one_region_leaves_the_other_regions_judged(check_of: Make, judged: Judged) -> None:
    snapshot = snapshot_of(build(Bucket), gaps=[gap_of(Bucket, "eu-west-1"), gap_of(Bucket, "us-east-1")])
    findings = judged(snapshot, check_of(says("pass")))
    assert [(finding.resource.region, finding.status) for finding in findings] == [
        ("eu-west-1", Status.NOT_ASSESSED),
        ("us-east-1", Status.NOT_ASSESSED),
        ("ap-northeast-1", Status.PASS),
    ]
    assert len({finding.id for finding in findings}) == 3


def test_the_gaps_of_two_accounts_are_two_findings_and_each_names_its_account(
    check_of: Make, judged: Judged
) -> None:
    gaps = [gap_of(Bucket, account="1001"), gap_of(Bucket, account="1002")]
    findings = judged(snapshot_of(build(User), gaps=gaps), check_of(says("pass")))
    assert [finding.resource.account for finding in findings] == ["1001", "1002"]
    assert len({finding.id for finding in findings}) == 2


def test_what_was_listed_and_never_read_bears_the_account_of_its_listing(
    check_of: Make, judged: Judged
) -> None:
    resource = build(Bucket, name="read", account="1001")
    lines = [Listed("b", "unread", "eu-west-1", "1002"), Listed(resource.id, "read", "eu-west-1", "1001")]
    findings = judged(snapshot_of(resource, listed=lines), check_of(says("pass")))
    assert {finding.resource.name: finding.resource.account for finding in findings} == {
        "unread": "1002",
        "read": "1001",
    }


def test_two_reasons_for_one_gap_are_one_finding_that_names_both(check_of: Make, judged: Judged) -> None:
    first = gap_of(Region, operation="ec2:DescribeRegions", permission="ec2:DescribeRegions")
    second = gap_of(Region, operation="s3:ListBuckets", permission="s3:ListAllMyBuckets")
    (finding,) = judged(snapshot_of(build(Bucket), gaps=[first, second]), check_of(says("pass"), on=Region))
    assert finding.missing_permissions == ("ec2:DescribeRegions", "s3:ListAllMyBuckets")


@pytest.mark.parametrize(
    ("end", "cause"),
    [
        (None, Cause.INTERRUPTED),
        (End(at=TAKEN_AT, stopped="interrupted"), Cause.INTERRUPTED),
        (End(at=TAKEN_AT, stopped="expired"), Cause.EXPIRED),
        (End(at=TAKEN_AT), Cause.INTERRUPTED),
    ],
)
def test_what_was_listed_and_never_read_turns_up(
    snapshot_from: Make, check_of: Make, judged: Judged, end: End | None, cause: Cause
) -> None:
    listing = Listing(of=Bucket.of_kind(), items=(Listed("arn:b", "invoices", "eu-west-1"),), complete=True)
    (finding,) = judged(snapshot_from(listing, end=end, kinds=[Bucket]), check_of(says("pass")))
    assert (finding.status, finding.cause) == (Status.NOT_ASSESSED, cause)
    assert (finding.resource.id, finding.resource.name) == ("arn:b", "invoices")
    assert finding.resource.region == "eu-west-1"


@pytest.mark.parametrize(
    ("end", "cause"),
    [
        (None, Cause.INTERRUPTED),
        (End(at=TAKEN_AT, stopped="interrupted"), Cause.INTERRUPTED),
        (End(at=TAKEN_AT, stopped="expired"), Cause.EXPIRED),
    ],
)
def test_a_kind_that_was_never_listed_turns_up(
    snapshot_from: Make, check_of: Make, judged: Judged, end: End | None, cause: Cause
) -> None:
    snapshot = snapshot_from(end=end, kinds=[Bucket, User])
    (finding,) = judged(snapshot, check_of(says("pass")))
    assert (finding.status, finding.cause) == (Status.NOT_ASSESSED, cause)
    assert gapped(snapshot, [check_of(says("pass"))]) == {"aws-test"}


def test_a_listing_that_broke_off_turns_up_beside_what_it_named(
    snapshot_from: Make, check_of: Make, judged: Judged
) -> None:
    listing = Listing(of=Bucket.of_kind(), items=(Listed("arn:b", "b", "r"),))
    snapshot = snapshot_from(listing, build(Bucket, id="arn:b"), end=None, kinds=[Bucket])
    findings = judged(snapshot, check_of(says("pass")))
    assert [(finding.resource.name, finding.status) for finding in findings] == [
        ("*", Status.NOT_ASSESSED),
        ("x", Status.PASS),
    ]


def test_an_empty_account_is_not_a_compliant_one(snapshot_from: Make, check_of: Make) -> None:
    chosen: list[AnyCheck] = [check_of(says("pass"), severity=Severity.CRITICAL)]
    snapshot: Snapshot = snapshot_from(Listing(of=Bucket.of_kind(), complete=True), kinds=[Bucket])
    assert list(judge(snapshot, chosen, AuditPolicy())) == []
    empty = score(tallies(chosen, gapped(snapshot, chosen)))
    assert empty.overall.guaranteed is None
    assert empty.overall.grade is None


def get_x(_bucket: Bucket, audit: Audit) -> Verdict:
    other = audit.get(User, "arn:u")
    return passed(OK) if other is not None else failed(BAD)


def users(*items: str, complete: bool = True, narrowed: bool = False) -> Listing:
    return Listing(
        of=User.of_kind(),
        items=tuple(Listed(item, item, "global") for item in items),
        complete=complete,
        narrowed=narrowed,
    )


BUCKETS = Listing(of=Bucket.of_kind(), complete=True)


@pytest.mark.parametrize(
    ("records", "end", "status", "cause"),
    [
        ([users("arn:u"), build(User, id="arn:u")], True, Status.PASS, None),
        ([build(User, id="arn:u"), gap_of(User)], True, Status.PASS, None),
        ([users()], True, Status.FAIL, None),
        ([users("arn:u")], True, Status.NOT_ASSESSED, Cause.INTERRUPTED),
        ([gap_of(User)], True, Status.NOT_ASSESSED, Cause.DENIED),
        ([users(narrowed=True)], True, Status.NOT_ASSESSED, Cause.UNSUPPORTED),
        ([users(complete=False)], False, Status.NOT_ASSESSED, Cause.INTERRUPTED),
        ([users()], False, Status.FAIL, None),
    ],
)
def test_only_a_complete_listing_says_that_something_does_not_exist(
    snapshot_from: Make,
    check_of: Make,
    judged: Judged,
    records: Sequence[Any],
    end: bool,  # noqa: FBT001 - a column of the table
    status: Status,
    cause: Cause | None,
) -> None:
    snapshot = snapshot_from(
        BUCKETS, build(Bucket), *records, kinds=[Bucket, User], end=End(at=TAKEN_AT) if end else None
    )
    findings = judged(snapshot, check_of(get_x, uses=(User,)))
    assert [(finding.status, finding.cause) for finding in findings] == [(status, cause)]


def count_users(_bucket: Bucket, audit: Audit) -> Verdict:
    return passed(OK, {"users": [user.id for user in audit.of(User)]})


def test_of_returns_all_in_order(check_of: Make) -> None:
    finding = verdict(
        check_of(count_users, uses=(User,)), build(Bucket), build(User, id="b"), build(User, id="a")
    )
    assert finding.evidence == {"users": ["a", "b"]}


@pytest.mark.parametrize(
    ("records", "cause"), [([gap_of(User)], Cause.DENIED), ([users("gone")], Cause.INTERRUPTED)]
)
def test_of_does_not_return_a_part_of_a_kind(
    snapshot_from: Make, check_of: Make, judged: Judged, records: Sequence[Any], cause: Cause
) -> None:
    snapshot = snapshot_from(BUCKETS, build(Bucket), build(User, id="a"), *records, kinds=[Bucket, User])
    findings = judged(snapshot, check_of(count_users, uses=(User,)))
    assert [(finding.status, finding.cause) for finding in findings] == [(Status.NOT_ASSESSED, cause)]


def test_only_takes_no_one_of_several(check_of: Make) -> None:
    def ask(_bucket: Bucket, audit: Audit) -> Verdict:
        audit.only(User)
        raise AssertionError

    snapshot = snapshot_of(build(Bucket), build(User, name="a"), build(User, name="b"))
    with pytest.raises(SnapshotError, match="2 records of aws-iam-user") as caught:
        list(judge(snapshot, [check_of(ask, uses=(User,))], AuditPolicy()))
    assert "2 件" in caught.value.text.ja


def test_only_needs_the_one(check_of: Make) -> None:
    def one(_bucket: Bucket, audit: Audit) -> Verdict:
        return passed(OK, {"id": audit.only(User).id})

    chosen = check_of(one, uses=(User,))
    assert verdict(chosen, build(Bucket), build(User, id="a")).evidence == {"id": "a"}
    missing = verdict(chosen, build(Bucket))
    assert (missing.status, missing.cause) == (Status.NOT_ASSESSED, Cause.INTERRUPTED)


def test_a_check_on_a_base_class_judges_each_kind(check_of: Make, judged: Judged) -> None:
    snapshot = snapshot_of(build(Bucket), build(DirectoryBucket), build(AccessPoint))
    findings = judged(snapshot, check_of(says("pass"), on=StorageBucket))
    assert [finding.resource.kind for finding in findings] == ["aws-s3-bucket", "aws-s3-directory-bucket"]


def test_a_base_class_in_uses_opens_each_of_its_kinds(check_of: Make) -> None:
    def directory(_bucket: Bucket, audit: Audit) -> Verdict:
        return passed(OK, {"count": len(audit.of(DirectoryBucket))})

    finding = verdict(check_of(directory, uses=(StorageBucket,)), build(Bucket), build(DirectoryBucket))
    assert finding.evidence == {"count": 1}


def test_findings_come_in_the_order_of_kind_resource_and_check(check_of: Make, judged: Judged) -> None:
    snapshot = snapshot_of(build(User, id="u"), build(Bucket, id="b"), build(Bucket, id="a"))
    checks = [
        check_of(says("pass"), check_id="aws-2"),
        check_of(says("pass"), check_id="aws-1"),
        check_of(says("pass"), check_id="aws-0", on=User),
    ]
    assert [(finding.resource.id, finding.check) for finding in judged(snapshot, *checks)] == [
        ("a", "aws-1"),
        ("a", "aws-2"),
        ("b", "aws-1"),
        ("b", "aws-2"),
        ("u", "aws-0"),
    ]


def test_ages_are_judged_at_the_snapshots_time_or_another_that_was_asked_for(check_of: Make) -> None:
    def when(_bucket: Bucket, audit: Audit) -> Verdict:
        return passed(OK, {"at": audit.taken_at.isoformat(), "days": audit.policy.root_unused_days})

    chosen: AnyCheck = check_of(when)
    snapshot = snapshot_of(build(Bucket))
    own = next(judge(snapshot, [chosen], AuditPolicy(root_unused_days=7)))
    assert own.evidence == {"at": "2026-11-21T00:00:00+00:00", "days": 7}
    other = next(judge(snapshot, [chosen], AuditPolicy(), as_of="2027-01-01T09:00:00+09:00"))
    assert other.evidence["at"] == datetime(2027, 1, 1, tzinfo=UTC).isoformat()


def test_an_id_tells_apart_every_way_of_cutting_its_input() -> None:
    made = {
        finding_id("aws", "1", "c", "r"),
        finding_id("aws", "1", "c", "r", "p"),
        finding_id("aws", "1", "c", "r", ""),
        finding_id("aws", "1", "cr", ""),
        finding_id("aws", "1c", "", "r"),
    }
    assert len(made) == 5
