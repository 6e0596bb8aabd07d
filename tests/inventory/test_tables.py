"""Tables: S3 Metadata, Storage Insights, and what Athena and BigQuery would be sent."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from sqlglot import expressions

from cloudaudit.facts import Cause, Unread, value
from cloudaudit.inventory import engines, question, warehouses
from cloudaudit.inventory.errors import InventoryError
from cloudaudit.inventory.libraries import load
from cloudaudit.inventory.model import EncryptionCount, EncryptionState, Objects, Offender, Tally
from cloudaudit.inventory.reading import (
    Engine,
    EngineSettings,
    InventoryFiles,
    InventoryTable,
    engine,
    named_table,
    read_gcs_manifest,
    summarise,
)
from cloudaudit.inventory.settings import AthenaSettings, BigQuerySettings, TableSettings
from fakes.inventories import AS_OF, PUBLIC_READ, Listed, gcs_delivery, s3_metadata

S3_INVENTORY = {
    "bucket": "string",
    "key": "string",
    "version_id": "string",
    "is_latest": "boolean",
    "is_delete_marker": "boolean",
    "size": "int64",
    "last_modified_date": "timestamp",
    "encryption_status": "string",
    "bucket_key_status": "string",
    "object_access_control_list": "string",
    "dt": "string",
}
DATASET = {
    "snapshotTime": "timestamp('UTC')",
    "bucket": "string",
    "name": "string",
    "size": "int64",
    "updated": "timestamp('UTC')",
    "generation": "int64",
    "timeDeleted": "timestamp('UTC')",
    "softDeleteTime": "timestamp('UTC')",
    "kmsKeyName": "string",
    "encryptionType": "string",
}


def known(answer: Objects | InventoryError) -> Objects:
    assert isinstance(answer, Objects), answer
    return answer


def test_s3_metadata_tells_keys_and_who_encrypted_by_himself(local: Engine, tmp_path: Path) -> None:
    own, other = "arn:aws:kms:eu-west-1:111122223333:key/a", "arn:aws:kms:eu-west-1:999999999999:key/b"
    rows = [
        Listed(key=b"k1", encryption="SSE-KMS", kms_key=own),
        Listed(key=b"k2", encryption="SSE-KMS", kms_key=other),
        Listed(key=b"plain", encryption="NOT-SSE", version="v1"),
        Listed(
            key=b"sealed", encryption="NOT-SSE", metadata={"x-amz-cek-alg": "AES/GCM/NoPadding", "a": "b"}
        ),
        Listed(key=b"gone", marker=True),
    ]
    inventory = InventoryFiles(
        provider="aws",
        buckets=("acme-data",),
        format="parquet",
        columns=(),
        files=(str(s3_metadata(tmp_path / "table.parquet", rows)),),
        as_of=AS_OF,
        source="s3tablescatalog/aws-s3.b_acme-data.inventory",
        versions=True,
    )
    answer = known(summarise(local, [inventory])["acme-data"])
    assert value(answer.encryption) == (
        EncryptionCount(
            state=EncryptionState.NONE,
            tally=Tally(objects=2, bytes=200),
            key_told=True,
            bucket_key="DISABLED",
            old=None,
        ),
        EncryptionCount(
            state=EncryptionState.SSE_KMS,
            tally=Tally(objects=1, bytes=100),
            key=own,
            key_told=True,
            bucket_key="ENABLED",
            old=None,
        ),
        EncryptionCount(
            state=EncryptionState.SSE_KMS,
            tally=Tally(objects=1, bytes=100),
            key=other,
            key_told=True,
            bucket_key="ENABLED",
            old=None,
        ),
    )
    assert answer.unencrypted == (
        Offender(key="plain", what="none", version="v1"),
        Offender(key="sealed", what="none", client_encrypted="x-amz-cek-alg"),
    )
    assert answer.delete_markers == 1
    assert isinstance(answer.public, Unread)


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_a_storage_insights_report_counts_and_says_what_it_lacks(
    file_format: str, local: Engine, tmp_path: Path
) -> None:
    rows = [
        Listed(key=b'a,"b"', size=5, days=400),
        Listed(key="顧客/一覧.csv".encode(), size=7),
        Listed(key=b"%41+", size=1, latest=False),
    ]
    delivery = gcs_delivery(tmp_path, rows, file_format=file_format)
    manifest = read_gcs_manifest(delivery.manifest.read_bytes())
    inventory = manifest.inventory([str(path) for path in delivery.files], "report")
    answer = known(summarise(local, [inventory])["acme-data"])
    assert value(answer.total) == Tally(objects=3, bytes=13)
    assert [(age.days_from, age.old, age.tally.objects) for age in value(answer.ages)] == [
        (0, False, 1),
        (0, True, 1),
        (365, False, 1),
    ]
    for fact in (answer.encryption, answer.public):
        assert isinstance(fact, Unread)
        assert fact.cause is Cause.UNSUPPORTED


def test_a_journal_is_no_inventory(local: Engine, tmp_path: Path) -> None:
    path = tmp_path / "journal.parquet"
    load("duckdb").sql("SELECT 'b' AS bucket, 'k' AS key, 'CREATE' AS record_type").write_parquet(str(path))
    inventory = InventoryFiles(
        provider="aws",
        buckets=("b",),
        format="parquet",
        columns=(),
        files=(str(path),),
        as_of=AS_OF,
        source="j",
        versions=True,
    )
    answer = summarise(local, [inventory])["b"]
    assert isinstance(answer, InventoryError)
    assert "journal" in answer.text.en


def newest_of(value: str) -> Callable[[Any], str]:
    def newest(column: Any) -> str:
        assert column.get_name() == "dt"
        return value

    return newest


def asked(dialect: str) -> question.Question:
    ibis = load("ibis")
    if dialect == "bigquery":
        table = ibis.table(
            DATASET, name="object_attributes_latest_snapshot_view", catalog="acme", database="insights"
        )
        inventory = InventoryTable(
            provider="gcs", buckets=("a", "b"), table="t", as_of=AS_OF, source="t", versions=True
        )
    else:
        table = ibis.table(S3_INVENTORY, name="inventory", catalog="AwsDataCatalog", database="reports")
        inventory = InventoryTable(
            provider="aws",
            buckets=("a", "b"),
            table="t",
            as_of=AS_OF,
            source="t",
            versions=True,
            partition=("dt", ""),
        )
        table, inventory = engines.chosen(table, inventory, newest_of("2026-11-20-01-00"))
        assert inventory.as_of == "2026-11-20T01:00:00Z"
    return question.question(table, inventory)


@pytest.mark.parametrize("dialect", ["athena", "bigquery", "duckdb", "pyspark"])
def test_the_question_is_the_same_in_every_dialect(dialect: str) -> None:
    ibis = load("ibis")
    ready = asked(dialect)
    queries = [question.counts(ready), question.unencrypted(ready, ["NOT-SSE"], 20)]
    if dialect != "bigquery":
        queries.append(question.exposed(ready, [PUBLIC_READ], 20))
    for query in queries:
        sql = str(ibis.to_sql(query, dialect=dialect))
        # The library that ibis compiles with knows Spark by another name, and Athena's parser.
        tree = sqlglot.parse_one(sql, dialect={"pyspark": "spark"}.get(dialect, dialect))
        assert isinstance(tree, expressions.Query)
        assert tree.find(expressions.In) is not None
        assert (tree.find(expressions.Group) is not None) == (query is queries[0])
        assert (tree.find(expressions.Window) is not None) == (query is not queries[0])
        assert len(sql) < 262_144


def test_athena_is_asked_of_one_delivery_only() -> None:
    sql = str(load("ibis").to_sql(question.counts(asked("athena")), dialect="athena"))
    assert "'2026-11-20-01-00'" in sql
    assert '"AwsDataCatalog"."reports"."inventory"' in sql


def test_a_dataset_leaves_out_what_was_soft_deleted_and_tells_old_versions() -> None:
    sql = str(load("ibis").to_sql(question.counts(asked("bigquery")), dialect="bigquery"))
    assert "`softDeleteTime` IS NULL" in sql or "`soft_deleted` IS NULL" in sql
    assert "NOT `t0`.`timeDeleted` IS NULL" in sql or "timeDeleted` IS NOT NULL" in sql


class Stand:
    """Stands where Athena or BigQuery would: the same doors of ibis, with DuckDB behind them."""

    def __init__(self) -> None:
        self.duckdb: Any = load("ibis").duckdb.connect()
        self.options: dict[str, Any] = {}
        self.closed = False
        self.duckdb.raw_sql(
            "CREATE TABLE inventory AS SELECT * FROM (VALUES ('acme-data', 'old', 'NOT-SSE', '2026-11-13-01-00'), "
            "('acme-data', 'new', 'NOT-SSE', '2026-11-20-01-00'), ('acme-data', 'b', 'SSE-S3', '2026-11-20-01-00'), "
            "('other', 'x', 'NOT-SSE', '2026-11-20-01-00')) AS rows(bucket, key, encryption_status, dt)"
        )

    def connect(self, **options: Any) -> "Stand":
        self.options = options
        return self

    def table(self, name: str, database: tuple[str, ...] | None) -> Any:
        if name != "inventory":
            message = f"TableNotFound: {'.'.join(database or ())}.{name}"
            raise RuntimeError(message)
        return self.duckdb.table(name)

    def to_pyarrow(self, expression: Any) -> Any:
        (row,) = self.duckdb.con.sql(self.duckdb.compile(expression)).fetchall()
        return load("pyarrow").scalar(row[0])

    def to_pyarrow_batches(self, expression: Any) -> Iterator[Any]:
        table = self.duckdb.con.sql(self.duckdb.compile(expression)).to_arrow_table()
        return iter(table.to_batches())

    def disconnect(self) -> None:
        self.closed = True


ATHENA = AthenaSettings(
    region="eu-west-1",
    results="s3://acme-athena/results/",
    profile="objects",
    workgroup="audit",
    tables={"*": TableSettings(table="reports.inventory", partition="dt", versions=False)},
)


@pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
def test_a_warehouse_reads_the_newest_delivery_of_the_named_table(monkeypatch: pytest.MonkeyPatch) -> None:
    stand = Stand()
    monkeypatch.setattr(load("ibis").athena, "connect", stand.connect)
    with engine("athena", EngineSettings(athena=ATHENA)) as reader:
        assert reader.writes is not None
        assert "s3://acme-athena/results/" in reader.writes.en
        inventory = named_table(ATHENA.tables, "aws", "acme-data", "2026-11-27T00:00:00Z")
        answer = known(summarise(reader, [inventory])["acme-data"])
    assert (stand.options["profile_name"], stand.options["work_group"]) == ("objects", "audit")
    assert stand.options["s3_staging_dir"] == "s3://acme-athena/results/"
    assert answer.as_of == "2026-11-20T01:00:00Z"
    assert answer.source == "reports.inventory dt=2026-11-20-01-00"
    assert value(answer.total).objects == 2
    assert answer.unencrypted == (Offender(key="new", what="none"),)
    assert stand.closed


def test_a_table_that_is_not_there_and_one_that_is_not_named_are_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(load("ibis").athena, "connect", Stand().connect)
    with engine("athena", EngineSettings(athena=ATHENA)) as reader:
        lost = InventoryTable(
            provider="aws", buckets=("b",), table="x.lost", as_of=AS_OF, source="x", versions=False
        )
        answer = summarise(reader, [lost])["b"]
        assert isinstance(answer, InventoryError)
        assert "TableNotFound: x.lost" in answer.text.en
        files = InventoryFiles(
            provider="aws",
            buckets=("b",),
            format="csv",
            columns=("key",),
            files=("k",),
            as_of=AS_OF,
            source="x",
            versions=False,
        )
        refusal = summarise(reader, [files])["b"]
        assert isinstance(refusal, InventoryError)
        assert refusal.cause is Cause.UNSUPPORTED
    with pytest.raises(InventoryError, match="No table is named for the bucket"):
        named_table({}, "aws", "b", AS_OF)


def test_athena_without_credentials_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    with pytest.raises(InventoryError, match="athena did not answer") as refusal:
        engine("athena", EngineSettings(athena=ATHENA))
    assert "own credentials" in refusal.value.text.en


def test_bigquery_without_its_key_is_one_sentence(tmp_path: Path) -> None:
    settings = BigQuerySettings(
        project="acme", credentials=str(tmp_path / "key.json"), tables={"*": TableSettings(table="a.b.c")}
    )
    with pytest.raises(InventoryError, match="bigquery did not answer"):
        engine("bigquery", EngineSettings(bigquery=settings))


@pytest.mark.parametrize("name", ["athena", "bigquery"])
def test_a_warehouse_needs_settings(name: Any) -> None:
    with pytest.raises(InventoryError, match=rf"\[objects\.engine\.{name}\]") as refusal:
        engine(name, EngineSettings())
    assert refusal.value.cause is Cause.UNSUPPORTED


def test_a_library_that_is_missing_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyathena", None)
    with pytest.raises(InventoryError, match=r"pip install 'cloudaudit\[athena\]'"):
        warehouses.AthenaEngine(ATHENA)


def test_a_partitioned_table_without_a_delivery_is_one_sentence() -> None:
    table = load("ibis").table(S3_INVENTORY, name="inventory")
    inventory = InventoryTable(
        provider="aws",
        buckets=("b",),
        table="inventory",
        as_of=AS_OF,
        source="t",
        versions=False,
        partition=("dt", ""),
    )
    with pytest.raises(InventoryError, match="no delivery in its partition dt"):
        engines.chosen(table, inventory, newest_of(""))
