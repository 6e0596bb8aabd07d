"""Make the buckets through S3's own API."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cloudaudit.demo.aws import names
from cloudaudit.demo.aws.buckets import ALL_BLOCKED, SPECS, Spec
from cloudaudit.demo.aws.names import ACCOUNT, HOME, US, bucket_arn
from cloudaudit.demo.aws.sdk import Sdk
from cloudaudit.demo.aws.stored import deliver_inventory, store_objects
from cloudaudit.demo.aws.told import BucketLine, Told
from cloudaudit.providers.aws.connect import Client

REPLICATION_ROLE = f"arn:aws:iam::{ACCOUNT}:role/s3-replication"
DIRECTORY_BUCKET_AGE = 50


def make_buckets(sdk: Sdk, keys: Mapping[str, str], told: Told) -> None:
    """Make every bucket, and tell what moto cannot."""
    clients = {spec.name: sdk.client("s3", spec.region) for spec in SPECS}
    for spec in SPECS:
        _create(clients[spec.name], spec)
    store_objects(sdk, keys)
    for spec in SPECS:
        if spec.inventory_age is not None:
            deliver_inventory(sdk, spec.name, spec.inventory_age)
    for spec in SPECS:
        _protect(clients[spec.name], spec, keys)
        _admit(clients[spec.name], spec, told)
    for spec in SPECS:
        _watch(clients[spec.name], spec)
        _replicate(clients[spec.name], spec)
        _inventory(clients[spec.name], spec, told)
        _close(clients[spec.name], spec)
    for name in told.policies:
        # The handler tells them; moto would take a conditional Deny for a plain one and refuse the objects.
        clients[name].delete_bucket_policy(Bucket=name)
    _tell(told)


def _tell(told: Told) -> None:
    told.buckets.extend(
        sorted(
            (BucketLine(spec.name, spec.region, told.now - timedelta(days=spec.age)) for spec in SPECS),
            key=lambda line: line.name,
        )
    )
    told.metadata_tables.update({spec.name: spec.metadata_table for spec in SPECS if spec.metadata_table})
    created = told.now - timedelta(days=DIRECTORY_BUCKET_AGE)
    told.directory_buckets[HOME] = [BucketLine(names.CACHE, HOME, created)]


def _create(s3: Client, spec: Spec) -> None:
    place: dict[str, Any] = {}
    if spec.region != US:
        place["CreateBucketConfiguration"] = {"LocationConstraint": spec.region}
    s3.create_bucket(
        Bucket=spec.name,
        ObjectOwnership=spec.ownership,
        ObjectLockEnabledForBucket=bool(spec.lock),
        **place,
    )
    if spec.acl:
        s3.put_bucket_acl(Bucket=spec.name, ACL=spec.acl)
    if spec.tags:
        tags = [{"Key": key, "Value": text} for key, text in spec.tags]
        s3.put_bucket_tagging(Bucket=spec.name, Tagging={"TagSet": tags})
    if spec.website:
        s3.put_bucket_website(
            Bucket=spec.name, WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}}
        )
    if spec.redirect:
        s3.put_bucket_website(
            Bucket=spec.name, WebsiteConfiguration={"RedirectAllRequestsTo": {"HostName": spec.redirect}}
        )


def _protect(s3: Client, spec: Spec, keys: Mapping[str, str]) -> None:
    default = (
        {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": keys[spec.key]}
        if spec.key
        else {"SSEAlgorithm": "AES256"}
    )
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
    s3.put_bucket_encryption(Bucket=spec.name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    if spec.versioning:
        s3.put_bucket_versioning(Bucket=spec.name, VersioningConfiguration={"Status": spec.versioning})
    if spec.lock and spec.lock != "off":
        retention = {"DefaultRetention": {"Mode": spec.lock, "Days": 365}}
        s3.put_object_lock_configuration(
            Bucket=spec.name,
            ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": retention},
        )


def _admit(s3: Client, spec: Spec, told: Told) -> None:
    if spec.policy:
        policy = spec.policy(spec.name)
        text = json.dumps({"Version": "2012-10-17", "Statement": policy.statements})
        s3.put_bucket_policy(Bucket=spec.name, Policy=text)  # moto asks for it when logs are to be delivered
        told.policies[spec.name] = text
        told.public_policies[spec.name] = policy.public


def _watch(s3: Client, spec: Spec) -> None:
    if spec.logs_to:
        target = {"TargetBucket": spec.logs_to, "TargetPrefix": f"{spec.name}/"}
        s3.put_bucket_logging(Bucket=spec.name, BucketLoggingStatus={"LoggingEnabled": target})
    if spec.keep_old is not None:
        rule = {
            "ID": "old-versions",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "Expiration": {"Days": 2555},
            "NoncurrentVersionExpiration": {"NoncurrentDays": spec.keep_old},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        }
        s3.put_bucket_lifecycle_configuration(Bucket=spec.name, LifecycleConfiguration={"Rules": [rule]})


def _close(s3: Client, spec: Spec) -> None:
    """Set the block last: it is what came after the policies that it neutralises."""
    if spec.block:
        s3.put_public_access_block(
            Bucket=spec.name,
            PublicAccessBlockConfiguration={flag: flag in spec.block for flag in sorted(ALL_BLOCKED)},
        )


def _replicate(s3: Client, spec: Spec) -> None:
    if spec.replica is None:
        return
    rule = {
        "ID": "everything",
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": bucket_arn(spec.replica.destination), "Account": spec.replica.account},
    }
    s3.put_bucket_replication(
        Bucket=spec.name, ReplicationConfiguration={"Role": REPLICATION_ROLE, "Rules": [rule]}
    )


def _inventory(s3: Client, spec: Spec, told: Told) -> None:
    if spec.inventory_age is None:
        return
    target = {"Bucket": bucket_arn(names.INVENTORY_REPORTS), "Format": "CSV", "AccountId": ACCOUNT}
    configuration = {
        "Id": "weekly",
        "IsEnabled": True,
        "IncludedObjectVersions": "All",
        "Schedule": {"Frequency": "Weekly"},
        "OptionalFields": ["EncryptionStatus", "ObjectAccessControlList"],
        "Destination": {"S3BucketDestination": target},
    }
    s3.put_bucket_inventory_configuration(Bucket=spec.name, Id="weekly", InventoryConfiguration=configuration)
    told.inventories[spec.name] = [configuration]
