"""Forms for people: what a sheet of paper holds, apart from how a PDF, a workbook or Markdown draws it.

Every text is in one language and may hold names of strangers; a renderer makes it visible. ``None`` stands where a
person writes: no renderer may fill it.
"""

from msgspec import Struct

from cloudaudit.text import Language

Cell = str | tuple[str, ...] | None
"""What stands in a cell, in one line or several; None for a person to fill in."""


class Field(Struct, frozen=True):
    """A label and what stands beside it.

    Attributes:
        lines: how many lines a person needs, where it is to be filled in.
        half: two of these, one after the other, may share a line on paper.
    """

    label: str
    value: Cell = None
    lines: int = 1
    half: bool = False


class Fields(Struct, frozen=True, kw_only=True, tag="fields"):
    """Labels with values, one below the other."""

    fields: tuple[Field, ...]
    title: str = ""


class Column(Struct, frozen=True):
    """The head of a column, and its share of the width: about its characters of Latin text in a workbook."""

    head: str
    width: float


class Table(Struct, frozen=True, kw_only=True, tag="table"):
    """Rows of cells.

    Attributes:
        nothing: what is said where there are no rows.
        more: what is said of rows that are left out; empty where none are.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    nothing: str = ""
    more: str = ""


class Note(Struct, frozen=True, kw_only=True, tag="note"):
    """A sentence; a loud one must not be overlooked."""

    text: str
    loud: bool = False


class Signs(Struct, frozen=True, kw_only=True, tag="signs"):
    """Boxes for name, day and seal. They are always empty: nothing signs for a person.

    Attributes:
        boxes: what each is for.
        lines: what is written in each, the last being the seal.
    """

    boxes: tuple[str, ...]
    lines: tuple[str, ...]


Block = Fields | Table | Note | Signs


class Form(Struct, frozen=True, kw_only=True):
    """One form.

    Attributes:
        name: short, for the tab of a workbook.
        items: a line that says which clauses it is evidence for; empty where none.
        blocks: from top to bottom.
        listed: what the list of forms says of it; the title where empty.
    """

    name: str
    title: str
    blocks: tuple[Block, ...]
    items: str = ""
    listed: str = ""


class Document(Struct, frozen=True, kw_only=True):
    """Forms that belong together.

    Attributes:
        target: whom they are about.
        moment: when it was looked at, for people.
        day: the same in UTC, as ISO 8601; the file bears it, so that equal input gives equal bytes.
        fields: what stands on the first page of several forms.
        footer: on each page.
        contents: what the list of forms is called; empty for a single form, which has no list.
    """

    language: Language
    title: str
    target: str
    moment: str
    day: str
    footer: str
    forms: tuple[Form, ...]
    contents: str = ""
    masked: str = ""
    lead: str = ""
