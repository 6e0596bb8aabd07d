"""Forms as a workbook, to be filled in on screen; a sheet for each kind of form. Needs the extra ``xlsx``."""

from typing import BinaryIO

from cloudaudit.forms import Document
from cloudaudit.text import Text

from ._extras import lacking, require

ROWS = 20_000
"""Of a long list; the rest is counted."""

_MODULES = ("xlsxwriter",)


def missing() -> Text | None:
    """Return what to install, where the extra is not."""
    return lacking("xlsx", _MODULES)


def write(document: Document, out: BinaryIO) -> None:
    """Write the workbook.

    Raises:
        UsageError: the extra is not installed.
    """
    require(missing())
    from ._forms_workbook import write_workbook

    write_workbook(document, out)
