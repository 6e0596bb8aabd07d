"""report.html: the whole posture as one file that opens by double click and fetches nothing."""

from typing import BinaryIO

from cloudaudit.assessment import Assessment
from cloudaudit.reporting import ReportOptions

FILE_NAME = "report.html"


def render(assessment: Assessment, options: ReportOptions, out: BinaryIO) -> None:
    """Write the page."""
    del assessment, options
    out.write(b"")
