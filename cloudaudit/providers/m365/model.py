"""What is known of a Microsoft 365 tenant: resources, and facts that were each read or not.

Times are UTC ISO 8601 strings with ``Z``; an expiry of ``0001-01-01`` is Graph's way to say none, and is empty here.
Ids are Graph's own (object ids, drive ids). A property that Graph left out is None where its absence matters; whoever
judges it must say so. The account of every resource is the tenant id, the region is ``global``.
"""

from typing import ClassVar

from msgspec import Struct

from cloudaudit.facts import Fact
from cloudaudit.model import Resource


class M365Resource(Resource, frozen=True, kw_only=True):
    """The base of all Microsoft 365 resources; ``id`` is Graph's object id or drive id."""

    provider: ClassVar[str] = "m365"


# --------------------------------------------------------------------------- the tenant


class Organization(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The organisation's own record.

    Attributes:
        country: two letters, the company's address and not the place of its data.
        created_at: when the tenant was made; empty when Graph does not tell.
        synced: whether a directory is synchronised from on-premises.
        plans: ids of the service plans that are enabled.
    """

    display_name: str = ""
    country: str = ""
    created_at: str = ""
    synced: bool = False
    plans: tuple[str, ...] = ()


class Domain(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A domain of the tenant.

    Attributes:
        authentication: ``Managed`` or ``Federated`` (passwords are then kept elsewhere).
        password_validity_days: 2147483647 means never; None when Graph does not tell.
    """

    name: str
    verified: bool = True
    default: bool = False
    authentication: str = ""
    password_validity_days: int | None = None


class SharePointSettings(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``/admin/sharepoint/settings``; None is a property that the answer did not have.

    Attributes:
        sharing_capability: ``disabled``, ``externalUserSharingOnly``, ``externalUserAndGuestSharing`` (anyone links) or
            ``existingExternalUserSharingOnly``.
        domain_mode: ``none``, ``allowList`` or ``blockList``.
        guests_may_reshare: whether outside people can share on what they do not own.
        deleted_user_days: days that a deleted user's OneDrive is kept.
        unmanaged_sync_restricted: whether only devices of listed domains may synchronise.
        legacy_protocols: whether SharePoint accepts protocols without modern authentication.
    """

    sharing_capability: str | None = None
    domain_mode: str | None = None
    allowed_domains: tuple[str, ...] = ()
    blocked_domains: tuple[str, ...] = ()
    guests_may_reshare: bool | None = None
    deleted_user_days: int | None = None
    unmanaged_sync_restricted: bool | None = None
    sync_domains: tuple[str, ...] = ()
    legacy_protocols: bool | None = None


class AuthorizationPolicy(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What guests and users may do by themselves; None is a property that the answer did not have.

    Attributes:
        invites_from: ``none``, ``adminsAndGuestInviters``, ``adminsGuestInvitersAndAllMembers`` or ``everyone``.
        guest_role: template id of the role that guests have.
        email_verified_join: whether people may join by proving an e-mail address.
    """

    invites_from: str | None = None
    guest_role: str | None = None
    email_verified_join: bool | None = None


class GuestScope(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which outside people a policy names.

    Attributes:
        types: ``internalGuest``, ``b2bCollaborationGuest``, ``b2bCollaborationMember``, ``b2bDirectConnectUser``,
            ``otherExternalUser``, ``serviceProvider``.
        all_tenants: whether of every other tenant, or of some only.
    """

    types: tuple[str, ...]
    all_tenants: bool = True


class Who(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """People that a policy includes or excludes.

    Attributes:
        users: object ids, or ``All``, ``None``, ``GuestsOrExternalUsers``.
        groups: object ids.
        roles: template ids of directory roles.
    """

    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    guests: GuestScope | None = None


class AuthenticationStrength(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An authentication strength, as the policy embeds it.

    Attributes:
        satisfies: Graph's ``requirementsSatisfied``: ``mfa`` or ``none``.
        combinations: allowed combinations, e.g. ``fido2`` or ``password,sms``.
    """

    id: str
    name: str = ""
    satisfies: str = ""
    combinations: tuple[str, ...] = ()


class AccessPolicy(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One conditional access policy; a condition that was null or empty is empty here.

    Attributes:
        state: ``enabled``, ``disabled`` or ``enabledForReportingButNotEnforced``.
        include_apps: application ids, or ``All``, ``None``, ``Office365``, ``MicrosoftAdminPortals``.
        app_filter: rule that picks applications by attribute; empty when none.
        user_actions: e.g. ``urn:user:registersecurityinfo``; such a policy is not about applications.
        contexts: authentication contexts; likewise.
        client_apps: ``all``, ``browser``, ``mobileAppsAndDesktopClients``, ``exchangeActiveSync``, ``easSupported``,
            ``other``.
        risks: any sign-in, user or insider risk levels, each as ``kind:level``.
        include_locations: ids, or ``All``, ``AllTrusted``.
        device_filter: ``mode: rule``; empty when none.
        other_conditions: names of conditions that were set and are not among the above; they narrow it.
        operator: ``AND`` or ``OR``.
        controls: ``mfa``, ``block``, ``compliantDevice``, ``domainJoinedDevice``, ``passwordChange`` …
        custom_factors: custom authentication factors; terms: terms of use.
        has_grant: whether there are grant controls at all (else the policy is about sessions only).
    """

    id: str
    name: str
    state: str
    include: Who
    exclude: Who = Who()
    include_apps: tuple[str, ...] = ()
    exclude_apps: tuple[str, ...] = ()
    app_filter: str = ""
    user_actions: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    client_apps: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    include_platforms: tuple[str, ...] = ()
    exclude_platforms: tuple[str, ...] = ()
    include_locations: tuple[str, ...] = ()
    exclude_locations: tuple[str, ...] = ()
    device_filter: str = ""
    authentication_flows: str = ""
    other_conditions: tuple[str, ...] = ()
    has_grant: bool = True
    operator: str = "OR"
    controls: tuple[str, ...] = ()
    custom_factors: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    strength: AuthenticationStrength | None = None


class NamedLocation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A named location: address ranges, or countries (two letters)."""

    id: str
    name: str
    trusted: bool = False
    ranges: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


class AuthenticationMethod(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One method of the authentication-methods policy, e.g. ``Fido2``, ``Sms``; ``state`` ``enabled`` or ``disabled``."""

    id: str
    state: str


class RoleGrant(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A directory role that someone has.

    Attributes:
        role: the role's template id (the same in every tenant); role_name its English name.
        principal: object id of the person, group or application.
        principal_kind: ``user``, ``group`` or ``servicePrincipal``.
        via: name of the group through which a person has it; else empty.
        scope: ``/`` for the whole tenant, else the administrative unit.
        eligible: whether it must be activated first (PIM).
    """

    role: str
    role_name: str
    principal: str
    principal_name: str = ""
    principal_kind: str = "user"
    via: str = ""
    scope: str = "/"
    eligible: bool = False


class AccessReview(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An access review's definition.

    Attributes:
        status: ``InProgress``, ``NotStarted``, ``Completed`` …
        recurs: whether it starts again by itself.
        queries: every Graph query of its scope, as text.
        ends: date after which it does not recur; else empty.
    """

    id: str
    name: str
    status: str = ""
    recurs: bool = False
    queries: tuple[str, ...] = ()
    ends: str = ""


class SensitivityLabel(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A sensitivity label.

    Attributes:
        enabled: None when not told. Graph v1.0 tells it of no label: there the property is missing from
            https://learn.microsoft.com/graph/api/resources/sensitivitylabel, and what is listed is what is available.
        protects: whether it encrypts (Graph's ``hasProtection``); None when not told.
    """

    id: str
    name: str
    enabled: bool | None = None
    protects: bool | None = None


class BackupPolicy(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A policy of Microsoft 365 Backup.

    Attributes:
        workload: ``sharePoint``, ``oneDriveForBusiness`` or ``exchange``.
        status: ``active``, ``inactive``, ``activeWithErrors`` …
    """

    id: str
    name: str
    workload: str
    status: str


class BackupService(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The state of Microsoft 365 Backup itself, without which its policies protect nothing.

    Source: https://learn.microsoft.com/graph/api/resources/servicestatus

    Attributes:
        status: ``disabled``, ``enabled``, ``protectionChangeLocked`` (what is protected stays so and can be restored, and
            nothing can be added) or ``restoreLocked`` (nothing can be restored either); empty when Graph does not tell.
        reason: why it is disabled, e.g. ``invalidBillingProfile`` or ``userRequested``; empty when Graph gives none.
        grace_until: when the time of grace ends; empty when there is none.
        restorable_until: until when a restore is allowed; empty when Graph sets no end.
    """

    status: str
    reason: str = ""
    grace_until: str = ""
    restorable_until: str = ""


class LogReach(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far back a log can be read: UTC time of the oldest and newest record; both empty when there is none."""

    oldest: str = ""
    newest: str = ""


class Tenant(M365Resource, frozen=True, kw_only=True, tag="m365-tenant"):
    """A tenant; ``id`` is the tenant id.

    Attributes:
        roles: directory roles in force now, members of role-assignable groups named one by one.
        eligible_roles: those that must be activated first.
        data_locations: geo codes (``JPN``, ``NAM`` …) of the root sites, filled only in multi-geo tenants; Read(()) when
            Graph told none.
    """

    organization: Fact[Organization]
    domains: Fact[tuple[Domain, ...]]
    sharepoint: Fact[SharePointSettings]
    authorization: Fact[AuthorizationPolicy]
    security_defaults: Fact[bool]
    access_policies: Fact[tuple[AccessPolicy, ...]]
    named_locations: Fact[tuple[NamedLocation, ...]]
    authentication_methods: Fact[tuple[AuthenticationMethod, ...]]
    roles: Fact[tuple[RoleGrant, ...]]
    eligible_roles: Fact[tuple[RoleGrant, ...]]
    access_reviews: Fact[tuple[AccessReview, ...]]
    sensitivity_labels: Fact[tuple[SensitivityLabel, ...]]
    backup_service: Fact[BackupService]
    backup_policies: Fact[tuple[BackupPolicy, ...]]
    sign_in_log: Fact[LogReach]
    audit_log: Fact[LogReach]
    data_locations: Fact[tuple[str, ...]]


# --------------------------------------------------------------------------- people


class Person(Struct, frozen=True, array_like=True):
    """A user in the shortest form that conditional access needs, for there may be 100,000.

    Attributes:
        kind: ``m`` member, ``g`` guest, ``s`` synchronisation account.
    """

    id: str
    name: str
    kind: str
    enabled: bool


class GroupMembers(Struct, frozen=True, kw_only=True):
    """A group that a policy names, with its members, those of nested groups too.

    Attributes:
        members: object ids of users; Read(None) when the group does not exist (any more).
    """

    id: str
    name: str
    members: Fact[tuple[str, ...] | None]


class Directory(M365Resource, frozen=True, kw_only=True, tag="m365-directory"):
    """Everybody in the tenant at once, for questions about everyone; ``id`` is the tenant id.

    Attributes:
        people: every user, disabled ones too.
        groups: those that enabled conditional access policies include or exclude, and no others.
    """

    people: Fact[tuple[Person, ...]]
    groups: Fact[tuple[GroupMembers, ...]]


class Registration(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a person registered for signing in.

    Attributes:
        mfa: whether registered for multi-factor authentication.
        capable: whether registered for a method that the policy allows.
        methods: e.g. ``fido2SecurityKey``, ``microsoftAuthenticatorPush``, ``mobilePhone``, or an empty string; in the
            words of the older report also ``fido`` or ``mobileSMS``.
        updated_at: when the report's line was made.
    """

    mfa: bool
    capable: bool = False
    methods: tuple[str, ...] = ()
    updated_at: str = ""


class SignIn(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The last sign-ins; each empty when there was none."""

    interactive: str = ""
    non_interactive: str = ""
    successful: str = ""


class User(M365Resource, frozen=True, kw_only=True, tag="m365-user"):
    """A user; ``name`` is the userPrincipalName.

    Attributes:
        user_type: ``Member``, ``Guest`` or empty; a guest's name has ``#EXT#`` in it besides.
        synced: whether it comes from an on-premises directory.
        password_policies: e.g. ``DisablePasswordExpiration``; empty when none.
        invitation: ``PendingAcceptance``, ``Accepted`` or empty.
        enabled: whether it can sign in.
        password_changed_at: Read(None) when never.
        signed_in: Read(None) when never.
        registration: Read(None) when the report has no line for the user.
        room: whether ``/places`` knows its address as a room.
        mailbox: purpose (``user``, ``room``, ``shared``, ``equipment`` …); Read(None) without a mailbox; Read("") where it
            was not asked for, because the user is registered for MFA, disabled or a guest.
        roles: template ids of the directory roles in force.
    """

    display_name: str
    mail: str
    user_type: str
    created_at: str
    synced: bool
    password_policies: str
    invitation: str
    enabled: Fact[bool]
    password_changed_at: Fact[str | None]
    signed_in: Fact[SignIn | None]
    registration: Fact[Registration | None]
    room: Fact[bool]
    mailbox: Fact[str | None]
    roles: Fact[tuple[str, ...]]

    @property
    def guest(self) -> bool:
        """Whether it is somebody of another organisation, by type or by name."""
        return self.user_type.casefold() == "guest" or "#ext#" in self.name.casefold()


class Admin(M365Resource, frozen=True, kw_only=True, tag="m365-admin"):
    """A person who holds a directory role, in force or eligible; ``id`` is the user's object id.

    Attributes:
        grants: the roles, in force and, where readable, eligible.
        enabled, registration: as in User.
    """

    display_name: str
    user_type: str
    synced: bool
    grants: tuple[RoleGrant, ...]
    enabled: Fact[bool]
    registration: Fact[Registration | None]


# --------------------------------------------------------------------------- applications


class AppCredential(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A secret or certificate of an application; its value is never read.

    Attributes:
        key: the credential's id.
        kind: ``secret`` or ``certificate``.
        start, end: its validity; empty when Graph does not tell.
    """

    key: str
    kind: str
    name: str = ""
    start: str = ""
    end: str = ""


class AppPermission(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A permission that an application holds.

    Attributes:
        resource: name of the API, e.g. ``Microsoft Graph``.
        name: e.g. ``Files.ReadWrite.All``; the id when the API's own list does not name it.
        kind: ``application``, or ``delegated``.
        everyone: for a delegated one, whether an administrator consented for all users.
    """

    resource: str
    name: str
    kind: str = "application"
    everyone: bool = True


class CredentialHolder(M365Resource, frozen=True, kw_only=True):
    """What application registrations and service principals have in common.

    Attributes:
        app_id: the application (client) id.
        credentials: secrets and certificates.
    """

    app_id: str
    created_at: str
    credentials: Fact[tuple[AppCredential, ...]]


class Application(CredentialHolder, frozen=True, kw_only=True, tag="m365-application"):
    """An application registered in this tenant; ``audience`` is Graph's ``signInAudience``."""

    audience: str


class ServicePrincipal(CredentialHolder, frozen=True, kw_only=True, tag="m365-service-principal"):
    """An application's identity in this tenant; Microsoft's own are left out.

    Attributes:
        owner_tenant: the tenant that registered the application; empty when Graph does not tell.
        type: ``Application``, ``ManagedIdentity``, ``Legacy`` …
        publisher: the verified publisher's name; empty when not verified.
        enabled: whether it can sign in.
        permissions: application and delegated permissions that were granted.
    """

    owner_tenant: str
    type: str
    publisher: str
    enabled: Fact[bool]
    permissions: Fact[tuple[AppPermission, ...]]


# --------------------------------------------------------------------------- drives


class Grantee(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who a permission was given to.

    Attributes:
        kind: ``user``, ``group``, ``siteUser``, ``siteGroup``, ``application`` or ``device``.
        id: object id of a user or group; else the site's own.
        login: SharePoint's login name, e.g. ``i:0#.f|membership|jo_x.com#ext#@contoso.onmicrosoft.com``.
        user_type: ``member`` or ``guest`` as the directory has it; empty when it does not know the person.
    """

    kind: str
    id: str = ""
    name: str = ""
    email: str = ""
    login: str = ""
    user_type: str = ""


class Permission(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One permission of an item.

    Attributes:
        link: whether it is a sharing link.
        scope: ``anonymous``, ``organization``, ``users``, ``existingAccess``, or empty when Graph did not say.
        link_type: ``view``, ``edit``, ``embed``, ``blocksDownload`` …
        roles: ``read``, ``write``, ``owner`` or ``sp.full control`` …
        grantees: from ``grantedToV2`` and ``grantedToIdentitiesV2``, else from the deprecated fields.
        invited: e-mail address of an invitation; else empty.
        inherited_from: id of the item that it comes from; else empty.
        first_seen: UTC time of the first run that saw it; empty when not known.
    """

    id: str
    link: bool = False
    scope: str = ""
    link_type: str = ""
    roles: tuple[str, ...] = ()
    grantees: tuple[Grantee, ...] = ()
    invited: str = ""
    expires: str = ""
    password: bool = False
    inherited_from: str = ""
    first_seen: str = ""


UNKNOWN_PLACE = "…/"
"""Begins a path of which only the last part is known."""


class SharedItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file or folder that is shared.

    Attributes:
        path: from the drive's root, with its name; ``/`` for the root itself; after ``UNKNOWN_PLACE`` where only the
            name is known.
        folder: whether everything beneath it is shared with it.
        changed_at, changed_by: its last change.
        created_by: who made it.
        permissions: inherited ones only where their origin is not in the list; Unread when it was known to be shared
            and was not read again in this run.
    """

    id: str
    path: str
    folder: bool = False
    changed_at: str = ""
    changed_by: str = ""
    created_by: str = ""
    permissions: Fact[tuple[Permission, ...]]


READ_PASS = "read-scopes"  # noqa: S105 - not a password
"""A full pass over every item with read permissions."""

CONTROL_DELTA = "full-control-delta"
"""Changes of sharing as Microsoft delivers them to callers with Sites.FullControl.All."""


class Sharing(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What of a drive is shared: only shared items are kept.

    Attributes:
        items: every item that the last complete look, or this run, knows to be shared.
        complete_at: UTC time as of which ``items`` names every shared item; empty when there was no complete look yet.
        complete_by: ``READ_PASS`` or ``CONTROL_DELTA``.
        looked_at: how many items that look went over.
        delta_link: where the next run asks for what changed since; empty when Graph gave none.
    """

    items: tuple[SharedItem, ...]
    complete_at: str = ""
    complete_by: str = READ_PASS
    looked_at: int = 0
    delta_link: str = ""


class Protection(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A drive's or site's unit of protection in Microsoft 365 Backup.

    Attributes:
        policy: id of the policy; empty when none.
        status: ``protected``, ``protectRequested``, ``unprotected``, ``unprotectRequested``, ``removeRequested`` …
    """

    policy: str = ""
    status: str = ""
    since: str = ""


class Drive(M365Resource, frozen=True, kw_only=True, tag="m365-drive"):
    """A OneDrive or a document library.

    Attributes:
        type: ``personal``, ``business`` or ``documentLibrary``.
        url: its address.
        site: id of its site; site_name its name.
        owner: userPrincipalName, mail or name of the owner; owner_id the object id.
        sharing: under delegated credentials Unread, for they show only what concerns the caller.
        protection: Read(None) when no unit names it.
    """

    type: str
    url: str
    site: str
    site_name: str
    owner: str
    owner_id: str
    sharing: Fact[Sharing]
    protection: Fact[Protection | None]


KINDS: tuple[type[M365Resource], ...] = (
    Tenant,
    Directory,
    User,
    Admin,
    Application,
    ServicePrincipal,
    Drive,
)
"""Every kind that a snapshot of this provider can hold, in the order of reports."""
