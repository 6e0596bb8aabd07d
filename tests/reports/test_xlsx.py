"""The workbook, read back by openpyxl as a client's spreadsheet would, and what people fill in carried on."""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from cloudaudit import actions_sheet, discovery, workbook
from cloudaudit.actions import CONFIRMATIONS, Action, Confirmation, Progress, dump, load
from cloudaudit.assessment import Assessment
from cloudaudit.errors import UsageError
from cloudaudit.mask import Masker
from cloudaudit.model import Finding, Share, Status
from cloudaudit.reporting import ReportOptions, output_files
from cloudaudit.text import Text
from cloudaudit.visible import visible

SHEETS = {
    "ja": ["是正処置一覧", "外部共有一覧", "対象一覧", "実施概要", "項番別の証跡"],
    "en": ["Corrective actions", "External sharing", "Audited resources", "Overview", "Evidence by control"],
}
NASTY = (
    '=HYPERLINK("http://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1)",
    "</script>[red]",
    "a\x00\x1b\x07",
    "\u202egnp.exe\u200f",
    "lone\ud800",
    "not\ufffea\uffffcharacter",
    "_x0041_",
    "http://example.com/",
    "0123",
    "x" * 1000,
    "y" * 40_000,
)
FINDING = f"{1:032x}"


def rendered(assessment: Assessment, language: str = "ja") -> bytes:
    out = io.BytesIO()
    options: Any = ReportOptions(languages=(language,))  # type: ignore[arg-type]  # parametrised
    discovery.report("xlsx").render(assessment, options, out)
    return out.getvalue()


WAIVERS = {"ja": "受容の記録", "en": "Waivers"}


def sheet_of(content: bytes, index: int = 0) -> Worksheet:
    return cast("Worksheet", load_workbook(io.BytesIO(content)).worksheets[index])


def head_of(sheet: Worksheet) -> tuple[int, dict[str, int]]:
    """Return the row of the heads, and the column of each."""
    for row in sheet.iter_rows(max_row=20):
        if row[0].value == "No.":
            return row[0].row or 0, {str(cell.value): cell.column or 0 for cell in row if cell.value}
    raise AssertionError


def rows_of(sheet: Worksheet) -> list[dict[str, Any]]:
    top, columns = head_of(sheet)
    return [
        {name: sheet.cell(row, column).value for name, column in columns.items()}
        for row in range(top + 1, sheet.max_row + 1)
    ]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_it_has_its_sheets_in_order_and_equal_input_gives_equal_bytes(sample: Any, language: str) -> None:
    content = rendered(sample.assessment, language)
    assert load_workbook(io.BytesIO(content)).sheetnames == [*SHEETS[language], WAIVERS[language]]
    without = rendered(replace(sample.assessment, waivers=()), language)
    assert load_workbook(io.BytesIO(without)).sheetnames == SHEETS[language]
    assert rendered(sample.assessment, language) == content


def test_one_file_a_language() -> None:
    names = [file.name for file in output_files(discovery.report("xlsx"), ("ja", "en"))]
    assert names == ["corrective-actions.ja.xlsx", "corrective-actions.en.xlsx"]


def test_what_is_to_be_mended_stands_worst_first_with_a_row_each(sample: Any) -> None:
    rows = rows_of(sheet_of(rendered(sample.assessment)))
    assert [row["判定"] for row in rows] == ["不適合"] * 5 + ["判定不能"] * 4
    assert [row["重要度"] for row in rows[:5]] == ["緊急", "緊急", "緊急", "高", "中"]
    assert all(row["該当項番"].startswith("Pマーク指針 J.") for row in rows)
    assert [row["検出 ID"] for row in rows] == [one.id for one in sample.assessment.worst(100)]
    assert rows[3]["確認した事実"].endswith("AKIA…1234: 不適合: バージョニングは一度も有効にされていません。")


def test_columns_can_be_chosen_from_filtered_and_stay_in_sight(sample: Any) -> None:
    sheet = sheet_of(rendered(sample.assessment))
    top, columns = head_of(sheet)
    assert sheet.freeze_panes == f"F{top + 1}"
    assert sheet.auto_filter.ref == f"A{top}:R{top + 9}"
    assert sheet.print_title_rows == f"${top}:${top}"
    lists = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    letters = {name: get_column_letter(column) for name, column in columns.items()}
    progress = lists[f"{letters['対応状況']}{top + 1}:{letters['対応状況']}{top + 9}"]
    assert (progress.type, progress.formula1) == ("list", '"未着手,対応中,完了"')
    for name in ("期限", "完了日"):
        assert lists[f"{letters[name]}{top + 1}:{letters[name]}{top + 9}"].type == "date"


def test_the_inventory_of_sharing_and_of_resources_are_sheets_of_their_own(sample: Any) -> None:
    content = rendered(sample.assessment)
    (share,) = rows_of(sheet_of(content, 1))
    assert (share["区分"], share["共有先"], share["権限"]) == ("公開", "すべての人(*)", "閲覧・取得")
    assert share["アカウント"] == "aws:123456789012"
    listed = rows_of(sheet_of(content, 2))
    assert [row["名称"] for row in listed] == [visible(one.name) for one in sample.assessment.resources()]
    assert [row["不適合"] for row in listed] == [1, 1, 1]


def test_what_one_provider_alone_tells_of_a_share_is_a_remark(sample: Any) -> None:
    class Link(Share, frozen=True, kw_only=True):
        passphrase: str = ""
        label: str = ""

    (share,) = sample.assessment.shares()
    link = Link(**msgspec.structs.asdict(share), label="=tanaka")
    (row,) = rows_of(sheet_of(rendered(sample.with_(shares=lambda: (link,))), 1))
    assert row["備考"] == "label: =tanaka"


def test_what_is_shared_has_its_columns(sample: Any) -> None:
    (share,) = sample.assessment.shares()
    told = msgspec.structs.replace(
        share,
        item="/決算/=SUM(1).xlsx",
        owner="hanako@example.com",
        changed="2026-01-02T03:04:05Z",
        first_seen="2026-11-20T00:00:00Z",
        expires="2026-12-01T00:00:00Z",
    )
    (row,) = rows_of(sheet_of(rendered(sample.with_(shares=lambda: (told,))), 1))
    assert row["共有アイテム"] == "/決算/=SUM(1).xlsx"
    assert row["所有者"] == "hanako@example.com"
    assert row["初回検出日時"] == "2026-11-20 09:00:00 JST (+09:00)"
    assert row["最終更新日時"] == "2026-01-02 12:04:05 JST (+09:00)"
    assert row["期限"] == "2026-12-01 09:00:00 JST (+09:00)"
    assert row.get("備考") in {None, ""}


def test_nothing_shared_and_an_inventory_that_could_not_be_made_are_said(sample: Any) -> None:
    from cloudaudit.assessment import Excluded

    excluded = Excluded(
        what="sharing", id="*", reason=Text(en="not all was read", ja="一部を読み取れていません")
    )
    scope = msgspec.structs.replace(sample.assessment.scope, excluded=(excluded,))
    content = rendered(sample.with_(shares=lambda: (), scope=scope))
    said = [str(cell.value) for row in sheet_of(content, 1).iter_rows() for cell in row if cell.value]
    assert "一部を読み取れていません" in said
    assert any("共有されているものはありません" in text for text in said)


def test_the_overview_tells_what_was_left_out(sample: Any) -> None:
    said = [
        str(cell.value)
        for row in sheet_of(rendered(sample.assessment), 3).iter_rows()
        for cell in row
        if cell.value
    ]
    for expected in (
        "aws-s3-object-public-acl",
        "backup:ListBackupVaults",
        "access_key_max_age_days",
        sample.assessment.target.identity,
    ):
        assert any(expected in text for text in said), expected


def nasty(sample: Any) -> Assessment:
    first = next(iter(sample.assessment.findings()))

    def findings() -> Iterator[Finding]:
        for number, name in enumerate(NASTY):
            resource = msgspec.structs.replace(first.resource, id=name, name=name, region=name)
            text = Text(en=name, ja=name)
            yield msgspec.structs.replace(first, id=f"{number:032x}", resource=resource, reason=text)

    def resources() -> Iterator[Any]:
        return (finding.resource for finding in findings())

    made: Assessment = sample.with_(findings=findings, resources=resources)
    return made


def test_hostile_names_are_text_and_nothing_of_them_is_lost(sample: Any) -> None:
    content = rendered(nasty(sample))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not any(
            "hyperlink" in archive.read(name).decode().lower()
            for name in archive.namelist()
            if name.endswith(".rels")
        )
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                assert b"<f>" not in archive.read(name)
    # openpyxl leaves the escape of an underscore as it is in inline strings; Excel reads it back.
    found = {str(row["対象"]).replace("_x005F_", "_") for row in rows_of(sheet_of(content))}
    expected = {visible(name) for name in NASTY if len(name) < 30_000}
    assert expected <= found
    (cut,) = found - expected
    assert len(cut) == 32_767
    assert cut.endswith("…(以下省略)")


# --------------------------------------------------------------------------------------------- filled in and read back


def filled(content: bytes, path: Path, changes: dict[tuple[str, str], object]) -> Path:
    """Fill in cells, named by finding and heading, as a person would, and save."""
    book = load_workbook(io.BytesIO(content))
    sheet = cast("Worksheet", book.worksheets[0])
    top, columns = head_of(sheet)
    ids = columns.get("検出 ID") or columns["Finding ID"]
    places = {str(sheet.cell(row, ids).value): row for row in range(top + 1, sheet.max_row + 1)}
    for (finding, name), value in changes.items():
        sheet.cell(places[finding], columns[name]).value = value  # type: ignore[assignment]  # anything may be typed
    book.save(path)
    return path


FILLED: dict[tuple[str, str], object] = {
    (FINDING, "原因"): "設定手順の誤り",
    (FINDING, "是正処置"): "ブロックを有効化\nし、ポリシーを削除する",
    (FINDING, "担当者"): "髙橋 花子",
    (FINDING, "期限"): datetime(2026, 12, 25),  # noqa: DTZ001 - a cell has no time zone
    (FINDING, "対応状況"): "対応中",
    (FINDING, "備考"): "=1+1",
    (f"{8:032x}", "担当者"): 1234,
    (f"{8:032x}", "期限"): "2027/1/5",
}


def test_a_filled_in_sheet_comes_back(sample: Any, tmp_path: Path) -> None:
    read = actions_sheet.read(
        filled(rendered(sample.assessment), tmp_path / "s.xlsx", {**FILLED, (FINDING, "備考"): "急ぎ"})
    )
    by_id = {action.finding: action for action in read}
    assert set(by_id) == {FINDING, f"{8:032x}"}
    assert by_id[FINDING] == Action(
        finding=FINDING,
        resource="acme-invoices",
        requirement="アカウント外の誰もバケットの読み取り・一覧取得ができない",
        cause="設定手順の誤り",
        action="ブロックを有効化\nし、ポリシーを削除する",
        owner="髙橋 花子",
        due="2026-12-25",
        progress=Progress.UNDERWAY,
        note="急ぎ",
    )
    assert (by_id[f"{8:032x}"].owner, by_id[f"{8:032x}"].due) == ("1234", "2027-01-05")


def test_an_untouched_sheet_has_nothing_to_carry(sample: Any, tmp_path: Path) -> None:
    path = tmp_path / "s.xlsx"
    path.write_bytes(rendered(sample.assessment))
    assert actions_sheet.read(path) == []


def test_what_was_carried_comes_back_again_in_the_other_language(sample: Any, tmp_path: Path) -> None:
    first = actions_sheet.read(
        filled(rendered(sample.assessment), tmp_path / "1.xlsx", {**FILLED, (FINDING, "備考"): "急ぎ"})
    )
    file = tmp_path / "actions.json"
    file.write_bytes(dump(first))
    path = tmp_path / "2.xlsx"
    path.write_bytes(rendered(sample.with_(actions=load(file)), "en"))
    again = actions_sheet.read(path)
    assert [replaced(one) for one in again] == [replaced(one) for one in first]


def replaced(action: Action) -> Action:
    """Return the action without what the sheet says in its own language."""
    return msgspec.structs.replace(action, requirement="")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status.PASS, Confirmation.FIXED),
        (Status.FAIL, Confirmation.STILL_FAILING),
        (Status.NOT_ASSESSED, Confirmation.NOT_ASSESSED),
        (Status.WAIVED, Confirmation.WAIVED),
        (Status.NOT_APPLICABLE, Confirmation.NOT_APPLICABLE),
        (None, Confirmation.GONE),
    ],
)
def test_the_next_result_says_whether_it_was_mended(
    sample: Any, status: Status | None, expected: Confirmation
) -> None:
    first = next(iter(sample.assessment.findings()))
    now = [] if status is None else [msgspec.structs.replace(first, status=status)]
    action = Action(finding=FINDING, owner="髙橋", due="2026-12-25", resource="acme-invoices")
    later = sample.with_(
        findings=lambda: iter(now), actions={FINDING: action}, taken_at="2026-12-26T00:00:00Z"
    )
    (row,) = rows_of(sheet_of(rendered(later)))
    assert row["再スキャンによる確認"] == f"{CONFIRMATIONS[expected].ja}\n2026-12-26"
    assert (row["担当者"], row["期限"], row["対象"]) == ("髙橋", datetime(2026, 12, 25), "acme-invoices")  # noqa: DTZ001 - a cell has no time zone


def test_a_finding_without_an_action_is_not_confirmed(sample: Any) -> None:
    assert not any(row["再スキャンによる確認"] for row in rows_of(sheet_of(rendered(sample.assessment))))


def test_all_faults_are_told_at_once_with_their_cells(sample: Any, tmp_path: Path) -> None:
    wrong: dict[tuple[str, str], object] = {
        (FINDING, "期限"): "来月",
        (FINDING, "対応状況"): "まだ",
        (f"{2:032x}", "完了日"): "2026-02-30",
        (f"{3:032x}", "備考"): "z" * 5_000,
        (f"{8:032x}", "検出 ID"): "?",
        (f"{8:032x}", "担当者"): "佐藤",
        (f"{10:032x}", "検出 ID"): FINDING,
        (f"{10:032x}", "担当者"): "佐藤",
    }
    with pytest.raises(UsageError) as raised:
        actions_sheet.read(filled(rendered(sample.assessment), tmp_path / "s.xlsx", wrong))
    for text in (raised.value.diagnostics().en, raised.value.diagnostics().ja):
        for cell in ("M9", "N9", "O8", "P10", "R12"):
            assert f"{cell}:" in text, (cell, text)
    assert "“来月” is no date; write it like 2026-12-31" in raised.value.diagnostics().en
    assert "取り込みは行っていません" in raised.value.diagnostics().ja
    assert "the same finding as in R9" in raised.value.diagnostics().en


def test_moved_columns_are_found_and_missing_ones_are_named(tmp_path: Path) -> None:
    book = Workbook()
    sheet = cast("Worksheet", book.active)
    sheet.title = "是正処置一覧"
    sheet.append(["検出 ID", "メモ", "担当者", "期限"])
    sheet.append([FINDING, "", "田中", "２０２６－１２－３１"])
    path = tmp_path / "s.xlsx"
    book.save(path)
    with pytest.raises(
        UsageError, match="columns are missing: Cause, Corrective action, Progress, Completed on, Note"
    ):
        actions_sheet.read(path)
    for column, name in enumerate(("原因", "是正処置", "対応状況", "完了日", "備考"), start=5):
        sheet.cell(1, column, name)
    book.save(path)
    assert actions_sheet.read(path) == [Action(finding=FINDING, owner="田中", due="2026-12-31")]


def no_file(path: Path) -> None:
    path.with_suffix(".other").touch()


def not_a_workbook(path: Path) -> None:
    path.write_bytes(b"PK nonsense")


def another_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x", "y")


def another_workbook(path: Path) -> None:
    Workbook().save(path)


def no_head(path: Path) -> None:
    book = Workbook()
    cast("Worksheet", book.active).title = "是正処置一覧"
    book.save(path)


@pytest.mark.parametrize("make", [no_file, not_a_workbook, another_zip, another_workbook, no_head])
def test_what_is_no_such_sheet_is_refused_with_a_sentence(
    make: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / "s.xlsx"
    make(path)
    with pytest.raises(UsageError) as raised:
        actions_sheet.read(path)
    assert str(path) in raised.value.diagnostics().ja


def test_a_workbook_that_would_unpack_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample: Any
) -> None:
    path = tmp_path / "s.xlsx"
    path.write_bytes(rendered(sample.assessment))
    monkeypatch.setattr(workbook, "UNPACKED_LIMIT", 1_000)
    with pytest.raises(UsageError, match="too large"):
        actions_sheet.read(path)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"schema": 2, "actions": []}', b'{"schema": 1, "actions": [{}]}', b"\xff"]
)
def test_an_actions_file_that_is_none_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "actions.json"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="no actions file"):
        load(path)
    with pytest.raises(UsageError, match="cannot be read"):
        load(tmp_path / "missing.json")


def test_masked_actions_name_nobody_and_still_match(sample: Any) -> None:
    masker = Masker(b"k" * 32)
    action = Action(
        finding=FINDING, owner="髙橋", due="2026-12-25", note="田中さんに確認", resource="acme-invoices"
    )
    masked = masker.mask(sample.with_(actions={FINDING: action}))
    rows = rows_of(sheet_of(rendered(masked)))
    (row,) = (row for row in rows if row["担当者"])
    assert row["検出 ID"] == masker.finding_id(FINDING)
    assert row["再スキャンによる確認"].startswith(CONFIRMATIONS[Confirmation.STILL_FAILING].ja)
    assert "髙橋" not in str(rows)
    assert "田中" not in str(rows)
    # A sheet that was masked when it was filled in bears masked ids; they match in the next masked report.
    later = masker.mask(sample.with_(actions=masked.actions))
    assert set(later.actions) == {masker.finding_id(FINDING)}


def test_without_the_extra_one_sentence_says_what_to_install(
    sample: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(UsageError, match=r"pip install 'cloudaudit\[xlsx\]'"):
        rendered(sample.assessment)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(UsageError, match=r"pip install 'cloudaudit\[xlsx\]'"):
        actions_sheet.read(Path("s.xlsx"))


def test_the_sheet_counts_what_it_has_no_room_for(sample: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib

    module = importlib.import_module("cloudaudit.reports._sheet_actions")
    monkeypatch.setattr(module, "LIMIT", 3)
    sheet = sheet_of(rendered(replace(sample.assessment)))
    assert len(rows_of(sheet)) == 3
    said = " ".join(str(cell.value) for row in sheet.iter_rows(max_row=8) for cell in row if cell.value)
    assert "残り 6 件は CSV レポートと result.json に記載" in said
