"""A delivery is complete when its manifest says so, and not used when anything of it is not as promised."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from cloudaudit.facts import Cause
from cloudaudit.inventory.manifests import check_md5, read_gcs_manifest, read_s3_manifest
from cloudaudit.inventory.reading import InventoryError
from fakes.inventories import GCS_FIELDS, Listed, gcs_delivery, s3_delivery

ROWS = [Listed(key=b"a"), Listed(key=b"b")]


def s3(tmp_path: Path, **changed: Any) -> bytes:
    text = s3_delivery(tmp_path, ROWS).manifest.read_bytes()
    manifest = {**json.loads(text), **changed}
    return json.dumps({name: value for name, value in manifest.items() if value is not None}).encode()


def gcs(tmp_path: Path, **changed: Any) -> bytes:
    manifest = {**json.loads(gcs_delivery(tmp_path, ROWS).manifest.read_bytes()), **changed}
    return json.dumps({name: value for name, value in manifest.items() if value is not None}).encode()


@pytest.mark.parametrize("file_format", ["Parquet", "ORC", "CSV"])
def test_each_format_tells_its_columns(file_format: str, tmp_path: Path) -> None:
    delivery = s3_delivery(tmp_path, ROWS, file_format=file_format, versions=True, parts=2)
    assert delivery.checksum is not None
    manifest = read_s3_manifest(delivery.manifest.read_bytes(), delivery.checksum.read_bytes())
    assert manifest.format == file_format.lower()
    assert [column.replace("_", "").lower() for column in manifest.columns] == [
        "bucket",
        "key",
        "versionid",
        "islatest",
        "isdeletemarker",
        "size",
        "lastmodifieddate",
        "etag",
        "storageclass",
        "encryptionstatus",
        "bucketkeystatus",
        "objectaccesscontrollist",
        "objectowner",
    ]
    assert manifest.versions
    assert (manifest.source_bucket, manifest.destination_bucket) == ("acme-data", "acme-reports")
    assert manifest.as_of == "2026-11-22T01:00:00Z"
    assert [tmp_path / file.key for file in manifest.files] == list(delivery.files)
    for file, path in zip(manifest.files, delivery.files, strict=True):
        assert file.size == path.stat().st_size
        check_md5(path, file.md5)


def test_the_schema_of_the_providers_own_example_is_understood() -> None:
    # Types as the documentation writes them, which are not those of real deliveries.
    text = json.dumps(
        {
            "sourceBucket": "b",
            "destinationBucket": "arn:aws:s3:::d",
            "version": "2016-11-30",
            "creationTimestamp": "1514944800000",
            "fileFormat": "Parquet",
            "fileSchema": "message s3.inventory { required binary bucket (UTF8); required binary key (UTF8); "
            "optional int64 size; optional int64 last_modified_date (TIMESTAMP_MILLIS);}",
            "files": [{"key": "k", "size": 1, "MD5checksum": "5825f2e18e1695c2d030b9f6ee000000"}],
        }
    )
    manifest = read_s3_manifest(text.encode())
    assert manifest.columns == ("bucket", "key", "size", "last_modified_date")
    assert manifest.as_of == "2018-01-03T02:00:00Z"
    assert not manifest.versions


@pytest.mark.parametrize(
    "changed",
    [
        {"files": []},
        {"files": None},
        {"files": [{"size": 1}]},
        {"files": [{"key": "k", "MD5checksum": "not hexadecimal"}]},
        {"fileFormat": "Avro"},
        {"fileFormat": None},
        {"version": "2030-01-01"},
        {"fileSchema": "struct<bucket:string>"},
        {"fileSchema": "message s3.inventory { required binary key (UTF8); optional binary key (UTF8); }"},
        {"fileSchema": 3},
        {"creationTimestamp": "yesterday"},
        {"creationTimestamp": "9" * 30},
        {"sourceBucket": None},
    ],
)
def test_a_manifest_that_is_not_whole_is_refused_in_both_languages(
    changed: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(InventoryError) as refused:
        read_s3_manifest(s3(tmp_path, **changed))
    assert refused.value.cause is Cause.MALFORMED
    assert "\n" not in refused.value.text.en
    assert refused.value.text.ja != refused.value.text.en


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_manifest_is_refused(text: bytes) -> None:
    for read in (read_s3_manifest, read_gcs_manifest):
        with pytest.raises(InventoryError):
            read(text)


def test_a_manifest_that_its_checksum_does_not_match_is_refused(tmp_path: Path) -> None:
    text = s3_delivery(tmp_path, ROWS).manifest.read_bytes()
    good = hashlib.md5(text, usedforsecurity=False).hexdigest().encode()
    assert read_s3_manifest(text, good.upper() + b"\n").files
    with pytest.raises(InventoryError, match=r"manifest\.checksum"):
        read_s3_manifest(text + b" ", good)


def test_a_damaged_file_is_refused_and_a_missing_one_named(tmp_path: Path) -> None:
    delivery = s3_delivery(tmp_path, ROWS)
    (file,) = read_s3_manifest(delivery.manifest.read_bytes()).files
    path = delivery.files[0]
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(InventoryError, match="MD5"):
        check_md5(path, file.md5)
    check_md5(path, "")
    path.unlink()
    with pytest.raises(InventoryError, match=r"part-0\.parquet, which is not there"):
        check_md5(path, file.md5)


@pytest.mark.parametrize("camel", [False, True])
@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_storage_insights_tells_its_shards(file_format: str, camel: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a parameter of the test
    delivery = gcs_delivery(tmp_path, ROWS, file_format=file_format, camel=camel)
    manifest = read_gcs_manifest(delivery.manifest.read_bytes())
    assert (manifest.source_bucket, manifest.destination_bucket) == ("acme-data", "acme-reports")
    assert (manifest.format, manifest.columns, manifest.rows) == (file_format, GCS_FIELDS, 2)
    assert manifest.files == tuple(path.name for path in delivery.files)
    assert manifest.as_of == "2026-11-22T01:00:00Z"
    assert manifest.csv.header is (file_format == "csv")
    assert manifest.inventory(["x"], "s").rows == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"report_shards_file_names": []},
        {"report_shards_file_names": None},
        {"report_shards_file_names": ["a.csv", "b.parquet"], "shard_count": 2},
        {"report_shards_file_names": ["a.json"]},
        {"shard_count": 2},
        {"shard_count": "two"},
        {"records_processed": None},
        {"snapshot_time": "last night"},
        {"report_config": {"object_metadata_report_options": {"metadata_fields": ["size"]}}},
    ],
)
def test_a_report_that_is_not_whole_is_refused(changed: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(InventoryError):
        read_gcs_manifest(gcs(tmp_path, **changed))


def test_a_shard_never_leads_out_of_its_folder(tmp_path: Path) -> None:
    text = gcs(tmp_path, report_shards_file_names=["../../etc/passwd.csv"])
    assert read_gcs_manifest(text).files == ("passwd.csv",)
