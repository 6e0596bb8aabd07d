"""report.<language>.pdf: for assessors and management; PDF/A-3a is declared, and ``result.json`` is attached inside.

Needs the extra ``pdf``. Fonts and template come with packages, the only time is that of the snapshot.
"""

from typing import BinaryIO

from cloudaudit.assessment import Assessment
from cloudaudit.errors import UsageError
from cloudaudit.reporting import ReportOptions
from cloudaudit.text import Text

FILE_NAME = "report.{language}.pdf"

_EXTRA = frozenset({"typst", "noto_cjk_sans_jp_regular", "noto_cjk_sans_jp_bold"})


def render(assessment: Assessment, options: ReportOptions, out: BinaryIO) -> None:
    """Write the report, in one language.

    Raises:
        UsageError: the extra is not installed.
    """
    try:
        from ._pdf_file import write
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        raise UsageError(
            Text(
                en=f"The report pdf needs {error.name}; install it with: pip install 'cloudaudit[pdf]'",
                ja=f"レポート pdf の出力には {error.name} が必要です。"
                "pip install 'cloudaudit[pdf]' でインストールしてください。",
            )
        ) from error
    write(assessment, options.languages[0], out)
