"""``cloudaudit actions import`` and ``--actions``: what people wrote goes from one report to the next."""

import json
import sys
from pathlib import Path
from typing import Any, cast

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

GOLDEN = Path(__file__).parent.parent / "golden" / "result.json"
FINDING = f"{1:032x}"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "client" / "result.json"
    path.parent.mkdir()
    path.write_bytes(GOLDEN.read_bytes())
    return path


def filled(path: Path, changes: dict[str, str]) -> Path:
    """Fill in the first finding's cells by their headings."""
    book = load_workbook(path)
    sheet = cast("Worksheet", book.worksheets[0])
    heads: dict[str, int] = {}
    for row in sheet.iter_rows():
        if row[0].value == "No.":
            heads = {str(cell.value): cell.column or 0 for cell in row}
        elif heads and sheet.cell(row[0].row or 0, heads["検出 ID"]).value == FINDING:
            for name, value in changes.items():
                sheet.cell(row[0].row or 0, heads[name], value)
    book.save(path)
    return path


def sheet_of(desk: Any, saved: Path, folder: Path, *more: str) -> Path:
    done = desk.run("report", str(saved), "--format", "xlsx", "--lang", "ja", "--out", str(folder), *more)
    assert done.exit_code == 0, done.output
    return folder / "corrective-actions.ja.xlsx"


def test_owner_due_date_and_note_are_carried_into_the_next_report(
    desk: Any, saved: Path, tmp_path: Path
) -> None:
    sheet = filled(
        sheet_of(desk, saved, tmp_path / "1"), {"担当者": "髙橋 花子", "期限": "2026-12-25", "備考": "至急"}
    )
    done = desk.run("actions", "import", str(sheet), "--lang", "ja")
    assert done.exit_code == 0
    file = sheet.with_name("actions.json")
    assert done.stdout == (
        f"是正処置 1 件を取り込み、{file} に出力しました。次回の報告書で --actions に指定してください。\n"
    )
    (action,) = json.loads(file.read_bytes())["actions"]
    assert (action["finding"], action["owner"], action["due"], action["note"]) == (
        FINDING,
        "髙橋 花子",
        "2026-12-25",
        "至急",
    )
    again = sheet_of(desk, saved, tmp_path / "2", "--actions", str(file))
    cells = [str(cell.value) for row in load_workbook(again).worksheets[0].iter_rows() for cell in row]
    assert "髙橋 花子" in cells
    assert "不適合が継続\n2026-11-22" in cells


def test_faults_stop_the_import_and_leave_an_earlier_file_alone(
    desk: Any, saved: Path, tmp_path: Path
) -> None:
    sheet = filled(sheet_of(desk, saved, tmp_path / "1"), {"期限": "来月", "対応状況": "まだ"})
    file = tmp_path / "mine.json"
    file.write_bytes(b"before")
    done = desk.run("actions", "import", str(sheet), "--out", str(file), "--lang", "en")
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert "“来月” is no date" in done.stderr
    assert "“まだ” is not one of" in done.stderr
    assert file.read_bytes() == b"before"


def test_an_actions_file_that_is_none_stops_the_report(desk: Any, saved: Path, tmp_path: Path) -> None:
    done = desk.run(
        "report",
        str(saved),
        "--format",
        "csv",
        "--out",
        str(tmp_path / "o"),
        "--actions",
        str(saved),
        "--lang",
        "en",
    )
    assert done.exit_code == 2
    assert "is no actions file" in done.stderr
    assert not (tmp_path / "o").exists()


def test_a_scan_is_not_started_with_actions_that_cannot_be_read(desk: Any, tmp_path: Path) -> None:
    done = desk.run("scan", "aws", "--actions", str(tmp_path / "none.json"), "--lang", "en")
    assert done.exit_code == 2
    assert "cannot be read" in done.stderr
    assert not Path("cloudaudit-out").exists()


@pytest.mark.parametrize(("report", "module"), [("pdf", "typst"), ("xlsx", "xlsxwriter")])
def test_a_report_whose_extra_is_lacking_is_refused_before_anything_is_started(
    desk: Any, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, report: str, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    done = desk.run(
        "report", str(saved), "--format", f"csv,{report}", "--out", str(tmp_path / "o"), "--lang", "en"
    )
    assert done.exit_code == 2
    assert done.stderr == (
        f"The report {report} needs {module}; install what is missing with: pip install 'cloudaudit[{report}]'\n"
    )
    assert not (tmp_path / "o").exists()
