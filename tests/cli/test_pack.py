"""``--pack`` and ``cloudaudit incident``."""

import json
from pathlib import Path
from typing import Any

import pytest

from cloudaudit import packs
from cloudaudit.forms import Document

GOLDEN = Path(__file__).parent.parent / "golden" / "result.json"
PUBLIC = f"{1:032x}"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "client" / "result.json"
    path.parent.mkdir()
    path.write_bytes(GOLDEN.read_bytes())
    return path


class Plain:
    """Draws forms as JSON, which takes no time."""

    ROWS = 10

    def missing(self) -> None:
        return None

    def write(self, document: Document, out: Any) -> None:
        import msgspec

        out.write(msgspec.json.encode(document))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    def form_writer(_name: str) -> Plain:
        return Plain()

    monkeypatch.setattr("cloudaudit.discovery.form_writer", form_writer)


@pytest.mark.usefixtures("quick")
def test_the_pack_is_made_from_a_saved_result_and_nothing_else_is(desk: Any, saved: Path) -> None:
    done = desk.run("report", str(saved), "--pack", "pmark", "--pmark-expires", "2027-06-30")
    assert done.exit_code == 0, done.output
    names = sorted(path.name for path in saved.parent.iterdir())
    assert names == ["pmark-pack.ja.pdf", "pmark-pack.ja.xlsx", "result.json"]
    assert "2026-10-30" in (saved.parent / "pmark-pack.ja.pdf").read_text(encoding="utf-8")


@pytest.mark.usefixtures("quick")
def test_a_masked_pack_has_no_names(desk: Any, saved: Path, tmp_path: Path) -> None:
    done = desk.run("report", str(saved), "--pack", "pmark", "--mask", "--mask-key", str(tmp_path / "key"))
    assert done.exit_code == 0, done.output
    said = (saved.parent / "masked" / "pmark-pack.ja.pdf").read_text(encoding="utf-8")
    assert "acme-invoices" not in said
    assert json.loads(said)["masked"]


@pytest.mark.usefixtures("quick")
def test_scan_and_judge_make_the_same_pack(desk: Any, tmp_path: Path) -> None:
    scanned = desk.run("scan", "aws", "--pack", "pmark")
    assert scanned.exit_code in {0, 1, 3}, scanned.output
    (folder,) = desk.runs
    out = tmp_path / "again"
    done = desk.run("judge", str(folder / "snapshot.jsonl"), "--pack", "pmark", "--out", str(out))
    assert done.exit_code in {0, 1, 3}, done.output
    for name in ("pmark-pack.ja.pdf", "pmark-pack.ja.xlsx"):
        assert (folder / name).read_bytes() == (out / name).read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--pmark-expires", "2027-06-30"], "are for the forms of --pack pmark; add it"),
        (["--pack", "pmark", "--pmark-expires", "soon"], "does not match the format"),
        (["--pack", "iso"], "is not 'pmark'"),
    ],
)
def test_wrong_options_are_told(desk: Any, saved: Path, arguments: list[str], said: str) -> None:
    done = desk.run("report", str(saved), *arguments)
    assert done.exit_code == 2
    assert said in done.stderr


def test_the_packs_of_the_option_are_those_that_there_are() -> None:
    from cloudaudit.cli.report import report

    (option,) = [each for each in report.params if each.name == "pack"]
    assert tuple(getattr(option.type, "choices", ())) == packs.PACKS


def test_the_worksheet_is_written_and_nothing_is_overwritten(desk: Any, saved: Path) -> None:
    out = saved.parent / "sheet.md"
    arguments = ("incident", str(saved), "--finding", PUBLIC, "--out", str(out), "--lang", "ja")
    done = desk.run(*arguments)
    assert (done.exit_code, done.stdout) == (0, f"{out}\n")
    assert "# 漏えい等事案 対応ワークシート" in out.read_text(encoding="utf-8")
    again = desk.run(*arguments)
    assert again.exit_code == 2
    assert "上書きしません" in again.stderr


@pytest.mark.usefixtures("quick")
def test_by_default_it_is_a_pdf_and_markdown_beside_the_result(desk: Any, saved: Path) -> None:
    done = desk.run(
        "incident", str(saved), "--finding", PUBLIC, "--entered", "2026-11-27", LANG="ja_JP.UTF-8"
    )
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in saved.parent.iterdir()) == [
        "incident-00000000.ja.md",
        "incident-00000000.ja.pdf",
        "result.json",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--finding", f"{8:032x}"], "tells of no exposure"),
        (["--finding", "nothing"], "has no finding nothing"),
        (["--finding", PUBLIC, "--out", "sheet.docx"], "is neither .pdf nor .md"),
        ([], "Missing option '--finding'"),
    ],
)
def test_what_cannot_be_a_worksheet_is_one_sentence(
    desk: Any, saved: Path, arguments: list[str], said: str
) -> None:
    done = desk.run("incident", str(saved), *arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert [path.name for path in saved.parent.iterdir()] == ["result.json"]


@pytest.mark.usefixtures("quick")
def test_a_configured_pack_comes_with_the_reports_and_not_instead_of_them(
    desk: Any, saved: Path, tmp_path: Path
) -> None:
    lines = ["[reports]", 'pack = "pmark"', 'pmark_expires = "2027-06-30"', 'pmark_auditor = "佐藤 花子"']
    (tmp_path / "cloudaudit.toml").write_text("\n".join(lines), encoding="utf-8")
    done = desk.run("report", str(saved))
    assert done.exit_code == 0, done.output
    names = sorted(path.name for path in saved.parent.iterdir())
    assert names == ["pmark-pack.ja.pdf", "pmark-pack.ja.xlsx", "report.html", "result.json"]
    said = (saved.parent / "pmark-pack.ja.pdf").read_text(encoding="utf-8")
    assert "2026-10-30" in said
    assert "佐藤 花子" in said
