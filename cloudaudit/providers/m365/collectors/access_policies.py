"""Conditional access policies as Graph writes them; a condition that is not known here still narrows the policy."""

from typing import Any

from msgspec import Struct, field

from cloudaudit.providers.m365.model import AccessPolicy, AuthenticationStrength, GuestScope, Who


class _Tenants(Struct, frozen=True, rename="camel"):
    membership_kind: str | None = None


class _Guests(Struct, frozen=True, rename="camel"):
    guest_or_external_user_types: str | None = None
    external_tenants: _Tenants | None = None

    def scope(self) -> GuestScope | None:
        types = tuple(
            kind.strip() for kind in (self.guest_or_external_user_types or "").split(",") if kind.strip()
        )
        if not types or types == ("none",):
            return None
        every = self.external_tenants is None or self.external_tenants.membership_kind in {None, "all"}
        return GuestScope(types=types, all_tenants=every)


class _Users(Struct, frozen=True, rename="camel"):
    include_users: tuple[str, ...] | None = None
    exclude_users: tuple[str, ...] | None = None
    include_groups: tuple[str, ...] | None = None
    exclude_groups: tuple[str, ...] | None = None
    include_roles: tuple[str, ...] | None = None
    exclude_roles: tuple[str, ...] | None = None
    include_guests_or_external_users: _Guests | None = None
    exclude_guests_or_external_users: _Guests | None = None


class _Filter(Struct, frozen=True):
    mode: str | None = None
    rule: str | None = None

    def text(self) -> str:
        return f"{self.mode}: {self.rule}"


class _Apps(Struct, frozen=True, rename="camel"):
    include_applications: tuple[str, ...] | None = None
    exclude_applications: tuple[str, ...] | None = None
    include_user_actions: tuple[str, ...] | None = None
    include_authentication_context_class_references: tuple[str, ...] | None = None
    application_filter: _Filter | None = None


class _Platforms(Struct, frozen=True, rename="camel"):
    include_platforms: tuple[str, ...] | None = None
    exclude_platforms: tuple[str, ...] | None = None


class _Locations(Struct, frozen=True, rename="camel"):
    include_locations: tuple[str, ...] | None = None
    exclude_locations: tuple[str, ...] | None = None


class _Devices(Struct, frozen=True, rename="camel"):
    device_filter: _Filter | None = None


class _Flows(Struct, frozen=True, rename="camel"):
    transfer_methods: str | None = None


KNOWN = frozenset(
    {
        "users",
        "applications",
        "clientAppTypes",
        "platforms",
        "locations",
        "devices",
        "authenticationFlows",
        "signInRiskLevels",
        "userRiskLevels",
        "servicePrincipalRiskLevels",
        "insiderRiskLevels",
    }
)
NARROWING_DEVICES = frozenset(
    {"includeDevices", "excludeDevices", "includeDeviceStates", "excludeDeviceStates"}
)


class _Conditions(Struct, frozen=True, rename="camel"):
    users: _Users | None = None
    applications: _Apps | None = None
    client_app_types: tuple[str, ...] | None = None
    platforms: _Platforms | None = None
    locations: _Locations | None = None
    devices: _Devices | None = None
    authentication_flows: _Flows | None = None
    sign_in_risk_levels: tuple[str, ...] | None = None
    user_risk_levels: tuple[str, ...] | None = None
    service_principal_risk_levels: tuple[str, ...] | None = None
    insider_risk_levels: str | None = None

    def risks(self) -> tuple[str, ...]:
        kinds = (
            ("signIn", self.sign_in_risk_levels or ()),
            ("user", self.user_risk_levels or ()),
            ("servicePrincipal", self.service_principal_risk_levels or ()),
            ("insider", (self.insider_risk_levels,) if self.insider_risk_levels else ()),
        )
        return tuple(f"{kind}:{level}" for kind, levels in kinds for level in levels)


class _Strength(Struct, frozen=True, rename="camel"):
    id: str
    display_name: str | None = None
    requirements_satisfied: str | None = None
    allowed_combinations: tuple[str, ...] | None = None


class _Grant(Struct, frozen=True, rename="camel"):
    operator: str | None = None
    built_in_controls: tuple[str, ...] | None = None
    custom_authentication_factors: tuple[str, ...] | None = None
    terms_of_use: tuple[str, ...] | None = None
    authentication_strength: _Strength | None = None

    def strength(self) -> AuthenticationStrength | None:
        found = self.authentication_strength
        if found is None:
            return None
        return AuthenticationStrength(
            id=found.id,
            name=found.display_name or "",
            satisfies=found.requirements_satisfied or "",
            combinations=found.allowed_combinations or (),
        )


class PolicyWire(Struct, frozen=True, rename="camel"):
    """A line of ``/identity/conditionalAccess/policies``."""

    id: str
    state: str
    display_name: str | None = None
    raw_conditions: dict[str, Any] | None = field(default=None, name="conditions")
    grant_controls: _Grant | None = None

    def policy(self) -> AccessPolicy:
        """Return it as the checks see it.

        Raises:
            ValueError: its conditions have another shape.
        """
        import msgspec

        raw = self.raw_conditions or {}
        conditions = msgspec.convert(raw, _Conditions)
        users = conditions.users or _Users()
        apps = conditions.applications or _Apps()
        platforms = conditions.platforms or _Platforms()
        locations = conditions.locations or _Locations()
        device_filter = conditions.devices.device_filter if conditions.devices else None
        flows = conditions.authentication_flows
        grant = self.grant_controls or _Grant()
        return AccessPolicy(
            id=self.id,
            name=self.display_name or "",
            state=self.state,
            include=Who(
                users=users.include_users or (),
                groups=users.include_groups or (),
                roles=users.include_roles or (),
                guests=_scope(users.include_guests_or_external_users),
            ),
            exclude=Who(
                users=users.exclude_users or (),
                groups=users.exclude_groups or (),
                roles=users.exclude_roles or (),
                guests=_scope(users.exclude_guests_or_external_users),
            ),
            include_apps=apps.include_applications or (),
            exclude_apps=apps.exclude_applications or (),
            app_filter=apps.application_filter.text() if apps.application_filter else "",
            user_actions=apps.include_user_actions or (),
            contexts=apps.include_authentication_context_class_references or (),
            client_apps=conditions.client_app_types or (),
            risks=conditions.risks(),
            include_platforms=platforms.include_platforms or (),
            exclude_platforms=platforms.exclude_platforms or (),
            include_locations=locations.include_locations or (),
            exclude_locations=locations.exclude_locations or (),
            device_filter=device_filter.text() if device_filter else "",
            authentication_flows=(flows.transfer_methods or "") if flows else "",
            other_conditions=_others(raw),
            has_grant=self.grant_controls is not None,
            operator=grant.operator or "OR",
            controls=grant.built_in_controls or (),
            custom_factors=grant.custom_authentication_factors or (),
            terms=grant.terms_of_use or (),
            strength=grant.strength(),
        )


def _scope(guests: _Guests | None) -> GuestScope | None:
    return guests.scope() if guests else None


def _others(raw: dict[str, Any]) -> tuple[str, ...]:
    """Return the names of what else is set: of conditions that are newer than this code, and of old device lists."""
    unknown = {name for name, given in raw.items() if given and name not in KNOWN and "@" not in name}
    devices: dict[str, Any] = raw.get("devices") or {}
    unknown |= {f"devices.{name}" for name in NARROWING_DEVICES if devices.get(name)}
    return tuple(sorted(unknown))
