"""In which countries a bucket's location lies.

Source: https://cloud.google.com/storage/docs/locations (regions, predefined dual-regions, multi-regions). A multi-region
names no countries: the provider may keep data in any of its regions there, so all countries that have one count.
"""

from collections.abc import Mapping

from cloudaudit.providers.gcs.model import Location
from cloudaudit.text import Text

COUNTRIES: Mapping[str, Text] = {
    "AU": Text(en="Australia", ja="オーストラリア"),
    "BE": Text(en="Belgium", ja="ベルギー"),
    "BR": Text(en="Brazil", ja="ブラジル"),
    "CA": Text(en="Canada", ja="カナダ"),
    "CH": Text(en="Switzerland", ja="スイス"),
    "CL": Text(en="Chile", ja="チリ"),
    "DE": Text(en="Germany", ja="ドイツ"),
    "ES": Text(en="Spain", ja="スペイン"),
    "FI": Text(en="Finland", ja="フィンランド"),
    "FR": Text(en="France", ja="フランス"),
    "GB": Text(en="United Kingdom", ja="英国"),
    "HK": Text(en="Hong Kong", ja="香港"),
    "ID": Text(en="Indonesia", ja="インドネシア"),
    "IL": Text(en="Israel", ja="イスラエル"),
    "IN": Text(en="India", ja="インド"),
    "IT": Text(en="Italy", ja="イタリア"),
    "JP": Text(en="Japan", ja="日本"),
    "KR": Text(en="South Korea", ja="韓国"),
    "MX": Text(en="Mexico", ja="メキシコ"),
    "NL": Text(en="Netherlands", ja="オランダ"),
    "PL": Text(en="Poland", ja="ポーランド"),
    "QA": Text(en="Qatar", ja="カタール"),
    "SA": Text(en="Saudi Arabia", ja="サウジアラビア"),
    "SE": Text(en="Sweden", ja="スウェーデン"),
    "SG": Text(en="Singapore", ja="シンガポール"),
    "TH": Text(en="Thailand", ja="タイ"),
    "TW": Text(en="Taiwan", ja="台湾"),
    "US": Text(en="United States", ja="米国"),
    "ZA": Text(en="South Africa", ja="南アフリカ"),
}
"""Names of every country below, by ISO 3166-1 alpha-2 code."""

REGIONS: Mapping[str, str] = {
    "africa-south1": "ZA",
    "asia-east1": "TW",
    "asia-east2": "HK",
    "asia-northeast1": "JP",
    "asia-northeast2": "JP",
    "asia-northeast3": "KR",
    "asia-south1": "IN",
    "asia-south2": "IN",
    "asia-southeast1": "SG",
    "asia-southeast2": "ID",
    "asia-southeast3": "TH",
    "australia-southeast1": "AU",
    "australia-southeast2": "AU",
    "europe-central2": "PL",
    "europe-north1": "FI",
    "europe-north2": "SE",
    "europe-southwest1": "ES",
    "europe-west1": "BE",
    "europe-west10": "DE",
    "europe-west12": "IT",
    "europe-west2": "GB",
    "europe-west3": "DE",
    "europe-west4": "NL",
    "europe-west6": "CH",
    "europe-west8": "IT",
    "europe-west9": "FR",
    "me-central1": "QA",
    "me-central2": "SA",
    "me-west1": "IL",
    "northamerica-northeast1": "CA",
    "northamerica-northeast2": "CA",
    "northamerica-south1": "MX",
    "southamerica-east1": "BR",
    "southamerica-west1": "CL",
    "us-central1": "US",
    "us-east1": "US",
    "us-east4": "US",
    "us-east5": "US",
    "us-south1": "US",
    "us-west1": "US",
    "us-west2": "US",
    "us-west3": "US",
    "us-west4": "US",
}
"""Country of every region."""

DUAL_REGIONS: Mapping[str, tuple[str, str]] = {
    "asia1": ("asia-northeast1", "asia-northeast2"),
    "eur4": ("europe-north1", "europe-west4"),
    "eur5": ("europe-west1", "europe-west2"),
    "eur7": ("europe-west2", "europe-west3"),
    "eur8": ("europe-west3", "europe-west6"),
    "nam4": ("us-central1", "us-east1"),
}
"""The two regions of every predefined dual-region."""

MULTI_REGIONS: Mapping[str, tuple[str, ...]] = {
    "asia": ("HK", "ID", "IN", "JP", "KR", "SG", "TH", "TW"),
    # Member states of the European Union: neither London nor Zurich.
    "eu": ("BE", "DE", "ES", "FI", "FR", "IT", "NL", "PL", "SE"),
    "us": ("US",),
}
"""Every country in which a multi-region may keep data."""


def countries_of(location: Location) -> tuple[str, ...] | None:
    """Return every country in which data may lie, or None where this table does not know the place.

    Two regions of a configurable dual-region decide, for its name is only the continent (``ASIA``) or country (``US``).
    """
    name = location.name.lower()
    regions = tuple(each.lower() for each in location.data_locations) or DUAL_REGIONS.get(name, (name,))
    if not location.data_locations and name in MULTI_REGIONS:
        return MULTI_REGIONS[name]
    found = {_country_of(region) for region in regions}
    return None if None in found else tuple(sorted(country for country in found if country))


def is_spread(location: Location) -> bool:
    """Return whether data lies in two or more regions; told by the name where an old answer tells no type."""
    name = location.name.lower()
    return location.type in {"dual-region", "multi-region"} or (
        not location.type and (name in MULTI_REGIONS or name in DUAL_REGIONS)
    )


def _country_of(region: str) -> str | None:
    # A zonal bucket lies in a zone of a region: us-central1-a.
    zoneless, _, zone = region.rpartition("-")
    return REGIONS.get(region) or (REGIONS.get(zoneless) if len(zone) == 1 else None)


def words_for(countries: tuple[str, ...]) -> Text:
    """Return countries for a sentence, each with its code."""
    return Text(
        en=", ".join(f"{COUNTRIES[each].en} ({each})" for each in countries),
        ja="、".join(f"{COUNTRIES[each].ja}({each})" for each in countries),
    )
