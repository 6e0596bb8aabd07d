"""An account of any size for benchmarks, good and bad states mixed; equal arguments, equal account."""

import random
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from fakes.aws.estate import (
    ALL_REGIONS,
    AccessPoint,
    BackupPlan,
    Bucket,
    Detector,
    Document,
    Estate,
    Iam,
    IamGroup,
    IamRole,
    IamUser,
    KmsKey,
    ManagedPolicy,
    Region,
    Rule,
    Trail,
    access_control,
    default_encryption,
    group_grant,
    public_access_block,
)

T = TypeVar("T")

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
EVERYTHING: Document = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
OUTSIDER = "999988887777"


def estate(
    *, buckets: int = 1000, users: int = 50, seed: int = 1, regions: int = 1, account: str = "123456789012"
) -> Estate:
    """Return an account with so many buckets and users.

    Args:
        buckets: how many; they are spread evenly over the regions.
        users: how many IAM users; there is a role for every five.
        seed: another seed gives another mixture of states.
        regions: how many regions hold buckets, 1 to 7.
        account: the account's id.
    """
    names = ALL_REGIONS[:regions]
    made = [
        bucket(index, seed, names[index % len(names)], f"audit-{seed}-{index:06d}", account)
        for index in range(buckets)
    ]
    return Estate(
        account=account,
        buckets=made,
        public_access_block=public_access_block(acls=False, ignore=False, restrict=False),
        iam=identities(users, seed, account),
        regions={name: region(name, made, account) for name in names},
    )


def chance(*what: object) -> random.Random:
    """Return a generator of its own for each thing, so that the number of things changes none of them."""
    return random.Random(":".join(map(str, what)))  # noqa: S311 - reproducible mixtures, nothing secret


def weighted(rng: random.Random, choices: Sequence[tuple[T, int]]) -> T:
    """Return one of the choices by its weight."""
    return rng.choices([choice for choice, _ in choices], [weight for _, weight in choices])[0]


# --------------------------------------------------------------------------- buckets


def key_arn(region_name: str, account: str) -> str:
    """Return the one customer key of a region."""
    return f"arn:aws:kms:{region_name}:{account}:key/11111111-2222-3333-4444-555555555555"


def bucket_policy(kind: str, name: str) -> Document | None:
    """Return a bucket policy: none, TLS only, public, or open to another account."""
    arn = f"arn:aws:s3:::{name}"
    tls = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    read = {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{arn}/*"}
    outsider = {"AWS": f"arn:aws:iam::{OUTSIDER}:root"}
    statements: Mapping[str, list[dict[str, Any]]] = {
        "none": [],
        "tls": [tls],
        "public": [read | {"Principal": "*"}],
        "outside": [tls, read | {"Principal": outsider}],
    }
    chosen = statements[kind]
    return {"Version": "2012-10-17", "Statement": chosen} if chosen else None


def lifecycle_rules() -> list[Document]:
    """Return a lifecycle that ends old versions and incomplete uploads."""
    return [
        {
            "ID": "keep-and-end",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "Expiration": {"Days": 1825},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 60},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        }
    ]


def inventory(destination: str) -> Document:
    """Return an inventory with the fields that an audit of objects needs."""
    target = {"Bucket": f"arn:aws:s3:::{destination}", "Format": "Parquet", "Prefix": "inventory"}
    return {
        "Id": "all",
        "IsEnabled": True,
        "Destination": {"S3BucketDestination": target},
        "IncludedObjectVersions": "All",
        "OptionalFields": ["EncryptionStatus", "ObjectAccessControlList", "ObjectOwner"],
        "Schedule": {"Frequency": "Daily"},
    }


def bucket(index: int, seed: int, region_name: str, name: str, account: str) -> Bucket:
    """Return one bucket in a state of its own."""
    rng = chance(seed, "bucket", index)
    key = key_arn(region_name, account)
    policy = weighted(rng, [("none", 40), ("tls", 40), ("public", 10), ("outside", 10)])
    encrypted = weighted(
        rng,
        [
            (default_encryption(), 60),
            (default_encryption("aws:kms", key, bucket_key=True), 30),
            (default_encryption("aws:kms"), 10),
        ],
    )
    return Bucket(
        name=name,
        region=region_name,
        policy=bucket_policy(policy, name),
        policy_is_public=policy == "public",
        acl=weighted(
            rng,
            [
                (access_control(), 85),
                (access_control(group_grant()), 10),
                (access_control(group_grant("AuthenticatedUsers")), 5),
            ],
        ),
        ownership=weighted(rng, [("BucketOwnerEnforced", 75), ("ObjectWriter", 15), (None, 10)]),
        public_access_block=weighted(
            rng, [(public_access_block(), 70), (public_access_block(restrict=False), 15), (None, 15)]
        ),
        encryption=encrypted,
        versioning=weighted(rng, [({"Status": "Enabled"}, 60), ({"Status": "Suspended"}, 10), ({}, 30)]),
        logging={"TargetBucket": name, "TargetPrefix": "log/"} if rng.random() < 0.5 else None,  # noqa: PLR2004 - a share
        lifecycle=lifecycle_rules() if rng.random() < 0.5 else None,  # noqa: PLR2004 - a share
        website={"IndexDocument": {"Suffix": "index.html"}} if rng.random() < 0.05 else None,  # noqa: PLR2004 - a share
        tags={"owner": f"team-{index % 7}"} if rng.random() < 0.6 else {},  # noqa: PLR2004 - a share
        inventories=[inventory(name)] if rng.random() < 0.2 else [],  # noqa: PLR2004 - a share
        objects={"inventory/data/2026-01-15T01-00Z/manifest.json": "2026-01-15T02:00:00Z"},
    )


# --------------------------------------------------------------------------- identities


def user(index: int, seed: int) -> IamUser:
    """Return one user in a state of its own."""
    rng = chance(seed, "user", index)
    report: dict[str, str] = {}
    if rng.random() < 0.6:  # noqa: PLR2004 - a share
        changed = f"{rng.choice((2023, 2024, 2025))}-0{rng.randint(1, 9)}-10T00:00:00+00:00"
        report |= {
            "password_enabled": "true",
            "password_last_used": weighted(rng, [("2026-01-10T00:00:00+00:00", 7), ("no_information", 3)]),
            "password_last_changed": changed,
            "mfa_active": weighted(rng, [("true", 7), ("false", 3)]),
        }
    for slot in range(1, 1 + rng.choice((0, 1, 1, 2))):
        report |= {
            f"access_key_{slot}_active": weighted(rng, [("true", 8), ("false", 2)]),
            f"access_key_{slot}_last_rotated": f"202{rng.randint(2, 5)}-05-01T00:00:00+00:00",
            f"access_key_{slot}_last_used_date": weighted(
                rng, [("2026-01-09T00:00:00+00:00", 7), ("N/A", 3)]
            ),
        }
    return IamUser(
        name=f"user-{index:05d}",
        report=report,
        groups=("staff",),
        attached=(ADMIN,) if rng.random() < 0.05 else (),  # noqa: PLR2004 - a share
        inline={"all": EVERYTHING} if rng.random() < 0.05 else {},  # noqa: PLR2004 - a share
    )


def role(index: int, account: str) -> IamRole:
    """Return a role: every third is trusted by an outsider, every second of these with an external id."""
    principal = f"arn:aws:iam::{account if index % 3 else OUTSIDER}:root"
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": "sts:AssumeRole",
    }
    if index % 6 == 0:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": "agreed"}}
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    return IamRole(name=f"role-{index:04d}", trust=trust, attached=(f"arn:aws:iam::{account}:policy/reader",))


def identities(users: int, seed: int, account: str) -> Iam:
    """Return IAM with so many users, and a role for every five."""
    reader: Document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}],
    }
    return Iam(
        users=[user(index, seed) for index in range(users)],
        groups=[IamGroup(name="staff", attached=(f"arn:aws:iam::{account}:policy/reader",))],
        roles=[role(index, account) for index in range(users // 5 + 1)],
        policies=[
            ManagedPolicy(arn=f"arn:aws:iam::{account}:policy/reader", document=reader),
            ManagedPolicy(arn=ADMIN, document=EVERYTHING),
        ],
        report_waits=0,
        password_policy={
            "MinimumPasswordLength": 14,
            "RequireSymbols": True,
            "RequireNumbers": True,
            "RequireUppercaseCharacters": True,
            "RequireLowercaseCharacters": True,
            "AllowUsersToChangePassword": True,
            "ExpirePasswords": False,
            "PasswordReusePrevention": 5,
        },
    )


# --------------------------------------------------------------------------- regions


def region(name: str, buckets: Sequence[Bucket], account: str) -> Region:
    """Return a region with one of everything, and a recovery point of every tenth bucket."""
    here = [each for each in buckets if each.region == name]
    vault = f"arn:aws:backup:{name}:{account}:backup-vault:main"
    backed_up = [f"arn:aws:s3:::{each.name}" for each in here[::10]]
    trail = f"arn:aws:cloudtrail:{name}:{account}:trail/main"
    return Region(
        access_points=[AccessPoint(name=f"{name}-point", bucket=here[0].name)] if here else [],
        keys=[
            KmsKey(arn=key_arn(name, account), aliases=("alias/data",)),
            KmsKey(
                arn=f"arn:aws:kms:{name}:{account}:key/aaaaaaaa-2222-3333-4444-555555555555",
                aliases=("alias/aws/s3",),
                manager="AWS",
            ),
        ],
        vaults=[
            {
                "BackupVaultName": "main",
                "BackupVaultArn": vault,
                "VaultType": "BACKUP_VAULT",
                "CreationDate": "2024-01-15T10:00:00Z",
                "EncryptionKeyArn": key_arn(name, account),
                "NumberOfRecoveryPoints": len(backed_up),
                "Locked": False,
            }
        ],
        plans=[
            BackupPlan(
                id=f"plan-{name}",
                name="daily",
                rules=[
                    {
                        "RuleName": "daily",
                        "RuleId": "rule",
                        "TargetBackupVaultName": "main",
                        "Lifecycle": {"DeleteAfterDays": 35},
                    }
                ],
            )
        ],
        protected=[
            {"ResourceArn": arn, "ResourceType": "S3", "LastBackupTime": "2026-01-15T01:00:00Z"}
            for arn in backed_up
        ],
        recovery_points={arn: [recovery_point(arn, name, account)] for arn in backed_up},
        trails=[Trail(arn=trail, bucket=here[0].name)] if here else [],
        detectors=[
            Detector(
                id="12abc34d567e8fa901bc2d34e56789f0",
                description={
                    "CreatedAt": "2024-01-15T10:00:00Z",
                    "ServiceRole": f"arn:aws:iam::{account}:role/aws-service-role/guardduty",
                    "Status": "ENABLED",
                    "DataSources": {"S3Logs": {"Status": "ENABLED"}},
                    "Features": [{"Name": "S3_DATA_EVENTS", "Status": "ENABLED"}],
                },
            )
        ],
        rules=[
            Rule(
                name="findings",
                pattern='{"source":["aws.guardduty"]}',
                targets=[{"Id": "1", "Arn": f"arn:aws:sns:{name}:{account}:alerts"}],
            )
        ],
    )


def recovery_point(arn: str, region_name: str, account: str) -> Document:
    """Return one recovery point of a bucket."""
    return {
        "RecoveryPointArn": f"arn:aws:backup:{region_name}:{account}:recovery-point:{arn.rpartition(':')[2]}",
        "BackupVaultName": "main",
        "CreationDate": "2026-01-15T01:00:00Z",
        "Status": "COMPLETED",
        "BackupSizeBytes": 1,
        "IsParent": False,
    }
