"""Where an inventory lies: the files of one delivery, or a table that an engine knows by name."""

from typing import Literal

from msgspec import Struct

Provider = Literal["aws", "gcs"]
Format = Literal["parquet", "orc", "csv"]
EngineName = Literal["local", "spark", "athena", "bigquery"]


class CsvShape(Struct, frozen=True, kw_only=True):
    """How a CSV file is written. The defaults are S3's, which offers no choice."""

    delimiter: str = ","
    header: bool = False
    url_encoded_keys: bool = True


class InventoryFiles(Struct, frozen=True, kw_only=True):
    """The files of one complete delivery.

    Attributes:
        buckets: the buckets whose objects it lists; one for S3 Inventory. A row of any other bucket is refused.
        columns: the names of the columns in their order, as the manifest tells them; empty where only the files do.
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
    """A table that the engine knows: an Athena table over inventories, S3 Metadata, a Storage Insights dataset.

    Attributes:
        buckets: the buckets that are asked for; rows of others are left out.
        table: its dotted name, e.g. ``s3tablescatalog/aws-s3.b_my-bucket.inventory`` or ``project.dataset.view``.
        as_of: UTC time for which it holds: of asking, for a table that is kept up to date. A partition named after its
            time overrides it.
        partition: the column that tells deliveries apart, and the delivery; an empty one means the newest. None for a
            table that holds one state only.
    """

    provider: Provider
    buckets: tuple[str, ...]
    table: str
    as_of: str
    source: str
    versions: bool
    partition: tuple[str, str] | None = None


Inventory = InventoryFiles | InventoryTable
