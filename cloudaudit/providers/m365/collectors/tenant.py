"""What is true of the tenant as a whole, each fact from one listing or one object."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from msgspec import Struct, field

from cloudaudit.facts import Fact, Read
from cloudaudit.providers.m365.collectors.access_policies import PolicyWire
from cloudaudit.providers.m365.model import (
    AccessPolicy,
    AccessReview,
    AuthenticationMethod,
    AuthorizationPolicy,
    BackupPolicy,
    BackupService,
    Domain,
    LogReach,
    NamedLocation,
    Organization,
    SensitivityLabel,
    SharePointSettings,
)
from cloudaudit.providers.m365.operations import (
    GET_AUTHORIZATION_POLICY,
    GET_BACKUP_SERVICE,
    GET_METHODS_POLICY,
    GET_ORGANIZATION,
    GET_SECURITY_DEFAULTS,
    GET_SHAREPOINT_SETTINGS,
    LIST_ACCESS_POLICIES,
    LIST_ACCESS_REVIEWS,
    LIST_BACKUP_POLICIES,
    LIST_DIRECTORY_AUDITS,
    LIST_DOMAINS,
    LIST_NAMED_LOCATIONS,
    LIST_ROOT_SITES,
    LIST_SENSITIVITY_LABELS,
    LIST_SIGN_INS,
    Operation,
)
from cloudaudit.providers.m365.reader import Answer, CallFailed, Identified, Reader, made

T = TypeVar("T")
W = TypeVar("W")

ORGANIZATION_PATH = (
    "/organization?$select=id,displayName,countryLetterCode,createdDateTime,onPremisesSyncEnabled,"
    "assignedPlans,verifiedDomains"
)


class _Plan(Struct, frozen=True, rename="camel"):
    service_plan_id: str = ""
    capability_status: str = ""


class _Verified(Struct, frozen=True):
    name: str


class OrganizationWire(Struct, frozen=True, rename="camel"):
    """A line of ``/organization``, which has one."""

    id: str = ""
    display_name: str | None = None
    country_letter_code: str | None = None
    created_date_time: str | None = None
    on_premises_sync_enabled: bool | None = None
    assigned_plans: tuple[_Plan, ...] = ()
    verified_domains: tuple[_Verified, ...] = ()


async def read_organization(reader: Reader) -> Answer[tuple[OrganizationWire, ...]]:
    """Return whose tenant it is.

    Raises:
        CallFailed: it cannot be read.
    """
    return await reader.every(GET_ORGANIZATION, ORGANIZATION_PATH, OrganizationWire)


def organization(answer: Answer[tuple[OrganizationWire, ...]]) -> Fact[Organization]:
    """Return the tenant's own record from its answer."""

    def make(lines: tuple[OrganizationWire, ...]) -> Organization:
        (line,) = lines
        return Organization(
            display_name=line.display_name or "",
            country=line.country_letter_code or "",
            created_at=line.created_date_time or "",
            synced=bool(line.on_premises_sync_enabled),
            plans=tuple(
                sorted(
                    {
                        plan.service_plan_id
                        for plan in line.assigned_plans
                        if plan.capability_status == "Enabled"
                    }
                )
            ),
        )

    return made(answer, GET_ORGANIZATION, make)


async def _listed(
    reader: Reader, operation: Operation, query: str, shape: type[W], make: Callable[[W], Iterable[T]]
) -> Fact[tuple[T, ...]]:
    """Return what ``make`` makes of every line of a listing."""
    try:
        answer = await reader.every(operation, operation.path + query, shape)
    except CallFailed as failure:
        return failure.unread
    return made(answer, operation, lambda lines: tuple(item for line in lines for item in make(line)))


# --------------------------------------------------------------------------- domains and settings


class _DomainWire(Identified, frozen=True, rename="camel"):
    is_verified: bool = False
    is_default: bool = False
    authentication_type: str | None = None
    password_validity_period_in_days: int | None = None


async def read_domains(reader: Reader) -> Fact[tuple[Domain, ...]]:
    """Return the tenant's domains."""

    def make(line: _DomainWire) -> Iterable[Domain]:
        yield Domain(
            name=line.id,
            verified=line.is_verified,
            default=line.is_default,
            authentication=line.authentication_type or "",
            password_validity_days=line.password_validity_period_in_days,
        )

    return await _listed(reader, LIST_DOMAINS, "", _DomainWire, make)


class _Settings(Struct, frozen=True, rename="camel"):
    sharing_capability: str | None = None
    sharing_domain_restriction_mode: str | None = None
    sharing_allowed_domain_list: tuple[str, ...] | None = None
    sharing_blocked_domain_list: tuple[str, ...] | None = None
    is_resharing_by_external_users_enabled: bool | None = None
    deleted_user_personal_site_retention_period_in_days: int | None = None
    is_unmanaged_sync_app_for_tenant_restricted: bool | None = None
    allowed_domain_guids_for_sync_app: tuple[str, ...] | None = None
    is_legacy_auth_protocols_enabled: bool | None = None


class _MaybeWrapped(_Settings, frozen=True, rename="camel"):
    # Microsoft's own sample has the object within a ``value``; the service answers without.
    value: _Settings | None = None


async def read_sharepoint(reader: Reader) -> Fact[SharePointSettings]:
    """Return the tenant's SharePoint settings."""

    def make(answer: _MaybeWrapped) -> SharePointSettings:
        settings = answer.value or answer
        return SharePointSettings(
            sharing_capability=settings.sharing_capability,
            domain_mode=settings.sharing_domain_restriction_mode,
            allowed_domains=settings.sharing_allowed_domain_list or (),
            blocked_domains=settings.sharing_blocked_domain_list or (),
            guests_may_reshare=settings.is_resharing_by_external_users_enabled,
            deleted_user_days=settings.deleted_user_personal_site_retention_period_in_days,
            unmanaged_sync_restricted=settings.is_unmanaged_sync_app_for_tenant_restricted,
            sync_domains=settings.allowed_domain_guids_for_sync_app or (),
            legacy_protocols=settings.is_legacy_auth_protocols_enabled,
        )

    return await reader.fact(GET_SHAREPOINT_SETTINGS, GET_SHAREPOINT_SETTINGS.path, _MaybeWrapped, make)


class _Authorization(Struct, frozen=True, rename="camel"):
    allow_invites_from: str | None = None
    guest_user_role_id: str | None = None
    allow_email_verified_users_to_join_organization: bool | None = None


async def read_authorization(reader: Reader) -> Fact[AuthorizationPolicy]:
    """Return what guests and users may do by themselves."""

    def make(policy: _Authorization) -> AuthorizationPolicy:
        return AuthorizationPolicy(
            invites_from=policy.allow_invites_from,
            guest_role=policy.guest_user_role_id,
            email_verified_join=policy.allow_email_verified_users_to_join_organization,
        )

    return await reader.fact(GET_AUTHORIZATION_POLICY, GET_AUTHORIZATION_POLICY.path, _Authorization, make)


class _Defaults(Struct, frozen=True, rename="camel"):
    is_enabled: bool


async def read_security_defaults(reader: Reader) -> Fact[bool]:
    """Return whether Microsoft's security defaults are on."""
    return await reader.fact(
        GET_SECURITY_DEFAULTS, GET_SECURITY_DEFAULTS.path, _Defaults, lambda policy: policy.is_enabled
    )


class _Method(Struct, frozen=True):
    id: str
    state: str


class _Methods(Struct, frozen=True, rename="camel"):
    authentication_method_configurations: tuple[_Method, ...]


async def read_methods(reader: Reader) -> Fact[tuple[AuthenticationMethod, ...]]:
    """Return which ways of signing in are open."""

    def make(policy: _Methods) -> tuple[AuthenticationMethod, ...]:
        return tuple(
            AuthenticationMethod(id=method.id, state=method.state)
            for method in policy.authentication_method_configurations
        )

    return await reader.fact(GET_METHODS_POLICY, GET_METHODS_POLICY.path, _Methods, make)


# --------------------------------------------------------------------------- conditional access


async def read_access_policies(reader: Reader) -> Fact[tuple[AccessPolicy, ...]]:
    """Return the conditional access policies, those that enforce nothing too."""
    return await _listed(reader, LIST_ACCESS_POLICIES, "", PolicyWire, lambda line: (line.policy(),))


class _Range(Struct, frozen=True, rename="camel"):
    cidr_address: str


class _LocationWire(Struct, frozen=True, rename="camel"):
    id: str
    display_name: str | None = None
    is_trusted: bool | None = None
    ip_ranges: tuple[_Range, ...] | None = None
    countries_and_regions: tuple[str, ...] | None = None


async def read_locations(reader: Reader) -> Fact[tuple[NamedLocation, ...]]:
    """Return the named locations."""

    def make(line: _LocationWire) -> Iterable[NamedLocation]:
        yield NamedLocation(
            id=line.id,
            name=line.display_name or "",
            trusted=bool(line.is_trusted),
            ranges=tuple(each.cidr_address for each in line.ip_ranges or ()),
            countries=line.countries_and_regions or (),
        )

    return await _listed(reader, LIST_NAMED_LOCATIONS, "", _LocationWire, make)


# --------------------------------------------------------------------------- reviews, labels, backup, logs


class _RecurrenceRange(Struct, frozen=True, rename="camel"):
    type: str | None = None
    end_date: str | None = None


class _Recurrence(Struct, frozen=True):
    pattern: dict[str, object] | None = None
    range: _RecurrenceRange | None = None


class _ReviewSettings(Struct, frozen=True):
    recurrence: _Recurrence | None = None


class _ReviewScope(Struct, frozen=True, rename="camel"):
    query: str | None = None
    principal_scopes: tuple["_ReviewScope", ...] | None = None
    resource_scopes: tuple["_ReviewScope", ...] | None = None

    def queries(self) -> Iterable[str]:
        if self.query:
            yield self.query
        for scope in (*(self.principal_scopes or ()), *(self.resource_scopes or ())):
            yield from scope.queries()


class _ReviewWire(Struct, frozen=True, rename="camel"):
    id: str
    display_name: str | None = None
    status: str | None = None
    settings: _ReviewSettings | None = None
    scope: _ReviewScope | None = None
    instance_enumeration_scope: _ReviewScope | None = None


async def read_reviews(reader: Reader) -> Fact[tuple[AccessReview, ...]]:
    """Return the access reviews."""

    def make(line: _ReviewWire) -> Iterable[AccessReview]:
        recurrence = line.settings.recurrence if line.settings else None
        ends = recurrence.range if recurrence else None
        scopes = (line.scope, line.instance_enumeration_scope)
        yield AccessReview(
            id=line.id,
            name=line.display_name or "",
            status=line.status or "",
            recurs=recurrence is not None and recurrence.pattern is not None,
            queries=tuple(query for scope in scopes if scope for query in scope.queries()),
            ends=(ends.end_date or "") if ends and ends.type == "endDate" else "",
        )

    return await _listed(reader, LIST_ACCESS_REVIEWS, "", _ReviewWire, make)


class LabelWire(Struct, frozen=True, rename="camel"):
    """A label: as it is listed, with those beneath it, or as a file carries it.

    Older versions of Graph say ``isActive`` for ``isEnabled``. A file's answer (``extractSensitivityLabels``) has only the
    id, as ``sensitivityLabelId``. No scan asks files for theirs, since that takes a POST for each.
    """

    id: str = ""
    sensitivity_label_id: str = ""
    name: str | None = None
    has_protection: bool | None = None
    is_enabled: bool | None = None
    is_active: bool | None = None
    sublabels: tuple["LabelWire", ...] | None = None

    def labels(self) -> Iterator[SensitivityLabel]:
        """Yield it and those beneath it.

        Raises:
            ValueError: one has no id.
        """
        name = self.id or self.sensitivity_label_id
        if not name:
            message = "a label without an id"
            raise ValueError(message)
        yield SensitivityLabel(
            id=name,
            name=self.name or "",
            enabled=self.is_active if self.is_enabled is None else self.is_enabled,
            protects=self.has_protection,
        )
        for label in self.sublabels or ():
            yield from label.labels()


async def read_labels(reader: Reader) -> Fact[tuple[SensitivityLabel, ...]]:
    """Return the sensitivity labels, those beneath others too."""
    return await _listed(reader, LIST_SENSITIVITY_LABELS, "", LabelWire, LabelWire.labels)


WORKLOADS = {
    "sharePointProtectionPolicy": "sharePoint",
    "oneDriveForBusinessProtectionPolicy": "oneDriveForBusiness",
    "exchangeProtectionPolicy": "exchange",
}


class _Service(Struct, frozen=True, rename="camel"):
    status: str | None = None
    disable_reason: str | None = None
    grace_period_date_time: str | None = None
    restore_allowed_till_date_time: str | None = None


class BackupWire(Struct, frozen=True, rename="camel"):
    """The answer of ``/solutions/backupRestore``."""

    service_status: _Service

    def service(self) -> BackupService:
        """Return it as the checks see it."""
        wire = self.service_status
        reason = wire.disable_reason or ""
        return BackupService(
            status=wire.status or "",
            reason="" if reason == "none" else reason,
            grace_until=wire.grace_period_date_time or "",
            restorable_until=wire.restore_allowed_till_date_time or "",
        )


async def read_backup_service(reader: Reader) -> Fact[BackupService]:
    """Return whether Microsoft 365 Backup is switched on at all."""
    return await reader.fact(GET_BACKUP_SERVICE, GET_BACKUP_SERVICE.path, BackupWire, BackupWire.service)


class _PolicyWire(Struct, frozen=True, rename="camel"):
    id: str
    type: str = field(default="", name="@odata.type")
    display_name: str | None = None
    status: str | None = None


async def read_backup_policies(reader: Reader) -> Fact[tuple[BackupPolicy, ...]]:
    """Return the policies of Microsoft 365 Backup."""

    def make(line: _PolicyWire) -> Iterable[BackupPolicy]:
        kind = line.type.rpartition(".")[2]
        yield BackupPolicy(
            id=line.id,
            name=line.display_name or "",
            workload=WORKLOADS.get(kind, kind),
            status=line.status or "",
        )

    return await _listed(reader, LIST_BACKUP_POLICIES, "", _PolicyWire, make)


class _LogLine(Struct, frozen=True, rename="camel"):
    created_date_time: str | None = None
    activity_date_time: str | None = None


class _LogPage(Struct, frozen=True):
    # One line is all that is asked for; where more pages there are is of no interest.
    value: tuple[_LogLine, ...]


async def read_sign_in_log(reader: Reader) -> Fact[LogReach]:
    """Return how far back sign-ins can be read."""
    return await _reach(reader, LIST_SIGN_INS, "createdDateTime")


async def read_audit_log(reader: Reader) -> Fact[LogReach]:
    """Return how far back changes of the directory can be read."""
    return await _reach(reader, LIST_DIRECTORY_AUDITS, "activityDateTime")


async def _reach(reader: Reader, operation: Operation, moment: str) -> Fact[LogReach]:
    ends: list[str] = []
    for order in ("asc", "desc"):
        found = await reader.fact(
            operation,
            f"{operation.path}?$top=1&$orderby={moment} {order}",
            _LogPage,
            lambda page: next(
                (line.created_date_time or line.activity_date_time or "" for line in page.value), ""
            ),
        )
        if not isinstance(found, Read):
            return found
        ends.append(found.value)
    return Read(LogReach(oldest=ends[0], newest=ends[1]), found.source)


class _Collection(Struct, frozen=True, rename="camel"):
    data_location_code: str | None = None


class _RootSite(Struct, frozen=True, rename="camel"):
    site_collection: _Collection | None = None


async def read_data_locations(reader: Reader) -> Fact[tuple[str, ...]]:
    """Return the geo codes of the root sites; Graph fills them in multi-geo tenants only."""

    def make(line: _RootSite) -> Iterable[str]:
        code = line.site_collection.data_location_code if line.site_collection else None
        if code:
            yield code

    return await _listed(reader, LIST_ROOT_SITES, "&$select=siteCollection", _RootSite, make)
