"""The first process's side of a second one: starts it, asks it about buckets, does without it when it is gone."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, BinaryIO, cast

import msgspec

from cloudaudit.facts import Fact
from cloudaudit.providers.aws.messages import Ask, Keys, Reply, Sender, Setup, received
from cloudaudit.providers.aws.model import PublicAccessBlock

START = (
    "import sys; sys.path[:] = sys.argv[1:]; "
    "from cloudaudit.providers.aws.reading_process import main; main()"
)
"""What the second process runs. It is told where modules lie, so that it finds the same as this one and no others."""

LAST_SECONDS = 10.0
"""How long it may take to end by itself."""


class SecondProcess:
    """A process that reads buckets as well. Safe for threads.

    Whatever happens to it, a question comes to an answer or to None, which means: read it yourself.

    Attributes:
        calls: requests that it is known to have sent.
    """

    def __init__(self, setup: Setup, keys: Callable[[], Keys]) -> None:
        self._keys = keys
        self._told: Keys | None = None
        self._room = threading.BoundedSemaphore(setup.options.concurrency)
        self._asking = threading.Lock()
        self._lock = threading.Lock()
        self._waiting: dict[int, Future[Reply | None]] = {}
        self._asked = 0
        self._gone = False
        self.calls = 0
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter and our own code
            # Isolated: neither the working folder nor the environment decides what it imports.
            [sys.executable, "-I", "-c", START, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._pipe = cast("BinaryIO", self._process.stdin)
        self._sender = Sender(self._pipe)
        self._listener = threading.Thread(target=self._listen, name="second-process", daemon=True)
        self._listener.start()
        with suppress(OSError, ValueError):
            self._sender.send(setup)

    def read(self, bucket: str, region: str, account_block: Fact[PublicAccessBlock | None]) -> Reply | None:
        """Have a bucket's settings read; None at once where it has no room, and as soon as it is gone."""
        if not self._room.acquire(blocking=False):
            return None
        try:
            return self._ask(bucket, region, account_block).result()
        except Exception:  # noqa: BLE001 - no credentials, no pipe: reading here tells what is wrong, if anything is
            return None
        finally:
            self._room.release()

    def _ask(
        self, bucket: str, region: str, account_block: Fact[PublicAccessBlock | None]
    ) -> Future[Reply | None]:
        future: Future[Reply | None] = Future()
        # Renewed credentials must not be overtaken by older ones, so whoever asks does so alone.
        with self._asking:
            keys = self._keys()
            with self._lock:
                if self._gone:
                    future.set_result(None)
                    return future
                self._asked += 1
                number = self._asked
                self._waiting[number] = future
            news = None if keys == self._told else keys
            self._sender.send(
                Ask(number=number, bucket=bucket, region=region, account_block=account_block, keys=news)
            )
            self._told = keys
        return future

    def _listen(self) -> None:
        try:
            for reply in received(cast("BinaryIO", self._process.stdout), Reply):
                with self._lock:
                    self.calls = max(self.calls, reply.calls)
                    future = self._waiting.pop(reply.number, None)
                if future is not None:
                    future.set_result(reply)
        except (msgspec.DecodeError, UnicodeDecodeError, OSError, ValueError):
            # What it says makes no sense, so nothing that it says counts any more.
            self._process.kill()
        finally:
            with self._lock:
                self._gone = True
                left = list(self._waiting.values())
                self._waiting.clear()
            for future in left:
                future.set_result(None)

    def stop(self) -> None:
        """Let it send nothing more; what it has been asked comes to an answer soon."""
        with suppress(OSError, ValueError):
            self._pipe.close()

    def close(self) -> None:
        """End it, and wait until it is gone."""
        self.stop()
        try:
            self._process.wait(LAST_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join()
        with suppress(OSError):
            cast("BinaryIO", self._process.stdout).close()


def possible() -> bool:
    """Return whether a second process can be started and would be of use."""
    # An application frozen into one file is no interpreter that could be told what to run.
    return bool(sys.executable) and not getattr(sys, "frozen", False) and (os.cpu_count() or 1) > 1


def keys_of(credentials: Any) -> Keys:  # noqa: ANN401 - the SDK has no types
    """Return what the SDK's credentials are at the moment, renewed where they run out."""
    return msgspec.convert(credentials.get_frozen_credentials()._asdict(), Keys)
