"""What roles permit, asked once each."""

from msgspec import Struct

from cloudaudit.facts import Cause, Fact, Source, Unread
from cloudaudit.providers.gcs.failures import NOT_FOUND
from cloudaudit.providers.gcs.model import JUDGED_PERMISSIONS
from cloudaudit.providers.gcs.operations import (
    GET_ORGANIZATION_ROLE,
    GET_PREDEFINED_ROLE,
    GET_PROJECT_ROLE,
    Operation,
)
from cloudaudit.providers.gcs.reader import Reader
from cloudaudit.text import Text

_NO_NAME = Text(en="this is no name of a role", ja="ロールの名前として解釈できません")


class _Role(Struct, frozen=True, rename="camel"):
    name: str
    included_permissions: tuple[str, ...] = ()
    deleted: bool = False


def read_role(reader: Reader, name: str) -> Fact[tuple[str, ...] | None]:
    """Return the permissions of a role that decide anything here."""
    place = _place(name)
    if place is None:
        return Unread(Cause.UNSUPPORTED, Source(GET_PREDEFINED_ROLE.label), detail=_NO_NAME)
    operation, variables = place
    # Custom roles are deleted; that one of Google's own is not found is no reason to believe that it permits nothing.
    absent = {} if operation is GET_PREDEFINED_ROLE else {NOT_FOUND: None}
    return reader.fact(operation, variables, _Role, _permissions, absent=absent)


def _permissions(told: _Role) -> tuple[str, ...] | None:
    if told.deleted:
        return None
    return tuple(sorted(each for each in told.included_permissions if each.startswith(JUDGED_PERMISSIONS)))


def _place(name: str) -> tuple[Operation, tuple[str, ...]] | None:
    """Return how a role is asked for by its name."""
    match name.split("/"):
        case ["roles", role] if role:
            return GET_PREDEFINED_ROLE, (role,)
        case ["projects", project, "roles", role] if project and role:
            return GET_PROJECT_ROLE, (project, role)
        case ["organizations", organization, "roles", role] if organization and role:
            return GET_ORGANIZATION_ROLE, (organization, role)
        case _:
            return None
