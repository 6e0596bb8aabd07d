"""The sample estate's objects: from before encryption was the rule, open by their own ACLs, or locked by a lost key."""

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from cloudaudit.demo.aws import names
from cloudaudit.demo.aws.buckets import SPECS
from cloudaudit.demo.aws.names import bucket_arn
from cloudaudit.demo.aws.sdk import Sdk

COLUMNS = (
    "Bucket",
    "Key",
    "VersionId",
    "IsLatest",
    "IsDeleteMarker",
    "EncryptionStatus",
    "ObjectAccessControlList",
)
PRIVATE_ACL = "eyJ2ZXJzaW9uIjoiMjAyMi0xMS0xMCIsInN0YXR1cyI6IkFWQUlMQUJMRSIsImdyYW50cyI6W119"
"""``{"version":"2022-11-10","status":"AVAILABLE","grants":[]}``, as an inventory writes an ACL."""
LISTED = 250
"""Objects in the inventory of the invoices."""


@dataclass(frozen=True, kw_only=True)
class Stored:
    """One object.

    Attributes:
        acl: a canned ACL.
        key: alias of the KMS key it is encrypted with; empty for S3's own.
        encrypted: whether it is encrypted by S3 at all.
    """

    name: str
    acl: str = "private"
    key: str = ""
    encrypted: bool = True


STORED: Mapping[str, tuple[Stored, ...]] = {
    names.LEGACY_FILES: (
        Stored(name="2016/見積書.xls", encrypted=False),
        Stored(name="2017/price list.xls", encrypted=False),
        Stored(name="2024/readme.txt"),
    ),
    names.SANDBOX: (
        Stored(name="tmp/customers-copy.csv", acl="public-read"),
        Stored(name="tmp/[link=http://example.com]note[/link]\x07.txt", encrypted=False),
    ),
    names.FLYERS: (Stored(name="2026-spring.png", acl="public-read"), Stored(name="draft.png")),
    names.CUSTOMERS: tuple(Stored(name=f"master/{number:03}.csv") for number in range(12)),
    names.CONTRACTS: (
        Stored(name="2025/agreement.pdf", key="alias/contracts"),
        Stored(name="2026/agreement.pdf", key="alias/storage"),
    ),
}


def store_objects(sdk: Sdk, keys: Mapping[str, str]) -> None:
    """Write the objects, before default encryption is set: what has no encryption then stays without."""
    regions = {spec.name: spec.region for spec in SPECS}
    for bucket, stored in STORED.items():
        s3 = sdk.client("s3", regions[bucket])
        for each in stored:
            how = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": keys[each.key]} if each.key else {}
            if each.encrypted and not each.key:
                how = {"ServerSideEncryption": "AES256"}
            s3.put_object(Bucket=bucket, Key=each.name, Body=b"sample", ACL=each.acl, **how)


def deliver_inventory(sdk: Sdk, bucket: str, age: int) -> None:
    """Write a whole delivery of a bucket's inventory, as S3 lays it down."""
    s3 = sdk.client("s3")
    made = sdk.now - timedelta(days=age)
    home = f"{bucket}/weekly"
    rows = io.StringIO()
    writer = csv.writer(rows, quoting=csv.QUOTE_ALL, lineterminator="\n")
    for number in range(LISTED):
        key = f"2026/invoice-{number:05}.pdf"
        writer.writerow((bucket, key, f"v{number}", "true", "false", "SSE-KMS", PRIVATE_ACL))
    data = gzip.compress(rows.getvalue().encode(), mtime=0)
    file = f"{home}/data/00000000-0000-4000-8000-000000000000.csv.gz"
    manifest = {
        "sourceBucket": bucket,
        "destinationBucket": bucket_arn(names.INVENTORY_REPORTS),
        "version": "2016-11-30",
        "creationTimestamp": str(int(made.timestamp() * 1000)),
        "fileFormat": "CSV",
        "fileSchema": ", ".join(COLUMNS),
        "files": [{"key": file, "size": len(data), "MD5checksum": _md5(data)}],
    }
    text = json.dumps(manifest).encode()
    folder = f"{home}/{made:%Y-%m-%d}T01-00Z"
    for key, body in (
        (file, data),
        (f"{folder}/manifest.json", text),
        (f"{folder}/manifest.checksum", _md5(text).encode()),
    ):
        s3.put_object(Bucket=names.INVENTORY_REPORTS, Key=key, Body=body, ServerSideEncryption="AES256")


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
