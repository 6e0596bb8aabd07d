"""What differs on Windows and macOS, imitated here: nothing of this was run there."""

import ast
import errno
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cloudaudit.cli import mask_key
from cloudaudit.cli.streams import make_writable, reader_gone
from cloudaudit.fleet import process
from cloudaudit.fleet.plan import Job
from tools.docs import cli_page
from tools.make import COMMANDS, DEMO, TESTS, fresh, interpreter

ROOT = Path(__file__).parents[2]
SOURCES = [path for top in ("cloudaudit", "checks", "reports") for path in sorted((ROOT / top).rglob("*.py"))]
NOT_EVERYWHERE = {"fcntl", "grp", "posix", "pwd", "resource", "termios", "tty", "msvcrt", "winreg", "_winapi"}
BINARY = 0x8000
ONLY_IN_FILES = {"—", "–"}
"""In UTF-8 files alone: cp932 has no dashes of these widths."""


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in SOURCES:
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def test_nothing_is_imported_that_one_system_alone_has() -> None:
    found: list[tuple[str, str]] = []
    for path, tree in trees():
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [(path.name, name) for name in names if name.partition(".")[0] in NOT_EVERYWHERE]
    assert found == []


def test_every_text_for_people_can_be_printed_on_a_japanese_windows_console() -> None:
    lost = {
        (path.name, part.lineno, character)
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Text", "Words", "Setting"}
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
        for character in part.value
        if character.encode("cp932", "ignore").decode("cp932") == ""
        and not (path.name in {"html.py", "_pdf_data.py"} and character in ONLY_IN_FILES)
    }
    assert lost == set()


def test_the_help_of_every_command_comes_through_a_cp932_stream_whole() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="cp932", newline="")
    make_writable(stream)
    stream.write(cli_page())
    stream.flush()
    assert stream.encoding == "cp932"
    assert raw.getvalue().decode("cp932") == cli_page()


def test_a_stream_without_japanese_becomes_utf_8_and_no_name_breaks_it() -> None:
    for encoding, kept in (("cp1252", "確認 é"), ("cp932", "確認 ?")):
        raw = io.BytesIO()
        stream = io.TextIOWrapper(raw, encoding=encoding, newline="")
        make_writable(stream)
        stream.write("確認 é")
        stream.flush()
        assert raw.getvalue().decode(stream.encoding) == kept


def test_a_reader_that_is_gone_is_no_error_on_windows_either(monkeypatch: pytest.MonkeyPatch) -> None:
    gone, wrong, full = (OSError(number, "") for number in (errno.EPIPE, errno.EINVAL, errno.ENOSPC))
    assert [reader_gone(error) for error in (gone, wrong, full)] == [True, False, False]
    with monkeypatch.context() as patch:
        patch.setattr(os, "name", "nt")
        on_windows = [reader_gone(error) for error in (gone, wrong, full)]
    assert on_windows == [True, True, False]


def test_a_key_is_written_as_bytes_where_systems_tell_text_apart(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[int] = []
    real = os.open

    def watched(path: Any, flags: int, mode: int) -> int:
        asked.append(flags)
        return real(path, flags & ~BINARY, mode)

    monkeypatch.setattr(os, "O_BINARY", BINARY, raising=False)
    monkeypatch.setattr(os, "open", watched)
    _, made = mask_key.open_masker(tmp_path / "mask.key")
    assert made is not None
    assert asked
    assert asked[0] & BINARY


def test_a_key_pressed_at_a_windows_console_is_for_the_fleet_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, Any] = {}

    def started(command: list[str], **given: Any) -> subprocess.Popen[bytes]:
        told.update(given)
        return real([*command[:1], "-c", "pass"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    real = subprocess.Popen
    job = Job(name="a", title="a", provider="aws", arguments=("aws",))
    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0x200, raising=False)
        patch.setattr(subprocess, "Popen", started)
        patch.setattr(os, "name", "nt")
        running = process.TargetProcess(process.Order(job=job, folder="nowhere"))
    assert running.row().code == 3
    assert (told["creationflags"], told["start_new_session"]) == (0x200, False)


def test_the_two_commands_without_make_do_what_the_makefile_does() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for installed in (DEMO, TESTS):
        wanted = [
            word for word in installed if word not in {"install", "--quiet", "--disable-pip-version-check"}
        ]
        line = " ".join(f"'{word}'" if word.startswith(".[") else word for word in wanted)
        assert f"install {line}" in makefile
    recipe = makefile.replace("$(BIN)/python -m ", "$(BIN)/")
    for module in COMMANDS["test"][2]:
        assert f"$(BIN)/{' '.join(module)}" in recipe
    assert interpreter(Path("v"), "nt") == Path("v", "Scripts", "python.exe")


def test_nothing_is_installed_twice(tmp_path: Path) -> None:
    project, marker = tmp_path / "pyproject.toml", tmp_path / "marker"
    project.touch()
    assert not fresh(marker, project)
    marker.touch()
    assert fresh(marker, project)
    os.utime(marker, (1, 1))
    assert not fresh(marker, project)


def test_without_a_word_it_says_which_there_are() -> None:
    done = subprocess.run(  # noqa: S603 - the project's own script
        [sys.executable, str(ROOT / "tools" / "make.py")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "demo|lint|docs|test" in done.stderr
