"""Forms as Markdown (GitHub's), for tickets and wikis."""

from typing import BinaryIO

from cloudaudit.forms import Block, Cell, Document, Fields, Note, Signs, Table
from cloudaudit.text import Text

from ._markdown import literal

ROWS = 300
"""Of a long list; the rest is counted."""


def missing() -> Text | None:
    """Return None: nothing else is needed."""
    return None


def write(document: Document, out: BinaryIO) -> None:
    """Write the forms one below the other."""
    lines = [
        f"# {literal(document.title)}",
        "",
        f"{literal(document.target)} · {literal(document.moment)}",
        "",
    ]
    lines += [line for text in (document.masked, document.lead) if text for line in (literal(text), "")]
    for form in document.forms:
        if form.title != document.title:
            lines += [f"## {literal(form.title)}", ""]
        for block in form.blocks:
            lines += [*_block(block), ""]
    lines += ["---", "", literal(document.footer), ""]
    out.write("\n".join(lines).encode())


def _block(block: Block) -> list[str]:
    if isinstance(block, Note):
        return [f"**{literal(block.text)}**" if block.loud else literal(block.text)]
    if isinstance(block, Signs):
        empty = ("",) * len(block.boxes)
        return _table(("", *block.boxes), [(line, *empty) for line in block.lines])
    title = [f"### {literal(block.title)}", ""] if block.title else []
    if isinstance(block, Fields):
        return title + _table(("", ""), [(each.label, each.value) for each in block.fields])
    return title + _rows(block)


def _rows(block: Table) -> list[str]:
    if not block.rows:
        return [literal(block.nothing)]
    more = ["", literal(block.more)] if block.more else []
    return _table(tuple(column.head for column in block.columns), block.rows) + more


def _table(
    heads: tuple[str, ...], rows: "list[tuple[Cell, ...]] | tuple[tuple[Cell, ...], ...]"
) -> list[str]:
    return [
        _line(heads),
        f"|{' --- |' * len(heads)}",
        *(_line(row) for row in rows),
    ]


def _line(cells: tuple[Cell, ...]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(cell: Cell) -> str:
    if cell is None:
        return ""
    return "<br>".join(map(literal, (cell,) if isinstance(cell, str) else cell))
