import errno
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cloudaudit import discovery, gates, run
from cloudaudit.assessment import Assessment
from cloudaudit.check import AnyCheck, Severity, Theme, Verdict, failed, failed_part
from cloudaudit.errors import Exit, OutputError, SnapshotError, UsageError
from cloudaudit.facts import Cause
from cloudaudit.model import Gap, Resource, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers import Outcome, Progress, Sink, Task
from cloudaudit.providers.aws.model import (
    AccessPoint,
    Account,
    Acl,
    Bucket,
    InventoryReport,
    ReplicaBucket,
    Replication,
    User,
    Versioning,
)
from cloudaudit.run import NO_INVENTORY, Plan, ScanRequest, assess, open_snapshot, plan, scan
from cloudaudit.snapshot import Listed, Listing, Selection
from cloudaudit.testing import ACCOUNT, TAKEN_AT, build, denied, read, unread
from cloudaudit.text import Text
from fakes.aws_facts import objects_of

AWS = discovery.provider("aws")
CHECK = "aws-s3-bucket-versioning"
ENABLED = Versioning(status="Enabled")


@dataclass
class FakeSession:
    """Writes the records given, and keeps what it was asked."""

    records: Iterable[Listing | Gap | Resource] = ()
    stopped: str = ""
    account: str = ACCOUNT
    spans: bool = False
    partition: str = "aws"
    identity: str = "arn:aws:iam::123456789012:role/audit"
    tasks: list[Task] = field(default_factory=list[Task])

    def collect(self, task: Task, sink: Sink, progress: Progress) -> Outcome:
        del progress
        self.tasks.append(task)
        for record in self.records:
            sink.write(record)
        return Outcome(calls=7, stopped=self.stopped)


class Silent:
    def expect(self, resources: int) -> None:
        del resources

    def done(self, resources: int = 1) -> None:
        del resources

    def say(self, text: Text) -> None:
        del text


def only(*ids: str) -> dict[str, AnyCheck]:
    return {each: discovery.checks()[each] for each in ids}


def request(session: FakeSession, **fields: Any) -> ScanRequest:
    given: dict[str, Any] = {
        "provider": AWS,
        "session": session,
        "plan": Plan(checks=only(CHECK)),
        "policy": AuditPolicy(),
        "selection": Selection(),
        "taken_at": TAKEN_AT,
        "tool_version": "0",
        **fields,
    }
    return ScanRequest(**given)


def carry_out(path: Path, session: FakeSession, **fields: Any) -> Outcome:
    return scan(request(session, **fields), path, Silent(), lambda: TAKEN_AT)


def listing(*ids: str) -> Listing:
    return Listing(of=Bucket.of_kind(), items=tuple(Listed(each, each, "r") for each in ids), complete=True)


def kept(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_a_scan_writes_header_records_and_end(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    session = FakeSession([listing("a"), build(Bucket, id="a")])
    assert carry_out(path, session).calls == 7
    assert [record["kind"] for record in kept(path)] == ["snapshot", "listing", "aws-s3-bucket", "end"]
    header = kept(path)[0]
    assert header["identity"] == session.identity
    assert header["kinds"] == ["aws-s3-bucket"]
    assert session.tasks == [Task(kinds=frozenset({"aws-s3-bucket"}), selection=Selection())]


def test_a_scan_never_writes_over_another(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"precious")
    with pytest.raises(FileExistsError):
        carry_out(path, FakeSession())
    assert path.read_bytes() == b"precious"


# --------------------------------------------------------------------------- resume


def interrupted(path: Path, *records: Listing | Gap | Resource) -> None:
    carry_out(path, FakeSession(records, stopped="expired"))


def test_a_resumed_scan_reads_what_is_left_and_ends_whole(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    gap = Gap(of=Bucket.of_kind(), region="global", cause=Cause.EXPIRED, operation="s3:ListBuckets")
    interrupted(path, listing("a", "b"), gap, build(Bucket, id="a", **whole_bucket()))
    session = FakeSession([listing("a", "b"), build(Bucket, id="b", **whole_bucket())])
    carry_out(path, session, resume=True, taken_at="2026-11-21T23:59:59Z")
    assert session.tasks[0].done["aws-s3-bucket"] == {"a"}
    assert [record["kind"] for record in kept(path)].count("resumed") == 1
    with open_snapshot(path) as snapshot:
        assert snapshot.complete
        assert snapshot.gaps(Bucket) == ()
        assert [bucket.id for bucket in snapshot.resources(Bucket)] == ["a", "b"]
        assert snapshot.header.taken_at == TAKEN_AT


def test_a_torn_line_is_dropped_before_the_run_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    interrupted(path, listing("a"))
    with path.open("ab") as file:
        file.write(b'{"kind":"aws-s3-bucket","id":"a","na')
    carry_out(path, FakeSession([listing("a"), build(Bucket, id="a")]), resume=True)
    with open_snapshot(path) as snapshot:
        assert snapshot.complete
        assert snapshot.ids(Bucket) == ["a"]


def whole_bucket() -> dict[str, Any]:
    """Return every fact of a bucket as denied, which a second attempt would not mend."""
    return {each.name: denied("x") for each in msgspec.structs.fields(Bucket) if "Unread" in str(each.type)}


def replicas(name: str, cause: Cause) -> Replication:
    replica = ReplicaBucket(
        name=name, exists=read(given=True), region=unread(cause), versioning=read(ENABLED)
    )
    return Replication(rules=(), destinations=(replica,))


def inventories(cause: Cause) -> tuple[InventoryReport, ...]:
    return (
        InventoryReport(
            id="i",
            enabled=True,
            destination="d",
            frequency="Daily",
            fields=(),
            whole_bucket=True,
            newest=unread(cause),
        ),
    )


@pytest.mark.parametrize(
    ("facts", "done"),
    [
        ({"versioning": ENABLED}, True),
        ({"versioning": unread(Cause.DENIED)}, True),
        ({"versioning": unread(Cause.MALFORMED)}, True),
        ({"versioning": unread(Cause.EXPIRED)}, False),
        ({"versioning": unread(Cause.INTERRUPTED)}, False),
        ({"versioning": unread(Cause.NETWORK)}, False),
        ({"versioning": unread(Cause.THROTTLED)}, False),
        ({"replication": replicas("d", Cause.EXPIRED)}, False),
        ({"replication": replicas("d", Cause.DENIED)}, True),
        ({"inventories": inventories(Cause.THROTTLED)}, False),
        # What a tenant wrote is no fact about the reading.
        ({"policy": '{"cause":"expired"}'}, True),
        ({"replication": replicas('"cause":"network"', Cause.DENIED)}, True),
    ],
)
def test_only_what_a_second_attempt_may_mend_is_read_again(
    tmp_path: Path, facts: dict[str, Any], *, done: bool
) -> None:
    path = tmp_path / "s.jsonl"
    interrupted(path, listing("a"), build(Bucket, id="a", **{**whole_bucket(), **facts}))
    session = FakeSession([listing("a")])
    carry_out(path, session, resume=True)
    assert session.tasks[0].done["aws-s3-bucket"] == ({"a"} if done else set())


@pytest.mark.parametrize(
    "other",
    [
        {"session": FakeSession(account="999988887777")},
        {"session": FakeSession(partition="aws-cn")},
        {"selection": Selection(buckets=("a",))},
        {"selection": Selection(regions=("eu-west-1",))},
        {"policy": AuditPolicy(root_unused_days=1)},
        {"plan": Plan(checks=only(CHECK, "aws-iam-user-mfa"))},
        {"taken_at": "2026-11-22T00:00:00Z"},
        {"taken_at": "2027-01-01T00:00:00Z"},
    ],
)
def test_a_scan_is_resumed_only_as_it_was_begun(tmp_path: Path, other: dict[str, Any]) -> None:
    path = tmp_path / "s.jsonl"
    interrupted(path, listing("a"))
    before = path.read_bytes()
    given = {"session": FakeSession(), **other}
    with pytest.raises(UsageError) as caught:
        carry_out(path, given.pop("session"), resume=True, **given)
    assert caught.value.exit is Exit.USAGE
    assert path.name in caught.value.text.ja
    assert path.read_bytes() == before


def test_another_identity_may_go_on(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    interrupted(path, listing())
    session = FakeSession([listing()], identity="arn:aws:iam::123456789012:role/other")
    assert carry_out(path, session, resume=True).stopped == ""


def test_without_a_snapshot_there_is_nothing_to_resume(tmp_path: Path) -> None:
    path = tmp_path / "none.jsonl"
    with pytest.raises(UsageError, match="without --resume") as caught:
        carry_out(path, FakeSession(), resume=True)
    assert "--resume を付けずに" in caught.value.text.ja
    assert not path.exists()


def test_a_snapshot_that_was_killed_in_its_first_line_is_not_resumed(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b'{"kind":"snapshot","schema":1')
    with pytest.raises(SnapshotError):
        carry_out(path, FakeSession(), resume=True)
    assert path.read_bytes() == b'{"kind":"snapshot","schema":1'


# --------------------------------------------------------------------------- plan


OURS = {check_id for check_id in discovery.checks() if check_id.startswith("aws-")}


def test_a_plan_holds_what_was_selected_and_tells_the_rest() -> None:
    made = plan(AWS, discovery.checks(), Selection(checks=(CHECK,)))
    assert set(made.checks) == {CHECK}
    excluded = {each.id for each in made.excluded}
    assert excluded >= OURS - {CHECK}
    assert not excluded & (discovery.checks().keys() - OURS)
    themed = plan(AWS, discovery.checks(), Selection(themes=("mfa",)))
    assert {check.theme.value for check in themed.checks.values()} == {"mfa"}


def test_what_this_version_does_not_look_at_is_told() -> None:
    whole = plan(AWS, discovery.checks(), Selection())
    assert whole.checks.keys() == OURS
    assert {each.id for each in whole.excluded} == {each.id for each in AWS.not_looked_at}


def test_a_whole_service_that_is_not_looked_at_is_told_apart_from_a_check() -> None:
    google = plan(discovery.provider("gcs"), discovery.checks(), Selection())
    assert [(each.what, each.id) for each in google.excluded] == [("service", "google-drive")]


@pytest.mark.parametrize(
    ("installed", "selection"),
    [({}, Selection()), (only(CHECK), Selection(themes=("mfa",))), (only(CHECK), Selection(checks=("x",)))],
)
def test_a_plan_without_checks_is_no_plan(installed: dict[str, AnyCheck], selection: Selection) -> None:
    with pytest.raises(UsageError, match="No check is left"):
        plan(AWS, installed, selection)


def test_only_the_kinds_that_the_checks_look_at_are_collected() -> None:
    assert run.kinds_of(AWS, only(CHECK)) == (Bucket,)
    kinds = [kind.of_kind() for kind in run.kinds_of(AWS, only("aws-s3-bucket-public-access"))]
    assert kinds == [
        "aws-account",
        "aws-region",
        "aws-s3-bucket",
        "aws-s3-directory-bucket",
        "aws-s3-access-point",
    ]


# --------------------------------------------------------------------------- assess


def assessed(path: Path, plan_: Plan, look: Callable[[Assessment], Any]) -> Any:
    with assess(path, plan_, AuditPolicy(), gates.Gates(), tool_version="0") as assessment:
        return look(assessment)


def test_an_assessment_counts_and_can_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    good, bad = (
        build(Bucket, id="a", versioning=ENABLED),
        build(Bucket, id="b", versioning=Versioning(status="")),
    )
    carry_out(path, FakeSession([listing("a", "b", "c"), good, bad]))

    def look(assessment: Assessment) -> None:
        assert (assessment.counts.pass_, assessment.counts.fail, assessment.counts.not_assessed) == (1, 1, 1)
        assert assessment.counts.by_severity == {"medium": 1}
        assert assessment.score.overall.guaranteed == 33.3
        assert [each.status for each in assessment.findings()] == [
            each.status for each in assessment.findings()
        ]
        assert [each.id for each in assessment.resources()] == ["a", "b"]
        assert [each.status for each in assessment.worst(9)] == [Status.FAIL, Status.NOT_ASSESSED]
        assert assessment.worst(1)[0].resource.id == "b"
        assert assessment.target.account == ACCOUNT
        assert assessment.scope.checks == (CHECK,)
        assert assessment.exit_code == Exit.CLEAN

    assessed(path, Plan(checks=only(CHECK)), look)


def test_checks_on_what_was_not_collected_are_told_as_left_out(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    carry_out(path, FakeSession([listing()]))

    def look(assessment: Assessment) -> None:
        assert assessment.scope.checks == (CHECK,)
        left_out = [each.id for each in assessment.scope.excluded if each.what == "check"]
        assert left_out == ["aws-iam-user-mfa"]

    assessed(path, Plan(checks=only(CHECK, "aws-iam-user-mfa")), look)


def test_an_empty_account_has_no_score_and_is_incomplete(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    carry_out(path, FakeSession([listing()]))

    def look(assessment: Assessment) -> None:
        assert assessment.score.overall.guaranteed is None
        assert assessment.exit_code == Exit.INCOMPLETE

    assessed(path, Plan(checks=only(CHECK)), look)


@pytest.mark.parametrize(
    ("stopped", "code"), [("expired", Exit.INCOMPLETE), ("interrupted", Exit.INTERRUPTED)]
)
def test_a_scan_that_stopped_early_says_so_first(tmp_path: Path, stopped: str, code: Exit) -> None:
    path = tmp_path / "s.jsonl"
    carry_out(
        path, FakeSession([listing("a", "b"), build(Bucket, id="a", versioning=ENABLED)], stopped=stopped)
    )

    def look(assessment: Assessment) -> None:
        assert assessment.exit_code == code
        assert stopped in assessment.exit[0].reason.en
        assert [each.cause for each in assessment.findings()] == [None, Cause(stopped)]

    assessed(path, Plan(checks=only(CHECK)), look)


def test_a_killed_scan_is_incomplete(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    carry_out(path, FakeSession([listing("a"), build(Bucket, id="a", versioning=ENABLED)]))
    path.write_bytes(path.read_bytes()[:-3])
    assert assessed(path, Plan(checks=only(CHECK)), lambda each: each.exit_code) == Exit.INCOMPLETE


def test_a_snapshot_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="cannot be read"), open_snapshot(tmp_path / "none.jsonl"):
        pass


def test_ages_are_judged_as_of_another_day_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    carry_out(path, FakeSession([listing()]))
    day = "2027-01-01T00:00:00Z"
    with assess(
        path, Plan(checks=only(CHECK)), AuditPolicy(), gates.Gates(), tool_version="0", as_of=day
    ) as assessment:
        assert assessment.taken_at == day


def test_a_crash_is_told_as_incomplete(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    carry_out(path, FakeSession([listing("a"), build(Bucket, id="a", versioning=unread(Cause.CRASH))]))
    reasons = assessed(path, Plan(checks=only(CHECK)), lambda each: [one.reason.en for one in each.exit])
    assert any("failed inside" in reason for reason in reasons)


def test_a_narrowed_run_says_so(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    narrowed = Selection(buckets=("a",), regions=("eu-west-1",))
    carry_out(path, FakeSession([listing()]), selection=narrowed)

    def look(assessment: Assessment) -> None:
        assert assessment.scope.narrowed
        assert {each.what for each in assessment.scope.excluded} == {"region", "bucket", "sharing"}

    assessed(path, Plan(checks=only(CHECK)), look)


def test_users_are_not_collected_for_a_check_on_buckets(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    carry_out(path, FakeSession([listing()]))
    with open_snapshot(path) as snapshot:
        assert snapshot.kinds == (Bucket,)
        assert snapshot.gaps(User) == ()


@pytest.mark.parametrize("as_of", ["", "2027-01-01T00:00:00Z"])
def test_text_that_is_not_unicode_costs_no_run(tmp_path: Path, check_of: Any, as_of: str) -> None:
    def judge(bucket: Any, _audit: Any) -> Verdict:
        name = json.loads('"\\ud800"')
        parts = (failed_part(name, Text(en=name, ja=name)),)
        return failed(Text(en=f"{bucket.name}{name}", ja=name), {name: [name]}, parts=parts)

    path = tmp_path / "s.jsonl"
    carry_out(path, FakeSession([listing("a"), build(Bucket, id="a")]))
    with assess(
        path,
        Plan(checks={"aws-test": check_of(judge)}),
        AuditPolicy(),
        gates.Gates(),
        tool_version="0",
        as_of=as_of,
    ) as assessment:
        (found,) = assessment.findings()
    assert found.reason.ja == "\\ud800"
    assert found.evidence == {"\\ud800": ["\\ud800"]}
    assert [part.key for part in found.sub_findings] == ["\\ud800"]


# --------------------------------------------------------------------------- the inventory of sharing


def sharing_of(path: Path, *records: Listing | Gap | Resource) -> tuple[int, list[str]]:
    """Return how many shares there are, and what is said of sharing under scope."""
    checks = {each.id: each for each in discovery.checks().values() if each.theme is Theme.SHARING}
    carry_out(path, FakeSession(records), plan=Plan(checks=checks))

    def look(assessment: Assessment) -> tuple[int, list[str]]:
        said = [each.reason.en for each in assessment.scope.excluded if each.what == "sharing"]
        return len(assessment.sharing), said

    told: tuple[int, list[str]] = assessed(path, Plan(checks=checks), look)
    return told


def shut(**facts: Any) -> Bucket:
    """A bucket that nobody from outside gets into, and of which that is known."""
    given: dict[str, Any] = {
        "public_access_block": None,
        "policy": None,
        "policy_is_public": False,
        "acl": Acl(owner="me", grants=()),
        "ownership": None,
        "objects": objects_of(),
        **facts,
    }
    return build(Bucket, id="a", name="a", **given)


def test_an_inventory_that_could_be_made_is_not_excused(tmp_path: Path) -> None:
    assert sharing_of(tmp_path / "s.jsonl", build(Account, public_access_block=None), shut()) == (0, [])


def test_an_inventory_is_excused_where_a_fact_that_may_hide_a_share_was_not_read(tmp_path: Path) -> None:
    account = build(Account, public_access_block=None)
    found = sharing_of(tmp_path / "s.jsonl", account, shut(policy=denied("s3:GetBucketPolicy")))
    assert found == (0, [NO_INVENTORY.en])


def test_a_fact_that_hides_no_share_does_not_excuse_the_inventory(tmp_path: Path) -> None:
    account = build(Account, public_access_block=None)
    assert sharing_of(tmp_path / "s.jsonl", account, shut(versioning=denied("x"))) == (0, [])


def test_an_inventory_of_which_it_cannot_be_said_is_excused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(type(AWS), "shares_unread", broken)
    account = build(Account, public_access_block=None)
    assert sharing_of(tmp_path / "s.jsonl", account, shut()) == (0, [NO_INVENTORY.en])


@pytest.mark.parametrize(
    "records",
    [
        (Listing(of=Account.of_kind(), items=(Listed("me", "me", "global"),), complete=True),),
        (
            build(Account),
            Gap(of=AccessPoint.of_kind(), region="r", cause=Cause.DENIED, operation="s3:ListAccessPoints"),
        ),
        (build(Account), listing("never-read")),
    ],
)
def test_an_inventory_that_lacks_something_says_so(
    tmp_path: Path, records: tuple[Listing | Gap | Resource, ...]
) -> None:
    count, said = sharing_of(tmp_path / "s.jsonl", *records)
    assert count == 0
    assert said == [NO_INVENTORY.en]


def test_when_a_listing_failed_does_not_change_the_result(tmp_path: Path) -> None:
    def gaps(name: str, at: str) -> tuple[Gap, ...]:
        gap = Gap(of=Bucket.of_kind(), region="global", cause=Cause.DENIED, operation="s3:ListBuckets", at=at)
        path = tmp_path / name
        carry_out(path, FakeSession([gap]))
        assert at.encode() in path.read_bytes()
        found: tuple[Gap, ...] = assessed(path, Plan(checks=only(CHECK)), lambda each: each.gaps)
        return found

    assert gaps("a", "2026-11-21T15:04:06Z") == gaps("b", "2026-11-21T15:09:59Z")


def test_an_inventory_is_made_only_when_a_report_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(type(AWS), "shares", broken)
    path = tmp_path / "s.jsonl"
    carry_out(path, FakeSession([listing("a"), build(Bucket, id="a", versioning=ENABLED)]))
    assert assessed(path, Plan(checks=only(CHECK)), lambda each: each.counts.pass_) == 1


# --------------------------------------------------------------------------- the temporary folder


class FullDisk(io.BytesIO):
    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def close(self) -> None:
        self.flush()


@pytest.mark.parametrize("when", ["opening", "writing"])
def test_a_temporary_folder_without_room_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    def temporary() -> FullDisk:
        if when == "opening":
            raise OSError(errno.EACCES, "Permission denied")
        return FullDisk()

    path = tmp_path / "s.jsonl"
    carry_out(path, FakeSession([listing("a"), build(Bucket, id="a", versioning=ENABLED)]))
    monkeypatch.setattr("tempfile.TemporaryFile", temporary)
    with pytest.raises(OutputError, match="temporary folder") as caught:
        assessed(path, Plan(checks=only(CHECK)), lambda each: each.counts)
    assert "TMPDIR" in caught.value.text.ja
    assert caught.value.exit is Exit.USAGE


def test_the_default_gate_is_high() -> None:
    assert gates.Gates().fail_on is Severity.HIGH
