"""Where a long name may be broken on paper."""

import re

_WORD = re.compile(r"[!-~]{13,}")
_BREAKS = re.compile(r"(?<=[/:._@=?&,;+*-])(?=[!-~])|(?<=[!-~]{24})(?=[!-~])")
_SPACE = "\u200b"


def breakable(text: str) -> str:
    """Return text that can be broken where a long name leaves no blank; the places are marked, not seen."""
    return _WORD.sub(lambda match: _BREAKS.sub(_SPACE, match[0]), text)
