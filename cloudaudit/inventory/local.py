"""DuckDB inside this process: memory is bounded, and what does not fit goes to a folder of its own on disk."""

import shutil
import tempfile
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cloudaudit.facts import Cause
from cloudaudit.inventory.engines import Engine, Opened, UndecodableError, as_bytes, dropping, said
from cloudaudit.inventory.errors import InventoryError
from cloudaudit.inventory.libraries import Expression, load
from cloudaudit.inventory.manifests import missing_file
from cloudaudit.inventory.settings import LocalSettings
from cloudaudit.inventory.source import Inventory, InventoryFiles
from cloudaudit.text import Text

SETUP = (
    # Ages are compared in UTC whatever the machine's zone.
    "SET TimeZone='UTC'",
    # Nothing here depends on the order of rows, and keeping it costs memory.
    "SET preserve_insertion_order=false",
    # DuckDB 2.0 reads the files once for each partition of a window with it: four times slower at 5x10^7 rows.
    "SET disabled_optimizers='partitioned_execution'",
    # The terminal is the command line's own.
    "SET enable_progress_bar=false",
    # No extension comes from the network, and no file is read that was not asked for by name.
    "SET autoinstall_known_extensions=false",
    "SET autoload_known_extensions=false",
)
NOT_UTF8 = "Invalid string encoding"
NO_ROOM = ("No space left", "max_temp_directory_size", "failed to offload")
VIEW = "inventory"
BATCH_ROWS = 8_192


class LocalEngine(Engine):
    """DuckDB through ibis; ORC, which DuckDB cannot read, comes in batches from pyarrow."""

    name = "local"

    def __init__(self, settings: LocalSettings) -> None:
        ibis = load("ibis")
        self._duckdb = load("duckdb")
        self._ibis_error = load("ibis.common.exceptions").IbisError
        try:
            self._folder = Path(tempfile.mkdtemp(prefix="cloudaudit-", dir=settings.temp_directory))
        except OSError as error:
            raise _no_room(error) from error
        config: dict[str, Any] = {
            "memory_limit": f"{settings.memory_mb}MB",
            "temp_directory": str(self._folder),
        }
        if settings.threads is not None:
            config["threads"] = settings.threads
        if settings.temp_disk_mb is not None:
            config["max_temp_directory_size"] = f"{settings.temp_disk_mb}MB"
        self._connection: Any = ibis.duckdb.connect(**config)
        for statement in SETUP:
            self._connection.raw_sql(statement)

    def table(self, inventory: Inventory) -> Opened:
        """Open the files as a view; Parquet's and CSV's are read by DuckDB itself, in parallel."""
        files = self._files(inventory)
        if files.format == "orc":
            return self.undecoded(inventory)
        with self._failures(), _quiet():
            if files.format == "parquet":
                table = self._connection.read_parquet(list(files.files), table_name=VIEW)
            else:
                table = self._connection.read_csv(
                    list(files.files),
                    table_name=VIEW,
                    auto_detect=False,
                    columns=dict.fromkeys(files.columns, "VARCHAR"),
                    header=files.csv.header,
                    delim=files.csv.delimiter,
                    quote='"',
                    escape='"',
                )
        return dropping(self._drop, VIEW, table, inventory)

    def undecoded(self, inventory: Inventory) -> Opened:
        """Open the files through pyarrow, which reads them in batches and leaves keys as the bytes that they are."""
        files = self._files(inventory)
        if files.format == "csv":
            raise UndecodableError(_damaged("a text is not UTF-8").text)
        pa, dataset = load("pyarrow"), load("pyarrow.dataset")
        with self._failures(), _quiet():
            found = dataset.dataset(list(files.files), format=files.format)
            schema = pa.schema([_readable(pa, field) for field in found.schema])
            batches = dataset.dataset(list(files.files), format=files.format, schema=schema)
            self._connection.con.register(VIEW, batches)
            table = self._connection.table(VIEW)
        return dropping(self._drop, VIEW, table, inventory)

    def batches(self, expression: Expression) -> Generator[Any]:
        """Yield batches as DuckDB makes them; ibis knows only the name that DuckDB 1 had for it."""
        with self._failures():
            answer = self._connection.con.sql(self._connection.compile(expression))
            read = getattr(answer, "to_arrow_reader", None) or answer.fetch_arrow_reader
            # DuckDB refuses the next question while a reader is open.
            with read(BATCH_ROWS) as batches:
                for batch in batches:
                    yield as_bytes(batch)

    def close(self) -> None:
        """Disconnect, and remove what was spilled."""
        self._connection.disconnect()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _drop(self, name: str) -> None:
        # A view over pyarrow's batches is registered, any other is created; each has its own way out.
        self._connection.con.unregister(name)
        self._connection.raw_sql(f'DROP VIEW IF EXISTS "{name}"')

    @staticmethod
    def _files(inventory: Inventory) -> InventoryFiles:
        if not isinstance(inventory, InventoryFiles):
            raise InventoryError(
                Text(
                    en="The local engine reads files, not tables; choose athena, bigquery or spark for this bucket.",
                    ja="local エンジンはファイルのみ対応です。このバケットには athena・bigquery・spark を指定してください。",
                ),
                Cause.UNSUPPORTED,
            )
        for name in inventory.files:
            path = Path(name)
            if not path.is_file():
                raise missing_file(path.name)
        return inventory

    @contextmanager
    def _failures(self) -> Generator[None]:
        duckdb, arrow = self._duckdb, load("pyarrow")
        try:
            yield
        except (duckdb.OutOfMemoryException, MemoryError) as error:
            raise (_no_room(error) if _about_room(error) else _no_memory()) from error
        except (duckdb.Error, arrow.ArrowException, self._ibis_error, OSError) as error:
            if NOT_UTF8 in str(error):
                raise UndecodableError(_damaged(said(error)).text) from error
            raise (_no_room(error) if _about_room(error) else _damaged(said(error))) from error


@contextmanager
def _quiet() -> Generator[None]:
    with warnings.catch_warnings():
        # ibis 12 asks DuckDB 2 for schemas by a name that DuckDB would rather not hear any more.
        warnings.filterwarnings("ignore", message="fetch_arrow_table", category=DeprecationWarning)
        yield


def _readable(pa: Any, field: Any) -> Any:  # noqa: ANN401 - Arrow ships no types
    """Return a field as DuckDB takes it: keys as bytes, times in microseconds (ORC has nanoseconds)."""
    kind = field.type
    if field.name in ("key", "name") and (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return field.with_type(pa.binary())
    if pa.types.is_timestamp(kind):
        return field.with_type(pa.timestamp("us", kind.tz))
    return field


def _about_room(error: BaseException) -> bool:
    return any(words in str(error) for words in NO_ROOM)


def _no_room(error: BaseException) -> InventoryError:
    return InventoryError(
        Text(
            en=f"The disk is full where the engine keeps what does not fit in memory ({said(error)}); free some space, or "
            "set temp_directory in [objects.engine.local] to a larger disk.",
            ja=f"エンジンの一時領域のディスク容量が不足しています({said(error)})。空き容量を確保するか、"
            "[objects.engine.local] の temp_directory に大きなディスクを指定してください。",
        ),
        Cause.UNSUPPORTED,
    )


def _no_memory() -> InventoryError:
    return InventoryError(
        Text(
            en="The engine's memory does not suffice for this inventory; raise memory_mb in [objects.engine.local].",
            ja="このインベントリにはエンジンのメモリが不足しています。[objects.engine.local] の memory_mb を増やしてください。",
        ),
        Cause.UNSUPPORTED,
    )


def _damaged(why: str) -> InventoryError:
    return InventoryError(
        Text(
            en=f"The inventory's files are damaged or not of the known form ({why}); wait for the next delivery.",
            ja=f"インベントリのファイルが破損しているか、既知の形式ではありません({why})。次回の配信を待ってください。",
        )
    )
