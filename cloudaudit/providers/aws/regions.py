"""Where AWS regions lie: country and place, for the partitions aws, aws-cn and aws-us-gov.

Sources: the region names of the AWS SDK, and
https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
"""

from msgspec import Struct

from cloudaudit.text import Text


class RegionPlace(Struct, frozen=True):
    """Where a region lies.

    Attributes:
        country: ISO 3166-1 alpha-2 code.
        name: city, or the state or country where AWS names no city.
    """

    country: str
    name: Text


def place_of(region: str) -> RegionPlace | None:
    """Return where a region lies, or None for a region that this table does not know."""
    return PLACES.get(region)


def _at(country: str, en: str, ja: str) -> RegionPlace:
    return RegionPlace(country, Text(en=en, ja=ja))


COUNTRIES: dict[str, Text] = {
    "AE": Text(en="United Arab Emirates", ja="アラブ首長国連邦"),
    "AU": Text(en="Australia", ja="オーストラリア"),
    "BH": Text(en="Bahrain", ja="バーレーン"),
    "BR": Text(en="Brazil", ja="ブラジル"),
    "CA": Text(en="Canada", ja="カナダ"),
    "CH": Text(en="Switzerland", ja="スイス"),
    "CL": Text(en="Chile", ja="チリ"),
    "CN": Text(en="China", ja="中国"),
    "DE": Text(en="Germany", ja="ドイツ"),
    "ES": Text(en="Spain", ja="スペイン"),
    "FR": Text(en="France", ja="フランス"),
    "GB": Text(en="United Kingdom", ja="英国"),
    "HK": Text(en="Hong Kong", ja="香港"),
    "ID": Text(en="Indonesia", ja="インドネシア"),
    "IE": Text(en="Ireland", ja="アイルランド"),
    "IL": Text(en="Israel", ja="イスラエル"),
    "IN": Text(en="India", ja="インド"),
    "IT": Text(en="Italy", ja="イタリア"),
    "JP": Text(en="Japan", ja="日本"),
    "KR": Text(en="South Korea", ja="韓国"),
    "MX": Text(en="Mexico", ja="メキシコ"),
    "MY": Text(en="Malaysia", ja="マレーシア"),
    "NZ": Text(en="New Zealand", ja="ニュージーランド"),
    "SA": Text(en="Saudi Arabia", ja="サウジアラビア"),
    "SE": Text(en="Sweden", ja="スウェーデン"),
    "SG": Text(en="Singapore", ja="シンガポール"),
    "TH": Text(en="Thailand", ja="タイ"),
    "TW": Text(en="Taiwan", ja="台湾"),
    "US": Text(en="United States", ja="米国"),
    "ZA": Text(en="South Africa", ja="南アフリカ"),
}
"""Names of every country in PLACES, by code."""

PLACES: dict[str, RegionPlace] = {
    "af-south-1": _at("ZA", "Cape Town", "ケープタウン"),
    "ap-east-1": _at("HK", "Hong Kong", "香港"),
    "ap-east-2": _at("TW", "Taipei", "台北"),
    "ap-northeast-1": _at("JP", "Tokyo", "東京"),
    "ap-northeast-2": _at("KR", "Seoul", "ソウル"),
    "ap-northeast-3": _at("JP", "Osaka", "大阪"),
    "ap-south-1": _at("IN", "Mumbai", "ムンバイ"),
    "ap-south-2": _at("IN", "Hyderabad", "ハイデラバード"),
    "ap-southeast-1": _at("SG", "Singapore", "シンガポール"),
    "ap-southeast-2": _at("AU", "Sydney", "シドニー"),
    "ap-southeast-3": _at("ID", "Jakarta", "ジャカルタ"),
    "ap-southeast-4": _at("AU", "Melbourne", "メルボルン"),
    "ap-southeast-5": _at("MY", "Malaysia", "マレーシア"),
    "ap-southeast-6": _at("NZ", "New Zealand", "ニュージーランド"),
    "ap-southeast-7": _at("TH", "Thailand", "タイ"),
    "ca-central-1": _at("CA", "Central Canada", "カナダ中部"),
    "ca-west-1": _at("CA", "Calgary", "カルガリー"),
    "cn-north-1": _at("CN", "Beijing", "北京"),
    "cn-northwest-1": _at("CN", "Ningxia", "寧夏"),
    "eu-central-1": _at("DE", "Frankfurt", "フランクフルト"),
    "eu-central-2": _at("CH", "Zurich", "チューリッヒ"),
    "eu-north-1": _at("SE", "Stockholm", "ストックホルム"),
    "eu-south-1": _at("IT", "Milan", "ミラノ"),
    "eu-south-2": _at("ES", "Spain", "スペイン"),
    "eu-west-1": _at("IE", "Ireland", "アイルランド"),
    "eu-west-2": _at("GB", "London", "ロンドン"),
    "eu-west-3": _at("FR", "Paris", "パリ"),
    "il-central-1": _at("IL", "Tel Aviv", "テルアビブ"),
    "me-central-1": _at("AE", "United Arab Emirates", "アラブ首長国連邦"),
    "me-south-1": _at("BH", "Bahrain", "バーレーン"),
    "me-west-1": _at("SA", "Saudi Arabia", "サウジアラビア"),
    "mx-central-1": _at("MX", "Central Mexico", "メキシコ中部"),
    "sa-east-1": _at("BR", "São Paulo", "サンパウロ"),
    "sa-west-1": _at("CL", "Chile", "チリ"),
    "us-east-1": _at("US", "Northern Virginia", "バージニア北部"),
    "us-east-2": _at("US", "Ohio", "オハイオ"),
    "us-gov-east-1": _at("US", "GovCloud (US-East)", "GovCloud(米国東部)"),
    "us-gov-west-1": _at("US", "GovCloud (US-West)", "GovCloud(米国西部)"),
    "us-west-1": _at("US", "Northern California", "北カリフォルニア"),
    "us-west-2": _at("US", "Oregon", "オレゴン"),
}
"""Every region by its code."""
