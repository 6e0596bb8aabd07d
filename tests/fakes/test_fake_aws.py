"""The fake speaks AWS's protocols: real boto3 clients read from it what the estate holds."""

import json
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
)
from botocore.parsers import ResponseParserError

from cloudaudit.providers.aws.operations import OPERATIONS, Operation
from fakes.aws import FakeAws, Fault, Kind, Malformed, actions, estate, faults, routes, wire
from fakes.aws.estate import (
    AccessPoint,
    BackupPlan,
    Bucket,
    Detector,
    DirectoryBucket,
    Estate,
    Iam,
    IamGroup,
    IamRole,
    IamUser,
    KmsKey,
    ManagedPolicy,
    MultiRegionAccessPoint,
    Organization,
    OrganizationPolicy,
    Region,
    Rule,
    Trail,
    access_control,
    default_encryption,
    group_grant,
    public_access_block,
)
from fakes.aws.iam import report
from fakes.aws.server import HANDLERS

HOME = "ap-northeast-1"
ACCOUNT = "123456789012"
TEN = datetime(2024, 1, 15, 10, tzinfo=UTC)
KEY = f"arn:aws:kms:{HOME}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"

Clients = Callable[..., Any]


def connect(
    fake: FakeAws, service: str, region: str = HOME, *, key: str = "AKIAFAKE", retries: int = 1
) -> Any:
    """Make a boto3 client of the fake; it tries once unless told otherwise."""
    make = import_module("boto3").client
    config = Config(
        retries={"total_max_attempts": retries, "mode": "standard"},
        s3={"addressing_style": "path"},
    )
    client = make(
        service,
        endpoint_url=fake.url,
        region_name=region,
        aws_access_key_id=key,
        aws_secret_access_key="secret",
        config=config,
    )
    # S3 Control puts the account id before the host, which 127.0.0.1 cannot have.
    client.meta.events.register("before-send.s3-control", without_account)
    return client


def without_account(request: Any, **_: Any) -> None:
    request.url = request.url.replace(f"{ACCOUNT}.127.0.0.1", "127.0.0.1")


@pytest.fixture
def serve() -> Iterator[Callable[..., FakeAws]]:
    with ExitStack() as running:

        def start(account: Estate | None = None, *others: Estate, **options: Any) -> FakeAws:
            return running.enter_context(FakeAws(account or Estate(), *others, **options))

        yield start


def refused(call: Callable[[], object]) -> tuple[str, int, str]:
    """Return code, status and message of the error that a call ends with."""
    with pytest.raises(ClientError) as caught:
        call()
    answer = cast("Any", caught.value).response
    error = answer["Error"]
    return error["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], error["Message"]


def plain(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


# --------------------------------------------------------------------------- S3

LIFECYCLE: list[Any] = [
    {
        "ID": "one",
        "Status": "Enabled",
        "Filter": {"And": {"Prefix": "a/", "Tags": [{"Key": "k", "Value": "v"}, {"Key": "l", "Value": "w"}]}},
        "Expiration": {"Days": 30},
        "Transitions": [{"Days": 1, "StorageClass": "GLACIER"}, {"Days": 9, "StorageClass": "DEEP_ARCHIVE"}],
        "NoncurrentVersionTransitions": [{"NoncurrentDays": 3, "StorageClass": "GLACIER"}],
        "NoncurrentVersionExpiration": {"NoncurrentDays": 60, "NewerNoncurrentVersions": 2},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    },
    {
        "ID": "two",
        "Status": "Disabled",
        "Filter": {"Prefix": ""},
        "Expiration": {"ExpiredObjectDeleteMarker": True},
    },
]
REPLICATION: dict[str, Any] = {
    "Role": "arn:aws:iam::123456789012:role/replica",
    "Rules": [
        {
            "ID": "one",
            "Priority": 1,
            "Filter": {"And": {"Prefix": "abc", "Tags": [{"Key": "k", "Value": "v"}]}},
            "Status": "Enabled",
            "Destination": {"Bucket": "arn:aws:s3:::other", "Account": "999988887777"},
            "DeleteMarkerReplication": {"Status": "Disabled"},
        }
    ],
}
INVENTORY: dict[str, Any] = {
    "Destination": {
        "S3BucketDestination": {"Bucket": "arn:aws:s3:::dest", "Format": "Parquet", "Prefix": "p"}
    },
    "IsEnabled": True,
    "Id": "all",
    "IncludedObjectVersions": "All",
    "OptionalFields": ["EncryptionStatus", "ObjectAccessControlList"],
    "Schedule": {"Frequency": "Daily"},
}
ENCRYPTION: dict[str, Any] = {
    "Rules": [
        {
            "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY},
            "BucketKeyEnabled": True,
            "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]},
        }
    ]
}
METADATA: dict[str, Any] = {
    "DestinationResult": {"TableBucketType": "aws", "TableBucketArn": "arn:t", "TableNamespace": "n"},
    "JournalTableConfigurationResult": {
        "TableStatus": "ACTIVE",
        "TableName": "journal",
        "RecordExpiration": {"Expiration": "ENABLED", "Days": 7},
    },
    "InventoryTableConfigurationResult": {"ConfigurationState": "ENABLED", "TableStatus": "ACTIVE"},
}
POLICY = '{"Statement": [{"Sid": "<&>", "Effect": "Deny"}]}'

RICH = Bucket(
    name="rich",
    created="2024-01-15T10:00:00Z",
    policy=POLICY,
    policy_is_public=True,
    acl=access_control(group_grant("AllUsers", "WRITE")),
    ownership="ObjectWriter",
    public_access_block=public_access_block(ignore=False),
    encryption=ENCRYPTION,
    versioning={"Status": "Enabled", "MFADelete": "Disabled"},
    logging={"TargetBucket": "logs", "TargetPrefix": "p/"},
    replication=REPLICATION,
    lifecycle=LIFECYCLE,
    object_lock={
        "ObjectLockEnabled": "Enabled",
        "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 1}},
    },
    website={
        "IndexDocument": {"Suffix": "i.html"},
        "RedirectAllRequestsTo": {"HostName": "h", "Protocol": "https"},
    },
    tags={"owner": "a&b", "env": "本番"},
    inventories=[INVENTORY],
    metadata=METADATA,
)
BARE = Bucket(
    name="bare",
    ownership=None,
    public_access_block=None,
    encryption=None,
    versioning={},
)

RICH_ANSWERS: dict[str, dict[str, Any]] = {
    "get_bucket_location": {"LocationConstraint": HOME},
    "get_public_access_block": {"PublicAccessBlockConfiguration": RICH.public_access_block},
    "get_bucket_policy": {"Policy": POLICY},
    "get_bucket_policy_status": {"PolicyStatus": {"IsPublic": True}},
    "get_bucket_acl": dict(RICH.acl),
    "get_bucket_ownership_controls": {"OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}},
    "get_bucket_encryption": {"ServerSideEncryptionConfiguration": ENCRYPTION},
    "get_bucket_versioning": {"Status": "Enabled", "MFADelete": "Disabled"},
    "get_bucket_logging": {"LoggingEnabled": RICH.logging},
    "get_bucket_replication": {"ReplicationConfiguration": REPLICATION},
    "get_bucket_lifecycle_configuration": {"Rules": LIFECYCLE},
    "get_object_lock_configuration": {"ObjectLockConfiguration": RICH.object_lock},
    "get_bucket_website": dict(RICH.website or {}),
    "get_bucket_tagging": {"TagSet": [{"Key": "owner", "Value": "a&b"}, {"Key": "env", "Value": "本番"}]},
    "list_bucket_inventory_configurations": {"InventoryConfigurationList": [INVENTORY], "IsTruncated": False},
    "get_bucket_metadata_configuration": {
        "GetBucketMetadataConfigurationResult": {"MetadataConfigurationResult": METADATA}
    },
}

BARE_ERRORS = {
    "get_public_access_block": "NoSuchPublicAccessBlockConfiguration",
    "get_bucket_policy": "NoSuchBucketPolicy",
    "get_bucket_policy_status": "NoSuchBucketPolicy",
    "get_bucket_ownership_controls": "OwnershipControlsNotFoundError",
    "get_bucket_encryption": "ServerSideEncryptionConfigurationNotFoundError",
    "get_bucket_replication": "ReplicationConfigurationNotFoundError",
    "get_bucket_lifecycle_configuration": "NoSuchLifecycleConfiguration",
    "get_object_lock_configuration": "ObjectLockConfigurationNotFoundError",
    "get_bucket_website": "NoSuchWebsiteConfiguration",
    "get_bucket_tagging": "NoSuchTagSet",
    "get_bucket_metadata_configuration": "MetadataConfigurationNotFound",
}


@pytest.fixture(scope="module")
def two_buckets() -> Iterator[FakeAws]:
    with FakeAws(Estate(buckets=[RICH, BARE])) as fake:
        yield fake


@pytest.mark.parametrize("operation", RICH_ANSWERS)
def test_what_a_bucket_has_comes_back_as_it_was_put(two_buckets: FakeAws, operation: str) -> None:
    answer = getattr(connect(two_buckets, "s3"), operation)(Bucket="rich")
    assert plain(answer) == RICH_ANSWERS[operation]


@pytest.mark.parametrize("operation", BARE_ERRORS)
def test_what_a_bucket_has_not_is_an_error_with_its_own_code(two_buckets: FakeAws, operation: str) -> None:
    call = getattr(connect(two_buckets, "s3"), operation)
    assert refused(lambda: call(Bucket="bare"))[:2] == (BARE_ERRORS[operation], 404)


@pytest.mark.parametrize(
    ("operation", "empty"),
    [
        ("get_bucket_versioning", {}),
        ("get_bucket_logging", {}),
        ("list_bucket_inventory_configurations", {"IsTruncated": False}),
    ],
)
def test_some_settings_are_empty_and_no_error(
    two_buckets: FakeAws, operation: str, empty: dict[str, Any]
) -> None:
    assert plain(getattr(connect(two_buckets, "s3"), operation)(Bucket="bare")) == empty


def test_every_sub_resource_of_a_bucket_is_tested() -> None:
    tested = {re.sub("_", "", name) for name in RICH_ANSWERS}
    served = {name.lower() for name in routes.BUCKET_READS.values()}
    assert served - tested == {"listobjectsv2", "listobjectversions", "createsession"}


def test_a_bucket_that_does_not_exist(two_buckets: FakeAws) -> None:
    client = connect(two_buckets, "s3")
    assert refused(lambda: client.get_bucket_acl(Bucket="none"))[:2] == ("NoSuchBucket", 404)
    assert refused(lambda: client.head_bucket(Bucket="none"))[:2] == ("404", 404)
    assert client.head_bucket(Bucket="rich")["BucketRegion"] == HOME


def test_listing_buckets_tells_regions_only_to_a_request_with_arguments(
    serve: Callable[..., FakeAws],
) -> None:
    account = Estate(buckets=[Bucket(name="b", region="eu-west-1"), Bucket(name="a")])
    client = connect(serve(account), "s3")
    plain_listing = client.list_buckets()["Buckets"]
    assert [row["Name"] for row in plain_listing] == ["a", "b"]
    assert all("BucketRegion" not in row for row in plain_listing)
    assert [row["BucketRegion"] for row in client.list_buckets(MaxBuckets=10)["Buckets"]] == [
        HOME,
        "eu-west-1",
    ]
    assert [row["Name"] for row in client.list_buckets(BucketRegion="eu-west-1")["Buckets"]] == ["b"]
    assert [row["Name"] for row in client.list_buckets(Prefix="a")["Buckets"]] == ["a"]
    account.omit_bucket_region = True
    omitting = connect(serve(account), "s3").list_buckets(MaxBuckets=10)["Buckets"]
    assert all("BucketRegion" not in row for row in omitting)


def test_buckets_come_in_pages(serve: Callable[..., FakeAws]) -> None:
    client = connect(serve(Estate(buckets=[Bucket(name=f"b{number}") for number in range(5)])), "s3")
    pages = list(client.get_paginator("list_buckets").paginate(PaginationConfig={"PageSize": 2}))
    assert [[row["Name"] for row in page["Buckets"]] for page in pages] == [
        ["b0", "b1"],
        ["b2", "b3"],
        ["b4"],
    ]
    assert refused(lambda: client.list_buckets(ContinuationToken="made up"))[0] == "InvalidArgument"


def test_a_bucket_in_another_region_redirects(serve: Callable[..., FakeAws]) -> None:
    account = Estate(buckets=[Bucket(name="b", region="eu-west-1"), Bucket(name="u", region="us-east-1")])
    fake = serve(account)
    # botocore follows the redirect by signing for the region that the header names.
    assert connect(fake, "s3").get_bucket_versioning(Bucket="b")["Status"] == "Enabled"
    key = ("s3", "GetBucketVersioning")
    assert (fake.count(*key, region=HOME), fake.count(*key, region="eu-west-1")) == (1, 1)
    assert "LocationConstraint" in connect(fake, "s3").get_bucket_location(Bucket="b")
    assert connect(fake, "s3").get_bucket_location(Bucket="u")["LocationConstraint"] is None
    lenient = serve(account, strict_region=False)
    connect(lenient, "s3").get_bucket_versioning(Bucket="b")
    assert lenient.count("s3", "GetBucketVersioning", region="eu-west-1") == 0


def test_inventories_come_in_pages(serve: Callable[..., FakeAws]) -> None:
    many = [{**INVENTORY, "Id": f"i{number}"} for number in range(3)]
    client = connect(serve(Estate(buckets=[Bucket(name="b", inventories=many)], page_size=2)), "s3")
    first = client.list_bucket_inventory_configurations(Bucket="b")
    assert [row["Id"] for row in first["InventoryConfigurationList"]] == ["i0", "i1"]
    assert first["IsTruncated"] is True
    second = client.list_bucket_inventory_configurations(
        Bucket="b", ContinuationToken=first["NextContinuationToken"]
    )
    assert [row["Id"] for row in second["InventoryConfigurationList"]] == ["i2"]
    assert second["IsTruncated"] is False


def test_objects_are_listed_by_folder(serve: Callable[..., FakeAws]) -> None:
    when = "2024-01-15T10:00:00Z"
    objects: dict[str, str] = dict.fromkeys(
        ("p/2024-01-01T00-00Z/m.json", "p/2024-01-02T00-00Z/m.json", "p/読 me.txt", "q"), when
    )
    client = connect(serve(Estate(buckets=[Bucket(name="b", objects=objects)])), "s3")
    answer = client.list_objects_v2(Bucket="b", Prefix="p/", Delimiter="/")
    folders = [row["Prefix"] for row in answer["CommonPrefixes"]]
    assert folders == ["p/2024-01-01T00-00Z/", "p/2024-01-02T00-00Z/"]
    assert [(row["Key"], row["LastModified"]) for row in answer["Contents"]] == [("p/読 me.txt", TEN)]
    pages = list(
        client.get_paginator("list_objects_v2").paginate(Bucket="b", PaginationConfig={"PageSize": 3})
    )
    assert [len(page["Contents"]) for page in pages] == [3, 1]
    after = client.list_objects_v2(Bucket="b", StartAfter="p/読 me.txt")
    assert [row["Key"] for row in after["Contents"]] == ["q"]
    assert client.list_objects_v2(Bucket="b", Prefix="none")["KeyCount"] == 0


def test_directory_buckets(serve: Callable[..., FakeAws]) -> None:
    name = "fast--apne1-az1--x-s3"
    region = Region(directory_buckets=[DirectoryBucket(name=name, policy=POLICY)])
    fake = serve(Estate(regions={HOME: region}))
    client = connect(fake, "s3")
    assert [row["Name"] for row in client.list_directory_buckets()["Buckets"]] == [name]
    assert connect(fake, "s3", "us-east-1").list_directory_buckets()["Buckets"] == []
    assert client.get_bucket_policy(Bucket=name)["Policy"] == POLICY
    encryption = client.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]
    assert encryption == default_encryption()
    assert refused(lambda: client.get_bucket_versioning(Bucket=name))[:2] == ("MethodNotAllowed", 405)
    assert fake.unknown == {}


# --------------------------------------------------------------------------- S3 Control


def test_account_block(serve: Callable[..., FakeAws]) -> None:
    partly = public_access_block(restrict=False)
    client = connect(serve(Estate(public_access_block=partly)), "s3control")
    assert client.get_public_access_block(AccountId=ACCOUNT)["PublicAccessBlockConfiguration"] == partly
    client = connect(serve(Estate(public_access_block=None)), "s3control")
    code = refused(lambda: client.get_public_access_block(AccountId=ACCOUNT))[:2]
    assert code == ("NoSuchPublicAccessBlockConfiguration", 404)


def test_access_points(serve: Callable[..., FakeAws]) -> None:
    points = [
        AccessPoint(name="open", bucket="b", policy=POLICY, policy_is_public=True),
        AccessPoint(name="vpc", bucket="ccc", vpc="vpc-1", bucket_account="999988887777"),
    ]
    client = connect(serve(Estate(regions={HOME: Region(access_points=points)}, page_size=1)), "s3control")
    first = client.list_access_points(AccountId=ACCOUNT)
    second = client.list_access_points(AccountId=ACCOUNT, NextToken=first["NextToken"])
    rows = [*first["AccessPointList"], *second["AccessPointList"]]
    assert "NextToken" not in second
    assert [(row["Name"], row["Bucket"], row["NetworkOrigin"]) for row in rows] == [
        ("open", "b", "Internet"),
        ("vpc", "ccc", "VPC"),
    ]
    assert rows[1]["VpcConfiguration"] == {"VpcId": "vpc-1"}
    assert rows[0]["AccessPointArn"] == f"arn:aws:s3:{HOME}:{ACCOUNT}:accesspoint/open"
    narrowed = client.list_access_points(AccountId=ACCOUNT, Bucket="ccc")["AccessPointList"]
    assert [row["Name"] for row in narrowed] == ["vpc"]
    detail = client.get_access_point(AccountId=ACCOUNT, Name="vpc")
    assert detail["PublicAccessBlockConfiguration"] == public_access_block()
    assert (detail["CreationDate"], detail["BucketAccountId"]) == (TEN, "999988887777")
    assert list(detail["Endpoints"]) == ["ipv4"]
    assert client.get_access_point_policy(AccountId=ACCOUNT, Name="open")["Policy"] == POLICY
    status = client.get_access_point_policy_status(AccountId=ACCOUNT, Name="open")
    assert status["PolicyStatus"] == {"IsPublic": True}
    for call in (client.get_access_point_policy, client.get_access_point_policy_status):
        assert refused(partial(call, AccountId=ACCOUNT, Name="vpc"))[0] == "NoSuchAccessPointPolicy"
    assert refused(lambda: client.get_access_point(AccountId=ACCOUNT, Name="none"))[0] == "NoSuchAccessPoint"


def test_multi_region_access_points(serve: Callable[..., FakeAws]) -> None:
    regions = [{"Bucket": "b", "Region": HOME, "BucketAccountId": ACCOUNT}]
    points = [
        MultiRegionAccessPoint(name="wide", alias="m.mrap", regions=regions, policy=POLICY),
        MultiRegionAccessPoint(name="plain", alias="n.mrap", regions=regions),
    ]
    fake = serve(Estate(multi_region_access_points=points))
    client = connect(fake, "s3control", "us-west-2")
    rows = client.list_multi_region_access_points(AccountId=ACCOUNT)["AccessPoints"]
    assert [(row["Name"], row["Alias"], row["CreatedAt"], row["Status"]) for row in rows] == [
        ("wide", "m.mrap", TEN, "READY"),
        ("plain", "n.mrap", TEN, "READY"),
    ]
    assert (rows[0]["Regions"], rows[0]["PublicAccessBlock"]) == (regions, public_access_block())
    named = {"AccountId": ACCOUNT, "Name": "wide"}
    assert client.get_multi_region_access_point_policy(**named)["Policy"] == {
        "Established": {"Policy": POLICY}
    }
    assert client.get_multi_region_access_point_policy_status(**named)["Established"] == {"IsPublic": False}
    assert client.get_multi_region_access_point_policy(AccountId=ACCOUNT, Name="plain")["Policy"] == {}
    missing = client.get_multi_region_access_point_policy
    assert refused(lambda: missing(AccountId=ACCOUNT, Name="none"))[0] == "NoSuchMultiRegionAccessPoint"
    elsewhere = connect(fake, "s3control").list_multi_region_access_points
    assert refused(lambda: elsewhere(AccountId=ACCOUNT))[:2] == ("PermanentRedirect", 301)


# --------------------------------------------------------------------------- IAM, STS, EC2


@pytest.mark.parametrize(("state", "code"), [("absent", "ReportNotPresent"), ("expired", "ReportExpired")])
def test_credential_report_has_to_be_made_first(serve: Callable[..., FakeAws], state: str, code: str) -> None:
    client = connect(serve(Estate(iam=Iam(report_state=state, report_waits=2))), "iam")
    assert refused(client.get_credential_report)[:2] == (code, 410)
    assert client.generate_credential_report()["State"] == "STARTED"
    assert refused(client.get_credential_report)[:2] == ("ReportInProgress", 404)
    assert client.generate_credential_report()["State"] == "INPROGRESS"
    assert client.generate_credential_report()["State"] == "COMPLETE"
    assert client.get_credential_report()["ReportFormat"] == "text/csv"


def test_credential_report_that_is_ready(serve: Callable[..., FakeAws]) -> None:
    user = IamUser(name="hanako", created="2024-01-15T10:00:00Z", report={"password_enabled": "true"})
    iam = Iam(users=[user], root={"mfa_active": "false"}, report_state="ready")
    client = connect(serve(Estate(iam=iam)), "iam")
    assert client.generate_credential_report()["State"] == "COMPLETE"
    answer = client.get_credential_report()
    assert answer["GeneratedTime"] == datetime(2026, 1, 15, tzinfo=UTC)
    head, root, line = answer["Content"].decode().splitlines()
    columns = head.split(",")
    assert dict(zip(columns, root.split(","), strict=True))["mfa_active"] == "false"
    row = dict(zip(columns, line.split(","), strict=True))
    assert (row["user"], row["arn"]) == ("hanako", f"arn:aws:iam::{ACCOUNT}:user/hanako")
    assert (row["password_enabled"], row["access_key_1_active"]) == ("true", "false")
    assert row["user_creation_time"] == "2024-01-15T10:00:00+00:00"


def test_credential_report_has_the_columns_of_a_real_one() -> None:
    keys = [
        f"access_key_{slot}_{what}"
        for slot in (1, 2)
        for what in ("active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")
    ]
    assert report(Estate()).splitlines()[0].split(",") == [
        "user",
        "arn",
        "user_creation_time",
        "password_enabled",
        "password_last_used",
        "password_last_changed",
        "password_next_rotation",
        "mfa_active",
        *keys,
        *("cert_1_active", "cert_1_last_rotated", "cert_2_active", "cert_2_last_rotated"),
    ]


def test_account_answers_of_iam(serve: Callable[..., FakeAws]) -> None:
    devices: list[dict[str, Any]] = [
        {
            "SerialNumber": "arn:aws:iam::123456789012:mfa/root",
            "User": {"Arn": f"arn:aws:iam::{ACCOUNT}:root"},
        },
        {"SerialNumber": "arn:aws:iam::123456789012:mfa/loose"},
    ]
    policy = {
        "MinimumPasswordLength": 14,
        "RequireSymbols": True,
        "ExpirePasswords": False,
        "MaxPasswordAge": 90,
    }
    iam = Iam(
        users=[IamUser(name="a")],
        summary={"AccountMFAEnabled": 0},
        password_policy=policy,
        virtual_mfa=devices,
        saml_providers=("arn:saml",),
        oidc_providers=("arn:oidc",),
    )
    client = connect(serve(Estate(iam=iam)), "iam")
    summary = client.get_account_summary()["SummaryMap"]
    assert (summary["AccountMFAEnabled"], summary["Users"], summary["AccountPasswordPresent"]) == (0, 1, 1)
    assert client.get_account_password_policy()["PasswordPolicy"] == policy
    assert client.list_virtual_mfa_devices()["VirtualMFADevices"] == devices
    assert client.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"] == devices[:1]
    assert client.list_virtual_mfa_devices(AssignmentStatus="Unassigned")["VirtualMFADevices"] == devices[1:]
    assert client.list_saml_providers()["SAMLProviderList"] == [{"Arn": "arn:saml"}]
    assert client.list_open_id_connect_providers()["OpenIDConnectProviderList"] == [{"Arn": "arn:oidc"}]
    assert refused(client.list_organizations_features)[0] == "OrganizationNotFoundException"


def test_no_password_policy(serve: Callable[..., FakeAws]) -> None:
    client = connect(serve(), "iam")
    assert refused(client.get_account_password_policy)[:2] == ("NoSuchEntity", 404)


def test_organization_features(serve: Callable[..., FakeAws]) -> None:
    member = connect(serve(Estate(organization=Organization())), "iam")
    expected = "AccountNotManagementOrDelegatedAdministratorException"
    assert refused(member.list_organizations_features)[0] == expected
    iam = Iam(organization_features=("RootCredentialsManagement",))
    client = connect(serve(Estate(organization=Organization(), iam=iam)), "iam")
    answer = client.list_organizations_features()
    assert answer["EnabledFeatures"] == ["RootCredentialsManagement"]
    assert answer["OrganizationId"] == "o-exampleorgid"


def test_legacy_credentials(serve: Callable[..., FakeAws]) -> None:
    ssh = {"SSHPublicKeyId": "APKA1", "Status": "Active", "UploadDate": "2024-01-15T10:00:00Z"}
    service = {"ServiceName": "codecommit", "Status": "Active", "ServiceSpecificCredentialId": "ACCA1"}
    users = [IamUser(name="a", ssh_keys=[ssh], service_credentials=[service]), IamUser(name="b")]
    client = connect(serve(Estate(iam=Iam(users=users))), "iam")
    assert client.list_ssh_public_keys(UserName="a")["SSHPublicKeys"] == [
        {**ssh, "UserName": "a", "UploadDate": TEN}
    ]
    assert client.list_ssh_public_keys(UserName="b")["SSHPublicKeys"] == []
    mine = client.list_service_specific_credentials(UserName="a")["ServiceSpecificCredentials"]
    everyone = client.list_service_specific_credentials(AllUsers=True)["ServiceSpecificCredentials"]
    assert mine == everyone == [{**service, "UserName": "a"}]
    assert refused(lambda: client.list_ssh_public_keys(UserName="z"))[0] == "NoSuchEntity"


def test_authorization_details_come_in_pages_over_all_kinds(serve: Callable[..., FakeAws]) -> None:
    document = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    own = f"arn:aws:iam::{ACCOUNT}:policy/own"
    iam = Iam(
        users=[
            IamUser(name="a", inline={"in": document}, groups=("g",), attached=(own,), boundary=own),
            IamUser(name="b"),
        ],
        groups=[IamGroup(name="g", attached=(own,), inline={"in": document})],
        roles=[IamRole(name="r", trust=document, path="/p/", inline={"in": document}, attached=(own,))],
        policies=[
            ManagedPolicy(arn=own, document=document),
            ManagedPolicy(arn="arn:aws:iam::aws:policy/AdministratorAccess", document=document),
        ],
    )
    client = connect(serve(Estate(iam=iam, page_size=4)), "iam")
    paginator = client.get_paginator("get_account_authorization_details")
    pages = list(paginator.paginate())
    assert [page["IsTruncated"] for page in pages] == [True, False]
    whole = paginator.paginate().build_full_result()
    user = whole["UserDetailList"][0]
    assert (user["UserName"], user["GroupList"]) == ("a", ["g"])
    assert user["UserPolicyList"] == [{"PolicyName": "in", "PolicyDocument": document}]
    assert user["AttachedManagedPolicies"] == [{"PolicyName": "own", "PolicyArn": own}]
    assert user["PermissionsBoundary"]["PermissionsBoundaryArn"] == own
    assert whole["GroupDetailList"][0]["GroupPolicyList"][0]["PolicyDocument"] == document
    role = whole["RoleDetailList"][0]
    assert (role["AssumeRolePolicyDocument"], role["Path"]) == (document, "/p/")
    versions = whole["Policies"][0]["PolicyVersionList"]
    assert [(each["Document"], each["IsDefaultVersion"]) for each in versions] == [(document, True)]
    local = client.get_account_authorization_details(Filter=["LocalManagedPolicy"])
    assert [policy["Arn"] for policy in local["Policies"]] == [own]
    assert local["UserDetailList"] == []


def test_who_asks_and_which_regions_there_are(serve: Callable[..., FakeAws]) -> None:
    states = {HOME: "opt-in-not-required", "ap-east-1": "not-opted-in", "me-south-1": "opted-in"}
    fake = serve(Estate(region_states=states))
    me = connect(fake, "sts").get_caller_identity()
    assert (me["Account"], me["Arn"]) == (ACCOUNT, f"arn:aws:sts::{ACCOUNT}:assumed-role/auditor/cloudaudit")
    client = connect(fake, "ec2")
    assert [row["RegionName"] for row in client.describe_regions()["Regions"]] == [HOME, "me-south-1"]
    every = client.describe_regions(AllRegions=True)["Regions"]
    assert {row["RegionName"]: row["OptInStatus"] for row in every} == states
    assert every[0]["Endpoint"] == f"ec2.{HOME}.amazonaws.com"
    one = client.describe_regions(RegionNames=["me-south-1"])["Regions"]
    assert [row["RegionName"] for row in one] == ["me-south-1"]


def test_a_role_of_another_account(serve: Callable[..., FakeAws]) -> None:
    role = "arn:aws:iam::222233334444:role/audit"
    other = Estate(account="222233334444", buckets=[Bucket(name="theirs")], assumable=(role,))
    fake = serve(Estate(buckets=[Bucket(name="ours")]), other)
    sts = connect(fake, "sts")
    session = sts.assume_role(RoleArn=role, RoleSessionName="me")
    key = session["Credentials"]["AccessKeyId"]
    assert session["AssumedRoleUser"]["Arn"] == "arn:aws:sts::222233334444:assumed-role/audit/me"
    assert connect(fake, "sts", key=key).get_caller_identity()["Account"] == "222233334444"
    theirs = connect(fake, "s3", key=key).list_buckets()["Buckets"]
    ours = connect(fake, "s3").list_buckets()["Buckets"]
    assert ([row["Name"] for row in theirs], [row["Name"] for row in ours]) == (["theirs"], ["ours"])
    for wrong in ("arn:aws:iam::222233334444:role/other", "arn:aws:iam::555566667777:role/x"):
        code = refused(partial(sts.assume_role, RoleArn=wrong, RoleSessionName="me"))[:2]
        assert code == ("AccessDenied", 403)


# --------------------------------------------------------------------------- regional services


def test_kms_keys_by_every_name(serve: Callable[..., FakeAws]) -> None:
    keys = [
        KmsKey(
            arn=KEY, aliases=("alias/data",), state="PendingDeletion", deletion_date="2026-02-01T00:00:00Z"
        ),
        KmsKey(arn=f"arn:aws:kms:{HOME}:{ACCOUNT}:key/ext", origin="EXTERNAL", rotation=None),
        KmsKey(arn=f"arn:aws:kms:{HOME}:{ACCOUNT}:key/imp", origin="EXTERNAL", state="PendingImport"),
        KmsKey(arn=f"arn:aws:kms:{HOME}:999988887777:key/shared"),
    ]
    client = connect(serve(Estate(regions={HOME: Region(keys=keys)})), "kms")
    names = (KEY, KEY.rpartition("/")[2], "alias/data", f"arn:aws:kms:{HOME}:{ACCOUNT}:alias/data")
    for name in names:
        metadata = client.describe_key(KeyId=name)["KeyMetadata"]
        assert (metadata["Arn"], metadata["KeyState"], metadata["Enabled"]) == (KEY, "PendingDeletion", False)
    assert client.describe_key(KeyId=KEY)["KeyMetadata"]["DeletionDate"] == datetime(2026, 2, 1, tzinfo=UTC)
    assert client.get_key_rotation_status(KeyId=KEY)["KeyRotationEnabled"] is True
    shared = client.describe_key(KeyId=keys[3].arn)["KeyMetadata"]
    assert shared["AWSAccountId"] == "999988887777"
    rotation = client.get_key_rotation_status
    assert refused(lambda: rotation(KeyId="ext"))[0] == "UnsupportedOperationException"
    assert refused(lambda: rotation(KeyId="imp"))[0] == "KMSInvalidStateException"
    assert refused(lambda: rotation(KeyId="alias/data"))[0] == "NotFoundException"
    assert refused(lambda: client.describe_key(KeyId="alias/none"))[:2] == ("NotFoundException", 400)
    foreign = f"arn:aws:kms:{HOME}:999988887777:key/other"
    assert refused(lambda: client.describe_key(KeyId=foreign))[0] == "AccessDeniedException"


def test_backup(serve: Callable[..., FakeAws]) -> None:
    arn, when = "arn:aws:s3:::b", "2024-01-15T10:00:00Z"
    vault = {"BackupVaultName": "v", "BackupVaultArn": "arn:v", "Locked": True, "LockDate": when}
    rule: dict[str, Any] = {"RuleName": "daily", "Lifecycle": {"DeleteAfterDays": 35}, "CopyActions": []}
    point = {"RecoveryPointArn": "arn:p", "BackupVaultName": "v", "CreationDate": when, "Status": "COMPLETED"}
    job = {
        "CopyJobId": "j",
        "ResourceArn": arn,
        "ResourceType": "S3",
        "State": "COMPLETED",
        "CompletionDate": when,
    }
    region = Region(
        vaults=[vault],
        plans=[BackupPlan(id="p-1", name="plan", rules=[rule])],
        protected=[{"ResourceArn": arn, "ResourceType": "S3", "LastBackupTime": when}],
        recovery_points={arn: [point]},
        copy_jobs=[job, {**job, "CopyJobId": "k", "ResourceType": "EBS"}],
    )
    fake = serve(Estate(regions={HOME: region}))
    client = connect(fake, "backup")
    assert client.list_backup_vaults()["BackupVaultList"] == [{**vault, "LockDate": TEN}]
    (plan,) = client.list_backup_plans()["BackupPlansList"]
    assert (plan["BackupPlanId"], plan["CreationDate"]) == ("p-1", TEN)
    assert client.get_backup_plan(BackupPlanId="p-1")["BackupPlan"]["Rules"] == [rule]
    assert refused(lambda: client.get_backup_plan(BackupPlanId="none"))[0] == "ResourceNotFoundException"
    assert client.list_protected_resources()["Results"][0]["LastBackupTime"] == TEN
    points = client.list_recovery_points_by_backup_vault(BackupVaultName="v", ByResourceType="S3")
    about = {"ResourceArn": arn, "ResourceType": "S3", "BackupVaultArn": "arn:v"}
    assert points["RecoveryPoints"] == [{**point, **about, "CreationDate": TEN}]
    others = client.list_recovery_points_by_backup_vault(BackupVaultName="v", ByResourceType="EBS")
    assert others["RecoveryPoints"] == []
    unknown = refused(lambda: client.list_recovery_points_by_backup_vault(BackupVaultName="none"))
    assert unknown[0] == "ResourceNotFoundException"
    jobs = client.list_copy_jobs(ByResourceType="S3")["CopyJobs"]
    assert [(each["CopyJobId"], each["CompletionDate"]) for each in jobs] == [("j", TEN)]
    assert connect(fake, "backup", "us-east-1").list_backup_vaults()["BackupVaultList"] == []


def test_cloudtrail(serve: Callable[..., FakeAws]) -> None:
    wide = Trail(
        arn=f"arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/wide",
        bucket="logs",
        description={"IsMultiRegionTrail": True, "LogFileValidationEnabled": True},
        status={"IsLogging": True, "LatestDeliveryTime": "2024-01-15T10:00:00Z"},
        selectors={
            "AdvancedEventSelectors": [
                {"Name": "n", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}
            ]
        },
    )
    local = Trail(arn=f"arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/local", bucket="logs")
    event: dict[str, Any] = {
        "EventId": "1",
        "EventName": "PutBucketPolicy",
        "EventTime": "2024-01-15T10:00:00Z",
        "Resources": [{"ResourceType": "AWS::S3::Bucket", "ResourceName": "b"}],
        "CloudTrailEvent": "{}",
    }
    events = [event, {**event, "EventId": "2", "EventName": "PutBucketAcl"}]
    fake = serve(Estate(regions={HOME: Region(trails=[wide, local], events=events)}))
    client, shadow = connect(fake, "cloudtrail"), connect(fake, "cloudtrail", "us-east-1")
    rows = client.describe_trails()["trailList"]
    assert [(row["Name"], row["IsMultiRegionTrail"]) for row in rows] == [("wide", True), ("local", False)]
    assert [(row["Name"], row["HomeRegion"]) for row in shadow.describe_trails()["trailList"]] == [
        ("wide", HOME)
    ]
    assert shadow.describe_trails(includeShadowTrails=False)["trailList"] == []
    status = shadow.get_trail_status(Name=wide.arn)
    assert (status["IsLogging"], status["LatestDeliveryTime"]) == (True, TEN)
    assert client.get_trail_status(Name="wide")["IsLogging"] is True
    assert refused(lambda: shadow.get_trail_status(Name="wide"))[0] == "TrailNotFoundException"
    selectors = client.get_event_selectors(TrailName=wide.arn)
    assert selectors["AdvancedEventSelectors"] == wide.selectors["AdvancedEventSelectors"]
    usual = client.get_event_selectors(TrailName="local")["EventSelectors"]
    assert [each["IncludeManagementEvents"] for each in usual] == [True]

    def ids(**arguments: Any) -> list[str]:
        return [each["EventId"] for each in client.lookup_events(**arguments)["Events"]]

    def by(key: str, value: str) -> list[dict[str, str]]:
        return [{"AttributeKey": key, "AttributeValue": value}]

    assert ids(LookupAttributes=by("EventName", "PutBucketAcl")) == ["2"]
    assert ids(LookupAttributes=by("ResourceName", "b")) == ["1", "2"]
    assert ids(LookupAttributes=by("ResourceName", "c")) == []
    assert ids(StartTime=datetime(2024, 1, 16, tzinfo=UTC)) == []
    assert client.lookup_events()["Events"][0]["EventTime"] == TEN


def test_detection(serve: Callable[..., FakeAws]) -> None:
    detail = {
        "Status": "ENABLED",
        "ServiceRole": "arn:r",
        "DataSources": {"DNSLogs": {"Status": "ENABLED"}, "S3Logs": {"Status": "ENABLED"}},
        "Features": [{"Name": "S3_DATA_EVENTS", "Status": "ENABLED"}],
    }
    destination = {"DestinationId": "d", "DestinationType": "S3", "Status": "PUBLISHING"}
    target = {"Id": "1", "Arn": "arn:t"}
    analyzer = {
        "arn": "arn:a",
        "name": "a",
        "type": "ACCOUNT",
        "status": "ACTIVE",
        "createdAt": "2024-01-15T10:00:00Z",
    }
    region = Region(
        detectors=[Detector(id="abc", description=detail, destinations=[destination])],
        rules=[Rule(name="findings", pattern='{"source":["aws.guardduty"]}', targets=[target])],
        macie={"status": "ENABLED", "createdAt": "2024-01-15T10:00:00Z"},
        macie_discovery={"status": "ENABLED"},
        analyzers=[analyzer],
        identity_centers=[
            {"InstanceArn": "arn:i", "OwnerAccountId": ACCOUNT, "CreatedDate": "2024-01-15T10:00:00Z"}
        ],
    )
    fake = serve(Estate(regions={HOME: region}))
    guardduty = connect(fake, "guardduty")
    assert guardduty.list_detectors()["DetectorIds"] == ["abc"]
    assert plain(guardduty.get_detector(DetectorId="abc")) == detail
    assert guardduty.list_publishing_destinations(DetectorId="abc")["Destinations"] == [destination]
    assert refused(lambda: guardduty.get_detector(DetectorId="none"))[:2] == ("BadRequestException", 400)
    events = connect(fake, "events")
    (rule,) = events.list_rules()["Rules"]
    assert (rule["Name"], rule["State"]) == ("findings", "ENABLED")
    assert json.loads(rule["EventPattern"]) == {"source": ["aws.guardduty"]}
    assert events.list_targets_by_rule(Rule="findings")["Targets"] == [target]
    assert refused(lambda: events.list_targets_by_rule(Rule="none"))[0] == "ResourceNotFoundException"
    macie = connect(fake, "macie2")
    assert plain(macie.get_macie_session()) == {"status": "ENABLED", "createdAt": TEN}
    assert macie.get_automated_discovery_configuration()["status"] == "ENABLED"
    analyzers = connect(fake, "accessanalyzer").list_analyzers
    assert analyzers()["analyzers"] == [{**analyzer, "createdAt": TEN}]
    assert analyzers(type="ORGANIZATION")["analyzers"] == []
    (instance,) = connect(fake, "sso-admin").list_instances()["Instances"]
    assert (instance["InstanceArn"], instance["CreatedDate"]) == ("arn:i", TEN)
    off = connect(fake, "macie2", "us-east-1")
    for call in (off.get_macie_session, off.get_automated_discovery_configuration):
        code, status, message = refused(call)
        assert (code, status) == ("AccessDeniedException", 403)
        assert "not enabled" in message


def test_organization(serve: Callable[..., FakeAws]) -> None:
    content = {"Statement": [{"Effect": "Deny"}]}
    organization = Organization(
        accounts=[{"Id": str(number) * 12, "JoinedTimestamp": "2024-01-15T10:00:00Z"} for number in range(3)],
        parents={ACCOUNT: "ou-1", "ou-1": "r-1"},
        effective={"S3_POLICY": {"s3_attributes": {}}},
        policies=[
            OrganizationPolicy(id="p-1", name="rcp", content=content, targets=("r-1", "ou-1", ACCOUNT)),
            OrganizationPolicy(id="p-2", name="scp", content=content, type="SERVICE_CONTROL_POLICY"),
        ],
    )
    client = connect(serve(Estate(organization=organization, page_size=2)), "organizations")
    described = client.describe_organization()["Organization"]
    assert (described["Id"], described["MasterAccountId"]) == ("o-exampleorgid", ACCOUNT)
    accounts = client.get_paginator("list_accounts").paginate().build_full_result()["Accounts"]
    assert [row["Id"] for row in accounts] == ["0" * 12, "1" * 12, "2" * 12]
    assert accounts[0]["JoinedTimestamp"] == TEN
    effective = client.describe_effective_policy(PolicyType="S3_POLICY")["EffectivePolicy"]
    assert json.loads(effective["PolicyContent"]) == {"s3_attributes": {}}
    not_used = refused(lambda: client.describe_effective_policy(PolicyType="TAG_POLICY"))
    assert not_used[0] == "ConstraintViolationException"
    listed = client.list_policies(Filter="RESOURCE_CONTROL_POLICY")["Policies"]
    assert [row["Name"] for row in listed] == ["rcp"]
    assert json.loads(client.describe_policy(PolicyId="p-1")["Policy"]["Content"]) == content
    assert refused(lambda: client.describe_policy(PolicyId="p-9"))[0] == "PolicyNotFoundException"
    rcp = "RESOURCE_CONTROL_POLICY"
    attached = client.list_policies_for_target(TargetId="ou-1", Filter=rcp)["Policies"]
    assert [row["Id"] for row in attached] == ["p-1"]
    assert client.list_policies_for_target(TargetId="0" * 12, Filter=rcp)["Policies"] == []
    nowhere = refused(lambda: client.list_policies_for_target(TargetId="r-9", Filter=rcp))
    assert nowhere[0] == "TargetNotFoundException"
    targets = client.get_paginator("list_targets_for_policy").paginate(PolicyId="p-1").build_full_result()
    assert [row["Type"] for row in targets["Targets"]] == ["ROOT", "ORGANIZATIONAL_UNIT", "ACCOUNT"]
    assert client.list_parents(ChildId="ou-1")["Parents"] == [{"Id": "r-1", "Type": "ROOT"}]
    assert refused(lambda: client.list_parents(ChildId="ou-9"))[0] == "ChildNotFoundException"


def test_no_organization_and_no_effective_policy(serve: Callable[..., FakeAws]) -> None:
    alone = connect(serve(), "organizations")
    assert refused(alone.describe_organization)[:2] == ("AWSOrganizationsNotInUseException", 400)
    bare = connect(serve(Estate(organization=Organization())), "organizations")
    code = refused(lambda: bare.describe_effective_policy(PolicyType="S3_POLICY"))[0]
    assert code == "EffectivePolicyNotFoundException"


# --------------------------------------------------------------------------- against botocore's own models


def model_of(service: str) -> Any:
    session: Any = import_module("botocore.session").get_session()
    return session.get_service_model(service)


@pytest.mark.parametrize("service", HANDLERS)
def test_operations_targets_and_paths_are_those_of_the_service_model(service: str) -> None:
    model = model_of(service)
    operations = set(HANDLERS[service])
    assert operations <= set(model.operation_names)
    assert wire.SERVICES[service].target == model.metadata.get("targetPrefix", "")
    prefix = routes.S3_CONTROL_PREFIX if service == "s3control" else "/"
    ours = {operation: prefix + path for path, operation in routes.PATHS.get(service, ())}
    theirs = {
        operation: re.sub(r"\{(\w+)\+?\}", lambda found: "{" + found[1].lower() + "}", uri.rstrip("/"))
        for operation in ours
        for uri in [model.operation_model(operation).http["requestUri"]]
    }
    assert {
        operation: re.sub(r"\{\w+\}", lambda f: f[0].lower(), path) for operation, path in ours.items()
    } == theirs
    assert all(model.operation_model(operation).http["method"] == "GET" for operation in ours)


def test_sub_resources_are_those_of_the_service_model() -> None:
    model = model_of("s3")
    for name, operation in routes.BUCKET_READS.items():
        uri = model.operation_model(operation).http["requestUri"]
        assert uri.split("?")[1].split("=")[0] == name


def timestamps(shape: Any, service: wire.Service, seen: frozenset[str] = frozenset()) -> set[str]:
    """Return the members of an answer that are written as seconds since 1970."""
    if shape.name in seen:
        return set()
    seen |= {shape.name}
    if shape.type_name == "list":
        return timestamps(shape.member, service, seen)
    if shape.type_name != "structure":
        return set()
    found: set[str] = set()
    for name, member in shape.members.items():
        if member.type_name == "timestamp" and member.serialization.get("timestampFormat") != "iso8601":
            found.add(name)
        found |= timestamps(member, service, seen)
    return found


@pytest.mark.parametrize("service", [name for name in HANDLERS if not wire.SERVICES[name].protocol.is_xml])
def test_times_in_json_are_written_as_the_service_model_says(service: str) -> None:
    model, ours = model_of(service), wire.SERVICES[service]
    theirs: set[str] = set()
    for operation in HANDLERS[service]:
        theirs |= timestamps(model.operation_model(operation).output_shape, ours)
    not_imitated = {
        "guardduty": {"UpdatedAt"},  # the same name is text one level up; estates leave it out
        "kms": {"OnDemandRotationStartDate"},
        "backup": {
            *("LastComputed", "ExecutionTime"),
            *("DeleteAt", "MoveToColdStorageAt", "InitiationDate", "LastRestoreTime"),  # of a recovery point
        },
    }
    assert theirs - ours.times == not_imitated.get(service, set())


def test_a_request_id_is_told_in_every_protocol_and_never_twice(serve: Callable[..., FakeAws]) -> None:
    fake = serve(Estate(buckets=[Bucket(name="b")]))
    answers = [
        connect(fake, "s3").get_bucket_acl(Bucket="b"),
        connect(fake, "s3").get_bucket_acl(Bucket="b"),
        connect(fake, "s3control").list_access_points(AccountId=ACCOUNT),
        connect(fake, "iam").get_account_summary(),
        connect(fake, "ec2").describe_regions(),
        connect(fake, "events").list_rules(),
        connect(fake, "backup").list_backup_vaults(),
    ]
    ids = [answer["ResponseMetadata"]["RequestId"] for answer in answers]
    assert all(re.fullmatch(r"[0-9A-F]{16}", each) for each in ids)
    assert len(set(ids)) == len(ids)


# --------------------------------------------------------------------------- enforcement

ONE_CALL_EACH: dict[str, Callable[[Any], Any]] = {
    "s3": lambda client: client.get_bucket_policy(Bucket="b"),
    "s3control": lambda client: client.list_access_points(AccountId=ACCOUNT),
    "iam": lambda client: client.get_account_summary(),
    "ec2": lambda client: client.describe_regions(),
    "organizations": lambda client: client.describe_organization(),
    "kms": lambda client: client.describe_key(KeyId=KEY),
    "backup": lambda client: client.list_backup_vaults(),
    "cloudtrail": lambda client: client.describe_trails(),
    "guardduty": lambda client: client.list_detectors(),
    "events": lambda client: client.list_rules(),
    "macie2": lambda client: client.get_macie_session(),
    "accessanalyzer": lambda client: client.list_analyzers(),
    "sso-admin": lambda client: client.list_instances(),
}


def one_call(fake: FakeAws, service: str, *, retries: int = 1) -> Any:
    return ONE_CALL_EACH[service](connect(fake, service, retries=retries))


def small() -> Estate:
    return Estate(
        buckets=[Bucket(name="b", policy=POLICY)],
        organization=Organization(),
        regions={HOME: Region(keys=[KmsKey(arn=KEY)], macie={"status": "ENABLED"})},
    )


DENIALS = {
    "s3": ("AccessDenied", 403, "s3:GetBucketPolicy"),
    "s3control": ("AccessDenied", 403, "s3:ListAccessPoints"),
    "iam": ("AccessDenied", 403, "iam:GetAccountSummary"),
    "ec2": ("UnauthorizedOperation", 403, "ec2:DescribeRegions"),
    "organizations": ("AccessDeniedException", 400, "organizations:DescribeOrganization"),
    "kms": ("AccessDeniedException", 400, "kms:DescribeKey"),
    "backup": ("AccessDeniedException", 403, "backup:ListBackupVaults"),
    "cloudtrail": ("AccessDeniedException", 400, "cloudtrail:DescribeTrails"),
    "guardduty": ("AccessDeniedException", 403, "guardduty:ListDetectors"),
    "events": ("AccessDeniedException", 400, "events:ListRules"),
    "macie2": ("AccessDeniedException", 403, "macie2:GetMacieSession"),
    "accessanalyzer": ("AccessDeniedException", 403, "access-analyzer:ListAnalyzers"),
    "sso-admin": ("AccessDeniedException", 400, "sso:ListInstances"),
}


@pytest.mark.parametrize("service", ONE_CALL_EACH)
def test_an_action_that_is_not_allowed_is_refused_in_the_service_s_own_way(
    serve: Callable[..., FakeAws], service: str
) -> None:
    code, status, action = DENIALS[service]
    fake = serve(small(), allow=set())
    found = refused(lambda: one_call(fake, service))
    assert found[:2] == (code, status)
    assert f"assumed-role/auditor/cloudaudit is not authorized to perform: {action} on resource: " in found[2]
    assert found[2].endswith(f"because no identity-based policy allows the {action} action")
    assert fake.denied == {action: 1}
    one_call(serve(small(), allow={action}), service)


def test_a_refused_listing_of_buckets_names_no_resource(serve: Callable[..., FakeAws]) -> None:
    code, _, message = refused(connect(serve(allow=set()), "s3").list_buckets)
    assert code == "AccessDenied"
    assert "perform: s3:ListAllMyBuckets because no identity-based policy allows" in message


def test_wildcards_in_what_is_allowed(serve: Callable[..., FakeAws]) -> None:
    fake = serve(Estate(buckets=[Bucket(name="b")]), allow={"s3:getbucket*", "kms:*"})
    client = connect(fake, "s3")
    client.get_bucket_acl(Bucket="b")
    client.get_bucket_acl(Bucket="b")
    assert refused(lambda: client.get_bucket_encryption(Bucket="b"))[0] == "AccessDenied"
    assert connect(fake, "sts").get_caller_identity()["Account"] == ACCOUNT
    assert fake.denied == {"s3:GetEncryptionConfiguration": 1}


@pytest.mark.parametrize(
    ("service", "operation", "resource", "action"),
    [
        ("s3", "ListBuckets", "", "s3:ListAllMyBuckets"),
        ("s3", "GetPublicAccessBlock", "b", "s3:GetBucketPublicAccessBlock"),
        ("s3control", "GetPublicAccessBlock", "", "s3:GetAccountPublicAccessBlock"),
        ("s3", "GetObjectLockConfiguration", "b", "s3:GetBucketObjectLockConfiguration"),
        ("s3", "ListObjectsV2", "b", "s3:ListBucket"),
        ("s3", "GetBucketMetadataConfiguration", "b", "s3:GetBucketMetadataTableConfiguration"),
        ("s3", "GetBucketPolicy", "b--x--x-s3", "s3express:GetBucketPolicy"),
        ("s3", "GetBucketEncryption", "b--x--x-s3", "s3express:GetEncryptionConfiguration"),
        ("s3", "ListDirectoryBuckets", "", "s3express:ListAllMyDirectoryBuckets"),
        ("sts", "GetCallerIdentity", "", None),
    ],
)
def test_actions_with_names_of_their_own(
    service: str, operation: str, resource: str, action: str | None
) -> None:
    call = routes.Call(wire.SERVICES[service], operation, HOME, "AKIA", resource=resource)
    assert actions.action(call) == action


@pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.label for operation in OPERATIONS])
def test_the_products_own_list_of_operations_and_actions_agrees(operation: Operation) -> None:
    assert operation.name in HANDLERS[operation.service]
    express = any(action.startswith("s3express:") for action in operation.actions)
    resource = "b--x--x-s3" if express else "b"
    call = routes.Call(wire.SERVICES[operation.service], operation.name, HOME, "AKIA", resource=resource)
    found = actions.action(call)
    assert operation.actions == (() if found is None else (found,))


# --------------------------------------------------------------------------- faults


def test_denied_for_one_bucket_by_a_service_control_policy(serve: Callable[..., FakeAws]) -> None:
    fake = serve(Estate(buckets=[Bucket(name="a"), Bucket(name="b")]))
    fake.deny("s3", "GetBucketAcl", "a", by_scp=True)
    client = connect(fake, "s3")
    code, status, message = refused(lambda: client.get_bucket_acl(Bucket="a"))
    assert (code, status) == ("AccessDenied", 403)
    assert message.endswith(
        's3:GetBucketAcl on resource: "arn:aws:s3:::a" with an explicit deny in a service control policy'
    )
    assert client.get_bucket_acl(Bucket="b")["Owner"]
    assert client.get_bucket_versioning(Bucket="a")["Status"] == "Enabled"


def no_sleep(_seconds: float) -> None:
    """Botocore's back-off is not what is tested here."""


@pytest.mark.parametrize("service", ONE_CALL_EACH)
def test_throttling_is_understood_by_botocore_and_tried_again(
    serve: Callable[..., FakeAws], service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", no_sleep)
    fake = serve(small())
    fake.throttle(service, times=2)
    one_call(fake, service, retries=3)
    assert sum(fake.counts.values()) == 3


def test_throttling_for_ever_with_retry_after(serve: Callable[..., FakeAws]) -> None:
    fake = serve(small())
    fake.throttle("s3", "GetBucketPolicy", retry_after=2)
    with pytest.raises(ClientError) as caught:
        connect(fake, "s3").get_bucket_policy(Bucket="b")
    answer = cast("Any", caught.value).response
    assert answer["Error"]["Code"] == "SlowDown"
    assert answer["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "2"


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        (Kind.EXPIRED, {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}),
        (
            Kind.REGION_OFF,
            {"InvalidToken", "InvalidClientTokenId", "AuthFailure", "UnrecognizedClientException"},
        ),
        (
            Kind.UNSUPPORTED,
            {"MethodNotAllowed", "InvalidAction", "UnsupportedOperation", "UnsupportedOperationException"},
        ),
    ],
)
@pytest.mark.parametrize("service", ONE_CALL_EACH)
def test_errors_that_every_service_has(
    serve: Callable[..., FakeAws], service: str, kind: Kind, codes: set[str]
) -> None:
    fake = serve(small())
    fake.fail(Fault(kind=kind))
    assert refused(lambda: one_call(fake, service))[0] in codes


def test_a_code_of_choice(serve: Callable[..., FakeAws]) -> None:
    fake = serve(small())
    fake.fail(Fault(kind=Kind.UNSUPPORTED, code="NotImplemented"))
    assert refused(lambda: one_call(fake, "s3"))[:2] == ("NotImplemented", 501)


def test_credentials_expire_after_some_calls(serve: Callable[..., FakeAws]) -> None:
    fake = serve(small())
    fake.expire(after=2)
    client = connect(fake, "s3")
    client.get_bucket_policy(Bucket="b")
    client.get_bucket_policy(Bucket="b")
    assert refused(lambda: client.get_bucket_policy(Bucket="b"))[:2] == ("ExpiredToken", 400)
    assert refused(client.list_buckets)[0] == "ExpiredToken"


def test_regions_that_are_off(serve: Callable[..., FakeAws]) -> None:
    fake = serve(small())
    fake.region_off("ap-east-1")
    off = connect(fake, "cloudtrail", "ap-east-1")
    assert refused(off.describe_trails)[0] == "UnrecognizedClientException"
    assert connect(fake, "cloudtrail").describe_trails()["trailList"] == []


def test_redirects_of_choice(serve: Callable[..., FakeAws]) -> None:
    fake = serve(small(), strict_region=False)
    fake.fail(Fault(kind=Kind.REDIRECT, service="s3", resource="b", to="eu-west-1", times=1))
    connect(fake, "s3").get_bucket_acl(Bucket="b")
    assert fake.count("s3", "GetBucketAcl", region="eu-west-1") == 1


@pytest.mark.parametrize("how", [Malformed.TRUNCATED, Malformed.GARBAGE])
@pytest.mark.parametrize("service", ["s3control", "iam"])
def test_xml_that_cannot_be_parsed(serve: Callable[..., FakeAws], service: str, how: Malformed) -> None:
    fake = serve(small())
    fake.malform(service, "*", how=how)
    with pytest.raises(ResponseParserError):
        one_call(fake, service)


@pytest.mark.parametrize("how", [Malformed.TRUNCATED, Malformed.GARBAGE])
@pytest.mark.parametrize("service", ["kms", "backup"])
def test_json_that_cannot_be_parsed_is_an_empty_answer_to_botocore(
    serve: Callable[..., FakeAws], service: str, how: Malformed
) -> None:
    fake = serve(small())
    fake.malform(service, "*", how=how)
    answer = one_call(fake, service)
    assert plain(answer) == {}


def test_answers_with_wrong_types(serve: Callable[..., FakeAws]) -> None:
    fake = serve(small())
    fake.malform("s3", "GetBucketVersioning", "b", how=Malformed.TYPE)
    fake.malform("cloudtrail", "DescribeTrails", how=Malformed.TYPE)
    fake.malform("s3", "GetBucketPolicy", body=b"not a policy")
    assert connect(fake, "s3").get_bucket_versioning(Bucket="b")["Status"] == "unexpected value"
    assert connect(fake, "s3").get_bucket_policy(Bucket="b")["Policy"] == "not a policy"
    with pytest.raises((ResponseParserError, AttributeError, TypeError)):
        connect(fake, "cloudtrail").describe_trails()["trailList"][0]["Name"]


def test_a_connection_that_breaks(serve: Callable[..., FakeAws]) -> None:
    fake = serve(small())
    fake.fail(Fault(kind=Kind.NETWORK, service="s3", times=1))
    client = connect(fake, "s3")
    with pytest.raises(ConnectionClosedError):
        client.get_bucket_policy(Bucket="b")
    assert client.get_bucket_policy(Bucket="b")["Policy"] == POLICY


def test_answers_that_are_late(serve: Callable[..., FakeAws]) -> None:
    fake = serve(small(), latency=0.05)
    client = connect(fake, "s3")
    started = time.monotonic()
    client.get_bucket_policy(Bucket="b")
    assert time.monotonic() - started >= 0.05
    fake.fail(Fault(kind=Kind.SLOW, seconds=0.2))
    started = time.monotonic()
    client.get_bucket_policy(Bucket="b")
    assert time.monotonic() - started >= 0.25


# --------------------------------------------------------------------------- counters and ways to run


def test_requests_are_counted(serve: Callable[..., FakeAws]) -> None:
    fake = serve(small())
    client = connect(fake, "s3")
    for _ in range(3):
        client.get_bucket_acl(Bucket="b")
    connect(fake, "iam").get_account_summary()
    assert fake.counts == {
        ("s3", "GetBucketAcl", HOME, "b"): 3,
        ("iam", "GetAccountSummary", HOME, ""): 1,
    }
    assert fake.count("s3", "GetBucketAcl", resource="b") == 3
    assert fake.count("s3", "GetBucketAcl", resource="c") == 0
    fake.reset()
    assert fake.counts == {}


def test_peak_of_requests_in_flight(serve: Callable[..., FakeAws]) -> None:
    fake = serve(small(), latency=0.3)
    clients = [connect(fake, "s3") for _ in range(4)]
    threads = [threading.Thread(target=client.get_bucket_acl, kwargs={"Bucket": "b"}) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert fake.peak == 4
    assert fake.in_flight == 0


UNKNOWN: list[tuple[str, str, dict[str, str], str]] = [
    ("s3", "get_bucket_cors", {"Bucket": "b"}, "NotImplemented"),
    ("s3", "get_object_tagging", {"Bucket": "b", "Key": "k"}, "NotImplemented"),
    ("s3control", "list_jobs", {"AccountId": ACCOUNT}, "NotImplemented"),
    ("iam", "list_users", {}, "InvalidAction"),
    ("kms", "list_keys", {}, "UnknownOperationException"),
    ("backup", "list_backup_jobs", {}, "UnknownOperationException"),
    ("glacier", "list_vaults", {}, "UnknownOperationException"),
]


@pytest.mark.parametrize(("service", "operation", "arguments", "code"), UNKNOWN)
def test_unknown_operations_are_counted_and_refused(
    serve: Callable[..., FakeAws], service: str, operation: str, arguments: dict[str, str], code: str
) -> None:
    fake = serve(small())
    assert refused(lambda: getattr(connect(fake, service), operation)(**arguments))[0] == code
    assert [name.split(":")[0] for name in fake.unknown] == [service]
    assert list(fake.unknown.values()) == [1]
    assert fake.writes == []


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("s3", "delete_bucket_policy", {"Bucket": "b"}),
        ("s3", "put_object", {"Bucket": "b", "Key": "k", "Body": b"x" * 100_000}),
        ("s3control", "delete_public_access_block", {"AccountId": ACCOUNT}),
        ("iam", "create_user", {"UserName": "eve"}),
        ("kms", "disable_key", {"KeyId": KEY}),
        ("backup", "delete_backup_vault", {"BackupVaultName": "v"}),
    ],
)
def test_writes_are_recorded_and_refused(
    serve: Callable[..., FakeAws], service: str, operation: str, arguments: dict[str, Any]
) -> None:
    fake = serve(small())
    refused(lambda: getattr(connect(fake, service), operation)(**arguments))
    assert [key[0] for key in fake.writes] == [service]


def test_reads_and_sessions_are_no_writes(serve: Callable[..., FakeAws]) -> None:
    fake = serve(small(), Estate(account="222233334444"))
    for service in ONE_CALL_EACH:
        one_call(fake, service)
    connect(fake, "iam").generate_credential_report()
    role = "arn:aws:iam::222233334444:role/audit"
    connect(fake, "sts").assume_role(RoleArn=role, RoleSessionName="me")
    assert fake.writes == []


def fetch(url: str) -> Any:
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - the fake's own address
        return json.load(answer)


def test_control_endpoints(serve: Callable[..., FakeAws]) -> None:
    fake = serve(small())
    connect(fake, "s3").get_bucket_acl(Bucket="b")
    stats = fetch(f"{fake.url}/__stats")
    assert (stats["total"], stats["operations"]) == (1, {"s3:GetBucketAcl": 1})
    fetch(f"{fake.url}/__reset")
    assert fetch(f"{fake.url}/__stats")["total"] == 0


def test_a_crash_of_the_fake_is_not_taken_for_a_network_fault() -> None:
    broken = Region(events=[{"EventId": "an event without a time"}])
    with pytest.raises(RuntimeError, match="itself failed") as caught:
        lookup_once(Estate(regions={HOME: broken}))
    assert isinstance(caught.value.__cause__, KeyError)


def lookup_once(account: Estate) -> None:
    with FakeAws(account) as fake:
        client = connect(fake, "cloudtrail")
        with pytest.raises(ConnectionClosedError):
            client.lookup_events()


def test_changed_estates_are_seen_after_forget(serve: Callable[..., FakeAws]) -> None:
    account = Estate(buckets=[Bucket(name="b")])
    fake = serve(account)
    client = connect(fake, "s3")
    assert client.get_bucket_versioning(Bucket="b")["Status"] == "Enabled"
    account.buckets[0].versioning = {"Status": "Suspended"}
    fake.forget()
    assert client.get_bucket_versioning(Bucket="b")["Status"] == "Suspended"


def test_as_a_process() -> None:
    command = [sys.executable, "-m", "fakes.aws", "--buckets", "3", "--users", "2"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:  # noqa: S603 - our own module
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
        assert fetch(f"{url}/__stats")["total"] == 0
        process.terminate()
        assert process.wait(timeout=10) == 0


def test_generated_accounts_repeat_and_are_mixed() -> None:
    assert estate(buckets=40, users=9, seed=3) == estate(buckets=40, users=9, seed=3)
    assert estate(buckets=40, seed=3) != estate(buckets=40, seed=4)
    some, more = estate(buckets=60, users=20), estate(buckets=90, users=20)
    assert more.buckets[:60] == some.buckets
    assert {bucket.policy_is_public for bucket in some.buckets} == {True, False}
    assert len({bucket.ownership for bucket in some.buckets}) == 3
    assert {user.report.get("mfa_active") for user in some.iam.users} == {"true", "false", None}
    assert {bucket.region for bucket in estate(buckets=9, regions=3).buckets} == set(
        estate(regions=3).regions
    )


def test_every_protocol_has_its_errors() -> None:
    for table in (
        faults.THROTTLING_BY_PROTOCOL,
        faults.EXPIRED_CODES,
        faults.REGION_OFF_CODES,
        faults.UNSUPPORTED_CODES,
    ):
        assert set(table) == set(wire.Protocol)
