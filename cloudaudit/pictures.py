"""Whether a small picture is whole: a broken one would fail in the middle of a report, a huge one fill the memory. Pure."""

import struct
import zlib
from collections.abc import Iterator

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
LONGEST_SIDE = 4_000
"""Pixels; a few kilobytes of PNG can stand for gigabytes of them."""

_CHUNK = struct.Struct(">I4s")
_SIDES = struct.Struct(">II")
_STANDALONE = {0x01, *range(0xD0, 0xD9)}
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN = 0xDA


def is_whole(content: bytes) -> bool:
    """Return whether it is a PNG or JPEG that is all there and of a bounded size.

    Sources: https://www.w3.org/TR/png/#5Chunk-layout and https://www.w3.org/Graphics/JPEG/itu-t81.pdf (annex B).
    """
    try:
        if content.startswith(PNG):
            return _png(content)
        return content.startswith(JPEG) and _jpeg(content)
    except (struct.error, IndexError, zlib.error, ValueError):
        return False


def _png(content: bytes) -> bool:
    chunks = list(_chunks(content))
    if not chunks or chunks[0][0] != b"IHDR" or chunks[-1] != (b"IEND", b""):
        return False
    if not _bounded(*_SIDES.unpack_from(chunks[0][1])):
        return False
    inflated = zlib.decompressobj()
    rest = b"".join(body for kind, body in chunks if kind == b"IDAT")
    while rest:
        inflated.decompress(rest, 1 << 20)
        rest = inflated.unconsumed_tail
    return inflated.eof


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(PNG)
    while place < len(content):
        length, kind = _CHUNK.unpack_from(content, place)
        body = content[place + _CHUNK.size : place + _CHUNK.size + length]
        place += _CHUNK.size + length
        (checksum,) = struct.unpack_from(">I", content, place)
        if zlib.crc32(kind + body) != checksum:
            raise ValueError(kind)
        place += 4
        yield kind, body
        if kind == b"IEND":
            return


def _jpeg(content: bytes) -> bool:
    place, sides = 2, (0, 0)
    while True:
        if content[place] != 0xFF:  # noqa: PLR2004 - every marker begins with it
            return False
        marker = content[place + 1]
        place += 1
        if marker == 0xFF:  # noqa: PLR2004 - it may be repeated before a marker
            continue
        place += 1
        if marker in _STANDALONE:
            continue
        (length,) = struct.unpack_from(">H", content, place)
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", content, place + 3)
            sides = (width, height)
        if marker == _START_OF_SCAN:
            return _bounded(*sides) and b"\xff\xd9" in content[place:]
        place += length


def _bounded(width: int, height: int) -> bool:
    return 0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE
