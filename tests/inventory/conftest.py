"""Two engines over the same deliveries; Spark starts once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cloudaudit.inventory.reading import Engine, EngineSettings, InventoryFiles, engine, read_s3_manifest
from cloudaudit.inventory.settings import LocalSettings, SparkSettings
from fakes.inventories import Delivery

QUICK = {
    # Java's first compiler only, and no parallel parts: the data is small and the start counts.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.shuffle.partitions": "1",
}


@pytest.fixture(scope="session")
def spark() -> Iterator[Engine]:
    settings = EngineSettings(spark=SparkSettings(master="local[2]", driver_memory="700m", conf=QUICK))
    with engine("spark", settings) as started:
        yield started


@pytest.fixture(scope="module")
def local() -> Iterator[Engine]:
    with engine("local", EngineSettings(local=LocalSettings(memory_mb=128, threads=2))) as started:
        yield started


def delivered(delivery: Delivery) -> InventoryFiles:
    """Return an S3 delivery as one who fetched it would hand it over."""
    assert delivery.checksum is not None
    manifest = read_s3_manifest(delivery.manifest.read_bytes(), delivery.checksum.read_bytes())
    return manifest.inventory([str(path) for path in delivery.files], source=delivery.manifest.parent.name)


def replaced(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
