import io
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.progress import Progress as RichProgress

from cloudaudit.cli import streams
from cloudaudit.cli.bilingual import default_language
from cloudaudit.cli.output import new_folder, safe, write_whole
from cloudaudit.cli.progress import Bar, Lines, Silent, remaining, shown
from cloudaudit.errors import OutputError
from cloudaudit.text import Text

SAID = Text(en="slow \x1b[31m", ja="低速 \x1b[31m")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_lines_tell_counts_and_time_left() -> None:
    out, now = io.StringIO(), iter([0.0, 0.0, 50.0])
    lines = Lines(out, "en", lambda: next(now))
    lines.expect(1000)
    lines.tick()
    lines.done(100)
    lines.tick()
    assert out.getvalue().splitlines() == [
        "read: 0 of 1000 resources",
        "read: 100 of 1000 resources, 7:30 left",
    ]


def test_lines_in_japanese() -> None:
    out = io.StringIO()
    lines = Lines(out, "ja", lambda: 0.0)
    lines.expect(2)
    lines.done()
    lines.tick()
    lines.say(SAID)
    assert out.getvalue().splitlines() == ["読み取り 1 / 2 件、残り約 0:00", "低速 \\x1b[31m"]


def test_time_left() -> None:
    assert remaining(0, 10, 5.0) is None
    assert remaining(5, 10, 65.0) == "1:05"
    assert remaining(12, 10, 5.0) == "0:00"


def test_a_log_gets_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    with shown("en", quiet=False, plain=False, interval=0.01) as progress:
        progress.expect(3)
        deadline = time.monotonic() + 5
        while "of 3" not in out.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)
    assert "read: 0 of 3 resources" in out.getvalue()


def test_a_short_scan_writes_nothing_to_a_log(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    with shown("en", quiet=False, plain=False) as progress:
        progress.expect(3)
    assert out.getvalue() == ""


def test_a_terminal_gets_a_bar_and_plain_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", Terminal())
    with shown("ja", quiet=False, plain=False) as progress:
        assert isinstance(progress, Bar)
    with shown("ja", quiet=False, plain=True) as progress:
        assert isinstance(progress, Lines)


def test_quiet_hears_and_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with shown("en", quiet=True, plain=False) as progress:
        assert isinstance(progress, Silent)
        progress.expect(1)
        progress.done()
        progress.say(SAID)
    assert capsys.readouterr() == ("", "")


def test_the_bar_counts_and_speaks() -> None:
    out = io.StringIO()
    bar = RichProgress(console=Console(file=out, width=80))
    progress = Bar(bar, "en")
    progress.expect(4)
    progress.expect(6)
    progress.done(3)
    progress.say(SAID)
    (task,) = bar.tasks
    assert (task.total, task.completed, task.description) == (10, 3, "Reading")
    assert "slow \\x1b[31m" in out.getvalue()


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LC_ALL": "C", "LANG": "ja_JP.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "ja_JP", "LANG": "C"}, "ja"),
    ],
)
def test_the_locale_names_the_language(environ: dict[str, str], language: str) -> None:
    assert default_language(environ) == language


@pytest.mark.parametrize(("name", "language"), [("Japanese_Japan", "ja"), ("English_US", "en"), (None, "en")])
def test_a_system_without_these_variables_is_asked(
    monkeypatch: pytest.MonkeyPatch, name: str | None, language: str
) -> None:
    monkeypatch.setattr("locale.getlocale", lambda: (name, None))
    assert default_language({}) == language


def test_a_stream_that_can_encode_japanese_keeps_its_encoding() -> None:
    for before, after in {"cp932": "cp932", "utf-8": "utf-8", "ascii": "utf-8", "latin-1": "utf-8"}.items():
        stream = io.TextIOWrapper(io.BytesIO(), encoding=before)
        streams.make_writable(stream)
        assert (stream.encoding, stream.errors) == (after, "replace")


def test_a_stream_of_another_kind_is_left_alone() -> None:
    stream = io.StringIO()
    streams.make_writable(stream)
    assert stream.errors is None


def test_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert streams.columns(io.StringIO()) is None
    monkeypatch.setenv("COLUMNS", "66")
    assert streams.columns(io.StringIO()) == 66
    monkeypatch.setenv("COLUMNS", "wide")
    assert streams.columns(io.StringIO()) is None


def test_colour_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert streams.wants_color(Terminal())
    assert not streams.wants_color(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not streams.wants_color(Terminal())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not streams.wants_color(Terminal())


@pytest.mark.parametrize(
    ("name", "kept"), [("aws-1", "aws-1"), ("../../x", "_.._x"), ("..", "_"), ("a b:c", "a_b_c")]
)
def test_safe_names(name: str, kept: str) -> None:
    assert safe(name) == kept


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(b"old")

    def write(out: Any) -> None:
        out.write(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError):
        write_whole(path, write)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_leaves_one_file(tmp_path: Path) -> None:
    path = tmp_path / "result.json"

    def write(out: Any) -> None:
        out.write(b"new")

    write_whole(path, write)
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_default_folder_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("cloudaudit-out").write_text("", encoding="utf-8")
    with pytest.raises(OutputError):
        new_folder(None, "aws-1", "2026-11-21T00:00:00Z")
