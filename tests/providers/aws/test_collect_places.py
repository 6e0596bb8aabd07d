"""Where buckets lie when the listing does not tell, and names that were chosen to do harm."""

from collections.abc import Iterator
from typing import Any

import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.providers.aws.connect import AwsOptions, Clients
from cloudaudit.providers.aws.model import Account, Bucket, DirectoryBucket, Region, Trail, User
from cloudaudit.text import Text
from fakes.aws import Bucket as Pail
from fakes.aws import Estate, Fault, Iam, IamUser, Kind
from fakes.aws.estate import DirectoryBucket as Express
from fakes.aws.estate import Region as Place

from .collected import ONE, World, cause, record, records, said, unread, world_of

HOME = "ap-northeast-1"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_of(Estate(), tmp_path_factory.mktemp("scans")) as made:
        yield made


def test_where_the_listing_does_not_tell_each_bucket_is_asked(world: World) -> None:
    pails = [
        Pail(name="tokyo"),
        Pail(name="virginia", region="us-east-1"),
        Pail(name="old", region="eu-west-1"),
    ]
    world.become(Estate(buckets=pails, omit_bucket_region=True))
    world.fake.malform("s3", "GetBucketLocation", "old", body=b"<LocationConstraint>EU</LocationConstraint>")
    found = records(world.scan(ONE), Bucket)
    assert {name: bucket.region for name, bucket in found.items()} == {
        "tokyo": HOME,
        "virginia": "us-east-1",
        "old": "eu-west-1",
    }
    assert {said(bucket.versioning).status for bucket in found.values()} == {"Enabled"}
    assert world.asked("GetBucketLocation") == 3


@pytest.mark.parametrize("body", [b"", b"<a", b"<a>evil.example/#</a>"])
def test_a_bucket_that_nobody_can_locate_is_not_assessed(world: World, body: bytes) -> None:
    world.become(Estate(buckets=[Pail(name="b")], omit_bucket_region=True))
    world.fake.malform("s3", "GetBucketLocation", body=body)
    scanned = world.scan(ONE)
    assert cause(record(scanned, Bucket).versioning) in {Cause.MALFORMED, Cause.NETWORK, Cause.UNSUPPORTED}
    assert scanned.of(ONE).status is Status.NOT_ASSESSED


@pytest.mark.parametrize("policy", ["", "{", "[bold]\x1b[31m", "\u202e{}", "[" * 20_000, '{"a":"\\ud800"}'])
def test_a_policy_that_is_no_policy_is_kept_as_it_is(world: World, policy: str) -> None:
    world.become(Estate(buckets=[Pail(name="b", policy=policy)]))
    scanned = world.scan()
    assert said(record(scanned, Bucket).policy) == policy
    assert scanned.of("aws-s3-bucket-public-access").status is not Status.FAIL


def test_tags_of_every_script(world: World) -> None:
    tags = {"class": "[bold]個人情報[/]", "rtl": "\u202egnp.exe", "markup": "<script>&amp;</script>"}
    world.become(Estate(buckets=[Pail(name="b", tags=tags)]))
    found = said(record(world.scan(ONE), Bucket).tags)
    assert dict(found) == tags


def test_a_control_character_is_no_xml_and_so_no_tag(world: World) -> None:
    world.become(Estate(buckets=[Pail(name="b", tags={"class": "\x1b[31m"})]))
    assert cause(record(world.scan(ONE), Bucket).tags) in {Cause.MALFORMED, Cause.NETWORK}


def test_a_lone_surrogate_in_json_does_not_stop_the_snapshot(world: World) -> None:
    world.become(Estate(region_states={HOME: "opted-in"}))
    body = b'{"BackupVaultList":[{"BackupVaultName":"\\ud800","BackupVaultArn":"arn:aws:backup:x:1:y:z"}]}'
    world.fake.malform("backup", "ListBackupVaults", body=body)
    finding = world.scan("aws-backup-vault-lock").of("aws-backup-vault-lock")
    assert "ud800" in finding.resource.name


def test_user_names_with_markup(world: World) -> None:
    names = ["[red]a[/]", "<b>&amp;", "=cmd|' /C calc'!A0", 'a,b"c']
    users = [IamUser(name=name) for name in names if "," not in name]
    world.become(Estate(iam=Iam(users=users, report_state="ready")))
    found = records(world.scan("aws-iam-user-mfa"), User)
    assert found.keys() == {user.name for user in users}
    assert {said(user.credentials).user for user in found.values()} == set(found)


# --------------------------------------------------------------------------- regions that nobody can name


def test_a_bucket_that_may_not_be_located_may_lie_in_a_region_that_is_not_known(world: World) -> None:
    pails = [Pail(name="a"), Pail(name="b", region="eu-west-1"), Pail(name="c", region="eu-west-1")]
    world.become(Estate(buckets=pails, omit_bucket_region=True))
    for name in ("b", "c"):
        world.fake.deny("s3", "GetBucketLocation", name)
    scanned = world.scan()
    assert records(scanned, Region).keys() == {HOME}
    lost = [gap for gap in scanned.gaps if gap.region == "unknown"]
    assert [(gap.of, gap.cause, gap.permission) for gap in lost] == [
        (kind.of_kind(), Cause.DENIED, "s3:GetBucketLocation") for kind in (Region, Trail)
    ]


# --------------------------------------------------------------------------- where Identity Center is

ROOT = "aws-iam-federated-mfa"
INSTANCE = {"InstanceArn": "arn:aws:sso:::instance/ssoins-1", "OwnerAccountId": "123456789012"}


def with_center(world: World, *regions: str) -> None:
    world.become(
        Estate(
            buckets=[Pail(name="b")],
            regions={region: Place(identity_centers=[INSTANCE]) for region in regions},
            region_states=dict.fromkeys((HOME, "eu-west-1", "us-east-1"), "opted-in"),
        )
    )


def centers(world: World, regions: tuple[str, ...] = ()) -> Any:
    return record(world.scan(ROOT, regions=regions), Account).identity_centers


def test_identity_center_is_looked_for_where_no_bucket_is(world: World) -> None:
    with_center(world, "us-east-1")
    assert [each.region for each in said(centers(world))] == ["us-east-1"]
    assert world.asked("ListInstances") == 3


@pytest.mark.parametrize("kind", [Kind.NETWORK, Kind.UNSUPPORTED, Kind.DENY])
def test_a_region_that_does_not_answer_spoils_none_but_not_a_found_instance(world: World, kind: Kind) -> None:
    with_center(world, "us-east-1")
    world.fake.fail(Fault(kind=kind, service="sso-admin", region="eu-west-1"))
    assert [each.region for each in said(centers(world))] == ["us-east-1"]
    with_center(world)
    assert said(centers(world)) == ()
    world.fake.fail(Fault(kind=kind, service="sso-admin", region="eu-west-1"))
    assert cause(centers(world)) in {Cause.NETWORK, Cause.UNSUPPORTED, Cause.DENIED}


def test_regions_that_were_not_asked_leave_identity_center_open(world: World) -> None:
    with_center(world, "us-east-1")
    fact = unread(centers(world, regions=("eu-west-1",)))
    assert (fact.cause, fact.detail) == (
        Cause.UNSUPPORTED,
        Text(en="regions not asked", ja="確認していないリージョンがあります"),
    )
    assert [each.region for each in said(centers(world, regions=("us-east-1",)))] == ["us-east-1"]
    world.fake.deny("ec2")
    assert unread(centers(world)).cause is Cause.UNSUPPORTED
    with_center(world, HOME)
    world.fake.deny("ec2")
    assert [each.region for each in said(centers(world))] == [HOME]


def test_regions_that_the_sdk_says_lack_a_service_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    import botocore.session

    clients = Clients(botocore.session.Session(), AwsOptions(), HOME)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    assert clients.offers("sso-admin", HOME)
    assert not clients.offers("sso-admin", "us-iso-east-1")
    assert clients.offers("sso-admin", "ap-northeast-9")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert clients.offers("sso-admin", "us-iso-east-1")


def test_where_no_region_offers_identity_center_nobody_was_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_center(world, HOME)

    def nowhere(_clients: Clients, _service: str, _region: str) -> bool:
        return False

    monkeypatch.setattr(Clients, "offers", nowhere)
    assert unread(centers(world)).cause is Cause.UNSUPPORTED
    assert world.asked("ListInstances") == 0


# --------------------------------------------------------------------------- directory buckets by name

FAST, SLOW = "fast--apne1-az4--x-s3", "slow--euw1-az1--x-s3"
BOTH = "aws-s3-bucket-encryption"


def express(world: World) -> None:
    places = {
        HOME: Place(directory_buckets=[Express(name=FAST)]),
        "eu-west-1": Place(directory_buckets=[Express(name=SLOW)]),
    }
    states = dict.fromkeys(places, "opted-in")
    world.become(Estate(buckets=[Pail(name="plain")], regions=places, region_states=states))


def details(scanned: Any) -> list[tuple[str, str]]:
    return [(gap.of, gap.detail.en if isinstance(gap.detail, Text) else "") for gap in scanned.gaps]


def test_one_directory_bucket(world: World) -> None:
    express(world)
    scanned = world.scan(BOTH, buckets=(FAST,))
    assert records(scanned, DirectoryBucket).keys() == {FAST}
    assert records(scanned, Bucket) == {}
    assert scanned.gaps == ()
    assert scanned.snapshot.read_bytes().count(b'"narrowed":true') == 2
    assert not [key for key in world.fake.counts if key[3] == SLOW]
    assert records(world.scan(BOTH, buckets=("plain",)), DirectoryBucket) == {}


def test_a_directory_bucket_that_is_in_no_listing(world: World) -> None:
    express(world)
    name = f"x{FAST}"
    kind = DirectoryBucket.of_kind()
    assert details(world.scan(BOTH, buckets=(name,))) == [(kind, f"the account has no bucket named {name}")]
    assert details(world.scan(BOTH, buckets=(SLOW,), regions=(HOME,))) == [
        (kind, f"the account has no bucket named {SLOW} in the chosen regions")
    ]
    assert details(world.scan(ONE, buckets=(FAST,))) == [
        (Bucket.of_kind(), f"no selected check looks at directory buckets such as {FAST}")
    ]
    world.fake.deny("s3", "ListDirectoryBuckets")
    assert {gap.cause for gap in world.scan(BOTH, buckets=(name,)).gaps} == {Cause.DENIED}
