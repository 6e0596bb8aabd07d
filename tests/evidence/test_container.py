"""The container: one way to write it, and every other byte shows."""

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudaudit.errors import EvidenceError, SealError
from cloudaudit.evidence.container import opened, safe_name, write

FILES = {"a.txt": b"one", "folder/b.bin": bytes(range(40)), "顧客.txt": b""}


def written(files: dict[str, Any] | None = None) -> bytes:
    out = io.BytesIO()
    write(out, FILES if files is None else files)
    return out.getvalue()


def read_all(path: Path) -> None:
    with opened(path) as container:
        for entry in container.entries:
            container.digest(entry.name)


def refused(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(EvidenceError) as caught:
        read_all(path)
    assert caught.value.exit == 4
    return caught.value.diagnostics().en


def test_what_was_written_is_read(tmp_path: Path) -> None:
    (tmp_path / "on-disk").write_bytes(FILES["folder/b.bin"])
    content = written({**FILES, "folder/b.bin": tmp_path / "on-disk"})
    assert content == written()
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with opened(path) as container:
        assert [entry.name for entry in container.entries] == sorted(FILES)
        assert {entry.name: container.read(entry.name, 100) for entry in container.entries} == FILES


def test_every_bit_of_a_small_container_shows(tmp_path: Path) -> None:
    content = bytearray(written({"a": b"x", "b": b"yz"}))
    for place in range(len(content)):
        for bit in (0, 7):
            content[place] ^= 1 << bit
            try:
                refused(tmp_path / "x.zip", bytes(content))
            except BaseException as error:
                message = f"byte {place}, bit {bit}: {error!r}"
                raise AssertionError(message) from error
            content[place] ^= 1 << bit


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "appended": lambda content: content + b"\0",
    "twice": lambda content: content + content,
    "before": lambda content: b"#!/bin/sh\n" + content,
    "torn": lambda content: content[:-1],
    "half": lambda content: content[: len(content) // 2],
    "empty": lambda _: b"",
    "short": lambda _: b"PK\x03\x04",
    "no zip": lambda _: b"%PDF-1.7 no zip at all",
    "comment": lambda content: content[:-2] + struct.pack("<H", 3) + b"hey",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_bytes_that_do_not_belong(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    assert "does not verify" in refused(tmp_path / "x.zip", change(written()))


def zipped(make: Callable[[zipfile.ZipFile], None], compression: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        make(archive)
    return out.getvalue()


def info(name: str, **attributes: Any) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    made.external_attr = 0o100644 << 16
    for attribute, value in attributes.items():
        setattr(made, attribute, value)
    return made


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_entries_of_one_name(tmp_path: Path) -> None:
    def twice(archive: zipfile.ZipFile) -> None:
        archive.writestr(info("result.json"), b"good")
        archive.writestr(info("result.json"), b"bad")

    assert "two files have one name" in refused(tmp_path / "x.zip", zipped(twice))


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "/etc/passwd",
        "a/../../b",
        "C:/x",
        "a\\b",
        "..",
        "a//b",
        "a/",
        "a\nb",
        "x.",
        "a\u202eb",
        "e\u0301",
        " a",
    ],
)
def test_a_path_that_leaves_the_folder(tmp_path: Path, name: str) -> None:
    assert not safe_name(name)
    assert "not allowed" in refused(
        tmp_path / "x.zip", zipped(lambda archive: archive.writestr(info(name), b""))
    )
    with pytest.raises(SealError):
        written({name: b""})


def test_names_that_are_one_on_some_systems_are_not_sealed() -> None:
    with pytest.raises(SealError):
        written({"Report.md": b"", "report.md": b""})


@pytest.mark.parametrize(
    "odd",
    [
        {"date_time": (2026, 1, 1, 0, 0, 0)},
        {"external_attr": 0o100755 << 16},
        {"create_system": 0},
        {"extra": b"\x99\x99\x01\x00x"},
        {"comment": b"hello"},
    ],
    ids=["date", "attributes", "system", "extra", "comment"],
)
def test_what_a_zip_may_hide_in(tmp_path: Path, odd: dict[str, Any]) -> None:
    content = zipped(lambda archive: archive.writestr(info("a", **odd), b"x"))
    assert "differ" in refused(tmp_path / "x.zip", content)


def test_entries_out_of_order(tmp_path: Path) -> None:
    def unordered(archive: zipfile.ZipFile) -> None:
        archive.writestr(info("b"), b"x")
        archive.writestr(info("a"), b"x")

    assert "not in order" in refused(tmp_path / "x.zip", zipped(unordered))


def test_a_bomb_is_refused_before_anything_is_inflated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = zipped(lambda archive: archive.writestr("zeros", bytes(50_000_000)), zipfile.ZIP_DEFLATED)
    assert len(bomb) < 100_000

    def inflate(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("zlib.decompressobj", inflate)
    assert "compressed" in refused(tmp_path / "x.zip", bomb)


def test_a_bomb_of_entries_that_share_their_bytes(tmp_path: Path) -> None:
    """Many entries of the directory point at one and the same content."""
    one = zipped(lambda archive: archive.writestr(info("a0000"), bytes(100_000)))
    end = one.rindex(b"PK\x05\x06")
    start = struct.unpack_from("<L", one, end + 16)[0]
    entry = one[start:end]
    place = entry.index(b"a0000")
    many = b"".join(entry[:place] + b"a%04d" % number + entry[place + 5 :] for number in range(2_000))
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2_000, 2_000, len(many), start, 0)
    assert "do not follow" in refused(tmp_path / "x.zip", one[:start] + many + tail)


def test_too_many_entries_are_not_even_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = bytearray(written())
    struct.pack_into("<HH", content, len(content) - 14, 60_000, 60_000)

    def listed(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(zipfile.ZipFile, "__init__", listed)
    assert "directory" in refused(tmp_path / "x.zip", bytes(content))


def test_a_huge_file_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with path.open("wb") as file:
        file.truncate(5 << 30)  # sparse: it takes no room
    with pytest.raises(EvidenceError, match="4 GiB"), opened(path):
        pass


def test_it_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="cannot be read"), opened(tmp_path / "x.zip"):
        pass


@settings(max_examples=40)
@given(st.binary(max_size=400))
def test_no_bytes_at_all_bring_anything_but_the_one_error(
    tmp_path_factory: pytest.TempPathFactory, tail: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.zip"
    for content in (tail, b"PK\x03\x04" + tail, written()[:60] + tail):
        refused(path, content)
