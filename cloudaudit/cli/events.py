"""Events of a run, for ``--log-format json``; docs/log.schema.json says what each holds."""

from collections.abc import Iterable
from pathlib import Path

import click
import msgspec

from cloudaudit.assessment import Assessment
from cloudaudit.cli.bilingual import language_of
from cloudaudit.cli.telling import wants_events, write_event
from cloudaudit.facts import Cause
from cloudaudit.version import version


def began(provider: str, snapshot: str = "") -> None:
    """Tell that a scan, or with ``snapshot`` a judgement, begins."""
    ctx = click.get_current_context(silent=True)
    if ctx is not None and wants_events(ctx):
        command = " ".join(ctx.command_path.split()[1:])
        said = {"command": command, "version": version(), "provider": provider, "snapshot": snapshot}
        write_event("start", said)


def ended(assessment: Assessment, files: Iterable[Path]) -> None:
    """Tell what was not read, which waivers need attention, what was written, and why the exit code is what it is."""
    ctx = click.get_current_context(silent=True)
    if not wants_events(ctx):
        return
    language = language_of(ctx)
    for gap in assessment.gaps:
        write_event("gap", _without(msgspec.to_builtins(gap), "kind", "at", "detail"), "warning")
    throttled = sum(finding.cause is Cause.THROTTLED for finding in assessment.findings())
    if throttled:
        write_event("throttled", {"findings": throttled}, "warning")
    for entry in assessment.waivers:
        if entry.remarkable:
            write_event("waiver", msgspec.to_builtins(entry), "warning")
    for path in files:
        write_event("written", {"path": str(path)})
    overall = assessment.score.overall
    said = {
        "exit_code": assessment.exit_code,
        "reasons": [{"code": one.code, "reason": one.reason.in_(language)} for one in assessment.exit],
        "counts": msgspec.to_builtins(assessment.counts),
        "guaranteed": overall.guaranteed,
        "best": overall.best,
        "coverage": overall.coverage,
        "grade": overall.grade,
    }
    write_event("end", said, "error" if assessment.exit else "info")


def _without(members: dict[str, object], *names: str) -> dict[str, object]:
    return {name: value for name, value in members.items() if name not in names}
