"""Read a ledger of personal data: a CSV file as Excel writes it, or a workbook. Columns are found by their headings."""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from cloudaudit.errors import UsageError
from cloudaudit.ledger import COLUMNS, Column, Ledger, Row
from cloudaudit.stores import normalised
from cloudaudit.text import Text
from cloudaudit.visible import shortened
from cloudaudit.workbook import load, text_of

ROWS = 50_000
"""Rows that a ledger may have."""

CELL = 2_000
"""Characters that are kept of a cell."""

HEADINGS: Mapping[Column, tuple[str, ...]] = {
    Column.NAME: (
        "個人情報の名称",
        "個人情報名",
        "個人情報の種類",
        "個人情報の件名",
        "個人情報",
        "名称",
        "台帳名",
        "件名",
        "name",
        "personal data",
    ),
    Column.LOCATION: (
        "保管場所",
        "保管先",
        "保存場所",
        "保存先",
        "格納場所",
        "格納先",
        "保管媒体・場所",
        "location",
        "where it is kept",
    ),
    Column.OWNER: (
        "管理部署",
        "管理責任者",
        "管理者",
        "取扱部署",
        "担当部署",
        "部署",
        "担当者",
        "owner",
    ),
    Column.CONTRACTOR: ("委託先", "委託先名", "外部委託先", "contractor"),
}
"""The usual headings, the likeliest first."""

_HEAD_ROWS = 40
_WORKBOOKS = {".xlsx", ".xlsm"}
_LINE_LIMIT = 1_000_000


def read_ledger(path: Path, columns: Mapping[Column, str]) -> Ledger:
    """Read a ledger.

    Args:
        path: a CSV file in UTF-8 or in Shift_JIS (cp932), or a workbook.
        columns: headings that are not the usual ones.

    Raises:
        UsageError: it cannot be read, or has no column for the place where data is kept.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(
            Text(
                en=f"The ledger {path} cannot be read ({error.strerror}); check --ledger.",
                ja=f"台帳 {path} を読み込めません({error.strerror})。--ledger の指定を確認してください。",
            )
        ) from error
    sheets = _sheets(path) if path.suffix.lower() in _WORKBOOKS else (("", _lines(path, content)),)
    for sheet, lines in sheets:
        rows = _rows(path, lines, columns)
        if rows is not None:
            digest = hashlib.sha256(content).hexdigest()
            return Ledger(file=path.name, sheet=sheet, sha256=digest, rows=tuple(rows))
    raise _no_column(path, columns)


def _sheets(path: Path) -> Iterator[tuple[str, Iterator[Sequence[object]]]]:
    book = load(path, _no_ledger(path))
    for name in book.sheetnames:
        sheet: Any = book[name]
        if hasattr(sheet, "reset_dimensions"):  # a chart has no rows
            # What a sheet says of its own size may be anything; the rows that are there count.
            sheet.reset_dimensions()
            yield name, _each_row(path, cast("Iterator[Sequence[object]]", sheet.iter_rows(values_only=True)))


def _each_row(path: Path, rows: Iterator[Sequence[object]]) -> Iterator[Sequence[object]]:
    try:
        yield from rows
    except Exception as error:  # a sheet is parsed row by row, and what is in it decides what that fails with
        raise _no_ledger(path) from error


def _lines(path: Path, content: bytes) -> Iterator[Sequence[object]]:
    text = _decoded(path, content)
    first = text.partition("\n")[0]
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    csv.field_size_limit(_LINE_LIMIT)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise _no_ledger(path) from error


def _decoded(path: Path, content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp932")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _no_ledger(path)


def _rows(path: Path, lines: Iterable[Sequence[object]], columns: Mapping[Column, str]) -> list[Row] | None:
    """Return the rows below the head; None where there is no head."""
    places: dict[Column, int] = {}
    rows: list[Row] = []
    for number, line in enumerate(lines, start=1):
        if not places:
            if number > _HEAD_ROWS:
                return None
            places = _head(line, columns)
            continue
        said = {column: _cell(line, place) for column, place in places.items()}
        if not (said.get(Column.NAME) or said.get(Column.LOCATION)):
            continue
        if len(rows) == ROWS:
            raise UsageError(
                Text(
                    en=f"The ledger {path} has more than {ROWS:,} rows; is it the right file?",
                    ja=f"台帳 {path} が {ROWS:,} 行を超えています。ファイルの指定を確認してください。",
                )
            )
        rows.append(
            Row(
                row=number,
                name=said.get(Column.NAME, ""),
                location=said.get(Column.LOCATION, ""),
                owner=said.get(Column.OWNER, ""),
                contractor=said.get(Column.CONTRACTOR, ""),
            )
        )
    return rows if places else None


def _head(line: Sequence[object], columns: Mapping[Column, str]) -> dict[Column, int]:
    """Return where the columns stand, or nothing where this is not the head."""
    cells = [re.sub(r"\s", "", normalised(text_of(cell))) for cell in line]
    found: dict[Column, int] = {}
    for column in Column:
        wanted = (columns[column],) if column in columns else HEADINGS[column]
        place = _place(cells, [re.sub(r"\s", "", normalised(each)) for each in wanted], found.values())
        if place is not None:
            found[column] = place
    return found if Column.LOCATION in found and columns.keys() <= found.keys() else {}


def _place(cells: Sequence[str], wanted: Sequence[str], taken: Iterable[int]) -> int | None:
    free = [place for place in range(len(cells)) if place not in set(taken)]
    for fits in (str.__eq__, str.startswith):
        for heading in wanted:
            for place in free:
                if fits(cells[place], heading):
                    return place
    return None


def _cell(line: Sequence[object], place: int) -> str:
    return shortened(text_of(line[place]), CELL) if place < len(line) else ""


def _no_ledger(path: Path) -> UsageError:
    return UsageError(
        Text(
            en=f"{path} is no CSV file in UTF-8 or Shift_JIS and no workbook (.xlsx); save the ledger as one of them.",
            ja=f"{path} は CSV(UTF-8 または Shift_JIS)でも Excel ブック(.xlsx)でもありません。"
            "いずれかの形式で保存してください。",
        )
    )


def _no_column(path: Path, columns: Mapping[Column, str]) -> UsageError:
    named = "、".join(columns.values())
    usual = "、".join(HEADINGS[Column.LOCATION][:4])
    hint_en = f" with the headings {named}" if columns else f" such as {usual}"
    hint_ja = f"見出し {named} " if columns else f"{COLUMNS[Column.LOCATION].ja}の列({usual} など)"
    return UsageError(
        Text(
            en=f"{path} has no column for where data is kept{hint_en} in its first {_HEAD_ROWS} rows; "
            "name it with --ledger-columns location=HEADING.",
            ja=f"{path} の先頭 {_HEAD_ROWS} 行に{hint_ja}が見つかりません。"
            "--ledger-columns location=見出し で指定してください。",
        )
    )
