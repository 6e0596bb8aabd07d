"""From an assessment's numbers to an exit code, with every reason."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from cloudaudit.assessment import ExitReason
from cloudaudit.errors import Exit
from cloudaudit.facts import Cause
from cloudaudit.model import Severity, Theme
from cloudaudit.reporting import SEVERITIES, THEMES, moment, number
from cloudaudit.scoring import Score, Tally
from cloudaudit.text import Text

if TYPE_CHECKING:  # it compares assessments, and is needed for its shape alone
    from cloudaudit.diff import Changes

T = TypeVar("T")
Failures = Mapping[Theme, Mapping[str, int]]
"""How many findings fail, by theme and severity."""


class Gates(Struct, frozen=True, kw_only=True):
    """When a run is not good enough.

    Attributes:
        fail_on: failures of this severity or above end with exit code 1; None: no failure does.
        fail_on_themes: for these themes instead of ``fail_on``.
        only_new: of the failures only those count that are new or worse since an earlier result.
        min_coverage: percent; below it the run is incomplete. None: every CRITICAL check must be wholly assessed.
        min_coverage_themes: percent for single themes, besides.
        min_score: the guaranteed score, 0 to 100; below it the run ends with exit code 1.
        min_score_themes: for single themes, besides.
    """

    fail_on: Severity | None = Severity.HIGH
    fail_on_themes: dict[Theme, Severity | None] = {}
    only_new: bool = False
    min_coverage: float | None = None
    min_coverage_themes: dict[Theme, float] = {}
    min_score: float | None = None
    min_score_themes: dict[Theme, float] = {}


def reasons(
    gates: Gates,
    *,
    score: Score,
    failures: Failures,
    tallies: Mapping[str, Tally],
    causes: Mapping[Cause, int],
    stopped: str | None,
) -> tuple[ExitReason, ...]:
    """Return every reason for the exit code, the deciding one first (130, then 4, 3, 1); empty when clean.

    Where only new failures count, those are told by ``with_changes``.

    Args:
        gates: what the user asked for.
        score: of the run.
        failures: how many findings fail.
        tallies: by check id.
        causes: how many findings were not assessed, by cause.
        stopped: None for a whole snapshot; else ``expired``, ``interrupted`` or empty for one without an end.
    """
    return _ordered(
        [
            *_interruption(stopped),
            *_blindness(gates, score, tallies),
            *_unscored(gates, score),
            *_crashes(causes),
            *([] if gates.only_new else _failures(gates, failures)),
            *_low_scores(gates, score),
        ]
    )


def with_changes(
    gates: Gates, found: tuple[ExitReason, ...], changes: "Changes | None"
) -> tuple[ExitReason, ...]:
    """Return the reasons with what changed since an earlier result, where only new failures count."""
    if not gates.only_new or changes is None:
        return found
    return _ordered([*found, *_failures(gates, changes.failures, changes.since)])


def with_reason(found: tuple[ExitReason, ...], reason: ExitReason) -> tuple[ExitReason, ...]:
    """Return the reasons with one more, the deciding one first."""
    return _ordered([*found, reason])


def _ordered(found: Iterable[ExitReason]) -> tuple[ExitReason, ...]:
    return tuple(sorted(found, key=lambda reason: -reason.code))


def _interruption(stopped: str | None) -> Iterable[ExitReason]:
    if stopped is None:
        return
    if stopped == "expired":
        yield _incomplete(
            "the credentials expired during the scan; renew them and run again with --resume",
            "スキャン中に認証情報の有効期限が切れました。更新のうえ --resume を付けて再実行してください",
        )
        return
    # Without an end record nobody can tell by what the scan ended, so only its incompleteness is known.
    code = Exit.INTERRUPTED if stopped == "interrupted" else Exit.INCOMPLETE
    reason = Text(
        en="the scan was interrupted; run it again with --resume",
        ja="スキャンが中断されました。--resume を付けて再実行してください",
    )
    yield ExitReason(code=code, reason=reason)


def _blindness(gates: Gates, score: Score, tallies: Mapping[str, Tally]) -> Iterable[ExitReason]:
    coverage = score.overall.coverage
    if coverage is None:
        yield _incomplete("nothing could be assessed", "判定できた項目がありません")
    elif gates.min_coverage is not None:
        if coverage < gates.min_coverage:
            yield _incomplete(
                f"coverage is {coverage} %, below the required {gates.min_coverage:g} %",
                f"判定率 {coverage}% が、必要な {gates.min_coverage:g}% を下回っています",
            )
    else:
        blind = sorted(
            check_id
            for check_id, tally in tallies.items()
            if tally.severity is Severity.CRITICAL and tally.blind
        )
        if blind:
            yield _incomplete(
                f"critical checks were not wholly assessed: {', '.join(blind)}",
                f"重要度「緊急」のチェックに判定できないものがあります: {', '.join(blind)}",
            )
    for theme, required in _in_order(gates.min_coverage_themes):
        measure = score.themes.get(theme.value)
        assessed = measure.coverage if measure else None
        if assessed is not None and assessed < required:
            yield _incomplete(
                f"coverage of {THEMES[theme].en} is {assessed} %, below the required {required:g} %",
                f"「{THEMES[theme].ja}」の判定率 {assessed}% が、必要な {required:g}% を下回っています",
            )


def _unscored(gates: Gates, score: Score) -> Iterable[ExitReason]:
    """Tell the themes of which something is required and nothing is known: that is no pass."""
    if score.overall.guaranteed is None:
        return
    for theme in Theme:
        if theme not in gates.min_score_themes and theme not in gates.min_coverage_themes:
            continue
        measure = score.themes.get(theme.value)
        if measure is None or measure.guaranteed is None:
            yield _incomplete(
                f"nothing could be assessed of {THEMES[theme].en}, of which a score or coverage is required",
                f"スコアまたは判定率の基準がある「{THEMES[theme].ja}」に、判定できた項目がありません",
            )


def _crashes(causes: Mapping[Cause, int]) -> Iterable[ExitReason]:
    if count := causes.get(Cause.CRASH, 0):
        yield _incomplete(
            f"a check failed inside, findings affected: {count}",
            f"チェックの内部エラーにより判定できない項目が {count} 件あります",
        )


def _failures(gates: Gates, failures: Failures, since: str = "") -> Iterable[ExitReason]:
    rest: Counter[str] = Counter()
    for theme in Theme:
        counted = failures.get(theme, {})
        if theme not in gates.fail_on_themes:
            rest.update(counted)
    yield from _failing(gates.fail_on, rest, since)
    for theme, limit in _in_order(gates.fail_on_themes):
        yield from _failing(limit, failures.get(theme, {}), since, theme)


def _failing(
    limit: Severity | None, counted: Mapping[str, int], since: str, theme: Theme | None = None
) -> Iterable[ExitReason]:
    if limit is None:
        return
    count = sum(found for severity, found in counted.items() if Severity(severity).rank >= limit.rank)
    if not count:
        return
    where_en = f" in {THEMES[theme].en}" if theme else ""
    where_ja = f"「{THEMES[theme].ja}」で" if theme else ""
    severity_ja = f"重要度「{SEVERITIES[limit].ja}」以上の"
    if since:
        reason = Text(
            en=f"new or worse failures of severity {limit} or above{where_en} since {moment(since, 'en')}: {count}",
            ja=f"{where_ja}前回({moment(since, 'ja')})以降に新たに生じた、または悪化した{severity_ja}不適合が {count} 件あります",
        )
    else:
        reason = Text(
            en=f"failures of severity {limit} or above{where_en}: {count}",
            ja=f"{where_ja}{severity_ja}不適合が {count} 件あります",
        )
    yield ExitReason(code=Exit.FINDINGS, reason=reason)


def _low_scores(gates: Gates, score: Score) -> Iterable[ExitReason]:
    guaranteed = score.overall.guaranteed
    if gates.min_score is not None and guaranteed is not None and guaranteed < gates.min_score:
        yield _failed(
            f"the guaranteed score is {number(guaranteed)}, below the required {gates.min_score:g}",
            f"保証スコア {number(guaranteed)} 点が、必要な {gates.min_score:g} 点を下回っています",
        )
    for theme, required in _in_order(gates.min_score_themes):
        measure = score.themes.get(theme.value)
        if measure is not None and measure.guaranteed is not None and measure.guaranteed < required:
            reached = number(measure.guaranteed)
            yield _failed(
                f"the guaranteed score of {THEMES[theme].en} is {reached}, below the required {required:g}",
                f"「{THEMES[theme].ja}」の保証スコア {reached} 点が、必要な {required:g} 点を下回っています",
            )


def _in_order(by_theme: Mapping[Theme, T]) -> Iterable[tuple[Theme, T]]:
    return ((theme, by_theme[theme]) for theme in Theme if theme in by_theme)


def _incomplete(en: str, ja: str) -> ExitReason:
    return ExitReason(code=Exit.INCOMPLETE, reason=Text(en=en, ja=ja))


def _failed(en: str, ja: str) -> ExitReason:
    return ExitReason(code=Exit.FINDINGS, reason=Text(en=en, ja=ja))
