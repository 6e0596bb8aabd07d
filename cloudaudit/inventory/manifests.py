"""The manifests that S3 Inventory and Storage Insights write last, so that a delivery without one is not complete.

S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html. Storage Insights:
https://cloud.google.com/storage/docs/insights/inventory-reports.
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec
from msgspec import Struct

from cloudaudit.clock import parse, stamp
from cloudaudit.inventory.errors import InventoryError
from cloudaudit.inventory.source import CsvShape, Format, InventoryFiles
from cloudaudit.text import Text
from cloudaudit.visible import shortened, valid_json, visible

T = TypeVar("T", bound=Struct)
VERSION = "2016-11-30"
"""The only version of S3's manifest so far."""

_FORMATS: dict[str, Format] = {"csv": "csv", "orc": "orc", "parquet": "parquet"}
_PARQUET = re.compile(r"(?:required|optional)\s+\w+\s+(\w+)")
_ORC = re.compile(r"struct<(.*)>", re.DOTALL)
_MD5 = re.compile(r"[0-9a-fA-F]{32}")
_CHUNK = 1 << 20


class ManifestFile(Struct, frozen=True):
    """One data file: its key in the destination bucket, its size in bytes, the MD5 of its content in hexadecimal."""

    key: str
    size: int = -1
    md5: str = msgspec.field(name="MD5checksum", default="")


class S3Manifest(Struct, frozen=True, kw_only=True):
    """What the manifest of an S3 Inventory tells, checked."""

    source_bucket: str
    destination_bucket: str
    as_of: str
    format: Format
    columns: tuple[str, ...]
    files: tuple[ManifestFile, ...]

    @property
    def versions(self) -> bool:
        """Whether all versions are listed; only then the files tell which one is the latest."""
        return any(plain(column) == "islatest" for column in self.columns)

    def inventory(self, paths: Sequence[str], source: str) -> InventoryFiles:
        """Return the delivery, its files being at ``paths`` in the manifest's order."""
        return InventoryFiles(
            provider="aws",
            buckets=(self.source_bucket,),
            format=self.format,
            columns=self.columns,
            files=tuple(paths),
            as_of=self.as_of,
            source=source,
            versions=self.versions,
        )


class GcsManifest(Struct, frozen=True, kw_only=True):
    """What the manifest of a Storage Insights inventory report tells, checked.

    Attributes:
        files: the names of its shards, which lie in the manifest's own folder; a name never has a folder in it.
        rows: how many objects were listed.
    """

    source_bucket: str
    destination_bucket: str
    as_of: str
    format: Format
    columns: tuple[str, ...]
    files: tuple[str, ...]
    rows: int
    csv: CsvShape

    @property
    def versions(self) -> bool:
        """Whether the files tell old versions from current ones."""
        return any(plain(column) == "timedeleted" for column in self.columns)

    def inventory(self, paths: Sequence[str], source: str, *, bucket: str = "") -> InventoryFiles:
        """Return the delivery, its files being at ``paths``; ``bucket`` serves where the manifest names none."""
        return InventoryFiles(
            provider="gcs",
            buckets=(self.source_bucket or bucket,),
            format=self.format,
            columns=self.columns,
            files=tuple(paths),
            as_of=self.as_of,
            source=source,
            versions=self.versions,
            csv=self.csv,
            rows=self.rows,
        )


def plain(name: str) -> str:
    """Return a column's name as all formats share it: ``EncryptionStatus`` and ``encryption_status`` are one."""
    return name.replace("_", "").strip().lower()


class _S3Wire(Struct, frozen=True, rename="camel"):
    source_bucket: str
    destination_bucket: str
    version: str
    creation_timestamp: str | int
    file_format: str
    file_schema: str
    files: tuple[ManifestFile, ...]


def read_s3_manifest(text: bytes, checksum: bytes | None = None) -> S3Manifest:
    """Return what a ``manifest.json`` tells.

    Args:
        text: its bytes.
        checksum: the bytes of the ``manifest.checksum`` beside it: the MD5 of the former. None where there is none.

    Raises:
        InventoryError: it is not whole, not of a known version or format, or names no file.
    """
    if checksum is not None and checksum.decode("ascii", "replace").strip().lower() != _md5(text):
        raise InventoryError(
            Text(
                en="The inventory's manifest.json does not match its manifest.checksum; wait for the next delivery.",
                ja="インベントリの manifest.json が manifest.checksum と一致しません。次回の配信を待ってください。",
            )
        )
    wire = _decoded(text, _S3Wire)
    if wire.version != VERSION:
        raise _unknown("version", "バージョン", wire.version)
    return S3Manifest(
        source_bucket=wire.source_bucket,
        destination_bucket=wire.destination_bucket.rpartition(":")[2],
        as_of=_from_epoch(wire.creation_timestamp),
        format=_format(wire.file_format),
        columns=_checked(_s3_columns(wire.file_format, wire.file_schema), "key"),
        files=_listed(wire.files),
    )


class _CsvOptions(Struct, frozen=True):
    delimiter: str = ","
    header_required: bool = False
    record_separator: str = "\n"


class _Filters(Struct, frozen=True):
    bucket: str = ""


class _Destination(Struct, frozen=True):
    bucket: str = ""


class _Options(Struct, frozen=True):
    metadata_fields: tuple[str, ...] = ()
    storage_filters: _Filters = _Filters()
    storage_destination_options: _Destination = _Destination()


class _ReportConfig(Struct, frozen=True):
    object_metadata_report_options: _Options = _Options()
    csv_options: _CsvOptions | None = None
    parquet_options: dict[str, Any] | None = None


class _GcsWire(Struct, frozen=True):
    report_config: _ReportConfig
    records_processed: int | str
    snapshot_time: str
    report_shards_file_names: tuple[str, ...]
    shard_count: int | str | None = None


def read_gcs_manifest(text: bytes) -> GcsManifest:
    """Return what the manifest of a Storage Insights inventory report tells.

    Its members may be written in either of the two ways that Google writes JSON, ``snapshot_time`` or ``snapshotTime``.

    Raises:
        InventoryError: it is not whole, or its shards are not those that it counts.
    """
    wire = _decoded(text, _GcsWire, snake=True)
    names = tuple(name.rpartition("/")[2] for name in wire.report_shards_file_names)
    if not names or "" in names or (wire.shard_count is not None and _number(wire.shard_count) != len(names)):
        raise _no_files()
    options = wire.report_config.object_metadata_report_options
    ends = {name.rpartition(".")[2].lower() for name in names}
    kind = _format(ends.pop() if len(ends) == 1 else "")
    shape = wire.report_config.csv_options or _CsvOptions()
    return GcsManifest(
        source_bucket=options.storage_filters.bucket,
        destination_bucket=options.storage_destination_options.bucket,
        as_of=_from_text(wire.snapshot_time),
        format=kind,
        columns=_checked(options.metadata_fields, "name"),
        files=names,
        rows=_number(wire.records_processed),
        csv=CsvShape(delimiter=shape.delimiter, header=shape.header_required, url_encoded_keys=False),
    )


def check_md5(path: Path, md5: str) -> None:
    """Compare a data file that was fetched with the MD5 that the manifest gives; an empty one is no promise.

    Raises:
        InventoryError: the file is another one, or cannot be read.
    """
    if not md5:
        return
    # The provider's choice of algorithm; it guards against damage, not against an attacker.
    digest = hashlib.md5(usedforsecurity=False)
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise missing_file(path.name) from error
    if digest.hexdigest() != md5.strip().lower():
        name = _shown(path.name)
        raise InventoryError(
            Text(
                en=f"The inventory's file {name} is not the one that its manifest names (MD5 differs); fetch it again.",
                ja=f"インベントリのファイル {name} がマニフェストの記載と異なります(MD5 不一致)。再取得してください。",
            )
        )


def missing_file(name: str) -> InventoryError:
    """Return the error for a file that a manifest names and that is not there."""
    return InventoryError(
        Text(
            en=f"The inventory's manifest names the file {_shown(name)}, which is not there; "
            "see whether a lifecycle rule deletes deliveries too early.",
            ja=f"インベントリのマニフェストに記載されたファイル {_shown(name)} がありません。"
            "ライフサイクルルールが早く削除していないか確認してください。",
        )
    )


def _decoded(text: bytes, kind: type[T], *, snake: bool = False) -> T:
    try:
        data: Any = msgspec.json.decode(valid_json(text))
        return msgspec.convert(_snaked(data) if snake else data, kind)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as error:
        place = _shown(str(error))
        raise InventoryError(
            Text(
                en=f"The inventory's manifest is not whole or not of the known form ({place}); wait for the next delivery.",
                ja=f"インベントリのマニフェストが不完全か、既知の形式ではありません({place})。次回の配信を待ってください。",
            )
        ) from error


def _snaked(data: object) -> object:
    if isinstance(data, dict):
        members = cast("dict[str, object]", data)
        return {
            re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower(): _snaked(item)
            for name, item in members.items()
        }
    return data


def _s3_columns(written: str, schema: str) -> tuple[str, ...]:
    match _format(written):
        case "csv":
            return tuple(name.strip() for name in schema.split(","))
        case "parquet":
            return tuple(_PARQUET.findall(schema))
        case "orc":
            found = _ORC.search(schema)
            inner = found.group(1) if found else ""
            return tuple(part.partition(":")[0].strip() for part in inner.split(","))


def _checked(columns: tuple[str, ...], key: str) -> tuple[str, ...]:
    names = [plain(column) for column in columns]
    if key not in names or "" in names or len(set(names)) != len(names):
        raise InventoryError(
            Text(
                en=f"The inventory's manifest names columns without {key}, or one of them twice; it cannot be used.",
                ja=f"インベントリのマニフェストの列に {key} がないか、重複があるため、使用できません。",
            )
        )
    return columns


def _listed(files: tuple[ManifestFile, ...]) -> tuple[ManifestFile, ...]:
    if not files:
        raise _no_files()
    for file in files:
        if not file.key or (file.md5 and not _MD5.fullmatch(file.md5.strip())):
            raise _unknown("file", "ファイル", file.key)
    return files


def _format(written: str) -> Format:
    known = _FORMATS.get(written.strip().lower())
    if known is None:
        raise _unknown("format", "ファイル形式", written)
    return known


def _unknown(what: str, what_ja: str, written: str) -> InventoryError:
    word = _shown(written)
    return InventoryError(
        Text(
            en=f'The inventory\'s manifest has a {what} that this version does not know: "{word}".',
            ja=f"インベントリのマニフェストの{what_ja}「{word}」は、このバージョンでは対応していません。",
        )
    )


def _no_files() -> InventoryError:
    return InventoryError(
        Text(
            en="The inventory's manifest does not name all of its data files; wait for the next delivery.",
            ja="インベントリのマニフェストにデータファイルがすべて記載されていません。次回の配信を待ってください。",
        )
    )


def _number(written: int | str) -> int:
    try:
        return int(written)
    except ValueError:
        raise _unknown("number", "数値", str(written)) from None


def _from_epoch(written: str | int) -> str:
    try:
        return stamp(datetime.fromtimestamp(int(written) / 1000, UTC))
    except (ValueError, OverflowError, OSError):
        raise _unknown("time", "日時", str(written)) from None


def _from_text(written: str) -> str:
    try:
        return stamp(parse(written))
    except ValueError:
        raise _unknown("time", "日時", written) from None


def _md5(text: bytes) -> str:
    return hashlib.md5(text, usedforsecurity=False).hexdigest()


def _shown(text: str) -> str:
    return shortened(visible(text), 120)
