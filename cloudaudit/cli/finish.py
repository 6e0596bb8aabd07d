"""What scan and judge end with: judge the snapshot, write the reports, print the summary."""

import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeVar

import click

from cloudaudit import discovery
from cloudaudit.assessment import Assessment, ExitReason
from cloudaudit.cli import events
from cloudaudit.cli.gate_options import NO_SEVERITY
from cloudaudit.cli.job_page import add_to_summary, annotate, no_commands
from cloudaudit.cli.notifying import door, notify
from cloudaudit.cli.output import make_folder
from cloudaudit.cli.remembering import remember
from cloudaudit.cli.rendering import MASKED, Rendering, write_all
from cloudaudit.cli.sealing import Judged, Seal, SealWishes, signed, with_result
from cloudaudit.cli.streams import columns, encoding, printing, wants_color
from cloudaudit.errors import CloudauditError, OutputError, SealError, UsageError
from cloudaudit.gates import Gates, with_changes, with_reason
from cloudaudit.model import Severity, Theme
from cloudaudit.policy import AuditPolicy, policy_of
from cloudaudit.reporting import ReportOptions
from cloudaudit.run import Plan, assess
from cloudaudit.text import Language, Text
from cloudaudit.version import version
from cloudaudit.visible import visible
from cloudaudit.waiver_file import load as load_waivers
from cloudaudit.waivers import Book

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the user asked of judging and of the output, as it came from the command line.

    Attributes:
        policy: the file that was named, or else the policy of the configuration.
        reports: names of the reports to write as files.
        languages: of the files; the first is the terminal's.
        out: the folder for the files; None for the default.
    """

    policy: Path | AuditPolicy | None
    checks_dir: Path | None
    out: Path | None
    reports: tuple[str, ...]
    actions: Path | None
    baseline: Path | None
    history: Path | None
    ledger: Path | None
    ledger_columns: str
    client: Path | None
    frameworks: tuple[str, ...]
    mask: bool
    mask_key: Path | None
    pack: str | None
    pmark_expires: datetime | None
    pmark_performer: str
    pmark_auditor: str
    waivers: Path | None
    fail_on: tuple[tuple[str, str], ...]
    fail_on_new: bool
    min_coverage: tuple[tuple[str, float], ...]
    min_score: tuple[tuple[str, float], ...]
    seal: bool | None
    key: str | None
    pdf_key: Path | None
    chain: Path | None
    timestamp_url: str | None
    timestamp_timeout: float | None
    keep_years: int | None
    notify: str | None
    notify_as: Literal["slack", "teams"] | None
    quiet: bool
    plain: bool
    languages: tuple[Language, ...]

    @property
    def language(self) -> Language:
        """The language of the terminal."""
        return self.languages[0]

    @property
    def rendering(self) -> Rendering:
        """What was asked of the files."""
        return Rendering(
            reports=with_result(self.reports, sealed=self.sealing.wanted),
            languages=self.languages,
            actions=self.actions,
            baseline=self.baseline,
            history=self.history,
            ledger=self.ledger,
            ledger_columns=self.ledger_columns,
            client=self.client,
            frameworks=self.frameworks,
            mask=self.mask,
            mask_key=self.mask_key,
            pack=self.pack,
            pmark_expires=self.pmark_expires,
            pmark_performer=self.pmark_performer,
            pmark_auditor=self.pmark_auditor,
        )

    @property
    def sealing(self) -> SealWishes:
        """What was asked of the evidence."""
        return SealWishes(
            seal=self.seal,
            key=self.key,
            pdf_key=self.pdf_key,
            chain=self.chain,
            timestamp_url=self.timestamp_url,
            timestamp_timeout=self.timestamp_timeout,
            keep_years=self.keep_years,
        )

    def audit_policy(self) -> AuditPolicy:
        """Return the policy of the file, or the defaults.

        Raises:
            UsageError: the file cannot be used.
        """
        return policy_of(self.policy)

    def gates(self) -> Gates:
        """Return when the run is not good enough.

        Raises:
            UsageError: only new failures are to count and there is nothing to compare with, or the policy is unusable.
        """
        if self.fail_on_new and self.baseline is None:
            raise UsageError(
                Text(
                    en="--fail-on-new compares with an earlier result; name one with --baseline.",
                    ja="--fail-on-new には比較対象が必要です。以前の結果を --baseline で指定してください。",
                )
            )
        fail_on = {theme: None if named == NO_SEVERITY else Severity(named) for theme, named in self.fail_on}
        min_coverage, min_score = dict(self.min_coverage), dict(self.min_score)
        return Gates(
            fail_on=fail_on.get("", Severity.HIGH),
            fail_on_themes=_by_theme(fail_on),
            only_new=self.fail_on_new,
            min_coverage=min_coverage.get("", self.audit_policy().required_coverage),
            min_coverage_themes=_by_theme(min_coverage),
            min_score=min_score.get(""),
            min_score_themes=_by_theme(min_score),
        )

    def book(self) -> Book:
        """Return the waivers of the file, or none.

        Raises:
            UsageError: the file cannot be used.
        """
        return load_waivers(self.waivers) if self.waivers else Book()

    def refuse_unusable(self) -> None:
        """Look at every file and option that judging needs before any work is done.

        Raises:
            UsageError: one cannot be used.
        """
        self.gates()
        self.book()
        door(self.notify, self.notify_as)

    def report_faults(self) -> list[Text]:
        """Return a sentence for each report that there is none of, or that is no file."""
        return self.rendering.faults()


def _by_theme(given: dict[str, T]) -> dict[Theme, T]:
    return {Theme(theme): value for theme, value in given.items() if theme}


def judge_and_report(
    snapshot: Path, folder: Path, plan: Plan, wishes: Wishes, *, seal: Seal | None, as_of: str = ""
) -> int:
    """Judge a snapshot, write the reports into the folder, seal them, print the summary; return the exit code.

    Raises:
        SnapshotError: the snapshot cannot be used.
        OutputError: a file cannot be written; those written before are whole.
    """
    policy, gates = wishes.audit_policy(), wishes.gates()
    judged = assess(snapshot, plan, policy, gates, tool_version=version(), as_of=as_of, waivers=wishes.book())
    with judged as judgement, wishes.rendering.prepared(judgement) as prepared:
        exits = with_changes(gates, prepared.exit, prepared.changes)
        assessment = signed(replace(prepared, exit=exits), seal)
        place = folder / MASKED if wishes.mask else folder
        if wishes.mask:
            make_folder(place)
        jobs = wishes.rendering.jobs(place)
        written = tuple(write_all(jobs, assessment))
        bundles: list[Path] = []
        failure: CloudauditError | None = None
        if seal is not None:
            run = Judged(
                assessment=replace(judgement, exit=exits),
                shown=assessment,
                snapshot=snapshot,
                folder=folder,
                place=place,
                written=written,
                policy=policy,
                gates=gates,
                as_of=as_of,
                inputs={"waivers": wishes.waivers} if wishes.waivers else {},
            )
            try:
                bundles = seal.write(run)
            except (SealError, OutputError) as error:
                failure = error
                assessment = _unsealed(assessment, error)
                # They say that they are sealed. Where nothing can be written any more, that was told by the failure.
                with suppress(OutputError):
                    write_all(jobs, assessment)
        files = (*written, *([snapshot] if snapshot.parent == folder else []), *bundles)
        if not wishes.quiet:
            _print(assessment, wishes, files)
        add_to_summary(assessment, wishes.languages)
        notify(assessment, door(wishes.notify, wishes.notify_as), wishes.language)
        # Last, so that a history that cannot be used costs no result.
        remember(judgement, wishes.history, wishes.language)
        events.ended(assessment, files)
        if failure is not None:
            # The reading is kept and told; only then is it said that its evidence is missing.
            click.echo(visible(failure.diagnostics().in_(wishes.language)), err=True)
        return assessment.exit_code


def _unsealed(assessment: Assessment, failure: CloudauditError) -> Assessment:
    """Return an assessment whose reports say that its evidence is missing, and why."""
    reason = ExitReason(code=failure.exit, reason=failure.diagnostics())
    return replace(signed(assessment, None), exit=with_reason(assessment.exit, reason))


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
        with no_commands():
            discovery.report("terminal").render(assessment, options, sys.stdout.buffer)
            sys.stdout.buffer.flush()
        annotate(assessment, wishes.language)
