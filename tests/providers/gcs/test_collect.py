"""What is read of a Google estate, fact by fact, and in how few calls."""

import re

import pytest

from cloudaudit.facts import Read
from cloudaudit.providers.gcs.model import (
    AclEntry,
    AllowedMembers,
    Bucket,
    HmacKey,
    IpFilter,
    KmsKey,
    Location,
    Organization,
    Project,
    Retention,
    Role,
    ServiceAccount,
    SoftDelete,
    UniformAccess,
    UsageLogging,
    User,
)
from fakes.gcs.build import NUMBER, PROJECT, bucket, estate, fine_grained, many, user

from .collected import ONE, Scanned, World, record, records, said
from .complete import CUSTOM, FOLDER, FORMS, KEY, ORGANIZATION, OTHER, ROBOT, TEAM, complete_estate


@pytest.fixture(scope="module")
def whole(world: World) -> Scanned:
    world.become(complete_estate())
    return world.scan(organization="900000000001")


def test_everything_is_read_and_nothing_is_left_open(whole: Scanned) -> None:
    assert whole.gaps == ()
    assert whole.named_permissions() == set()
    assert whole.progress.expected == whole.progress.read


def test_the_settings_of_a_bucket(whole: Scanned) -> None:
    found = records(whole, Bucket)["invoices"]
    assert (found.account, found.region) == (NUMBER, "asia-northeast1")
    assert said(found.uniform_access) == UniformAccess(enabled=True, locked_at="2025-01-01T00:00:00Z")
    assert said(found.public_access_prevention) == "enforced"
    assert (said(found.acl), said(found.default_object_acl)) == (None, None)
    assert said(found.location) == Location(name="ASIA-NORTHEAST1", type="region")
    assert said(found.default_key) == KEY
    assert said(found.versioning) is True
    assert said(found.soft_delete) == SoftDelete(seconds=604800, effective_at="2024-04-01T01:02:03Z")
    assert said(found.retention) == Retention(seconds=2592000, effective_at="2025-01-01T00:00:00Z")
    (rule,) = said(found.lifecycle)
    assert (rule.action, rule.age_days, rule.is_live) == ("Delete", 365, None)
    assert said(found.usage_logging) == UsageLogging(bucket="logs", prefix="invoices")
    assert said(found.ip_filter) == IpFilter(enabled=True, public_ranges=("203.0.113.0/24",))
    assert said(found.labels) == (("class", "personal"),)
    assert said(found.requester_pays) is False


def test_the_policies_of_a_bucket_and_its_managed_folders(whole: Scanned) -> None:
    found = records(whole, Bucket)["invoices"]
    members = {each.role: each.members for each in said(found.policy).bindings}
    assert members[CUSTOM] == (f"serviceAccount:{ROBOT}",)
    (folder,) = said(found.managed_folders)
    assert folder.name == "shared/"
    assert [each.members for each in said(folder.policy).bindings] == [("user:partner@sample.example",)]
    report = said(found.inventories)[0]
    assert (report.name, report.frequency, report.ends_on) == ("all-objects", "DAILY", "2027-03-31")
    assert (said(report.newest), said(report.newest_ok)) == ("2026-11-19T00:00:00Z", True)


def test_acls_are_read_where_uniform_access_is_off(whole: Scanned) -> None:
    found = records(whole, Bucket)["old-site"]
    assert said(found.acl) == (
        AclEntry(entity="project-owners-1", role="OWNER"),
        AclEntry(entity="allUsers", role="READER"),
    )
    assert said(found.default_object_acl) == (AclEntry(entity="project-owners-1", role="OWNER"),)
    assert said(found.managed_folders) == ()


def test_a_project_and_what_stands_above_it(whole: Scanned) -> None:
    found = records(whole, Project)["サンプル商事 本番"]
    assert (found.account, found.project) == (NUMBER, PROJECT)
    assert [above.name for above in said(found.ancestors)] == [TEAM, FOLDER, ORGANIZATION]
    assert said(found.organization) == Organization(
        name=ORGANIZATION, domain="sample.example", customer="C0sample1"
    )
    assert said(found.public_access_prevention) is True
    assert said(found.uniform_access_required) is False
    assert said(found.allowed_members) == AllowedMembers(allow_all=False, allowed=("is:C0sample1",))
    assert said(found.perimeters) == ("本番",)
    assert [(job.source, job.sink, job.repeats, job.whole_bucket) for job in said(found.transfers)] == [
        ("old-site", "copies", True, True),
        ("personnel", "personnel-copy", True, True),
    ]
    assert {log.log_type for log in said(found.policy).audit_logs} == {"DATA_READ", "DATA_WRITE"}
    second = records(whole, Project)["サンプル商事 検証"]
    assert (second.account, said(second.perimeters)) == (OTHER, ())


def test_keys_accounts_and_people(whole: Scanned) -> None:
    key = record(whole, KmsKey)
    state = said(key.key)
    assert state is not None
    assert (key.buckets, state.primary_state, state.protection) == (("invoices",), "ENABLED", "HSM")
    assert (state.rotation_seconds, state.primary_created_at) == (7776000, "2026-09-01T00:00:00Z")
    (robot_key,) = said(record(whole, ServiceAccount).keys)
    assert (robot_key.id, robot_key.user_managed) == ("01234567", True)
    hmac = record(whole, HmacKey)
    assert (said(hmac.state), said(hmac.last_used)) == ("ACTIVE", "2026-11-19T00:00:00Z")
    admin = records(whole, User)["admin@sample.example"]
    assert (admin.account, said(admin.administration).full) == ("C0sample1", True)
    assert said(admin.two_step_enrolled) is True


def test_every_role_in_use_is_looked_up(whole: Scanned) -> None:
    roles = records(whole, Role)
    assert set(roles) == {
        "roles/storage.legacyBucketOwner",
        "roles/storage.objectViewer",
        "roles/viewer",
        "roles/owner",
        CUSTOM,
        FORMS,
        f"{ORGANIZATION}/roles/auditor",
    }
    assert said(roles["roles/viewer"].permissions) == ("storage.buckets.list",)


def test_key_ids_and_access_ids_are_not_in_the_snapshot(whole: Scanned) -> None:
    text = whole.snapshot.read_text(encoding="utf-8")
    assert "GOOG1EXAMPLEEXAMPLE01" not in text
    assert "0123456789abcdef" not in text


def test_a_thousand_buckets_take_two_calls_each_and_one_page(world: World) -> None:
    world.become(many(1_000))
    world.scan()
    fake = world.fake
    assert fake.count("buckets.list") == 1
    assert fake.count("buckets.getIamPolicy") == 1_000
    assert fake.count("managedFolders.list") == 1_000
    assert fake.count("managedFolders.getIamPolicy") == 100
    assert fake.count("buckets.get") == 0
    assert set(fake.targets.values()) == {1}
    # The project, its listings and policies, the people and the roles: nothing else.
    assert fake.calls < 2_100 + 15


def test_1200_buckets_come_in_several_pages(world: World) -> None:
    world.become(many(1_200))
    scanned = world.scan(ONE)
    assert world.fake.count("buckets.list") == 2
    assert len(records(scanned, Bucket)) == len(scanned.findings) == 1_200


def test_many_users_come_in_several_pages(world: World) -> None:
    world.become(estate(users=[user(f"person{number}@sample.example") for number in range(1_100)]))
    scanned = world.scan("google-user-2sv-enrolled")
    assert world.fake.count("users.list") == 3
    assert world.fake.count("buckets.list") == 0
    assert len(records(scanned, User)) == 1_100


def test_acls_and_ip_filters_are_not_asked_for_where_the_listing_tells(world: World) -> None:
    world.become(
        estate(
            bucket("off", ipFilter={"mode": "Disabled"}),
            bucket("fine", iamConfiguration=fine_grained(), acl=[], defaultObjectAcl=[]),
        )
    )
    scanned = world.scan(ONE)
    assert world.fake.count("buckets.get") == 0
    assert world.fake.count("managedFolders.list", "fine") == 0
    found = records(scanned, Bucket)
    assert said(found["off"].ip_filter) == IpFilter(enabled=False)
    assert said(found["fine"].ip_filter) is None


def test_projects_of_folders_in_folders_are_found(world: World) -> None:
    world.become(complete_estate())
    assert set(records(world.scan(folder="800000000001"), Project)) == {"サンプル商事 本番"}
    assert set(records(world.scan(organization="900000000001"), Project)) == {
        "サンプル商事 本番",
        "サンプル商事 検証",
    }
    both = world.scan(projects=(PROJECT, OTHER))
    assert {found.account for found in records(both, Project).values()} == {NUMBER, OTHER}


def test_a_project_named_twice_is_read_once(world: World) -> None:
    world.become(complete_estate())
    scanned = world.scan(projects=(PROJECT, NUMBER))
    assert len(records(scanned, Project)) == 1
    assert world.fake.count("buckets.list") == 1


def test_buckets_and_regions_are_chosen(world: World) -> None:
    world.become(estate(bucket("a"), bucket("b"), bucket("us", location="US")))
    assert set(records(world.scan(ONE, buckets=("a",)), Bucket)) == {"a"}
    assert world.fake.count("managedFolders.list") == 1
    assert set(records(world.scan(ONE, regions=("us",)), Bucket)) == {"us"}
    missing = world.scan(ONE, buckets=("nowhere",))
    (gap,) = missing.gaps
    assert "nowhere" in str(gap.detail)


def test_each_fact_names_its_operation_time_and_request(whole: Scanned) -> None:
    found = records(whole, Bucket)["invoices"]
    assert isinstance(found.policy, Read)
    operation, at, request_id = (
        found.policy.source.operation,
        found.policy.source.at,
        found.policy.source.request_id,
    )
    assert (operation, at) == ("storage:buckets.getIamPolicy", "2026-11-20T03:00:00Z")
    assert re.fullmatch(r"demo-\d+", request_id)


def test_an_empty_project_has_nothing(world: World) -> None:
    world.become(estate())
    scanned = world.scan()
    assert scanned.gaps == ()
    assert records(scanned, Bucket) == {}
