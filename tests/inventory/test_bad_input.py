"""What cannot be used costs its own bucket one sentence, and no other bucket anything."""

import gzip
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from cloudaudit.facts import Cause, Source, Unread, value
from cloudaudit.inventory.engines import Engine, engine
from cloudaudit.inventory.errors import InventoryError
from cloudaudit.inventory.libraries import load
from cloudaudit.inventory.model import EncryptionState, Objects
from cloudaudit.inventory.reading import (
    EngineSettings,
    InventoryFiles,
    InventoryTable,
    read_gcs_manifest,
    summarise,
)
from cloudaudit.inventory.settings import LocalSettings
from fakes.inventories import PUBLIC_READ, Listed, acl, gcs_delivery, s3_delivery
from tests.inventory.conftest import delivered

ROWS = [Listed(key=b"a", encryption="NOT-SSE"), Listed(key=b"b", acl=PUBLIC_READ)]


def refused(reader: Engine, inventory: InventoryFiles | InventoryTable) -> InventoryError:
    answer = summarise(reader, [inventory])["acme-data"]
    assert isinstance(answer, InventoryError), answer
    assert "\n" not in answer.text.en
    assert answer.text.ja != answer.text.en
    return answer


def known(reader: Engine, inventory: InventoryFiles) -> Objects:
    answer = summarise(reader, [inventory])["acme-data"]
    assert isinstance(answer, Objects), answer
    return answer


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def not_its_format(path: Path) -> None:
    path.write_bytes(b"<html>this is no inventory</html>\n" * 50)


def another_schema(path: Path) -> None:
    load("pyarrow.parquet").write_table(load("pyarrow").table({"name": ["x"], "length": [1]}), path)


def size_as_words(path: Path) -> None:
    parquet = load("pyarrow.parquet")
    table = parquet.read_table(path)
    place = table.schema.get_field_index("size")
    parquet.write_table(table.set_column(place, "size", load("pyarrow").array(["big"] * len(table))), path)


def key_as_a_list(path: Path) -> None:
    parquet = load("pyarrow.parquet")
    table = parquet.read_table(path)
    place = table.schema.get_field_index("key")
    parquet.write_table(table.set_column(place, "key", load("pyarrow").array([["a"]] * len(table))), path)


def dates_as_truth(path: Path) -> None:
    parquet = load("pyarrow.parquet")
    table = parquet.read_table(path)
    place = table.schema.get_field_index("last_modified_date")
    parquet.write_table(
        table.set_column(place, "last_modified_date", load("pyarrow").array([True] * len(table))), path
    )


def gone(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(
    "spoil",
    [cut, emptied, not_its_format, another_schema, size_as_words, key_as_a_list, dates_as_truth, gone],
)
def test_a_spoilt_parquet_is_one_sentence(
    spoil: Callable[[Path], None], local: Engine, tmp_path: Path
) -> None:
    inventory = delivered(s3_delivery(tmp_path, ROWS))
    spoil(Path(inventory.files[0]))
    assert refused(local, inventory).cause is Cause.MALFORMED


@pytest.mark.parametrize("spoil", [cut, emptied, not_its_format, gone])
def test_a_spoilt_orc_is_one_sentence(spoil: Callable[[Path], None], local: Engine, tmp_path: Path) -> None:
    inventory = delivered(s3_delivery(tmp_path, ROWS, file_format="ORC"))
    spoil(Path(inventory.files[0]))
    assert refused(local, inventory).cause is Cause.MALFORMED


@pytest.mark.parametrize(
    "text",
    [
        b'"acme-data","only two"\n',
        b'"acme-data","a","big","2026-01-01T00:00:00.000Z","e","STANDARD","SSE-S3","DISABLED","x","o"\n',
        b'"acme-data","a","1"' + b',"x"' * 20 + b"\n",
        b'"acme-data","never closed\n',
        b"\x00\x01\x02",
    ],
)
def test_a_csv_of_another_shape_is_one_sentence(text: bytes, local: Engine, tmp_path: Path) -> None:
    inventory = delivered(s3_delivery(tmp_path, ROWS, file_format="CSV"))
    Path(inventory.files[0]).write_bytes(gzip.compress(text))
    assert refused(local, inventory).cause is Cause.MALFORMED


@pytest.mark.parametrize("spoil", [cut, not_its_format, gone])
def test_a_spoilt_csv_is_one_sentence(spoil: Callable[[Path], None], local: Engine, tmp_path: Path) -> None:
    inventory = delivered(s3_delivery(tmp_path, ROWS * 500, file_format="CSV"))
    spoil(Path(inventory.files[0]))
    assert refused(local, inventory).cause is Cause.MALFORMED


def test_one_bucket_that_fails_leaves_the_others(local: Engine, tmp_path: Path) -> None:
    good = delivered(s3_delivery(tmp_path / "1", ROWS))
    bad = delivered(
        s3_delivery(tmp_path / "2", [msgspec.structs.replace(row, bucket="acme-bad") for row in ROWS])
    )
    late = delivered(
        s3_delivery(tmp_path / "3", [msgspec.structs.replace(row, bucket="acme-late") for row in ROWS])
    )
    cut(Path(bad.files[0]))
    answers = summarise(local, [good, bad, late])
    assert isinstance(answers["acme-data"], Objects)
    assert isinstance(answers["acme-bad"], InventoryError)
    assert isinstance(answers["acme-late"], Objects)


def test_an_error_becomes_a_fact_that_was_not_read(local: Engine, tmp_path: Path) -> None:
    inventory = delivered(s3_delivery(tmp_path, ROWS))
    gone(Path(inventory.files[0]))
    error = refused(local, inventory)
    fact = error.unread(Source("s3:GetObject"), "s3:GetObject")
    assert fact == Unread(Cause.MALFORMED, Source("s3:GetObject"), "s3:GetObject", error.text)


def test_rows_of_another_bucket_are_refused(local: Engine, tmp_path: Path) -> None:
    rows = [*ROWS, Listed(key=b"c", bucket="someone-elses")]
    assert "someone-elses" in refused(local, delivered(s3_delivery(tmp_path, rows))).text.en


def test_fewer_rows_than_promised_are_refused(local: Engine, tmp_path: Path) -> None:
    delivery = gcs_delivery(tmp_path, ROWS)
    manifest = read_gcs_manifest(delivery.manifest.read_bytes())
    inventory = manifest.inventory([str(path) for path in delivery.files], "report")
    assert value(known(local, inventory).total).objects == 2
    lines = delivery.files[0].read_bytes().splitlines(keepends=True)
    delivery.files[0].write_bytes(b"".join(lines[:-1]))
    assert "promises 2 objects, and its files hold 1" in refused(local, inventory).text.en


@pytest.mark.parametrize("file_format", ["Parquet", "ORC", "CSV"])
def test_a_field_that_is_absent_was_not_read(file_format: str, local: Engine, tmp_path: Path) -> None:
    fields = ("ETag", "StorageClass")
    answer = known(local, delivered(s3_delivery(tmp_path, ROWS, file_format=file_format, fields=fields)))
    for fact, name in (
        (answer.encryption, "EncryptionStatus"),
        (answer.public, "ObjectAccessControlList"),
        (answer.ages, "LastModifiedDate"),
    ):
        assert isinstance(fact, Unread)
        assert fact.cause is Cause.UNSUPPORTED
        assert name in str(fact.detail)
    total = value(answer.total)
    assert (total.objects, total.bytes) == (2, None)
    assert answer.unencrypted == answer.exposed == ()


def test_an_inventory_has_no_kms_key_and_says_so(local: Engine, tmp_path: Path) -> None:
    rows = [Listed(key=b"a", encryption="SSE-KMS")]
    (kind,) = value(known(local, delivered(s3_delivery(tmp_path, rows))).encryption)
    assert (kind.state, kind.key, kind.key_told, kind.bucket_key) == (
        EncryptionState.SSE_KMS,
        "",
        False,
        "ENABLED",
    )


def test_an_acl_that_was_not_available_is_no_private_one(local: Engine, tmp_path: Path) -> None:
    hidden = Listed(key=b"h", acl=acl(status="UNAVAILABLE"))
    none = known(local, delivered(s3_delivery(tmp_path / "1", [Listed(key=b"a"), hidden])))
    assert isinstance(none.public, Unread)
    some = known(local, delivered(s3_delivery(tmp_path / "2", [*ROWS, hidden])))
    assert [found.tally.objects for found in value(some.public)] == [1]


def test_an_empty_inventory_has_no_objects(local: Engine, tmp_path: Path) -> None:
    for file_format in ("Parquet", "ORC"):
        answer = known(local, delivered(s3_delivery(tmp_path / file_format, [], file_format=file_format)))
        assert value(answer.total).objects == answer.examined == 0
        assert value(answer.encryption) == ()


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    # Every ACL differs, so that the groups exceed the memory and the disk that they may take.
    path = tmp_path / "many.parquet"
    load("duckdb").sql(
        "SELECT 'acme-data' AS bucket, i::VARCHAR AS key, repeat(md5(i::VARCHAR), 12) AS object_access_control_list "
        "FROM range(500000) AS numbers(i)"
    ).write_parquet(str(path))
    inventory = InventoryFiles(
        provider="aws",
        buckets=("acme-data",),
        format="parquet",
        columns=("bucket", "key", "object_access_control_list"),
        files=(str(path),),
        as_of="2026-11-22T01:00:00Z",
        source="full",
        versions=False,
    )
    small = LocalSettings(memory_mb=200, threads=1, temp_disk_mb=1, temp_directory=str(tmp_path))
    with engine("local", EngineSettings(local=small)) as reader:
        error = refused(reader, inventory)
        assert "disk is full" in error.text.en
        assert error.cause is Cause.UNSUPPORTED
        good = delivered(s3_delivery(tmp_path, ROWS))
        assert value(known(reader, good).total).objects == 2
    assert [found.name for found in tmp_path.iterdir() if found.name.startswith("cloudaudit-")] == []


def test_a_temporary_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    settings = EngineSettings(local=LocalSettings(temp_directory=str(tmp_path / "none")))
    with pytest.raises(InventoryError, match="temp_directory"):
        engine("local", settings)


def test_the_local_engine_has_no_tables(local: Engine) -> None:
    table = InventoryTable(
        provider="aws",
        buckets=("acme-data",),
        table="t",
        as_of="2026-11-22T01:00:00Z",
        source="t",
        versions=True,
    )
    assert refused(local, table).cause is Cause.UNSUPPORTED
