"""What scan and judge end with: judge the snapshot, write the reports, print the summary."""

import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cloudaudit import discovery
from cloudaudit.assessment import Assessment
from cloudaudit.cli.naming import unknown
from cloudaudit.cli.output import write_whole
from cloudaudit.cli.streams import columns, encoding, printing, wants_color
from cloudaudit.gates import Gates
from cloudaudit.model import Severity
from cloudaudit.policy import AuditPolicy, load
from cloudaudit.reporting import Report, ReportOptions
from cloudaudit.run import Plan, assess
from cloudaudit.text import Language, Text
from cloudaudit.version import version


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the user asked of judging and of the output, as it came from the command line.

    Attributes:
        reports: names of the reports to write as files.
        out: the folder for the files; None for the default.
    """

    policy: Path | None
    checks_dir: Path | None
    out: Path | None
    reports: tuple[str, ...]
    fail_on: str
    min_coverage: float | None
    quiet: bool
    plain: bool
    language: Language

    def audit_policy(self) -> AuditPolicy:
        """Return the policy of the file, or the defaults.

        Raises:
            UsageError: the file cannot be used.
        """
        return load(self.policy) if self.policy else AuditPolicy()

    def gates(self) -> Gates:
        """Return when the run is not good enough."""
        return Gates(fail_on=Severity(self.fail_on), min_coverage=self.min_coverage)

    def report_faults(self) -> list[Text]:
        """Return a sentence for each report that there is none of, or that is no file."""
        known = discovery.report_names()
        listed = Text(en=f"installed: {', '.join(known)}.", ja=f"利用できるもの: {', '.join(known)}。")
        faults = unknown(self.reports, known, Text(en="report", ja="レポート"), listed)
        if "terminal" in self.reports:
            faults.append(
                Text(
                    en="The report terminal is printed anyway and is no file; leave out --report terminal.",
                    ja="レポート terminal は常に画面へ表示され、ファイルにはなりません。"
                    "--report terminal の指定を外してください。",
                )
            )
        return faults

    def report_modules(self) -> list[Report]:
        """Return the reports that become files.

        Raises:
            UsageError: there is none of a name.
        """
        return [discovery.report(name) for name in self.reports]


def judge_and_report(snapshot: Path, folder: Path, plan: Plan, wishes: Wishes, *, as_of: str = "") -> int:
    """Judge a snapshot, write the reports into the folder, print the summary; return the exit code.

    Raises:
        SnapshotError: the snapshot cannot be used.
        OutputError: a file cannot be written; those written before are whole.
    """
    judged = assess(
        snapshot, plan, wishes.audit_policy(), wishes.gates(), tool_version=version(), as_of=as_of
    )
    with judged as assessment:
        written = _write(assessment, folder, wishes)
        if not wishes.quiet:
            _print(assessment, wishes, (*written, *([snapshot] if snapshot.parent == folder else [])))
        return assessment.exit_code


def _write(assessment: Assessment, folder: Path, wishes: Wishes) -> list[Path]:
    written: list[Path] = []
    options = ReportOptions(languages=(wishes.language,))
    for report in wishes.report_modules():
        if report.FILE_NAME is None:
            continue
        path = folder / report.FILE_NAME
        write_whole(path, partial(report.render, assessment, options))
        written.append(path)
    return written


def _print(assessment: Assessment, wishes: Wishes, files: tuple[Path, ...]) -> None:
    options = ReportOptions(
        languages=(wishes.language,),
        plain=wishes.plain,
        width=columns(sys.stdout),
        color=wants_color(sys.stdout),
        encoding=encoding(),
        files=tuple(str(path) for path in files),
    )
    with printing():
        sys.stdout.flush()
        discovery.report("terminal").render(assessment, options, sys.stdout.buffer)
        sys.stdout.buffer.flush()
