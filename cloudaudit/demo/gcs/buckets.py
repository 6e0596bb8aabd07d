"""The sample estate's buckets: good ones, and each way of being bad at least once."""

from datetime import datetime, timedelta
from typing import Any

from cloudaudit.clock import stamp
from cloudaudit.demo.gcs import names
from cloudaudit.demo.gcs.estate import Bucket, Json, binding, policy
from cloudaudit.demo.gcs.make import acl, fine_grained, resource, rules, uniform

PERSONAL = {"data-class": "personal", "owner": "経理部"}
OFFICE: Json = {
    "mode": "Enabled",
    "publicNetworkSource": {"allowedIpCidrRanges": ["203.0.113.0/24"]},
    "vpcNetworkSources": [],
}
YEARS_7 = str(7 * 365 * 86_400)


def production() -> list[Bucket]:
    """Return the buckets of the production project."""
    number = names.PROD_NUMBER

    def make(name: str, *bindings: Json, folders: dict[str, Json] | None = None, **members: Any) -> Bucket:  # noqa: ANN401 - JSON
        return _bucket(name, names.PROD, number, *bindings, folders=folders, **members)

    return [
        make(
            names.INVOICES,
            binding(names.VIEWER, f"group:keiri@{names.DOMAIN}"),
            labels=PERSONAL,
            encryption={"defaultKmsKeyName": names.GOOD_KEY},
            ipFilter=OFFICE,
            retentionPolicy={
                "retentionPeriod": YEARS_7,
                "effectiveTime": "2024-04-01T00:00:00Z",
                "isLocked": True,
            },
            lifecycle=rules(("Delete", {"age": 7 * 365 + 30}), ("Delete", {"daysSinceNoncurrentTime": 90})),
            logging={"logBucket": names.LOGS, "logObjectPrefix": names.INVOICES},
            location="ASIA1",
            locationType="dual-region",
        ),
        make(
            names.CUSTOMERS,
            binding(names.VIEWER, f"group:eigyo@{names.DOMAIN}"),
            labels=PERSONAL,
            iamConfiguration=uniform("inherited"),
            encryption={"defaultKmsKeyName": names.GOOD_KEY},
        ),
        make(
            names.PERSONNEL,
            binding(names.VIEWER, f"group:jinji@{names.DOMAIN}", "user:sample.taro.home@gmail.com"),
            labels=PERSONAL,
            ipFilter={**OFFICE, "publicNetworkSource": {"allowedIpCidrRanges": ["0.0.0.0/0"]}},
        ),
        make(names.CONTRACTS, encryption={"defaultKmsKeyName": names.STILL_KEY}),
        make(names.PAYROLL, labels=PERSONAL, encryption={"defaultKmsKeyName": names.OFF_KEY}),
        make(
            names.MINUTES,
            versioning={"enabled": False},
            softDeletePolicy={"retentionDurationSeconds": "0"},
            labels={"owner": "総務部"},
        ),
        make(
            names.ARCHIVE,
            location="ASIA",
            locationType="dual-region",
            rpo="ASYNC_TURBO",
            customPlacementConfig={"dataLocations": ["ASIA-NORTHEAST1", "ASIA-NORTHEAST2"]},
            storageClass="ARCHIVE",
            retentionPolicy={
                "retentionPeriod": YEARS_7,
                "effectiveTime": "2024-04-01T00:00:00Z",
                "isLocked": True,
            },
        ),
        make(names.ERP_BACKUP, location="US", locationType="multi-region", rpo="DEFAULT"),
        make(names.LOGS, binding(names.CREATOR, "group:cloud-storage-analytics@google.com")),
        make(names.REPORTS, lifecycle=rules(("Delete", {"age": 400}))),
        make(
            names.EXCHANGE,
            binding(names.VIEWER, f"group:haiso@{names.PARTNER}"),
            binding(names.CREATOR, "user:sekkei@outside-design.example"),
            iamConfiguration=uniform("inherited"),
        ),
        make(names.CATALOGUE, billing={"requesterPays": True}),
        make(names.LEGAL, labels={"owner": "法務部"}, iamConfiguration=uniform("inherited")),
        # A bucket of 2015 that nobody touched since: no iamConfiguration, no soft delete, a legacy ACL.
        make(
            names.SHARE_2015,
            iamConfiguration=None,
            softDeletePolicy=None,
            versioning=None,
            locationType=None,
            timeCreated="2015-02-28T14:45:53.549Z",
            location="ASIA",
            acl=acl((f"project-owners-{number}", "OWNER"), ("allAuthenticatedUsers", "READER")),
            defaultObjectAcl=acl((f"project-owners-{number}", "OWNER")),
        ),
        make(
            names.DRAWINGS,
            iamConfiguration=uniform("inherited"),
            lifecycle=rules(("SetStorageClass", {"age": 90})),
        ),
        make(
            names.QUOTATIONS,
            binding(names.VIEWER, "deleted:user:hara@sample-shoji.example?uid=123456789012345678901"),
            binding(names.VIEWER, f"domain:{names.DOMAIN}"),
        ),
    ]


def web(now: datetime) -> list[Bucket]:
    """Return the buckets of the web project."""

    def make(name: str, *bindings: Json, folders: dict[str, Json] | None = None, **members: Any) -> Bucket:  # noqa: ANN401 - JSON
        given = {"iamConfiguration": uniform("inherited"), **members}
        return _bucket(name, names.WEB, names.WEB_NUMBER, *bindings, folders=folders, **given)

    ended = f'request.time < timestamp("{stamp(now - timedelta(days=2000))}")'
    return [
        make(
            names.CORPORATE_SITE,
            binding(names.VIEWER, "allUsers"),
            website={"mainPageSuffix": "index.html"},
        ),
        # Anyone may put anything there.
        make(names.UPLOADS, binding(names.CREATOR, "allUsers"), labels=PERSONAL),
        make(
            names.CAMPAIGN, folders={"draft/": policy(), "public/": policy(binding(names.VIEWER, "allUsers"))}
        ),
        make(names.OLD_CAMPAIGN, binding(names.VIEWER, "allUsers", condition=ended, title="2019年夏まで")),
        # Public by its policy, and yet not: prevention is enforced.
        make(names.FLYERS, binding(names.VIEWER, "allUsers"), iamConfiguration=uniform("enforced")),
        make(
            names.RECRUITING,
            iamConfiguration=fine_grained(),
            acl=acl((f"project-owners-{names.WEB_NUMBER}", "OWNER")),
            defaultObjectAcl=acl((f"project-owners-{names.WEB_NUMBER}", "OWNER"), ("allUsers", "READER")),
            labels=PERSONAL,
        ),
        make(names.MEDIA, lifecycle=rules(("Delete", {"numNewerVersions": 3}))),
        make(names.CDN, iamConfiguration={**uniform("unspecified")}),
    ]


def trials() -> list[Bucket]:
    """Return the buckets of the project for trials."""

    def make(name: str, *bindings: Json, **members: Any) -> Bucket:  # noqa: ANN401 - JSON
        return _bucket(name, names.DEV, names.DEV_NUMBER, *bindings, **members)

    return [
        make(
            names.SANDBOX,
            iamConfiguration=fine_grained(),
            acl=acl((f"project-owners-{names.DEV_NUMBER}", "OWNER"), ("allUsers", "WRITER")),
            defaultObjectAcl=[],
            versioning=None,
        ),
        # What the custom role permits is what counts, not its name.
        make(
            names.DATASET,
            binding(names.LISTER, "allAuthenticatedUsers"),
            iamConfiguration=uniform("inherited"),
        ),
        make(names.SENSORS, lifecycle=rules(("Delete", {"age": 30})), versioning={"enabled": False}),
        make(names.EU_TEST, location="EUROPE-WEST3"),
        make(names.TEMP, labels={"memo": "委託先との一時受渡し", "until": "2023-03-31"}),
        make(
            names.BUILD_CACHE,
            softDeletePolicy={"retentionDurationSeconds": "0"},
            lifecycle=rules(("Delete", {"age": 14})),
        ),
    ]


def _bucket(
    name: str,
    project: str,
    number: str,
    *bindings: Json,
    folders: dict[str, Json] | None = None,
    **members: Any,  # noqa: ANN401 - JSON
) -> Bucket:
    owners = binding(names.OWNER, f"projectOwner:{project}", f"projectEditor:{project}")
    return Bucket(resource(name, number, **members), policy(owners, *bindings), folders or {})
