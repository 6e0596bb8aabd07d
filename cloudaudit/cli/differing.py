"""The work of ``cloudaudit diff``; apart from it so that ``--help`` need not import the model."""

import sys
from dataclasses import replace
from pathlib import Path

import click

from cloudaudit import discovery
from cloudaudit.assessment import Assessment
from cloudaudit.changes_text import print_text, write_json
from cloudaudit.cli.remembering import with_history
from cloudaudit.cli.streams import printing
from cloudaudit.diff import Changes, comparison
from cloudaudit.errors import Exit
from cloudaudit.reporting import ReportOptions
from cloudaudit.result import open_result
from cloudaudit.text import Language


def print_difference(before: Path, now: Path, form: str, language: Language, history: Path | None) -> int:
    """Print what changed; return the exit code.

    Raises:
        UsageError: a result or the history cannot be used, or the two cannot be compared.
        OutputError: standard output or the temporary folder cannot be written.
    """
    with open_result(before) as earlier, open_result(now) as later:
        remembered = with_history(later, history)
        with comparison(earlier, remembered) as changes, printing():
            _print(remembered, changes, form, language)
            return Exit.FINDINGS if changes.got_worse else Exit.CLEAN


def _print(now: Assessment, changes: Changes, form: str, language: Language) -> None:
    if form == "text":
        for line in print_text(now, changes, language):
            click.echo(line)
        return
    sys.stdout.flush()
    if form == "json":
        write_json(now, changes, sys.stdout.buffer)
    else:
        options = ReportOptions(languages=(language,))
        discovery.report("markdown").render(replace(now, changes=changes), options, sys.stdout.buffer)
    sys.stdout.buffer.flush()
