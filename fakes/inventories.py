"""Deliveries of inventories as S3, S3 Metadata and Storage Insights lay them down, for tests and benchmarks."""

import base64
import csv
import gzip
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from msgspec import Struct

from cloudaudit.clock import parse
from cloudaudit.inventory.acl import EVERY_ACCOUNT, EVERYONE
from cloudaudit.inventory.libraries import load

OWNER = "a" * 64
S3_FIELDS = (
    "Size",
    "LastModifiedDate",
    "ETag",
    "StorageClass",
    "EncryptionStatus",
    "BucketKeyStatus",
    "ObjectAccessControlList",
    "ObjectOwner",
)
GCS_FIELDS = ("bucket", "name", "size", "updated", "timeDeleted", "generation", "storageClass")
AS_OF = "2026-11-22T01:00:00Z"
SNAKE = {
    "Bucket": "bucket",
    "Key": "key",
    "VersionId": "version_id",
    "IsLatest": "is_latest",
    "IsDeleteMarker": "is_delete_marker",
    "Size": "size",
    "LastModifiedDate": "last_modified_date",
    "ETag": "e_tag",
    "StorageClass": "storage_class",
    "EncryptionStatus": "encryption_status",
    "BucketKeyStatus": "bucket_key_status",
    "ObjectAccessControlList": "object_access_control_list",
    "ObjectOwner": "object_owner",
}


class Listed(Struct, frozen=True, kw_only=True):
    """One object or version in an inventory; ``key`` in bytes, since it may be no UTF-8."""

    key: bytes
    size: int | None = 100
    days: float = 10
    encryption: str = "SSE-S3"
    acl: str = ""
    version: str = ""
    latest: bool = True
    marker: bool = False
    kms_key: str | None = None
    bucket: str = "acme-data"
    metadata: Mapping[str, str] = {}


class Delivery(Struct, frozen=True):
    """What was laid down: the manifest, the checksum beside it, and the data files in the manifest's order."""

    manifest: Path
    checksum: Path | None
    files: tuple[Path, ...]


def acl(*grants: tuple[str, str], status: str = "AVAILABLE") -> str:
    """Return the field of an ACL with these grants, each a group's URI and a permission, beside the owner's own."""
    listed: list[dict[str, str]] = [
        {"canonicalId": OWNER, "type": "CanonicalUser", "permission": "FULL_CONTROL"},
        *({"uri": uri, "type": "Group", "permission": permission} for uri, permission in grants),
    ]
    text = json.dumps({"version": "2022-11-10", "status": status, "grants": listed}, separators=(",", ":"))
    return base64.b64encode(text.encode()).decode()


PRIVATE = acl()
PUBLIC_READ = acl((EVERYONE, "READ"))
EVERY_ACCOUNT_FULL = acl((EVERY_ACCOUNT, "FULL_CONTROL"))


def s3_delivery(
    folder: Path,
    rows: Sequence[Listed],
    *,
    file_format: str = "Parquet",
    fields: Sequence[str] = S3_FIELDS,
    versions: bool = False,
    parts: int = 1,
) -> Delivery:
    """Lay down an S3 Inventory under a folder that stands for the destination bucket."""
    bucket = rows[0].bucket if rows else "acme-data"
    home = folder / "inventory" / bucket / "weekly"
    columns = ["Bucket", "Key", *(["VersionId", "IsLatest", "IsDeleteMarker"] if versions else []), *fields]
    files = tuple(
        _s3_file(home / "data" / f"part-{part}", rows[part::parts], columns, file_format)
        for part in range(parts)
    )
    manifest = {
        "sourceBucket": bucket,
        "destinationBucket": "arn:aws:s3:::acme-reports",
        "version": "2016-11-30",
        "creationTimestamp": str(int(parse(AS_OF).timestamp() * 1000)),
        "fileFormat": file_format,
        "fileSchema": _schema(columns, file_format),
        "files": [
            {
                "key": file.relative_to(folder).as_posix(),
                "size": file.stat().st_size,
                "MD5checksum": hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest(),
            }
            for file in files
        ],
    }
    path = home / "2026-11-22T01-00Z" / "manifest.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(manifest, indent=2).encode()
    path.write_bytes(text)
    checksum = path.with_name("manifest.checksum")
    checksum.write_text(hashlib.md5(text, usedforsecurity=False).hexdigest() + "\n", encoding="ascii")
    return Delivery(path, checksum, files)


def s3_metadata(path: Path, rows: Sequence[Listed]) -> Path:
    """Write the rows of an S3 Metadata inventory table as Parquet, which is what its Iceberg files are."""
    pa = load("pyarrow")
    table = pa.table(
        {
            "bucket": [row.bucket for row in rows],
            "key": _texts([row.key for row in rows]),
            "sequence_number": [f"{place:040x}" for place, _ in enumerate(rows)],
            "version_id": [row.version or None for row in rows],
            "is_delete_marker": [row.marker for row in rows],
            "size": pa.array([row.size for row in rows], pa.int64()),
            "last_modified_date": pa.array([_time(row) for row in rows], pa.timestamp("us", "UTC")),
            "encryption_status": pa.array(
                [None if row.marker else row.encryption for row in rows], pa.string()
            ),
            "is_bucket_key_enabled": pa.array([row.kms_key is not None for row in rows], pa.bool_()),
            "kms_key_arn": pa.array([row.kms_key for row in rows], pa.string()),
            "user_metadata": pa.array(
                [list(row.metadata.items()) for row in rows], pa.map_(pa.string(), pa.string())
            ),
        }
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    load("pyarrow.parquet").write_table(table, path)
    return path


def gcs_delivery(
    folder: Path, rows: Sequence[Listed], *, file_format: str = "csv", camel: bool = False
) -> Delivery:
    """Lay down a Storage Insights inventory report; ``latest`` tells whether an object has a time of deletion."""
    bucket = rows[0].bucket if rows else "acme-data"
    stem = "0a1b2c3d-0000-4000-8000-0123456789ab_2026-11-22T01:00".replace(":", "-")
    folder.mkdir(parents=True, exist_ok=True)
    shard = folder / f"{stem}_0.{file_format}"
    if file_format == "csv":
        with shard.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
            writer.writerow(GCS_FIELDS)
            writer.writerows(_gcs_row(row) for row in rows)
    else:
        pa = load("pyarrow")
        kinds = {"size": pa.int64(), "generation": pa.int64()}
        values = [_gcs_row(row) for row in rows]
        table = pa.table(
            {
                name: pa.array(
                    [int(value[place]) if name in kinds else value[place] or None for value in values],
                    kinds.get(name, pa.string()),
                )
                for place, name in enumerate(GCS_FIELDS)
            }
        )
        load("pyarrow.parquet").write_table(table, shard)
    manifest: dict[str, Any] = {
        "report_config": {
            "name": "projects/123456789012/locations/us/reportConfigs/0a1b2c3d-0000-4000-8000-0123456789ab",
            "object_metadata_report_options": {
                "metadata_fields": list(GCS_FIELDS),
                "storage_filters": {"bucket": bucket},
                "storage_destination_options": {"bucket": "acme-reports", "destination_path": "insights"},
            },
            **(
                {"csv_options": {"record_separator": "\n", "delimiter": ",", "header_required": True}}
                if file_format == "csv"
                else {"parquet_options": {}}
            ),
        },
        "records_processed": len(rows),
        "snapshot_time": AS_OF,
        "shard_count": 1,
        "report_shards_file_names": [shard.name],
    }
    path = folder / f"{stem}_manifest.json"
    path.write_text(json.dumps(_camel(manifest) if camel else manifest), encoding="utf-8")
    return Delivery(path, None, (shard,))


def bulk(
    folder: Path, rows: int, *, buckets: int, files: int, unencrypted_every: int = 1000
) -> tuple[Path, ...]:
    """Write an inventory of any size as Parquet, fast: DuckDB makes it out of numbers.

    Of 1,000 objects one is unencrypted, one is public, one is SSE-KMS with a key; nine in ten are current. Keys have the
    length and the common beginnings of real ones.
    """
    folder.mkdir(parents=True, exist_ok=True)
    connection = load("duckdb").connect(
        config={"memory_limit": "1GB", "temp_directory": str(folder / "spill")}
    )
    written: list[Path] = []
    each = rows // files
    # Each file holds neighbouring buckets, as one file holds one bucket in life.
    share = max(1, rows // buckets)
    for place in range(files):
        path = folder / f"part-{place:04d}.parquet"
        first, last = place * each, rows if place == files - 1 else (place + 1) * each
        connection.execute(
            f"""
            COPY (
              SELECT 'bucket-' || lpad((i // {share})::VARCHAR, 5, '0') AS bucket,
                'logs/year=' || (2019 + i % 8) || '/app-' || (i % 97) || '/' || hash(i)::VARCHAR || '.json.gz' AS key,
                hash(i * 7)::VARCHAR AS version_id,
                i % 10 <> 3 AS is_latest,
                i % 500 = 7 AS is_delete_marker,
                CASE WHEN i % 500 = 7 THEN NULL ELSE (i * 2654435761) % 10000000 END AS size,
                (TIMESTAMP '2026-11-22 01:00:00' - to_hours((i * 40503) % 70000)) :: TIMESTAMPTZ AS last_modified_date,
                hash(i * 3)::VARCHAR AS e_tag,
                'STANDARD' AS storage_class,
                CASE WHEN i % 500 = 7 THEN NULL WHEN i % {unencrypted_every} = 1 THEN 'NOT-SSE'
                     WHEN i % 10 = 2 THEN 'SSE-KMS' ELSE 'SSE-S3' END AS encryption_status,
                CASE WHEN i % 10 = 2 THEN 'ENABLED' ELSE 'DISABLED' END AS bucket_key_status,
                CASE WHEN i % 1000 = 5 THEN '{PUBLIC_READ}' WHEN i % 500 = 7 THEN NULL ELSE '{PRIVATE}' END
                  AS object_access_control_list
              FROM range({first}, {last}) AS numbers(i)
            ) TO '{path}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 122880)
            """  # noqa: S608 - numbers and paths of our own
        )
        written.append(path)
    connection.close()
    return tuple(written)


def _s3_file(stem: Path, rows: Sequence[Listed], columns: Sequence[str], file_format: str) -> Path:
    stem.parent.mkdir(parents=True, exist_ok=True)
    if file_format == "CSV":
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerows([_in_csv(row, column) for column in columns] for row in rows)
        path = stem.with_suffix(".csv.gz")
        path.write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))
        return path
    pa = load("pyarrow")
    table = pa.table({SNAKE[column]: _column(pa, rows, column) for column in columns})
    if file_format == "ORC":
        path = stem.with_suffix(".orc")
        load("pyarrow.orc").write_table(table, path, compression="zlib")
    else:
        path = stem.with_suffix(".parquet")
        load("pyarrow.parquet").write_table(table, path, compression="snappy")
    return path


def _column(pa: Any, rows: Sequence[Listed], column: str) -> Any:  # noqa: ANN401 - Arrow ships no types
    values = [_value(row, column) for row in rows]
    if column == "Key":
        return _texts([row.key for row in rows])
    if column in ("IsLatest", "IsDeleteMarker"):
        return pa.array(values, pa.bool_())
    if column == "Size":
        return pa.array(values, pa.int64())
    if column == "LastModifiedDate":
        return pa.array(values, pa.timestamp("ms", "UTC"))
    return pa.array(values, pa.string())


def _value(row: Listed, column: str) -> Any:  # noqa: ANN401 - of the column's type
    told: dict[str, Any] = {
        "Bucket": row.bucket,
        "VersionId": row.version or None,
        "IsLatest": row.latest,
        "IsDeleteMarker": row.marker,
        "LastModifiedDate": _time(row),
        "ObjectOwner": OWNER,
        "StorageClass": "STANDARD",
        "ETag": "d41d8cd98f00b204e9800998ecf8427e",
    }
    # A delete marker has nothing that could be large, encrypted or shared.
    data: dict[str, Any] = {
        "Size": row.size,
        "EncryptionStatus": row.encryption,
        "BucketKeyStatus": "ENABLED" if row.encryption == "SSE-KMS" else "DISABLED",
        "ObjectAccessControlList": row.acl or PRIVATE,
    }
    return told.get(column, None if row.marker else data.get(column))


def _in_csv(row: Listed, column: str) -> str:
    value = quote(row.key, safe="/-_.*").replace("%20", "+") if column == "Key" else _value(row, column)
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return str(value)


def _texts(values: Sequence[bytes]) -> Any:  # noqa: ANN401 - Arrow ships no types
    """Return a column of texts that are these bytes, UTF-8 or not."""
    pa = load("pyarrow")
    raw = pa.array(list(values), pa.binary())
    return pa.Array.from_buffers(pa.string(), len(values), raw.buffers())


def _time(row: Listed) -> datetime:
    return parse(AS_OF) - timedelta(days=row.days)


def _gcs_row(row: Listed) -> list[str]:
    return [
        row.bucket,
        row.key.decode(),
        str(row.size or 0),
        _time(row).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "" if row.latest else AS_OF,
        row.version or "1700000000000000",
        "STANDARD",
    ]


def _schema(columns: Sequence[str], file_format: str) -> str:
    kinds = {
        "Size": "bigint",
        "IsLatest": "boolean",
        "IsDeleteMarker": "boolean",
        "LastModifiedDate": "timestamp",
    }
    if file_format == "CSV":
        return ", ".join(columns)
    if file_format == "ORC":
        members = [f"{SNAKE[column]}:{kinds.get(column, 'string')}" for column in columns]
        return f"struct<{','.join(members)}>"
    parquet = {
        "bigint": "int64 {}",
        "boolean": "boolean {}",
        "timestamp": "int64 {} (TIMESTAMP(MILLIS,true))",
    }
    return (
        "message s3.inventory { "
        + " ".join(
            f"{'required' if column in ('Bucket', 'Key') else 'optional'} "
            f"{parquet.get(kinds.get(column, ''), 'binary {} (STRING)').format(SNAKE[column])};"
            for column in columns
        )
        + " }"
    )


def _camel(data: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(data, dict):
        members = cast("dict[str, Any]", data)
        return {_camel_name(name): _camel(item) for name, item in members.items()}
    return data


def _camel_name(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.title() for other in others)
