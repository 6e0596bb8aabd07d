"""One call fails: what it was about is not assessed and says why; everything else is as before."""

import time
from email.utils import formatdate
from typing import Any

import pytest

from cloudaudit.demo.gcs.estate import Estate
from cloudaudit.demo.gcs.server import Denial
from cloudaudit.facts import Cause
from cloudaudit.model import Severity, Status
from cloudaudit.providers.gcs import transport
from cloudaudit.providers.gcs.connect import connect
from cloudaudit.providers.gcs.model import (
    Bucket,
    HmacKey,
    KmsKey,
    Project,
    Role,
    ServiceAccount,
    User,
)
from cloudaudit.text import Text
from fakes.gcs import Fault, Kind
from fakes.gcs.build import NUMBER, PROJECT, bucket, estate, fine_grained, project, user

from .collected import ONE, World, cause, record, records, said, unread
from .complete import complete_estate

VERSIONS = "gcs-bucket-versioning"
PUBLIC = "gcs-bucket-public-access"


class Waits:
    """Stands for waiting, and remembers how long it would have been."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def wait(self, seconds: float) -> None:
        if seconds > 0:
            self.seconds.append(seconds)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Waits:
    made = Waits()
    monkeypatch.setattr(transport.Budget, "wait", made.wait)
    return made


def three() -> Estate:
    return estate(bucket("a"), bucket("b"), bucket("c"))


# --------------------------------------------------------------------------- denied


def test_one_buckets_403_costs_that_buckets_fact_and_nothing_else(world: World) -> None:
    world.become(three())
    world.fake.denials = (Denial("storage.buckets.getIamPolicy", "b"),)
    scanned = world.scan()
    found = records(scanned, Bucket)
    assert cause(found["b"].policy) is Cause.DENIED
    assert unread(found["b"].policy).permission == "storage.buckets.getIamPolicy"
    assert said(found["b"].versioning) is True
    assert all(said(found[name].policy) for name in ("a", "c"))
    assert scanned.of(VERSIONS, "b").status is Status.PASS
    assert scanned.gaps == ()


def test_acls_that_are_not_told_are_not_read_and_not_empty(world: World) -> None:
    world.become(
        estate(
            bucket("fine", iamConfiguration=fine_grained(), acl=[], defaultObjectAcl=[]), bucket("uniform")
        )
    )
    world.fake.denials = (Denial("storage.buckets.getIamPolicy"),)
    scanned = world.scan()
    found = records(scanned, Bucket)
    for fact in (found["fine"].acl, found["fine"].default_object_acl):
        assert (cause(fact), unread(fact).permission) == (Cause.DENIED, "storage.buckets.getIamPolicy")
    assert said(found["uniform"].acl) is None
    assert scanned.of(PUBLIC, "fine").status is Status.NOT_ASSESSED


def test_ip_filter_rules_that_are_not_told_are_not_read(world: World) -> None:
    world.become(complete_estate())
    world.fake.denials = (Denial("storage.buckets.getIpFilter"),)
    found = records(world.scan(projects=(PROJECT,)), Bucket)
    fact = found["invoices"].ip_filter
    assert (cause(fact), unread(fact).permission) == (Cause.DENIED, "storage.buckets.getIpFilter")
    assert said(found["personnel"].ip_filter) is None


@pytest.mark.parametrize(
    ("permission", "kinds"),
    [
        ("storage.buckets.list", {"gcs-bucket", "gcp-kms-key"}),
        ("iam.serviceAccounts.list", {"gcp-service-account"}),
        ("storage.hmacKeys.list", {"gcs-hmac-key"}),
    ],
)
def test_a_denied_listing_is_a_gap_of_its_project(world: World, permission: str, kinds: set[str]) -> None:
    world.become(three())
    world.fake.denials = (Denial(permission),)
    scanned = world.scan()
    assert {gap.of for gap in scanned.gaps} == kinds
    assert {(gap.cause, gap.permission, gap.account) for gap in scanned.gaps} == {
        (Cause.DENIED, permission, NUMBER)
    }


def test_projects_that_cannot_be_listed_are_a_gap_of_everything_in_them(world: World) -> None:
    world.become(complete_estate())
    world.fake.denials = (Denial("resourcemanager.folders.list"),)
    scanned = world.scan(organization="900000000001")
    assert {gap.of for gap in scanned.gaps} == {
        "gcp-project",
        "gcs-bucket",
        "gcp-service-account",
        "gcs-hmac-key",
        "gcp-kms-key",
    }
    assert {gap.account for gap in scanned.gaps} == {"organizations/900000000001"}
    # The project directly below the organisation is read all the same.
    assert set(records(scanned, Bucket)) == {"customers", "forms"}


def test_policies_above_that_may_not_be_read_are_unread_and_not_absent(world: World) -> None:
    world.become(complete_estate())
    world.fake.denials = (Denial("resourcemanager.folders.getIamPolicy"),)
    found = record(world.scan(), Project)
    causes = {above.name: above.policy for above in said(found.ancestors)}
    assert cause(causes["folders/800000000001"]) is Cause.DENIED
    assert said(causes["organizations/900000000001"]).bindings


def test_without_the_project_itself_the_scan_goes_on_under_its_id(world: World) -> None:
    world.become(three())
    world.fake.denials = (Denial("resourcemanager.projects.get"),)
    scanned = world.scan()
    found = record(scanned, Project)
    assert (found.account, found.project) == (PROJECT, PROJECT)
    assert cause(found.ancestors) is Cause.DENIED
    assert len(records(scanned, Bucket)) == 3


def test_a_role_that_may_not_be_read_is_unknown(world: World) -> None:
    world.become(complete_estate())
    world.fake.denials = (Denial("iam.roles.get"),)
    found = records(world.scan(), Role)
    assert cause(found[f"projects/{PROJECT}/roles/reader"].permissions) is Cause.DENIED
    assert said(found["roles/viewer"].permissions) == ("storage.buckets.list",)


# --------------------------------------------------------------------------- switched off


@pytest.mark.parametrize(
    ("service", "kind"),
    [("storage.googleapis.com", "gcs-bucket"), ("iam.googleapis.com", "gcp-service-account")],
)
def test_an_api_that_is_off_is_a_gap_with_that_reason(world: World, service: str, kind: str) -> None:
    world.become(Estate(projects=[project(bucket("a"), disabled=frozenset({service}))]))
    (gap,) = [gap for gap in world.scan().gaps if gap.of == kind]
    assert gap.cause is Cause.DISABLED
    assert isinstance(gap.detail, Text)
    assert service in gap.detail.en
    assert service in gap.detail.ja


def test_a_project_without_billing_is_a_gap_with_that_reason(world: World) -> None:
    world.become(Estate(projects=[project(bucket("a"), billing=False)]))
    scanned = world.scan()
    gaps = [gap for gap in scanned.gaps if gap.of == "gcs-bucket"]
    assert [gap.cause for gap in gaps] == [Cause.DISABLED]
    assert "billing" in str(gaps[0].detail)
    assert 3 in scanned.exit_codes


# --------------------------------------------------------------------------- throttled


@pytest.mark.parametrize("method", ["buckets.list", "buckets.getIamPolicy", "managedFolders.list"])
def test_retry_after_is_honoured_by_storage_client_and_rest(world: World, waits: Waits, method: str) -> None:
    world.become(estate(bucket("a")))
    world.fake.faults.append(Fault(Kind.THROTTLE, method, times=2, retry_after="7"))
    scanned = world.scan(retries=3)
    assert scanned.gaps == ()
    assert world.fake.count(method) == 3
    # Everyone waits for it, so nothing longer than it was asked for and at least one that is nearly as long.
    assert 6 < max(waits.seconds) <= 14
    assert said(record(scanned, Bucket).versioning) is True


def test_retry_after_may_be_a_date(world: World, waits: Waits) -> None:
    world.become(estate(bucket("a")))
    when = formatdate(time.time() + 30, usegmt=True)
    world.fake.faults.append(Fault(Kind.BUSY, "buckets.getIamPolicy", times=1, retry_after=when))
    assert world.scan(retries=2).gaps == ()
    assert 20 < max(waits.seconds) <= 31


def test_tries_are_bounded_and_end_as_throttled(world: World, waits: Waits) -> None:
    world.become(estate(bucket("a"), bucket("b")))
    world.fake.faults.append(Fault(Kind.THROTTLE, "buckets.getIamPolicy", "a"))
    found = records(world.scan(retries=3), Bucket)
    assert cause(found["a"].policy) is Cause.THROTTLED
    assert said(found["b"].policy).bindings
    assert world.fake.count("buckets.getIamPolicy", "a") == 4
    assert waits.seconds == sorted(waits.seconds)


def test_who_is_asked_to_wait_too_long_does_not(world: World, waits: Waits) -> None:
    world.become(estate(bucket("a")))
    world.fake.faults.append(Fault(Kind.THROTTLE, "buckets.getIamPolicy", retry_after="3600"))
    assert cause(record(world.scan(retries=3), Bucket).policy) is Cause.THROTTLED
    assert world.fake.count("buckets.getIamPolicy") == 1
    assert waits.seconds == []


def test_requests_are_spaced_out_on_request(world: World, waits: Waits) -> None:
    world.become(estate(*(bucket(f"b{number}") for number in range(20))))
    world.scan(ONE, max_rps=2)
    assert max(waits.seconds) > 5


# --------------------------------------------------------------------------- broken answers


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Kind.PAGE, Cause.MALFORMED),
        (Kind.EMPTY, Cause.MALFORMED),
        (Kind.NETWORK, Cause.NETWORK),
        (Kind.FAIL, Cause.NETWORK),
        (Kind.REDIRECT, Cause.NETWORK),
    ],
)
@pytest.mark.parametrize("method", ["buckets.getIamPolicy", "managedFolders.list"])
def test_a_broken_answer_is_no_answer(
    world: World, waits: Waits, method: str, kind: Kind, expected: Cause
) -> None:
    world.become(three())
    world.fake.faults.append(Fault(kind, method, "b"))
    scanned = world.scan()
    found = records(scanned, Bucket)
    fact = found["b"].policy if method == "buckets.getIamPolicy" else found["b"].managed_folders
    assert cause(fact) is expected
    assert scanned.of(VERSIONS, "b").status is Status.PASS
    assert said(found["a"].policy).bindings
    del waits


@pytest.mark.parametrize("kind", [Kind.PAGE, Kind.EMPTY])
@pytest.mark.parametrize(
    ("method", "of"),
    [("buckets.list", "gcs-bucket"), ("users.list", "google-user"), ("hmacKeys.list", "gcs-hmac-key")],
)
def test_a_broken_listing_is_a_gap_and_never_an_empty_one(
    world: World, kind: Kind, method: str, of: str
) -> None:
    world.become(three())
    world.fake.faults.append(Fault(kind, method))
    gaps = {gap.of: gap.cause for gap in world.scan().gaps}
    assert gaps[of] is Cause.MALFORMED


@pytest.mark.parametrize(
    "broken",
    [
        {"softDeletePolicy": {"retentionDurationSeconds": "many"}},
        {"softDeletePolicy": []},
        {"softDeletePolicy": {"retentionDurationSeconds": "1", "effectiveTime": "yesterday"}},
    ],
)
def test_a_member_that_makes_no_sense_costs_one_fact(world: World, broken: dict[str, Any]) -> None:
    world.become(estate(bucket("odd", **broken)))
    found = record(world.scan(), Bucket)
    assert cause(found.soft_delete) is Cause.MALFORMED
    assert said(found.versioning) is True


def test_a_lifecycle_condition_that_nobody_knows_makes_the_rules_unknown(world: World) -> None:
    rule = {"action": {"type": "Delete"}, "condition": {"age": 1, "onlyOnSundays": True}}
    world.become(estate(bucket("odd", lifecycle={"rule": [rule]})))
    assert cause(record(world.scan(), Bucket).lifecycle) is Cause.MALFORMED


def test_a_location_that_does_not_answer_is_a_gap_of_its_bucket(world: World) -> None:
    lost = bucket("lost")
    lost.unreachable = True
    world.become(estate(bucket("a"), lost))
    scanned = world.scan(ONE)
    (gap,) = scanned.gaps
    assert (gap.of, gap.region, gap.cause) == ("gcs-bucket", "lost", Cause.NETWORK)
    assert set(records(scanned, Bucket)) == {"a"}


# --------------------------------------------------------------------------- people


def test_workspace_that_was_not_granted_is_no_empty_directory(world: World) -> None:
    made = three()
    made.workspace = False
    world.become(made)
    scanned = world.scan()
    (gap,) = [gap for gap in scanned.gaps if gap.of == "google-user"]
    assert gap.cause is Cause.DENIED
    assert "admin.directory.user.readonly" in gap.permission
    people = [each for each in scanned.findings if each.check.startswith("google-user-")]
    assert people
    assert {each.status for each in people} == {Status.NOT_ASSESSED}


def test_what_the_directory_leaves_out_of_a_user_is_not_known(world: World) -> None:
    bare = user("hanako@sample.example")
    del bare["isEnrolledIn2Sv"]
    world.become(estate(users=[bare, user("taro@sample.example", lastLoginTime="1970-01-01T00:00:00.000Z")]))
    found = records(world.scan("google-user-2sv-enrolled"), User)
    assert cause(found["hanako@sample.example"].two_step_enrolled) is Cause.MALFORMED
    assert said(found["hanako@sample.example"].two_step_enforced) is True
    assert said(found["taro@sample.example"].last_sign_in) is None


def test_whether_somebody_is_a_delegated_administrator_is_not_guessed(world: World) -> None:
    plain = user("taro@sample.example", isEnrolledIn2Sv=False)
    full = user("admin@sample.example", isAdmin=True, isEnrolledIn2Sv=False)
    for each in (plain, full):
        del each["isDelegatedAdmin"]
    world.become(estate(users=[plain, full]))
    scanned = world.scan("google-user-2sv-enrolled")
    found = records(scanned, User)
    assert cause(found["taro@sample.example"].administration) is Cause.MALFORMED
    assert said(found["admin@sample.example"].administration).full is True
    # What is not known weighs as the highest.
    assert {each.severity for each in scanned.findings} == {Severity.CRITICAL}


def test_each_key_fails_by_itself(world: World) -> None:
    world.become(complete_estate())
    world.fake.denials = (
        Denial("cloudkms.cryptoKeys.get"),
        Denial("iam.serviceAccountKeys.list"),
        Denial("monitoring.timeSeries.list"),
    )
    scanned = world.scan()
    assert cause(record(scanned, KmsKey).key) is Cause.DENIED
    assert cause(record(scanned, ServiceAccount).keys) is Cause.DENIED
    hmac = record(scanned, HmacKey)
    assert (said(hmac.state), cause(hmac.last_used)) == ("ACTIVE", Cause.DENIED)


def test_once_it_is_stopped_nothing_is_tried_again(world: World, waits: Waits) -> None:
    world.become(estate(bucket("a")))
    world.fake.faults.append(Fault(Kind.THROTTLE, "buckets.getIamPolicy"))
    connections = connect(world.options(retries=5))
    connections.budget.stop()
    session = connections.session("storage")
    assert session.request("GET", f"{world.url}/storage/v1/b/a/iam").status_code == 429
    assert world.fake.count("buckets.getIamPolicy") == 1
    connections.close()
    del waits
