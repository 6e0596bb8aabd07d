"""The work of ``cloudaudit scan``; apart from it so that ``--help`` need not import the engine."""

import os
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cloudaudit import clock, discovery, run
from cloudaudit.cli.catalogue import CHECK, WHERE_CHECKS, installed
from cloudaudit.cli.finish import Wishes, judge_and_report
from cloudaudit.cli.judging import plan_for
from cloudaudit.cli.naming import refuse, unknown
from cloudaudit.cli.output import SNAPSHOT, folder_to_resume, new_folder, snapshot_not_written
from cloudaudit.cli.progress import shown
from cloudaudit.cli.unhurried import unhurried
from cloudaudit.model import Theme
from cloudaudit.providers.aws.connect import AwsOptions
from cloudaudit.providers.aws.regions import PLACES
from cloudaudit.providers.aws.session import open_session
from cloudaudit.snapshot import Selection
from cloudaudit.text import Text
from cloudaudit.version import version

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)


def scan_aws(  # noqa: PLR0913 - the options of the command
    *,
    profile: str | None,
    role_arn: str | None,
    external_id: str | None,
    regions: tuple[str, ...],
    themes: tuple[str, ...],
    checks: tuple[str, ...],
    buckets: tuple[str, ...],
    resume: bool,
    max_rps: float | None,
    concurrency: int,
    **wishes: Any,  # noqa: ANN401 - passed on by name
) -> int:
    """Scan, judge and report; return the exit code.

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
    refuse([*_faults(selection, wanted.checks_dir), *_role_faults(role_arn), *wanted.report_faults()])
    policy = wanted.audit_policy()
    provider = discovery.provider("aws")
    plan = plan_for(provider, selection, wanted.checks_dir)
    session = open_session(
        AwsOptions(
            profile=profile,
            role_arn=role_arn,
            external_id=external_id,
            region=selection.regions[0] if selection.regions else None,
            max_rps=max_rps,
            concurrency=concurrency,
        )
    )
    request = run.ScanRequest(
        provider=provider,
        session=session,
        plan=plan,
        policy=policy,
        selection=selection,
        taken_at=_now(),
        tool_version=version(),
        resume=resume,
    )
    target = f"{provider.name}-{session.account}"
    folder = (
        folder_to_resume(wanted.out, target) if resume else new_folder(wanted.out, target, request.taken_at)
    )
    with unhurried():
        _collect(request, folder / SNAPSHOT, wanted)
        return judge_and_report(folder / SNAPSHOT, folder, plan, wanted)


def _collect(request: run.ScanRequest, path: Path, wishes: Wishes) -> None:
    with shown(wishes.language, quiet=wishes.quiet, plain=wishes.plain) as progress:
        try:
            run.scan(request, path, progress, _now)
        except OSError as error:
            raise snapshot_not_written(path, error) from error


def _faults(selection: Selection, checks_dir: Path | None) -> Iterator[Text]:
    yield from unknown(selection.checks, installed(checks_dir), CHECK, WHERE_CHECKS)
    themes = [theme.value for theme in Theme]
    listed = Text(en=f"there are {', '.join(themes)}.", ja=f"指定できるテーマ: {', '.join(themes)}。")
    yield from unknown(selection.themes, themes, Text(en="theme", ja="テーマ"), listed)
    if not os.environ.get("AWS_ENDPOINT_URL"):  # another endpoint may name its regions as it likes
        where = Text(en="see --region or AWS's list of regions.", ja="--region の指定を確認してください。")
        yield from unknown(selection.regions, PLACES, Text(en="AWS region", ja="AWS リージョン"), where)


def _role_faults(role_arn: str | None) -> Iterator[Text]:
    if role_arn is not None and _ROLE.fullmatch(role_arn) is None:
        like = "arn:aws:iam::111122223333:role/cloudaudit"
        yield Text(
            en=f"{role_arn} is no ARN of a role; write it like {like}.",
            ja=f"{role_arn} はロールの ARN ではありません。{like} の形式で指定してください。",
        )


def _each_once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


def _now() -> str:
    return clock.stamp(datetime.now(UTC))
