"""From an assessment's numbers to an exit code, with every reason."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from cloudaudit.assessment import Counts, ExitReason
from cloudaudit.errors import Exit
from cloudaudit.facts import Cause
from cloudaudit.model import Severity
from cloudaudit.reporting import SEVERITIES
from cloudaudit.scoring import Score, Tally
from cloudaudit.text import Text


class Gates(Struct, frozen=True, kw_only=True):
    """When a run is not good enough.

    Attributes:
        fail_on: failures of this severity or above end with exit code 1.
        min_coverage: percent; below it the run is incomplete. None: every CRITICAL check must be wholly assessed.
    """

    fail_on: Severity = Severity.HIGH
    min_coverage: float | None = None


def reasons(
    gates: Gates,
    *,
    score: Score,
    counts: Counts,
    tallies: Mapping[str, Tally],
    causes: Mapping[Cause, int],
    stopped: str | None,
) -> tuple[ExitReason, ...]:
    """Return every reason for the exit code, the deciding one first (130, then 4, 3, 1); empty when clean.

    Args:
        gates: what the user asked for.
        score: of the run.
        counts: findings by status.
        tallies: by check id.
        causes: how many findings were not assessed, by cause.
        stopped: None for a whole snapshot; else ``expired``, ``interrupted`` or empty for one without an end.
    """
    found = [
        *_interruption(stopped),
        *_blindness(gates, score, tallies),
        *_crashes(causes),
        *_failures(gates, counts),
    ]
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


def _crashes(causes: Mapping[Cause, int]) -> Iterable[ExitReason]:
    if count := causes.get(Cause.CRASH, 0):
        yield _incomplete(
            f"a check failed inside, findings affected: {count}",
            f"チェックの内部エラーにより判定できない項目が {count} 件あります",
        )


def _failures(gates: Gates, counts: Counts) -> Iterable[ExitReason]:
    count = sum(
        number
        for severity, number in counts.by_severity.items()
        if Severity(severity).rank >= gates.fail_on.rank
    )
    if count:
        yield ExitReason(
            code=Exit.FINDINGS,
            reason=Text(
                en=f"failures of severity {gates.fail_on} or above: {count}",
                ja=f"重要度「{SEVERITIES[gates.fail_on].ja}」以上の不適合が {count} 件あります",
            ),
        )


def _incomplete(en: str, ja: str) -> ExitReason:
    return ExitReason(code=Exit.INCOMPLETE, reason=Text(en=en, ja=ja))
