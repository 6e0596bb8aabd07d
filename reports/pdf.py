"""report.<language>.pdf: for assessors and management; PDF/A-3a is declared, and ``result.json`` is attached inside.

Needs the extra ``pdf``. Fonts and template come with packages, the only time is that of the snapshot.
"""

from typing import BinaryIO

from cloudaudit.assessment import Assessment
from cloudaudit.reporting import ReportOptions
from cloudaudit.text import Text

from ._extras import lacking, require

FILE_NAME = "report.{language}.pdf"

_MODULES = ("typst", "noto_cjk_sans_jp_regular", "noto_cjk_sans_jp_bold")


def missing() -> Text | None:
    """Return what to install, where the extra is not."""
    return lacking("pdf", _MODULES)


def render(assessment: Assessment, options: ReportOptions, out: BinaryIO) -> None:
    """Write the report, in one language.

    Raises:
        UsageError: the extra is not installed.
    """
    require(missing())
    from ._pdf_file import write

    write(assessment, options.languages[0], out, options.frameworks)
