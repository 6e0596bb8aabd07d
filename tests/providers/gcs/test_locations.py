from cloudaudit.providers.gcs.locations import COUNTRIES, DUAL_REGIONS, MULTI_REGIONS, REGIONS


def test_every_country_has_a_name_and_every_name_a_place() -> None:
    used = {*REGIONS.values(), *(country for each in MULTI_REGIONS.values() for country in each)}
    assert used == set(COUNTRIES)


def test_dual_regions_are_two_known_regions() -> None:
    assert all(set(pair) <= set(REGIONS) and len(set(pair)) == 2 for pair in DUAL_REGIONS.values())


def test_the_european_union_has_neither_london_nor_zurich() -> None:
    assert not {"GB", "CH"} & set(MULTI_REGIONS["eu"])
    union = {country for region, country in REGIONS.items() if region.startswith("europe")} - {"GB", "CH"}
    assert union == set(MULTI_REGIONS["eu"])


def test_asia_has_every_country_with_a_region_there() -> None:
    assert {country for region, country in REGIONS.items() if region.startswith("asia")} == set(
        MULTI_REGIONS["asia"]
    )
