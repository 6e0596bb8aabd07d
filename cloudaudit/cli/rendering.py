"""From an assessment to files: which reports, in which languages, masked or not; and ``cloudaudit report``."""

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from cloudaudit import discovery
from cloudaudit.actions import Action, load
from cloudaudit.assessment import Assessment, temporary_spool
from cloudaudit.cli.client_folder import client_folder, key_of, refuse_strange_place
from cloudaudit.cli.mask_key import open_masker, where_the_key_is
from cloudaudit.cli.naming import refuse, unknown
from cloudaudit.cli.output import make_folder, write_whole
from cloudaudit.cli.remembering import with_history
from cloudaudit.cli.streams import printing
from cloudaudit.cli.telling import tell
from cloudaudit.client import Client
from cloudaudit.client_file import load_client
from cloudaudit.diff import comparison, refuse_other_target
from cloudaudit.errors import UsageError
from cloudaudit.frameworks.loading import FRAMEWORK, NAMES, WHERE_FRAMEWORKS
from cloudaudit.history import open_history
from cloudaudit.ledger import Ledger, parse_columns, reconcile
from cloudaudit.ledger_file import read_ledger
from cloudaudit.mask import Masker
from cloudaudit.reporting import NeedsExtra, Report, ReportOptions, output_files
from cloudaudit.result import open_result, settled
from cloudaudit.text import Language, Text

if TYPE_CHECKING:  # forms are imported only where they are asked for
    from cloudaudit.packs import PackFile

MASKED = "masked"
"""The folder for masked reports: apart from the snapshot and the reports with names, so that it can be given away."""


_NO_PACK = Text(
    en="--pmark-expires, --pmark-performer and --pmark-auditor are for the forms of --pack pmark; add it."
    " In a configuration it is pack in [reports].",
    ja="--pmark-expires、--pmark-performer、--pmark-auditor は --pack pmark の様式に使用します。"
    "--pack pmark(設定ファイルでは [reports] の pack)を指定してください。",
)


class Job(NamedTuple):
    """One file to write."""

    path: Path
    report: Report
    options: ReportOptions


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """What the user asked of the files.

    Attributes:
        reports: names of the reports.
        languages: in the order of printing.
        actions: the file with what people wrote beside findings; None for none.
        baseline: an earlier result of the same target to compare with; None for none.
        history: the file with the history of runs; None for none. One that is not there yet tells nothing.
        ledger: the company's ledger of personal data; None for none.
        ledger_columns: how its columns are headed, as the user typed it.
        frameworks: names of those whose controls are shown; none for the usual ones.
        mask_key: the file with the key; None for the default one.
        client: the client's name or folder; None for none.
        mask_key: the file with the key; None for the client's, or the default one.
        pack: the pack of forms to write besides the reports; None for none.
        pmark_expires: last day of the certificate.
        pmark_performer: who ran the check.
        pmark_auditor: who audits.
    """

    reports: tuple[str, ...]
    languages: tuple[Language, ...]
    actions: Path | None = None
    baseline: Path | None = None
    history: Path | None = None
    ledger: Path | None = None
    ledger_columns: str = ""
    client: Path | None = None
    frameworks: tuple[str, ...] = ()
    mask: bool = False
    mask_key: Path | None = None
    pack: str | None = None
    pmark_expires: datetime | None = None
    pmark_performer: str = ""
    pmark_auditor: str = ""

    def faults(self) -> list[Text]:
        """Return a sentence for each report that there is none of, or that cannot be made here, and for each unusable input.

        Raises:
            UsageError: a report does not import.
        """
        known = discovery.report_names()
        listed = Text(en=f"installed: {', '.join(known)}.", ja=f"利用できるもの: {', '.join(known)}。")
        faults = unknown(self.reports, known, Text(en="report", ja="レポート"), listed)
        if "terminal" in self.reports:
            faults.append(
                Text(
                    en="The report terminal is printed anyway and is no file; leave out --format terminal.",
                    ja="レポート terminal は画面への表示専用で、ファイルにはなりません。"
                    "--format terminal の指定を外してください。",
                )
            )
        for name in dict.fromkeys(self.reports):
            report = discovery.report(name) if name in known else None
            if isinstance(report, NeedsExtra) and (sentence := report.missing()):
                faults.append(sentence)
        faults += [sentence for each in self._pack() if (sentence := each.missing())]
        if self.pack is None and (self.pmark_expires or self.pmark_performer or self.pmark_auditor):
            faults.append(_NO_PACK)
        faults += unknown(self.frameworks, NAMES, FRAMEWORK, WHERE_FRAMEWORKS)
        return faults + self._input_faults()

    def _pack(self) -> "tuple[PackFile, ...]":
        if self.pack is None:
            return ()
        from cloudaudit.packs import pmark
        from cloudaudit.pmark.options import PackOptions

        return pmark(
            PackOptions(
                expires=self.pmark_expires.date() if self.pmark_expires else None,
                performer=self.pmark_performer,
                auditor=self.pmark_auditor,
            )
        )

    def _input_faults(self) -> list[Text]:
        faults: list[Text] = []
        for look in (
            self._actions,
            self._client,
            self._look_at_baseline,
            self._look_at_history,
            self._ledger,
        ):
            try:
                look()
            except UsageError as error:
                faults.append(error.diagnostics())
        return faults

    def _actions(self) -> Mapping[str, Action] | None:
        return None if self.actions is None else load(self.actions)

    def _client(self) -> Client | None:
        return None if self.client is None else load_client(client_folder(self.client))

    def _look_at_baseline(self) -> None:
        if self.baseline is not None:
            with open_result(self.baseline):
                pass

    def _look_at_history(self) -> None:
        if self.history is not None and self.history.exists():
            with open_history(self.history, create=False):
                pass

    def _ledger(self) -> Ledger | None:
        columns = parse_columns(self.ledger_columns)
        return None if self.ledger is None else read_ledger(self.ledger, columns)

    def refuse_other_target(self, provider: str, account: str) -> None:
        """Refuse a baseline of another target before any work is done.

        Raises:
            UsageError: it is of another.
            ResultError: it cannot be read.
        """
        if self.baseline is not None:
            with open_result(self.baseline) as before:
                refuse_other_target(before, provider, account)

    def jobs(self, folder: Path) -> list[Job]:
        """Return the files that will be written into a folder.

        Raises:
            UsageError: there is no report of a name, or it does not import.
        """
        found: list[Job] = []
        for report in [discovery.report(name) for name in dict.fromkeys(self.reports)]:
            for name, languages in output_files(report, self.languages):
                found.append(
                    Job(folder / name, report, ReportOptions(languages=languages, frameworks=self.frameworks))
                )
        found += [
            Job(folder / each.FILE_NAME, each, ReportOptions(languages=self.languages))
            for each in self._pack()
        ]
        return found

    @contextmanager
    def prepared(self, assessment: Assessment) -> Generator[Assessment]:
        """Make the assessment that reports are made from: with actions, and with pseudonyms, where they are asked for.

        Raises:
            UsageError: the actions, the baseline or the mask key cannot be used.
            OutputError: the key cannot be made, or the temporary folder cannot be written.
        """
        actions = self._actions()
        if actions is not None:
            assessment = replace(assessment, actions=actions)
        if self.history is not None and self.history.exists():
            assessment = with_history(assessment, self.history)
        ledger = self._ledger()
        if ledger is not None:
            assessment = replace(assessment, ledger=reconcile(ledger, assessment))
        client = self._client()
        if client is not None and not assessment.masked:
            assessment = replace(assessment, client=client)
        if not self.mask:
            with self._compared(settled(assessment)) as compared:
                yield compared
            return
        masker, made = open_masker(key_of(self.client, self.mask_key))
        if made is not None:
            tell(where_the_key_is(made))
        masked = settled(masker.mask(settled(assessment)))
        with temporary_spool() as spool:
            # Each report reads all findings, some of them several times; they are masked once.
            for finding in masked.findings():
                spool.add(finding)
            with self._compared(replace(masked, findings=lambda: iter(spool)), masker) as compared:
                yield compared

    @contextmanager
    def _compared(self, assessment: Assessment, masker: Masker | None = None) -> Generator[Assessment]:
        if self.baseline is None:
            yield assessment
            return
        with (
            open_result(self.baseline) as before,
            comparison(masker.mask(settled(before)) if masker else before, assessment) as changes,
        ):
            known = assessment.failing_since if assessment.trend else changes.failing_since
            yield replace(assessment, changes=changes, failing_since=known)


def write_all(jobs: Iterable[Job], assessment: Assessment) -> list[Path]:
    """Write the files and return their paths.

    Raises:
        OutputError: one cannot be written; those written before are whole.
    """
    written: list[Path] = []
    for path, report, options in jobs:
        write_whole(path, partial(report.render, assessment, options))
        written.append(path)
    return written


def render_again(result: Path, *, out: Path | None, quiet: bool, **wishes: object) -> None:
    """Render the result at a path into files, and print their paths.

    Raises:
        CloudauditError: the result, an option or the output folder cannot be used.
    """
    rendering = Rendering(**wishes)  # type: ignore[arg-type]  # the options of the command, by name
    refuse(rendering.faults())
    folder = out if out is not None else result.parent / MASKED if rendering.mask else result.parent
    refuse_strange_place(folder, rendering.client)
    jobs = rendering.jobs(folder)
    with open_result(result) as assessment:
        taken = [str(job.path) for job in jobs if job.path.exists()]
        if taken:
            raise _taken(taken)
        if not assessment.masked:
            rendering.refuse_other_target(assessment.target.provider, assessment.target.account)
        make_folder(folder)
        with rendering.prepared(assessment) as prepared:
            written = write_all(jobs, prepared)
    if not quiet:
        with printing():
            for path in written:
                click.echo(str(path))


def _taken(paths: list[str]) -> UsageError:
    return UsageError(
        Text(
            en=f"There already: {', '.join(paths)}; nothing is overwritten, so name another folder with --out.",
            ja=f"すでに存在するファイルがあり、上書きしません: {'、'.join(paths)}。"
            "--out で別のフォルダーを指定してください。",
        )
    )
