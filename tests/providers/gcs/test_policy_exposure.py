from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from cloudaudit.facts import Cause, Unread
from cloudaudit.providers.gcs.model import (
    AclEntry,
    AllowedMembers,
    Bucket,
    IpFilter,
    ManagedFolder,
    Project,
    UniformAccess,
)
from cloudaudit.providers.gcs.policy import OUTSIDE, PUBLIC, UNCLEAR, Answer, Exposure, Right, exposure
from cloudaudit.testing import denied, read, unread
from cloudaudit.text import Text
from fakes.gcs_facts import NUMBER, PROJECT, a_bucket, a_project, above, grant, known_roles, policy

AT = datetime(2026, 11, 21, tzinfo=UTC)
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
FINE = UniformAccess(enabled=False)
VIEWER = "roles/storage.objectViewer"
EVERYONE = policy(grant(VIEWER, "allUsers"))
DENIED = denied("storage.buckets.getIamPolicy")


def found(
    bucket: Bucket, project: Project | None = None, roles: Mapping[str, Unread] | None = None
) -> Exposure:
    return exposure(bucket, project or a_project(), known_roles(**(roles or {})), AT)


def answers(read_: Answer, list_: Answer, write: Answer, administer: Answer) -> Mapping[Right, Answer]:
    return {Right.READ: read_, Right.LIST: list_, Right.WRITE: write, Right.ADMINISTER: administer}


NOBODY = answers(NO, NO, NO, NO)
ANYBODY_KNOWS = answers(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)


# --------------------------------------------------------------------------- IAM of the bucket


@pytest.mark.parametrize("who", ["allUsers", "allAuthenticatedUsers"])
@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (VIEWER, answers(YES, YES, NO, NO)),
        ("roles/storage.objectCreator", answers(NO, NO, YES, NO)),
        ("roles/storage.legacyBucketReader", answers(NO, YES, NO, NO)),
        ("roles/storage.admin", answers(YES, YES, YES, YES)),
        ("roles/run.invoker", NOBODY),
        ("projects/p/roles/doesNotExist", NOBODY),
    ],
)
def test_the_bucket_policy_opens_what_the_role_permits(
    who: str, role: str, expected: Mapping[Right, Answer]
) -> None:
    assert found(a_bucket(policy=policy(grant(role, who)))).public == expected


def test_the_path_names_policy_role_and_member_in_both_languages() -> None:
    opening = found(a_bucket(policy=EVERYONE)).open_to(PUBLIC)[0]
    assert opening.sentence.en == (
        "Public because the bucket's IAM policy grants roles/storage.objectViewer to everyone (allUsers), and public "
        "access prevention is not enforced."
    )
    assert (
        "バケットの IAM ポリシーで roles/storage.objectViewer がすべての人(allUsers)に付与されています。公開"
        in opening.sentence.ja
    )
    assert opening.grant.via == Text(
        en="bucket IAM policy, roles/storage.objectViewer",
        ja="バケットの IAM ポリシー、roles/storage.objectViewer",
    )
    assert opening.grant.permissions == ("storage.objects.get",)


def test_own_people_are_no_opening() -> None:
    members = (
        "user:hanako@example.co.jp",
        "group:sales@EXAMPLE.co.jp",
        "domain:example.co.jp",
        f"serviceAccount:app@{PROJECT}.iam.gserviceaccount.com",
        f"serviceAccount:{NUMBER}-compute@developer.gserviceaccount.com",
        f"serviceAccount:service-{NUMBER}@gs-project-accounts.iam.gserviceaccount.com",
        f"serviceAccount:service-{NUMBER}@gcp-sa-dataform.iam.gserviceaccount.com",
        f"projectViewer:{PROJECT}",
        "principalSet://goog/cloudIdentityCustomerId/C0abc123",
        "principalSet://cloudresourcemanager.googleapis.com/organizations/555",
        f"principalSet://iam.googleapis.com/projects/{NUMBER}/locations/global/workloadIdentityPools/ci/*",
        "deleted:user:gone@gmail.com?uid=1",
    )
    assert not found(a_bucket(policy=policy(grant("roles/storage.admin", *members)))).openings


@pytest.mark.parametrize(
    "who",
    [
        "user:somebody@gmail.com",
        "user:somebody@partner.example.com",
        "group:all@partner.example.com",
        "domain:partner.example.com",
        "principalSet://goog/cloudIdentityCustomerId/C0other",
        "principalSet://cloudresourcemanager.googleapis.com/organizations/999",
        "serviceAccount:odd@system.gserviceaccount.com",
    ],
)
def test_strangers_are_outside_and_not_public(who: str) -> None:
    exposed = found(a_bucket(policy=policy(grant(VIEWER, who))))
    assert exposed.public == NOBODY
    assert exposed.outside == answers(YES, YES, NO, NO)
    assert {each.scope for each in exposed.openings} == {OUTSIDE}


@pytest.mark.parametrize(
    "who",
    [
        "serviceAccount:app@other-project.iam.gserviceaccount.com",
        "serviceAccount:service-999@gcp-sa-logging.iam.gserviceaccount.com",
        f"serviceAccount:service-{NUMBER}@gcp-sa-evil.iam.gserviceaccount.com",
        "projectEditor:other-project",
        "principalSet://iam.googleapis.com/projects/999/locations/global/workloadIdentityPools/ci/*",
        "principalSet://cloudresourcemanager.googleapis.com/projects/999",
        "principalSet://cloudresourcemanager.googleapis.com/folders/999",
        "principal://iam.googleapis.com/locations/global/workforcePools/partners/subject/x",
        "nonsense",
    ],
)
def test_who_may_be_of_the_own_organisation_is_unclear(who: str) -> None:
    exposed = found(a_bucket(policy=policy(grant(VIEWER, who))))
    assert {each.scope for each in exposed.openings} == {UNCLEAR}
    assert exposed.outside == answers(UNKNOWN, UNKNOWN, NO, NO)


def test_a_folder_above_the_project_is_its_own() -> None:
    project = a_project(ancestors=(above("folders/7", policy()), above("organizations/555", policy())))
    who = "principalSet://cloudresourcemanager.googleapis.com/folders/7"
    assert not found(a_bucket(policy=policy(grant(VIEWER, who))), project).openings
    blind = a_project(ancestors=denied("resourcemanager.projects.get"))
    assert found(a_bucket(policy=policy(grant(VIEWER, who))), blind).outside[Right.READ] is UNKNOWN


def test_without_an_organisation_other_projects_and_domains_are_strangers() -> None:
    project = a_project(organization=None, ancestors=())
    members = ("serviceAccount:a@other.iam.gserviceaccount.com", "user:a@example.co.jp", "nonsense")
    exposed = found(a_bucket(policy=policy(grant(VIEWER, *members))), project)
    assert {each.member.text for each in exposed.open_to(OUTSIDE)} == set(members)


def test_with_an_unread_organisation_a_private_account_is_a_stranger_still() -> None:
    project = a_project(organization=denied("resourcemanager.organizations.get"))
    bucket = a_bucket(policy=policy(grant(VIEWER, "user:a@gmail.com", "user:a@example.co.jp")))
    exposed = found(bucket, project)
    assert {(each.member.name, each.scope) for each in exposed.openings} == {
        ("a@gmail.com", OUTSIDE),
        ("a@example.co.jp", UNCLEAR),
    }


# --------------------------------------------------------------------------- conditions


def test_a_condition_that_never_holds_grants_nothing_and_says_so() -> None:
    bucket = a_bucket(
        policy=policy(grant(VIEWER, "allUsers", condition='request.time < timestamp("2026-01-01T00:00:00Z")'))
    )
    exposed = found(bucket)
    assert exposed.public == NOBODY
    assert exposed.closed_for([Right.READ])[0].en.endswith("but under a condition that never holds")
    assert exposed.outside == NOBODY


def test_a_condition_that_may_hold_counts_and_stands_in_the_path() -> None:
    expression = 'resource.name.startsWith("projects/_/buckets/invoices/objects/open/")'
    opening = found(a_bucket(policy=policy(grant(VIEWER, "allUsers", condition=expression)))).open_to(PUBLIC)[
        0
    ]
    assert opening.grant.path[-1].en == f"under the condition {expression}"
    assert opening.grant.path[-1].ja.startswith("条件: ")


def test_a_condition_that_ends_tells_when() -> None:
    condition = 'request.time < timestamp("2027-01-01T00:00:00Z")'
    opening = found(a_bucket(policy=policy(grant(VIEWER, "allUsers", condition=condition)))).openings[0]
    assert opening.grant.until == "2027-01-01T00:00:00Z"


def test_a_stranger_under_a_condition_that_never_holds_is_not_let_in() -> None:
    bucket = a_bucket(policy=policy(grant(VIEWER, "user:a@gmail.com", condition="false")))
    assert found(bucket).outside == NOBODY


# --------------------------------------------------------------------------- project and above, folders


@pytest.mark.parametrize(
    ("project", "via"),
    [
        (a_project(policy=EVERYONE), f"project IAM policy, {VIEWER}"),
        (a_project(ancestors=(above("folders/7", EVERYONE),)), f"folders/7 IAM policy, {VIEWER}"),
        (
            a_project(ancestors=(above("organizations/555", EVERYONE),)),
            f"organizations/555 IAM policy, {VIEWER}",
        ),
    ],
)
def test_what_stands_above_the_bucket_opens_it_too(project: Project, via: str) -> None:
    exposed = found(a_bucket(), project)
    assert exposed.public == answers(YES, YES, NO, NO)
    assert exposed.open_to(PUBLIC)[0].grant.via.en == via


def test_a_managed_folder_opens_a_part_of_the_bucket() -> None:
    folder = ManagedFolder(name="open/", policy=read(EVERYONE))
    exposed = found(a_bucket(managed_folders=(folder,)))
    assert exposed.public == answers(YES, YES, NO, NO)
    assert "managed folder open/" in exposed.open_to(PUBLIC)[0].sentence.en


@pytest.mark.parametrize(
    ("value", "role", "expected"),
    [
        ("projectViewer", "roles/viewer", answers(YES, YES, NO, NO)),
        ("projectEditor", "roles/viewer", NOBODY),
        ("projectOwner", "roles/owner", answers(YES, YES, NO, YES)),
    ],
)
def test_a_convenience_value_stands_for_whoever_has_the_basic_role(
    value: str, role: str, expected: Mapping[Right, Answer]
) -> None:
    project = a_project(policy=policy(grant(role, "allUsers")))
    exposed = found(a_bucket(policy=policy(grant(VIEWER, f"{value}:{PROJECT}"))), project)
    assert exposed.public == expected
    if expected[Right.READ] is YES:
        assert "stands for whoever has" in exposed.open_to(PUBLIC, rights=[Right.READ])[0].sentence.en


def test_a_convenience_value_by_number_in_an_acl_is_expanded_too() -> None:
    project = a_project(
        policy=policy(grant("roles/viewer", "user:a@gmail.com", "deleted:user:b@gmail.com?uid=1"))
    )
    bucket = a_bucket(
        uniform_access=FINE,
        acl=(AclEntry(entity=f"project-viewers-{NUMBER}", role="READER"),),
        default_object_acl=(),
    )
    exposed = found(bucket, project)
    assert exposed.public == NOBODY
    assert exposed.outside == answers(NO, YES, NO, NO)


# --------------------------------------------------------------------------- ACLs


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("READER", answers(NO, YES, NO, NO)),
        ("WRITER", answers(NO, YES, YES, NO)),
        ("OWNER", answers(NO, YES, YES, YES)),
        ("SOMETHING_NEW", answers(NO, YES, YES, YES)),
    ],
)
def test_the_bucket_acl_lists_and_writes_and_never_reads(role: str, expected: Mapping[Right, Answer]) -> None:
    acl = (AclEntry(entity="allAuthenticatedUsers", role=role),)
    assert found(a_bucket(uniform_access=FINE, acl=acl, default_object_acl=())).public == expected


@pytest.mark.parametrize(
    ("role", "expected"), [("READER", answers(YES, NO, NO, NO)), ("OWNER", answers(YES, NO, NO, YES))]
)
def test_the_default_object_acl_opens_every_new_object(role: str, expected: Mapping[Right, Answer]) -> None:
    acl = (AclEntry(entity="allUsers", role=role),)
    assert found(a_bucket(uniform_access=FINE, acl=(), default_object_acl=acl)).public == expected


def test_with_uniform_access_acls_count_for_nothing() -> None:
    acl = (AclEntry(entity="allUsers", role="OWNER"),)
    exposed = found(a_bucket(acl=acl, default_object_acl=acl))
    assert exposed.public == NOBODY
    assert not exposed.object_acls


def test_a_bucket_of_2015_without_any_setting_is_judged_by_its_acl() -> None:
    old = a_bucket(
        uniform_access=FINE,
        public_access_prevention=None,
        acl=(AclEntry(entity="allUsers", role="READER"),),
        default_object_acl=(),
    )
    exposed = found(old)
    assert exposed.public == answers(NO, YES, NO, NO)
    assert exposed.object_acls


def test_an_unread_uniform_access_leaves_a_public_acl_in_doubt_and_no_other() -> None:
    acl = (AclEntry(entity="allUsers", role="READER"), AclEntry(entity="user-a@example.co.jp", role="OWNER"))
    blind = a_bucket(uniform_access=denied("storage.buckets.list"), acl=acl, default_object_acl=None)
    assert found(blind).public == answers(NO, UNKNOWN, NO, NO)


# --------------------------------------------------------------------------- what prevents it


@pytest.mark.parametrize(
    ("bucket", "organisation", "expected"),
    [
        ("enforced", False, NO),
        ("enforced", denied("orgpolicy.policy.get"), NO),
        (denied("storage.buckets.list"), True, NO),
        ("inherited", True, NO),
        ("unspecified", True, NO),
        (None, True, NO),
        ("inherited", False, YES),
        ("unspecified", False, YES),
        (None, None, YES),
        ("inherited", denied("orgpolicy.policy.get"), UNKNOWN),
        (denied("storage.buckets.list"), False, UNKNOWN),
    ],
)
def test_prevention_of_bucket_or_organisation_decides(
    bucket: str | Unread | None,
    organisation: bool | Unread | None,  # noqa: FBT001 - a case
    expected: Answer,
) -> None:
    exposed = found(
        a_bucket(policy=EVERYONE, public_access_prevention=bucket),
        a_project(public_access_prevention=organisation),
    )
    assert exposed.public[Right.READ] is expected
    assert exposed.public[Right.WRITE] is NO


def test_prevention_leaves_strangers_as_they_are() -> None:
    bucket = a_bucket(policy=policy(grant(VIEWER, "user:a@gmail.com")), public_access_prevention="enforced")
    assert found(bucket).outside[Right.READ] is YES


def test_what_prevents_is_told_as_the_reason() -> None:
    by_bucket = found(a_bucket(policy=EVERYONE, public_access_prevention="enforced"))
    assert by_bucket.closed_for([Right.READ])[0].en == "public access prevention is enforced on the bucket"
    above_it = found(a_bucket(policy=EVERYONE), a_project(public_access_prevention=True))
    assert "organisation policy" in above_it.closed_for([Right.READ])[0].en


def test_domain_restricted_sharing_is_evidence_and_undoes_no_old_grant() -> None:
    project = a_project(allowed_members=AllowedMembers(allow_all=False, allowed=("C0abc123",)))
    exposed = found(a_bucket(policy=EVERYONE), project)
    assert exposed.public[Right.READ] is YES
    evidence = exposed.evidence(PUBLIC)
    assert evidence["domain_restricted_sharing"] == {"allowed": ["C0abc123"], "deny_all": False}
    open_to_all = found(a_bucket(), a_project(allowed_members=AllowedMembers(allow_all=True)))
    assert open_to_all.evidence(PUBLIC)["domain_restricted_sharing"] is None


def test_an_ip_filter_is_evidence_and_no_part_of_the_answer() -> None:
    bucket = a_bucket(policy=EVERYONE, ip_filter=IpFilter(enabled=True, public_ranges=("192.0.2.0/24",)))
    exposed = found(bucket)
    assert exposed.public[Right.READ] is YES
    assert exposed.evidence(PUBLIC)["ip_filter"]["public_ranges"] == ["192.0.2.0/24"]
    assert found(a_bucket(ip_filter=IpFilter(enabled=False))).evidence(PUBLIC)["ip_filter"] is None
    assert found(a_bucket(ip_filter=DENIED)).evidence(PUBLIC)["ip_filter"] == {"not_read": "denied"}


# --------------------------------------------------------------------------- what was not read


@pytest.mark.parametrize(
    ("bucket", "project"),
    [
        (a_bucket(policy=DENIED), a_project()),
        (a_bucket(managed_folders=denied("storage.managedFolders.list")), a_project()),
        (a_bucket(managed_folders=(ManagedFolder(name="f/", policy=DENIED),)), a_project()),
        (a_bucket(), a_project(policy=denied("resourcemanager.projects.getIamPolicy"))),
        (a_bucket(), a_project(ancestors=denied("resourcemanager.projects.get"))),
        (
            a_bucket(),
            a_project(ancestors=(above("folders/7", denied("resourcemanager.folders.getIamPolicy")),)),
        ),
    ],
)
def test_an_unread_policy_may_open_everything_to_anybody(bucket: Bucket, project: Project) -> None:
    exposed = found(bucket, project)
    assert exposed.public == ANYBODY_KNOWS
    assert exposed.outside == ANYBODY_KNOWS
    assert len(exposed.unread(PUBLIC)) == 1


def test_an_unread_policy_does_not_matter_where_prevention_is_enforced() -> None:
    exposed = found(a_bucket(policy=DENIED, public_access_prevention="enforced"))
    assert exposed.public == NOBODY
    assert exposed.outside == ANYBODY_KNOWS


def test_unread_acls_leave_what_they_could_give() -> None:
    blind = a_bucket(uniform_access=FINE, acl=DENIED, default_object_acl=())
    assert found(blind).public == answers(NO, UNKNOWN, UNKNOWN, UNKNOWN)
    blind = a_bucket(uniform_access=FINE, acl=(), default_object_acl=DENIED)
    assert found(blind).public == answers(UNKNOWN, NO, NO, UNKNOWN)


def test_an_unread_custom_role_is_unknown_for_whom_it_is_granted_to() -> None:
    bucket = a_bucket(policy=policy(grant("projects/p/roles/mine", "allUsers")))
    exposed = found(bucket, roles={"projects/p/roles/mine": denied("iam.roles.get")})
    assert exposed.public == ANYBODY_KNOWS
    assert exposed.outside == NOBODY
    assert exposed.unread(PUBLIC)[0].permission == "iam.roles.get"
    own = a_bucket(policy=policy(grant("projects/p/roles/mine", "user:hanako@example.co.jp")))
    assert found(own, roles={"projects/p/roles/mine": denied("iam.roles.get")}).public == NOBODY


def test_an_unread_role_of_google_says_yes_and_never_no() -> None:
    exposed = found(a_bucket(policy=EVERYONE), roles={VIEWER: unread(Cause.DISABLED)})
    assert exposed.public == answers(YES, YES, UNKNOWN, UNKNOWN)


def test_an_unread_role_under_a_condition_that_never_holds_does_not_matter() -> None:
    bucket = a_bucket(policy=policy(grant("projects/p/roles/mine", "allUsers", condition="false")))
    assert found(bucket, roles={"projects/p/roles/mine": denied("iam.roles.get")}).public == NOBODY


def test_a_yes_stands_beside_what_was_not_read() -> None:
    exposed = found(
        a_bucket(policy=EVERYONE), a_project(policy=denied("resourcemanager.projects.getIamPolicy"))
    )
    assert exposed.public == answers(YES, YES, UNKNOWN, UNKNOWN)


# --------------------------------------------------------------------------- evidence


def test_the_evidence_has_one_line_a_path_and_caps_long_lists() -> None:
    many = policy(*(grant(VIEWER, f"user:a{number}@gmail.com") for number in range(30)))
    evidence = found(a_bucket(policy=many)).evidence(OUTSIDE)
    assert len(evidence["openings"]) == 20
    assert evidence["openings_more"] == 10
    assert evidence["openings"][0]["rights"] == ["read", "list"]
    assert evidence["openings"][0]["permissions"] == ["storage.objects.get", "storage.objects.list"]
    assert evidence["public_access_prevention"] is False


def test_an_unknown_prevention_is_told_as_unknown() -> None:
    exposed = found(a_bucket(), a_project(public_access_prevention=denied("orgpolicy.policy.get")))
    assert exposed.evidence(PUBLIC)["public_access_prevention"] == "unknown"
