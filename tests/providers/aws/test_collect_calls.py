"""A call that cannot matter is not made, none is made twice, and each bucket takes few."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from cloudaudit.facts import Cause, Read, Unread
from cloudaudit.model import Status
from cloudaudit.providers.aws.collectors import buckets
from cloudaudit.providers.aws.collectors.inventories import NO_CALL_LEFT
from cloudaudit.providers.aws.model import Bucket, DirectoryBucket
from cloudaudit.text import Text
from fakes.aws import Bucket as Pail
from fakes.aws import Estate
from fakes.aws.estate import (
    KmsKey,
    Region,
    access_control,
    default_encryption,
    group_grant,
    public_access_block,
)

from .collected import ONE, World, cause, record, records, said, world_of
from .complete import KEY, complete_estate

HOME = "ap-northeast-1"
OTHER = "eu-west-1"
MOST = 14
RULE = {
    "ID": "r",
    "Status": "Enabled",
    "Priority": 1,
    "Filter": {},
    "Destination": {"Bucket": "arn:aws:s3:::pail"},
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_of(Estate(), tmp_path_factory.mktemp("scans")) as made:
        yield made


def test_nothing_is_asked_twice(world: World) -> None:
    world.become(complete_estate())
    world.scan()
    several = {"GenerateCredentialReport", "GetCredentialReport", "LookupEvents", "ListObjectsV2"}
    twice = {key: count for key, count in world.fake.counts.items() if count > 1 and key[1] not in several}
    assert twice == {}


def test_a_key_with_several_names_is_read_once(world: World) -> None:
    key = KmsKey(arn=KEY, aliases=("alias/a",))
    names = {"id": KEY.rpartition("/")[2], "arn": KEY, "again": KEY, "alias": "alias/a"}
    pails = [Pail(name=name, encryption=default_encryption("aws:kms", key)) for name, key in names.items()]
    world.become(Estate(buckets=pails, regions={HOME: Region(keys=[key])}))
    found = records(world.scan(ONE), Bucket)
    assert {said(bucket.kms_key).arn for bucket in found.values() if said(bucket.kms_key)} == {KEY}  # type: ignore[union-attr]
    assert len(found) == 4
    assert world.asked("DescribeKey") == 2
    assert world.asked("GetKeyRotationStatus") == 1


@pytest.mark.parametrize("denied", [False, True])
def test_a_replica_among_our_own_buckets_is_not_asked_again(world: World, *, denied: bool) -> None:
    rules = {"Role": "r", "Rules": [RULE]}
    world.become(Estate(buckets=[Pail(name="pail"), Pail(name="source", replication=rules)]))
    if denied:
        world.fake.deny("s3", "GetBucketVersioning", "pail")
    replication = said(records(world.scan(ONE), Bucket)["source"].replication)
    assert replication is not None
    assert [each.name for each in replication.destinations] == ["pail"]
    assert world.asked("GetBucketVersioning") == 2
    assert world.asked("GetBucketLocation") == 0


SETTINGS: list[dict[str, Any]] = [
    {"policy": policy, "versioning": versioning, "ownership": ownership, "replication": replication}
    for policy, versioning, ownership, replication in product(
        (None, "{}"),
        ({}, {"Status": "Enabled"}, {"Status": "Suspended"}),
        (None, "BucketOwnerEnforced", "ObjectWriter"),
        (None, {"Role": "r", "Rules": [RULE]}),
    )
]


def test_calls_for_every_combination_of_settings(world: World) -> None:
    pails = [Pail(name=f"p-{number}", **settings) for number, settings in enumerate(SETTINGS)]
    world.become(Estate(buckets=[*pails, Pail(name="pail")]))
    world.scan(ONE)
    calls: dict[str, set[str]] = {pail.name: set() for pail in pails}
    for service, operation, _, resource in world.fake.counts:
        if service == "s3" and resource in calls:
            calls[resource].add(operation)
    assert max(map(len, calls.values())) == MOST
    assert all(count == 1 for key, count in world.fake.counts.items() if key[3] in calls)
    for pail in pails:
        made = calls[pail.name]
        enforced = pail.ownership == "BucketOwnerEnforced"
        assert ("GetBucketPolicyStatus" in made) == (pail.policy is not None)
        assert ("GetBucketAcl" in made) == (not enforced)
        assert ("GetBucketMetadataConfiguration" in made) == enforced
        assert ("GetBucketReplication" in made) == bool(pail.versioning)
        assert ("GetObjectLockConfiguration" in made) == bool(pail.versioning)


def delivery(bucket: str) -> dict[str, Any]:
    return {"S3BucketDestination": {"Bucket": f"arn:aws:s3:::{bucket}", "Format": "CSV", "Prefix": "in"}}


def inventory(identifier: str, **changes: Any) -> dict[str, Any]:
    return {
        "Id": identifier,
        "IsEnabled": True,
        "IncludedObjectVersions": "All",
        "Destination": delivery("pail"),
        "OptionalFields": ["EncryptionStatus"],
        "Schedule": {"Frequency": "Daily"},
    } | changes


# Whatever decides how many calls a bucket takes, each as busy as can be.
STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
THROUGH_POINTS = {"StringEquals": {"s3:DataAccessPointAccount": "123456789012"}}
BUSIEST: list[dict[str, Any]] = [
    {
        "policy": policy,
        "policy_is_public": says,
        "ownership": ownership,
        "public_access_block": block,
        "acl": acl,
    }
    for policy, says, ownership, block, acl in product(
        (
            None,
            "{",
            {"Statement": {**STATEMENT, "Principal": "*"}},
            {"Statement": {**STATEMENT, "Principal": {"AWS": "999988887777"}}},
            {"Statement": {**STATEMENT, "Principal": "*", "Condition": THROUGH_POINTS}},
        ),
        (False, True),
        ("BucketOwnerEnforced", "ObjectWriter"),
        (None, public_access_block(restrict=False), public_access_block(ignore=False)),
        (access_control(), access_control(group_grant(permission="FULL_CONTROL"))),
    )
]


@pytest.mark.parametrize(
    ("denied", "inventories"),
    [("", 1), ("", 3), ("GetBucketPolicyStatus", 3), ("GetPublicAccessBlock", 3), ("GetBucketPolicy", 3)],
)
def test_the_busiest_bucket_takes_no_more_calls(world: World, denied: str, inventories: int) -> None:
    pails = [
        Pail(
            name=f"p-{number}",
            replication={"Role": "r", "Rules": [RULE]},
            website={"IndexDocument": {"Suffix": "i"}},
            inventories=[
                inventory(f"i-{each}", Destination=delivery(f"to-{number}")) for each in range(inventories)
            ],
            **settings,
        )
        for number, settings in enumerate(BUSIEST)
    ]
    away = [Pail(name=pail.name.replace("p-", "to-"), versioning={}) for pail in pails]
    world.become(Estate(buckets=[*pails, *away, Pail(name="pail")]))
    for pail in pails if denied else ():
        world.fake.deny("s3", denied, pail.name)
    found = records(world.scan(ONE), Bucket)
    calls = dict.fromkeys((pail.name for pail in pails), 0)
    for (service, operation, _, resource), count in world.fake.counts.items():
        owner = resource.replace("to-", "p-") if operation == "ListObjectsV2" else resource
        if service == "s3" and owner in calls:
            calls[owner] += count
    assert max(calls.values()) == MOST == buckets.MOST_CALLS
    for name, count in calls.items():
        reports = [each.newest for each in said(found[name].inventories)]
        left_out = [each for each in (*reports, found[name].metadata_table) if isinstance(each, Unread)]
        assert not left_out or count == MOST, "what was left out is left out for want of calls"
        assert {each.detail for each in left_out} <= {NO_CALL_LEFT}


def test_the_inventory_that_promises_most_is_looked_for_first(world: World) -> None:
    crowded: dict[str, Any] = BUSIEST[-1] | {
        "policy": "{",
        "ownership": "BucketOwnerEnforced",
        "public_access_block": None,
    }
    fields = ["EncryptionStatus", "ObjectAccessControlList"]
    reports = [
        inventory("a"),
        inventory("b", OptionalFields=fields, Schedule={"Frequency": "Weekly"}),
        inventory("c", OptionalFields=fields),
    ]
    world.become(Estate(buckets=[Pail(name="pail", inventories=reports, **crowded)]))
    bucket = record(world.scan(ONE), Bucket)
    assert {each.id for each in said(bucket.inventories) if isinstance(each.newest, Read)} == {"c"}
    assert cause(bucket.metadata_table) is Cause.UNSUPPORTED


def test_only_an_inventory_that_could_tell_is_looked_for(world: World) -> None:
    reports = [
        inventory("good"),
        inventory("off", IsEnabled=False),
        inventory("part", Filter={"Prefix": "x/"}),
        inventory("mute", OptionalFields=["Size"]),
    ]
    objects = {f"in/pail/good/2026-01-{day}T01-00Z/manifest.json": "2026-01-15T02:00:00Z" for day in (14, 15)}
    objects["in/pail/good/data/x.csv.gz"] = "2026-01-15T02:00:00Z"
    world.become(Estate(buckets=[Pail(name="pail", inventories=reports, objects=objects)]))
    bucket = record(world.scan(ONE), Bucket)
    assert {each.id: said(each.newest) for each in said(bucket.inventories)} == {
        "good": "2026-01-15T01:00:00Z",
        "off": None,
        "part": None,
        "mute": None,
    }
    assert world.asked("ListObjectsV2") == 1


# --------------------------------------------------------------------------- what is selected


def test_a_check_of_buckets_asks_nothing_of_people(world: World) -> None:
    world.become(complete_estate())
    world.scan(ONE)
    assert world.services() == {"s3", "ec2", "kms", "backup"}


def test_checks_of_people_ask_nothing_of_buckets(world: World) -> None:
    world.become(complete_estate())
    world.scan("aws-iam-user-mfa")
    assert world.services() <= {"iam"} | {"s3", "ec2", "sso-admin", "organizations", "s3control"}
    world.scan(themes=("mfa",))
    assert not [key for key in world.fake.counts if key[1].startswith("GetBucket")]


def test_roles_alone_need_neither_buckets_nor_regions(world: World) -> None:
    world.become(complete_estate())
    world.scan("aws-iam-storage-wildcard")
    assert world.services() == {"iam"}


def two_regions() -> Estate:
    return Estate(
        buckets=[Pail(name="here"), Pail(name="also"), Pail(name="there", region=OTHER)],
        region_states=dict.fromkeys((HOME, OTHER), "opted-in"),
    )


def test_buckets_are_asked_in_their_own_region(world: World) -> None:
    world.become(two_regions())
    assert {name: each.region for name, each in records(world.scan(ONE), Bucket).items()} == {
        "here": HOME,
        "also": HOME,
        "there": OTHER,
    }
    assert {key[2] for key in world.fake.counts if key[3] == "there"} == {OTHER}
    assert world.asked("HeadBucket", "GetBucketLocation") == 0


def test_one_bucket(world: World) -> None:
    world.become(two_regions())
    scanned = world.scan(ONE, buckets=("here",))
    assert records(scanned, Bucket).keys() == {"here"}
    assert not [key for key in world.fake.counts if key[3] in {"also", "there"}]
    assert scanned.gaps == ()


def test_one_region(world: World) -> None:
    world.become(two_regions())
    scanned = world.scan(regions=(OTHER,))
    assert records(scanned, Bucket).keys() == {"there"}
    regional = {"backup", "guardduty", "macie2", "accessanalyzer", "events"}
    assert {key[2] for key in world.fake.counts if key[0] in regional} == {OTHER}


def test_an_unknown_bucket_turns_up(world: World) -> None:
    world.become(two_regions())
    scanned = world.scan(ONE, buckets=("here", "typo"))
    assert [(gap.of, gap.detail.en if isinstance(gap.detail, Text) else "") for gap in scanned.gaps] == [
        (Bucket.of_kind(), "the account has no bucket named typo")
    ]
    assert 3 in scanned.exit_codes or scanned.score.overall.coverage != 100


def test_a_region_that_is_not_enabled_turns_up(world: World) -> None:
    world.become(two_regions())
    scanned = world.scan("aws-s3-bucket-encryption", regions=("me-south-1",))
    assert [(gap.of, gap.region) for gap in scanned.gaps] == [(DirectoryBucket.of_kind(), "me-south-1")]
    assert [each.status for each in scanned.findings] == [Status.NOT_ASSESSED]


@pytest.mark.parametrize("regions", [(), (HOME,)])
def test_a_narrowed_listing_says_so(world: World, regions: tuple[str, ...]) -> None:
    world.become(two_regions())
    scanned = world.scan(ONE, regions=regions)
    assert (b'"narrowed":true' in scanned.snapshot.read_bytes()) == bool(regions)
