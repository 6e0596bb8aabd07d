"""What a CI job shows beside its log: GitHub's summary page and annotations, where GitHub says that it wants them."""

import io
import os
import secrets
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import click

from cloudaudit import discovery
from cloudaudit.assessment import Assessment
from cloudaudit.cli.telling import tell
from cloudaudit.notices.github import annotations, stop_commands
from cloudaudit.reporting import ReportOptions
from cloudaudit.text import Language, Text

SUMMARY = "GITHUB_STEP_SUMMARY"
LIMIT = 1024 * 1024
"""Bytes that GitHub takes of a step; of a larger page it shows nothing.

Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
"""


def on_github() -> bool:
    """Whether this runs in a job of GitHub Actions, which reads commands out of what is printed."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


@contextmanager
def no_commands() -> Generator[None]:
    """Print text that strangers chose parts of, so that a runner takes no line of it for a command."""
    if not on_github():
        yield
        return
    before, after = stop_commands(secrets.token_hex(16))
    click.echo(before)
    sys.stdout.flush()
    try:
        yield
    finally:
        click.echo(f"\n{after}")


def annotate(assessment: Assessment, language: Language) -> None:
    """Print the worst findings as annotations where this runs on GitHub."""
    if on_github():
        for line in annotations(assessment, language):
            click.echo(line)


def add_to_summary(assessment: Assessment, languages: tuple[Language, ...]) -> None:
    """Append the Markdown report to the page of the job where there is one; a failure is told and costs no result."""
    named = os.environ.get(SUMMARY)
    if not named:
        return
    page = io.BytesIO()
    discovery.report("markdown").render(assessment, ReportOptions(languages=languages), page)
    path = Path(named)
    try:
        there = path.stat().st_size if path.exists() else 0
        if there + len(page.getvalue()) > LIMIT:
            tell(
                Text(
                    en="The page of the job is full (1 MiB), so that the summary is not on it; it is in summary.md.",
                    ja="ジョブの要約ページが上限(1 MiB)に達しているため追記していません。summary.md を参照してください。",
                ),
                level="warning",
            )
            return
        with path.open("ab") as file:
            file.write(page.getvalue() + b"\n")
    except OSError as error:
        tell(
            Text(
                en=f"The page of the job ({SUMMARY}) cannot be written ({error.strerror}); the summary is in summary.md.",
                ja=f"ジョブの要約ページ({SUMMARY})に書き込めません({error.strerror})。summary.md を参照してください。",
            ),
            level="warning",
        )
