"""An estate in which every operation is called and every permission decides something."""

from cloudaudit.demo.gcs.estate import Estate, Folder, Json, Organization, Project, binding, policy
from fakes.gcs.build import (
    LOCKED,
    NUMBER,
    PROJECT,
    ROLES,
    VIEWER,
    account_key,
    acl,
    bucket,
    fine_grained,
    hmac_key,
    project,
    stored,
    user,
)

ORGANIZATION = "organizations/900000000001"
FOLDER = "folders/800000000001"
TEAM = "folders/800000000002"
OTHER = "200000000002"
KEY = f"projects/{PROJECT}/locations/asia-northeast1/keyRings/main/cryptoKeys/invoices"
ROBOT = f"robot@{PROJECT}.iam.gserviceaccount.com"
CUSTOM = f"projects/{PROJECT}/roles/reader"
FORMS = "projects/sample-proj-2/roles/forms"
FILTER: Json = {
    "mode": "Enabled",
    "publicNetworkSource": {"allowedIpCidrRanges": ["203.0.113.0/24"]},
    "vpcNetworkSources": [],
}
ORGANIZATION_ROLE = f"{ORGANIZATION}/roles/auditor"
PERSONAL = {"class": "personal"}
AUDIT = {
    "service": "storage.googleapis.com",
    "auditLogConfigs": [{"logType": "DATA_READ"}, {"logType": "DATA_WRITE"}],
}
CONFIG = f"projects/{PROJECT}/locations/asia-northeast1/reportConfigs/all-objects"

OBJECTS = {
    "invoices": (stored("2026/10.csv", kmsKeyName=f"{KEY}/cryptoKeyVersions/3"),),
    "old-site": (stored("index.html"), stored("private.html")),
}


def complete_estate() -> Estate:
    estate = _estate()
    for name, held in OBJECTS.items():
        found = estate.bucket(name)
        assert found is not None
        found[1].objects = list(held)
    return estate


def _estate() -> Estate:
    main = project(
        bucket(
            "invoices",
            binding(VIEWER, "group:accounting@sample.example"),
            binding(CUSTOM, f"serviceAccount:{ROBOT}"),
            encryption={"defaultKmsKeyName": KEY},
            labels=PERSONAL,
            ipFilter=FILTER,
            folders={"shared/": policy(binding(VIEWER, "user:partner@sample.example"))},
            retentionPolicy={"retentionPeriod": "2592000", "effectiveTime": "2025-01-01T00:00:00Z"},
            lifecycle={"rule": [{"action": {"type": "Delete"}, "condition": {"age": 365}}]},
            logging={"logBucket": "logs", "logObjectPrefix": "invoices"},
        ),
        bucket(
            "old-site",
            iamConfiguration=fine_grained(),
            acl=acl(("project-owners-1", "OWNER"), ("allUsers", "READER")),
            defaultObjectAcl=acl(("project-owners-1", "OWNER")),
        ),
        bucket("partner-data", billing={"requesterPays": True}),
        # Only the perimeter binds it to networks.
        bucket("personnel", labels=PERSONAL),
        parent=TEAM,
        policy=policy(
            binding("roles/viewer", "group:staff@sample.example"),
            binding(ORGANIZATION_ROLE, "group:audit@sample.example"),
            audit=(AUDIT,),
        ),
        service_accounts={ROBOT: [account_key("0123456789abcdef")]},
        hmac_keys=[hmac_key("GOOG1EXAMPLEEXAMPLE01", ROBOT)],
        hmac_used={"GOOG1EXAMPLEEXAMPLE01": "2026-11-19T00:00:00Z"},
        report_configs=[
            {
                "name": CONFIG,
                "frequencyOptions": {"frequency": "DAILY", "endDate": {"year": 2027, "month": 3, "day": 31}},
                "parquetOptions": {},
                "objectMetadataReportOptions": {
                    "metadataFields": ["bucket", "name", "size", "updated", "generation", "kmsKeyName"],
                    "storageFilters": {"bucket": "invoices"},
                    "storageDestinationOptions": {"bucket": "logs", "destinationPath": ""},
                },
            }
        ],
        reports={"all-objects": [{"name": "r", "snapshotTime": "2026-11-19T00:00:00Z", "status": {}}]},
        transfers=[
            {
                "name": "transferJobs/1",
                "projectId": PROJECT,
                "status": "ENABLED",
                "transferSpec": {
                    "gcsDataSource": {"bucketName": "old-site"},
                    "gcsDataSink": {"bucketName": "copies"},
                },
                "schedule": {"scheduleStartDate": {"year": 2025, "month": 1, "day": 1}},
            },
            {
                "name": "transferJobs/2",
                "projectId": PROJECT,
                "status": "ENABLED",
                "replicationSpec": {
                    "gcsDataSource": {"bucketName": "personnel"},
                    "gcsDataSink": {"bucketName": "personnel-copy"},
                },
            },
            {"name": "transferJobs/3", "projectId": PROJECT, "status": "DELETED", "transferSpec": {}},
        ],
        constraints={
            "storage.publicAccessPrevention": {"rules": [{"enforce": True}]},
            "iam.allowedPolicyMemberDomains": {"rules": [{"values": {"allowedValues": ["is:C0sample1"]}}]},
        },
    )
    second = Project(
        "sample-proj-2",
        OTHER,
        "サンプル商事 検証",
        parent=ORGANIZATION,
        buckets=[
            # No perimeter holds this project, so only the filter binds it.
            bucket("customers", labels=PERSONAL, ipFilter=FILTER, number=OTHER),
            # Whether it is public is up to what the role permits.
            bucket(
                "forms",
                binding(FORMS, "allUsers"),
                number=OTHER,
                iamConfiguration={
                    "uniformBucketLevelAccess": {"enabled": True, "lockedTime": LOCKED},
                    "publicAccessPrevention": "inherited",
                },
            ),
        ],
    )
    return Estate(
        projects=[main, second],
        folders={
            FOLDER: Folder(ORGANIZATION, policy(binding("roles/viewer", "group:it@sample.example"))),
            TEAM: Folder(FOLDER, policy()),
        },
        organizations={
            ORGANIZATION: Organization(
                "sample.example",
                "C0sample1",
                policy(binding("roles/owner", "group:admins@sample.example")),
                perimeters=[
                    {
                        "name": "accessPolicies/900000000001/servicePerimeters/main",
                        "title": "本番",
                        "status": {
                            "resources": [f"projects/{NUMBER}"],
                            "restrictedServices": ["storage.googleapis.com"],
                        },
                    }
                ],
            )
        },
        roles={
            **ROLES,
            CUSTOM: ["storage.objects.get"],
            FORMS: ["storage.buckets.get"],
            ORGANIZATION_ROLE: ["storage.buckets.getIamPolicy"],
        },
        keys={
            KEY: {
                "purpose": "ENCRYPT_DECRYPT",
                "primary": {
                    "name": f"{KEY}/cryptoKeyVersions/3",
                    "state": "ENABLED",
                    "protectionLevel": "HSM",
                    "createTime": "2026-09-01T00:00:00.123456789Z",
                },
                "rotationPeriod": "7776000s",
                "nextRotationTime": "2026-11-30T00:00:00Z",
            }
        },
        key_versions={f"{KEY}/cryptoKeyVersions/3": "ENABLED"},
        users=[user("admin@sample.example", isAdmin=True), user("hanako@sample.example")],
    )
