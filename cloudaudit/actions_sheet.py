"""Read a filled-in sheet of corrective actions back. Needs the extra ``xlsx``.

Only what people fill in is taken; what cloudaudit wrote itself is never read back as a verdict. Columns are found by
their headings, in either language, so they may have been moved, and rows sorted, filtered or deleted.
"""

import re
import unicodedata
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import cast

from cloudaudit.actions import FINDING_ID, HEADINGS, PROGRESS, SHEET, Action, Column, Progress
from cloudaudit.errors import UsageError
from cloudaudit.text import Text
from cloudaudit.visible import shortened, visible
from cloudaudit.workbook import load, text_of

TEXT_LIMIT = 4_000
"""Characters of one cell that people filled in."""

_FAULTS = 50
_HEAD_ROWS = 40
_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_EARLIEST = 2000
_PEOPLE = (
    Column.CAUSE,
    Column.ACTION,
    Column.OWNER,
    Column.DUE,
    Column.PROGRESS,
    Column.DONE_ON,
    Column.NOTE,
)
_DAYS = frozenset({Column.DUE, Column.DONE_ON})
_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"})

Row = Sequence[object]


def read(path: Path) -> list[Action]:
    """Return what people filled in, a row at a time; rows without anything filled in are left out.

    Raises:
        UsageError: the file is no such workbook, or has faults; all are named at once, each with its cell.
    """
    with _opened(path) as (name, rows):
        sheet = _Reader(name)
        for number, row in enumerate(rows, start=1):
            sheet.row(number, row)
    return sheet.result(path)


@contextmanager
def _opened(path: Path) -> Generator[tuple[str, Iterator[Row]]]:
    """Give the name of the sheet of corrective actions, and its rows."""
    book = load(path, _not_ours(path))
    names = book.sheetnames
    for wanted in (SHEET.ja, SHEET.en):
        if wanted in names:
            sheet = book[wanted]
            # What a sheet says of its own size may be anything; the rows that are there count.
            sheet.reset_dimensions()
            yield wanted, cast("Iterator[Row]", sheet.iter_rows(values_only=True))
            return
    raise _not_ours(path)


def _not_ours(path: Path) -> UsageError:
    return UsageError(
        Text(
            en=f"{path} is no workbook with the sheet {SHEET.en} or {SHEET.ja}; "
            "give the file that the report xlsx wrote.",
            ja=f"{path} には「{SHEET.ja}」シートがありません。レポート xlsx が出力したファイルを指定してください。",
        )
    )


@dataclass
class _Reader:
    """Takes the rows one by one: first finds the head, then reads what is filled in, and collects the faults."""

    sheet: str
    columns: Mapping[Column, int] = field(default_factory=dict[Column, int])
    actions: dict[str, Action] = field(default_factory=dict[str, Action])
    places: dict[str, str] = field(default_factory=dict[str, str])
    faults: list[Text] = field(default_factory=list[Text])

    def row(self, number: int, row: Row) -> None:
        """Take one row."""
        if self.columns:
            self._data(number, row)
        elif number <= _HEAD_ROWS:
            found = _head(row)
            if Column.FINDING in found:
                self.columns = found
                self._missing()

    def _missing(self) -> None:
        absent = [column for column in _PEOPLE if column not in self.columns]
        if absent:
            en = ", ".join(HEADINGS[column].en for column in absent)
            ja = "、".join(HEADINGS[column].ja for column in absent)
            self.faults.append(Text(en=f"columns are missing: {en}", ja=f"列がありません: {ja}"))

    def _data(self, number: int, row: Row) -> None:
        said = {column: _cell(row, place) for column, place in self.columns.items()}
        filled = any(text_of(said.get(column)) for column in _PEOPLE)
        finding = text_of(said[Column.FINDING])
        if not filled:
            return
        place = self._place(Column.FINDING, number)
        if not FINDING_ID.fullmatch(finding):
            self._fault(
                place,
                Text(
                    en=f"“{_quoted(finding)}” is no finding id, and the row is filled in",
                    ja=f"「{_quoted(finding)}」は検出 ID ではありません(記入のある行です)",
                ),
            )
            return
        if finding in self.actions:
            other = self.places[finding]
            self._fault(
                place, Text(en=f"the same finding as in {other}", ja=f"{other} と検出 ID が重複しています")
            )
            return
        self.places[finding] = place
        self.actions[finding] = Action(
            finding=finding,
            resource=text_of(said.get(Column.RESOURCE)),
            requirement=text_of(said.get(Column.REQUIREMENT)),
            cause=self._said(Column.CAUSE, number, said),
            action=self._said(Column.ACTION, number, said),
            owner=self._said(Column.OWNER, number, said),
            due=self._day(Column.DUE, number, said),
            progress=self._progress(number, said),
            done_on=self._day(Column.DONE_ON, number, said),
            note=self._said(Column.NOTE, number, said),
        )

    def _said(self, column: Column, number: int, said: Mapping[Column, object]) -> str:
        text = text_of(said.get(column))
        if text in _ERRORS:
            self._fault(
                self._place(column, number),
                Text(en=f"the cell holds the error {text}", ja=f"セルがエラー値({text})です"),
            )
        if len(text) > TEXT_LIMIT:
            self._fault(
                self._place(column, number),
                Text(
                    en=f"{len(text):,} characters; at most {TEXT_LIMIT:,}",
                    ja=f"{len(text):,} 文字あります({TEXT_LIMIT:,} 文字以内)",
                ),
            )
        return text

    def _day(self, column: Column, number: int, said: Mapping[Column, object]) -> str:
        given = said.get(column)
        day = _date(given)
        if day is None and text_of(given):
            self._fault(
                self._place(column, number),
                Text(
                    en=f"“{_quoted(text_of(given))}” is no date; write it like 2026-12-31",
                    ja=f"「{_quoted(text_of(given))}」は日付ではありません(例: 2026-12-31)",
                ),
            )
        return day.isoformat() if day else ""

    def _progress(self, number: int, said: Mapping[Column, object]) -> Progress | None:
        text = text_of(said.get(Column.PROGRESS))
        for progress, words in PROGRESS.items():
            if text.lower() in {words.en, words.ja, progress.value}:
                return progress
        if text:
            self._fault(
                self._place(Column.PROGRESS, number),
                Text(
                    en=f"“{_quoted(text)}” is not one of: {', '.join(word.en for word in PROGRESS.values())}",
                    ja=f"「{_quoted(text)}」は選択肢({'・'.join(word.ja for word in PROGRESS.values())})にありません",
                ),
            )
        return None

    def _place(self, column: Column, number: int) -> str:
        return f"{_letters(self.columns.get(column, 0))}{number}"

    def _fault(self, place: str, text: Text) -> None:
        self.faults.append(Text(en=f"{place}: {text.en}", ja=f"{place}: {text.ja}"))

    def result(self, path: Path) -> list[Action]:
        """Return the actions.

        Raises:
            UsageError: there were faults, or no head was found.
        """
        if not self.columns:
            raise UsageError(
                Text(
                    en=f"{path}: the sheet {self.sheet} has no column {HEADINGS[Column.FINDING].en} "
                    f"({HEADINGS[Column.FINDING].ja}); give the file that the report xlsx wrote.",
                    ja=f"{path}: シート「{self.sheet}」に列「{HEADINGS[Column.FINDING].ja}」がありません。"
                    "レポート xlsx が出力したファイルを指定してください。",
                )
            )
        if self.faults:
            rest = len(self.faults) - _FAULTS
            told = self.faults[:_FAULTS]
            raise UsageError(
                Text(
                    en=f"{path}, sheet {self.sheet}: "
                    + "; ".join(fault.en for fault in told)
                    + (f"; and {rest} more" if rest > 0 else "")
                    + ". Nothing was imported; mend the sheet and import it again.",
                    ja=f"{path} シート「{self.sheet}」: "
                    + "、".join(fault.ja for fault in told)
                    + (f"、ほか {rest} 件" if rest > 0 else "")
                    + "。取り込みは行っていません。修正して再度実行してください。",
                )
            )
        return list(self.actions.values())


def _head(row: Row) -> dict[Column, int]:
    found: dict[Column, int] = {}
    for place, cell in enumerate(row):
        text = text_of(cell)
        for column, words in HEADINGS.items():
            if text in {words.en, words.ja}:
                found.setdefault(column, place)
    return found


def _cell(row: Row, place: int) -> object:
    return row[place] if place < len(row) else None


def _date(cell: object) -> date | None:
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return cell if cell.year >= _EARLIEST else None
    written = _DATE.fullmatch(unicodedata.normalize("NFKC", text_of(cell)))
    if written is None:
        return None
    try:
        day = date(*map(int, written.groups()))
    except ValueError:
        return None
    return day if day.year >= _EARLIEST else None


def _quoted(text: str) -> str:
    return shortened(visible(text), 40)


def _letters(place: int) -> str:
    """Return the letters of a column, ``A`` for 0."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
