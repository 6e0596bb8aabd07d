"""Which characters a font can show, read from its own table, so that no name can stop a report."""

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

from cloudaudit.visible import escape, visible

_SEGMENTED = 12
"""The format of the table of characters that covers all of Unicode."""


class FontError(ValueError):
    """A font has no table of characters that we can read."""


def characters(font: Path) -> Iterator[tuple[int, int]]:
    """Yield the first and last code point of each range that a font covers.

    Raises:
        FontError: it is no OpenType font, or has no table of the segmented format.
    """
    data = font.read_bytes()
    try:
        tables = struct.unpack_from(">H", data, 4)[0]
        places = {
            tag: place
            for tag, _sum, place, _length in (
                struct.unpack_from(">4sIII", data, 12 + 16 * at) for at in range(tables)
            )
        }
        cmap = places[b"cmap"]
        count = struct.unpack_from(">H", data, cmap + 2)[0]
        for at in range(count):
            _platform, _encoding, offset = struct.unpack_from(">HHI", data, cmap + 4 + 8 * at)
            if struct.unpack_from(">H", data, cmap + offset)[0] == _SEGMENTED:
                groups = struct.unpack_from(">I", data, cmap + offset + 12)[0]
                for group in range(groups):
                    first, last, _glyph = struct.unpack_from(">III", data, cmap + offset + 16 + 12 * group)
                    yield first, last
                return
    except (struct.error, KeyError) as error:
        raise FontError(font.name) from error
    raise FontError(font.name)


class Showable:
    """Makes text that every one of some fonts can show: what one lacks is written as an escape."""

    def __init__(self, fonts: Iterable[Path]) -> None:
        covered: set[int] | None = None
        for font in fonts:
            these = {code for first, last in characters(font) for code in range(first, last + 1)}
            covered = these if covered is None else covered & these
        self._covered = frozenset(map(chr, covered or ()))

    def __call__(self, text: str) -> str:
        r"""Return the text on one line, with what the fonts lack as an escape such as ``\U0001f600``."""
        shown = visible(text)
        if self._covered.issuperset(shown):
            return shown
        return "".join(each if each in self._covered else escape(ord(each)) for each in shown)
