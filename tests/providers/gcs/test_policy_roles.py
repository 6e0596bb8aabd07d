import pytest

from cloudaudit.facts import Cause
from cloudaudit.providers.gcs.policy_roles import AT_LEAST, Right, permitted, right_of
from cloudaudit.testing import denied, read


@pytest.mark.parametrize(
    ("permission", "right"),
    [
        ("storage.objects.get", Right.READ),
        ("storage.objects.list", Right.LIST),
        ("storage.objects.getIamPolicy", Right.LIST),
        ("storage.buckets.get", Right.LIST),
        ("storage.buckets.getIamPolicy", Right.LIST),
        ("storage.managedFolders.list", Right.LIST),
        ("storage.multipartUploads.listParts", Right.LIST),
        ("storage.objects.create", Right.WRITE),
        ("storage.objects.delete", Right.WRITE),
        ("storage.objects.overrideUnlockedRetention", Right.WRITE),
        ("storage.multipartUploads.abort", Right.WRITE),
        ("storage.managedFolders.create", Right.WRITE),
        ("storage.objects.setIamPolicy", Right.ADMINISTER),
        ("storage.managedFolders.setIamPolicy", Right.ADMINISTER),
        ("storage.buckets.update", Right.ADMINISTER),
        ("storage.buckets.delete", Right.ADMINISTER),
        ("storage.buckets.newInTheFuture", Right.ADMINISTER),
        ("resourcemanager.projects.setIamPolicy", Right.ADMINISTER),
        ("resourcemanager.projects.get", None),
        ("storage.buckets.list", None),
        ("storage.buckets.create", None),
        ("storage.buckets.exemptFromIpFilter", None),
        ("storage.hmacKeys.create", None),
        ("compute.instances.get", None),
        ("", None),
    ],
)
def test_each_permission_has_its_right(permission: str, right: Right | None) -> None:
    assert right_of(permission) is right


def test_a_custom_role_counts_by_its_permissions_and_not_by_its_name() -> None:
    found = permitted(
        "projects/p/roles/justAViewer", read(("storage.objects.create", "compute.instances.get"))
    )
    assert dict(found.rights) == {Right.WRITE: ("storage.objects.create",)}
    assert found.unread is None


def test_a_role_that_is_gone_grants_nothing() -> None:
    found = permitted("projects/p/roles/gone", read(None))
    assert not found.rights
    assert found.unread is None


def test_an_unread_custom_role_may_permit_anything() -> None:
    found = permitted("projects/p/roles/mine", denied("iam.roles.get"))
    assert not found.rights
    assert found.unread is not None
    assert found.unread.cause is Cause.DENIED


def test_an_unread_role_of_google_permits_at_least_what_is_documented_and_perhaps_more() -> None:
    found = permitted("roles/storage.objectViewer", denied(""))
    assert set(found.rights) == {Right.READ, Right.LIST}
    assert found.unread is not None


def test_the_documentation_gives_way_to_what_was_read() -> None:
    found = permitted("roles/storage.objectViewer", read(("storage.objects.get",)))
    assert set(found.rights) == {Right.READ}


def test_every_documented_role_is_one_of_cloud_storage() -> None:
    assert all(role.startswith("roles/storage.") and rights for role, rights in AT_LEAST.items())
