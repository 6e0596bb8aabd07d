"""The buckets of the sample estate, in good and in bad states."""

from collections.abc import Callable
from dataclasses import dataclass

from cloudaudit.demo.aws import names, policies
from cloudaudit.demo.aws.names import EU, HOME, OSAKA, US
from cloudaudit.demo.aws.policies import Policy

NO_BLOCK: frozenset[str] = frozenset()
RESTRICTED = frozenset({"RestrictPublicBuckets", "IgnorePublicAcls"})
ALL_BLOCKED = RESTRICTED | {"BlockPublicAcls", "BlockPublicPolicy"}
PERSONAL = ("data-class", "personal")
OPEN_ACLS = "ObjectWriter"


@dataclass(frozen=True, kw_only=True)
class Replica:
    """A replication rule of the whole bucket."""

    destination: str
    account: str = names.ACCOUNT


@dataclass(frozen=True, kw_only=True)
class Spec:
    """One bucket; what is left out is as S3 makes a new bucket since April 2023.

    Attributes:
        age: days since it was created.
        block: switches of the bucket's public access block that are on; ``NO_BLOCK`` for no block at all.
        acl: a canned ACL.
        policy: makes the bucket policy of the bucket's name.
        key: alias of the KMS key in ``keys.KEYS`` for default encryption; empty for S3's own.
        versioning: ``Enabled``, ``Suspended`` or empty.
        keep_old: days that old versions are kept; None for no lifecycle rule.
        lock: mode of the default retention of Object Lock; ``off`` for a lock without one, empty for no lock.
        logs_to: bucket of server access logs.
        inventory_age: days since the newest inventory report; None for no inventory.
        metadata_table: status of the S3 Metadata table; empty for none.
    """

    name: str
    region: str = HOME
    age: int = 400
    block: frozenset[str] = ALL_BLOCKED
    ownership: str = "BucketOwnerEnforced"
    acl: str = ""
    policy: Callable[[str], Policy] | None = None
    key: str = ""
    versioning: str = ""
    keep_old: int | None = None
    lock: str = ""
    logs_to: str = ""
    website: bool = False
    redirect: str = ""
    replica: Replica | None = None
    inventory_age: int | None = None
    metadata_table: str = ""
    tags: tuple[tuple[str, str], ...] = ()


def _log_policy(service: str, source: str) -> Callable[[str], Policy]:
    return lambda bucket: policies.log_delivery(bucket, service, source).with_tls(bucket)


SPECS: tuple[Spec, ...] = (
    Spec(
        name=names.INVOICES,
        policy=policies.tls_only,
        key="alias/storage",
        versioning="Enabled",
        keep_old=90,
        logs_to=names.ACCESS_LOGS,
        replica=Replica(destination=names.INVOICES_REPLICA),
        inventory_age=1,
        tags=(("department", "経理部"), ("data-class", "internal")),
    ),
    Spec(
        name=names.INVOICES_REPLICA,
        region=OSAKA,
        policy=policies.tls_only,
        versioning="Enabled",
        keep_old=90,
        lock="GOVERNANCE",
    ),
    Spec(
        name=names.AUDIT_TRAIL,
        policy=_log_policy("cloudtrail.amazonaws.com", f"arn:aws:cloudtrail:{HOME}:{names.ACCOUNT}:trail/*"),
        versioning="Enabled",
        keep_old=400,
        lock="COMPLIANCE",
    ),
    Spec(
        name=names.ACCESS_LOGS,
        policy=_log_policy("logging.s3.amazonaws.com", "arn:aws:s3:::sample-shoji-*"),
        keep_old=40,
    ),
    Spec(
        name=names.INVENTORY_REPORTS,
        policy=_log_policy("s3.amazonaws.com", "arn:aws:s3:::sample-shoji-*"),
        keep_old=40,
    ),
    Spec(
        name=names.CORPORATE_SITE,
        age=1500,
        block=NO_BLOCK,
        policy=policies.public_read,
        website=True,
        versioning="Enabled",
    ),
    Spec(name=names.CAMPAIGN, age=700, block=NO_BLOCK, policy=policies.public_by_referer),
    Spec(name=names.FLYERS, age=2200, block=NO_BLOCK, ownership=OPEN_ACLS, acl="public-read"),
    Spec(name=names.UPLOADS, age=900, block=NO_BLOCK, policy=policies.public_write),
    Spec(name=names.RECRUITING, age=1100, block=RESTRICTED, policy=policies.public_read, tags=(PERSONAL,)),
    Spec(name=names.LOGISTICS, policy=policies.outsider, versioning="Enabled"),
    Spec(name=names.ACCOUNTING, policy=lambda name: policies.partner(name).with_tls(name)),
    Spec(
        name=names.PERSONNEL,
        policy=lambda name: policies.office_only(name).with_tls(name),
        key="alias/storage",
        versioning="Enabled",
        keep_old=60,
        lock="GOVERNANCE",
        logs_to=names.ACCESS_LOGS,
        tags=(PERSONAL, ("department", "人事部")),
    ),
    Spec(name=names.CUSTOMERS, age=1900, tags=(PERSONAL, ("department", "営業部"))),
    Spec(name=names.PAYROLL, key="alias/payroll", tags=(PERSONAL,)),
    Spec(name=names.CONTRACTS, key="alias/contracts", versioning="Enabled"),
    Spec(name=names.QUOTATIONS, key="alias/quotations", policy=policies.tls_only),
    Spec(name=names.DRAWINGS, age=1300, versioning="Suspended", keep_old=7),
    Spec(
        name=names.MINUTES,
        versioning="Enabled",
        keep_old=14,
        replica=Replica(destination=names.GONE, account=names.TRUSTED),
    ),
    Spec(name=names.BOARD, versioning="Enabled", lock="COMPLIANCE", policy=policies.tls_only, keep_old=400),
    Spec(name=names.LITIGATION, versioning="Enabled", lock="off"),
    Spec(name=names.SENSORS, age=30, inventory_age=20),
    Spec(name=names.ARCHIVE, versioning="Enabled", policy=policies.tls_only, keep_old=180),
    Spec(name=names.ERP_EXPORT, versioning="Enabled"),
    Spec(name=names.SANDBOX, age=2500, block=NO_BLOCK, ownership=OPEN_ACLS),
    Spec(name=names.SUBSIDIARY, age=600, block=NO_BLOCK, policy=policies.outsider),
    Spec(name=names.LEGACY_FILES, age=3000, ownership=OPEN_ACLS),
    Spec(name=names.VENDOR_TEMP, age=60, tags=(("[bold red]note[/]", "\u202e承認済み[/link]"),)),
    Spec(
        name=names.US_MARKETING,
        region=US,
        block=NO_BLOCK,
        ownership=OPEN_ACLS,
        acl="authenticated-read",
    ),
    Spec(
        name=names.US_ANALYTICS,
        region=US,
        policy=lambda name: policies.organization_read(name, "o-othercompany"),
        metadata_table="ACTIVE",
    ),
    Spec(
        name=names.EU_ORDERS,
        region=EU,
        policy=policies.tls_only,
        key="alias/orders",
        versioning="Enabled",
        keep_old=30,
        tags=(PERSONAL,),
    ),
    Spec(name=names.EU_ASSETS, region=EU, block=NO_BLOCK, redirect="www.sample-shoji.example"),
)
"""Every general purpose bucket; a destination of replication comes after what replicates to it."""
