from datetime import UTC, datetime
from typing import Any

from cloudaudit.facts import Unread
from cloudaudit.inventory.model import Offender, PublicCount, Tally
from cloudaudit.providers.gcs import PROVIDER
from cloudaudit.providers.gcs.model import KINDS, UniformAccess
from cloudaudit.providers.gcs.sharing import shares
from cloudaudit.testing import denied, read, snapshot_of
from cloudaudit.text import Text
from fakes.gcs_facts import a_bucket, a_project, all_roles, grant, known_roles, objects, policy

AT = datetime(2026, 11, 21, tzinfo=UTC)
VIEWER = "roles/storage.objectViewer"
UNTIL = 'request.time < timestamp("2027-01-01T00:00:00Z")'


def test_each_audience_right_and_way_is_a_line() -> None:
    bucket = a_bucket(
        policy=policy(
            grant(VIEWER, "allUsers", "user:hanako@example.co.jp"),
            grant(VIEWER, "user:a@gmail.com", condition=UNTIL),
        )
    )
    lines = shares(bucket, a_project(), known_roles(), AT)
    assert {(line.audience, line.scope, line.right, line.expires) for line in lines} == {
        ("allUsers", "public", "read", ""),
        ("allUsers", "public", "list", ""),
        ("user:a@gmail.com", "outside", "read", "2027-01-01T00:00:00Z"),
        ("user:a@gmail.com", "outside", "list", "2027-01-01T00:00:00Z"),
    }
    assert lines[0].via == Text(en=f"bucket IAM policy, {VIEWER}", ja=f"バケットの IAM ポリシー、{VIEWER}")
    assert lines[0].resource.name == "invoices"


def test_who_may_be_inside_is_listed_as_outside() -> None:
    bucket = a_bucket(policy=policy(grant(VIEWER, "serviceAccount:a@other.iam.gserviceaccount.com")))
    assert {line.scope for line in shares(bucket, a_project(), known_roles(), AT)} == {"outside"}


def test_the_provider_reads_roles_and_projects_from_the_snapshot() -> None:
    bucket = a_bucket(policy=policy(grant(VIEWER, "allUsers")))
    lines = list(PROVIDER.shares(snapshot_of(bucket, a_project(), *all_roles())))
    assert {line.right for line in lines} == {"read", "list"}
    # Without records of roles only Google's documentation speaks.
    assert len(list(PROVIDER.shares(snapshot_of(bucket, a_project())))) == 2


def test_without_its_project_or_policy_a_bucket_has_no_line() -> None:
    bucket = a_bucket(policy=policy(grant(VIEWER, "allUsers")))
    assert list(PROVIDER.shares(snapshot_of(bucket))) == []
    assert list(PROVIDER.shares(snapshot_of(a_bucket(policy=denied("x")), a_project()))) == []


FINE_GRAINED = UniformAccess(enabled=False)
OPEN = objects(
    public=read(
        (
            PublicCount(audience="allUsers", right="read", tally=Tally(objects=3, bytes=9)),
            PublicCount(audience="allUsers", right="read", tally=Tally(objects=2, bytes=9), old=True),
        )
    ),
    exposed=(
        Offender(key="a.csv", what="allUsers read"),
        Offender(key="b.csv", what="allUsers read", version="7"),
    ),
)


def items(**given: Any) -> list[str]:
    facts: dict[str, Any] = {"uniform_access": FINE_GRAINED, "objects": OPEN, **given}
    bucket = a_bucket(**facts)
    return [line.item for line in shares(bucket, a_project(), known_roles(), AT)]


def test_public_objects_are_lines_and_the_rest_of_them_a_number() -> None:
    assert items() == ["a.csv", "b.csv#7", "… +3"]


def test_objects_are_no_lines_where_their_acls_are_not_in_force() -> None:
    assert items(uniform_access=UniformAccess(enabled=True)) == []
    assert items(uniform_access=denied("x")) == []
    assert items(public_access_prevention="enforced") == []
    assert items(objects=denied("storage.objects.list")) == []
    assert items(objects=objects(public=denied("storage.objects.getIamPolicy"))) == []


def test_objects_that_nobody_looked_at_may_hide_a_line() -> None:
    def unread(**given: Any) -> list[Unread]:
        facts: dict[str, Any] = {"uniform_access": FINE_GRAINED, **given}
        bucket = a_bucket(**facts)
        return list(PROVIDER.shares_unread(snapshot_of(bucket, a_project(), *all_roles())))

    refused = denied("storage.objects.list")
    assert unread(objects=refused) == [refused]
    assert unread(objects=objects(total=refused)) == [refused]
    assert unread(objects=objects(public=refused)) == [refused]
    assert unread(objects=objects(encryption=refused)) == []
    assert unread(objects=refused, public_access_prevention="enforced") == []
    assert unread(objects=refused, uniform_access=UniformAccess(enabled=True)) == []


def test_every_report_says_that_drive_was_not_looked_at() -> None:
    left_out = {each.id: each.reason for each in PROVIDER.not_looked_at}
    assert set(left_out) == {"google-drive"}
    assert "Google Drive was not looked at" in left_out["google-drive"].en
    assert "Google ドライブは確認対象外" in left_out["google-drive"].ja


def test_the_provider_names_its_kinds_and_target() -> None:
    assert PROVIDER.name == "gcs"
    assert tuple(PROVIDER.kinds) == KINDS
    assert PROVIDER.target_name(snapshot_of(a_project()).header) == "gcs-123456789012"


def test_the_inventory_is_complete_only_where_nothing_unread_may_hide_a_line() -> None:
    whole = (a_bucket(policy=policy(grant(VIEWER, "allUsers"))), a_project(), *all_roles())
    assert list(PROVIDER.shares_unread(snapshot_of(*whole))) == []
    refused = denied("storage.buckets.getIamPolicy")
    unread = list(PROVIDER.shares_unread(snapshot_of(a_bucket(policy=refused), a_project(), *all_roles())))
    assert set(unread) == {refused}
    # A bucket of a project without a record is for the engine to miss.
    assert list(PROVIDER.shares_unread(snapshot_of(a_bucket(policy=refused)))) == []
