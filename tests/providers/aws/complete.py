"""An estate with one of everything, so that every operation is called and every answer matters."""

from typing import Any

from fakes.aws.estate import (
    ACCOUNT,
    AccessPoint,
    BackupPlan,
    Bucket,
    Detector,
    DirectoryBucket,
    Estate,
    Iam,
    IamRole,
    IamUser,
    KmsKey,
    MultiRegionAccessPoint,
    Organization,
    OrganizationPolicy,
    Region,
    Rule,
    Trail,
    access_control,
    default_encryption,
    public_access_block,
)

HOME = "ap-northeast-1"
KEY = f"arn:aws:kms:{HOME}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
VAULT = f"arn:aws:backup:{HOME}:{ACCOUNT}:backup-vault:main"
TRAIL = f"arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/main"
PARTNER = "210987654321"
OWN_ACCOUNT_ONLY: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "s3:GetObject",
            "Resource": "*",
        }
    ],
}


def anyone_reads(name: str) -> dict[str, Any]:
    """Return a policy that lets everyone read the objects."""
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
    return {"Version": "2012-10-17", "Statement": [{**statement, "Resource": f"arn:aws:s3:::{name}/*"}]}


def tls_only(name: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{PARTNER}:root"},
                "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{name}/*",
            },
            {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{name}/*",
                "Condition": {"StringEquals": {"s3:DataAccessPointAccount": ACCOUNT}},
            },
        ],
    }


def complete_estate() -> Estate:
    invoices = Bucket(
        name="invoices",
        public_access_block=public_access_block(restrict=False),
        policy=tls_only("invoices"),
        encryption=default_encryption("aws:kms", KEY),
        lifecycle=[
            {
                "ID": "end",
                "Status": "Enabled",
                "Filter": {},
                "Expiration": {"Days": 400},
                "NoncurrentVersionExpiration": {"NoncurrentDays": 60},
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
            }
        ],
        tags={"class": "personal"},
        replication={
            "Role": f"arn:aws:iam::{ACCOUNT}:role/replication",
            "Rules": [
                {
                    "ID": "copy",
                    "Status": "Enabled",
                    "Priority": 1,
                    "Filter": {},
                    "DeleteMarkerReplication": {"Status": "Disabled"},
                    "Destination": {"Bucket": "arn:aws:s3:::elsewhere"},
                }
            ],
        },
        inventories=[
            {
                "Id": "all",
                "IsEnabled": True,
                "IncludedObjectVersions": "All",
                "Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::logs", "Format": "Parquet"}},
                "OptionalFields": ["EncryptionStatus", "ObjectAccessControlList"],
                "Schedule": {"Frequency": "Daily"},
            }
        ],
    )
    return Estate(
        buckets=[
            invoices,
            Bucket(
                name="logs",
                ownership="ObjectWriter",
                public_access_block=public_access_block(ignore=False),
                acl=access_control(),
                objects={"invoices/all/2026-01-15T01-00Z/manifest.json": "2026-01-15T02:00:00Z"},
            ),
            Bucket(
                name="site",
                public_access_block=None,
                policy=anyone_reads("site"),
                policy_is_public=True,
                website={"IndexDocument": {"Suffix": "index.html"}},
            ),
            Bucket(name="plain", versioning={}, logging={"TargetBucket": "logs", "TargetPrefix": "plain/"}),
        ],
        public_access_block=public_access_block(ignore=False, restrict=False),
        omit_bucket_region=True,
        multi_region_access_points=[
            MultiRegionAccessPoint(
                name="global",
                alias="abcdef123.mrap",
                regions=[{"Bucket": "invoices", "Region": HOME, "BucketAccountId": ACCOUNT}],
                public_access_block=public_access_block(restrict=False),
                policy=OWN_ACCOUNT_ONLY,
            )
        ],
        iam=_iam(),
        regions={HOME: _region()},
        region_states={HOME: "opt-in-not-required"},
        organization=_organization(),
    )


def _iam() -> Iam:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{PARTNER}:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    return Iam(
        users=[
            IamUser(
                name="hanako",
                report={
                    "password_enabled": "true",
                    "password_last_used": "2026-01-10T00:00:00+00:00",
                    "password_last_changed": "2025-12-01T00:00:00+00:00",
                    "mfa_active": "true",
                },
                ssh_keys=[
                    {
                        "SSHPublicKeyId": "APKAEXAMPLE1",
                        "Status": "Active",
                        "UploadDate": "2026-01-01T00:00:00Z",
                    }
                ],
            )
        ],
        roles=[IamRole(name="partner", trust=trust)],
        summary={"AccountMFAEnabled": 1},
        report_waits=0,
        password_policy={
            "MinimumPasswordLength": 15,
            "PasswordReusePrevention": 24,
            "ExpirePasswords": False,
        },
        virtual_mfa=[],
        saml_providers=(f"arn:aws:iam::{ACCOUNT}:saml-provider/idp",),
    )


def _region() -> Region:
    bucket = "arn:aws:s3:::invoices"
    return Region(
        access_points=[
            AccessPoint(
                name="point",
                bucket="invoices",
                public_access_block=public_access_block(restrict=False, policy=False),
                policy=OWN_ACCOUNT_ONLY,
            )
        ],
        directory_buckets=[DirectoryBucket(name="fast--apne1-az4--x-s3")],
        keys=[KmsKey(arn=KEY)],
        vaults=[
            {
                "BackupVaultName": "main",
                "BackupVaultArn": VAULT,
                "CreationDate": "2024-01-15T10:00:00Z",
                "EncryptionKeyArn": KEY,
                "NumberOfRecoveryPoints": 1,
                "Locked": False,
            }
        ],
        plans=[
            BackupPlan(
                id="plan",
                name="daily",
                rules=[
                    {
                        "RuleName": "daily",
                        "RuleId": "r",
                        "TargetBackupVaultName": "main",
                        "Lifecycle": {"DeleteAfterDays": 35},
                    }
                ],
            )
        ],
        protected=[{"ResourceArn": bucket, "ResourceType": "S3", "LastBackupTime": "2026-01-15T01:00:00Z"}],
        recovery_points={
            bucket: [
                {
                    "RecoveryPointArn": f"arn:aws:backup:{HOME}:{ACCOUNT}:recovery-point:1",
                    "BackupVaultName": "main",
                    "CreationDate": "2026-01-01T01:00:00Z",
                    "Status": "COMPLETED",
                }
            ]
        },
        trails=[
            Trail(
                arn=TRAIL,
                bucket="logs",
                description={"IsMultiRegionTrail": True, "LogFileValidationEnabled": True},
                selectors={
                    "EventSelectors": [
                        {
                            "ReadWriteType": "All",
                            "IncludeManagementEvents": True,
                            "DataResources": [
                                {"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::invoices/"]}
                            ],
                        }
                    ]
                },
            )
        ],
        detectors=[
            Detector(
                id="12abc34d567e8fa901bc2d34e56789f0",
                description={
                    "ServiceRole": f"arn:aws:iam::{ACCOUNT}:role/guardduty",
                    "Status": "ENABLED",
                    "Features": [{"Name": "S3_DATA_EVENTS", "Status": "ENABLED"}],
                },
            )
        ],
        rules=[
            Rule(
                name="findings",
                pattern='{"source":["aws.guardduty"]}',
                targets=[{"Id": "1", "Arn": "arn:aws:sns:x"}],
            )
        ],
        macie={"status": "ENABLED"},
        macie_discovery={"status": "ENABLED"},
        analyzers=[
            {
                "arn": f"arn:aws:access-analyzer:{HOME}:{ACCOUNT}:analyzer/a",
                "name": "a",
                "type": "ACCOUNT",
                "createdAt": "2024-01-15T10:00:00Z",
                "status": "ACTIVE",
            }
        ],
        identity_centers=[{"InstanceArn": "arn:aws:sso:::instance/ssoins-1", "OwnerAccountId": ACCOUNT}],
    )


def _organization() -> Organization:
    return Organization(
        accounts=[
            {"Id": ACCOUNT, "Arn": "arn:aws:organizations::1:account/o-exampleorgid/1", "Status": "ACTIVE"}
        ],
        parents={ACCOUNT: "ou-abcd-11111111", "ou-abcd-11111111": "r-abcd"},
        policies=[
            OrganizationPolicy(
                id="p-RCPFullAWSAccess",
                name="RCPFullAWSAccess",
                content='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
                aws_managed=True,
                targets=("r-abcd",),
            )
        ],
    )
