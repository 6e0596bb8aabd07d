"""Who belongs to the own organisation, and whom the audit policy trusts besides. Pure."""

from collections.abc import Collection, Iterable, Sequence

from cloudaudit.answers import Answer, Unknown
from cloudaudit.facts import Cause, Unread
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.gcs.model import Organization, Project
from cloudaudit.providers.gcs.policy_members import (
    CONSUMER_DOMAINS,
    DOMAIN,
    GROUP,
    SERVICE_ACCOUNT,
    USER,
    Member,
)
from cloudaudit.text import Text

LOG_DELIVERY = "group:cloud-storage-analytics@google.com"


def is_own(name: str, project: Project) -> bool:
    """Return whether a name is the project's id or number."""
    return name in {project.project, project.number} - {""}


def belongs(who: Member, project: Project) -> Answer:
    """Return whether a member is certainly of the own project or organisation, or certainly not.

    A service agent is Google's and acts for a project, so it counts as that project's; whether an account that only looks
    like one belongs to Google or to somebody with a project of such a name cannot be told. A group of the own domain
    counts as own; who is in it is not looked at.
    """
    if who.maybe_agent and not is_own(who.project, project):
        return Unknown((Unread(Cause.UNSUPPORTED, project.organization.source, detail=_maybe_agent(who)),))
    if who.domain in CONSUMER_DOMAINS and who.kind != SERVICE_ACCOUNT:
        return False
    if who.place.startswith("folders/"):
        return _below(who, project)
    if who.project:
        return is_own(who.project, project) or _in_organization(who, project)
    return _by_itself(who, project)


def _maybe_agent(who: Member) -> Text:
    return Text(
        en=f"whether {who.text} is one of Google's service agents is not known, for Google's list does not have it; if it "
        "is one, name it in trusted_members",
        ja=f"{who.text} は Google の公開一覧にないため、Google のサービス エージェントかどうか確認できません。"
        "該当する場合は trusted_members に登録してください",
    )


def _by_itself(who: Member, project: Project) -> Answer:
    organization = project.organization
    if isinstance(organization, Unread):
        return Unknown((organization,))
    own = organization.value
    if who.kind == SERVICE_ACCOUNT or own is None:
        return False
    if who.domain or who.customer or who.place:
        return _is_organization(who, own)
    return _in_organization(who, project)


def _is_organization(who: Member, own: Organization) -> bool:
    pairs = ((who.domain, own.domain.lower()), (who.customer, own.customer), (who.place, own.name))
    return any(said == known != "" for said, known in pairs)


def _below(who: Member, project: Project) -> Answer:
    """Return whether a folder is above the project; another one may be of the same organisation too."""
    above = project.ancestors
    if isinstance(above, Unread):
        return Unknown((above,))
    return who.place in {ancestor.name for ancestor in above.value} or _in_organization(who, project)


def _in_organization(who: Member, project: Project) -> Answer:
    """Return no for a project in no organisation; in one, another project, folder or pool may be its own too."""
    organization = project.organization
    if isinstance(organization, Unread):
        return Unknown((organization,))
    if organization.value is None:
        return False
    detail = Text(
        en=f"whether {who.text} belongs to your organisation is not known; scan that project as well, or name it in "
        "trusted_projects or trusted_members",
        ja=f"{who.text} が自社の組織に属するかどうか確認できません。該当プロジェクトもスキャンするか、"
        "trusted_projects または trusted_members に登録してください",
    )
    return Unknown((Unread(Cause.UNSUPPORTED, organization.source, detail=detail),))


def trusted(who: Member, project: Project, known: Collection[str], policy: AuditPolicy) -> Answer:
    """Return whether a member is of the own organisation or trusted by the policy.

    Args:
        who: the member.
        project: the project in whose policy it stands.
        known: ids and numbers of all the projects that were scanned together.
        policy: whom it trusts.
    """
    if who.text in policy.trusted_members:
        return True
    if who.project and (who.project in known or who.project in policy.trusted_projects):
        return True
    consumer = who.domain in CONSUMER_DOMAINS
    if who.domain and not consumer and who.domain in {each.lower() for each in policy.trusted_domains}:
        return True
    # Cloud Storage delivers its usage logs as a group of Google's own.
    # https://cloud.google.com/storage/docs/access-logs#delivery
    if who.text == LOG_DELIVERY:
        return True
    found = belongs(who, project)
    organization = project.organization
    nameless = (
        not isinstance(organization, Unread) and organization.value is None and not policy.trusted_domains
    )
    if found is False and nameless and who.kind in {USER, GROUP, DOMAIN} and not consumer:
        detail = Text(
            en="the project is in no organisation, so your own domains are not known; name them in trusted_domains",
            ja="プロジェクトが組織に属しておらず、自社ドメインを判別できません。trusted_domains に登録してください",
        )
        return Unknown((Unread(Cause.UNSUPPORTED, organization.source, detail=detail),))
    return found


def strangers(
    members: Iterable[Member], project: Project, known: Collection[str], policy: AuditPolicy
) -> tuple[tuple[Member, ...], tuple[Unread, ...]]:
    """Return those who are certainly not trusted, and what must be read to tell about the others."""
    outside: list[Member] = []
    doubts: list[Unread] = []
    for who in dict.fromkeys(members):
        answer = trusted(who, project, known, policy)
        if answer is False:
            outside.append(who)
        elif isinstance(answer, Unknown):
            doubts.extend(answer.facts)
    return tuple(outside), tuple(dict.fromkeys(doubts))


def names_of(projects: Sequence[Project]) -> frozenset[str]:
    """Return the ids and numbers of projects."""
    return frozenset(name for each in projects for name in (each.project, each.number) if name)
