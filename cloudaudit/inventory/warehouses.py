"""Athena and BigQuery: engines that already hold the tables, and that write the results of queries.

Both are declared exceptions to read-only: off by default, with credentials of their own, and named in every report that
used them.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from cloudaudit.facts import Cause
from cloudaudit.inventory.engines import Engine, Opened, as_bytes, chosen, said
from cloudaudit.inventory.errors import InventoryError
from cloudaudit.inventory.libraries import Expression, load
from cloudaudit.inventory.settings import AthenaSettings, BigQuerySettings
from cloudaudit.inventory.source import EngineName, Inventory, InventoryTable
from cloudaudit.text import Text

DENIED = (
    "AccessDenied",
    "Access Denied",
    "not authorized",
    "Forbidden",
    "403",
    "NoCredentials",
    "CredentialsError",
)


class _Warehouse(Engine):
    """What both have in common: a table by its name, in which one delivery may have to be chosen."""

    _connection: Any

    def table(self, inventory: Inventory) -> Opened:
        """Open a table of the warehouse's own catalogue."""
        if not isinstance(inventory, InventoryTable):
            raise InventoryError(
                Text(
                    en=f"The engine {self.name} reads tables, not files; name the bucket's table in its settings.",
                    ja=f"エンジン {self.name} はテーブルのみ対応です。設定でバケットのテーブルを指定してください。",
                ),
                Cause.UNSUPPORTED,
            )
        return self._opened(inventory)

    def batches(self, expression: Expression) -> Generator[Any]:
        """Yield batches of the result."""
        with self._failures():
            for batch in self._connection.to_pyarrow_batches(expression):
                yield as_bytes(batch)

    def close(self) -> None:
        """Disconnect."""
        self._connection.disconnect()

    @contextmanager
    def _opened(self, inventory: InventoryTable) -> Generator[tuple[Expression, Inventory]]:
        with self._failures():
            table = self._named(inventory.table)
        yield chosen(table, inventory, self._newest)

    def _named(self, dotted: str) -> Expression:
        *place, name = dotted.split(".")
        return self._connection.table(name, database=tuple(place) if place else None)

    def _newest(self, column: Expression) -> str:
        with self._failures():
            value = self._connection.to_pyarrow(column.max()).as_py()
        return "" if value is None else str(value)

    @contextmanager
    def _failures(self) -> Generator[None]:
        try:
            yield
        except InventoryError:
            raise
        except Exception as error:
            raise _failed(self.name, error) from error


class AthenaEngine(_Warehouse):
    """Athena through ibis, PyAthena and boto3."""

    name = "athena"

    def __init__(self, settings: AthenaSettings) -> None:
        load("pyathena")
        self.writes = settings.writes.sentence
        options: dict[str, Any] = {}
        if settings.workgroup is not None:
            options["work_group"] = settings.workgroup
        if settings.profile is not None:
            options["profile_name"] = settings.profile
        with self._failures():
            self._connection = load("ibis").athena.connect(
                s3_staging_dir=settings.results,
                region_name=settings.region,
                catalog_name=settings.catalog,
                schema_name=settings.database,
                **options,
            )


class BigQueryEngine(_Warehouse):
    """BigQuery through ibis and Google's client."""

    name = "bigquery"

    def __init__(self, settings: BigQuerySettings) -> None:
        load("google.cloud.bigquery")
        self.writes = settings.writes.sentence
        with self._failures():
            credentials = None
            if settings.credentials is not None:
                account = load("google.oauth2.service_account")
                credentials = account.Credentials.from_service_account_file(
                    settings.credentials, scopes=["https://www.googleapis.com/auth/bigquery"]
                )
            self._connection = load("ibis").bigquery.connect(
                project_id=settings.project,
                dataset_id=settings.dataset,
                credentials=credentials,
                location=settings.location,
                partition_column=None,
            )


def _failed(name: EngineName, error: Exception) -> InventoryError:
    denied = any(word in f"{type(error).__name__} {error}" for word in DENIED)
    return InventoryError(
        Text(
            en=f"{name} did not answer ({said(error)}); see its settings and the rights of its own credentials.",
            ja=f"{name} から応答がありません({said(error)})。設定と、専用認証情報の権限を確認してください。",
        ),
        Cause.DENIED if denied else Cause.NETWORK,
    )
