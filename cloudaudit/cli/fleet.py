"""``cloudaudit fleet``: scan many targets, each apart, with one overview."""

import re
from pathlib import Path
from typing import Any

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Words, language_of, languages_of, option
from cloudaudit.cli.fleet_arguments import FleetCommand, bound_to_files, handed_on, was_said

_OWN = (
    "targets",
    "parallel",
    "budgets",
    "resume",
    "shard",
    "run_id",
    "engine",
    "scheduler",
    "baseline",
    "out",
    "quiet",
    "plain",
    "reports",
)
"""Parameters that concern the fleet itself; all others are handed on to the scan of every target."""

_BUDGET = re.compile(r"(aws|gcs|m365)=(\d+(?:\.\d+)?)", re.ASCII)
_SHARD = re.compile(r"([1-9]\d{0,3})/([1-9]\d{0,3})", re.ASCII)
RUN_VARIABLES = ["CLOUDAUDIT_RUN_ID", "GITHUB_RUN_ID", "CI_PIPELINE_ID", "BUILD_TAG"]
"""Where a CI tells what its jobs of one run share: GitHub, GitLab, Jenkins."""


def _budgets(
    ctx: click.Context, _parameter: click.Parameter, given: tuple[str, ...]
) -> tuple[tuple[str, float], ...]:
    found: list[tuple[str, float]] = []
    for one in given:
        match = _BUDGET.fullmatch(one)
        if match is None or float(match[2]) <= 0:
            words = Words(
                f"{one} is no limit; write it like aws=50.",
                f"{one} は指定できません。aws=50 の形式で指定してください。",
            )
            raise click.BadParameter(words.in_(language_of(ctx)))
        found.append((match[1], float(match[2])))
    return tuple(found)


def _shard(ctx: click.Context, _parameter: click.Parameter, given: str | None) -> tuple[int, int]:
    if given is None:
        return 1, 1
    match = _SHARD.fullmatch(given)
    if match is None or int(match[1]) > int(match[2]):
        words = Words(
            f"{given} is no shard; write 1/4 to 4/4 for four of them.",
            f"{given} は指定できません。4 分割の場合は 1/4〜4/4 と指定してください。",
        )
        raise click.BadParameter(words.in_(language_of(ctx)))
    return int(match[1]), int(match[2])


@click.command(
    cls=FleetCommand,
    words=Words(
        "Scan every [[target]] of a file, several at once, each into a folder of its own, and write one overview. One "
        "target's failure never stops another. Options of a single scan are handed on to every target.",
        "ファイルの [[target]] をすべて並行してスキャンし、対象ごとの結果と全体の一覧を出力します。"
        "1 つの対象で失敗しても他の対象は続行します。個々のスキャンのオプションは全対象に適用されます。",
    ),
)
@option(
    "--targets",
    type=click.Path(path_type=Path),
    metavar="FILE",
    words=Words(
        "TOML file with a [[target]] table for each; that of --config, the client's, or cloudaudit.toml by default.",
        "対象を [[target]] で記載した TOML ファイル(既定は --config のファイル、顧客フォルダーのもの、または cloudaudit.toml)",
    ),
)
@option(
    "--parallel",
    type=click.IntRange(1, 512),
    metavar="N",
    words=Words(
        "Targets at once; by default one a processor, or one a worker thread of a cluster.",
        "同時にスキャンする対象数(既定は CPU 数、クラスターではワーカーのスレッド数)",
    ),
)
@option(
    "--max-rps",
    "budgets",
    multiple=True,
    metavar="PROVIDER=N",
    callback=_budgets,
    words=Words(
        "Requests a second to a provider at most, shared by its targets, such as aws=50; may be repeated.",
        "プロバイダーごとの 1 秒あたり最大リクエスト数(aws=50 の形式。対象間で分け合う。複数指定可)",
    ),
)
@option(
    "--resume",
    is_flag=True,
    words=Words(
        "Go on with an interrupted fleet: the newest, or the one in --out.",
        "中断した実行を再開(最新のもの、または --out のフォルダー)",
    ),
)
@option(
    "--shard",
    metavar="I/N",
    callback=_shard,
    words=Words(
        "Only the I-th of N parts, for a CI matrix; `cloudaudit merge` puts them together.",
        "N 分割した I 番目のみ実行(CI のマトリックス用。cloudaudit merge で統合)",
    ),
)
@option(
    "--run-id",
    metavar="ID",
    default="",
    envvar=RUN_VARIABLES,
    words=Words(
        "What the shards of one run share; the CI's own id by default.",
        "同じ実行のシャードに共通の ID(既定は CI の実行 ID)",
    ),
)
@option(
    "--engine",
    type=click.Choice(("local", "dask")),
    default="local",
    show_default=True,
    words=Words("Where targets are run.", "対象を実行する場所"),
)
@option(
    "--scheduler",
    metavar="ADDRESS",
    words=Words(
        "Scheduler of a dask.distributed cluster, tls://HOST:PORT; its workers sign in by themselves.",
        "dask.distributed のスケジューラー(tls://ホスト:ポート。認証はワーカー自身が行う)",
    ),
)
@option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="DIR",
    words=Words(
        "Folder of an earlier fleet; overview and summaries tell what changed since.",
        "以前の fleet の出力フォルダー(一覧と要約に変化を記載)",
    ),
)
@option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    words=Words(
        "Folder of the fleet; cloudaudit-out/fleet-<time> by default.",
        "出力フォルダー(既定は cloudaudit-out/fleet-<日時>)",
    ),
)
@options.without("baseline", "out")(options.judging)
@click.pass_context
def fleet(  # noqa: PLR0913 - the options of the command
    ctx: click.Context,
    /,
    *,
    targets: Path | None,
    parallel: int | None,
    budgets: tuple[tuple[str, float], ...],
    resume: bool,
    shard: tuple[int, int],
    run_id: str,
    engine: str,
    scheduler: str | None,
    baseline: Path | None,
    out: Path | None,
    reports: tuple[str, ...],
    quiet: bool,
    plain: bool,
    mask: bool,
    mask_key: Path | None,
    **given: Any,  # noqa: ANN401 - handed on to every scan, as it was written
) -> None:
    """Scan a fleet and leave with the exit code of all."""
    from cloudaudit.cli.configuring import configured_policy
    from cloudaudit.cli.fleeting import Fleet, run_fleet
    from cloudaudit.cli.sealing import SealWishes

    arguments = handed_on(ctx, _OWN)
    if targets is None and was_said(ctx, "config"):
        targets = ctx.meta[options.CONFIGURED].document.path
    ctx.exit(
        run_fleet(
            Fleet(
                targets=targets,
                parallel=parallel,
                budgets=dict(budgets),
                resume=resume,
                shard=shard[0],
                shards=shard[1],
                run_id=run_id,
                scheduler=scheduler,
                on_cluster=engine == "dask",
                baseline=baseline,
                out=out,
                client=given.get("client"),
                sealing=SealWishes(
                    **{name: given[name] for name in ("seal", "key", "chain", "timestamp_url")}
                ),
                policy=configured_policy(ctx),
                reports=tuple(dict.fromkeys((*reports, "json"))) if was_said(ctx, "reports") else (),
                arguments=arguments,
                bound=tuple(bound_to_files(ctx, arguments)),
                mask=mask,
                mask_key=mask_key,
                quiet=quiet,
                plain=plain,
                languages=languages_of(ctx),
            )
        )
    )
