"""The files of one target as bytes, to be carried from one machine to another. Bounded, and the same for equal files."""

import zlib
from pathlib import Path, PurePosixPath

import msgspec
from msgspec import Struct

from cloudaudit.errors import Exit
from cloudaudit.fleet.plan import Job
from cloudaudit.fleet.rows import Row, failed
from cloudaudit.text import Text

LIMIT = 256 * 2**20
"""Bytes, compressed, that the files of one target may have; the memory of worker, scheduler and coordinator holds them."""

_LEVEL = 1
_AT_ONCE = 2**20


class Parcel(Struct, frozen=True):
    """A row, and the target's files, compressed, by their names in its folder."""

    row: Row
    files: dict[str, bytes]


def pack(job: Job, row: Row, folder: Path) -> bytes:
    """Return row and files as bytes; where the files are too large, a row that says so and no files."""
    files: dict[str, bytes] = {}
    left = LIMIT
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = _compressed(path, left)
        if content is None:
            return msgspec.msgpack.encode(Parcel(_too_large(job), {}))
        files[path.relative_to(folder).as_posix()] = content
        left -= len(content)
    return msgspec.msgpack.encode(Parcel(row, files))


def unpack(parcel: bytes, folder: Path) -> Row:
    """Write the files into a folder and return the row.

    Raises:
        OSError: a file cannot be written.
        ValueError: it is no parcel, or names a file outside the folder.
    """
    opened = msgspec.msgpack.decode(parcel, type=Parcel)
    for name, content in opened.files.items():
        parts = PurePosixPath(name).parts
        if not parts or ".." in parts or name.startswith("/") or "\\" in name or ":" in name:
            message = "a file outside the folder"
            raise ValueError(message)
        path = folder.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, content)
    return opened.row


def _compressed(path: Path, limit: int) -> bytes | None:
    squeeze = zlib.compressobj(_LEVEL)
    parts: list[bytes] = []
    size = 0
    with path.open("rb") as file:
        while chunk := file.read(_AT_ONCE):
            parts.append(squeeze.compress(chunk))
            size += len(parts[-1])
            if size > limit:
                return None
    parts.append(squeeze.flush())
    return b"".join(parts) if size + len(parts[-1]) <= limit else None


def _write(path: Path, content: bytes) -> None:
    spread = zlib.decompressobj()
    with path.open("wb") as file:
        rest = content
        while rest:
            file.write(spread.decompress(rest, _AT_ONCE))
            rest = spread.unconsumed_tail
        file.write(spread.flush())


def _too_large(job: Job) -> Row:
    size = LIMIT // 2**20
    reason = Text(
        en=f"its results are larger than {size} MiB compressed and were not carried over; scan it on one machine, "
        "without --engine dask",
        ja=f"結果が圧縮後 {size} MiB を超えるため転送していません。--engine dask を付けずに 1 台でスキャンしてください",
    )
    return failed(job.name, job.title, job.provider, Exit.INCOMPLETE, reason)
