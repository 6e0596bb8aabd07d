"""The workbook of the forms: each sheet is a grid, the cells of its forms are as wide as their share of it."""

from collections.abc import Sequence
from itertools import accumulate, groupby
from typing import BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from cloudaudit import clock
from cloudaudit.forms import Block, Cell, Document, Field, Fields, Form, Note, Signs, Table
from cloudaudit.visible import visible

from ._sheets import FILL_IN, LINE, SAFE, Book, Looks, Sheet, lines_of, looks

_A4 = 9
_COLUMNS = 24
_WIDTH = 130.0
_WIDE = 150.0
_LABEL = 0.27
_SEAL = 3


def write_workbook(document: Document, out: BinaryIO) -> None:
    """Write the workbook; rows are streamed through temporary files."""
    with Workbook(out, SAFE) as book:
        _fill(book, document)


def _fill(book: Book, document: Document) -> None:
    book.set_properties(
        {
            "title": document.title,
            "subject": visible(document.target),
            "author": "cloudaudit",
            # The time of the snapshot and not of writing: equal input gives equal bytes.
            "created": clock.parse(document.day).replace(tzinfo=None),
        }
    )
    styles = looks(book, document.language)
    more = _More(book, document)
    names = list(dict.fromkeys(form.name for form in document.forms))
    if document.contents:
        _contents(book, document, styles, more, names)
    for name, several in groupby(document.forms, key=lambda form: form.name):
        forms = list(several)
        sheet = _FormSheet(book, name, document, styles, more, _grid(forms))
        for number, form in enumerate(forms):
            sheet.form(form, first=number == 0)
        sheet.close()


class _More:
    """Formats that only forms have."""

    def __init__(self, book: Book, document: Document) -> None:
        font = {"font_name": "Yu Gothic" if document.language == "ja" else "Calibri", "font_size": 10}
        cell = {**font, "text_wrap": True, "valign": "top", "border": 1, "border_color": LINE}
        self.label = book.add_format({**cell, "bold": True, "bg_color": "#EEF2F6"})
        self.centred_label = book.add_format(
            {**cell, "bold": True, "bg_color": "#EEF2F6", "align": "center", "valign": "vcenter"}
        )
        self.fill_in = book.add_format({**cell, "bg_color": FILL_IN, "locked": False})
        self.section = book.add_format({**font, "bold": True, "font_size": 12, "font_color": "#1F3A5F"})
        self.note = book.add_format({**font, "font_color": "#5B6770", "text_wrap": True, "valign": "top"})
        self.loud = book.add_format(
            {
                **font,
                "bold": True,
                "font_color": "#9A3A0C",
                "bg_color": "#FDEEE2",
                "text_wrap": True,
                "valign": "top",
            }
        )


def _contents(book: Book, document: Document, styles: Looks, more: _More, names: Sequence[str]) -> None:
    sheet = _FormSheet(book, document.contents, document, styles, more, [_WIDTH / _COLUMNS] * _COLUMNS)
    sheet.text(document.title, styles.title, 26)
    sheet.text(f"{visible(document.target)} · {document.moment}", styles.subtitle)
    sheet.paragraph(document.lead, more.note)
    if document.masked:
        sheet.paragraph(document.masked, more.loud)
    sheet.blocks(
        (
            Fields(
                fields=tuple(
                    sheet.row_of(name, [form for form in document.forms if form.name == name])
                    for name in names
                ),
            ),
            Note(text=document.footer),
        )
    )
    sheet.close()


def _grid(forms: Sequence[Form]) -> list[float]:
    """Return the widths of a sheet's columns: those of its only table, so that it can be filtered, or else equal ones."""
    tables = [block for form in forms for block in form.blocks if isinstance(block, Table)]
    if len(tables) == 1:
        return [column.width for column in tables[0].columns]
    return [_WIDTH / _COLUMNS] * _COLUMNS


def spans(shares: Sequence[float], grid: Sequence[float]) -> list[tuple[int, int]]:
    """Return the first and last column of a grid for each share of its width; each gets one at least.

    Args:
        shares: of the width, in any unit; not more than the grid has columns.
        grid: the widths of the columns.
    """
    if len(shares) == len(grid):
        return [(at, at) for at in range(len(grid))]
    edges = [0.0, *accumulate(grid)]
    scale = edges[-1] / sum(shares)
    found: list[tuple[int, int]] = []
    start = 0
    for number, end in enumerate(accumulate(share * scale for share in shares)):
        left = len(shares) - number - 1
        nearest = min(range(len(edges)), key=lambda at: abs(edges[at] - end))
        stop = min(max(nearest, start + 1), len(grid) - left) if left else len(grid)
        found.append((start, stop - 1))
        start = stop
    return found


class _FormSheet(Sheet):
    """A sheet with forms."""

    def __init__(
        self, book: Book, name: str, document: Document, styles: Looks, more: _More, grid: list[float]
    ) -> None:
        super().__init__(book, name, document.language, styles)
        self._document = document
        self._more = more
        self._grid = grid
        self._filter: tuple[int, int, int] | None = None
        self._breaks: list[int] = []
        for number, width in enumerate(grid):
            self.sheet.set_column(number, number, width)

    @staticmethod
    def row_of(name: str, forms: Sequence[Form]) -> Field:
        """Return the line of the list of forms for one kind."""
        title = forms[0].title if len(forms) == 1 else name
        number = f"({len(forms)})" if len(forms) > 1 else ""
        return Field(name, f"{title}{number}")

    def form(self, form: Form, *, first: bool) -> None:
        """Write a form; each begins on a page of its own."""
        if not first:
            self.row += 1
            self._breaks.append(self.row)
        self.text(form.title, self.looks.title, 26)
        self.text(f"{visible(self._document.target)} · {self._document.moment}", self.looks.subtitle)
        if form.items:
            self.text(form.items, self.looks.hint)
        if first and self._document.masked:
            self.paragraph(self._document.masked, self._more.loud)
        self.blocks(form.blocks)

    def blocks(self, blocks: Sequence[Block]) -> None:
        """Write blocks from top to bottom."""
        for block in blocks:
            self.text("", self.looks.hint, 6)
            if isinstance(block, Note):
                self.paragraph(block.text, self._more.loud if block.loud else self._more.note)
            elif isinstance(block, Signs):
                self._signs(block)
            elif isinstance(block, Fields):
                self._title(block.title)
                for each in block.fields:
                    self._cells(
                        ((each.label, self._more.label), (each.value, None)), (_LABEL, 1 - _LABEL), each.lines
                    )
            else:
                self._title(block.title)
                self._table(block)

    def text(self, text: str, style: Format, height: float = 16) -> None:
        """Write one line that may run over the cells beside it."""
        self.sheet.set_row(self.row, height)
        self.write(0, visible(text), style)
        self.row += 1
        self._lines = 1

    def paragraph(self, text: str, style: Format) -> None:
        """Write a text over the whole width, in as many lines as it needs."""
        self._cells(((text, style),), (1.0,))

    def _title(self, title: str) -> None:
        if title:
            self.text(title, self._more.section, 20)

    def _table(self, table: Table) -> None:
        shares = [column.width for column in table.columns]
        top = self.row
        self._cells([(column.head, self.looks.head) for column in table.columns], shares)
        for row in table.rows:
            self._cells([(cell, None) for cell in row], shares)
        if not table.rows:
            self.paragraph(table.nothing, self.looks.text)
        elif len(table.columns) == len(self._grid):
            self._filter = (top, self.row - 1, len(shares) - 1)
        if table.more:
            self.paragraph(table.more, self._more.note)

    def _signs(self, signs: Signs) -> None:
        shares = (0.5, *(2.0,) * len(signs.boxes))
        label = self._more.centred_label
        self._cells([("", label), *((box, label) for box in signs.boxes)], shares)
        for number, line in enumerate(signs.lines):
            lines = _SEAL if number == len(signs.lines) - 1 else 1
            self._cells([(line, label), *((None, None) for _ in signs.boxes)], shares, lines)

    def _cells(
        self, cells: Sequence[tuple[Cell, Format | None]], shares: Sequence[float], lines: int = 1
    ) -> None:
        """Write a row; its height is that of its fullest cell."""
        needed = lines
        for (cell, style), (first, last) in zip(cells, spans(shares, self._grid), strict=True):
            look = style or (self._more.fill_in if cell is None else self.looks.text)
            if last > first:
                self.sheet.merge_range(self.row, first, self.row, last, "", look)
            if cell is None:
                self.blank(first, look)
                continue
            said = visible(cell) if isinstance(cell, str) else "\n".join(map(visible, cell))
            self.write(first, said, look)
            needed = max(needed, lines_of(said, sum(self._grid[first : last + 1])))
        self._lines = needed
        self.next()

    def close(self) -> None:
        """Filter the only table, and set up printing."""
        sheet = self.sheet
        if self._filter is not None:
            top, bottom, last = self._filter
            sheet.autofilter(top, 0, bottom, last)
            sheet.repeat_rows(top)
        if sum(self._grid) >= _WIDE:
            sheet.set_landscape()
        else:
            sheet.set_portrait()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        if self._breaks:
            sheet.set_h_pagebreaks(self._breaks)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.print_area(0, 0, max(self.row - 1, 0), len(self._grid) - 1)
        sheet.set_footer("&L&8&A&C&8&P / &N&R&8cloudaudit")  # pyright: ignore[reportUnknownMemberType]  # XlsxWriter's types are partial
