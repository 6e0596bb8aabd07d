"""The process of one target of a fleet: ``cloudaudit scan`` with its arguments, then one small row on standard output."""

import hashlib
import os
import signal
import sys
import threading
from pathlib import Path
from typing import BinaryIO

import click
import msgspec

from cloudaudit.assessment import Assessment
from cloudaudit.cli.fleet_arguments import with_texts
from cloudaudit.cli.output import SNAPSHOT
from cloudaudit.cli.rendering import MASKED
from cloudaudit.cli.scan import scan
from cloudaudit.cli.scanning import Begun
from cloudaudit.errors import CloudauditError, Exit, UsageError
from cloudaudit.fleet.plan import Job
from cloudaudit.fleet.process import Order
from cloudaudit.fleet.rows import Row, failed, row_of
from cloudaudit.result import open_result
from cloudaudit.text import Text

RESULT = "result.json"
_BROKEN_OFF = Text(
    en="interrupted before there was a result; run again with --resume",
    ja="結果が出る前に中断しました。--resume を付けて再実行してください",
)


def main() -> None:
    """Read the order, scan, print the row."""
    source, out = sys.stdin.buffer, sys.stdout.buffer
    order = msgspec.json.decode(source.readline(), type=Order)
    # What anything prints by accident must not stand in the row.
    sys.stdout = sys.stderr
    threading.Thread(target=_watch, args=(source,), name="watch", daemon=True).start()
    row = _row(order)
    try:
        out.write(msgspec.json.encode(row))
        out.flush()
    except OSError:
        os._exit(Exit.INCOMPLETE)  # nobody listens any more
    # The thread that watches holds standard input, which the interpreter would wait for.
    os._exit(0)


def _watch(source: BinaryIO) -> None:
    """Break off the scan when whoever ordered it closes the pipe or is gone."""
    source.read()
    if hasattr(signal, "pthread_kill") and threading.main_thread().ident is not None:
        # A real signal wakes the main thread where it waits for others.
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        import _thread

        _thread.interrupt_main()


def _row(order: Order) -> Row:
    job, folder = order.job, Path(order.folder)
    try:
        code = _scan(order)
        return _read(job, folder, code)
    except CloudauditError as error:
        return _failed(job, error.exit, error.diagnostics())
    except click.ClickException as error:
        message = error.format_message()
        return _failed(job, Exit.USAGE, Text(en=message, ja=message))
    except (KeyboardInterrupt, click.Abort):
        return _failed(job, Exit.INTERRUPTED, _BROKEN_OFF)
    except Exception as error:  # noqa: BLE001 - one target's failure never stops another, and is told
        name = type(error).__name__
        inside = Text(
            en=f"cloudaudit failed inside ({name}); scan this target alone with --debug",
            ja=f"cloudaudit の内部エラーです({name})。この対象だけを --debug 付きでスキャンしてください",
        )
        return _failed(job, Exit.INCOMPLETE, inside)


def _scan(order: Order) -> int:
    folder = Path(order.folder)
    provider, *arguments = order.job.arguments
    with with_texts(order.job.texts) as files:
        told = [provider, *arguments, *files, *order.more, f"--out={folder}", "--quiet"]
        if order.resume and (folder / SNAPSHOT).is_file():
            told.append("--resume")
        begun = Begun(order.job.taken_at, order.alone)
        code: int | None = scan.main(args=told, prog_name="cloudaudit scan", standalone_mode=False, obj=begun)
        return code or 0


def _read(job: Job, folder: Path, code: int) -> Row:
    path = next((path for path in (folder / RESULT, folder / MASKED / RESULT) if path.is_file()), None)
    if path is None:
        raise UsageError(
            Text(
                en="there is no result.json, which the overview is made of; add json to the reports",
                ja="一覧の作成に必要な result.json がありません。レポートの形式に json を追加してください",
            )
        )
    with open_result(path) as assessment:
        row = row_of(job.name, job.title, assessment, _digest(path), _files(folder, assessment))
    return msgspec.structs.replace(row, code=code)


def _files(folder: Path, assessment: Assessment) -> list[str]:
    place = folder / MASKED if assessment.masked else folder
    return [path.relative_to(folder).as_posix() for path in place.iterdir() if path.is_file()]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _failed(job: Job, code: int, reason: Text) -> Row:
    return failed(job.name, job.title, job.provider, code, reason)
