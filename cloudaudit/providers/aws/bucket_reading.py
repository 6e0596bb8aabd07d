"""Who reads a bucket's settings: this process, or a second one beside it where there are many buckets."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from cloudaudit.facts import Fact
from cloudaudit.inventory.plan import NO_WISH
from cloudaudit.providers.aws.collectors import buckets
from cloudaudit.providers.aws.connect import AwsOptions, Clients
from cloudaudit.providers.aws.messages import Setup
from cloudaudit.providers.aws.model import PublicAccessBlock
from cloudaudit.providers.aws.reader import Reader
from cloudaudit.providers.aws.second_process import SecondProcess, keys_of, possible

MANY = 300
"""From so many buckets on a second process saves more time than it costs to start."""


class BucketReading:
    """Reads settings of buckets, and shares that work between two processes when there is much of it.

    Threads that find room in the second process leave their bucket to it and wait; the others read theirs here. So
    both are busy as long as there are buckets, and no more requests are in flight than without it.
    """

    def __init__(self, reader: Reader, clients: Clients, options: AwsOptions, partition: str) -> None:
        self._reader = reader
        self._clients = clients
        self._options = options
        self._partition = partition
        self._second: SecondProcess | None = None

    @property
    def calls(self) -> int:
        """Requests that the second process is known to have sent."""
        return self._second.calls if self._second else 0

    def expect(self, count: int) -> None:
        """Start a second process if so many buckets are worth it."""
        share = self._options.concurrency // 2
        # A limit on requests a second is kept by one process alone: two could not share it without idling.
        if count < MANY or not share or self._options.max_rps or not possible():
            return
        setup = Setup(
            options=replace(self._options, concurrency=share, objects=NO_WISH),
            region=self._reader.home,
            partition=self._partition,
        )
        # Where the system has no room for another process, this one reads everything.
        with suppress(OSError):
            self._second = SecondProcess(setup, lambda: keys_of(self._clients.credentials()))

    def settings(
        self, name: str, region: str, account_block: Callable[[], Fact[PublicAccessBlock | None]]
    ) -> buckets.Settings:
        """Return the settings of a bucket."""
        if self._second is not None and not self._reader.stopped:
            reply = self._second.read(name, region, account_block())
            if reply is not None and reply.stopped:
                self._reader.stop(reply.stopped)
            if reply is not None and reply.settings is not None:
                return reply.settings
        return buckets.read_settings(self._reader, name, region, account_block, partition=self._partition)

    def stop(self) -> None:
        """Let the second process send nothing more."""
        if self._second is not None:
            self._second.stop()

    def close(self) -> None:
        """End the second process."""
        if self._second is not None:
            self._second.close()
