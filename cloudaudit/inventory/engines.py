"""The engines that can be asked; each is an ibis back end behind the same few doors."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Any, Self

from msgspec.structs import replace

from cloudaudit.facts import Cause
from cloudaudit.inventory.errors import InventoryError
from cloudaudit.inventory.libraries import Expression, load
from cloudaudit.inventory.settings import EngineSettings, TableSettings
from cloudaudit.inventory.source import EngineName, Inventory, InventoryTable, Provider
from cloudaudit.text import Text
from cloudaudit.visible import shortened, visible

DATED = re.compile(r"(\d{4}-\d{2}-\d{2})-(\d{2})-(\d{2})")
"""The partition of an S3 Inventory: https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-athena-query.html"""


class UndecodableError(InventoryError):
    """A text in the files is not UTF-8; they can be read once more with keys as bytes."""


Opened = AbstractContextManager[tuple[Expression, Inventory]]
"""A table, for as long as it is asked, and its inventory, which for a partitioned table tells the true time now."""


class Engine(ABC):
    """One engine, connected. A context manager: what it started and wrote on this machine is gone at its end.

    Attributes:
        name: as ``--objects-engine`` takes it.
        writes: what it writes in a cloud although cloudaudit is read-only; None for nothing. Reports name it.
    """

    name: EngineName
    writes: Text | None = None

    @abstractmethod
    def table(self, inventory: Inventory) -> Opened:
        """Open an inventory.

        Raises:
            InventoryError: it is not there, is damaged, or this engine cannot reach it.
            UndecodableError: see ``undecoded``; it may come while rows are read as well.
        """

    def undecoded(self, inventory: Inventory) -> Opened:
        """Open an inventory with its keys as bytes; only engines that check texts need it."""
        return self.table(inventory)

    @abstractmethod
    def batches(self, expression: Expression) -> Generator[Any]:
        """Yield the rows of an expression as Arrow record batches, texts as bytes.

        Raises:
            InventoryError: the engine failed.
        """

    @abstractmethod
    def close(self) -> None:
        """Stop what was started."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def engine(name: EngineName, settings: EngineSettings) -> Engine:
    """Return an engine, connected.

    Raises:
        InventoryError: a library or a setting is missing, or it cannot be reached; cause ``network`` for the latter.
    """
    match name:
        case "local":
            from cloudaudit.inventory.local import LocalEngine

            return LocalEngine(settings.local)
        case "spark":
            from cloudaudit.inventory.spark import SparkEngine

            return SparkEngine(settings.spark)
        case "athena":
            from cloudaudit.inventory.warehouses import AthenaEngine

            return AthenaEngine(_needed(settings.athena, name))
        case "bigquery":
            from cloudaudit.inventory.warehouses import BigQueryEngine

            return BigQueryEngine(_needed(settings.bigquery, name))


def named_table(
    tables: dict[str, TableSettings], provider: Provider, bucket: str, as_of: str
) -> InventoryTable:
    """Return the table that the settings of Athena or BigQuery name for a bucket.

    Args:
        tables: of the settings.
        provider: whose bucket it is.
        bucket: its name.
        as_of: the time now, for a table that is kept up to date; ignored for one of dated partitions.

    Raises:
        InventoryError: they name none.
    """
    known = tables.get(bucket) or tables.get("*")
    if known is None:
        name = shortened(visible(bucket), 80)
        raise InventoryError(
            Text(
                en=f"No table is named for the bucket {name}; add it under `tables` in the engine's settings.",
                ja=f"バケット {name} に対応するテーブルが指定されていません。エンジン設定の `tables` に追加してください。",
            ),
            Cause.UNSUPPORTED,
        )
    return InventoryTable(
        provider=provider,
        buckets=(bucket,),
        table=known.table,
        as_of=as_of,
        source=known.table,
        versions=known.versions,
        partition=(known.partition, "") if known.partition else None,
    )


def as_bytes(batch: Any) -> Any:  # noqa: ANN401 - Arrow ships no types
    """Return a record batch with texts as the bytes that they are; one that is no UTF-8 then harms nobody."""
    pa = load("pyarrow")
    schema = pa.schema(
        [
            field.with_type(pa.binary() if pa.types.is_string(field.type) else pa.large_binary())
            if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
            else field
            for field in batch.schema
        ]
    )
    return pa.RecordBatch.from_arrays(
        [column.cast(field.type) for column, field in zip(batch.columns, schema, strict=True)], schema=schema
    )


@contextmanager
def dropping(
    drop: Callable[[str], object], name: str, table: Expression, inventory: Inventory
) -> Generator[tuple[Expression, Inventory]]:
    """Lend a table, and drop its view afterwards."""
    try:
        yield table, inventory
    finally:
        drop(name)


def chosen(
    table: Expression, inventory: InventoryTable, newest: Callable[[Expression], str]
) -> tuple[Expression, InventoryTable]:
    """Return the rows of one delivery, and the inventory with that delivery's time.

    Args:
        table: with all deliveries.
        inventory: names the partition, or asks for the newest.
        newest: asks the engine for the largest value of a column; empty where there is none.

    Raises:
        InventoryError: there is no delivery.
    """
    if inventory.partition is None:
        return table, inventory
    column, value = inventory.partition
    value = value or newest(table[column])
    if not value:
        raise InventoryError(
            Text(
                en=f"The table {inventory.table} has no delivery in its partition {column}; wait for the first one.",
                ja=f"テーブル {inventory.table} のパーティション {column} に配信がありません。初回の配信を待ってください。",
            )
        )
    dated = DATED.fullmatch(value)
    as_of = f"{dated[1]}T{dated[2]}:{dated[3]}:00Z" if dated else inventory.as_of
    source = f"{inventory.table} {column}={value}"
    return table.filter(table[column] == value), replace(
        inventory, as_of=as_of, source=source, partition=(column, value)
    )


def said(error: BaseException) -> str:
    """Return the first line of what a library says, short and harmless; it may quote what strangers wrote."""
    lines = str(error).strip().splitlines()
    return shortened(visible(lines[0]), 160) if lines else type(error).__name__


def _needed(settings: Any, name: str) -> Any:  # noqa: ANN401 - the settings of one engine or another
    if settings is None:
        raise InventoryError(
            Text(
                en=f"The engine {name} needs its settings; write the table [objects.engine.{name}].",
                ja=f"エンジン {name} には設定が必要です。[objects.engine.{name}] を記述してください。",
            ),
            Cause.UNSUPPORTED,
        )
    return settings
