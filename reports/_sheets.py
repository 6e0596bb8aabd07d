"""What the sheets of the workbook share: looks, the head of a sheet, cells that hold any text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import ceil
from typing import Any, NamedTuple, Protocol

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from cloudaudit.assessment import Assessment
from cloudaudit.model import Severity
from cloudaudit.reporting import headline, moment, who
from cloudaudit.text import Language, Text
from cloudaudit.visible import visible

CELL_LIMIT = 32_767
"""Characters that a cell holds; the rest would be cut without a word."""

ROW_LIMIT = 1_048_576
SAFE = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
"""Options of a workbook whose strings stay strings and whose rows go to disk."""

_LINE_HEIGHT = 13.5
_LINE_SPACE = 4.0
_HIGHEST = 409.0
_MARGIN = 1.5
"""Characters of a column's width that are lost at its edges, and where a word does not fit."""

INK = "#1B2733"
NAVY = "#1F3A5F"
TEAL = "#2F6F73"
GREY = "#5B6770"
LINE = "#C9D1D9"
FILL_IN = "#FFF9E3"
SEVERITIES = {
    Severity.CRITICAL: ("#9F1239", "#FDE8EC"),
    Severity.HIGH: ("#B4430F", "#FDEEE2"),
    Severity.MEDIUM: ("#8A6100", "#FBF3D6"),
    Severity.LOW: ("#2B5C86", "#E8F0F8"),
    Severity.INFO: ("#4B5563", "#EEF0F2"),
}
_FONTS = {"ja": "Yu Gothic", "en": "Calibri"}
_SHORTENED = Text(en=" … (shortened)", ja=" …(以下省略)")
_MASKED = Text(
    en="Accounts, names, people and addresses are pseudonyms.",
    ja="アカウント・名称・人名・アドレスは仮名に置き換えています。",
)


@lru_cache(maxsize=4096)
def lines_of(text: str, width: float) -> int:
    """Return about how many lines a cell needs; a Japanese character, of three bytes, is two columns wide."""
    room = max(width - _MARGIN, 1.0)
    return sum(
        max(1, ceil((len(line) + (len(line.encode()) - len(line)) / 2) / room)) for line in text.split("\n")
    )


class Book(Protocol):
    """What is used of XlsxWriter's Workbook, whose own types are partial."""

    def add_format(self, properties: dict[str, Any]) -> Format:
        """Make a format."""
        ...

    def add_worksheet(self, name: str) -> Worksheet:
        """Append a sheet."""
        ...

    def set_properties(self, properties: dict[str, Any]) -> None:
        """Say what the workbook is."""
        ...


class Heading(NamedTuple):
    """The head of a column and its width in characters of Latin text."""

    text: str
    width: float


@dataclass(frozen=True, kw_only=True)
class Looks:
    """The formats of one workbook."""

    title: Format
    subtitle: Format
    hint: Format
    facts_band: Format
    people_band: Format
    head: Format
    people_head: Format
    text: Format
    centred: Format
    fill_in: Format
    fill_in_date: Format
    small: Format
    severities: dict[Severity, Format]


def looks(book: Book, language: Language) -> Looks:
    """Make the formats."""
    font: dict[str, Any] = {"font_name": _FONTS[language], "font_size": 10, "font_color": INK}
    cell = {**font, "text_wrap": True, "valign": "top", "border": 1, "border_color": LINE}
    head = {
        **font,
        "bold": True,
        "font_color": "#FFFFFF",
        "text_wrap": True,
        "valign": "vcenter",
        "align": "center",
    }
    head |= {"border": 1, "border_color": "#FFFFFF"}
    fill = {**cell, "bg_color": FILL_IN}
    return Looks(
        title=book.add_format(
            {**font, "bold": True, "font_size": 16, "font_color": NAVY, "valign": "vcenter"}
        ),
        subtitle=book.add_format({**font, "valign": "vcenter"}),
        hint=book.add_format({**font, "font_color": GREY, "valign": "vcenter"}),
        facts_band=book.add_format({**head, "bg_color": GREY}),
        people_band=book.add_format({**head, "bg_color": "#C28A00"}),
        head=book.add_format({**head, "bg_color": NAVY}),
        people_head=book.add_format({**head, "bg_color": TEAL}),
        text=book.add_format(cell),
        centred=book.add_format({**cell, "align": "center"}),
        fill_in=book.add_format({**fill, "locked": False}),
        fill_in_date=book.add_format(
            {**fill, "num_format": "yyyy-mm-dd", "align": "center", "locked": False}
        ),
        small=book.add_format({**cell, "font_size": 8, "font_color": GREY}),
        severities={
            severity: book.add_format(
                {**cell, "bold": True, "align": "center", "font_color": ink, "bg_color": paper}
            )
            for severity, (ink, paper) in SEVERITIES.items()
        },
    )


class Sheet:
    """A worksheet on which rows are added from top to bottom."""

    def __init__(self, book: Book, name: str, language: Language, styles: Looks) -> None:
        self.sheet: Worksheet = book.add_worksheet(name)
        self.language: Language = language
        self.looks = styles
        self.row: int = 0
        self._widths: list[float] = []
        self._lines = 1
        self.sheet.hide_gridlines(2)

    def say(self, text: Text) -> str:
        """Return a text in the language of the workbook."""
        return text.in_(self.language)

    def write(self, column: int, text: str, style: Format | None = None) -> None:
        """Write text into the current row; it is never a formula, a link or a number."""
        if len(text) > CELL_LIMIT:
            mark = self.say(_SHORTENED)
            text = text[: CELL_LIMIT - len(mark)] + mark
        if column < len(self._widths):
            self._lines = max(self._lines, lines_of(text, self._widths[column]))
        self.sheet.write_string(self.row, column, text, style or self.looks.text)

    def next(self) -> None:
        """Go on to the next row; this one becomes as high as its fullest cell.

        Excel would do that by itself, other programs do not.
        """
        self.sheet.set_row(self.row, min(self._lines * _LINE_HEIGHT + _LINE_SPACE, _HIGHEST))
        self._lines = 1
        self.row += 1

    def day(self, column: int, stamp: str) -> None:
        """Write a day for people to change, or leave the cell for them."""
        if stamp:
            self.sheet.write_datetime(
                self.row, column, datetime.fromisoformat(stamp), self.looks.fill_in_date
            )
        else:
            self.blank(column, self.looks.fill_in_date)

    def blank(self, column: int, style: Format) -> None:
        """Leave a cell for people to fill in."""
        self.sheet.write_blank(self.row, column, None, style)

    def head(self, title: Text, assessment: Assessment, hints: Sequence[Text] = ()) -> None:
        """Write what the sheet is about."""
        self.line(self.say(title), self.looks.title, 26)
        about = " · ".join((visible(who(assessment.target)), moment(assessment.taken_at, self.language)))
        self.line(about, self.looks.subtitle)
        self.line(headline(assessment.score.overall, self.language), self.looks.subtitle)
        for hint in (*hints, *([_MASKED] if assessment.masked else [])):
            self.line(self.say(hint), self.looks.hint)
        self.line("", self.looks.hint, 6)

    def line(self, text: str, style: Format, height: float = 16) -> None:
        """Write one line over the whole width."""
        self.sheet.set_row(self.row, height)
        self.write(0, text, style)
        self.row += 1

    def columns(
        self,
        headings: Sequence[Heading],
        style: Format | None = None,
        styles: dict[int, Format] | None = None,
    ) -> None:
        """Write the heads of the columns and set their widths; what is above stays in sight."""
        self.sheet.set_row(self.row, 30)
        for number, heading in enumerate(headings):
            self.sheet.set_column(number, number, heading.width)
            self.write(number, heading.text, (styles or {}).get(number, style or self.looks.head))
        self._widths = [heading.width for heading in headings]
        self.row += 1

    def finish(
        self, first: int, last_column: int, *, paper: int, frozen_columns: int, printed: int | None = None
    ) -> None:
        """Filter, freeze and set up printing; ``first`` is the row of the heads of the columns."""
        end = max(self.row - 1, first + 1)
        self.sheet.autofilter(first, 0, end, last_column)
        self.sheet.freeze_panes(first + 1, frozen_columns)
        self.sheet.set_landscape()
        self.sheet.set_paper(paper)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(first)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.sheet.print_area(0, 0, end, last_column if printed is None else printed)
        footer = "&L&8&A&C&8&P / &N&R&8cloudaudit"
        self.sheet.set_footer(footer)  # pyright: ignore[reportUnknownMemberType]  # XlsxWriter's types are partial
