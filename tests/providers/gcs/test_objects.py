"""Objects as a listing of the fake Google tells of them: keys, ACLs, old versions, budgets, and what breaks off."""

from typing import Any

import pytest

from cloudaudit.demo.gcs.estate import Bucket as Made
from cloudaudit.demo.gcs.estate import Json
from cloudaudit.facts import Cause, Fact, Read, Unread
from cloudaudit.inventory.model import EncryptionState, Mode, Objects
from cloudaudit.inventory.plan import Looking, ObjectsWish
from cloudaudit.model import Status
from cloudaudit.providers.gcs.collectors import objects as collector
from cloudaudit.providers.gcs.collectors.objects import Requests
from cloudaudit.providers.gcs.model import Bucket
from fakes.gcs import Fault, Kind
from fakes.gcs.build import PROJECT, acl, bucket, estate, fine_grained, stored

from .collected import Scanned, World, cause, record, records, said

PUBLIC_ACL = "gcs-object-public-acl"
ENCRYPTION = "gcs-object-encryption"
LIST = ObjectsWish(looking=Looking.LIST)
AUTO = ObjectsWish(looking=Looking.AUTO)
RING = f"projects/{PROJECT}/locations/l/keyRings/r/cryptoKeys"
KEY = f"{RING}/invoices"
FIRST = f"{KEY}/cryptoKeyVersions/1"
EVERYONE = ("allUsers", "READER")
ANY_ACCOUNT = ("allAuthenticatedUsers", "OWNER")


def holding(*objects: Json, name: str = "b", **members: Any) -> Made:
    made = bucket(name, **{"iamConfiguration": fine_grained(), **members})
    made.objects = list(objects)
    return made


def numbered(count: int, **members: Any) -> list[Json]:
    return [stored(f"{number:06}", **members) for number in range(count)]


def looked(
    world: World, *made: Made, wish: ObjectsWish = LIST, versions: dict[str, str] | None = None
) -> Scanned:
    world.become(estate(*made, key_versions=versions or {}))
    return world.scan(PUBLIC_ACL, ENCRYPTION, objects=wish)


def found(scanned: Scanned) -> Objects:
    return said(record(scanned, Bucket).objects)


def test_without_being_asked_no_object_is_looked_at(world: World) -> None:
    world.become(estate(holding(stored("a"))))
    scanned = world.scan(PUBLIC_ACL)
    assert world.fake.count("objects.list") == 0
    fact = record(scanned, Bucket).objects
    assert cause(fact) is Cause.DISABLED
    assert scanned.of(PUBLIC_ACL, "b").cause is Cause.DISABLED


def test_a_listing_tells_how_each_object_is_encrypted(world: World) -> None:
    scanned = looked(
        world,
        holding(
            stored("by-google"),
            stored("by-us", kmsKeyName=FIRST),
            stored("by-you", customerEncryption={"encryptionAlgorithm": "AES256", "keySha256": "c2VjcmV0"}),
        ),
        versions={FIRST: "DISABLED"},
    )
    objects = found(scanned)
    assert [(each.state, each.key, each.tally.objects) for each in said(objects.encryption)] == [
        (EncryptionState.CMEK, FIRST, 1),
        (EncryptionState.CSEK, "", 1),
        (EncryptionState.GOOGLE_DEFAULT, "", 1),
    ]
    assert [(each.key, each.what) for each in objects.by_key] == [
        ("by-us", f"cmek {FIRST}"),
        ("by-you", "csek"),
        ("by-google", "google-default"),
    ]
    assert objects.mode is Mode.LISTING
    assert (said(objects.total).objects, said(objects.total).bytes, objects.examined) == (3, 3 * 1024, 3)
    (version,) = record(scanned, Bucket).object_keys
    assert (version.name, said(version.state)) == (FIRST, "DISABLED")
    assert scanned.of(ENCRYPTION, "b").status is Status.FAIL
    assert b"c2VjcmV0" not in scanned.snapshot.read_bytes()


def test_a_key_is_asked_for_once_and_one_that_is_not_there_is_told(world: World) -> None:
    gone = f"{RING}/gone/cryptoKeyVersions/7"
    strange = "not a key"
    scanned = looked(
        world,
        holding(stored("a", kmsKeyName=FIRST), stored("b", kmsKeyName=gone)),
        holding(stored("a", kmsKeyName=FIRST), stored("b", kmsKeyName=strange), name="c"),
        versions={FIRST: "ENABLED"},
    )
    states: dict[str, Fact[str | None]] = {
        version.name: version.state
        for each in records(scanned, Bucket).values()
        for version in each.object_keys
    }
    assert said(states[FIRST]) == "ENABLED"
    assert said(states[gone]) is None
    assert cause(states[strange]) is Cause.MALFORMED
    assert world.fake.count("cryptoKeyVersions.get") == 2


def test_a_public_object_is_found_and_joins_the_inventory_of_sharing(world: World) -> None:
    scanned = looked(
        world,
        holding(
            stored("list.csv", acl=acl(EVERYONE)),
            stored("old.csv", generation=7, timeDeleted="2026-10-01T00:00:00Z", acl=acl(ANY_ACCOUNT)),
            stored("private.csv"),
        ),
    )
    assert scanned.of(PUBLIC_ACL, "b").status is Status.FAIL
    assert {(each.audience, each.right, each.item, each.scope) for each in scanned.sharing if each.item} == {
        ("allUsers", "read", "list.csv", "public"),
        ("allAuthenticatedUsers", "administer", "old.csv#7", "public"),
    }
    public = said(found(scanned).public)
    assert [(each.audience, each.right, each.old) for each in public] == [
        ("allAuthenticatedUsers", "administer", True),
        ("allUsers", "read", False),
    ]


def test_more_public_objects_than_are_named_are_counted(world: World) -> None:
    scanned = looked(world, holding(*numbered(30, acl=acl(EVERYONE))))
    items = [each.item for each in scanned.sharing if each.item]
    assert len(items) == collector.FIRST + 1
    assert items[-1] == "… +10"


@pytest.mark.parametrize("prevention", ["enforced", "inherited"])
def test_acls_without_effect_are_no_sharing(world: World, prevention: str) -> None:
    held = stored("list.csv", acl=acl(EVERYONE))
    uniform = {"uniformBucketLevelAccess": {"enabled": True}, "publicAccessPrevention": "inherited"}
    settings = uniform if prevention == "inherited" else fine_grained("enforced")
    scanned = looked(world, holding(held, iamConfiguration=settings))
    assert [each.item for each in scanned.sharing if each.item] == []
    assert scanned.of(PUBLIC_ACL, "b").status is Status.PASS


def test_uniform_access_needs_no_permission_for_acls(world: World) -> None:
    settings = {"uniformBucketLevelAccess": {"enabled": True}, "publicAccessPrevention": "inherited"}
    scanned = looked(world, holding(stored("a"), iamConfiguration=settings))
    assert said(found(scanned).public) == ()
    (target,) = [each for each in world.fake.targets if "/o?" in each]
    assert "projection=noAcl" in target


def test_who_may_not_read_acls_is_told_so(world: World) -> None:
    world.become(estate(holding(stored("a"))))
    world.fake.allow = frozenset(
        {"storage.objects.list", "storage.buckets.list", "storage.buckets.getIamPolicy"}
    )
    scanned = world.scan(PUBLIC_ACL, ENCRYPTION, objects=LIST)
    fact = found(scanned).public
    assert isinstance(fact, Unread)
    assert fact.permission == "storage.objects.getIamPolicy"
    assert scanned.of(PUBLIC_ACL, "b").status is Status.NOT_ASSESSED
    assert scanned.of(ENCRYPTION, "b").status is Status.PASS


def test_who_may_not_list_is_told_so(world: World) -> None:
    world.become(estate(holding(stored("a"))))
    world.fake.allow = frozenset({"storage.buckets.list", "storage.buckets.getIamPolicy"})
    scanned = world.scan(ENCRYPTION, objects=LIST)
    assert "storage.objects.list" in scanned.named_permissions()


def test_old_versions_are_listed_even_where_versioning_is_off(world: World) -> None:
    held = [stored("a", generation=1, timeDeleted="2026-10-01T00:00:00Z"), stored("a", generation=2)]
    scanned = looked(world, holding(*held, versioning={"enabled": False}))
    assert found(scanned).examined == 2
    assert found(scanned).versions


def test_an_empty_bucket_has_nothing_to_judge(world: World) -> None:
    scanned = looked(world, holding())
    assert scanned.of(PUBLIC_ACL, "b").status is Status.NOT_APPLICABLE
    assert scanned.of(ENCRYPTION, "b").status is Status.NOT_APPLICABLE


def test_objects_are_classed_by_age(world: World) -> None:
    times = ("2026-11-19T00:00:00Z", "2026-10-01T00:00:00.5Z", "2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z")
    scanned = looked(world, holding(*(stored(f"{time}", updated=time) for time in times)))
    ages = {(each.days_from, each.days_to): each.tally.objects for each in said(found(scanned).ages)}
    assert ages == {(0, 30): 1, (30, 90): 1, (1095, None): 2}


def test_a_bucket_of_several_pages_is_listed_whole_whatever_the_limit(world: World) -> None:
    scanned = looked(world, holding(*numbered(2_500)), wish=ObjectsWish(looking=Looking.AUTO, limit=10))
    assert found(scanned).examined == 2_500
    assert found(scanned).mode is Mode.LISTING
    assert world.fake.count("objects.list") == 3


def test_when_the_budget_ends_the_look_is_indicative(world: World) -> None:
    budget = ObjectsWish(looking=Looking.LIST, budget=4)
    scanned = looked(world, holding(*numbered(5_000)), wish=budget)
    objects = found(scanned)
    assert (objects.mode, objects.examined) == (Mode.INDICATIVE, 2_000)
    assert "--objects-budget were used up after 2,000 objects" in objects.why.en
    finding = scanned.of(PUBLIC_ACL, "b")
    assert finding.cause is Cause.TOO_SMALL
    assert "no random sample" in finding.reason.en
    public = numbered(5_000)
    public[1_500]["acl"] = acl(EVERYONE)
    assert looked(world, holding(*public), wish=budget).of(PUBLIC_ACL, "b").status is Status.FAIL


def test_a_huge_bucket_leaves_requests_for_the_others() -> None:
    requests = Requests(5)
    assert requests.share() == 3
    assert [requests.take() for _ in range(4)] == [True] * 4
    assert (requests.share(), requests.take()) == (1, True)
    assert (requests.share(), requests.take()) == (0, False)


def test_a_bucket_that_gets_no_request_is_not_assessed(world: World) -> None:
    scanned = looked(world, holding(stored("a")), wish=ObjectsWish(looking=Looking.LIST, budget=0))
    assert cause(record(scanned, Bucket).objects) is Cause.TOO_SMALL


def test_a_listing_that_breaks_off_is_indicative_and_is_tried_again(world: World) -> None:
    world.become(estate(holding(*numbered(1_500))))
    world.fake.faults.append(Fault(Kind.FAIL, "objects.list"))
    scanned = world.scan(ENCRYPTION, objects=LIST)
    assert cause(record(scanned, Bucket).objects) is Cause.NETWORK
    world.fake.faults.clear()
    again = world.scan(ENCRYPTION, path=scanned.snapshot, resume=True, objects=LIST)
    assert found(again).examined == 1_500


MALFORMED = [
    {"size": "large"},
    {"updated": "yesterday"},
    {"acl": [{"entity": "allUsers"}]},
    {"metadata": "none"},
]


@pytest.mark.parametrize("members", MALFORMED, ids=str)
def test_an_object_that_makes_no_sense_costs_its_bucket_and_no_other(world: World, members: Json) -> None:
    scanned = looked(world, holding(stored("a", **members)), holding(stored("a"), name="c"))
    each = records(scanned, Bucket)
    assert cause(each["b"].objects) is Cause.MALFORMED
    assert isinstance(each["c"].objects, Read)


def test_an_answer_that_is_no_listing_is_not_an_empty_bucket(world: World) -> None:
    world.become(estate(holding(stored("a"))))
    world.fake.faults.append(Fault(Kind.EMPTY, "objects.list"))
    assert cause(record(world.scan(ENCRYPTION, objects=LIST), Bucket).objects) is Cause.MALFORMED


HOSTILE = [
    "a\nb",
    "\x1b[31mred",
    "<script>",
    "=1+1",
    "x" * 1_024,
    "日本語/ファイル.csv",
    "a\x00b",
    "\u202egnp.exe",
]


def test_hostile_names_are_data(world: World) -> None:
    scanned = looked(world, holding(*(stored(name, acl=acl(EVERYONE)) for name in HOSTILE)))
    assert {each.item for each in scanned.sharing if each.item} == set(HOSTILE)
    assert scanned.of(PUBLIC_ACL, "b").status is Status.FAIL


def test_more_keys_than_are_named_let_nothing_pass(world: World) -> None:
    many = [
        stored(f"{number:03}", kmsKeyName=f"{RING}/k{number}/cryptoKeyVersions/1") for number in range(105)
    ]
    versions = {each["kmsKeyName"]: "ENABLED" for each in many}
    scanned = looked(world, holding(*many), versions=versions)
    assert len(record(scanned, Bucket).object_keys) == collector.KEYS
    assert scanned.of(ENCRYPTION, "b").status is Status.NOT_ASSESSED


def test_metadata_says_that_the_writer_encrypted_an_object(world: World) -> None:
    scanned = looked(
        world, holding(stored("a", metadata={"x-amz-cek-alg": "AES/GCM/NoPadding", "name": "山田"}))
    )
    (offender,) = found(scanned).by_key
    assert offender.client_encrypted == "x-amz-cek-alg"
    assert "山田".encode() not in scanned.snapshot.read_bytes()


def test_a_requester_pays_bucket_names_who_pays(world: World) -> None:
    scanned = looked(world, holding(stored("a"), billing={"requesterPays": True}))
    assert found(scanned).examined == 1
    assert any("userProject" in each for each in world.fake.targets if "/o?" in each)


def test_auto_lists_since_no_report_tells_keys_and_acls(world: World) -> None:
    scanned = looked(world, holding(stored("a")), wish=AUTO)
    assert "so it is listed" in found(scanned).why.en


def test_with_inventories_only_a_bucket_without_one_is_not_assessed(world: World) -> None:
    scanned = looked(world, holding(stored("a")), wish=ObjectsWish(looking=Looking.INVENTORY))
    fact = record(scanned, Bucket).objects
    assert cause(fact) is Cause.UNSUPPORTED
    assert world.fake.count("objects.list") == 0
