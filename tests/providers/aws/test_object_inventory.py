"""An inventory is found, fetched, checked and evaluated; whatever is wrong with it costs one sentence and one bucket."""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from cloudaudit.facts import Cause
from cloudaudit.inventory.engines import Opened
from cloudaudit.inventory.local import LocalEngine
from cloudaudit.inventory.model import Mode, Objects
from cloudaudit.inventory.plan import Looking, ObjectsWish
from cloudaudit.inventory.settings import EngineSettings, LocalSettings, SparkSettings
from cloudaudit.inventory.source import Inventory, InventoryFiles
from cloudaudit.model import Status
from cloudaudit.providers.aws.connect import AwsOptions
from cloudaudit.providers.aws.guard import WriteRefusedError
from cloudaudit.providers.aws.model import Bucket
from cloudaudit.providers.aws.session import AwsSession, open_session
from fakes.aws import Bucket as FakeBucket
from fakes.aws import Estate, S3Object
from fakes.aws.estate import public_access_block
from fakes.inventories import PUBLIC_READ, Listed, s3_delivery

from .collected import World, records, said, unread, world_of
from .conftest import Scanned

ENCRYPTION = "aws-s3-object-encryption"
PUBLIC = "aws-s3-object-public-acl"
REPORTS = "acme-reports"
NEWEST = "inventory/acme-data/weekly/2026-11-22T01-00Z"
ROWS = (
    Listed(key=b"a", encryption="NOT-SSE", size=3),
    Listed(key=b"b\nc", encryption="SSE-KMS"),
    Listed(key=b"leak", acl=PUBLIC_READ),
)
Change = Callable[[dict[str, bytes]], None]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    wish = ObjectsWish(looking=Looking.INVENTORY)
    with world_of(Estate(), tmp_path_factory.mktemp("inventories"), objects=wish) as made:
        yield made


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A delivery as it lies in the bucket that receives it: key to contents."""
    folder = tmp_path_factory.mktemp("delivery")
    s3_delivery(folder, ROWS)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def configuration(**more: Any) -> dict[str, Any]:
    target = {"Bucket": f"arn:aws:s3:::{REPORTS}", "Format": "Parquet", "Prefix": "inventory", **more}
    return {
        "Id": "weekly",
        "IsEnabled": True,
        "IncludedObjectVersions": "Current",
        "Schedule": {"Frequency": "Weekly"},
        "OptionalFields": ["Size", "EncryptionStatus", "ObjectAccessControlList"],
        "Destination": {"S3BucketDestination": target},
    }


def estate(files: dict[str, bytes], **more: Any) -> Estate:
    data = FakeBucket(
        name="acme-data",
        versioning={},
        ownership="ObjectWriter",
        public_access_block=public_access_block(acls=False, ignore=False, policy=False, restrict=False),
        inventories=[configuration(**more)],
        stored=[S3Object(key="secret", body=b"contents")],
    )
    stored = [S3Object(key=key, body=body) for key, body in files.items()]
    return Estate(
        buckets=[data, FakeBucket(name=REPORTS, versioning={}, stored=stored)], public_access_block=None
    )


def scanned(world: World, files: dict[str, bytes], **more: Any) -> Scanned:
    world.become(estate(files, **more))
    return world.scan(ENCRYPTION, PUBLIC)


def objects_of(found: Scanned) -> Any:
    return records(found, Bucket)["acme-data"].objects


def test_the_newest_inventory_answers_for_every_object_and_its_age_is_told(
    world: World, files: dict[str, bytes]
) -> None:
    found = scanned(world, files)
    objects: Objects = said(objects_of(found))
    assert (objects.mode, said(objects.total).objects, objects.examined) == (Mode.INVENTORY, 3, 3)
    assert "days old" in objects.why.en
    assert "manifest.json" in objects.source
    finding = found.of(ENCRYPTION, "acme-data")
    assert finding.status is Status.FAIL
    assert [each["key"] for each in finding.evidence["first"]] == ["a"]
    assert found.of(PUBLIC, "acme-data").status is Status.FAIL
    assert [each.item for each in found.sharing if each.item] == ["leak"]
    assert world.asked("HeadObject", "GetObjectAcl") == 0


def test_the_files_are_gone_afterwards(
    world: World, files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    said(objects_of(scanned(world, files)))
    assert list(tmp_path.iterdir()) == []


def remove(part: str) -> Change:
    def change(files: dict[str, bytes]) -> None:
        for key in [key for key in files if part in key]:
            del files[key]

    return change


def rewrite(part: str, body: bytes) -> Change:
    def change(files: dict[str, bytes]) -> None:
        for key in [key for key in files if part in key]:
            files[key] = body

    return change


def manifest(**members: Any) -> Change:
    """A manifest that its checksum confirms, with other members."""

    def change(files: dict[str, bytes]) -> None:
        text = json.dumps({**json.loads(files[f"{NEWEST}/manifest.json"]), **members}).encode()
        files[f"{NEWEST}/manifest.json"] = text
        files[f"{NEWEST}/manifest.checksum"] = hashlib.md5(text, usedforsecurity=False).hexdigest().encode()

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (remove("manifest.checksum"), "manifest.checksum"),
        (remove("manifest.json"), "manifest.json"),
        (rewrite("manifest.json", b"{}"), "does not match"),
        (remove("weekly/data/"), "not there"),
        (rewrite("weekly/data/", b"PAR1 no parquet"), "MD5"),
        (manifest(sourceBucket="another"), "another bucket"),
        (
            manifest(files=[{"key": "inventory/acme-data/secret", "size": 1, "MD5checksum": "0" * 32}]),
            "outside",
        ),
        (manifest(files=[{"key": f"{NEWEST}/../../x", "size": 1, "MD5checksum": "0" * 32}]), "outside"),
    ],
)
def test_an_incomplete_or_corrupt_delivery_is_refused_with_a_sentence(
    world: World, files: dict[str, bytes], change: Change, words: str
) -> None:
    spoilt = dict(files)
    change(spoilt)
    found = scanned(world, spoilt)
    finding = found.of(ENCRYPTION, "acme-data")
    assert finding.status is Status.NOT_ASSESSED
    assert words in finding.reason.en
    assert "2026-11-22" in finding.reason.en
    assert not finding.reason.en.endswith("..")


def test_the_delivery_before_it_is_used_where_the_newest_is_not_complete(
    world: World, files: dict[str, bytes]
) -> None:
    later = {"inventory/acme-data/weekly/2026-11-23T01-00Z/manifest.json": b"{", **files}
    objects = said(objects_of(scanned(world, later)))
    assert "2026-11-23 is refused" in objects.why.en
    assert objects.as_of.startswith("2026-11-22")


def test_another_accounts_bucket_that_refuses_is_told_apart(world: World, files: dict[str, bytes]) -> None:
    world.become(estate(files, AccountId="999988887777"))
    world.fake.deny("s3", "GetObject")
    finding = world.scan(ENCRYPTION).of(ENCRYPTION, "acme-data")
    assert (finding.status, finding.cause) == (Status.NOT_ASSESSED, Cause.FOREIGN_ACCOUNT)
    world.become(estate(files))
    world.fake.deny("s3", "GetObject")
    assert world.scan(ENCRYPTION).of(ENCRYPTION, "acme-data").cause is Cause.DENIED


def test_a_disk_without_room_costs_that_bucket_alone(
    world: World, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    from cloudaudit.providers.aws import object_inventory

    monkeypatch.setattr(object_inventory, "MOST_BYTES", 10)
    found = scanned(world, files)
    assert "free space" in found.of(ENCRYPTION, "acme-data").reason.en
    assert found.outcome.stopped == ""


def test_a_bucket_without_an_inventory_is_not_listed_against_the_users_will(
    world: World, files: dict[str, bytes]
) -> None:
    found = scanned(world, files)
    finding = found.of(ENCRYPTION, REPORTS)
    assert finding.status is Status.NOT_ASSESSED
    assert "--objects auto" in finding.reason.en
    assert unread(records(found, Bucket)[REPORTS].objects).cause is Cause.UNSUPPORTED


def test_in_auto_an_unusable_inventory_gives_way_to_a_listing(world: World, files: dict[str, bytes]) -> None:
    spoilt = dict(files)
    remove("manifest.json")(spoilt)
    world.become(estate(spoilt))
    session = open_session(AwsOptions(retries=0, objects=ObjectsWish(looking=Looking.AUTO)))
    found = world.scan(ENCRYPTION, session=session)
    objects = said(objects_of(found))
    assert objects.mode is Mode.LISTING
    assert "could not be used" in objects.why.en


# --------------------------------------------------------------------------- the guard


def client_of(session: AwsSession) -> Any:
    return session._clients.get("s3", "ap-northeast-1")  # pyright: ignore[reportPrivateUsage] - what is behind the door is asked


@pytest.mark.parametrize(
    "key",
    [
        "secret",
        "inventory/acme-data/weekly/secret",
        "inventory/acme-data/weekly/data/a/b",
        "inventory/acme-data/weekly/2026-11-22T01-00Z/manifest.json.bak",
        "inventory/acme-data/weekly/../x/data/a",
        "inventory/acme-data/weeklyX/data/a",
    ],
)
def test_contents_of_anything_but_an_inventorys_files_are_refused_before_anything_is_sent(
    world: World, files: dict[str, bytes], key: str
) -> None:
    scanned(world, files)
    world.fake.reset()
    client = client_of(world.session)
    with pytest.raises(WriteRefusedError, match="not on the read list"):
        client.get_object(Bucket=REPORTS, Key=key)
    with pytest.raises(WriteRefusedError, match="not on the read list"):
        client.get_object(Bucket="acme-data", Key=f"{NEWEST}/manifest.json")
    assert world.fake.counts == {}


def test_heads_are_not_asked_for_where_only_inventories_were_wanted(world: World) -> None:
    world.become(Estate())
    with pytest.raises(WriteRefusedError, match="not on the read list"):
        client_of(world.session).head_object(Bucket="acme-data", Key="secret")


def test_spark_is_given_the_files_where_they_lie_and_nothing_is_fetched(
    files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3_delivery(tmp_path, ROWS)
    asked: list[str] = []

    class Beside(LocalEngine):
        """Reads the bucket that receives the inventory as a folder, as Spark reads it by its address."""

        def __init__(self, _: Any) -> None:
            super().__init__(LocalSettings())

        def table(self, inventory: Inventory) -> Opened:
            assert isinstance(inventory, InventoryFiles)
            asked.extend(inventory.files)
            paths = [file.replace(f"s3a://{REPORTS}", str(tmp_path)) for file in inventory.files]
            return super().table(structs.replace(inventory, files=tuple(paths)))

    monkeypatch.setattr("cloudaudit.inventory.spark.SparkEngine", Beside)
    wish = ObjectsWish(looking=Looking.INVENTORY, engine="spark")
    with world_of(Estate(), tmp_path, objects=wish) as beside:
        found = scanned(beside, files)
        fetched = [operation for _, operation, _, _ in beside.fake.counts if operation == "GetObject"]
    assert said(said(objects_of(found)).total).objects == len(ROWS)
    assert asked == [f"s3a://{REPORTS}/{key}" for key in files if "/data/" in key]
    assert fetched
    assert found.of(ENCRYPTION, "acme-data").status is Status.FAIL


def test_a_spark_that_is_not_there_costs_one_sentence_and_the_rest_is_done(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    settings = EngineSettings(spark=SparkSettings(remote="sc://127.0.0.1:9"))
    wish = ObjectsWish(looking=Looking.INVENTORY, engine="spark", settings=settings)
    with world_of(Estate(), tmp_path, objects=wish) as lonely:
        found = scanned(lonely, files)
    fact = unread(objects_of(found))
    assert fact.cause is Cause.NETWORK
    assert "Spark is not there (sc://127.0.0.1:9" in str(fact.detail)
    assert records(found, Bucket).keys() == {"acme-data", REPORTS}
