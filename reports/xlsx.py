"""corrective-actions.<language>.xlsx: what to mend, to be filled in; what is open to whom; what was looked at.

Needs the extra ``xlsx``. Every cell is written as a string or a date, never as a formula or a link.
"""

from typing import BinaryIO

from cloudaudit.assessment import Assessment
from cloudaudit.errors import UsageError
from cloudaudit.reporting import ReportOptions
from cloudaudit.text import Text

FILE_NAME = "corrective-actions.{language}.xlsx"


def render(assessment: Assessment, options: ReportOptions, out: BinaryIO) -> None:
    """Write the workbook, in one language.

    Raises:
        UsageError: the extra is not installed.
    """
    try:
        from ._workbook import write
    except ModuleNotFoundError as error:
        if error.name != "xlsxwriter":
            raise
        raise UsageError(
            Text(
                en="The report xlsx needs XlsxWriter; install it with: pip install 'cloudaudit[xlsx]'",
                ja="レポート xlsx の出力には XlsxWriter が必要です。"
                "pip install 'cloudaudit[xlsx]' でインストールしてください。",
            )
        ) from error
    write(assessment, options.languages[0], out)
