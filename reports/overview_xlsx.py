"""overview.xlsx: all targets of a fleet in a sheet a language. Every cell is a string or a number, never a formula or a link."""

from typing import BinaryIO

from cloudaudit.fleet.rows import Overview
from cloudaudit.reporting import ReportOptions
from cloudaudit.text import Text

from ._extras import lacking, require

FILE_NAME = "overview.xlsx"


def missing() -> Text | None:
    """Return what to install, where the extra is not."""
    return lacking("xlsx", ("xlsxwriter",))


def render(overview: Overview, options: ReportOptions, out: BinaryIO) -> None:
    """Write the workbook.

    Raises:
        UsageError: the extra is not installed.
    """
    require(missing())
    from ._overview_workbook import write

    write(overview, options.languages, out)
