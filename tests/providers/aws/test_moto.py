"""Buckets in good and bad states on moto's server, which other people wrote.

It proves that calls, endpoints and answers fit an imitation of AWS that does not share our own reading of the API
reference. It does not prove paging (moto's ListBuckets gives no token), denials (moto checks API names instead of
IAM actions), S3's own reading of a policy (moto calls every policy with a condition private), regions of buckets
(moto leaves out BucketRegion), AWS Backup's recovery points, access points' policy status, or anything of speed.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.connect import AwsOptions
from cloudaudit.providers.aws.model import Bucket
from cloudaudit.providers.aws.session import open_session
from cloudaudit.snapshot import Selection

from .collected import records, said, surroundings
from .conftest import TAKEN_AT, Scanned, scan_with

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
HOME = "ap-northeast-1"
OTHER = "eu-west-1"
CHECKS = (
    "aws-s3-bucket-acl-disabled",
    "aws-s3-bucket-encryption",
    "aws-s3-bucket-public-access",
    "aws-s3-bucket-public-access-block",
    "aws-s3-bucket-tls-only",
    "aws-s3-bucket-versioning",
    "aws-s3-bucket-website",
)
BLOCK = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)


def statement(name: str, effect: str, action: str, **more: Any) -> str:
    resources = [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]
    one = {"Effect": effect, "Principal": "*", "Action": action, "Resource": resources, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [one]})


def fill(client: Any, far: Any) -> None:
    place = {"CreateBucketConfiguration": {"LocationConstraint": HOME}}
    client.create_bucket(Bucket="good", ObjectOwnership="BucketOwnerEnforced", **place)
    client.put_public_access_block(Bucket="good", PublicAccessBlockConfiguration=BLOCK)
    client.put_bucket_versioning(Bucket="good", VersioningConfiguration={"Status": "Enabled"})
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    client.put_bucket_encryption(Bucket="good", ServerSideEncryptionConfiguration={"Rules": [rule]})
    tls = {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    client.put_bucket_policy(Bucket="good", Policy=statement("good", "Deny", "s3:*", **tls))
    client.create_bucket(Bucket="bad", **place)
    client.put_bucket_policy(Bucket="bad", Policy=statement("bad", "Allow", "s3:GetObject"))
    client.put_bucket_website(Bucket="bad", WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    client.create_bucket(Bucket="loud", ACL="public-read", ObjectOwnership="ObjectWriter", **place)
    far.create_bucket(Bucket="far", CreateBucketConfiguration={"LocationConstraint": OTHER})


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scanned]:
    import botocore.session
    from moto.core.base_backend import BackendDict
    from moto.core.model_instances import reset_model_data
    from moto.server import ThreadedMotoServer

    BackendDict.reset()
    reset_model_data()
    folder = tmp_path_factory.mktemp("moto")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        with pytest.MonkeyPatch.context() as patch:
            surroundings(patch, f"http://{host}:{port}", folder, {})
            builder = cast("Any", botocore.session.Session())
            fill(*(builder.create_client("s3", region_name=region) for region in (HOME, OTHER)))
            yield scan(folder)
    finally:
        server.stop()


def scan(folder: Path) -> Scanned:
    return scan_with(
        open_session(AwsOptions(retries=1, concurrency=8)),
        folder / "snapshot.jsonl",
        selection=Selection(checks=CHECKS),
        policy=AuditPolicy(),
        resume=False,
        taken_at=TAKEN_AT,
    )


def test_every_bucket_is_read_where_it_lies(scanned: Scanned) -> None:
    found = records(scanned, Bucket)
    assert {name: bucket.region for name, bucket in found.items()} == {
        "good": HOME,
        "bad": HOME,
        "loud": HOME,
        "far": OTHER,
    }
    assert {name: said(bucket.versioning).status for name, bucket in found.items()} == {
        "good": "Enabled",
        "bad": "",
        "loud": "",
        "far": "",
    }
    assert said(found["good"].encryption) is not None
    assert said(found["bad"].public_access_block) is None
    assert {grant.grantee.rpartition("/")[2] for grant in said(found["loud"].acl).grants} >= {"AllUsers"}  # type: ignore[union-attr]


@pytest.mark.parametrize("check", CHECKS)
def test_the_good_bucket_passes(scanned: Scanned, check: str) -> None:
    assert scanned.of(check, "good").status is Status.PASS


@pytest.mark.parametrize(
    ("check", "name"),
    [
        ("aws-s3-bucket-public-access", "bad"),
        ("aws-s3-bucket-public-access", "loud"),
        ("aws-s3-bucket-public-access-block", "bad"),
        ("aws-s3-bucket-tls-only", "bad"),
        ("aws-s3-bucket-versioning", "far"),
        ("aws-s3-bucket-website", "bad"),
        ("aws-s3-bucket-acl-disabled", "loud"),
    ],
)
def test_bad_states_fail(scanned: Scanned, check: str, name: str) -> None:
    assert scanned.of(check, name).status is Status.FAIL
