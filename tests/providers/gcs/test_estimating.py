"""The estimate for Google: from counts alone, without a request about any object."""

from typing import Any

import pytest

from cloudaudit.cli.root import cli
from cloudaudit.demo.gcs.estate import Bucket
from cloudaudit.demo.gcs.server import Denial
from cloudaudit.facts import Cause, Unread
from cloudaudit.inventory.forecast import BucketEstimate, Estimate
from cloudaudit.inventory.plan import Looking, ObjectsWish
from cloudaudit.providers.gcs.prices import LISTING, price_of
from cloudaudit.providers.gcs.session import open_session
from fakes.gcs import Fault, Kind
from fakes.gcs.build import PROJECT, bucket, estate, stored

from .collected import World, said
from .complete import complete_estate

WISH = ObjectsWish(looking=Looking.ESTIMATE, budget=7)


def holding(count: int, name: str = "b", **members: Any) -> Bucket:
    made = bucket(name, **members)
    made.objects = [stored(str(number)) for number in range(count)]
    return made


def estimated(world: World, *chosen: tuple[str, ...], **options: Any) -> Estimate:
    names, regions = chosen or ((), ())
    return open_session(world.options(objects=WISH, **options)).estimate(names, regions)


def test_objects_that_monitoring_counted_become_pages(world: World) -> None:
    world.become(
        estate(
            holding(2_001), holding(0, "empty"), holding(1, "far", location="US", locationType="multi-region")
        )
    )
    found = estimated(world)
    by_name = {each.name: each for each in found.buckets}
    assert {name: (said(each.objects), each.requests) for name, each in by_name.items()} == {
        "b": (2_001, 3),
        "empty": (0, 1),
        "far": (1, 1),
    }
    assert by_name["b"].usd == pytest.approx(3 * 0.005 / 1_000)
    assert by_name["far"].lines[0].price == LISTING["STANDARD", False]
    assert (found.budget, found.unlisted) == (7, ())
    assert world.fake.count("objects.list") == world.fake.count("buckets.getIamPolicy") == 0


def test_all_projects_of_an_organisation_are_estimated(world: World) -> None:
    world.become(complete_estate())
    found = estimated(world, organization="900000000001")
    assert {each.name for each in found.buckets} == {
        *("invoices", "old-site", "partner-data", "personnel", "customers", "forms")
    }


@pytest.mark.parametrize(("names", "regions", "left"), [(("b",), (), {"b"}), ((), ("us",), {"far"})])
def test_a_choice_of_buckets_narrows_it(
    world: World, names: tuple[str, ...], regions: tuple[str, ...], left: set[str]
) -> None:
    world.become(estate(holding(1), holding(1, "far", location="US")))
    assert {each.name for each in estimated(world, names, regions).buckets} == left


def test_counts_that_are_refused_leave_nothing_worked_out(world: World) -> None:
    world.become(estate(holding(1)))
    world.fake.denials = (Denial("monitoring.timeSeries.list"),)
    (only,) = estimated(world).buckets
    assert isinstance(only, BucketEstimate)
    assert isinstance(only.objects, Unread)
    assert only.objects.cause is Cause.DENIED
    assert only.requests == 0


def test_buckets_that_cannot_be_listed_are_told(world: World) -> None:
    world.become(estate(holding(1)))
    world.fake.faults.append(Fault(Kind.DENY, "buckets.list"))
    (unlisted,) = estimated(world).unlisted
    assert unlisted.cause is Cause.DENIED


def test_the_command_prints_it_and_looks_at_nothing(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.become(estate(holding(3)))
    arguments = [
        "scan",
        "gcs",
        "--project",
        PROJECT,
        "--endpoint",
        world.url,
        "--objects",
        "estimate",
        "--lang",
        "ja",
    ]
    assert cli.main(arguments, standalone_mode=False) == 0
    assert "合計: 1 バケット、3 オブジェクトに対しリクエスト 1 件" in capsys.readouterr().out
    assert world.fake.count("objects.list") == 0


def test_every_price_has_its_day_and_place() -> None:
    assert all(price.as_of and price.source.startswith("https://") for price in LISTING.values())
    assert price_of("RAPID", "region") == LISTING["STANDARD", True]
