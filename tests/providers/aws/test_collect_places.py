"""Where buckets lie when the listing does not tell, and names that were chosen to do harm."""

from collections.abc import Iterator

import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.providers.aws.model import Bucket, User
from fakes.aws import Bucket as Pail
from fakes.aws import Estate, Iam, IamUser

from .collected import ONE, World, cause, record, records, said, world_of

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
