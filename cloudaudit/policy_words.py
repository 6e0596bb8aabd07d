"""The values of the audit policy in words."""

from collections.abc import Mapping, Sequence
from typing import cast

import msgspec

from cloudaudit.text import Language, Text
from cloudaudit.visible import visible


def threshold(value: object, language: Language) -> str:
    """Return a threshold of the policy in words."""
    if value is None:
        return Text(en="none", ja="定めなし").in_(language)
    if isinstance(value, bool):
        return (Text(en="yes", ja="はい") if value else Text(en="no", ja="いいえ")).in_(language)
    if isinstance(value, str | int | float):
        return visible(str(value))
    listed = msgspec.to_builtins(value)
    if isinstance(listed, list | tuple):
        items = cast("Sequence[object]", listed)
        nothing = Text(en="none named", ja="指定なし").in_(language)
        return visible(", ".join(map(_item, items))) if items else nothing
    return visible(msgspec.json.encode(listed).decode())


def _item(item: object) -> str:
    if isinstance(item, Mapping):
        return " / ".join(map(str, cast("Mapping[str, object]", item).values()))
    return str(item)
