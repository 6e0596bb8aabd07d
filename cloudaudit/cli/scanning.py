"""The work of ``cloudaudit scan``, the same for every provider; apart so that ``--help`` need not import the engine."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import click

from cloudaudit import clock, discovery, run
from cloudaudit.cli import events
from cloudaudit.cli.catalogue import CHECK, WHERE_CHECKS, installed
from cloudaudit.cli.client_folder import output_root, warn_of_authorisation
from cloudaudit.cli.finish import Wishes, judge_and_report
from cloudaudit.cli.judging import plan_for
from cloudaudit.cli.naming import refuse, unknown
from cloudaudit.cli.output import SNAPSHOT, folder_to_resume, new_folder, snapshot_not_written
from cloudaudit.cli.progress import shown
from cloudaudit.cli.unhurried import unhurried
from cloudaudit.model import Theme
from cloudaudit.providers import Session
from cloudaudit.snapshot import Selection
from cloudaudit.text import Text
from cloudaudit.version import version


class Begun(NamedTuple):
    """The object of a click context that says when a scan began: that of the fleet which it is part of."""

    at: str


def scan(  # noqa: PLR0913 - the options of the command
    provider_name: str,
    connect: Callable[[], Session],
    faults: Iterable[Text],
    *,
    themes: tuple[str, ...],
    checks: tuple[str, ...],
    regions: tuple[str, ...] = (),
    buckets: tuple[str, ...] = (),
    resume: bool,
    objects: str = "",
    **wishes: Any,  # noqa: ANN401 - passed on by name
) -> int:
    """Scan, judge and report; return the exit code.

    Args:
        provider_name: ``aws``, ``gcs`` or ``m365``.
        connect: opens the session; called once, when everything that the user typed is known to be right.
        faults: what is wrong with the provider's own options.
        themes: only checks of these; empty for all.
        checks: only these; empty for all.
        regions: only these; empty for all.
        buckets: only these; empty for all.
        resume: go on with an interrupted scan.
        objects: how the objects in buckets are to be looked at; empty where they are not.
        wishes: the options of judging and of the output, by name.

    Raises:
        CloudauditError: an option, the credentials or the output folder cannot be used.
    """
    wanted = Wishes(**wishes)
    selection = Selection(
        regions=_each_once(regions),
        themes=_each_once(themes),
        checks=_each_once(checks),
        buckets=_each_once(buckets),
    )
    refuse([*_unknown_names(selection, wanted.checks_dir), *faults, *wanted.report_faults()])
    wanted.refuse_unusable()
    policy = wanted.audit_policy()
    events.began(provider_name)
    begun = _begun()
    warn_of_authorisation(wanted.client, begun, wanted.language, quiet=wanted.quiet)
    seal = wanted.sealing.opened()
    provider = discovery.provider(provider_name)
    plan = plan_for(provider, selection, wanted.checks_dir)
    request = run.ScanRequest(
        provider=provider,
        session=connect(),
        plan=plan,
        policy=policy,
        selection=selection,
        taken_at=begun,
        tool_version=version(),
        resume=resume,
        objects=objects,
    )
    header = run.header_of(request)
    wanted.rendering.refuse_other_target(header.provider, header.account)
    target = provider.target_name(header)
    root = output_root(wanted.client)
    folder = (
        folder_to_resume(wanted.out, target, root)
        if resume
        else new_folder(wanted.out, target, request.taken_at, root)
    )
    with unhurried():
        _collect(request, folder / SNAPSHOT, wanted)
        return judge_and_report(folder / SNAPSHOT, folder, plan, wanted, seal=seal)


def _collect(request: run.ScanRequest, path: Path, wishes: Wishes) -> None:
    with shown(wishes.language, quiet=wishes.quiet, plain=wishes.plain) as progress:
        try:
            run.scan(request, path, progress, _now)
        except OSError as error:
            raise snapshot_not_written(path, error) from error


def _unknown_names(selection: Selection, checks_dir: Path | None) -> Iterator[Text]:
    yield from unknown(selection.checks, installed(checks_dir), CHECK, WHERE_CHECKS)
    themes = [theme.value for theme in Theme]
    listed = Text(en=f"there are {', '.join(themes)}.", ja=f"指定できるテーマ: {', '.join(themes)}。")
    yield from unknown(selection.themes, themes, Text(en="theme", ja="テーマ"), listed)


def _each_once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


def _begun() -> str:
    context = click.get_current_context(silent=True)
    fleet = context.find_object(Begun) if context else None
    return fleet.at if fleet and fleet.at else _now()


def _now() -> str:
    return clock.stamp(datetime.now(UTC))
