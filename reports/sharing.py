"""sharing.json: the inventory of what is open to whom outside, for machines (クラウドの持ち出し管理簿).

The same lines as the ``sharing`` part of result.json, by themselves, so that they can be kept and compared night by
night. Schema: docs/sharing.schema.json.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cloudaudit.assessment import Assessment
from cloudaudit.model import Share, Status, Theme
from cloudaudit.reporting import ReportOptions
from cloudaudit.text import Text

from ._members import Members

FILE_NAME = "sharing.json"

_SCHEMA = 1
_INVENTORY = "sharing"
"""What the scope calls this inventory where it is not complete."""

_NARROWED = Text(
    en="the run was narrowed, so not everything was looked at",
    ja="対象を絞った実行のため、すべてを確認したものではありません",
)


def render(assessment: Assessment, options: ReportOptions, out: BinaryIO) -> None:
    """Write the inventory; its lines are streamed. No option changes it."""
    del options
    counts: Counter[str] = Counter()
    doubts = list(_doubts(assessment))
    writer = Members(out)
    writer.member("schema", _SCHEMA)
    writer.member("tool", assessment.tool)
    writer.member("target", assessment.target)
    writer.member("taken_at", assessment.taken_at)
    # A short list must not look like a clean one: whether anything may be missing stands before it.
    writer.member("complete", not doubts)
    writer.member("incomplete_because", doubts)
    writer.members("sharing", _counted(assessment.shares(), counts))
    writer.member("counts", dict(sorted(counts.items())))
    writer.end()


def _doubts(assessment: Assessment) -> Iterator[Text]:
    """Yield why something may be missing from the inventory."""
    yield from (left_out.reason for left_out in assessment.scope.excluded if left_out.what == _INVENTORY)
    if assessment.scope.narrowed:
        yield _NARROWED
    unread = sum(
        finding.theme is Theme.SHARING and finding.status is Status.NOT_ASSESSED
        for finding in assessment.findings()
    )
    if unread:
        yield Text(
            en=f"findings about sharing that were not assessed: {unread}; what they would tell is missing here",
            ja=f"共有に関する判定不能が {unread} 件あり、その分はこの一覧に含まれていません",
        )


def _counted(shares: Iterable[Share], counts: Counter[str]) -> Iterator[Share]:
    for share in shares:
        counts[share.scope] += 1
        yield share
