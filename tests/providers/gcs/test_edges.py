"""Old buckets, odd members, empty policies: answers that real clouds give, in the shapes that were recorded."""

from typing import Any

import pytest

from cloudaudit.demo.gcs.estate import Estate, Json, binding, policy
from cloudaudit.demo.gcs.server import Denial
from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.providers.gcs.model import (
    Bucket,
    KmsKey,
    Project,
    Role,
    ServiceAccount,
    SoftDelete,
    UniformAccess,
)
from fakes.gcs.build import (
    NUMBER,
    PROJECT,
    ROLES,
    VIEWER,
    account_key,
    acl,
    bucket,
    estate,
    fine_grained,
    project,
)

from .collected import World, cause, record, records, said, unread
from .complete import complete_estate

PUBLIC = "gcs-bucket-public-access"
PREVENTION = "gcs-bucket-public-access-prevention"
TEAM = acl(
    (f"project-owners-{NUMBER}", "OWNER"),
    (f"project-editors-{NUMBER}", "OWNER"),
    (f"project-viewers-{NUMBER}", "READER"),
)


def of_2015(**members: Any) -> Json:
    """A bucket of 2015: without iamConfiguration, soft delete, location type or versioning."""
    bare = dict.fromkeys(("iamConfiguration", "softDeletePolicy", "locationType", "versioning", "updated"))
    return {
        **bare,
        "timeCreated": "2015-02-28T14:45:53.549Z",
        "acl": TEAM,
        "defaultObjectAcl": TEAM,
        **members,
    }


def test_a_bucket_of_2015(world: World) -> None:
    world.become(estate(bucket("old", **of_2015())))
    scanned = world.scan()
    found = record(scanned, Bucket)
    assert said(found.uniform_access) == UniformAccess(enabled=False)
    assert said(found.public_access_prevention) is None
    assert said(found.soft_delete) is None
    assert said(found.versioning) is False
    assert len(said(found.acl) or ()) == 3
    assert scanned.of(PUBLIC, "old").status is Status.PASS
    assert scanned.of(PREVENTION, "old").status is Status.FAIL


def test_a_bucket_of_2019_that_tells_bucket_policy_only(world: World) -> None:
    world.become(
        estate(
            bucket("off", **of_2015(iamConfiguration={"bucketPolicyOnly": {"enabled": False}})),
            bucket(
                "on",
                iamConfiguration={
                    "bucketPolicyOnly": {"enabled": True, "lockedTime": "2019-06-01T00:00:00Z"}
                },
            ),
        )
    )
    found = records(world.scan(), Bucket)
    assert said(found["off"].uniform_access) == UniformAccess(enabled=False)
    assert said(found["on"].uniform_access) == UniformAccess(enabled=True, locked_at="2019-06-01T00:00:00Z")


@pytest.mark.parametrize("told", ["unspecified", "inherited"])
def test_prevention_that_is_not_enforced_is_inherited(world: World, told: str) -> None:
    uniform = {"uniformBucketLevelAccess": {"enabled": True, "lockedTime": "2025-01-01T00:00:00Z"}}
    world.become(estate(bucket("b", iamConfiguration={**uniform, "publicAccessPrevention": told})))
    scanned = world.scan()
    assert said(record(scanned, Bucket).public_access_prevention) == told
    assert scanned.of(PREVENTION, "b").status is Status.FAIL


def test_soft_delete_of_zero_seconds_is_off(world: World) -> None:
    world.become(estate(bucket("b", softDeletePolicy={"retentionDurationSeconds": "0"})))
    scanned = world.scan()
    assert said(record(scanned, Bucket).soft_delete) == SoftDelete(seconds=0)
    assert scanned.of("gcs-bucket-soft-delete", "b").status is Status.FAIL


def test_a_requester_pays_bucket_is_read_on_its_projects_bill(world: World) -> None:
    payer = bucket("pays", billing={"requesterPays": True}, folders={"a/": policy()})
    world.become(estate(payer, bucket("other")))
    scanned = world.scan()
    found = records(scanned, Bucket)
    assert said(found["pays"].requester_pays) is True
    assert said(found["pays"].policy).bindings
    assert [folder.name for folder in said(found["pays"].managed_folders)] == ["a/"]


def test_a_requester_pays_bucket_whose_project_may_not_be_charged(world: World) -> None:
    world.become(estate(bucket("pays", billing={"requesterPays": True}), bucket("other")))
    world.fake.denials = (Denial("serviceusage.services.use"),)
    found = records(world.scan(), Bucket)
    for fact in (found["pays"].policy, found["pays"].managed_folders):
        assert (cause(fact), unread(fact).permission) == (Cause.DENIED, "serviceusage.services.use")
    assert said(found["other"].policy).bindings


MEMBERS = [
    "deleted:user:gone@sample.example?uid=123456789",
    "domain:sample.example",
    "group:staff@sample.example",
    "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/*",
    f"projectViewer:{PROJECT}",
]


def test_members_are_kept_as_they_are_told(world: World) -> None:
    world.become(estate(bucket("b", binding(VIEWER, *MEMBERS))))
    bindings = {each.role: each.members for each in said(record(world.scan(), Bucket).policy).bindings}
    assert bindings[VIEWER] == tuple(sorted(MEMBERS))


NEVER = 'request.time < timestamp("2020-01-01T00:00:00Z")'


def test_a_condition_that_never_holds_comes_with_its_binding(world: World) -> None:
    inherited = {
        "uniformBucketLevelAccess": {"enabled": True, "lockedTime": "2025-01-01T00:00:00Z"},
        "publicAccessPrevention": "inherited",
    }
    world.become(
        estate(
            bucket(
                "never",
                binding(VIEWER, "allUsers", condition=NEVER, title="終了"),
                iamConfiguration=inherited,
            ),
            bucket("always", binding(VIEWER, "allUsers"), iamConfiguration=inherited),
        )
    )
    scanned = world.scan()
    (conditional,) = [
        each for each in said(records(scanned, Bucket)["never"].policy).bindings if each.role == VIEWER
    ]
    assert conditional.condition is not None
    assert conditional.condition.expression == NEVER
    assert scanned.of(PUBLIC, "never").status is Status.PASS
    assert scanned.of(PUBLIC, "always").status is Status.FAIL


def test_conditions_come_with_every_other_policy_too(world: World) -> None:
    made = complete_estate()
    ended = binding(VIEWER, "user:a@sample.example", condition=NEVER, title="終了")
    made.projects[0].policy = policy(ended)
    made.projects[0].buckets[0].folders["shared/"] = policy(ended)
    for folder in made.folders.values():
        folder.policy = policy(ended)
    for organization in made.organizations.values():
        organization.policy = policy(ended)
    world.become(made)
    scanned = world.scan()
    found = record(scanned, Project)
    (managed,) = said(records(scanned, Bucket)["invoices"].managed_folders)
    policies = [found.policy, managed.policy, *(above.policy for above in said(found.ancestors))]
    assert len(policies) == 5
    for fact in policies:
        (told,) = said(fact).bindings
        assert told.condition is not None
        assert (told.condition.expression, told.condition.title) == (NEVER, "終了")


def test_a_public_acl_of_a_fine_grained_bucket(world: World) -> None:
    world.become(
        estate(
            bucket(
                "legacy",
                iamConfiguration=fine_grained(),
                acl=[*TEAM, *acl(("allAuthenticatedUsers", "READER"))],
                defaultObjectAcl=TEAM,
            )
        )
    )
    assert world.scan().of(PUBLIC, "legacy").status is Status.FAIL


def test_a_service_account_with_ten_keys(world: World) -> None:
    keys = [account_key(f"{number:08}ffffffff") for number in range(9)]
    keys.append(account_key("0000000aaaaaaa", keyType="SYSTEM_MANAGED"))
    email = f"robot@{PROJECT}.iam.gserviceaccount.com"
    world.become(Estate(projects=[project(service_accounts={email: keys})], roles=dict(ROLES)))
    scanned = world.scan()
    found = said(record(scanned, ServiceAccount).keys)
    assert [key.user_managed for key in found].count(True) == 9
    assert len({key.id for key in found}) == 10


def test_a_key_without_a_type_is_nobodys_guess(world: World) -> None:
    key = account_key("1")
    del key["keyType"]
    email = f"robot@{PROJECT}.iam.gserviceaccount.com"
    world.become(Estate(projects=[project(service_accounts={email: [key]})], roles=dict(ROLES)))
    assert cause(record(world.scan(), ServiceAccount).keys) is Cause.MALFORMED


def test_roles_that_are_gone_grant_nothing_and_odd_ones_are_unknown(world: World) -> None:
    deleted, gone = (f"projects/{PROJECT}/roles/{name}" for name in ("deleted", "gone"))
    odd, strange = "viewer", "roles/strange"
    everyone = (deleted, gone, odd, strange)
    made = estate(bucket("b", *(binding(role, "user:a@sample.example") for role in everyone)))
    made.roles[deleted] = ["storage.objects.get"]
    made.deleted_roles = frozenset({deleted})
    world.become(made)
    found = records(world.scan(), Role)
    assert said(found[deleted].permissions) is None
    assert said(found[gone].permissions) is None
    assert cause(found[odd].permissions) is Cause.UNSUPPORTED
    assert cause(found[strange].permissions) is Cause.UNSUPPORTED


def test_a_default_key_that_does_not_exist(world: World) -> None:
    name = "projects/k/locations/us/keyRings/r/cryptoKeys/gone"
    world.become(estate(bucket("b", encryption={"defaultKmsKeyName": name}), bucket("c", encryption={})))
    scanned = world.scan()
    found = record(scanned, KmsKey)
    assert (said(found.key), found.region, found.buckets) == (None, "us", ("b",))
    assert said(records(scanned, Bucket)["c"].default_key) is None


def test_a_key_that_two_buckets_use_is_asked_once(world: World) -> None:
    name = "projects/k/locations/us/keyRings/r/cryptoKeys/both"
    made = estate(*(bucket(each, encryption={"defaultKmsKeyName": name}) for each in ("a", "b")))
    made.keys[name] = {"purpose": "ENCRYPT_DECRYPT", "primary": {"state": "ENABLED"}}
    world.become(made)
    assert record(world.scan(), KmsKey).buckets == ("a", "b")
    assert world.fake.count("cryptoKeys.get") == 1


def test_names_with_slashes_reach_the_right_folder(world: World) -> None:
    name = "a b/ä?#%2F/"
    world.become(estate(bucket("b", folders={name: policy(binding(VIEWER, "allUsers"))})))
    (folder,) = said(record(world.scan(), Bucket).managed_folders)
    assert folder.name == name
    assert said(folder.policy).bindings[0].members == ("allUsers",)


def test_locations_of_every_type(world: World) -> None:
    world.become(
        estate(
            bucket("multi", location="US", locationType="multi-region", rpo="DEFAULT"),
            bucket(
                "dual",
                location="ASIA",
                locationType="dual-region",
                rpo="ASYNC_TURBO",
                customPlacementConfig={"dataLocations": ["ASIA-NORTHEAST1", "ASIA-NORTHEAST2"]},
            ),
        )
    )
    found = records(world.scan(), Bucket)
    assert said(found["multi"].location).type == "multi-region"
    assert said(found["dual"].location).data_locations == ("ASIA-NORTHEAST1", "ASIA-NORTHEAST2")
    assert said(found["dual"].location).rpo == "ASYNC_TURBO"


ONCE = {"year": 2026, "month": 11, "day": 1}
JOBS: list[tuple[Json, bool]] = [
    ({"schedule": {"scheduleStartDate": ONCE, "scheduleEndDate": ONCE}}, False),
    ({"schedule": {"scheduleStartDate": ONCE, "scheduleEndDate": {**ONCE, "day": 10}}}, False),
    ({"schedule": {"scheduleStartDate": ONCE, "scheduleEndDate": {**ONCE, "year": 2027}}}, True),
    ({"schedule": {"scheduleStartDate": ONCE}}, True),
    ({"eventStream": {"name": "projects/p/subscriptions/s"}}, True),
    ({}, False),
]


@pytest.mark.parametrize(("when", "repeats"), JOBS)
def test_whether_a_transfer_goes_on(world: World, when: Json, repeats: bool) -> None:  # noqa: FBT001 - a case
    spec = {"gcsDataSource": {"bucketName": "a", "path": "x/"}, "gcsDataSink": {"bucketName": "b"}}
    job = {"name": "transferJobs/1", "status": "DISABLED", "transferSpec": spec, **when}
    foreign: Json = {"name": "transferJobs/2", "status": "ENABLED", "transferSpec": {"awsS3DataSource": {}}}
    world.become(Estate(projects=[project(transfers=[job, foreign])], roles=dict(ROLES)))
    (found,) = said(record(world.scan(), Project).transfers)
    assert (found.enabled, found.repeats, found.whole_bucket) == (False, repeats, False)
