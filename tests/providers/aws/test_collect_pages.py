"""Listings over many pages, and pages that do not end."""

from collections.abc import Iterator

import pytest

from cloudaudit.facts import Cause
from cloudaudit.providers.aws.model import KINDS, AccessPoint, BackupPlan, BackupVault, Bucket, Role, User
from fakes.aws import Bucket as Pail
from fakes.aws import Estate, Iam, IamUser
from fakes.aws.estate import AccessPoint as Point
from fakes.aws.estate import BackupPlan as Plan
from fakes.aws.estate import IamGroup, IamRole, ManagedPolicy, Region

from .collected import ONE, World, cause, record, records, said, world_of
from .complete import VAULT, complete_estate

HOME = "ap-northeast-1"
ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
POLICY = "arn:aws:iam::123456789012:policy/reader"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_of(Estate(), tmp_path_factory.mktemp("scans")) as made:
        yield made


def test_many_buckets_over_several_pages(world: World) -> None:
    pails = [Pail(name=f"b-{number:04}", versioning={}) for number in range(2_500)]
    world.become(Estate(buckets=pails, region_states={HOME: "opted-in"}))
    scanned = world.scan(ONE, buckets=("b-0000", "b-1000", "b-2499"))
    assert world.asked("ListBuckets") == 3
    assert records(scanned, Bucket).keys() == {"b-0000", "b-1000", "b-2499"}
    assert scanned.gaps == ()


def test_every_listing_one_item_a_page(world: World) -> None:
    estate = complete_estate()
    world.become(estate)
    whole = world.scan()
    expected = {kind: records(whole, kind).keys() for kind in KINDS}
    estate.page_size = 1
    world.become(estate)
    scanned = world.scan()
    assert {kind: records(scanned, kind).keys() for kind in KINDS} == expected
    assert {each.id: each.status for each in scanned.findings} == {
        each.id: each.status for each in whole.findings
    }
    assert world.asked("GetAccountAuthorizationDetails") == 2


def test_people_policies_and_points_in_pages(world: World) -> None:
    iam = Iam(
        users=[IamUser(name=f"u{number}", groups=("staff",)) for number in range(7)],
        groups=[IamGroup(name="staff", attached=(POLICY,))],
        roles=[IamRole(name=f"r{number}", trust=ALLOW, attached=(POLICY,)) for number in range(5)],
        policies=[ManagedPolicy(arn=POLICY, document=ALLOW)],
        report_waits=0,
    )
    region = Region(
        access_points=[Point(name=f"a{number}", bucket="b") for number in range(5)],
        vaults=[
            {
                "BackupVaultName": f"v{number}",
                "BackupVaultArn": f"{VAULT}{number}",
                "NumberOfRecoveryPoints": 0,
            }
            for number in range(5)
        ],
        plans=[Plan(id=f"p{number}", name=f"p{number}") for number in range(5)],
    )
    world.become(
        Estate(iam=iam, regions={HOME: region}, page_size=2, region_states={HOME: "opt-in-not-required"})
    )
    scanned = world.scan()
    counts = {
        kind: len(records(scanned, kind)) for kind in (User, Role, AccessPoint, BackupVault, BackupPlan)
    }
    assert counts == {User: 7, Role: 5, AccessPoint: 5, BackupVault: 5, BackupPlan: 5}
    assert {len(said(user.policies)) for user in records(scanned, User).values()} == {1}


def test_a_page_that_leads_to_itself_is_malformed(world: World) -> None:
    world.become(Estate(buckets=[Pail(name="b")]))
    body = b"<a><Buckets/><ContinuationToken>page+0=</ContinuationToken></a>"
    world.fake.malform("s3", "ListBuckets", body=body)
    (gap,) = world.scan(ONE).gaps
    assert gap.cause is Cause.MALFORMED
    assert world.asked("ListBuckets") == 2


def test_details_that_go_on_without_saying_where_are_malformed(world: World) -> None:
    world.become(complete_estate())
    inner = b"<UserDetailList/><IsTruncated>true</IsTruncated>"
    name = b"GetAccountAuthorizationDetails"
    world.fake.malform(
        "iam",
        name.decode(),
        body=b"<%bResponse><%bResult>%b</%bResult></%bResponse>" % (name, name, inner, name, name),
    )
    assert {gap.cause for gap in world.scan("aws-iam-storage-wildcard").gaps} == {Cause.MALFORMED}


def test_a_policy_that_no_page_holds_is_not_no_policy(world: World) -> None:
    iam = Iam(users=[IamUser(name="u", attached=(POLICY,), boundary=POLICY, groups=())], report_waits=0)
    world.become(Estate(iam=iam))
    user = record(world.scan("aws-iam-storage-wildcard"), User)
    assert {cause(user.policies), cause(user.boundary)} == {Cause.MALFORMED}
