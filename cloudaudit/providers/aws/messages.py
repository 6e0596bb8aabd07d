"""What the two processes that read buckets say to each other: over pipes, each message a length and JSON."""

import threading
from collections.abc import Iterator
from typing import BinaryIO, TypeVar

import msgspec
from msgspec import Struct

from cloudaudit.facts import Fact
from cloudaudit.providers.aws.collectors.buckets import Settings
from cloudaudit.providers.aws.connect import AwsOptions
from cloudaudit.providers.aws.model import PublicAccessBlock
from cloudaudit.visible import encoded

LENGTH_BYTES = 4

M = TypeVar("M")


class Setup(Struct, frozen=True, kw_only=True):
    """The first message to the second process: how to reach the account.

    Attributes:
        region: the home region.
        partition: of the account.
    """

    options: AwsOptions
    region: str
    partition: str


class Keys(Struct, frozen=True):
    """Credentials as they are at the moment. They go through the pipe, and nowhere else."""

    access_key: str
    secret_key: str
    token: str | None = None
    account_id: str | None = None

    def __repr__(self) -> str:
        """Tell no secret, whoever prints this."""
        return "Keys(...)"


class Ask(Struct, frozen=True, kw_only=True):
    """Read the settings of a bucket.

    Attributes:
        number: of this question.
        account_block: the account's public access block.
        keys: the credentials from now on; None where they are as before.
    """

    number: int
    bucket: str
    region: str
    account_block: Fact[PublicAccessBlock | None]
    keys: Keys | None = None


class Reply(Struct, frozen=True, kw_only=True):
    """What came of a question.

    Attributes:
        number: of the question.
        calls: requests that the second process has sent so far, retries included.
        stopped: why it sends nothing more, as ``Reader.stopped``.
        settings: None where our own code broke off.
    """

    number: int
    calls: int
    stopped: str
    settings: Settings | None


class Sender:
    """Writes messages, each of them whole. Safe for threads."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe
        self._encoder = msgspec.json.Encoder()
        self._lock = threading.Lock()

    def send(self, message: Setup | Ask | Reply) -> None:
        """Send a message.

        Raises:
            OSError: nobody is there to read it.
            ValueError: the pipe was closed.
        """
        data = encoded(self._encoder, message)
        with self._lock:
            self._pipe.write(len(data).to_bytes(LENGTH_BYTES, "big") + data)
            self._pipe.flush()


def received(pipe: BinaryIO, kind: type[M]) -> Iterator[M]:
    """Yield messages until the other side closes the pipe or dies; a torn one is none.

    Raises:
        msgspec.DecodeError: it is no message of this kind.
    """
    decoder = msgspec.json.Decoder(kind)
    while len(head := pipe.read(LENGTH_BYTES)) == LENGTH_BYTES:
        size = int.from_bytes(head, "big")
        data = pipe.read(size)
        if len(data) < size:
            return
        yield decoder.decode(data)
