"""Cloud Asset Inventory answers what it can, agrees with the ordinary way, and gives way to it."""

import re
from typing import Any

import msgspec
import pytest

from cloudaudit.demo.gcs.estate import Estate, binding
from cloudaudit.demo.gcs.routes import READ_TIME
from cloudaudit.demo.gcs.server import Denial
from cloudaudit.facts import Cause, Read
from cloudaudit.model import Resource
from cloudaudit.providers.gcs.collectors import assets
from cloudaudit.providers.gcs.model import Bucket, Project
from fakes.gcs import Fault, Kind
from fakes.gcs.build import VIEWER, bucket, estate, many

from .collected import ONE, Scanned, World, cause, judged, records, said
from .complete import complete_estate

ORGANIZATION: dict[str, Any] = {"organization": "900000000001"}


def values(resource: Resource) -> str:
    """What was read, without where from."""
    return re.sub(r'"source":\[[^\]]*\]', "", msgspec.json.encode(resource).decode())


def both_ways(world: World, made: Estate, **target: Any) -> tuple[Scanned, Scanned]:
    world.become(made)
    ordinary = world.scan(**target)
    return ordinary, world.scan(bulk=True, **target)


def test_both_ways_agree_on_every_fact(world: World) -> None:
    ordinary, bulk = both_ways(world, complete_estate(), **ORGANIZATION)
    for kind in (Bucket, Project):
        one, other = records(ordinary, kind), records(bulk, kind)
        assert one.keys() == other.keys()
        for name, found in one.items():
            assert values(found) == values(other[name]), name
    assert judged(ordinary.findings) == judged(bulk.findings)
    assert bulk.gaps == ()


def test_bulk_facts_name_their_source_and_its_time(world: World) -> None:
    _, bulk = both_ways(world, complete_estate(), **ORGANIZATION)
    found = records(bulk, Bucket)["invoices"]
    indexed_at = READ_TIME.partition(".")[0] + "Z"
    for fact, operation in (
        (found.versioning, "cloudasset:assets.list(RESOURCE)"),
        (found.policy, "cloudasset:assets.list(IAM_POLICY)"),
    ):
        assert isinstance(fact, Read)
        assert (fact.source.operation, fact.source.at) == (operation, indexed_at)
    assert isinstance(found.managed_folders, Read)
    assert found.managed_folders.source.operation == "storage:managedFolders.list"


def test_bulk_asks_no_bucket_for_its_policy_and_only_fine_grained_ones_for_their_acl(world: World) -> None:
    world.become(complete_estate())
    world.scan(bulk=True, **ORGANIZATION)
    assert world.fake.count("buckets.list") == 0
    assert world.fake.count("buckets.getIamPolicy") == 0
    assert world.fake.count("projects.getIamPolicy") == 0
    assert world.fake.count("folders.getIamPolicy") == 0
    assert world.fake.count("buckets.get") == world.fake.count("buckets.get", "old-site") == 1
    assert world.fake.count("assets.list") == 2


def test_the_pages_of_the_index_are_followed(world: World) -> None:
    world.become(many(1_200))
    bulk = world.scan(ONE, bulk=True)
    assert world.fake.count("assets.list") == 4
    assert len(records(bulk, Bucket)) == 1_200


@pytest.mark.parametrize("permission", ["cloudasset.assets.listResource", "cloudasset.assets.listIamPolicy"])
def test_where_the_index_may_not_be_read_each_bucket_is_asked(world: World, permission: str) -> None:
    world.become(complete_estate())
    ordinary = world.scan(**ORGANIZATION)
    world.fake.denials = (Denial(permission),)
    bulk = world.scan(bulk=True, **ORGANIZATION)
    assert judged(bulk.findings) == judged(ordinary.findings)
    assert world.fake.count("buckets.getIamPolicy") == 6
    assert ["Cloud Asset Inventory" in text.en for text in bulk.progress.said] == [True]


@pytest.mark.parametrize("kind", [Kind.PAGE, Kind.EMPTY, Kind.NETWORK])
def test_a_broken_index_is_not_an_empty_one(world: World, kind: Kind) -> None:
    world.become(complete_estate())
    world.fake.faults.append(Fault(kind, "assets.list"))
    assert len(records(world.scan(bulk=True, **ORGANIZATION), Bucket)) == 6


def test_acls_that_cannot_be_asked_for_are_unread(world: World) -> None:
    world.become(complete_estate())
    world.fake.denials = (Denial("storage.buckets.get", "old-site"),)
    found = records(world.scan(bulk=True, **ORGANIZATION), Bucket)["old-site"]
    assert cause(found.acl) is cause(found.default_object_acl) is Cause.DENIED
    assert said(found.versioning) is True


def test_acls_that_the_bucket_does_not_tell_are_not_those_of_the_index(world: World) -> None:
    world.become(complete_estate())
    world.fake.denials = (Denial("storage.buckets.getIamPolicy", "old-site"),)
    found = records(world.scan(bulk=True, **ORGANIZATION), Bucket)["old-site"]
    assert cause(found.acl) is cause(found.default_object_acl) is Cause.DENIED
    assert said(found.policy).bindings


def test_a_bucket_that_the_index_has_no_policy_of_yet_is_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cloudaudit.demo.gcs import routes

    indexed = routes._assets  # pyright: ignore[reportPrivateUsage] - the index's lag is made here

    def lagging(made: Estate, scope: str, content: str) -> Any:
        for asset in indexed(made, scope, content):
            if content == "RESOURCE" or not asset["name"].endswith("/new"):
                yield asset

    monkeypatch.setattr(routes, "_assets", lagging)
    world.become(estate(bucket("new", binding(VIEWER, "user:a@sample.example")), bucket("old")))
    found = records(world.scan(bulk=True), Bucket)["new"]
    assert VIEWER in {each.role for each in said(found.policy).bindings}
    assert world.fake.count("buckets.getIamPolicy") == 1


def test_a_project_whose_number_is_not_known_is_asked_for_its_buckets(world: World) -> None:
    """The index goes by numbers; under its id a project would look empty."""
    world.become(estate(bucket("b")))
    world.fake.denials = (Denial("resourcemanager.projects.get"),)
    bulk = world.scan(ONE, bulk=True)
    assert set(records(bulk, Bucket)) == {"b"}
    assert world.fake.count("buckets.list") == 1


def test_a_bucket_that_the_index_cannot_place_makes_every_bucket_be_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.become(estate(bucket("b")))
    monkeypatch.setattr(assets, "_project", lambda _: "")
    bulk = world.scan(ONE, bulk=True)
    assert set(records(bulk, Bucket)) == {"b"}
    assert bulk.gaps == ()
    assert ["Cloud Asset Inventory" in text.en for text in bulk.progress.said] == [True]
