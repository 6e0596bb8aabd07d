"""What the template of the forms is given: plain data, every text made so that the fonts can show it."""

from collections.abc import Callable
from typing import Any, cast

import msgspec

from cloudaudit import clock
from cloudaudit.forms import Document, Form, Table

from ._breaks import breakable

_WIDE = 150.0
"""Width of a table, in characters, from which on its form is printed in landscape."""

_LONG = 400
"""Characters from which on a row may break over pages; a shorter one is kept together."""


def data_of(document: Document, show: Callable[[str], str]) -> dict[str, Any]:
    """Return the document for the template.

    Args:
        document: what to draw.
        show: makes text that the fonts can show.
    """

    def shown(value: object) -> object:
        if isinstance(value, str):
            return breakable(show(value))
        if isinstance(value, dict):
            members = cast("dict[str, object]", value)
            return {name: item if name == "type" else shown(item) for name, item in members.items()}
        if isinstance(value, list | tuple):
            return [shown(item) for item in cast("list[object]", value)]
        return value

    taken = clock.parse(document.day)
    plain = cast("dict[str, Any]", shown(msgspec.to_builtins(document)))
    for form, original in zip(plain["forms"], document.forms, strict=True):
        form["wide"] = _is_wide(original)
        for block, kept in zip(form["blocks"], original.blocks, strict=True):
            if isinstance(kept, Table):
                block["whole"] = [sum(map(_length, row)) <= _LONG for row in kept.rows]
    return {
        **plain,
        "language": document.language,
        "day": {name: getattr(taken, name) for name in ("year", "month", "day", "hour", "minute", "second")},
    }


def _is_wide(form: Form) -> bool:
    tables = [block for block in form.blocks if isinstance(block, Table)]
    return any(sum(column.width for column in table.columns) >= _WIDE for table in tables)


def _length(cell: object) -> int:
    return (
        0 if cell is None else len(cell if isinstance(cell, str) else "".join(cast("tuple[str, ...]", cell)))
    )
