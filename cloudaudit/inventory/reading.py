"""The door to inventories: from the files of a complete delivery, or a table, to what is known of each bucket's objects.

    manifest = read_s3_manifest(text, checksum)                    # or read_gcs_manifest(text)
    ...                                                            # fetch manifest.files, check_md5(path, file.md5)
    inventory = manifest.inventory(paths, source="weekly, 2026-11-22T01-00Z")
    with engine("local", EngineSettings()) as reader:
        answers = summarise(reader, [inventory])                   # bucket -> Objects | InventoryError

Nothing here speaks to a provider's API; who fetches the files decides how, and under which permission. What a remote
engine (Spark, Athena, BigQuery) reads, it reads by itself and with credentials of its own.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

from cloudaudit.inventory.answer import NO_ENCRYPTION, Counted, no_encryption, offenders, opened
from cloudaudit.inventory.engines import Engine, UndecodableError, engine, named_table
from cloudaudit.inventory.errors import InventoryError
from cloudaudit.inventory.libraries import Expression
from cloudaudit.inventory.manifests import (
    GcsManifest,
    ManifestFile,
    S3Manifest,
    check_md5,
    missing_file,
    read_gcs_manifest,
    read_s3_manifest,
)
from cloudaudit.inventory.model import Objects, Offender
from cloudaudit.inventory.question import counts, exposed, question, unencrypted
from cloudaudit.inventory.settings import EngineSettings
from cloudaudit.inventory.source import CsvShape, Inventory, InventoryFiles, InventoryTable

__all__ = [
    "CsvShape",
    "Engine",
    "EngineSettings",
    "GcsManifest",
    "InventoryError",
    "InventoryFiles",
    "InventoryTable",
    "ManifestFile",
    "S3Manifest",
    "check_md5",
    "engine",
    "missing_file",
    "named_table",
    "read_gcs_manifest",
    "read_s3_manifest",
    "summarise",
]

FIRST = 20
"""How many offending objects of a bucket are named."""

QUERY_BYTES = 100_000
"""Of ACLs in one query: Athena takes a query of 262,144 bytes."""

MOST_QUERIES = 50
"""For the first public keys. Beyond 5 MB of different public ACLs the keys of the commonest are named; all are counted."""


def summarise(
    reader: Engine, inventories: Iterable[Inventory], *, first: int = FIRST
) -> Mapping[str, Objects | InventoryError]:
    """Return for each bucket what its inventory tells, or why it tells nothing; one that fails leaves the others alone.

    Args:
        reader: the engine, which must be able to reach the inventories' files or tables.
        inventories: at most one for a bucket.
        first: how many offending objects are named for each bucket and reason.
    """
    answers: dict[str, Objects | InventoryError] = {}
    for inventory in inventories:
        try:
            answers.update(_read(reader, inventory, first))
        except InventoryError as error:
            answers.update(dict.fromkeys(inventory.buckets, error))
    return answers


def _read(reader: Engine, inventory: Inventory, first: int) -> dict[str, Objects]:
    try:
        with reader.table(inventory) as (table, dated):
            return _asked(reader, table, dated, first)
    except UndecodableError:
        with reader.undecoded(inventory) as (table, dated):
            return _asked(reader, table, dated, first)


def _asked(reader: Engine, table: Expression, inventory: Inventory, first: int) -> dict[str, Objects]:
    asked = question(table, inventory)
    counted = Counted(inventory, asked)
    with closing(reader.batches(counts(asked))) as batches:
        for batch in batches:
            counted.add(batch)
    counted.close()
    plain = _Firsts(first)
    if counted.any_unencrypted:
        with _rows(reader, unencrypted(asked, NO_ENCRYPTION, first)) as rows:
            plain.add(offenders(rows, inventory, no_encryption))
    public = _Firsts(first)
    for acls in _batches(counted.public_acls):
        with _rows(reader, exposed(asked, acls, first)) as rows:
            public.add(offenders(rows, inventory, opened))
    return counted.objects(plain.by_bucket(), public.by_bucket(), reader.name)


class _Firsts:
    """The first few of each bucket, in the order of their keys' bytes, out of several answers."""

    def __init__(self, first: int) -> None:
        self._first = first
        self._found: dict[str, list[tuple[bytes, Offender]]] = {}

    def add(self, found: Iterable[tuple[str, bytes, Offender]]) -> None:
        for bucket, key, offender in found:
            self._found.setdefault(bucket, []).append((key, offender))
        for bucket, each in self._found.items():
            each.sort(key=lambda item: (item[0], item[1].version))
            self._found[bucket] = each[: self._first]

    def by_bucket(self) -> dict[str, list[Offender]]:
        return {bucket: [offender for _, offender in each] for bucket, each in self._found.items()}


@contextmanager
def _rows(reader: Engine, expression: Expression) -> Generator[Iterator[dict[str, Any]]]:
    """Lend the rows of an answer; whoever stops early leaves the engine free for the next question."""
    with closing(reader.batches(expression)) as batches:
        yield (row for batch in batches for row in batch.to_pylist())


def _batches(acls: list[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = made = 0
    for acl in acls:
        if batch and size + len(acl) > QUERY_BYTES:
            yield batch
            made += 1
            if made == MOST_QUERIES:
                return
            batch, size = [], 0
        batch.append(acl)
        size += len(acl)
    if batch:
        yield batch
