"""Applications and service principals, with their credentials and the permissions they were granted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from msgspec import Struct

from cloudaudit.facts import Fact, Read, Source
from cloudaudit.providers.m365.model import AppCredential, Application, AppPermission, ServicePrincipal
from cloudaudit.providers.m365.operations import (
    LIST_APP_ROLE_ASSIGNMENTS,
    LIST_CONSENTS,
    LIST_SERVICE_PRINCIPALS,
)
from cloudaudit.providers.m365.reader import CallFailed, Identified, Reader

APPLICATIONS_PATH = (
    "/applications?$top=999&$select=id,appId,displayName,createdDateTime,signInAudience,"
    "passwordCredentials,keyCredentials"
)
PRINCIPALS_PATH = (
    "/servicePrincipals?$top=999&$select=id,appId,displayName,accountEnabled,appOwnerOrganizationId,"
    "servicePrincipalType,verifiedPublisher,passwordCredentials,keyCredentials"
)
GRAPH_APP = "00000003-0000-0000-c000-000000000000"
SHAREPOINT_APP = "00000003-0000-0ff1-ce00-000000000000"
RESOURCES_PATH = f"/servicePrincipals?$filter=appId in ('{GRAPH_APP}','{SHAREPOINT_APP}')&$select=id,appId,displayName,appRoles"
"""The two APIs through which files can be reached."""

MICROSOFT_TENANTS = frozenset(
    {"f8cdef31-a31e-4b4a-93e4-5f571e91255a", "72f988bf-86f1-41af-91ab-2d7cd011db47"}
)
"""Where Microsoft registers its own applications."""


class _Credential(Struct, frozen=True, rename="camel"):
    key_id: str | None = None
    display_name: str | None = None
    start_date_time: str | None = None
    end_date_time: str | None = None


class _HolderWire(Identified, frozen=True, rename="camel"):
    app_id: str = ""
    display_name: str | None = None
    password_credentials: tuple[_Credential, ...] | None = None
    key_credentials: tuple[_Credential, ...] | None = None

    @property
    def label(self) -> str:
        """The best name that there is."""
        return self.display_name or self.app_id or self.id

    def credentials(self) -> tuple[AppCredential, ...]:
        """Return secrets and certificates; Graph never tells a secret's value, and a key is not asked for."""
        kinds = (("secret", self.password_credentials or ()), ("certificate", self.key_credentials or ()))
        return tuple(
            AppCredential(
                key=line.key_id or "",
                kind=kind,
                name=line.display_name or "",
                start=line.start_date_time or "",
                end=line.end_date_time or "",
            )
            for kind, lines in kinds
            for line in lines
        )


class ApplicationWire(_HolderWire, frozen=True, rename="camel"):
    """A line of ``/applications``."""

    created_date_time: str | None = None
    sign_in_audience: str | None = None

    def record(self, source: Source, tenant: str) -> Application:
        """Return the record of the application."""
        return Application(
            id=self.id,
            name=self.label,
            account=tenant,
            region="global",
            app_id=self.app_id,
            created_at=self.created_date_time or "",
            credentials=Read(self.credentials(), source),
            audience=self.sign_in_audience or "",
        )


class _Publisher(Struct, frozen=True, rename="camel"):
    display_name: str | None = None


class PrincipalWire(_HolderWire, frozen=True, rename="camel"):
    """A line of ``/servicePrincipals``."""

    account_enabled: bool | None = None
    app_owner_organization_id: str | None = None
    service_principal_type: str | None = None
    verified_publisher: _Publisher | None = None

    @property
    def is_microsofts(self) -> bool:
        """Whether Microsoft made it; there are hundreds in every tenant."""
        return (self.app_owner_organization_id or "") in MICROSOFT_TENANTS

    def record(
        self, source: Source, tenant: str, permissions: Fact[tuple[AppPermission, ...]]
    ) -> ServicePrincipal:
        """Return the record of the service principal."""
        return ServicePrincipal(
            id=self.id,
            name=self.label,
            account=tenant,
            region="global",
            app_id=self.app_id,
            created_at="",
            credentials=Read(self.credentials(), source),
            owner_tenant=self.app_owner_organization_id or "",
            type=self.service_principal_type or "",
            publisher=(self.verified_publisher.display_name if self.verified_publisher else None) or "",
            # Graph leaves it out of some Microsoft-made kinds alone; by default a principal can sign in.
            enabled=Read(self.account_enabled is not False, source),
            permissions=permissions,
        )


class _Role(Struct, frozen=True):
    id: str
    value: str | None = None


class _ResourceWire(Struct, frozen=True, rename="camel"):
    id: str
    display_name: str | None = None
    app_roles: tuple[_Role, ...] = ()


class _AssignmentWire(Struct, frozen=True, rename="camel"):
    principal_id: str
    app_role_id: str


class _ConsentWire(Struct, frozen=True, rename="camel"):
    client_id: str
    resource_id: str
    consent_type: str | None = None
    scope: str | None = None


@dataclass
class Grants:
    """What every application was granted, by service principal id; or why that could not be read."""

    failure: CallFailed | None = None
    source: Source = field(default_factory=lambda: Source(LIST_APP_ROLE_ASSIGNMENTS.label))
    by_principal: dict[str, list[AppPermission]] = field(default_factory=dict[str, list[AppPermission]])

    def of(self, principal: str) -> Fact[tuple[AppPermission, ...]]:
        """Return what one was granted."""
        if self.failure is not None:
            return self.failure.unread
        return Read(tuple(self.by_principal.get(principal, ())), self.source)


async def read_grants(reader: Reader) -> Grants:
    """Return who was granted what: asked of the APIs that grant, not of each application."""
    grants = Grants()
    try:
        resources = await reader.every(LIST_SERVICE_PRINCIPALS, RESOURCES_PATH, _ResourceWire)
        names = {resource.id: resource.display_name or resource.id for resource in resources.body}
        for resource in resources.body:
            await _application_grants(reader, resource, grants)
        consents = await reader.every(LIST_CONSENTS, f"{LIST_CONSENTS.path}?$top=999", _ConsentWire)
        grants.source = consents.source
        for consent in consents.body:
            grants.by_principal.setdefault(consent.client_id, []).extend(_delegated(consent, names))
    except CallFailed as failure:
        grants.failure = failure
    return grants


async def _application_grants(reader: Reader, resource: _ResourceWire, grants: Grants) -> None:
    names = {role.id: role.value or role.id for role in resource.app_roles}
    path = LIST_APP_ROLE_ASSIGNMENTS.path.format(resource.id) + "?$top=999"
    async for page in reader.pages(LIST_APP_ROLE_ASSIGNMENTS, path, _AssignmentWire):
        for line in page.items:
            permission = AppPermission(
                resource=resource.display_name or resource.id,
                name=names.get(line.app_role_id, line.app_role_id),
            )
            grants.by_principal.setdefault(line.principal_id, []).append(permission)


def _delegated(consent: _ConsentWire, names: Mapping[str, str]) -> Iterable[AppPermission]:
    for scope in (consent.scope or "").split():
        yield AppPermission(
            resource=names.get(consent.resource_id, consent.resource_id),
            name=scope,
            kind="delegated",
            everyone=consent.consent_type == "AllPrincipals",
        )
