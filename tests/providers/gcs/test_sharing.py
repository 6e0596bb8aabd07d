from datetime import UTC, datetime

from cloudaudit.providers.gcs import PROVIDER
from cloudaudit.providers.gcs.model import KINDS
from cloudaudit.providers.gcs.sharing import shares
from cloudaudit.testing import denied, snapshot_of
from fakes.gcs_facts import a_bucket, a_project, all_roles, grant, known_roles, policy

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
    assert lines[0].via == f"bucket IAM policy, {VIEWER}"
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
