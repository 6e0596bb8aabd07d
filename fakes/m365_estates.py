"""What random estates of Microsoft 365 may hold; see fakes/estates.py."""

from collections.abc import Mapping, Sequence

from cloudaudit.model import Resource
from cloudaudit.providers.m365.model import (
    KINDS,
    Admin,
    Application,
    Directory,
    Drive,
    ServicePrincipal,
    Tenant,
    User,
)
from cloudaudit.testing import ACCOUNT
from fakes.estates import TIMES, World

ROLES = (
    "62e90394-69f5-4237-9190-012177145e10",
    "d29b2b05-8046-44ba-8758-1e26182fcf32",
    "88d8e3e3-8f55-4a1e-953a-9b9898b8876b",
)
PEOPLE = ("u0", "u1", "u2")
ADDRESSES = (
    "u0@contoso.example",
    "u1@contoso.example",
    "jo_partner.example#EXT#@contoso.example",
    "jo@partner.example",
    "sam@stranger.example",
    "",
)
AT_MOST: Mapping[type[Resource], int] = {
    User: 2,
    Admin: 2,
    Application: 1,
    ServicePrincipal: 2,
    Drive: 2,
}

STRINGS: Mapping[str, Sequence[str]] = {
    "AccessPolicy.authentication_flows": ("", "", "", "deviceCodeFlow"),
    "AccessPolicy.client_apps": (
        "all",
        "browser",
        "mobileAppsAndDesktopClients",
        "exchangeActiveSync",
        "other",
    ),
    "AccessPolicy.controls": ("mfa", "mfa", "block", "compliantDevice"),
    "AccessPolicy.app_filter": ("", "", "rule"),
    "AccessPolicy.device_filter": ("", "", "exclude: rule"),
    "AccessPolicy.exclude_apps": ("app_id-1",),
    "AccessPolicy.exclude_locations": ("AllTrusted", "id-1"),
    "AccessPolicy.include_apps": ("All", "All", "Office365"),
    "AccessPolicy.include_locations": ("All", "id-1"),
    "AccessPolicy.include_platforms": ("all", "iOS"),
    "AccessPolicy.operator": ("AND", "OR"),
    "AccessPolicy.risks": ("sign-in:high",),
    "AccessPolicy.state": ("enabled", "enabled", "disabled", "enabledForReportingButNotEnforced"),
    "AccessReview.ends": ("", *TIMES),
    "AccessReview.queries": (
        "/users?$filter=(userType eq 'Guest')",
        "/roleManagement/directory/roleDefinitions/x",
    ),
    "AppCredential.end": ("", "not a time", "2027-01-01T00:00:00Z", *TIMES),
    "AppCredential.start": ("", *TIMES),
    "AppPermission.kind": ("application", "delegated"),
    "AppPermission.name": ("Files.ReadWrite.All", "User.Read", "75359482-378d-4052-8f01-80520e7db3cd"),
    "AuthenticationMethod.id": ("Fido2", "X509Certificate"),
    "AuthenticationStrength.combinations": ("fido2", "password,sms", "sms"),
    "AuthenticationStrength.satisfies": ("mfa", "none", ""),
    "AuthorizationPolicy.guest_role": (
        "10dae51f-b6af-4016-8d66-8c2a99b929b3",
        "a0b1b346-4d3e-4e8b-98f8-753987be4970",
    ),
    "AuthorizationPolicy.invites_from": ("none", "everyone", "adminsAndGuestInviters"),
    "BackupPolicy.id": ("p1", "p2"),
    "BackupPolicy.status": ("active", "inactive"),
    "Domain.authentication": ("Managed", "Federated", ""),
    "Domain.name": ("contoso.example", "contoso.onmicrosoft.example"),
    "GroupMembers.id": ("g1", "g2"),
    "GroupMembers.members": PEOPLE,
    "GuestScope.types": ("internalGuest", "b2bCollaborationGuest", "b2bCollaborationMember"),
    "LogReach.oldest": ("", "not a time", *TIMES),
    "Organization.created_at": ("", *TIMES),
    "Permission.expires": ("", "", "not a time", "2027-01-01T00:00:00Z", *TIMES),
    "Permission.invited": ("", *ADDRESSES),
    "Permission.link_type": ("", "view", "edit"),
    "Permission.roles": ("read", "write", "owner"),
    "Permission.scope": ("", "anonymous", "organization", "users", "existingAccess", "later"),
    "Person.id": PEOPLE,
    "Person.kind": ("m", "m", "g", "s"),
    "Person.name": ("u0@contoso.example", "u1@contoso.example"),
    "Protection.policy": ("p1", "p2", ""),
    "Protection.status": ("protected", "protectRequested"),
    "Registration.methods": ("fido2SecurityKey", "mobilePhone", ""),
    "RoleGrant.principal": PEOPLE,
    "RoleGrant.principal_kind": ("user", "group"),
    "RoleGrant.role": ROLES,
    "ServicePrincipal.owner_tenant": (ACCOUNT, "other", ""),
    "SharePointSettings.domain_mode": ("none", "allowList", "blockList"),
    "SharePointSettings.sharing_capability": (
        "disabled",
        "externalUserSharingOnly",
        "externalUserAndGuestSharing",
    ),
    "SharedItem.changed_at": ("", *TIMES),
    "SharedItem.path": ("/a.docx", "/personnel/b.docx"),
    "Sharing.complete_at": ("", "not a time", "2026-11-20T12:00:00Z", *TIMES),
    "Sharing.complete_by": ("read-scopes", "full-control-delta"),
    "Tenant.data_locations": ("JPN", "APC", "NAM", "???"),
    "User.mailbox": ("", "user", "room", "shared"),
    "User.password_changed_at": ("not a time", "2027-05-01T00:00:00Z", *TIMES),
    "User.password_policies": ("", "DisablePasswordExpiration"),
    "User.roles": ROLES,
    "User.user_type": ("Member", "Guest", ""),
    "Who.groups": ("g1", "g2", "g3"),
    "Who.roles": ROLES,
    "Who.users": ("All", "All", "None", "GuestsOrExternalUsers", *PEOPLE),
    "created_at": ("", "not a time", *TIMES),
    "email": ADDRESSES,
    "interactive": ("", "not a time", *TIMES),
    "kind": ("user", "group", "siteUser"),
    "login": ("", "i:0#.f|membership|u0@contoso.example", "c:0-.f|rolemanager|spo-grid-all-users/x"),
    "non_interactive": ("", *TIMES),
    "successful": ("", *TIMES),
    "user_type": ("", "member", "guest"),
}


def identity_of(kind: type[Resource], number: int) -> dict[str, str]:
    """Return the id, name, account and region of the resource of a kind with that number."""
    single: Mapping[type[Resource], str] = {Tenant: ACCOUNT, Directory: f"{ACCOUNT}/directory"}
    return {
        "id": single.get(kind) or f"{kind.of_kind()}-{number}",
        "name": ADDRESSES[number] if kind in {User, Admin} else f"n{number}",
        "account": ACCOUNT,
        "region": "global",
    }


def _as_drawn(resource: Resource) -> Resource:
    return resource


MICROSOFT = World(
    provider="m365",
    kinds=KINDS,
    strings=STRINGS,
    at_most=AT_MOST,
    always={Tenant: 1, Directory: 1},
    identity_of=identity_of,
    finished=_as_drawn,
)
