"""Whoever administers a project administers every bucket in it."""

from collections.abc import Iterator
from datetime import datetime

from cloudaudit.answers import Unknown
from cloudaudit.check import (
    Audit,
    Part,
    Severity,
    Text,
    Theme,
    Unread,
    Verdict,
    check,
    failed,
    failed_part,
    not_read,
    passed,
)
from cloudaudit.providers.gcs.lookups import roles_in
from cloudaudit.providers.gcs.model import Binding, Project, Role
from cloudaudit.providers.gcs.policy_conditions import Holds, outcome
from cloudaudit.providers.gcs.policy_exposure import named
from cloudaudit.providers.gcs.policy_grants import bindings_of
from cloudaudit.providers.gcs.policy_members import SERVICE_ACCOUNT, Member, member
from cloudaudit.providers.gcs.policy_roles import Right, Roles, permitted
from cloudaudit.providers.gcs.trust import belongs, trusted

WIDE_BY_NAME = {"roles/owner", "roles/editor", "roles/storage.admin"}


@check(
    "gcp-project-storage-admin",
    title=Text(
        en="No outsider and no service account without need administers the project's storage",
        ja="外部の相手や必要のないサービスアカウントが、プロジェクトのストレージ管理権限を持っていない",
    ),
    theme=Theme.ACCESS,
    severity=Severity.HIGH,
    on=Project,
    uses=(Role,),
    rationale=Text(
        en="Owner, Editor and Storage Admin reach every bucket of the project, future ones too. A service account with "
        "them gives all of that to whoever gets at one program; the default accounts have Editor from the start.",
        ja="オーナー・編集者・ストレージ管理者は、今後作成されるものも含め、プロジェクトの全バケットを操作できます。"
        "サービスアカウントに付与すると、プログラム1つの侵害で全データが影響を受けます。"
        "既定のサービスアカウントには、初期状態で編集者ロールが付与されている場合があります。",
    ),
    remediation=Text(
        en="Give the account a role for what it does, on the buckets that it needs, and take the wide role away; or name "
        "it in approved_storage_admins after a review.",
        ja="必要なバケットに限って用途に応じたロールを付与し、広範なロールを外してください。"
        "必要な場合は、確認・承認のうえ approved_storage_admins に登録してください。",
    ),
    references=(
        "https://cloud.google.com/iam/docs/roles-overview#basic",
        "https://cloud.google.com/iam/docs/best-practices-service-accounts",
    ),
    settings=("approved_storage_admins", "trusted_domains", "trusted_members", "trusted_projects"),
)
def storage_admin(project: Project, audit: Audit) -> Verdict:
    """Judge the bindings of the project and of what stands above it, by what each role really permits."""
    parts: dict[str, Part] = {}
    unread: list[Unread] = []
    roles = roles_in(audit)
    for found in bindings_of(project):
        if isinstance(found, Unread):
            unread.append(found)
            continue
        binding, place = found
        for who in _suspects(binding, project, audit):
            answer = _offends(who, binding, project, audit, roles)
            if isinstance(answer, Unknown):
                unread += answer.facts
            elif answer:
                key = f"{place.via.en}, {binding.role}: {who.text}"
                parts[key] = failed_part(
                    key,
                    Text(
                        en=f"{place.words.en} grants {binding.role} to {who.words.en}.",
                        ja=f"{place.words.ja}で {binding.role} が{who.words.ja}に付与されています。",
                    ),
                    {"member": who.text, "role": binding.role, "at": place.via.en},
                )
    names = sorted({str(part.evidence["member"]) for part in parts.values()})
    evidence = {"members": names[:20], "approved": list(audit.policy.approved_storage_admins)}
    if parts:
        shown = named(names)
        return failed(
            Text(
                en=f"Outsiders or service accounts administer the project's storage: {shown.en}.",
                ja=f"外部の相手またはサービスアカウントが、ストレージの管理権限を持っています: {shown.ja}。",
            ),
            evidence,
            parts=tuple(parts.values()),
        )
    if unread:
        not_read(*dict.fromkeys(unread))
    return passed(
        Text(
            en="No outsider and no service account without need has Owner, Editor or rights to administer storage.",
            ja="外部の相手や未承認のサービスアカウントに、オーナー・編集者・ストレージ管理の権限は付与されていません。",
        ),
        evidence,
    )


def _suspects(binding: Binding, project: Project, audit: Audit) -> Iterator[Member]:
    """Yield the members of a binding who are not approved, left out what Google runs for the project itself."""
    if binding.condition is not None and _never(binding.condition.expression, audit.taken_at):
        return
    for text in binding.members:
        who = member(text)
        approved = text in audit.policy.approved_storage_admins
        own_agent = who.agent and belongs(who, project) is True
        if not (who.nobody or approved or own_agent):
            yield who


def _never(expression: str, at: datetime) -> bool:
    return outcome(expression, None, at).holds is Holds.NEVER


def _offends(who: Member, binding: Binding, project: Project, audit: Audit, roles: Roles) -> bool | Unknown:
    if who.kind == SERVICE_ACCOUNT or who.public:
        return _is_wide(binding.role, roles)
    inside = trusted(who, project, (), audit.policy)
    if inside is True:
        return False
    wide = _is_wide(binding.role, roles)
    if wide is False or inside is False:
        return wide
    return inside


def _is_wide(role: str, roles: Roles) -> bool | Unknown:
    if role in WIDE_BY_NAME:
        return True
    known = permitted(role, roles(role))
    if known.unread is not None:
        return Unknown((known.unread,))
    permissions = known.rights.get(Right.ADMINISTER, ())
    return any(not each.startswith(("storage.objects.", "storage.managedFolders.")) for each in permissions)
