"""result.json: everything, for machines; equal input gives equal bytes. Schema: docs/result.schema.json.

One resource and one finding a line, so that two results can be compared with line tools.
"""

from typing import BinaryIO

from cloudaudit.assessment import Assessment
from cloudaudit.reporting import ReportOptions

from ._members import Members

FILE_NAME = "result.json"

_SMALL = ("schema", "tool", "target", "taken_at", "scope", "policy", "score", "counts", "gaps", "exit")
_SMALL_LAST = ("waivers", "sharing")


def render(assessment: Assessment, options: ReportOptions, out: BinaryIO) -> None:
    """Write the result; findings and resources are streamed. No option changes it."""
    del options
    writer = Members(out)
    for key in _SMALL:
        writer.member(key, getattr(assessment, key))
    writer.members("resources", assessment.resources())
    for key in _SMALL_LAST:
        writer.member(key, getattr(assessment, key))
    writer.members("findings", assessment.findings())
    writer.end()
