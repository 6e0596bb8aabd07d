"""``cloudaudit report``, and the options of reports that scan and judge share with it."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from platformdirs import user_config_path

from cloudaudit.cli.mask_key import default_path

GOLDEN = Path(__file__).parent.parent / "golden" / "result.json"


@pytest.fixture
def scanned(desk: Any) -> Path:
    desk.scan()
    folder: Path = desk.runs[0]
    return folder


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "client" / "result.json"
    path.parent.mkdir()
    path.write_bytes(GOLDEN.read_bytes())
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def test_html_is_written_beside_the_result_and_its_path_is_printed(desk: Any, saved: Path) -> None:
    done = desk.run("report", str(saved))
    assert done.exit_code == 0
    assert done.stdout == f"{saved.with_name('report.html')}\n"
    assert names(saved.parent) == ["report.html", "result.json"]


def test_formats_and_languages_come_in_lists(desk: Any, saved: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = desk.run(
        "report",
        str(saved),
        "--format",
        "html,markdown",
        "--format",
        "json",
        "--lang",
        "ja,en",
        "--out",
        str(out),
    )
    assert done.exit_code == 0
    assert names(out) == ["report.html", "result.json", "summary.md"]
    assert (out / "result.json").read_bytes() == saved.read_bytes()
    page = (out / "report.html").read_text(encoding="utf-8")
    assert '<html lang="ja"' in page
    assert 'data-language="en"' in page
    summary = (out / "summary.md").read_text(encoding="utf-8")
    assert summary.index("判定不能") < summary.index("not assessed")


@pytest.mark.parametrize("report", ["json", "markdown", "html"])
def test_what_is_rendered_later_is_what_the_scan_wrote(desk: Any, tmp_path: Path, report: str) -> None:
    desk.scan("--format", f"json,{report}", "--lang", "ja,en")
    folder = desk.runs[0]
    out = tmp_path / "again"
    done = desk.run(
        "report", str(folder / "result.json"), "--format", report, "--lang", "ja,en", "--out", str(out)
    )
    assert done.exit_code == 0
    for path in out.iterdir():
        assert path.read_bytes() == (folder / path.name).read_bytes()


def test_quiet_prints_nothing(desk: Any, saved: Path) -> None:
    done = desk.run("report", str(saved), "--quiet")
    assert (done.exit_code, done.output) == (0, "")


def test_nothing_is_overwritten(desk: Any, saved: Path) -> None:
    saved.with_name("report.html").write_text("mine")
    done = desk.run("report", str(saved))
    assert done.exit_code == 2
    assert "nothing is overwritten, so name another folder with --out" in done.stderr
    assert saved.with_name("report.html").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--format", "htm"], "There is no report htm; did you mean html?"),
        (["--format", "html,terminal"], "leave out --format terminal"),
        (["--lang", "fr,ja"], "fr,ja is no language; write ja, en, or both as ja,en."),
        (["--lang", ""], "is no language"),
    ],
)
def test_wrong_options_are_told_before_anything_is_written(
    desk: Any, saved: Path, arguments: list[str], said: str
) -> None:
    done = desk.run("report", str(saved), *arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert names(saved.parent) == ["result.json"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read (No such file or directory)"),
        (b"{}", "is no result of cloudaudit"),
        (GOLDEN.read_bytes().replace(b'"schema": 1', b'"schema": 9'), "update cloudaudit"),
        (GOLDEN.read_bytes()[:-400], "was cut off or edited"),
    ],
)
def test_a_result_that_cannot_be_used_is_one_sentence(
    desk: Any, saved: Path, content: bytes | None, said: str
) -> None:
    if content is None:
        saved.unlink()
    else:
        saved.write_bytes(content)
    done = desk.run("report", str(saved))
    assert done.exit_code == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    japanese = desk.run("report", str(saved), "--lang", "ja")
    assert "ください。" in japanese.stderr or "更新" in japanese.stderr


def test_the_folder_cannot_be_made(desk: Any, saved: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = desk.run("report", str(saved), "--out", str(tmp_path / "file" / "out"))
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr


def test_masked_reports_go_to_a_folder_of_their_own(desk: Any, saved: Path, tmp_path: Path) -> None:
    key = tmp_path / "keys" / "client.key"
    arguments = ("report", str(saved), "--format", "json,html,markdown", "--mask", "--mask-key", str(key))
    done = desk.run(*arguments)
    assert done.exit_code == 0
    assert f"The key of the pseudonyms was made: {key}" in done.stderr
    assert names(saved.parent) == ["result.json"]
    folder = saved.parent / "masked"
    assert names(folder) == ["report.html", "result.json", "summary.md"]
    for path in folder.iterdir():
        content = path.read_bytes()
        for original in (b"acme-invoices", b"123456789012", b"tanaka", "顧客名簿".encode(), b"CloudAudit"):
            assert original not in content
        assert key.read_bytes().strip() not in content
    again = desk.run(*arguments, "--out", str(tmp_path / "again"))
    assert again.stderr == ""
    for path in folder.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights in another way")
def test_the_key_is_for_its_owner_alone(desk: Any, saved: Path, tmp_path: Path) -> None:
    key = tmp_path / "keys" / "client.key"
    desk.run("report", str(saved), "--mask", "--mask-key", str(key))
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    assert len(key.read_bytes().strip()) == 64


def test_the_default_key_lies_in_the_users_configuration(desk: Any, saved: Path, tmp_path: Path) -> None:
    assert default_path() == user_config_path("cloudaudit", appauthor=False) / "mask.key"
    done = desk.run(
        "report", str(saved), "--mask", XDG_CONFIG_HOME=str(tmp_path / "config"), HOME=str(tmp_path)
    )
    assert done.exit_code == 0
    assert len(list(tmp_path.rglob("mask.key"))) == 1


@pytest.mark.parametrize("content", [b"", b"short\n"])
def test_a_key_that_is_none_is_refused(desk: Any, saved: Path, tmp_path: Path, content: bytes) -> None:
    key = tmp_path / "key"
    key.write_bytes(content)
    done = desk.run("report", str(saved), "--mask", "--mask-key", str(key))
    assert done.exit_code == 2
    assert "is shorter than 16 bytes" in done.stderr
    assert key.read_bytes() == content


def test_a_key_that_cannot_be_read_or_made_is_told(desk: Any, saved: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    unmade = desk.run("report", str(saved), "--mask", "--mask-key", str(tmp_path / "file" / "x" / "key"))
    assert unmade.exit_code == 2
    assert "cannot be made" in unmade.stderr
    (tmp_path / "folder").mkdir()
    unread = desk.run("report", str(saved), "--mask", "--mask-key", str(tmp_path / "folder"))
    assert unread.exit_code == 2
    assert "cannot be read" in unread.stderr


def test_a_masked_scan_keeps_its_snapshot_apart(desk: Any, tmp_path: Path) -> None:
    key = tmp_path / "key"
    done = desk.scan("--mask", "--mask-key", str(key), "--format", "json,markdown,html")
    folder = desk.runs[0]
    assert names(folder) == ["snapshot.jsonl"]
    assert names(folder / "masked") == ["report.html", "result.json", "summary.md"]
    assert done.exit_code == desk.scan("--out", str(tmp_path / "open")).exit_code
    for path in (folder / "masked").iterdir():
        assert b"acme-on" not in path.read_bytes()
    # The terminal shows the same pseudonyms, beside the paths.
    assert "acme-" not in done.stdout


def test_judge_takes_the_same_options(desk: Any, scanned: Path, tmp_path: Path) -> None:
    done = desk.run(
        "judge",
        str(scanned / "snapshot.jsonl"),
        "--out",
        str(tmp_path / "out"),
        "--format",
        "html",
        "--mask",
        "--mask-key",
        str(tmp_path / "key"),
        "--lang",
        "en,ja",
    )
    assert done.exit_code == 0
    assert names(tmp_path / "out" / "masked") == ["report.html"]


def test_the_old_name_of_the_option_still_works(desk: Any, tmp_path: Path) -> None:
    desk.scan("--report", "json", "--report", "html", "--out", str(tmp_path / "out"))
    assert {"report.html", "result.json"} <= set(names(tmp_path / "out"))


def test_a_baseline_puts_what_changed_first_in_the_summary(desk: Any, saved: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    given = ("report", str(saved), "--format", "markdown", "--baseline", str(saved), "--out", str(out))
    for language, head in (("en", "### What changed since"), ("ja", "からの変化")):
        folder = out / language
        done = desk.run(*given[:-1], str(folder), "--lang", language)
        assert done.exit_code == 0, done.output
        first = (folder / "summary.md").read_text(encoding="utf-8").split("\n### ")[0:2]
        assert head in f"### {first[1]}"


def test_a_baseline_is_masked_with_the_result(desk: Any, saved: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = desk.run(
        *("report", str(saved), "--format", "markdown", "--baseline", str(saved), "--mask"),
        *("--mask-key", str(tmp_path / "key"), "--out", str(out)),
    )
    assert done.exit_code == 0, done.output
    summary = (out / "summary.md").read_text(encoding="utf-8")
    assert "### What changed since" in summary
    assert "acme" not in summary
    assert "123456789012" not in summary


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read"),
        (b"{}", "is no result of cloudaudit"),
        (
            GOLDEN.read_bytes().replace(
                b'"account":"123456789012","partition"', b'"account":"9","partition"'
            ),
            "name an earlier result of the same target",
        ),
        (GOLDEN.read_bytes().replace(b'"taken_at": "2026', b'"taken_at": "2027'), "later than the result"),
    ],
)
def test_a_baseline_that_cannot_be_used_is_refused(
    desk: Any, saved: Path, tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    baseline = tmp_path / "baseline.json"
    if content is not None:
        baseline.write_bytes(content)
    done = desk.run("report", str(saved), "--format", "markdown", "--baseline", str(baseline))
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert names(saved.parent) == ["result.json"]


def test_a_scan_and_a_judgement_compare_too_and_refuse_before_they_start(desk: Any, tmp_path: Path) -> None:
    desk.scan()
    first = desk.runs[0]
    done = desk.run(
        *("judge", str(first / "snapshot.jsonl"), "--baseline", str(first / "result.json")),
        *("--out", str(tmp_path / "again")),
    )
    assert done.exit_code != 2, done.output
    assert "### What changed since" in (tmp_path / "again" / "summary.md").read_text(encoding="utf-8")
    other = tmp_path / "other.json"
    other.write_bytes(
        (first / "result.json")
        .read_bytes()
        .replace(b'"provider":"aws","account":"', b'"provider":"aws","account":"9')
    )
    refused = desk.scan("--baseline", str(other))
    assert refused.exit_code == 2, refused.output
    assert len(desk.runs) == 1
