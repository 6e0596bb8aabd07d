"""A bundle's container: a zip of which there is exactly one way to write it, so that any other byte shows.

Entries are stored, not compressed: what a compressor writes differs between its versions, and stored entries cannot be
a bomb. They are ordered by name; dates, attributes and versions are fixed; there is no extra field, no comment, no data
descriptor, nothing before the first entry and nothing after the end. To verify, the zip is written again from its
entries and compared.
"""

import re
import struct
import tempfile
import unicodedata
import zipfile
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple

from cloudaudit.errors import EvidenceError, SealError
from cloudaudit.text import Text

LARGEST = 0xFFFF_FFFE
"""Bytes of a bundle at most: beyond this a zip needs extra fields."""
MOST_ENTRIES = 10_000
CHUNK = 1 << 20
_LARGEST_DIRECTORY = 4 << 20
_LONGEST_NAME = 400
_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_VERSION = 20
_REGULAR_FILE = 0o100644 << 16
_END = struct.Struct("<4s4H2LH")
_END_MARK = b"PK\x05\x06"
_UTF8_NAME = 0x800
_LOCAL_HEADER = 30
_FIRST_MARK = b"PK\x03\x04"
_UNSAFE = re.compile(r'[\\:*?"<>|\x00-\x1f\x7f-\x9f]')


class Entry(NamedTuple):
    """One file of a bundle."""

    name: str
    size: int


def safe_name(name: str) -> bool:
    """Whether a name stays in its folder on every system, is of one form only, and can be shown."""
    return (
        0 < len(name.encode("utf-8", "replace")) <= _LONGEST_NAME
        and not _UNSAFE.search(name)
        and all(part and part == part.strip(" ") and not part.endswith(".") for part in name.split("/"))
        and not any(unicodedata.category(character) in {"Cf", "Cs", "Zl", "Zp"} for character in name)
        and unicodedata.normalize("NFC", name) == name
    )


def write(out: BinaryIO, files: Mapping[str, bytes | Path]) -> None:
    """Write a canonical zip; files on disk are streamed.

    Args:
        out: a file that can seek.
        files: the contents, or where they lie, by name.

    Raises:
        SealError: a name is not safe, or there is too much for one bundle.
        OSError: a file cannot be read, or the zip cannot be written.
    """
    _refuse_unsafe(files)
    try:
        _write(out, ((name, files[name]) for name in sorted(files)))
    except zipfile.LargeZipFile as error:
        raise SealError(
            Text(
                en="The evidence is larger than 4 GiB, more than one bundle holds; narrow the run or split the target.",
                ja="証跡が 1 つのファイルの上限(4 GiB)を超えています。対象を分割して実行してください。",
            )
        ) from error


def _refuse_unsafe(names: Iterable[str]) -> None:
    unsafe = sorted(name for name in names if not safe_name(name))
    folded = [unicodedata.normalize("NFKC", name).casefold() for name in names]
    if unsafe or len(folded) != len(set(folded)) or len(folded) > MOST_ENTRIES:
        raise SealError(
            Text(
                en=f"These files cannot be sealed under their names: {', '.join(map(repr, unsafe[:3])) or 'too many, or two'}"
                "; rename them and run again.",
                ja="名前が使用できないファイルがあるため封印できません"
                f"({'、'.join(map(repr, unsafe[:3])) or '件数が多すぎるか、名前が重複しています'})。"
                "名前を変更して再実行してください。",
            )
        )


def _write(out: IO[bytes], entries: Iterable[tuple[str, bytes | Path | zipfile.ZipFile]]) -> None:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED, allowZip64=False) as archive:
        for name, content in entries:
            info = zipfile.ZipInfo(name, _DATE)
            info.create_system = _UNIX
            info.create_version = info.extract_version = _VERSION
            info.external_attr = _REGULAR_FILE
            with archive.open(info, "w") as entry:
                for chunk in _chunks(name, content):
                    entry.write(chunk)


def _chunks(name: str, content: "bytes | Path | zipfile.ZipFile") -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") if isinstance(content, Path) else content.open(name) as file:
        while chunk := file.read(CHUNK):
            yield chunk


class Container:
    """An open bundle whose every byte is where a canonical zip has it.

    Attributes:
        sha256: of the whole file, in hexadecimal.
    """

    def __init__(self, path: Path, archive: zipfile.ZipFile, digest: str) -> None:
        self.path = path
        self.sha256 = digest
        self._archive = archive

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The files, by name."""
        return tuple(Entry(info.filename, info.file_size) for info in self._archive.infolist())

    def read(self, name: str, limit: int) -> bytes:
        """Return a small file whole.

        Raises:
            EvidenceError: it is not there, or is larger than ``limit`` bytes.
        """
        with self.stream(name) as file:
            content = file.read(limit + 1)
        if len(content) > limit:
            raise not_a_bundle(self.path, f"{name} is too large", f"{name} が大きすぎます")
        return content

    @contextmanager
    def stream(self, name: str) -> Generator[IO[bytes]]:
        """Open a file for reading.

        Raises:
            EvidenceError: it is not there.
        """
        if name not in self._archive.NameToInfo:
            raise not_a_bundle(self.path, f"{name} is missing", f"{name} がありません")
        with self._archive.open(name) as file:
            yield file

    def digest(self, name: str) -> str:
        """Return the SHA-256 of a file, in hexadecimal."""
        state = sha256()
        for chunk in _chunks(name, self._archive):
            state.update(chunk)
        return state.hexdigest()

    def longest_line(self, name: str) -> int:
        """Return the bytes of the longest line of a file, without holding one."""
        longest = here = 0
        for chunk in _chunks(name, self._archive):
            first, *others = chunk.split(b"\n")
            here += len(first)
            for other in others:
                longest, here = max(longest, here), len(other)
        return max(longest, here)

    def extract(self, name: str, place: Path) -> None:
        """Write a file of the bundle to a place that the caller chose."""
        with place.open("wb") as out:
            for chunk in _chunks(name, self._archive):
                out.write(chunk)


@contextmanager
def opened(path: Path) -> Generator[Container]:
    """Open a bundle and see to it that its container is canonical, byte by byte.

    Raises:
        EvidenceError: it is no bundle, or a byte of it is not where it belongs; nothing was extracted.
    """
    with _open(path) as (file, archive):
        yield Container(path, archive, _compared(path, file, archive))


@contextmanager
def peeked(path: Path) -> Generator[Container]:
    """Open a bundle without going over its bytes, which is quick; its ``sha256`` is empty.

    Raises:
        EvidenceError: it is no bundle.
    """
    with _open(path) as (_, archive):
        yield Container(path, archive, "")


@contextmanager
def _open(path: Path) -> Generator[tuple[BinaryIO, zipfile.ZipFile]]:
    try:
        with path.open("rb") as file:
            _refuse_odd_frame(path, file)
            with zipfile.ZipFile(file) as archive:
                _refuse_odd_entries(path, archive)
                yield file, archive
    except (zipfile.BadZipFile, NotImplementedError, EOFError, UnicodeDecodeError, struct.error) as error:
        raise not_a_bundle(path, f"the container is damaged: {error}", "ファイルが破損しています") from error
    except OSError as error:
        raise EvidenceError(
            Text(
                en=f"{path} cannot be read ({error.strerror}); check the path.",
                ja=f"{path} を読み込めません({error.strerror})。パスを確認してください。",
            )
        ) from error


def _refuse_odd_frame(path: Path, file: BinaryIO) -> None:
    """Look at the two ends before a library reads anything: its directory must be small and end the file."""
    size = file.seek(0, 2)
    if size > LARGEST:
        raise not_a_bundle(path, "it is larger than 4 GiB", "4 GiB を超えています")
    file.seek(0)
    first = file.read(len(_FIRST_MARK))
    file.seek(max(size - _END.size, 0))
    last = file.read()
    if first != _FIRST_MARK or len(last) != _END.size or not last.startswith(_END_MARK):
        raise not_a_bundle(
            path,
            "it is no zip, is cut off, or has bytes before its start or after its end",
            "zip 形式ではないか、途中で切れているか、前後に余分なデータがあります",
        )
    _, disk, first_disk, here, entries, length, start, comment = _END.unpack(last)
    whole = start + length + _END.size == size and here == entries
    if disk or first_disk or comment or not whole or length > _LARGEST_DIRECTORY or entries > MOST_ENTRIES:
        raise not_a_bundle(path, "its directory is not as sealed", "内部の目録が封印時の形式ではありません")
    file.seek(0)


def _refuse_odd_entries(path: Path, archive: zipfile.ZipFile) -> None:
    names = [info.filename for info in archive.infolist()]
    place = 0
    for info in archive.infolist():
        if info.flag_bits & ~_UTF8_NAME:
            raise not_a_bundle(
                path, "an entry is encrypted or streamed", "想定外の形式のファイルが含まれています"
            )
        # Nothing is decompressed, ever: a compressed entry is no entry of a bundle.
        if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
            raise not_a_bundle(path, "an entry is compressed", "圧縮されたファイルが含まれています")
        if info.orig_filename != info.filename or not safe_name(info.filename):
            raise not_a_bundle(
                path,
                f"the name {info.filename!r} leads out of the folder or is not allowed",
                f"許可されていないファイル名 {info.filename!r} が含まれています(フォルダー外を指す名前など)",
            )
        # Entries that share their bytes could be many times as large as the file.
        if info.header_offset != place:
            raise not_a_bundle(path, "its entries do not follow each other", "内部のファイル配置が不正です")
        place += _LOCAL_HEADER + len(info.filename.encode()) + info.file_size
    if names != sorted(set(names)):
        raise not_a_bundle(
            path,
            "two files have one name, or they are not in order",
            "同名のファイルが複数あるか、並び順が封印時と異なります",
        )


def _compared(path: Path, file: BinaryIO, archive: zipfile.ZipFile) -> str:
    """Write the zip again from its entries, compare every byte, and return the file's SHA-256."""
    state = sha256()
    with tempfile.TemporaryFile() as again:
        _write(again, ((info.filename, archive) for info in archive.infolist()))
        again.seek(0)
        file.seek(0)
        while True:
            given, made = file.read(CHUNK), again.read(CHUNK)
            if given != made:
                raise not_a_bundle(
                    path,
                    "its bytes differ from the one way to write it",
                    "ファイルのバイト列が封印時の形式と一致しません",
                )
            if not given:
                return state.hexdigest()
            state.update(given)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal.

    Raises:
        OSError: it cannot be read.
    """
    state = sha256()
    for chunk in _chunks("", path):
        state.update(chunk)
    return state.hexdigest()


def not_a_bundle(path: Path, en: str, ja: str) -> EvidenceError:
    """Return the error for a file that is not, byte by byte, what was sealed."""
    return EvidenceError(
        Text(
            en=f"{path} does not verify: {en}. Take the file as it was sealed, from where it is kept.",
            ja=f"{path} は検証できません: {ja}。封印時のファイルを保管場所から入手してください。",
        )
    )
