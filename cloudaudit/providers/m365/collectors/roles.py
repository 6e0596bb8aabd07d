"""Who holds which directory role, in force and eligible."""

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct, field

from cloudaudit.facts import Fact, Read
from cloudaudit.providers.m365.model import RoleGrant
from cloudaudit.providers.m365.operations import (
    LIST_ELIGIBLE_ROLES,
    LIST_GROUP_MEMBERS,
    LIST_ROLE_ASSIGNMENTS,
    LIST_ROLE_DEFINITIONS,
    Operation,
)
from cloudaudit.providers.m365.reader import CallFailed, Identified, Reader

MEMBERS = "/microsoft.graph.user?$select=id,userPrincipalName&$top=999"


class _Definition(Struct, frozen=True, rename="camel"):
    id: str
    template_id: str | None = None
    display_name: str | None = None


class _Principal(Struct, frozen=True, rename="camel"):
    type: str = field(default="", name="@odata.type")
    display_name: str | None = None
    user_principal_name: str | None = None


class _Assignment(Struct, frozen=True, rename="camel"):
    principal_id: str
    role_definition_id: str
    directory_scope_id: str | None = None
    principal: _Principal | None = None

    @property
    def kind(self) -> str:
        """Graph's name of what the principal is; empty when it does not tell."""
        return (self.principal.type if self.principal else "").rpartition(".")[2]


class MemberWire(Identified, frozen=True, rename="camel"):
    """A user within a group."""

    user_principal_name: str | None = None


class RolesReader:
    """Reads role grants; each group's members are asked for once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._members: dict[str, tuple[MemberWire, ...]] = {}

    async def read(self) -> tuple[Fact[tuple[RoleGrant, ...]], Fact[tuple[RoleGrant, ...]]]:
        """Return the grants in force, and those that must be activated first."""
        try:
            definitions = await self._reader.every(
                LIST_ROLE_DEFINITIONS,
                f"{LIST_ROLE_DEFINITIONS.path}?$select=id,templateId,displayName",
                _Definition,
            )
        except CallFailed as failure:
            return failure.unread, failure.unread
        names = {line.id: line for line in definitions.body}
        return (
            await self._grants(LIST_ROLE_ASSIGNMENTS, names, eligible=False),
            await self._grants(LIST_ELIGIBLE_ROLES, names, eligible=True),
        )

    async def _grants(
        self, operation: Operation, names: Mapping[str, _Definition], *, eligible: bool
    ) -> Fact[tuple[RoleGrant, ...]]:
        grants: list[RoleGrant] = []
        try:
            answer = await self._reader.every(operation, f"{operation.path}?$expand=principal", _Assignment)
            for line in answer.body:
                grants.extend(await self._of(line, names.get(line.role_definition_id), eligible=eligible))
        except CallFailed as failure:
            return failure.unread
        return Read(tuple(grants), answer.source)

    async def _of(
        self, line: _Assignment, role: _Definition | None, *, eligible: bool
    ) -> Iterable[RoleGrant]:
        principal = line.principal or _Principal()
        name = principal.user_principal_name or principal.display_name or ""

        def grant(holder: str, holder_name: str, kind: str, via: str = "") -> RoleGrant:
            return RoleGrant(
                role=(role.template_id if role else None) or line.role_definition_id,
                role_name=(role.display_name if role else None) or "",
                principal=holder,
                principal_name=holder_name,
                principal_kind=kind,
                via=via,
                scope=line.directory_scope_id or "/",
                eligible=eligible,
            )

        if line.kind != "group":
            # Who holds it is known by id; where Graph does not say what that is, it may be a person.
            return (grant(line.principal_id, name, line.kind or "user"),)
        members = await self._of_group(line.principal_id)
        return tuple(grant(each.id, each.user_principal_name or "", "user", name) for each in members)

    async def _of_group(self, group: str) -> tuple[MemberWire, ...]:
        if group not in self._members:
            path = LIST_GROUP_MEMBERS.path.format(group) + MEMBERS
            self._members[group] = (await self._reader.every(LIST_GROUP_MEMBERS, path, MemberWire)).body
        return self._members[group]


def by_holder(
    facts: Iterable[Fact[tuple[RoleGrant, ...]]], keep: Callable[[RoleGrant], bool]
) -> dict[str, tuple[RoleGrant, ...]]:
    """Return the grants of each holder, of those facts that were read."""
    found: dict[str, tuple[RoleGrant, ...]] = {}
    for fact in facts:
        for grant in fact.value if isinstance(fact, Read) else ():
            if keep(grant):
                found[grant.principal] = (*found.get(grant.principal, ()), grant)
    return found
