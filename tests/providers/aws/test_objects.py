"""The objects of a bucket: listed, looked at, drawn, within a budget, over HTTP with the real SDK."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from cloudaudit.facts import Cause
from cloudaudit.inventory.model import Mode, Objects
from cloudaudit.inventory.plan import Looking, ObjectsWish
from cloudaudit.model import Finding, Status
from cloudaudit.providers.aws.model import Bucket
from cloudaudit.providers.aws.object_permissions import ObjectAccess, object_statements
from cloudaudit.providers.aws.operations import OPERATIONS
from cloudaudit.providers.aws.permissions import actions_for
from fakes.aws import Bucket as FakeBucket
from fakes.aws import Estate, Fault, Kind, S3Object
from fakes.aws.estate import ACCOUNT, HOME, KmsKey, Region, access_control, group_grant, public_access_block

from .collected import World, record, records, said, unread, world_of
from .conftest import Scanned

ENCRYPTION = "aws-s3-object-encryption"
PUBLIC = "aws-s3-object-public-acl"
KEYS = "aws-s3-object-key-health"
OFF = {"Status": ""}
NONE: dict[str, str] = {}
KEY = f"arn:aws:kms:{HOME}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
FOREIGN = f"arn:aws:kms:{HOME}:999988887777:key/99999999-2222-3333-4444-555555555555"
OPEN = public_access_block(acls=False, ignore=False, policy=False, restrict=False)
LIMIT, SAMPLE, BUDGET = 20, 10, 200


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    wish = ObjectsWish(looking=Looking.AUTO, limit=LIMIT, sample=SAMPLE, budget=BUDGET)
    with world_of(Estate(), tmp_path_factory.mktemp("objects"), objects=wish) as made:
        yield made


def bucket(*stored: S3Object, **more: Any) -> FakeBucket:
    given: dict[str, Any] = {"versioning": NONE, **more}
    return FakeBucket(name="data", stored=stored, **given)


def looked(world: World, *buckets: FakeBucket, deny: Sequence[str] = (), **more: Any) -> Scanned:
    world.become(Estate(buckets=list(buckets), **more))
    for operation in deny:
        world.fake.deny("s3", operation)
    faults = list(world.fake.faults)
    scanned = world.scan(ENCRYPTION, PUBLIC, KEYS)
    world.fake.faults[:] = faults
    return scanned


def objects_of(scanned: Scanned) -> Objects:
    return said(record(scanned, Bucket).objects)


def states(scanned: Scanned) -> dict[str, int]:
    counts = said(objects_of(scanned).encryption)
    return {str(count.state): count.tally.objects for count in counts}


def cause_of(finding: Finding) -> Cause | None:
    assert finding.status is Status.NOT_ASSESSED, finding.reason
    return finding.cause


# --------------------------------------------------------------------------- a small bucket, whole


def test_every_object_of_a_small_bucket_is_looked_at_and_its_state_told_apart(world: World) -> None:
    scanned = looked(
        world,
        bucket(
            S3Object(key="old", encryption="", size=7),
            S3Object(key="s3"),
            S3Object(key="kms", encryption="aws:kms", kms_key=KEY),
            S3Object(key="dsse", encryption="aws:kms:dsse", kms_key=KEY),
            S3Object(key="customer", encryption="", customer_key=True),
            S3Object(key="new", encryption="aws:quantum"),
        ),
        regions={HOME: Region(keys=[KmsKey(arn=KEY)])},
    )
    assert states(scanned) == dict.fromkeys(["none", "sse-s3", "sse-kms", "dsse-kms", "sse-c", "other"], 1)
    objects = objects_of(scanned)
    assert (objects.mode, objects.examined, said(objects.total).objects) == (Mode.LISTING, 6, 6)
    finding = scanned.of(ENCRYPTION)
    assert finding.status is Status.FAIL
    assert [each["key"] for each in finding.evidence["first"]] == ["old"]
    assert finding.evidence["mode"] == "listing"
    assert finding.evidence["why"]["ja"]
    assert scanned.of(KEYS).status is Status.PASS
    assert world.asked("GetObject") == 0


def test_a_bucket_with_nothing_wrong_passes_and_an_empty_one_is_not_applicable(world: World) -> None:
    assert looked(world, bucket(S3Object(key="a"), S3Object(key="b"))).of(ENCRYPTION).status is Status.PASS
    assert looked(world, bucket()).of(ENCRYPTION).status is Status.NOT_APPLICABLE


def test_old_versions_are_looked_at_and_delete_markers_are_not(world: World) -> None:
    scanned = looked(
        world,
        bucket(
            S3Object(key="a", version="v2"),
            S3Object(key="a", version="v1", latest=False, encryption=""),
            S3Object(key="b", version="m", marker=True),
            versioning={"Status": "Suspended"},
        ),
    )
    (offender,) = objects_of(scanned).unencrypted
    assert (offender.key, offender.version) == ("a", "v1")
    assert objects_of(scanned).versions
    assert objects_of(scanned).examined == 2
    assert scanned.of(ENCRYPTION).status is Status.FAIL


@pytest.mark.parametrize(
    "key",
    ["a b+c", "line\nbreak", "nul\0", "x" * 1024, "../up", "日本語/鍵", "%41", "=cmd()", "//", "a?b#c&d"],
)
def test_an_object_is_asked_for_by_the_name_that_it_has(world: World, key: str) -> None:
    scanned = looked(world, bucket(S3Object(key=key, encryption="")))
    assert [each.key for each in objects_of(scanned).unencrypted] == [key]


def test_a_key_that_is_not_utf8_cannot_be_asked_for_and_never_passes(world: World) -> None:
    scanned = looked(world, bucket(S3Object(key=b"caf\xe9"), S3Object(key="a")))
    assert cause_of(scanned.of(ENCRYPTION)) is Cause.MALFORMED


def test_what_was_deleted_meanwhile_is_left_out_and_counted(world: World) -> None:
    scanned = looked(world, bucket(S3Object(key="a"), S3Object(key="b", gone=True)))
    objects = objects_of(scanned)
    assert (objects.vanished, objects.examined, said(objects.total).objects) == (1, 1, 1)
    assert "1 of the 2" in objects.why.en
    assert scanned.of(ENCRYPTION).status is Status.PASS


def test_the_writers_own_word_that_it_encrypted_is_told(world: World) -> None:
    scanned = looked(
        world,
        bucket(S3Object(key="a", encryption="", metadata={"x-amz-key-v2": "w", "x-amz-cek-alg": "AES"})),
    )
    (first,) = scanned.of(ENCRYPTION).evidence["first"]
    assert first["client_encrypted"] == "x-amz-key-v2"


# --------------------------------------------------------------------------- what is refused


def test_without_the_power_to_ask_for_heads_nothing_passes(world: World) -> None:
    finding = looked(world, bucket(S3Object(key="a")), deny=["HeadObject"]).of(ENCRYPTION)
    assert cause_of(finding) is Cause.DENIED
    assert finding.missing_permissions == ("s3:GetObject",)


def test_a_listing_that_is_refused_names_its_permission(world: World) -> None:
    plain = looked(world, bucket(S3Object(key="a")), deny=["ListObjectsV2"]).of(ENCRYPTION)
    assert plain.missing_permissions == ("s3:ListBucket",)
    versioned = bucket(S3Object(key="a", version="1"), versioning={"Status": "Enabled"})
    assert looked(world, versioned, deny=["ListObjectVersions"]).of(ENCRYPTION).missing_permissions == (
        "s3:ListBucketVersions",
    )


def test_a_refusal_without_a_word_is_not_taken_for_a_customers_key(world: World) -> None:
    """Expired credentials refuse a head with the same number; the listing then says which it is."""
    estate = Estate(buckets=[bucket(S3Object(key="a", customer_key=True))])
    world.become(estate)
    assert states(world.scan(ENCRYPTION)) == {"sse-c": 1}
    before = sum(world.fake.counts.values()) - world.asked("HeadObject", "HeadBucket")
    world.become(estate)
    world.fake.expire(after=before)
    scanned = world.scan(ENCRYPTION)
    assert world.asked("HeadObject") > 0
    assert scanned.outcome.stopped == "expired"
    assert scanned.of(ENCRYPTION).cause is Cause.EXPIRED


def test_a_head_that_is_refused_for_another_reason_never_counts_as_encrypted(world: World) -> None:
    world.become(Estate(buckets=[bucket(S3Object(key="a"))]))
    world.fake.fail(Fault(kind=Kind.UNSUPPORTED, service="s3", operation="HeadObject"))
    scanned = world.scan(ENCRYPTION)
    assert cause_of(scanned.of(ENCRYPTION)) is Cause.UNSUPPORTED


def test_one_object_that_does_not_answer_leaves_the_failure_of_another(world: World) -> None:
    stored = (S3Object(key="a", encryption=""), S3Object(key="b"))
    world.become(Estate(buckets=[bucket(*stored)]))
    world.fake.deny("s3", "HeadObject", "data/b")
    scanned = world.scan(ENCRYPTION)
    assert objects_of(scanned).mode is Mode.INDICATIVE
    assert scanned.of(ENCRYPTION).status is Status.FAIL
    world.become(Estate(buckets=[bucket(S3Object(key="a"), S3Object(key="b"))]))
    world.fake.deny("s3", "HeadObject", "data/b")
    assert cause_of(world.scan(ENCRYPTION).of(ENCRYPTION)) is Cause.DENIED


# --------------------------------------------------------------------------- larger than the limit


def test_a_larger_bucket_is_listed_whole_and_a_sample_drawn(world: World) -> None:
    scanned = looked(world, bucket(*(S3Object(key=f"{n:03}") for n in range(60))), page_size=25)
    objects = objects_of(scanned)
    assert (objects.mode, objects.examined, said(objects.total).objects) == (Mode.SAMPLE, SAMPLE, 60)
    assert world.asked("ListObjectsV2") == 3
    assert world.asked("HeadObject") == SAMPLE
    assert "seed" in objects.source
    finding = scanned.of(ENCRYPTION)
    assert cause_of(finding) is Cause.TOO_SMALL
    assert "60 would do" in finding.reason.en


def test_a_sample_that_holds_an_unencrypted_object_fails(world: World) -> None:
    scanned = looked(world, bucket(*(S3Object(key=f"{n:03}", encryption="") for n in range(60))))
    assert scanned.of(ENCRYPTION).status is Status.FAIL


def test_the_budget_is_kept_and_a_listing_that_it_ends_never_passes(world: World) -> None:
    huge = bucket(many=1_000_000)
    scanned = looked(world, huge, page_size=100)
    about = world.asked("ListObjectsV2", "HeadObject")
    assert about <= BUDGET
    objects = objects_of(scanned)
    assert objects.mode is Mode.INDICATIVE
    assert unread(objects.total).cause is Cause.TOO_SMALL
    assert cause_of(scanned.of(ENCRYPTION)) is Cause.TOO_SMALL


def test_one_huge_bucket_leaves_the_others_their_part(world: World) -> None:
    huge = FakeBucket(name="huge", many=1_000_000, versioning=NONE)
    scanned = looked(world, huge, bucket(*(S3Object(key=f"{n:02}") for n in range(30))), page_size=10)
    modes = {name: said(each.objects).mode for name, each in records(scanned, Bucket).items()}
    assert modes == {"data": Mode.SAMPLE, "huge": Mode.INDICATIVE}
    assert world.asked("ListObjectsV2", "HeadObject") <= BUDGET


# --------------------------------------------------------------------------- public objects


def public(*grants: Any) -> S3Object:
    return S3Object(key="leak.csv", acl=access_control(*grants))


def acl_bucket(*stored: S3Object, **more: Any) -> FakeBucket:
    return bucket(*stored, **{"ownership": "ObjectWriter", "public_access_block": OPEN, **more})


def test_an_object_that_its_own_acl_opens_is_found_and_joins_what_is_shared(world: World) -> None:
    scanned = looked(
        world,
        acl_bucket(S3Object(key="ok"), public(group_grant(), group_grant("AuthenticatedUsers", "WRITE_ACP"))),
        public_access_block=None,
    )
    finding = scanned.of(PUBLIC)
    assert finding.status is Status.FAIL
    assert finding.severity.value == "critical"
    lines = [each for each in scanned.sharing if each.item]
    assert {(each.item, each.right, each.via) for each in lines} == {
        ("leak.csv", "read", "object ACL"),
        ("leak.csv", "administer", "object ACL"),
    }


DENY_ALL = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
        }
    ],
}


@pytest.mark.parametrize(
    "shut",
    [
        {"ownership": "BucketOwnerEnforced"},
        {"public_access_block": public_access_block(policy=False, restrict=False)},
        {"policy": DENY_ALL},
    ],
)
def test_acls_that_are_out_of_force_open_nothing(world: World, shut: Any) -> None:
    scanned = looked(world, acl_bucket(public(group_grant()), **shut), public_access_block=None)
    assert scanned.of(PUBLIC).status is Status.PASS
    assert [each for each in scanned.sharing if each.item] == []


def test_acls_are_asked_for_only_where_they_count(world: World) -> None:
    looked(world, bucket(S3Object(key="a")))
    assert world.asked("GetObjectAcl") == 0
    looked(world, acl_bucket(S3Object(key="a")), public_access_block=None)
    assert world.asked("GetObjectAcl") == 1


def test_acls_that_may_not_be_read_leave_the_question_open(world: World) -> None:
    scanned = looked(
        world, acl_bucket(public(group_grant())), deny=["GetObjectAcl"], public_access_block=None
    )
    finding = scanned.of(PUBLIC)
    assert cause_of(finding) is Cause.DENIED
    assert finding.missing_permissions == ("s3:GetObjectAcl",)
    assert scanned.of(ENCRYPTION).status is Status.PASS


def test_a_block_that_was_not_read_leaves_a_public_acl_undecided(world: World) -> None:
    scanned = looked(
        world, acl_bucket(public(group_grant())), deny=["GetPublicAccessBlock"], public_access_block=None
    )
    assert cause_of(scanned.of(PUBLIC)) is Cause.DENIED


# --------------------------------------------------------------------------- keys


@pytest.mark.parametrize("state", ["Disabled", "PendingDeletion"])
def test_an_object_whose_key_is_going_or_gone_is_a_failure_of_backup(world: World, state: str) -> None:
    scanned = looked(
        world,
        bucket(S3Object(key="a", encryption="aws:kms", kms_key=KEY), S3Object(key="b")),
        regions={HOME: Region(keys=[KmsKey(arn=KEY, state=state, rotation=None)])},
    )
    finding = scanned.of(KEYS)
    assert finding.status is Status.FAIL
    assert finding.evidence["keys"][0]["state"] == state
    assert [each["key"] for each in finding.evidence["first"]] == ["a"]
    assert scanned.of(ENCRYPTION).status is Status.PASS


def test_another_accounts_key_is_told_and_its_state_not_known(world: World) -> None:
    world.become(Estate(buckets=[bucket(S3Object(key="a", encryption="aws:kms", kms_key=FOREIGN))]))
    world.fake.deny("kms", "DescribeKey")
    scanned = world.scan(ENCRYPTION, KEYS)
    (state,) = scanned.of(ENCRYPTION).evidence["states"]
    assert (state["key_account"], state["own_key"]) == ("999988887777", False)
    assert cause_of(scanned.of(KEYS)) is Cause.FOREIGN_ACCOUNT


# --------------------------------------------------------------------------- permissions


def test_the_statement_that_permissions_prints_is_all_that_a_listing_needs(world: World) -> None:
    (statement,) = object_statements(ObjectAccess(listed=True))
    stored = (S3Object(key="a", version="1"), S3Object(key="b", version="2", latest=False))
    world.become(
        Estate(buckets=[acl_bucket(*stored, versioning={"Status": "Enabled"})], public_access_block=None)
    )
    world.fake.allow = {*actions_for(OPERATIONS), *statement["Action"]}
    scanned = world.scan(ENCRYPTION, PUBLIC)
    assert world.fake.denied == {}
    assert scanned.of(ENCRYPTION).status is scanned.of(PUBLIC).status is Status.PASS
    for action in ("s3:GetObjectVersion", "s3:GetObjectVersionAcl", "s3:ListBucketVersions"):
        world.fake.allow = {*actions_for(OPERATIONS), *statement["Action"]} - {action}
        world.scan(ENCRYPTION, PUBLIC)
        assert set(world.fake.denied) == {action}
    world.fake.allow = None


# --------------------------------------------------------------------------- not asked to look


def test_nothing_is_asked_of_objects_unless_the_user_wants_it(world: World) -> None:
    from cloudaudit.providers.aws.connect import AwsOptions
    from cloudaudit.providers.aws.session import open_session

    world.become(Estate(buckets=[acl_bucket(public(group_grant()))], public_access_block=None))
    scanned = world.scan(ENCRYPTION, PUBLIC, session=open_session(AwsOptions(retries=0)))
    assert world.asked("ListObjectsV2", "HeadObject", "GetObjectAcl") == 0
    for check in (ENCRYPTION, PUBLIC):
        finding = scanned.of(check)
        assert cause_of(finding) is Cause.DISABLED
        assert "--objects auto" in finding.reason.en
        assert "--objects auto" in finding.reason.ja
