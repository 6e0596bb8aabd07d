"""The sample estate's objects: written long before a key was chosen, locked by one that is off, or open to everyone."""

from collections.abc import Mapping

from cloudaudit.demo.gcs import names
from cloudaudit.demo.gcs.estate import Json, Project
from cloudaudit.demo.gcs.make import object_acl, stored

CUSTOMERS_KEY = f"{names.GOOD_KEY}/cryptoKeyVersions/2"
FORMER_KEY = f"{names.GOOD_KEY}/cryptoKeyVersions/1"
CONTRACTS_KEY = f"{names.STILL_KEY}/cryptoKeyVersions/1"
PAYROLL_KEY = f"{names.OFF_KEY}/cryptoKeyVersions/1"

KEY_VERSIONS: Mapping[str, str] = {
    CUSTOMERS_KEY: "ENABLED",
    FORMER_KEY: "ENABLED",
    CONTRACTS_KEY: "ENABLED",
    PAYROLL_KEY: "DISABLED",
}
"""State of each version of a key; what was written with a disabled one cannot be read."""


def stock(projects: list[Project]) -> list[Project]:
    """Put the objects into their buckets; return the projects."""
    held = _objects()
    for project in projects:
        for bucket in project.buckets:
            bucket.objects = held[bucket.name] if bucket.name in held else _ordinary()
    return projects


def _objects() -> dict[str, list[Json]]:
    return {
        names.INVOICES: [
            stored("2026/10/請求書一覧.csv", kmsKeyName=CUSTOMERS_KEY),
            stored("2026/09/請求書一覧.csv", kmsKeyName=FORMER_KEY),
            # Written before the bucket had a key of its own.
            stored("2024/03/請求書一覧.csv", updated="2024-03-31T09:00:00.000Z"),
        ],
        names.CUSTOMERS: [
            stored("顧客マスタ.parquet", generation=2, kmsKeyName=CUSTOMERS_KEY),
            stored("顧客マスタ.parquet", kmsKeyName=FORMER_KEY, timeDeleted="2026-04-01T00:00:00.000Z"),
        ],
        names.CONTRACTS: [
            stored(f"契約書/{number:04}.pdf", kmsKeyName=CONTRACTS_KEY) for number in range(12)
        ],
        names.PAYROLL: [
            stored(f"給与/2026-{month:02}.csv.gpg", kmsKeyName=PAYROLL_KEY) for month in range(1, 11)
        ],
        names.ARCHIVE: [
            stored("2019.tar", customerEncryption={"encryptionAlgorithm": "AES256", "keySha256": "c2FtcGxl"})
        ],
        names.ERP_BACKUP: [stored(f"erp/{number:05}.dump") for number in range(1_200)],
        # The bucket lists nothing to strangers, and yet everyone with the address reads this.
        names.RECRUITING: [
            stored("応募書類/2026/高橋.pdf", acl=object_acl(("allUsers", "READER"))),
            stored("応募書類/2026/佐藤.pdf"),
        ],
        names.SANDBOX: [
            stored("dump.sql", acl=object_acl(("allAuthenticatedUsers", "OWNER"))),
            stored("notes.txt"),
        ],
        names.SHARE_2015: [stored("old/plan.xls"), stored("readme.txt")],
        names.BUILD_CACHE: [],
    }


def _ordinary() -> list[Json]:
    return [stored("data/0001.csv"), stored("data/0002.csv")]
