"""result.json: everything, for machines; equal input gives equal bytes. Schema: docs/result.schema.json.

One check, one resource, one share and one finding a line, so that two results can be compared with line tools.
"""

from typing import BinaryIO

from cloudaudit.assessment import Assessment
from cloudaudit.reporting import ReportOptions

from ._members import Members

FILE_NAME = "result.json"

_SMALL = (
    "schema",
    "tool",
    "target",
    "taken_at",
    "masked",
    "scope",
    "policy",
    "score",
    "counts",
    "gaps",
    "exit",
)


def render(assessment: Assessment, options: ReportOptions, out: BinaryIO) -> None:
    """Write the result, which ``cloudaudit.result`` reads back; what may be long is streamed. No option changes it."""
    del options
    writer = Members(out)
    for key in _SMALL:
        writer.member(key, getattr(assessment, key))
    if assessment.client is not None:
        writer.member("client", assessment.client)
    writer.members("checks", assessment.checks.values())
    writer.members("resources", assessment.resources())
    writer.members("waivers", assessment.waivers)
    writer.members("sharing", assessment.shares())
    if assessment.ledger is not None:
        writer.member("ledger", assessment.ledger)
    if next(assessment.failing_since(), None) is not None:
        writer.members("failing_since", assessment.failing_since())
    writer.members("findings", assessment.findings())
    writer.end()
