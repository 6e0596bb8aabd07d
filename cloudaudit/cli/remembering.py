"""What commands do with a history: read it into an assessment, and let a run join."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from cloudaudit.assessment import Assessment, FailingSince
from cloudaudit.history import HistoryError, open_history, refuse_unfit, with_run
from cloudaudit.text import Language

DEFAULT = Path("cloudaudit-out", "history.sqlite")
"""Where commands about the history look when none is named."""


def with_history(assessment: Assessment, path: Path | None) -> Assessment:
    """Return the assessment with what a history tells of it: since when things fail, and how the score went.

    Raises:
        HistoryError: it is not there, or cannot be used.
    """
    if path is None or assessment.masked:
        return assessment
    with open_history(path, create=False) as history:
        target = assessment.target
        trend = history.trend(target.provider, target.account, until=assessment.taken_at)

    def failing_since() -> Iterator[FailingSince]:
        with open_history(path, create=False) as again:
            yield from again.failing_since(assessment)

    return replace(assessment, trend=with_run(trend, assessment), failing_since=failing_since)


def remember(assessment: Assessment, path: Path | None, language: Language) -> None:
    """Let a run join the history; say so on standard error where it must not.

    Raises:
        HistoryError: the history cannot be used; the results of the run are written by then.
    """
    if path is None:
        return
    try:
        refuse_unfit(assessment)
    except HistoryError as unfit:
        click.echo(unfit.diagnostics().in_(language), err=True)
        return
    with open_history(path, create=True) as history:
        history.add(assessment)
