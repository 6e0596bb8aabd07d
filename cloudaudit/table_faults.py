"""What can be wrong with a table of a configuration, by the validator's name for it, in Japanese."""

from collections.abc import Mapping

from pydantic_core import ErrorDetails

FAULTS: Mapping[str, str] = {
    "missing": "必須の項目です",
    "extra_forbidden": "そのような設定項目はありません",
    "int_type": "整数で指定してください",
    "int_parsing": "整数で指定してください",
    "float_type": "数値で指定してください",
    "float_parsing": "数値で指定してください",
    "string_type": "文字列で指定してください",
    "bool_type": "true または false で指定してください",
    "bool_parsing": "true または false で指定してください",
    "list_type": "配列で指定してください",
    "tuple_type": "配列で指定してください",
    "model_type": "テーブル([...] の形式)で指定してください",
    "date_type": "2026-11-22 の形式で指定してください",
    "date_parsing": "2026-11-22 の形式で指定してください",
    "date_from_datetime_parsing": "2026-11-22 の形式で指定してください",
    "date_from_datetime_inexact": "時刻を付けずに日付で指定してください",
    "literal_error": "{expected} のいずれかを指定してください",
    "greater_than": "{gt} より大きい値を指定してください",
    "greater_than_equal": "{ge} 以上で指定してください",
    "less_than_equal": "{le} 以下で指定してください",
    "string_too_short": "空にできません",
    "string_too_long": "{max_length} 文字以内で指定してください",
    "string_pattern_mismatch": "形式が正しくありません(正規表現: {pattern})",
}


def in_japanese(fault: ErrorDetails, more: Mapping[str, str]) -> str:
    """Return what is wrong, in Japanese; a fault that is not known is told in English.

    Args:
        fault: the validator's.
        more: words for faults of one table alone.
    """
    known = more.get(fault["type"]) or FAULTS.get(fault["type"])
    if known is None:
        return fault["msg"]
    return known.format_map({name: str(said) for name, said in fault.get("ctx", {}).items()})
