"""The engine of a dask.distributed cluster: each worker signs in by itself, scans a target and sends its files back.

What is submitted is the plain description of a target. No credential crosses the scheduler; the results do.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from cloudaudit.errors import Exit, UsageError
from cloudaudit.fleet.parcel import pack, unpack
from cloudaudit.fleet.plan import Job
from cloudaudit.fleet.process import Order, scan
from cloudaudit.fleet.rows import Row, failed
from cloudaudit.providers.aws.connect import is_loopback
from cloudaudit.text import Text

CONNECT_SECONDS = 15


def run_job(description: bytes) -> bytes:
    """Scan one target on a worker, with the worker's own credentials, and return its row and files.

    It may be run again from the start on another worker: nothing of it is left behind here.

    Args:
        description: a ``Job`` as JSON.
    """
    job = msgspec.json.decode(description, type=Job)
    with tempfile.TemporaryDirectory(prefix="cloudaudit-") as folder:
        row = scan(Order(job=job, folder=folder))
        return pack(job, row, Path(folder))


def refuse_open_address(address: str) -> None:
    """Refuse an address over which findings would cross a network unencrypted.

    Raises:
        UsageError: it is no address, or one without TLS beyond this machine.
    """
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if parts.scheme not in {"tls", "tcp"} or not host or port is None:
        raise UsageError(
            Text(
                en=f"{address} is no address of a scheduler; write it like tls://scheduler.example.com:8786.",
                ja=f"{address} はスケジューラーのアドレスではありません。"
                "tls://scheduler.example.com:8786 の形式で指定してください。",
            )
        )
    if parts.scheme == "tcp" and not is_loopback(host):
        raise UsageError(
            Text(
                en=f"{address} is not encrypted, and results would cross the network in the open; set up TLS for the "
                "scheduler and the workers, and give tls://HOST:PORT.",
                ja=f"{address} は暗号化されておらず、結果が平文でネットワークを流れます。"
                "スケジューラーとワーカーに TLS を設定し、tls://ホスト:ポート を指定してください。",
            )
        )


def missing() -> Text | None:
    """Return what to install where dask.distributed is not."""
    from importlib.util import find_spec

    if find_spec("distributed") is not None:
        return None
    return Text(
        en="--engine dask needs dask.distributed; run: pip install 'cloudaudit[fleet]'.",
        ja="--engine dask には dask.distributed が必要です。pip install 'cloudaudit[fleet]' を実行してください。",
    )


class ClusterEngine:
    """Runs targets on a cluster that somebody started.

    Attributes:
        interrupted: the run was broken off; what had not ended has no row.
    """

    def __init__(self, scheduler: str, parallel: int | None) -> None:
        refuse_open_address(scheduler)
        self._scheduler = scheduler
        self._parallel = parallel
        self.interrupted = False

    def run(self, jobs: Sequence[Job], place: Callable[[Job], Path]) -> Iterator[Row]:
        """Yield the row of each target as it ends, its files having been written.

        A worker that dies costs nothing but time: another one takes the target on.

        Args:
            jobs: what to scan.
            place: makes the folder for a target's files.

        Raises:
            UsageError: the scheduler cannot be reached, has no worker, or one that is not encrypted.
        """
        client = self._connect()
        try:
            _refuse_no_workers(client)
            try:
                yield from self._gathered(client, jobs, place)
            except KeyboardInterrupt:
                self.interrupted = True
        finally:
            client.close()

    def _connect(self) -> Any:  # noqa: ANN401 - distributed's own type is partial
        distributed = _library()
        try:
            # Certificates come from dask's own configuration (distributed.comm.tls), which the workers need as well.
            encrypted = self._scheduler.startswith("tls://")
            security = distributed.Security(require_encryption=True) if encrypted else None
            return distributed.Client(
                self._scheduler, security=security, timeout=CONNECT_SECONDS, set_as_default=False
            )
        except (OSError, TypeError, ValueError, RuntimeError) as error:
            raise UsageError(
                Text(
                    en=f"The scheduler {self._scheduler} cannot be reached ({type(error).__name__}: {error}); check the "
                    "address and dask's certificates (distributed.comm.tls).",
                    ja=f"スケジューラー {self._scheduler} に接続できません({type(error).__name__}: {error})。アドレスと dask の"
                    "証明書設定(distributed.comm.tls)を確認してください。",
                )
            ) from error

    def _gathered(self, client: Any, jobs: Sequence[Job], place: Callable[[Job], Path]) -> Iterator[Row]:  # noqa: ANN401 - as above
        waiting = iter(jobs)
        of_future: dict[str, Job] = {}

        def submit() -> Any:  # noqa: ANN401 - a future, or None
            job = next(waiting, None)
            if job is None:
                return None
            refuse_open_workers(client)
            future = client.submit(run_job, msgspec.json.encode(job), pure=False)
            of_future[future.key] = job
            return future

        at_once = self._parallel or max(sum(client.nthreads().values()), 1)
        first = [future for _ in range(at_once) if (future := submit()) is not None]
        pending = _library().as_completed(first, loop=client.loop)
        for future in pending:
            job = of_future.pop(future.key)
            yield _row(future, job, place)
            # Its bytes are let go before the next are asked for.
            future.release()
            following = submit()
            if following is not None:
                pending.add(following)


def _library() -> Any:  # noqa: ANN401 - its own types are partial, and type checkers need not follow it
    from importlib import import_module

    return import_module("distributed")


def _row(future: Any, job: Job, place: Callable[[Job], Path]) -> Row:  # noqa: ANN401 - distributed's own type is partial
    try:
        parcel = future.result()
    except Exception as error:  # noqa: BLE001 - whatever happened to a worker is told of this target alone
        name = type(error).__name__
        reason = Text(
            en=f"no worker brought it to an end ({name}); look at the workers' logs, then run again with --resume",
            ja=f"ワーカーで処理を完了できませんでした({name})。ワーカーのログを確認し、--resume を付けて再実行してください",
        )
        return failed(job.name, job.title, job.provider, Exit.INCOMPLETE, reason)
    try:
        return unpack(parcel, place(job))
    except ValueError:
        reason = Text(
            en="what a worker sent back cannot be used; see that the workers have the same version of cloudaudit",
            ja="ワーカーから受け取った結果を利用できません。ワーカーの cloudaudit が同じバージョンか確認してください",
        )
        return failed(job.name, job.title, job.provider, Exit.INCOMPLETE, reason)


def _refuse_no_workers(client: Any) -> None:  # noqa: ANN401 - as above
    if not _workers(client):
        raise UsageError(
            Text(
                en="The cluster has no worker; start one with `dask worker`, in an environment that has cloudaudit.",
                ja="クラスターにワーカーがありません。cloudaudit をインストールした環境で dask worker を起動してください。",
            )
        )


def refuse_open_workers(client: Any) -> None:  # noqa: ANN401 - as above
    """Refuse a worker over whose address findings would cross a network unencrypted.

    Raises:
        UsageError: there is one.
    """
    for address in _workers(client):
        refuse_open_address(address)


def _workers(client: Any) -> list[str]:  # noqa: ANN401 - as above
    return list(client.scheduler_info(n_workers=-1)["workers"])
