"""The second process: reads the settings of buckets for the first one, and knows nothing but how to do that.

It is started by ``second_process`` and ends when its standard input does. What it sends passes the same guard as in the
first process, since its clients are built in the same place.
"""

import gc
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import Any, BinaryIO

from cloudaudit.providers.aws.collectors.buckets import Settings, read_settings
from cloudaudit.providers.aws.connect import Clients, sdk_session
from cloudaudit.providers.aws.messages import Ask, Keys, Reply, Sender, Setup, received
from cloudaudit.providers.aws.reader import Reader

LAST_SECONDS = 5.0
"""How long calls that are under way may take to end once nobody wants their answers."""

COLLECTED_AFTER = 50_000
SWITCH_SECONDS = 0.05


class HeldCredentials:
    """Credentials that someone else renews: the part of the SDK's ``Credentials`` that its clients use.

    The four parts are replaced at once, so that no request is signed with a mixture of old and new.
    """

    method = "first-process"

    def __init__(self) -> None:
        self._keys = Keys("", "")

    def hold(self, keys: Keys) -> None:
        """Sign with these from now on."""
        self._keys = keys

    @property
    def access_key(self) -> str:
        """The key's id."""
        return self._keys.access_key

    @property
    def secret_key(self) -> str:
        """The key itself."""
        return self._keys.secret_key

    @property
    def token(self) -> str | None:
        """The session's token, for temporary credentials."""
        return self._keys.token

    @property
    def account_id(self) -> str | None:
        """The account, where the source of the credentials tells it."""
        return self._keys.account_id

    def get_frozen_credentials(self) -> Any:  # noqa: ANN401 - the SDK has no types
        """Return all parts as they are at one moment."""
        from botocore.credentials import ReadOnlyCredentials

        keys = self._keys
        return ReadOnlyCredentials(keys.access_key, keys.secret_key, keys.token, keys.account_id)

    def get_deferred_property(self, property_name: str) -> Callable[[], object]:
        """Return a function that tells one part when it is needed."""
        return lambda: getattr(self, property_name, None)


class Work:
    """Answers questions in threads of its own."""

    def __init__(self, setup: Setup, sender: Sender) -> None:
        self._sender = sender
        self._partition = setup.partition
        self._credentials = HeldCredentials()
        session = sdk_session(setup.options.profile, setup.options.operations)
        # The SDK's session takes credentials only through this attribute or its own provider chain.
        session._credentials = self._credentials  # noqa: SLF001
        self._reader = Reader(Clients(session, setup.options, setup.region))
        self._pool = ThreadPoolExecutor(setup.options.concurrency)
        self._running: set[Future[None]] = set()

    def take(self, ask: Ask) -> None:
        """Answer a question, later."""
        if ask.keys is not None:
            self._credentials.hold(ask.keys)
        future = self._pool.submit(self._answer, ask)
        self._running.add(future)
        future.add_done_callback(self._running.discard)

    def end(self) -> None:
        """Call nothing more, and give what is under way a moment."""
        self._reader.stop("interrupted")
        wait(tuple(self._running), timeout=LAST_SECONDS)

    def _answer(self, ask: Ask) -> None:
        try:
            settings = read_settings(
                self._reader, ask.bucket, ask.region, lambda: ask.account_block, partition=self._partition
            )
            self._reply(ask, settings)
        except BaseException:  # noqa: BLE001 - without a word the first process would wait for ever
            # It reads the bucket itself then, and says what breaks off there.
            self._reply(ask, None)

    def _reply(self, ask: Ask, settings: Settings | None) -> None:
        self._sender.send(
            Reply(
                number=ask.number, calls=self._reader.calls, stopped=self._reader.stopped, settings=settings
            )
        )


def serve(source: BinaryIO, out: BinaryIO) -> None:
    """Answer the questions that come from a pipe until it is closed."""
    for setup in islice(received(source, Setup), 1):
        work = Work(setup, Sender(out))
        for ask in received(source, Ask):
            work.take(ask)
        work.end()


def main() -> None:
    """Serve on standard input and output, and leave at once when that is over."""
    # An interruption is for the first process to handle; it closes the pipe then.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = sys.stdout.buffer
    sys.stdout = sys.stderr  # what anyone prints must not get between the messages
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.freeze()
    gc.set_threshold(COLLECTED_AFTER)
    serve(sys.stdin.buffer, out)
    # Threads that still wait for an answer would keep the process alive.
    os._exit(0)


if __name__ == "__main__":
    main()
