"""The work of ``cloudaudit fleet``; apart from it so that ``--help`` need not import the engine."""

import os
import signal
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import click
from msgspec import structs

from cloudaudit import clock
from cloudaudit.assessment import ExitReason
from cloudaudit.cli.client_folder import (
    client_folder,
    key_of,
    output_root,
    refuse_strange_place,
    warn_of_authorisation,
)
from cloudaudit.cli.fleet_arguments import split_texts
from cloudaudit.cli.fleet_output import print_overview, write_overviews
from cloudaudit.cli.naming import refuse
from cloudaudit.cli.output import SNAPSHOT, make_folder, safe
from cloudaudit.cli.rendering import MASKED, Rendering
from cloudaudit.cli.sealing import PASSPHRASE, SealWishes, passphrase_for, refuse_missing_library
from cloudaudit.client_file import FILE_NAME, load_client
from cloudaudit.diff import comparison
from cloudaudit.errors import CloudauditError, Exit, OutputError, UsageError
from cloudaudit.fleet.cluster import ClusterEngine, missing
from cloudaudit.fleet.folder import (
    MANIFEST,
    RESULT,
    Manifest,
    append_row,
    read_manifest,
    read_rows,
    still_there,
    write_manifest,
)
from cloudaudit.fleet.local import Begin, LocalEngine
from cloudaudit.fleet.plan import Carried, Job, Planned, digest, environment, plan, shard_of
from cloudaudit.fleet.process import Order
from cloudaudit.fleet.rows import Row, State, failed, overview
from cloudaudit.fleet.target_file import load_targets
from cloudaudit.fleet.targets import AwsTarget
from cloudaudit.providers.aws.connect import AwsOptions
from cloudaudit.providers.aws.organization import Organization, list_organization
from cloudaudit.result import open_result
from cloudaudit.run import FRESH_HOURS
from cloudaudit.text import Language, Text
from cloudaudit.version import version
from cloudaudit.visible import visible

BUNDLES = "evidence-*.zip"
_INTERRUPTED = Text(
    en="not begun, as the fleet was interrupted; run again with --resume",
    ja="中断により未実施です。--resume を付けて再実行してください",
)


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """What the user asked of a fleet, as it came from the command line.

    Attributes:
        targets: the file; None for the configuration of the client, or of the working directory.
        parallel: targets at once; None for as many as there are processors.
        budgets: requests a second by provider.
        arguments: what is handed on to the scan of every target.
        bound: options among them that name files of this machine.
        client: name or folder of the client that the results belong to; None for none.
        sealing: whether and how every target's run is sealed.
        policy: the audit policy of the configuration as TOML, which workers elsewhere have not got; empty for none.
    """

    targets: Path | None
    parallel: int | None
    budgets: Mapping[str, float]
    resume: bool
    shard: int
    shards: int
    run_id: str
    scheduler: str | None
    on_cluster: bool
    baseline: Path | None
    out: Path | None
    client: Path | None
    sealing: SealWishes
    policy: str
    reports: tuple[str, ...]
    arguments: tuple[str, ...]
    bound: tuple[str, ...]
    mask: bool
    mask_key: Path | None
    quiet: bool
    plain: bool
    languages: tuple[Language, ...]

    @property
    def language(self) -> Language:
        """The language of the terminal."""
        return self.languages[0]


def run_fleet(fleet: Fleet) -> int:
    """Scan what is to be scanned, write the overview and return the exit code.

    Raises:
        CloudauditError: an option, the targets or the output folder cannot be used; no scan was begun.
    """
    refuse(_faults(fleet))
    refuse_strange_place(fleet.out, fleet.client)
    targets = load_targets(_targets_file(fleet))
    engine = _cluster(fleet)
    planned = [one for one in plan(targets, _listing) if shard_of(one.name, fleet.shards) == fleet.shard]
    if engine is not None:
        _refuse_bound(fleet, planned)
    asked = digest(targets, (*fleet.arguments, *fleet.reports))
    folder, manifest = _folder(fleet, asked, planned)
    warn_of_authorisation(fleet.client, manifest.taken_at, fleet.language, quiet=fleet.quiet)
    rows = _kept(folder, planned) if fleet.resume else {}
    with _terminable():
        for row in _rows(fleet, engine, folder, manifest, [one for one in planned if one.name not in rows]):
            told = _compared(fleet, folder, row)
            rows[row.name] = told
            _guarded(folder, lambda told=told: append_row(folder, told))  # type: ignore[misc]  # bound at once
            _tell(fleet, told, len(rows), len(planned))
    ordered = [rows.get(one.name) or _not_begun(one) for one in planned]
    whole = overview(
        ordered,
        version=version(),
        taken_at=manifest.taken_at,
        run=manifest.run,
        shard=f"{fleet.shard}/{fleet.shards}" if fleet.shards > 1 else "",
        client=manifest.client,
    )
    whole, written = write_overviews(
        whole, folder, fleet.languages, mask=fleet.mask, mask_key=key_of(fleet.client, fleet.mask_key)
    )
    if not fleet.quiet:
        print_overview(whole, written, fleet.language, plain=fleet.plain)
    return whole.code


def _targets_file(fleet: Fleet) -> Path:
    if fleet.targets is not None:
        return fleet.targets
    return client_folder(fleet.client) / FILE_NAME if fleet.client else Path(FILE_NAME)


def _faults(fleet: Fleet) -> Iterator[Text]:
    yield from Rendering(reports=fleet.reports, languages=fleet.languages, client=fleet.client).faults()
    if fleet.on_cluster and fleet.scheduler is None:
        yield Text(
            en="--engine dask needs --scheduler tls://HOST:PORT.",
            ja="--engine dask には --scheduler tls://ホスト:ポート の指定が必要です。",
        )
    if fleet.scheduler is not None and not fleet.on_cluster:
        yield Text(
            en="--scheduler is for --engine dask; give both or neither.",
            ja="--scheduler は --engine dask と併せて指定してください。",
        )
    if fleet.on_cluster and (sentence := missing()):
        yield sentence
    if fleet.baseline is not None and not (fleet.baseline / MANIFEST).is_file():
        yield Text(
            en=f"--baseline {fleet.baseline} holds no earlier fleet; name the folder that `cloudaudit fleet` wrote.",
            ja=f"--baseline {fleet.baseline} は fleet の出力フォルダーではありません。"
            "cloudaudit fleet が出力したフォルダーを指定してください。",
        )


def _listing(target: AwsTarget) -> Organization:
    return list_organization(AwsOptions(profile=target.profile, region=min(target.regions, default=None)))


# ------------------------------------------------------------------------------------------------------ the cluster


def _cluster(fleet: Fleet) -> ClusterEngine | None:
    if not fleet.on_cluster or fleet.scheduler is None:
        return None
    return ClusterEngine(fleet.scheduler, fleet.parallel)


def _refuse_bound(fleet: Fleet, planned: Iterable[Planned]) -> None:
    """Refuse what only this machine has: the workers sign in by themselves."""
    bound = [(one.name, ", ".join(one.here_only)) for one in planned if one.here_only]
    faults = [
        Text(
            en=f"Target {name} names {settings}, which lies on this machine; with --engine dask the workers sign in by "
            "themselves, so remove it or leave out --engine dask.",
            ja=f"対象 {name} の {settings} は本機にしかありません。--engine dask ではワーカー自身が認証するため、"
            "指定を外すか、--engine dask を外してください。",
        )
        for name, settings in bound
    ]
    settings = fleet.sealing.effective
    signs_here = fleet.sealing.wanted and (settings.key or settings.pkcs11)
    options = [*fleet.bound, *(["--key"] if signs_here else []), *(["--mask"] if fleet.mask else [])]
    if options:
        listed = ", ".join(options)
        faults.append(
            Text(
                en=f"With --engine dask nothing of this machine goes to the workers; leave out {listed}, and use "
                "`cloudaudit report` on the results here.",
                ja=f"--engine dask では本機のファイルや鍵をワーカーへ送りません。{listed} を外し、"
                "結果に対して cloudaudit report を実行してください。",
            )
        )
    refuse(faults)


# ------------------------------------------------------------------------------------------------------- the folder


def _folder(fleet: Fleet, asked: str, planned: Sequence[Planned]) -> tuple[Path, Manifest]:
    now = _now()
    if fleet.resume:
        return _resumed(fleet, asked, planned, now)
    manifest = Manifest(
        version=version(),
        taken_at=now,
        digest=asked,
        run=fleet.run_id,
        shard=fleet.shard,
        shards=fleet.shards,
        names=tuple(one.name for one in planned),
        client=load_client(client_folder(fleet.client)) if fleet.client else None,
    )
    folder = fleet.out or _free(_root(fleet) / f"fleet-{safe(now.replace('-', '').replace(':', ''))}")
    if (folder / MANIFEST).exists():
        raise UsageError(
            Text(
                en=f"The folder {folder} holds a fleet already, which is never overwritten; name another with --out, "
                "or go on with it by --resume.",
                ja=f"フォルダー {folder} には fleet の結果がすでにあり、上書きしません。--out で別のフォルダーを指定するか、"
                "--resume で再開してください。",
            )
        )
    make_folder(folder)
    _guarded(folder, lambda: write_manifest(folder, manifest))
    return folder, manifest


def _root(fleet: Fleet) -> Path:
    return output_root(fleet.client)


def _free(folder: Path) -> Path:
    number = 1
    place = folder
    while place.exists():
        number += 1
        place = folder.with_name(f"{folder.name}-{number}")
    return place


def _resumed(fleet: Fleet, asked: str, planned: Sequence[Planned], now: str) -> tuple[Path, Manifest]:
    found = [fleet.out] if fleet.out else sorted(_root(fleet).glob("fleet-*"), reverse=True)
    folder = next((place for place in found if (place / MANIFEST).is_file()), None)
    if folder is None:
        place = fleet.out or _root(fleet)
        raise UsageError(
            Text(
                en=f"There is no fleet to resume in {place}; leave out --resume to start a new one.",
                ja=f"{place} に再開できる fleet がありません。--resume を外して新たに開始してください。",
            )
        )
    manifest = read_manifest(folder)
    if (manifest.digest, manifest.shard, manifest.shards) != (asked, fleet.shard, fleet.shards):
        raise UsageError(
            Text(
                en=f"{folder} was begun with other targets or options; resume with the same command, or start anew.",
                ja=f"{folder} は対象またはオプションが異なります。同じコマンドで再開するか、新たに開始してください。",
            )
        )
    if (clock.parse(now) - clock.parse(manifest.taken_at)).total_seconds() / 3600 >= FRESH_HOURS:
        raise UsageError(
            Text(
                en=f"{folder} was begun more than {FRESH_HOURS} hours ago; start a new fleet.",
                ja=f"{folder} は開始から {FRESH_HOURS} 時間以上経過しています。新たに開始してください。",
            )
        )
    again = structs.replace(manifest, names=tuple(one.name for one in planned))
    _guarded(folder, lambda: write_manifest(folder, again))
    return folder, again


def _kept(folder: Path, planned: Iterable[Planned]) -> dict[str, Row]:
    """Return the rows that need not be made again: those of targets that came to an end and are all there."""
    rows = read_rows(folder)
    there = still_there(folder, rows.values())
    return {
        one.name: rows[one.name]
        for one in planned
        if one.name in there and rows[one.name].state is State.SCANNED and not rows[one.name].stopped
    }


def _now() -> str:
    return clock.stamp(datetime.now(UTC))


# --------------------------------------------------------------------------------------------------------- the rows


def _rows(
    fleet: Fleet,
    engine: ClusterEngine | None,
    folder: Path,
    manifest: Manifest,
    planned: Sequence[Planned],
) -> Iterator[Row]:
    """Yield a row for each target: first for those that are not to be scanned, then as scans end."""
    for one in planned:
        if one.why_not is not None:
            yield _left_out(one, one.why_not)
    to_scan = [one for one in planned if one.job is not None]
    if engine is not None:
        arguments, texts = _travelling(fleet)
        at_once = fleet.parallel or len(to_scan)
        jobs = [_job(fleet, one, to_scan, manifest, at_once, arguments, texts) for one in to_scan]
        yield from engine.run(jobs, lambda job: _fresh(folder / job.name))
        return
    parallel = fleet.parallel or os.cpu_count() or 1
    alone = min(parallel, len(to_scan)) == 1
    surroundings = _surroundings(fleet)
    begins: list[Begin] = []
    for one in to_scan:
        job = _job(fleet, one, to_scan, manifest, parallel, fleet.arguments, {})
        try:
            environ = environment(one, planned, surroundings)
        except UsageError as error:
            yield failed(one.name, one.title, one.provider, error.exit, error.diagnostics())
            continue
        more = tuple(_here(fleet, folder, job))
        place = folder / one.name
        order = Order(job=job, folder=str(place), more=more, resume=fleet.resume, alone=alone)
        begins.append(Begin(order, environ))
    yield from LocalEngine(parallel).run(begins)


def _surroundings(fleet: Fleet) -> Mapping[str, str]:
    """Return the environment with the passphrase of the signing key, for which a person is asked once and not per target.

    Raises:
        UsageError: there is no passphrase, or it does not open the key.
    """
    wishes = fleet.sealing
    key = wishes.effective.key if wishes.wanted else None
    if key is None:
        return os.environ
    refuse_missing_library()
    from cloudaudit.evidence.keyfile import open_key

    passphrase = passphrase_for(key)
    open_key(key, passphrase.encode())
    return {**os.environ, PASSPHRASE: passphrase}


def _job(
    fleet: Fleet,
    one: Planned,
    everyone: Sequence[Planned],
    manifest: Manifest,
    at_once: int,
    arguments: Sequence[str],
    texts: Mapping[str, Carried],
) -> Job:
    assert one.job is not None  # noqa: S101 - those without are left out
    told = [*one.job.arguments, *arguments, *(f"--format={name}" for name in fleet.reports)]
    limit = _rate(fleet, one, everyone, at_once)
    if limit is not None:
        told.append(f"--max-rps={limit:g}")
    return structs.replace(one.job, arguments=tuple(told), taken_at=manifest.taken_at, texts=dict(texts))


def _rate(fleet: Fleet, one: Planned, everyone: Sequence[Planned], at_once: int) -> float | None:
    """Return the requests a second of one target: as many as are left when all that may run at once share the budget."""
    budget = fleet.budgets.get(one.provider)
    alike = sum(other.provider == one.provider for other in everyone)
    share = budget / max(min(at_once, alike), 1) if budget else None
    limits = [limit for limit in (share, one.max_rps) if limit is not None]
    return min(limits, default=None)


def _here(fleet: Fleet, folder: Path, job: Job) -> Iterator[str]:
    """Return what is told only on this machine: earlier results to compare with and to go on from."""
    if fleet.baseline is not None and (earlier := _result(fleet.baseline / job.name)):
        yield f"--baseline={earlier}"
    if fleet.sealing.wanted and fleet.sealing.effective.chain is None:
        # One bundle is enough, and a folder of all targets' would be read for each of them.
        night = next((place for place in _earlier(fleet, folder, job.name) if any(place.glob(BUNDLES))), None)
        if night is not None:
            yield f"--chain={night}"
    if job.provider == "m365" and "--full-pass" not in job.arguments:
        previous = _previous(fleet, folder, job.name)
        if previous is not None:
            yield f"--previous={previous}"


def _previous(fleet: Fleet, folder: Path, name: str) -> Path | None:
    """Return the newest earlier snapshot of a tenant, which tells what was shared and need not be looked for anew."""
    found = (place / SNAPSHOT for place in _earlier(fleet, folder, name))
    return next((path for path in found if path.is_file()), None)


def _earlier(fleet: Fleet, folder: Path, name: str) -> Iterator[Path]:
    """Yield where a target's results of earlier fleets would lie, the newest first."""
    fleets = [fleet.baseline] if fleet.baseline else sorted(_root(fleet).glob("fleet-*"), reverse=True)
    return (place / name for place in fleets if place.resolve() != folder.resolve())


def _result(folder: Path) -> Path | None:
    return next((path for path in (folder / RESULT, folder / MASKED / RESULT) if path.is_file()), None)


def _travelling(fleet: Fleet) -> tuple[tuple[str, ...], dict[str, Carried]]:
    try:
        arguments, texts = split_texts(fleet.arguments)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            Text(
                en=f"A file that goes to the workers cannot be read ({error}); check --policy and --waivers.",
                ja=f"ワーカーへ送るファイルを読み込めません({error})。--policy と --waivers の指定を確認してください。",
            )
        ) from error
    if fleet.policy:
        texts.setdefault("policy", Carried("policy.toml", fleet.policy))
    return arguments, texts


def _fresh(folder: Path) -> Path:
    make_folder(folder)
    return folder


def _compared(fleet: Fleet, folder: Path, row: Row) -> Row:
    """Return a row with what changed since the earlier fleet, where both have a result of one kind."""
    if fleet.baseline is None or row.state is not State.SCANNED:
        return row
    before, now = _result(fleet.baseline / row.name), _result(folder / row.name)
    if before is None or now is None:
        return row
    # What cannot be compared, such as names with pseudonyms, is not told of; the scan has said why where it matters.
    with (
        suppress(CloudauditError),
        open_result(before) as earlier,
        open_result(now) as later,
        comparison(earlier, later) as changes,
    ):
        counts = {change.value: count for change, count in changes.counts.items()}
        return structs.replace(row, changes=counts, since=changes.since)
    return row


def _left_out(one: Planned, why_not: Text) -> Row:
    if one.code:
        return failed(one.name, one.title, one.provider, one.code, why_not)
    return Row(
        name=one.name,
        title=one.title,
        provider=one.provider,
        state=State.NOT_SCANNED,
        code=0,
        reasons=(ExitReason(code=0, reason=why_not),),
    )


def _not_begun(one: Planned) -> Row:
    return Row(
        name=one.name,
        title=one.title,
        provider=one.provider,
        state=State.MISSING,
        code=Exit.INTERRUPTED,
        reasons=(ExitReason(code=Exit.INTERRUPTED, reason=_INTERRUPTED),),
    )


def _tell(fleet: Fleet, row: Row, done: int, total: int) -> None:
    if fleet.quiet or row.state is State.NOT_SCANNED:
        return
    words = Text(
        en=f"{done} of {total}: {row.name}, exit code {row.code}",
        ja=f"{done} / {total} 件: {row.name}(終了コード {row.code})",
    )
    with suppress(OSError):
        click.echo(visible(words.in_(fleet.language)), err=True)


def _guarded(folder: Path, act: Callable[[], object]) -> None:
    try:
        act()
    except OSError as error:
        raise OutputError(
            Text(
                en=f"{folder} cannot be written ({error.strerror}); free space, then run again with --resume.",
                ja=f"{folder} に書き込めません({error.strerror})。空き容量を確保し、--resume を付けて再実行してください。",
            )
        ) from error


@contextmanager
def _terminable() -> Generator[None]:
    """Take a request to end, as CI systems send it, like an interruption, so that targets write down what they read."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:  # not the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
