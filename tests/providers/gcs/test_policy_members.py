import pytest

from cloudaudit.providers.gcs.policy_members import entity, member


@pytest.mark.parametrize(
    ("text", "kind", "domain", "project"),
    [
        ("user:Hanako@Example.co.jp", "user", "example.co.jp", ""),
        ("group:sales@example.co.jp", "group", "example.co.jp", ""),
        ("domain:Example.co.jp", "domain", "example.co.jp", ""),
        ("serviceAccount:app@shop-prod.iam.gserviceaccount.com", "serviceAccount", None, "shop-prod"),
        (
            "serviceAccount:app@shop.example.com.iam.gserviceaccount.com",
            "serviceAccount",
            None,
            "example.com:shop",
        ),
        ("serviceAccount:shop-prod@appspot.gserviceaccount.com", "serviceAccount", None, "shop-prod"),
        ("serviceAccount:123-compute@developer.gserviceaccount.com", "serviceAccount", None, "123"),
        ("serviceAccount:123@cloudservices.gserviceaccount.com", "serviceAccount", None, "123"),
        (
            "serviceAccount:service-123@gs-project-accounts.iam.gserviceaccount.com",
            "serviceAccount",
            None,
            "123",
        ),
        ("serviceAccount:service-123@gcp-sa-logging.iam.gserviceaccount.com", "serviceAccount", None, "123"),
        (
            "serviceAccount:project-123@storage-transfer-service.iam.gserviceaccount.com",
            "serviceAccount",
            None,
            "123",
        ),
        ("serviceAccount:shop-prod.svc.id.goog[web/front]", "serviceAccount", "", "shop-prod"),
        ("serviceAccount:odd@system.gserviceaccount.com", "serviceAccount", None, ""),
        ("projectViewer:shop-prod", "projectViewer", "", "shop-prod"),
        (
            "principalSet://iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/ci/*",
            "principalSet",
            "",
            "123",
        ),
        ("principalSet://cloudresourcemanager.googleapis.com/projects/123", "principalSet", "", "123"),
        ("principal://iam.googleapis.com/locations/global/workforcePools/p/subject/x", "principal", "", ""),
        ("nonsense", "nonsense", "", ""),
        ("", "", "", ""),
    ],
)
def test_a_member_is_told_apart(text: str, kind: str, domain: str | None, project: str) -> None:
    found = member(text)
    assert (found.kind, found.project, found.text) == (kind, project, text)
    assert domain is None or found.domain == domain
    assert not found.public
    assert not found.nobody


@pytest.mark.parametrize("text", ["allUsers", "allAuthenticatedUsers", "principalSet://goog/public:all"])
def test_everyone_is_public_whatever_the_name(text: str) -> None:
    assert member(text).public
    assert entity(text).public or text.startswith("principalSet")
    assert "everyone" in member(text).words.en
    assert "すべての人" in member(text).words.ja


@pytest.mark.parametrize(
    "text",
    [
        "deleted:user:hanako@example.co.jp?uid=1",
        "deleted:serviceAccount:x@p.iam.gserviceaccount.com?uid=2",
        "deleted:principal://iam.googleapis.com/locations/global/workforcePools/p/subject/x",
    ],
)
def test_what_is_left_of_a_deleted_principal_is_nobody(text: str) -> None:
    assert member(text).nobody


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("principalSet://cloudresourcemanager.googleapis.com/organizations/555", "organizations/555"),
        ("principalSet://cloudresourcemanager.googleapis.com/folders/7/type/ServiceAccount", "folders/7"),
        ("principalSet://goog/cloudIdentityCustomerId/C0abc123", ""),
    ],
)
def test_a_set_of_principals_names_its_place(text: str, place: str) -> None:
    assert member(text).place == place


def test_a_customer_is_named_by_its_id() -> None:
    assert member("principalSet://goog/cloudIdentityCustomerId/C0abc123").customer == "C0abc123"


@pytest.mark.parametrize(
    ("text", "agent"),
    [
        ("serviceAccount:service-123@gcp-sa-logging.iam.gserviceaccount.com", True),
        ("serviceAccount:123@cloudservices.gserviceaccount.com", True),
        ("serviceAccount:123-compute@developer.gserviceaccount.com", False),
        ("serviceAccount:app@shop-prod.iam.gserviceaccount.com", False),
        # Whoever may have a project of that name, Google's list does not have it.
        ("serviceAccount:service-123@gcp-sa-evil.iam.gserviceaccount.com", False),
        ("serviceAccount:service-123@gcp-sa-logging2.iam.gserviceaccount.com", False),
        ("serviceAccount:service-123@gcp-sa-logging.evil.com.iam.gserviceaccount.com", False),
        ("serviceAccount:service-123@gcp-sa-storageinsights.iam.gserviceaccount.com", True),
        ("serviceAccount:service-123@cloud-filer.iam.gserviceaccount.com", True),
        ("user:service-123@gcp-sa-logging.iam.gserviceaccount.com", False),
    ],
)
def test_a_service_agent_is_not_a_default_account(text: str, agent: bool) -> None:  # noqa: FBT001 - a case
    assert member(text).agent is agent


@pytest.mark.parametrize(
    ("text", "maybe"),
    [
        ("serviceAccount:service-123@gcp-sa-evil.iam.gserviceaccount.com", True),
        ("serviceAccount:app@gcp-ri-new.iam.gserviceaccount.com", True),
        ("serviceAccount:service-123@gcp-sa-logging.iam.gserviceaccount.com", False),
        ("serviceAccount:app@shop-prod.iam.gserviceaccount.com", False),
        ("user:service-123@gcp-sa-evil.iam.gserviceaccount.com", False),
    ],
)
def test_what_only_looks_like_an_agent_is_neither_googles_nor_of_the_number_in_its_name(
    text: str,
    maybe: bool,  # noqa: FBT001 - a case
) -> None:
    found = member(text)
    assert found.maybe_agent is maybe
    assert not (maybe and found.project == "123")


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("user-hanako@example.co.jp", "user:hanako@example.co.jp"),
        ("group-sales@example.co.jp", "group:sales@example.co.jp"),
        ("domain-example.co.jp", "domain:example.co.jp"),
        ("project-owners-123", "projectOwner:123"),
        ("project-editors-123", "projectEditor:123"),
        ("project-viewers-123", "projectViewer:123"),
        (
            "user-app@shop-prod.iam.gserviceaccount.com",
            "serviceAccount:app@shop-prod.iam.gserviceaccount.com",
        ),
        ("allUsers", "allUsers"),
    ],
)
def test_an_entity_of_an_acl_equals_a_member(text: str, same: str) -> None:
    assert entity(text) == member(same)
