import pytest

from cloudaudit.facts import Read, Unread
from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import Bucket, InventoryReport
from cloudaudit.testing import build, denied, read, verdict

CHECK = "aws-s3-bucket-inventory"
BOTH = ("EncryptionStatus", "ObjectAccessControlList")
ENCRYPTION = ("EncryptionStatus",)
FRESH: Read[str | None] = read("2026-11-20T00:00:00Z")
STALE: Read[str | None] = read("2026-11-13T00:00:00Z")
OFF = "BucketOwnerEnforced"
ON = "ObjectWriter"
NO_OWNERSHIP = denied("s3:GetBucketOwnershipControls")
NO_INVENTORY = denied("s3:GetInventoryConfiguration")
NO_TABLE = denied("s3:GetBucketMetadataTableConfiguration")
NO_DATE = denied("s3:ListBucket")


def report(
    fields: tuple[str, ...] = BOTH,
    newest: Read[str | None] | Unread = FRESH,
    *,
    enabled: bool = True,
    whole_bucket: bool = True,
) -> InventoryReport:
    return InventoryReport(
        id="nightly",
        enabled=enabled,
        destination="reports",
        frequency="Daily",
        fields=fields,
        whole_bucket=whole_bucket,
        newest=newest,
    )


def bucket(ownership: object, inventories: object = (), metadata_table: object = None) -> Bucket:
    return build(Bucket, ownership=ownership, inventories=inventories, metadata_table=metadata_table)


@pytest.mark.parametrize(
    "good",
    [
        bucket(ON, (report(),)),
        bucket(OFF, (report(ENCRYPTION),)),
        bucket(OFF, (), "ACTIVE"),
        bucket(OFF, NO_INVENTORY, "ACTIVE"),
        bucket(OFF, (report(newest=STALE), report(ENCRYPTION)), NO_TABLE),
        bucket(NO_OWNERSHIP, (report(),), NO_TABLE),
        bucket(ON, (report(newest=NO_DATE), report()), NO_TABLE),
    ],
)
def test_a_fresh_inventory_with_the_needed_fields_passes(good: Bucket) -> None:
    assert verdict(CHECK, good).status is Status.PASS


@pytest.mark.parametrize(
    "bad",
    [
        bucket(ON),
        bucket(None, (report(ENCRYPTION),), "ACTIVE"),
        bucket(ON, (report(ENCRYPTION),), "ACTIVE"),
        bucket(ON, (report(ENCRYPTION, NO_DATE),), NO_TABLE),
        bucket(ON, (report(("Size",)),)),
        bucket(ON, (report(enabled=False),)),
        bucket(ON, (report(whole_bucket=False),)),
        bucket(ON, (report(newest=STALE),)),
        bucket(ON, (report(newest=read(None)),)),
        bucket(OFF, (), "BACKFILLING"),
        bucket(NO_OWNERSHIP),
    ],
)
def test_anything_less_fails(bad: Bucket) -> None:
    assert verdict(CHECK, bad).status is Status.FAIL


def test_the_policy_says_how_old_a_report_may_be() -> None:
    old = bucket(ON, (report(newest=STALE),))
    assert verdict(CHECK, old, policy=AuditPolicy(inventory_max_age_days=9)).status is Status.PASS


@pytest.mark.parametrize(
    ("unsure", "missing"),
    [
        (bucket(ON, NO_INVENTORY), {NO_INVENTORY.permission}),
        (bucket(ON, (report(newest=NO_DATE),)), {NO_DATE.permission}),
        (bucket(OFF, (), NO_TABLE), {NO_TABLE.permission}),
        (bucket(OFF, NO_INVENTORY, NO_TABLE), {NO_INVENTORY.permission, NO_TABLE.permission}),
        (bucket(NO_OWNERSHIP, (report(ENCRYPTION),)), {NO_OWNERSHIP.permission}),
        (bucket(NO_OWNERSHIP, (), NO_TABLE), {NO_OWNERSHIP.permission, NO_TABLE.permission}),
    ],
)
def test_what_was_denied_and_could_decide_is_named(unsure: Bucket, missing: set[str]) -> None:
    finding = verdict(CHECK, unsure)
    assert finding.status is Status.NOT_ASSESSED
    assert set(finding.missing_permissions) == missing
