"""What the handlers tell because moto cannot: the estate's builder fills it in."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Members = dict[str, Any]
"""A structure as the SDK returns it."""


@dataclass(frozen=True)
class BucketLine:
    """A bucket of the listing."""

    name: str
    region: str
    created_at: datetime


@dataclass(kw_only=True)
class Told:
    """The part of the sample estate that moto does not hold.

    Attributes:
        now: when the estate was built; every age counts from it.
        buckets: all general purpose buckets, ordered by name.
        policies: the text of each bucket policy.
        public_policies: for each bucket with a policy, whether AWS calls it public, by the S3 User Guide.
        inventories: S3 Inventory configurations by bucket.
        metadata_tables: status of the S3 Metadata inventory table by bucket.
        directory_buckets: by region; policy and encryption are the same for each.
        access_points: the listing by region.
        public_access_points: names of access points whose policy AWS calls public.
        recovery_points: by ARN of the bucket.
        copy_jobs: finished ones, by region.
        vault_points: how many recovery points a vault holds, by its ARN.
        analyzers: by region.
        events: CloudTrail's, by region.
        macie: regions where Macie is on, with whether it discovers by itself.
        publishing: GuardDuty's publishing destinations, by region.
        credential_report: CSV.
        summary: what GetAccountSummary says otherwise than moto.
        service_credentials: of all users.
    """

    now: datetime
    buckets: list[BucketLine] = field(default_factory=list[BucketLine])
    policies: dict[str, str] = field(default_factory=dict[str, str])
    public_policies: dict[str, bool] = field(default_factory=dict[str, bool])
    inventories: dict[str, list[Members]] = field(default_factory=dict[str, list[Members]])
    metadata_tables: dict[str, str] = field(default_factory=dict[str, str])
    directory_buckets: dict[str, list[BucketLine]] = field(default_factory=dict[str, list[BucketLine]])
    access_points: dict[str, list[Members]] = field(default_factory=dict[str, list[Members]])
    public_access_points: set[str] = field(default_factory=set[str])
    recovery_points: dict[str, list[Members]] = field(default_factory=dict[str, list[Members]])
    copy_jobs: dict[str, list[Members]] = field(default_factory=dict[str, list[Members]])
    vault_points: dict[str, int] = field(default_factory=dict[str, int])
    analyzers: dict[str, list[Members]] = field(default_factory=dict[str, list[Members]])
    events: dict[str, list[Members]] = field(default_factory=dict[str, list[Members]])
    macie: dict[str, bool] = field(default_factory=dict[str, bool])
    publishing: dict[str, list[Members]] = field(default_factory=dict[str, list[Members]])
    credential_report: str = ""
    summary: dict[str, int] = field(default_factory=dict[str, int])
    service_credentials: list[Members] = field(default_factory=list[Members])
