"""The work of ``cloudaudit judge``; apart from it so that ``--help`` need not import the engine."""

import re
from pathlib import Path

from cloudaudit import clock, discovery, run
from cloudaudit.cli import events
from cloudaudit.cli.client_folder import output_root
from cloudaudit.cli.finish import Wishes, judge_and_report
from cloudaudit.cli.naming import refuse
from cloudaudit.cli.output import new_folder
from cloudaudit.errors import UsageError
from cloudaudit.providers import Provider
from cloudaudit.snapshot import Selection
from cloudaudit.text import Text

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def plan_for(provider: Provider, selection: Selection, checks_dir: Path | None) -> run.Plan:
    """Return which checks run, those of ``checks_dir`` among them.

    Raises:
        UsageError: the folder cannot be used, or no check is left.
    """
    installed, files = discovery.checks_with(checks_dir) if checks_dir else (discovery.checks(), ())
    return run.plan(provider, installed, selection, files)


def rejudge(snapshot: Path, as_of: str, wishes: Wishes) -> int:
    """Judge the snapshot at a path and return the exit code.

    Raises:
        CloudauditError: the snapshot, an option or the output folder cannot be used.
    """
    moment = normalised(as_of) if as_of else ""
    wishes.refuse_unusable()
    refuse(wishes.report_faults())
    seal = wishes.sealing.opened()
    with run.open_snapshot(snapshot) as opened:
        header = opened.header
    events.began(header.provider, str(snapshot))
    provider = discovery.provider(header.provider)
    wishes.rendering.refuse_other_target(header.provider, header.account)
    plan = plan_for(provider, header.selection, wishes.checks_dir)
    folder = new_folder(wishes.out, provider.target_name(header), header.taken_at, output_root(wishes.client))
    return judge_and_report(snapshot, folder, plan, wishes, seal=seal, as_of=moment)


def normalised(time: str) -> str:
    """Return a time that a user typed as in a snapshot; a day alone begins at midnight UTC.

    Raises:
        UsageError: it is none, or is in another age.
    """
    try:
        moment = f"{time}T00:00:00Z" if _DAY.fullmatch(time) else time
        return clock.stamp(clock.parse_judging_time(moment))
    except ValueError as error:
        raise UsageError(
            Text(
                en=f"{time} is no time; write it like 2026-11-22 or 2026-11-22T09:00:00+09:00.",
                ja=f"{time} は日時として解釈できません。"
                "2026-11-22 や 2026-11-22T09:00:00+09:00 の形式で指定してください。",
            )
        ) from error
