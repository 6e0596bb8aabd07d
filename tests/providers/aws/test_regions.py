import json
from importlib.resources import files

import pytest

from cloudaudit.providers.aws.regions import COUNTRIES, PLACES, place_of


def known_to_the_sdk() -> set[str]:
    partitions = json.loads(files("botocore").joinpath("data/partitions.json").read_text(encoding="utf-8"))
    return {
        region
        for partition in partitions["partitions"]
        if partition["id"] in {"aws", "aws-cn", "aws-us-gov"}
        for region in partition["regions"]
        if not region.endswith("-global")
    }


def test_every_region_of_the_sdk_has_a_place() -> None:
    assert known_to_the_sdk() <= PLACES.keys()


def test_every_country_of_a_region_has_a_name_and_no_other_does() -> None:
    assert {place.country for place in PLACES.values()} == COUNTRIES.keys()


@pytest.mark.parametrize(
    ("region", "country"),
    [
        ("ap-northeast-1", "JP"),
        ("ap-northeast-3", "JP"),
        ("ap-east-1", "HK"),
        ("ca-west-1", "CA"),
        ("cn-northwest-1", "CN"),
        ("eu-west-2", "GB"),
        ("us-gov-west-1", "US"),
    ],
)
def test_a_region_lies_in_its_country(region: str, country: str) -> None:
    place = place_of(region)
    assert place is not None
    assert place.country == country


@pytest.mark.parametrize("region", ["", "global", "xx-nowhere-1", "AP-NORTHEAST-1"])
def test_an_unknown_region_has_no_place(region: str) -> None:
    assert place_of(region) is None
