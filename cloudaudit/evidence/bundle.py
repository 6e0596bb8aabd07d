"""An open bundle: its container, its envelope, and what its statement says."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from cloudaudit.evidence import dsse, statement
from cloudaudit.evidence.container import Container, not_a_bundle, opened, peeked
from cloudaudit.evidence.statement import Export, Run

_LARGEST_ENVELOPE = 64 << 20


@dataclass(frozen=True)
class Bundle:
    """What a bundle says; nothing of it is verified but that it is written in its one form.

    Attributes:
        files: SHA-256 by name, of everything but the manifest.
    """

    container: Container
    envelope: dsse.Envelope
    files: dict[str, str]
    predicate: Run | Export

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.container.path

    @property
    def sha256(self) -> str:
        """SHA-256 of the whole file: what the next night names, and what an auditor keeps."""
        return self.container.sha256


@contextmanager
def open_bundle(path: Path) -> Generator[Bundle]:
    """Open a bundle whose container is canonical.

    Raises:
        EvidenceError: it is none.
    """
    with opened(path) as container:
        yield _read(container)


def peek(path: Path) -> Bundle:
    """Read what a bundle says without going over its bytes; its ``sha256`` is empty and its files are closed.

    Raises:
        EvidenceError: it is none.
    """
    with peeked(path) as container:
        return _read(container)


def _read(container: Container) -> Bundle:
    try:
        envelope = dsse.decode(container.read(statement.ENVELOPE, _LARGEST_ENVELOPE), dsse.IN_TOTO)
        files, predicate = statement.decode(envelope.content)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise not_a_bundle(
            container.path,
            f"its manifest cannot be read ({error})",
            "マニフェストを読み取れません(改変されているか、別のバージョンのものです)",
        ) from error
    return Bundle(container, envelope, files, predicate)
