"""The result by control: what the findings of a run are evidence for. Never that a control is met."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from cloudaudit.assessment import Assessment, CheckTally
from cloudaudit.frameworks.loading import chosen
from cloudaudit.frameworks.model import STRENGTHS, Control, Framework, Strength
from cloudaudit.model import Severity, Status
from cloudaudit.reporting import STATUSES
from cloudaudit.text import Language, Text


class Outcome(StrEnum):
    """What can be said of a control, worst first."""

    FAILED = "failed"
    INCOMPLETE = "incomplete"
    NOT_RUN = "not-run"
    WAIVED = "waived"
    CLEAR = "clear"
    EMPTY = "empty"
    MANUAL = "manual"


OUTCOMES: dict[Outcome, Text] = {
    Outcome.FAILED: Text(en="failures", ja="不適合あり"),
    Outcome.INCOMPLETE: Text(en="not all assessed", ja="判定不能あり"),
    Outcome.NOT_RUN: Text(en="not all checks ran", ja="未実施のチェックあり"),
    Outcome.WAIVED: Text(en="failures waived", ja="受容あり"),
    Outcome.CLEAR: Text(en="no failure found", ja="不適合の検出なし"),
    Outcome.EMPTY: Text(en="no results", ja="該当する結果なし"),
    Outcome.MANUAL: Text(en="confirm by hand", ja="手動確認"),
}
TITLE = Text(en="Evidence by control", ja="項番別の証跡")
LEAD = Text(
    en="What the findings of this run are evidence for. It is no certificate and no statement that a control is met: "
    "which check belongs to which control is cloudaudit's own reading, and the assessment is a person's.",
    ja="今回の結果がどの項番の証跡となるかを示します(適合を証明するものではありません)。"
    "チェックと項番の対応は本ツールによる整理であり、項番を満たすかどうかの判断は担当者・審査員が行います。",
)
STATUS_ORDER = (Status.FAIL, Status.NOT_ASSESSED, Status.WAIVED, Status.PASS, Status.NOT_APPLICABLE)
HEADS: tuple[Text, ...] = (
    Text(en="Control", ja="項番"),
    Text(en="Title", ja="題名"),
    Text(en="Evidence", ja="証跡の強さ"),
    *(STATUSES[status] for status in STATUS_ORDER),
    Text(en="Result", ja="結果"),
)
MANUAL = Text(
    en="No evidence from this tool; to be confirmed by a person",
    ja="本ツールでは証跡を得られない項番(手動確認)",
)
"""Stands before the controls of which this tool knows nothing."""


class ControlResult(Struct, frozen=True, kw_only=True):
    """The findings that are evidence for one control.

    Attributes:
        counts: findings by status.
        checks: ids of the checks that gave them.
        left_out: ids of checks that would give evidence and were left out of this run.
        worst: the highest severity of a failure.
    """

    control: Control
    counts: dict[Status, int]
    checks: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    worst: Severity | None = None

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """All that must be said, the worst first; what was not assessed or not run is never left unsaid."""
        if self.control.evidence is Strength.NONE or not (self.control.themes or self.control.checks):
            return (Outcome.MANUAL,)
        said = tuple(
            outcome
            for outcome, holds in (
                (Outcome.FAILED, self.counts[Status.FAIL]),
                (Outcome.INCOMPLETE, self.counts[Status.NOT_ASSESSED]),
                (Outcome.NOT_RUN, self.left_out),
                (Outcome.WAIVED, self.counts[Status.WAIVED]),
            )
            if holds
        )
        return said or ((Outcome.CLEAR,) if self.counts[Status.PASS] else (Outcome.EMPTY,))

    @property
    def outcome(self) -> Outcome:
        """The worst that must be said."""
        return self.outcomes[0]

    @property
    def said(self) -> Text:
        """Everything that must be said, in words."""
        words = [OUTCOMES[outcome] for outcome in self.outcomes]
        return Text(en="; ".join(text.en for text in words), ja="、".join(text.ja for text in words))

    def cells(self, language: Language) -> tuple[str, ...]:
        """Return what fills the columns of ``HEADS``."""
        return (
            self.control.shown(language),
            self.control.title.in_(language),
            STRENGTHS[self.control.evidence].in_(language),
            *(f"{self.counts[status]:,}" for status in STATUS_ORDER),
            self.said.in_(language),
        )


class FrameworkResult(Struct, frozen=True, kw_only=True):
    """One framework with the results of its controls, worst first; ``manual`` are those for a person, in their own order."""

    framework: Framework
    results: tuple[ControlResult, ...]
    manual: tuple[Control, ...]

    @property
    def about(self) -> Text:
        """Version, source and day, and that the data does not hold all controls."""
        framework = self.framework
        total = len(framework.controls)
        return Text(
            en=f"Version {framework.version}; {total} controls in the data of this tool (not all of the framework), "
            f"{len(self.manual)} of them for a person to confirm; checked {framework.as_of}; {framework.source}",
            ja=f"版: {framework.version}。本ツールに収録した {total} 項番(全項番ではありません)のうち、"
            f"手動確認 {len(self.manual)} 項番。確認日: {framework.as_of}。出典: {framework.source}",
        )

    def manual_line(self, language: Language) -> str:
        """Return the controls for a person, in one line."""
        joint = Text(en="; ", ja="、").in_(language)
        return joint.join(
            f"{control.shown(language)} {control.title.in_(language)}" for control in self.manual
        )


def by_control(assessment: Assessment, framework: Framework) -> FrameworkResult:
    """Return the results of a framework."""
    tallies = assessment.by_check
    left_out = _left_out(assessment)
    results = [_result(control, tallies, left_out) for control in framework.controls]
    told = [one for one in results if one.outcome is not Outcome.MANUAL]
    order = tuple(Outcome)
    told.sort(
        key=lambda one: (
            order.index(one.outcome),
            -(one.worst.rank if one.worst else -1),
            one.control.evidence.rank,
            -one.counts[Status.FAIL],
            -one.counts[Status.NOT_ASSESSED],
        )
    )
    return FrameworkResult(
        framework=framework,
        results=tuple(told),
        manual=tuple(one.control for one in results if one.outcome is Outcome.MANUAL),
    )


def shown(
    assessment: Assessment, names: Sequence[str], languages: Sequence[Language]
) -> tuple[FrameworkResult, ...]:
    """Return the results of the frameworks that a report shows.

    Raises:
        UsageError: one of the names is unknown.
    """
    return tuple(by_control(assessment, framework) for framework in chosen(names, languages))


def _left_out(assessment: Assessment) -> tuple[str, ...]:
    return tuple(item.id for item in assessment.scope.excluded if item.what == "check")


def _result(control: Control, tallies: Mapping[str, CheckTally], left_out: Sequence[str]) -> ControlResult:
    mine = {check: tally for check, tally in tallies.items() if control.takes(check, tally.theme)}
    worst = [tally.worst for tally in mine.values() if tally.worst]
    return ControlResult(
        control=control,
        counts={status: sum(tally.counts[status] for tally in mine.values()) for status in Status},
        checks=tuple(sorted(mine)),
        # A result does not tell the theme of a check that did not run, so it may have been one of the control's.
        left_out=tuple(check for check in left_out if control.themes or check in control.checks),
        worst=max(worst, key=lambda severity: severity.rank, default=None),
    )
