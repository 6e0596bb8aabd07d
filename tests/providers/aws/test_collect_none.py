"""Where AWS says "there is none" that is a reading, and where it refuses that is none: opposites, fact by fact."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from cloudaudit.facts import Cause, Fact
from cloudaudit.providers.aws.model import (
    AccessPoint,
    Account,
    Bucket,
    DirectoryBucket,
    Encryption,
    Region,
    Versioning,
)
from fakes.aws import Bucket as Pail
from fakes.aws import Estate, Fault, Kind
from fakes.aws.estate import AccessPoint as Point
from fakes.aws.estate import DirectoryBucket as Express
from fakes.aws.estate import MultiRegionAccessPoint, Organization, OrganizationPolicy
from fakes.aws.estate import Region as Place

from .collected import ONE, World, cause, record, records, said, world_of

HOME = "ap-northeast-1"
LOCK = "aws-s3-account-public-access-block"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_of(Estate(), tmp_path_factory.mktemp("scans")) as made:
        yield made


BARE = Pail(
    name="bare",
    policy=None,
    ownership=None,
    public_access_block=None,
    encryption=None,
    logging=None,
    replication=None,
    lifecycle=None,
    object_lock=None,
    website=None,
    tags={},
)
NONE: dict[str, tuple[str, object]] = {
    "public_access_block": ("GetPublicAccessBlock", None),
    "policy": ("GetBucketPolicy", None),
    "ownership": ("GetBucketOwnershipControls", None),
    "encryption": ("GetBucketEncryption", None),
    "replication": ("GetBucketReplication", None),
    "lifecycle": ("GetBucketLifecycleConfiguration", ()),
    "object_lock": ("GetObjectLockConfiguration", None),
    "logging": ("GetBucketLogging", None),
    "tags": ("GetBucketTagging", ()),
    "inventories": ("ListBucketInventoryConfigurations", ()),
    "recovery_points": ("ListProtectedResources", ()),
    "backup_copies": ("ListCopyJobs", ()),
}


def test_nothing_set_is_read_as_nothing(world: World) -> None:
    world.become(Estate(buckets=[BARE]))
    bucket = record(world.scan(ONE), Bucket)
    assert {name: said(getattr(bucket, name)) for name in NONE} == {
        name: none for name, (_, none) in NONE.items()
    }
    assert said(bucket.policy_is_public) is None
    assert said(bucket.kms_key) is None


def test_a_website_is_not_asked_for_where_nobody_could_see_it(world: World) -> None:
    world.become(Estate(buckets=[BARE]))
    website = record(world.scan(ONE), Bucket).website
    assert cause(website) is Cause.UNSUPPORTED
    assert world.asked("GetBucketWebsite") == 0


@pytest.mark.parametrize("name", NONE)
def test_a_refusal_is_not_nothing(world: World, name: str) -> None:
    world.become(Estate(buckets=[BARE]))
    operation, _ = NONE[name]
    world.fake.deny("*", operation)
    fact: Fact[Any] = getattr(record(world.scan(ONE), Bucket), name)
    assert cause(fact) is Cause.DENIED


def test_what_was_never_asked_says_so(world: World) -> None:
    world.become(Estate(buckets=[Pail(name="b", versioning={})]))
    bucket = record(world.scan(ONE), Bucket)
    assert said(bucket.versioning) == Versioning(status="")
    assert said(bucket.replication) is None
    assert said(bucket.object_lock) is None
    assert said(bucket.acl) is None


def test_suspended_versions_are_versions(world: World) -> None:
    world.become(Estate(buckets=[Pail(name="b", versioning={"Status": "Suspended", "MFADelete": "Enabled"})]))
    bucket = record(world.scan(ONE), Bucket)
    assert said(bucket.versioning) == Versioning(status="Suspended", mfa_delete=True)
    assert world.asked("GetBucketReplication", "GetObjectLockConfiguration") == 2


def test_an_encryption_rule_may_name_no_algorithm(world: World) -> None:
    rule = {"BucketKeyEnabled": False, "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]}}
    world.become(Estate(buckets=[Pail(name="b", encryption={"Rules": [rule]})]))
    assert said(record(world.scan(ONE), Bucket).encryption) == Encryption(algorithm="", blocked=("SSE-C",))


def test_tags_and_their_absence(world: World) -> None:
    world.become(Estate(buckets=[Pail(name="a", tags={"class": "personal", "empty": ""}), Pail(name="b")]))
    found = records(world.scan(ONE), Bucket)
    assert said(found["a"].tags) == (("class", "personal"), ("empty", ""))
    assert said(found["b"].tags) == ()


# --------------------------------------------------------------------------- the account


@pytest.mark.parametrize(
    ("name", "operation", "none"),
    [
        ("public_access_block", "GetPublicAccessBlock", None),
        ("password_policy", "GetAccountPasswordPolicy", None),
        ("organization", "DescribeOrganization", None),
        ("organization_accounts", "*", ()),
        ("organization_s3_block", "*", None),
        ("resource_control_policies", "*", ()),
        ("identity_centers", "ListInstances", ()),
        ("federated_providers", "ListSAMLProviders", ()),
        ("federated_providers", "ListOpenIDConnectProviders", ()),
        ("root_virtual_mfa", "ListVirtualMFADevices", False),
    ],
)
def test_an_account_without_anything(world: World, name: str, operation: str, none: object) -> None:
    estate = Estate(public_access_block=None)
    world.become(replace(estate, iam=replace(estate.iam, report_state="ready")))
    assert said(getattr(record(world.scan(LOCK), Account), name)) == none
    world.fake.deny("*", operation)
    assert cause(getattr(record(world.scan(LOCK), Account), name)) is Cause.DENIED


def test_that_there_is_no_organisation_may_be_said_by_any_of_its_calls(world: World) -> None:
    world.become(Estate())
    world.fake.deny("organizations", "DescribeOrganization")
    account = record(world.scan(LOCK), Account)
    assert cause(account.organization) is Cause.DENIED
    assert said(account.organization_accounts) == ()
    assert said(account.resource_control_policies) == ()
    assert said(account.organization_s3_block) is None


def organization(**changes: Any) -> Estate:
    estate = Estate(organization=Organization(parents={"123456789012": "ou-a", "ou-a": "r-b"}, **changes))
    return replace(estate, iam=replace(estate.iam, report_state="ready"))


def test_policies_of_every_level_are_read_once(world: World) -> None:
    policies = [
        OrganizationPolicy(id="p-1", name="one", content="{}", targets=("123456789012", "r-b")),
        OrganizationPolicy(id="p-2", name="two", content="[]", targets=("ou-a",)),
    ]
    world.become(organization(policies=policies))
    account = record(world.scan(LOCK), Account)
    assert [(each.id, each.document) for each in said(account.resource_control_policies)] == [
        ("p-1", "{}"),
        ("p-2", "[]"),
    ]
    assert world.asked("DescribePolicy") == 2


def test_an_organisation_that_goes_round_in_circles_has_not_been_read(world: World) -> None:
    world.become(Estate(organization=Organization(parents={"123456789012": "ou-a", "ou-a": "ou-a"})))
    assert cause(record(world.scan(LOCK), Account).resource_control_policies) is Cause.MALFORMED


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        ('{"s3_attributes":{"public_access_block_configuration":{"@@assign":"all"}}}', True),
        ('{"s3_attributes":{"public_access_block_configuration":"all"}}', True),
        ('{"s3_attributes":{"public_access_block_configuration":"none"}}', False),
        ("{}", Cause.MALFORMED),
        ("not JSON", Cause.MALFORMED),
        ("[" * 100_000, Cause.MALFORMED),
    ],
)
def test_the_organisations_s3_policy(world: World, content: str, outcome: object) -> None:
    world.become(organization(effective={"S3_POLICY": content}))
    fact = record(world.scan(LOCK), Account).organization_s3_block
    assert (cause(fact) if isinstance(outcome, Cause) else said(fact)) is outcome


def test_no_owner_in_the_listing_is_not_an_owner_without_a_name(world: World) -> None:
    world.become(Estate())
    body = b"<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>"
    world.fake.malform("s3", "ListBuckets", body=body)
    assert cause(record(world.scan(LOCK), Account).canonical_user) is Cause.UNSUPPORTED


# --------------------------------------------------------------------------- Macie


def test_macie_off_is_a_reading_and_a_refusal_is_not(world: World) -> None:
    estate = Estate(buckets=[Pail(name="b")], region_states={HOME: "opt-in-not-required"})
    world.become(estate)
    assert said(record(world.scan("aws-macie-enabled"), Region).macie) is None
    world.fake.deny("macie2")
    assert cause(record(world.scan("aws-macie-enabled"), Region).macie) is Cause.DENIED
    world.fake.faults[:] = [
        Fault(kind=Kind.UNSUPPORTED, service="macie2", code="SubscriptionRequiredException")
    ]
    assert cause(record(world.scan("aws-macie-enabled"), Region).macie) is Cause.DISABLED


# --------------------------------------------------------------------------- points and directory buckets


def test_points_without_policy(world: World) -> None:
    point = Point(name="p", bucket="b", public_access_block=None)
    many = MultiRegionAccessPoint(name="m", alias="m.mrap", regions=[{"Bucket": "b", "Region": HOME}])
    estate = Estate(
        buckets=[Pail(name="b")],
        multi_region_access_points=[many],
        regions={HOME: Place(access_points=[point])},
        region_states={HOME: "opted-in"},
    )
    world.become(estate)
    points = records(world.scan("aws-s3-access-point-public-access"), AccessPoint)
    assert {name: (said(each.policy), said(each.policy_is_public)) for name, each in points.items()} == {
        "p": (None, None),
        "m": (None, None),
    }
    assert said(points["p"].public_access_block) is None
    assert world.asked("GetAccessPointPolicyStatus", "GetMultiRegionAccessPointPolicyStatus") == 0
    world.fake.deny("s3control", "GetAccessPointPolicy")
    world.fake.deny("s3control", "GetMultiRegionAccessPointPolicy")
    points = records(world.scan("aws-s3-access-point-public-access"), AccessPoint)
    assert {cause(each.policy) for each in points.values()} == {Cause.DENIED}


def test_a_status_that_says_nothing_does_not_say_that_a_policy_is_private(world: World) -> None:
    many = MultiRegionAccessPoint(name="m", alias="m.mrap", regions=[], policy="{}", policy_is_public=True)
    world.become(Estate(multi_region_access_points=[many], region_states={HOME: "opted-in"}))
    assert said(record(world.scan("aws-s3-access-point-public-access"), AccessPoint).policy_is_public) is True
    world.fake.malform("s3control", "GetMultiRegionAccessPointPolicyStatus", body=b"<R><Established/></R>")
    point = record(world.scan("aws-s3-access-point-public-access"), AccessPoint)
    assert cause(point.policy_is_public) is Cause.MALFORMED


def test_a_directory_bucket_without_policy_and_encryption(world: World) -> None:
    express = Express(name="fast--apne1-az4--x-s3", encryption=None)
    world.become(Estate(regions={HOME: Place(directory_buckets=[express])}, region_states={HOME: "opted-in"}))
    bucket = record(world.scan("aws-s3-bucket-encryption"), DirectoryBucket)
    assert (said(bucket.policy), said(bucket.encryption), said(bucket.kms_key)) == (None, None, None)
    world.fake.deny("s3", "GetBucketPolicy")
    world.fake.deny("s3", "GetBucketEncryption")
    bucket = record(world.scan("aws-s3-bucket-encryption"), DirectoryBucket)
    assert {cause(bucket.policy), cause(bucket.encryption), cause(bucket.kms_key)} == {Cause.DENIED}
