"""One target in a process of its own: nothing of one client is in the memory, or the environment, of another's scan.

boto3 is bound by the interpreter's lock, so that targets side by side need processes in any case.
"""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

import msgspec
from msgspec import Struct

from cloudaudit.errors import Exit
from cloudaudit.fleet.plan import Job
from cloudaudit.fleet.rows import Row, failed
from cloudaudit.text import Text
from cloudaudit.visible import shortened, visible

START = (
    "import sys; sys.path[:] = sys.argv[1:]; sys.argv[1:] = []; "
    "from cloudaudit.cli.fleet_child import main; main()"
)
LAST_WORDS = 400
PATIENCE = 30.0
"""Seconds that an interrupted scan has to write down what it has read."""


class Order(Struct, frozen=True, kw_only=True):
    """What the process is told, as one line of JSON; when its standard input ends after that, it breaks off.

    Attributes:
        folder: where the results go.
        more: arguments besides the job's that concern this machine alone.
        resume: go on with the scan that is in the folder.
        alone: no other target is scanned on this machine meanwhile, so that the scan may use all of its processors.
    """

    job: Job
    folder: str
    more: tuple[str, ...] = ()
    resume: bool = False
    alone: bool = False


class TargetProcess:
    """A target that is being scanned."""

    def __init__(self, order: Order, environ: Mapping[str, str] | None = None) -> None:
        self._job = order.job
        self._lock = threading.Lock()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the row is made
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter and our own code
            # Isolated: neither the working folder nor the environment decides what it imports.
            [sys.executable, "-I", "-c", START, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=None if environ is None else dict(environ),
            # A key pressed at the terminal is for the fleet, which then tells every target.
            start_new_session=os.name != "nt",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) if os.name == "nt" else 0,
        )
        self._input = cast("BinaryIO", self._process.stdin)
        with suppress(OSError):
            self._input.write(msgspec.json.encode(order) + b"\n")
            self._input.flush()

    def row(self) -> Row:
        """Wait for the end and return what came of it; no way to end raises."""
        output = cast("BinaryIO", self._process.stdout)
        with output, self._errors:
            said = output.read()
            code = self._process.wait()
            self.interrupt()
            try:
                return msgspec.json.decode(said, type=Row)
            except msgspec.DecodeError:
                return self._without_a_row(code)

    def interrupt(self) -> None:
        """Let it break off and keep what was read; again and again is the same as once."""
        with self._lock, suppress(OSError):
            self._input.close()

    def kill(self) -> None:
        """End it at once."""
        with suppress(OSError):
            self._process.kill()

    def _without_a_row(self, code: int) -> Row:
        size = self._errors.seek(0, 2)
        self._errors.seek(max(size - 4 * LAST_WORDS, 0))
        words = shortened(
            visible(self._errors.read().decode("utf-8", "replace").strip()[-LAST_WORDS:]), LAST_WORDS
        )
        after = f": {words}" if words else ""
        reason = Text(
            en=f"the scan's process ended without a result ({code}); run again with --resume{after}",
            ja=f"スキャンのプロセスが結果を残さずに終了しました({code})。--resume を付けて再実行してください{after}",
        )
        return failed(self._job.name, self._job.title, self._job.provider, Exit.INCOMPLETE, reason)


def scan(order: Order) -> Row:
    """Scan one target, with the environment of this process, and return its row."""
    Path(order.folder).mkdir(parents=True, exist_ok=True)
    return TargetProcess(order).row()
