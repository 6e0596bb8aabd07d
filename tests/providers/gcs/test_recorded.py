"""Quirks of answers that were recorded from real projects, each in the few members that make it."""

from cloudaudit.demo.gcs.estate import Json, binding
from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.providers.gcs.model import Bucket
from fakes.gcs.build import LOCKED, NUMBER, PROJECT, acl, bucket, estate, fine_grained

from .collected import World, cause, record, said, unread

PUBLIC, WRITE = "gcs-bucket-public-access", "gcs-bucket-public-write"
READERS = "roles/storage.legacyBucketReader"
TEAM = acl((f"project-editors-{NUMBER}", "OWNER"), (f"project-owners-{NUMBER}", "OWNER"))
OPEN = {"publicAccessPrevention": "inherited"}


def access(*, uniform: bool, policy_only: bool) -> Json:
    return {
        "bucketPolicyOnly": {"enabled": policy_only},
        "uniformBucketLevelAccess": {"enabled": uniform, **({"lockedTime": LOCKED} if uniform else {})},
        **OPEN,
    }


def test_uniform_access_is_believed_over_bucket_policy_only(world: World) -> None:
    everyone = acl(("allUsers", "WRITER"))
    for uniform in (True, False):
        told = access(uniform=uniform, policy_only=not uniform)
        world.become(estate(bucket("b", iamConfiguration=told, acl=everyone, defaultObjectAcl=TEAM)))
        scanned = world.scan()
        assert said(record(scanned, Bucket).uniform_access).enabled is uniform
        # Only where uniform access is off does the ACL count.
        assert scanned.of(WRITE, "b").status is (Status.PASS if uniform else Status.FAIL)


def test_a_bucket_with_uniform_access_tells_no_acl_and_that_is_no_gap(world: World) -> None:
    told = access(uniform=True, policy_only=True)
    world.become(estate(bucket("b", iamConfiguration=told, softDeletePolicy=None)))
    scanned = world.scan()
    found = record(scanned, Bucket)
    assert said(found.acl) is None
    assert said(found.default_object_acl) is None
    assert scanned.of(PUBLIC, "b").status is Status.PASS


def test_a_legacy_reader_stands_in_the_policy_and_in_the_acl(world: World) -> None:
    made = estate(
        bucket(
            "b",
            binding(READERS, "allAuthenticatedUsers", f"projectViewer:{PROJECT}"),
            iamConfiguration=fine_grained(),
            acl=[*TEAM, *acl(("allAuthenticatedUsers", "READER"), (f"project-viewers-{NUMBER}", "READER"))],
            defaultObjectAcl=TEAM,
        )
    )
    made.roles[READERS] = ["storage.buckets.get", "storage.objects.list"]
    world.become(made)
    scanned = world.scan()
    found = scanned.of(PUBLIC, "b")
    assert found.status is Status.FAIL
    ways = found.evidence["openings"]
    assert isinstance(ways, list)
    assert [(each["member"], each["via"], each["rights"]) for each in ways] == [
        ("allAuthenticatedUsers", f"bucket IAM policy, {READERS}", ["list"]),
        ("allAuthenticatedUsers", "bucket ACL, READER", ["list"]),
    ]
    # It lists and does not write.
    assert scanned.of(WRITE, "b").status is Status.PASS


def test_a_default_object_acl_alone_does_not_stand_for_the_buckets_own(world: World) -> None:
    world.become(estate(bucket("b", iamConfiguration=fine_grained(), defaultObjectAcl=TEAM)))
    scanned = world.scan()
    found = record(scanned, Bucket)
    assert cause(found.acl) is Cause.DENIED
    assert unread(found.acl).permission == "storage.buckets.getIamPolicy"
    assert scanned.of(WRITE, "b").status is Status.NOT_ASSESSED


def test_an_empty_default_object_acl_is_left_out_beside_the_buckets_own(world: World) -> None:
    world.become(estate(bucket("b", iamConfiguration=fine_grained(), acl=TEAM)))
    assert said(record(world.scan(), Bucket).default_object_acl) == ()
