"""What several checks look up beside the resource in hand."""

from cloudaudit.check import Audit, Cause, NotRead, Source, Text, Unread, not_read
from cloudaudit.providers.gcs.model import GoogleResource, Project, Role, project_id, role_id
from cloudaudit.providers.gcs.operations import GET_PREDEFINED_ROLE, GET_PROJECT
from cloudaudit.providers.gcs.policy_roles import PermissionsFact, Roles
from cloudaudit.snapshot import Snapshot


def project_of(resource: GoogleResource, audit: Audit) -> Project:
    """Return the project that a resource belongs to.

    Raises:
        NotRead: it is not in the snapshot.
    """
    found = audit.get(Project, project_id(resource.account))
    if found is None:
        detail = Text(
            en=f"project {resource.account} was not scanned",
            ja=f"プロジェクト {resource.account} はスキャンされていません",
        )
        not_read(Unread(Cause.FOREIGN_ACCOUNT, Source(GET_PROJECT.label), detail=detail))
    return found


def roles_in(audit: Audit) -> Roles:
    """Return what each role permits, as far as it was read."""

    def permissions(role: str) -> PermissionsFact:
        try:
            found = audit.get(Role, role_id(role))
        # The reason is kept: the evaluation carries it on as the fact that the answer depends on.
        except NotRead as missing:
            return missing.facts[0]
        return unknown_role(role) if found is None else found.permissions

    return permissions


def roles_of(snapshot: Snapshot) -> Roles:
    """Return what each role permits, for the inventory of shares."""

    def permissions(role: str) -> PermissionsFact:
        found = snapshot.get(Role, role_id(role))
        return unknown_role(role) if found is None else found.permissions

    return permissions


def unknown_role(role: str) -> Unread:
    """Return why nothing is known of a role that some binding names and no record tells of."""
    detail = Text(
        en=f"what role {role} permits was not read", ja=f"ロール {role} の権限は読み取られていません"
    )
    return Unread(Cause.INTERRUPTED, Source(GET_PREDEFINED_ROLE.label), detail=detail)
