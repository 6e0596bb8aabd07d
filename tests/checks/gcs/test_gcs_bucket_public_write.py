import pytest

from cloudaudit.model import Severity, Status
from cloudaudit.providers.gcs.model import AclEntry, Bucket, ManagedFolder, UniformAccess
from cloudaudit.testing import build, denied, read, verdict
from fakes.gcs_facts import a_bucket, a_project, all_roles, grant, policy

CHECK = "gcs-bucket-public-write"


@pytest.mark.parametrize(
    ("role", "status", "said"),
    [
        ("roles/storage.objectCreator", Status.FAIL, "オブジェクトの書き込み・削除"),
        ("roles/storage.admin", Status.FAIL, "権限・設定の変更"),
        ("roles/storage.objectViewer", Status.PASS, "できません"),
    ],
)
def test_writing_and_administering_fail(role: str, status: Status, said: str) -> None:
    finding = verdict(CHECK, a_bucket(policy=policy(grant(role, "allUsers"))), a_project(), *all_roles())
    assert finding.status is status
    assert finding.severity is Severity.CRITICAL
    assert said in finding.reason.ja


def test_a_writer_by_acl_fails() -> None:
    bucket = a_bucket(
        uniform_access=UniformAccess(enabled=False),
        acl=(AclEntry(entity="allUsers", role="WRITER"),),
        default_object_acl=(),
    )
    finding = verdict(CHECK, bucket, a_project())
    assert finding.status is Status.FAIL
    assert "the bucket's ACL grants WRITER to everyone (allUsers)" in finding.reason.en


def test_a_managed_folder_fails() -> None:
    folder = ManagedFolder(
        name="inbox/", policy=read(policy(grant("roles/storage.objectCreator", "allUsers")))
    )
    finding = verdict(CHECK, a_bucket(managed_folders=(folder,)), a_project(), *all_roles())
    assert finding.status is Status.FAIL
    assert "マネージド フォルダ inbox/" in finding.reason.ja


def test_prevention_passes_alone() -> None:
    assert verdict(CHECK, build(Bucket, public_access_prevention="enforced")).status is Status.PASS


def test_an_unread_role_of_google_that_is_public_is_not_assessed_for_writing() -> None:
    bucket = a_bucket(policy=policy(grant("roles/storage.objectViewer", "allUsers")))
    assert verdict(CHECK, bucket, a_project()).status is Status.NOT_ASSESSED


def test_a_denied_folder_is_not_assessed() -> None:
    folder = ManagedFolder(name="inbox/", policy=denied("storage.managedFolders.getIamPolicy"))
    finding = verdict(CHECK, a_bucket(managed_folders=(folder,)), a_project())
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("storage.managedFolders.getIamPolicy",)
