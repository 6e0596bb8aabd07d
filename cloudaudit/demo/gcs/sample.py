"""The Google half of サンプル商事: an organisation with three projects, and what is refused on purpose."""

from datetime import datetime, timedelta

from cloudaudit.clock import stamp
from cloudaudit.demo.gcs import names
from cloudaudit.demo.gcs.buckets import production, trials, web
from cloudaudit.demo.gcs.estate import Estate, Folder, Json, Organization, Project, binding, policy
from cloudaudit.demo.gcs.make import crypto_key
from cloudaudit.demo.gcs.objects import KEY_VERSIONS, stock
from cloudaudit.demo.gcs.people import hmac_keys, people, production_accounts, robot, web_accounts
from cloudaudit.demo.gcs.server import Denial

DENIALS = (
    Denial("storage.buckets.getIamPolicy", names.LEGAL),
    Denial("storage.managedFolders.list", names.DRAWINGS),
    Denial("iam.serviceAccounts.list", names.DEV),
)
"""The reads that the estate refuses: one bucket's policy, another's folders, one project's service accounts."""

OFF = "storageinsights.googleapis.com"
"""An API that is not enabled in the project for trials."""

ROLES: dict[str, list[str]] = {
    names.VIEWER: ["resourcemanager.projects.get", "storage.objects.get", "storage.objects.list"],
    names.CREATOR: ["resourcemanager.projects.get", "storage.objects.create"],
    names.ADMIN: [
        "storage.buckets.create",
        "storage.buckets.delete",
        "storage.buckets.setIamPolicy",
        "storage.objects.create",
        "storage.objects.delete",
        "storage.objects.get",
        "storage.objects.list",
    ],
    names.OWNER: [
        "storage.buckets.get",
        "storage.buckets.getIamPolicy",
        "storage.buckets.setIamPolicy",
        "storage.objects.create",
        "storage.objects.delete",
        "storage.objects.list",
    ],
    names.LISTER: ["storage.objects.list", "storage.buckets.get"],
    "roles/owner": ["resourcemanager.projects.setIamPolicy", "storage.objects.delete", "storage.objects.get"],
    "roles/editor": ["storage.buckets.create", "storage.buckets.list"],
    "roles/viewer": ["storage.buckets.list"],
    "roles/resourcemanager.organizationAdmin": ["resourcemanager.organizations.setIamPolicy"],
}
AUDITED = {
    "service": "storage.googleapis.com",
    "auditLogConfigs": [{"logType": kind} for kind in ("ADMIN_READ", "DATA_READ", "DATA_WRITE")],
}
HALF_AUDITED = {"service": "allServices", "auditLogConfigs": [{"logType": "DATA_WRITE"}]}


def sample_estate(now: datetime) -> Estate:
    """Return the estate as it is at a time: what is old is as old as it always was."""
    return Estate(
        projects=stock([_production(now), _web(now), _trials()]),
        folders={names.BUSINESS: Folder(names.ORGANIZATION), names.TRIALS: Folder(names.ORGANIZATION)},
        organizations={
            names.ORGANIZATION: Organization(
                names.DOMAIN,
                names.CUSTOMER,
                policy(
                    binding("roles/resourcemanager.organizationAdmin", f"group:kanri@{names.DOMAIN}"),
                    binding("roles/viewer", f"group:kansa@{names.DOMAIN}"),
                ),
                perimeters=[_perimeter()],
            )
        },
        roles=dict(ROLES),
        keys={
            names.GOOD_KEY: crypto_key(nextRotationTime=stamp(now + timedelta(days=40))),
            names.STILL_KEY: crypto_key(rotationPeriod=""),
            names.OFF_KEY: crypto_key(primary={"state": "DISABLED", "protectionLevel": "HSM"}),
        },
        key_versions=dict(KEY_VERSIONS),
        users=people(now),
        customer=names.CUSTOMER,
    )


def _production(now: datetime) -> Project:
    keys, used = hmac_keys(now)
    config = f"projects/{names.PROD}/locations/asia1/reportConfigs/invoices-daily"
    return Project(
        names.PROD,
        names.PROD_NUMBER,
        "サンプル商事 基幹(本番)",
        parent=names.BUSINESS,
        policy=policy(
            binding("roles/viewer", f"group:jouhou@{names.DOMAIN}"),
            binding(names.ADMIN, f"serviceAccount:{robot('backup-job', names.PROD)}"),
            audit=(AUDITED,),
        ),
        buckets=production(),
        service_accounts=production_accounts(now),
        hmac_keys=keys,
        hmac_used=used,
        report_configs=[_report_config(config)],
        reports={
            "invoices-daily": [
                {
                    "name": f"{config}/reportDetails/1",
                    "snapshotTime": stamp(now - timedelta(days=1)),
                    "status": {},
                }
            ]
        },
        transfers=[_copy(names.CONTRACTS, names.ERP_BACKUP)],
    )


def _web(now: datetime) -> Project:
    return Project(
        names.WEB,
        names.WEB_NUMBER,
        "サンプル商事 Web",
        parent=names.BUSINESS,
        policy=policy(
            binding("roles/editor", f"serviceAccount:{robot('deploy', names.WEB)}"),
            # A person of another company administers all storage.
            binding(names.ADMIN, "user:yamaguchi@outside-operations.example"),
            audit=(HALF_AUDITED,),
        ),
        buckets=web(now),
        service_accounts=web_accounts(now),
    )


def _trials() -> Project:
    return Project(
        names.DEV,
        names.DEV_NUMBER,
        "サンプル商事 検証",
        parent=names.TRIALS,
        policy=policy(binding("roles/owner", f"user:takahashi@{names.DOMAIN}")),
        buckets=trials(),
        constraints={"storage.uniformBucketLevelAccess": {"rules": [{"enforce": True}]}},
        disabled=frozenset({OFF}),
    )


def _perimeter() -> Json:
    number = names.ORGANIZATION_NUMBER
    return {
        "name": f"accessPolicies/{number}/servicePerimeters/web",
        "title": "Web 境界",
        "status": {
            "resources": [f"projects/{names.WEB_NUMBER}"],
            "restrictedServices": ["bigquery.googleapis.com"],
        },
    }


def _report_config(name: str) -> Json:
    return {
        "name": name,
        "frequencyOptions": {"frequency": "DAILY", "endDate": {"year": 2099, "month": 12, "day": 31}},
        "parquetOptions": {},
        "objectMetadataReportOptions": {
            "metadataFields": ["project", "bucket", "name", "size", "updated", "generation", "timeDeleted"],
            "storageFilters": {"bucket": names.INVOICES},
            "storageDestinationOptions": {"bucket": names.REPORTS, "destinationPath": ""},
        },
    }


def _copy(source: str, sink: str) -> Json:
    return {
        "name": "transferJobs/contracts-nightly",
        "projectId": names.PROD,
        "status": "ENABLED",
        "transferSpec": {"gcsDataSource": {"bucketName": source}, "gcsDataSink": {"bucketName": sink}},
        "schedule": {"scheduleStartDate": {"year": 2024, "month": 4, "day": 1}, "repeatInterval": "86400s"},
    }
