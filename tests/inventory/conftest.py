"""What the tests of inventories share."""

from collections.abc import Iterator

import pytest

from cloudaudit.inventory.reading import Engine, EngineSettings, InventoryFiles, engine, read_s3_manifest
from cloudaudit.inventory.settings import LocalSettings
from fakes.inventories import Delivery


@pytest.fixture(scope="module")
def local() -> Iterator[Engine]:
    with engine("local", EngineSettings(local=LocalSettings(memory_mb=128, threads=2))) as started:
        yield started


def delivered(delivery: Delivery) -> InventoryFiles:
    """Return an S3 delivery as one who fetched it would hand it over."""
    assert delivery.checksum is not None
    manifest = read_s3_manifest(delivery.manifest.read_bytes(), delivery.checksum.read_bytes())
    return manifest.inventory([str(path) for path in delivery.files], source=delivery.manifest.parent.name)
