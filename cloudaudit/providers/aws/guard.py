"""What a client may send: the reads that it was made for, and of contents the files of inventories alone."""

import re
import threading
from collections.abc import Collection, Mapping
from typing import Any

from cloudaudit.providers.aws.operations import GET_INVENTORY_FILE

INVENTORY_FILE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}-\d{2}Z/manifest\.(json|checksum)|data/[^/]+", re.ASCII)
"""What S3 writes below the prefix of an inventory, and is read of it.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html
"""
OPENS = (GET_INVENTORY_FILE.service, GET_INVENTORY_FILE.name)


class WriteRefusedError(Exception):
    """An operation that is not on the read list was about to be called. Nothing was sent."""


class InventoryPlaces:
    """Where the inventories of a run deliver their files. Safe for threads."""

    def __init__(self) -> None:
        self._places: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def add(self, bucket: str, prefix: str) -> None:
        """Let files below this prefix be read; it is that of one inventory and ends with a slash.

        Raises:
            ValueError: it does not; files beside the inventory's might begin with it.
        """
        if not prefix.endswith("/"):
            message = f"{prefix!r} does not end with a slash"
            raise ValueError(message)
        with self._lock:
            self._places.add((bucket, prefix))

    def hold(self, bucket: str, key: str) -> bool:
        """Return whether an object is a file of one of these inventories."""
        with self._lock:
            places = tuple(self._places)
        return any(
            bucket == place and key.startswith(prefix) and INVENTORY_FILE.fullmatch(key, len(prefix))
            for place, prefix in places
        )


def guard(session: Any, allowed: Collection[tuple[str, str]], places: InventoryPlaces) -> None:  # noqa: ANN401 - the SDK has no types
    """Make every client of this SDK session refuse what is not allowed, before anything is sent.

    Args:
        session: of the SDK.
        allowed: services and operations.
        places: whose files alone GetObject opens, where it is allowed at all.
    """

    def refuse(model: Any, params: Mapping[str, Any], **_: object) -> None:  # noqa: ANN401 - the SDK has no types
        name = (str(model.service_model.service_name), str(model.name))
        if name not in allowed:
            message = f"{name[0]}:{name[1]} is not on the read list"
            raise WriteRefusedError(message)
        if name == OPENS and not places.hold(str(params.get("Bucket", "")), str(params.get("Key", ""))):
            message = "s3:GetObject of anything but an inventory's files is not on the read list"
            raise WriteRefusedError(message)

    session.register("provide-client-params", refuse)
