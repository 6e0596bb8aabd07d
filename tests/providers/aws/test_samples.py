"""Quirks that recorded answers of AWS have shown, each sent over HTTP once."""

from collections.abc import Iterator
from typing import Any

import pytest

from cloudaudit.facts import Cause, Fact
from cloudaudit.providers.aws.model import (
    Bucket,
    Encryption,
    Grant,
    LifecycleRule,
    Logging,
    ObjectLock,
    PublicAccessBlock,
    Versioning,
    Website,
)
from fakes.aws import Bucket as Pail
from fakes.aws import Estate

from .collected import ONE, World, cause, record, said, world_of


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_of(Estate(), tmp_path_factory.mktemp("scans")) as made:
        yield made


GROUP = (
    '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>u</URI></Grantee>'
)
MAIL = (
    '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="AmazonCustomerByEmail">'
    "<EmailAddress>a@example.com</EmailAddress></Grantee>"
)
EVERYONE_READS = {
    "Statement": {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::b/*",
    }
}
QUIRKS: list[tuple[str, str, str, object]] = [
    ("versioning", "GetBucketVersioning", "<V/>", Versioning(status="")),
    (
        "versioning",
        "GetBucketVersioning",
        "<V><Status>Suspended</Status><MfaDelete>Disabled</MfaDelete></V>",
        Versioning(status="Suspended"),
    ),
    ("encryption", "GetBucketEncryption", "<E/>", Cause.MALFORMED),
    (
        "encryption",
        "GetBucketEncryption",
        "<E><Rule><BucketKeyEnabled>true</BucketKeyEnabled></Rule></E>",
        Encryption(algorithm="", bucket_key=True),
    ),
    (
        "public_access_block",
        "GetPublicAccessBlock",
        "<B><BlockPublicAcls>true</BlockPublicAcls></B>",
        PublicAccessBlock(block_public_acls=True),
    ),
    ("logging", "GetBucketLogging", "<L/>", None),
    (
        "logging",
        "GetBucketLogging",
        "<L><LoggingEnabled><TargetBucket>t</TargetBucket><TargetPrefix/></LoggingEnabled></L>",
        Logging(target_bucket="t"),
    ),
    (
        "website",
        "GetBucketWebsite",
        "<W><RedirectAllRequestsTo><HostName>h</HostName></RedirectAllRequestsTo></W>",
        Website(redirect_to="h"),
    ),
    (
        "object_lock",
        "GetObjectLockConfiguration",
        "<O><ObjectLockEnabled>Enabled</ObjectLockEnabled></O>",
        ObjectLock(enabled=True),
    ),
    (
        "lifecycle",
        "GetBucketLifecycleConfiguration",
        (
            "<L><Rule><ID>old</ID><Prefix>x/</Prefix><Status>Disabled</Status>"
            "<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration></Rule></L>"
        ),
        (LifecycleRule(id="old", enabled=False, whole_bucket=False, prefix="x/"),),
    ),
    (
        "lifecycle",
        "GetBucketLifecycleConfiguration",
        (
            "<L><Rule><Filter><And><Prefix>x/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></And></Filter>"
            "<Status>Enabled</Status><Expiration><Date>2030-01-01T00:00:00Z</Date></Expiration></Rule></L>"
        ),
        (LifecycleRule(id="", enabled=True, whole_bucket=False, expiration_date="2030-01-01T00:00:00Z"),),
    ),
    ("ownership", "GetBucketOwnershipControls", "<O/>", Cause.MALFORMED),
    ("tags", "GetBucketTagging", "<T><TagSet/></T>", ()),
]


@pytest.mark.parametrize(("name", "operation", "body", "expected"), QUIRKS)
def test_quirks_of_a_bucket(world: World, name: str, operation: str, body: str, expected: object) -> None:
    rules: list[dict[str, Any]] = [{"Status": "Enabled", "Filter": {}}]
    pail = Pail(name="b", tags={"a": "b"}, lifecycle=rules, website={}, object_lock={})
    if name == "website":
        # It is asked for only where someone could see it.
        pail.policy, pail.public_access_block = EVERYONE_READS, None
    world.become(Estate(buckets=[pail]))
    world.fake.malform("s3", operation, body=body.encode())
    fact: Fact[Any] = getattr(record(world.scan(ONE), Bucket), name)
    assert (cause(fact) if isinstance(expected, Cause) else said(fact)) == expected


def test_grantees_of_every_type(world: World) -> None:
    world.become(Estate(buckets=[Pail(name="b", ownership=None)]))
    grants = "".join(f"<Grant>{who}<Permission>READ</Permission></Grant>" for who in (GROUP, MAIL))
    body = f"<A><Owner><ID>me</ID></Owner><AccessControlList>{grants}</AccessControlList></A>"
    world.fake.malform("s3", "GetBucketAcl", body=body.encode())
    acl = said(record(world.scan(ONE), Bucket).acl)
    assert acl is not None
    assert acl.owner == "me"
    assert acl.grants == (
        Grant(grantee_type="Group", grantee="u", permission="READ"),
        Grant(grantee_type="AmazonCustomerByEmail", grantee="a@example.com", permission="READ"),
    )
