"""corrective-actions.<language>.xlsx: what to mend, to be filled in; what is open to whom; what was looked at.

Needs the extra ``xlsx``. Every cell is written as a string, a number or a date, never as a formula or a link.
"""

from typing import BinaryIO

from cloudaudit.assessment import Assessment
from cloudaudit.reporting import ReportOptions
from cloudaudit.text import Text

from ._extras import lacking, require

FILE_NAME = "corrective-actions.{language}.xlsx"

_MODULES = ("xlsxwriter",)


def missing() -> Text | None:
    """Return what to install, where the extra is not."""
    return lacking("xlsx", _MODULES)


def render(assessment: Assessment, options: ReportOptions, out: BinaryIO) -> None:
    """Write the workbook, in one language.

    Raises:
        UsageError: the extra is not installed.
    """
    require(missing())
    from ._workbook import write

    write(assessment, options.languages[0], out, options.frameworks)
