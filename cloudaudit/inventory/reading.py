"""The door to inventories: from the files of a complete delivery, or a table, to what is known of each bucket's objects.

    manifest = read_s3_manifest(text, checksum)                   # or read_gcs_manifest(text)
    for file in manifest.files: check_md5(path, file.md5)         # after each was fetched
    with engine(name, settings) as reader:
        answers = summarise(reader, manifest.inventory(paths, source=...), first=20)

Nothing here speaks to a provider's API; who fetches the files decides how, and under which permission. What a remote
engine (Spark, Athena, BigQuery) reads, it reads by itself and with credentials of its own.
"""

from typing import Literal

from msgspec import Struct

Provider = Literal["aws", "gcs"]
Format = Literal["parquet", "orc", "csv"]
EngineName = Literal["local", "spark", "athena", "bigquery"]


class CsvShape(Struct, frozen=True, kw_only=True):
    """How a CSV file is written; S3's has neither header nor choice."""

    delimiter: str = ","
    header: bool = False
    url_encoded_keys: bool = True


class InventoryFiles(Struct, frozen=True, kw_only=True):
    """The files of one complete delivery.

    Attributes:
        buckets: the buckets whose objects it lists; one for S3 Inventory. A row of any other bucket is refused.
        columns: the names of the columns in their order, as the manifest tells them.
        files: local paths; for a remote engine its own addresses (``s3a://``, ``gs://``).
        as_of: UTC time for which it holds, ISO 8601 with ``Z``.
        source: what a report names: the configuration and the manifest.
        versions: whether old versions are listed as well.
        rows: how many rows the manifest promises; another number is refused. None where it does not tell.
    """

    provider: Provider
    buckets: tuple[str, ...]
    format: Format
    columns: tuple[str, ...]
    files: tuple[str, ...]
    as_of: str
    source: str
    versions: bool
    csv: CsvShape = CsvShape()
    rows: int | None = None


class InventoryTable(Struct, frozen=True, kw_only=True):
    """A table that the engine knows by name: an Athena table over inventories, S3 Metadata, a Storage Insights dataset.

    Attributes:
        buckets: the buckets that are asked for; rows of others are left out.
        table: its dotted name, e.g. ``s3tablescatalog/aws-s3.b_my-bucket.inventory`` or ``project.dataset.view``.
        partition: column and value that choose one delivery, e.g. ``("dt", "2026-11-27-01-00")``; empty for none.
    """

    provider: Provider
    buckets: tuple[str, ...]
    table: str
    as_of: str
    source: str
    versions: bool
    partition: tuple[str, str] | None = None


Inventory = InventoryFiles | InventoryTable

# manifests.py: read_s3_manifest(text: bytes, checksum: bytes | None = None) -> S3Manifest
#     .source_bucket .destination_bucket .as_of .format .columns .versions .files: tuple[ManifestFile(key, size, md5)]
#     .inventory(paths: Sequence[str], source: str) -> InventoryFiles
#   read_gcs_manifest(text: bytes) -> GcsManifest
#     .source_bucket .destination_bucket .as_of .format .columns .rows .files: tuple[str] (object names beside the manifest)
#     .inventory(paths, source, versions=False, bucket="") -> InventoryFiles
#   check_md5(path: Path, md5: str) -> None              raises InventoryError
# settings.py: EngineSettings (pydantic), the table [objects.engine]
# engines.py: engine(name: EngineName, settings: EngineSettings) -> Engine, a context manager
# below: summarise(engine, inventories, first=20) -> Mapping[bucket, Objects | InventoryError]
