"""Grow a small snapshot into a large one, by repeating its buckets under other names."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

BUCKET = "aws-s3-bucket"

Record = dict[str, Any]
"""One line of a snapshot."""


def grow(source: Path, target: Path, copies: int) -> int:
    """Write a snapshot with every bucket of the source that many times; return how many buckets it has.

    Names are replaced in the text of a record, so that policies, ARNs and inventories tell of the new bucket.
    """
    lines = source.read_bytes().splitlines()
    records: list[Record] = [msgspec.json.decode(line, type=Record) for line in lines]
    written = 0
    with target.open("wb") as file:
        for line, record in zip(lines, records, strict=True):
            if record["kind"] == BUCKET:
                for number in range(copies):
                    file.write(renamed(line, record["name"], number) + b"\n")
                    written += 1
            elif _lists_buckets(record):
                for listing in _listings(record, copies):
                    file.write(msgspec.json.encode(listing) + b"\n")
            else:
                file.write(line + b"\n")
    return written


def renamed(line: bytes, name: str, number: int) -> bytes:
    """Return a record as that of another bucket; the first copy is the bucket itself."""
    return line if number == 0 else line.replace(name.encode(), _name(name, number).encode())


def _lists_buckets(record: Mapping[str, Any]) -> bool:
    return record["kind"] == "listing" and record["of"] == BUCKET and bool(record.get("items"))


def _listings(record: Record, copies: int) -> Iterator[Record]:
    for number in range(copies):
        yield {**record, "items": [_item(item, number) for item in record["items"]]}


def _item(item: Sequence[str], number: int) -> list[str]:
    bucket_id, name, *rest = item
    if number == 0:
        return list(item)
    return [bucket_id.replace(name, _name(name, number)), _name(name, number), *rest]


def _name(name: str, number: int) -> str:
    return f"{name}-copy-{number}"
