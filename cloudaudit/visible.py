"""Tenant strings are data: what could steer a terminal or mislead a reader is made visible."""

import codecs
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_LATIN = 0xFF
_BMP = 0xFFFF


def visible(text: str) -> str:
    r"""Return the text with control, format and bidirectional characters, lone surrogates and noncharacters shown.

    Each becomes an escape such as ``\x1b`` or ``\u202e``, which every font has. The result is one line, can
    be encoded in UTF-8 and stand in XML, and is equal to the text where there was nothing to show.
    """
    return text if text.isprintable() else "".join(map(_shown, text))


def encodable(text: str) -> str:
    """Return the text with lone surrogates as escapes, so that UTF-8 can encode it; the rest is untouched."""
    return text.encode("utf-8", "backslashreplace").decode()


def encodable_tree(value: object) -> object:
    """Return plain JSON data with ``encodable`` applied to every string and key, at any depth."""
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, Mapping):
        members = cast("Mapping[str, object]", value)
        return {encodable(key): encodable_tree(item) for key, item in members.items()}
    if isinstance(value, list | tuple):
        items = cast("Sequence[object]", value)
        return [encodable_tree(item) for item in items]
    return value


def encoded(encoder: msgspec.json.Encoder, value: Any) -> bytes:  # noqa: ANN401 - whatever the encoder takes
    """Return a value as JSON in UTF-8; text that is not valid Unicode has its faults made visible."""
    try:
        return encoder.encode(value)
    except UnicodeEncodeError:
        plain = encodable_tree(msgspec.to_builtins(value))
        # As what it was: its members keep their order.
        return encoder.encode(
            msgspec.convert(plain, type(value)) if isinstance(value, msgspec.Struct) else plain
        )


def valid_json(body: bytes) -> bytes:
    r"""Return JSON in UTF-8 in which what is not valid Unicode stands as visible text.

    A lone surrogate, which JSON can write and UTF-8 cannot, becomes the text ``\ud800``; a byte that is no UTF-8
    becomes ``\xff``. What was valid stays as it is.
    """
    text = body.decode("utf-8", _AS_TEXT)
    return _ESCAPE.sub(_paired, text).encode()


def _as_text(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    faulty = error.object[error.start : error.end]
    return "".join(f"\\\\x{byte:02x}" for byte in faulty), error.end


_AS_TEXT = "cloudaudit-as-text"
codecs.register_error(_AS_TEXT, _as_text)
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}(?P<pair>\\u[dD][c-fC-F][0-9a-fA-F]{2})?|(?P<low>u[dD][c-fC-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


def _paired(found: re.Match[str]) -> str:
    """Return an escape as it is, or its text where it is half of a pair; an escaped backslash is one of its own."""
    written = found.group()
    is_high = written[1:2] == "u" and written[2:3] in "dD" and written[3:4] in "89abAB"
    lone = found.group("low") is not None or (is_high and found.group("pair") is None)
    return "\\" + written if lone else written


def shortened(text: str, limit: int) -> str:
    """Return at most ``limit`` characters of the text, the last being ``…`` when some were left out."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _shown(character: str) -> str:
    code = ord(character)
    if unicodedata.category(character) not in _HIDDEN and not _is_noncharacter(code):
        return character
    return escape(code)


def _is_noncharacter(code: int) -> bool:
    # XML and spreadsheets refuse these; Unicode has promised never to assign them.
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF  # noqa: PLR2004 - the range is Unicode's own


def escape(code: int) -> str:
    r"""Return a code point as an escape such as ``\x1b`` or ``\u202e``."""
    if code <= _LATIN:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _BMP else f"\\U{code:08x}"
