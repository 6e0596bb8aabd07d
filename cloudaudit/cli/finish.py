"""What scan and judge end with: judge the snapshot, write the reports, print the summary."""

import sys
from dataclasses import dataclass
from pathlib import Path

import click

from cloudaudit import discovery
from cloudaudit.assessment import Assessment
from cloudaudit.cli.output import make_folder
from cloudaudit.cli.rendering import MASKED, Rendering, write_all
from cloudaudit.cli.sealing import Judged, Seal, SealWishes, signed, with_result
from cloudaudit.cli.streams import columns, encoding, printing, wants_color
from cloudaudit.errors import CloudauditError, OutputError, SealError
from cloudaudit.gates import Gates
from cloudaudit.model import Severity
from cloudaudit.policy import AuditPolicy, load
from cloudaudit.reporting import ReportOptions
from cloudaudit.run import Plan, assess
from cloudaudit.text import Language, Text
from cloudaudit.version import version
from cloudaudit.visible import visible


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the user asked of judging and of the output, as it came from the command line.

    Attributes:
        reports: names of the reports to write as files.
        languages: of the files; the first is the terminal's.
        out: the folder for the files; None for the default.
    """

    policy: Path | None
    checks_dir: Path | None
    out: Path | None
    reports: tuple[str, ...]
    actions: Path | None
    baseline: Path | None
    mask: bool
    mask_key: Path | None
    fail_on: str
    min_coverage: float | None
    seal: bool | None
    key: str | None
    chain: Path | None
    timestamp_url: str | None
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
            mask=self.mask,
            mask_key=self.mask_key,
        )

    @property
    def sealing(self) -> SealWishes:
        """What was asked of the evidence."""
        return SealWishes(seal=self.seal, key=self.key, chain=self.chain, timestamp_url=self.timestamp_url)

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
        return self.rendering.faults()


def judge_and_report(
    snapshot: Path, folder: Path, plan: Plan, wishes: Wishes, *, seal: Seal | None, as_of: str = ""
) -> int:
    """Judge a snapshot, write the reports into the folder, seal them, print the summary; return the exit code.

    Raises:
        SnapshotError: the snapshot cannot be used.
        OutputError: a file cannot be written; those written before are whole.
    """
    policy, gates = wishes.audit_policy(), wishes.gates()
    judged = assess(snapshot, plan, policy, gates, tool_version=version(), as_of=as_of)
    with judged as judgement, wishes.rendering.prepared(judgement) as prepared:
        assessment = signed(prepared, seal)
        place = folder / MASKED if wishes.mask else folder
        if wishes.mask:
            make_folder(place)
        written = tuple(write_all(wishes.rendering.jobs(place), assessment))
        bundles: list[Path] = []
        failure: CloudauditError | None = None
        if seal is not None:
            run = Judged(
                assessment=judgement,
                shown=assessment,
                snapshot=snapshot,
                folder=folder,
                place=place,
                written=written,
                policy=policy,
                gates=gates,
                as_of=as_of,
            )
            try:
                bundles = seal.write(run)
            except (SealError, OutputError) as error:
                failure = error
        if not wishes.quiet:
            _print(
                assessment, wishes, (*written, *([snapshot] if snapshot.parent == folder else []), *bundles)
            )
        if failure is not None:
            # The reading is kept and told; only then is it said that its evidence is missing.
            click.echo(visible(failure.diagnostics().in_(wishes.language)), err=True)
            return max(assessment.exit_code, failure.exit)
        return assessment.exit_code


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
