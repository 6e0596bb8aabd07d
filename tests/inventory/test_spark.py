"""Spark: the same answers as DuckDB's and as plain Python's. All tests that need it are here, so that it starts once."""

import gzip
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cloudaudit.facts import Cause, value
from cloudaudit.inventory.engines import Engine, engine
from cloudaudit.inventory.errors import InventoryError
from cloudaudit.inventory.libraries import load
from cloudaudit.inventory.reading import EngineSettings, InventoryFiles, InventoryTable, summarise
from cloudaudit.inventory.settings import SparkSettings
from fakes.inventories import AS_OF, Listed, s3_delivery
from tests.inventory.conftest import delivered
from tests.inventory.oracle import expected, told
from tests.inventory.rows import FORMATS, known, some

QUICK = {
    # Java's first compiler only, and no parallel parts: the data is small and the start counts.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.shuffle.partitions": "1",
}
ROWS = [Listed(key=b"a", encryption="NOT-SSE"), Listed(key=b"b")]


@pytest.fixture(scope="module")
def spark() -> Iterator[Engine]:
    settings = EngineSettings(spark=SparkSettings(master="local[2]", driver_memory="700m", conf=QUICK))
    with engine("spark", settings) as started:
        yield started


def refused(reader: Engine, inventory: InventoryFiles) -> InventoryError:
    answer = summarise(reader, [inventory])["acme-data"]
    assert isinstance(answer, InventoryError), answer
    assert "\n" not in answer.text.en
    return answer


@pytest.mark.parametrize("file_format", FORMATS)
def test_duckdb_and_spark_and_plain_python_agree(
    file_format: str, local: Engine, spark: Engine, tmp_path: Path
) -> None:
    rows = some(200)
    inventory = delivered(s3_delivery(tmp_path, rows, file_format=file_format, versions=True, parts=2))
    here = known(summarise(local, [inventory], first=100)["acme-data"])
    there = known(summarise(spark, [inventory], first=100)["acme-data"])
    assert told(here) == expected(rows, 100)
    plain = msgspec.json.encode(here).replace(b"inventory:local", b"inventory:spark")
    assert plain == msgspec.json.encode(there)


def test_the_first_few_are_the_same_few_on_both_engines(local: Engine, spark: Engine, tmp_path: Path) -> None:
    rows = some(200)
    inventory = delivered(s3_delivery(tmp_path, rows, versions=True))
    for reader in (local, spark):
        answer = known(summarise(reader, [inventory], first=3)["acme-data"])
        assert told(answer) == expected(rows, 3)
        assert (len(answer.unencrypted), len(answer.exposed)) == (3, 3)


def test_buckets_of_one_table_answer_as_each_of_its_own(local: Engine, spark: Engine, tmp_path: Path) -> None:
    first, second = some(60), [msgspec.structs.replace(row, bucket="acme-more") for row in some(90)[::-1]]
    both = msgspec.structs.replace(
        delivered(s3_delivery(tmp_path, first + second, versions=True)), buckets=("acme-data", "acme-more")
    )
    for reader in (local, spark):
        answers = summarise(reader, [both], first=4)
        assert told(known(answers["acme-data"])) == expected(first, 4)
        assert told(known(answers["acme-more"])) == expected(second, 4)


def test_spark_refuses_what_is_spoilt_as_well(spark: Engine, tmp_path: Path) -> None:
    parquet = delivered(s3_delivery(tmp_path / "parquet", ROWS))
    load("duckdb").sql("SELECT 'x' AS name").write_parquet(parquet.files[0])
    assert "another schema" in refused(spark, parquet).text.en
    Path(parquet.files[0]).write_bytes(b"PAR1 and no more")
    assert "Spark could not read" in refused(spark, parquet).text.en
    text = delivered(s3_delivery(tmp_path / "csv", ROWS, file_format="CSV"))
    Path(text.files[0]).write_bytes(gzip.compress(b'"acme-data","only two"\n'))
    assert "Spark could not read" in refused(spark, text).text.en
    Path(text.files[0]).unlink()
    assert "not there" in refused(spark, text).text.en


def test_spark_reads_a_table_of_its_catalogue(spark: Engine) -> None:
    session: Any = load("pyspark.sql").SparkSession.getActiveSession()
    session.createDataFrame(
        [("b", "k", "2026-11-13-01-00"), ("b", "k", "2026-11-20-01-00"), ("b", "k2", "2026-11-20-01-00")],
        "bucket STRING, key STRING, dt STRING",
    ).createOrReplaceTempView("reports")
    inventory = InventoryTable(
        provider="aws",
        buckets=("b",),
        table="reports",
        as_of=AS_OF,
        source="t",
        versions=False,
        partition=("dt", ""),
    )
    answer = known(summarise(spark, [inventory])["b"])
    assert (value(answer.total).objects, answer.as_of) == (2, "2026-11-20T01:00:00Z")


@pytest.mark.parametrize("where", ["remote", "master"])
def test_a_spark_that_is_not_there_is_one_sentence(where: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        # Bound and not listening, so that nobody answers.
        port = taken.getsockname()[1]
        address = f"{'sc' if where == 'remote' else 'spark'}://127.0.0.1:{port}"
        settings = EngineSettings(spark=SparkSettings.model_validate({where: address}))
        with pytest.raises(InventoryError, match="Spark is not there") as refusal:
            engine("spark", settings)
    assert refusal.value.cause is Cause.NETWORK
