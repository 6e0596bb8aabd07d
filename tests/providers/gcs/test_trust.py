import pytest

from cloudaudit.answers import Unknown
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.gcs.policy_members import member
from cloudaudit.providers.gcs.trust import strangers, trusted
from cloudaudit.testing import denied
from fakes.gcs_facts import a_project

POLICY = AuditPolicy(
    trusted_domains=("Partner.example.com", "gmail.com"),
    trusted_projects=("partner-prod", "777"),
    trusted_members=("user:auditor@gmail.com", "nonsense"),
)
KNOWN = frozenset({"sister-prod", "888"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("user:auditor@gmail.com", True),
        ("user:somebody@gmail.com", False),
        ("user:a@partner.example.com", True),
        ("domain:PARTNER.example.com", True),
        ("user:a@elsewhere.example.com", False),
        ("serviceAccount:a@partner-prod.iam.gserviceaccount.com", True),
        ("serviceAccount:777-compute@developer.gserviceaccount.com", True),
        ("serviceAccount:a@sister-prod.iam.gserviceaccount.com", True),
        ("projectEditor:sister-prod", True),
        ("serviceAccount:888@cloudservices.gserviceaccount.com", True),
        ("group:cloud-storage-analytics@google.com", True),
        ("group:others@google.com", False),
        ("nonsense", True),
        ("user:hanako@example.co.jp", True),
    ],
)
def test_the_policy_trusts_by_member_project_and_domain_and_no_private_domain(
    text: str,
    expected: bool,  # noqa: FBT001 - a case
) -> None:
    assert trusted(member(text), a_project(), KNOWN, POLICY) is expected


def test_another_project_of_the_organisation_is_not_known_until_it_is_scanned() -> None:
    answer = trusted(member("serviceAccount:a@else.iam.gserviceaccount.com"), a_project(), KNOWN, POLICY)
    assert isinstance(answer, Unknown)
    detail = answer.facts[0].detail
    assert not isinstance(detail, str)
    assert "trusted_projects" in detail.en
    assert "trusted_projects" in detail.ja


def test_without_an_organisation_and_domains_nobody_knows_what_is_own() -> None:
    project = a_project(organization=None, ancestors=())
    answer = trusted(member("user:a@example.co.jp"), project, (), AuditPolicy())
    assert isinstance(answer, Unknown)
    assert trusted(member("user:a@gmail.com"), project, (), AuditPolicy()) is False
    assert trusted(member("user:a@else.example"), project, (), POLICY) is False


def test_strangers_are_told_apart_from_doubts() -> None:
    project = a_project(organization=denied("resourcemanager.organizations.get"))
    members = [member("user:a@gmail.com"), member("user:a@example.co.jp"), member("user:a@gmail.com")]
    outside, doubts = strangers(members, project, (), AuditPolicy())
    assert [each.text for each in outside] == ["user:a@gmail.com"]
    assert [each.permission for each in doubts] == ["resourcemanager.organizations.get"]
