"""Text that Markdown shows as it is."""

import re

from cloudaudit.visible import visible

_SYNTAX = re.compile(r"[\\`*_{}\[\]<>#|~&@$]|:(?=//)|(?<=www)\.", re.IGNORECASE)


def literal(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return _SYNTAX.sub(r"\\\g<0>", visible(text))
