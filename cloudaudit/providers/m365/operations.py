"""Every Graph request that this provider makes, with the least privileged application permissions it needs.

From this one list come the calls, the read-only guard, the application's permissions, and what a NOT ASSESSED names.
Source: the table "Permissions" of each method, https://learn.microsoft.com/graph/api/overview, and
https://learn.microsoft.com/graph/permissions-reference
"""

from msgspec import Struct


class Operation(Struct, frozen=True):
    """One request.

    Attributes:
        path: the path without version, with ``{}`` for each id.
        permissions: application permissions that it needs, all of them.
        beta: whether it exists only in Graph's beta.
        optional: whether it is asked only where the user opted in.
        plan: licence without which Graph refuses it, for people; else empty.
    """

    path: str
    permissions: tuple[str, ...]
    beta: bool = False
    optional: bool = False
    plan: str = ""

    @property
    def label(self) -> str:
        """``graph:GET /path``, as facts carry it."""
        return f"graph:GET {self.path}"

    @property
    def permission(self) -> str:
        """What to grant, as findings name it."""
        return ", ".join(self.permissions)


P1 = "Microsoft Entra ID P1"
P2 = "Microsoft Entra ID P2"

GET_ORGANIZATION = Operation("/organization", ("Organization.Read.All",))
LIST_DOMAINS = Operation("/domains", ("Domain.Read.All",))
GET_SHAREPOINT_SETTINGS = Operation("/admin/sharepoint/settings", ("SharePointTenantSettings.Read.All",))
GET_AUTHORIZATION_POLICY = Operation("/policies/authorizationPolicy", ("Policy.Read.All",))
GET_SECURITY_DEFAULTS = Operation("/policies/identitySecurityDefaultsEnforcementPolicy", ("Policy.Read.All",))
LIST_ACCESS_POLICIES = Operation("/identity/conditionalAccess/policies", ("Policy.Read.All",))
LIST_NAMED_LOCATIONS = Operation("/identity/conditionalAccess/namedLocations", ("Policy.Read.All",))
GET_METHODS_POLICY = Operation("/policies/authenticationMethodsPolicy", ("Policy.Read.AuthenticationMethod",))

LIST_ROLE_DEFINITIONS = Operation(
    "/roleManagement/directory/roleDefinitions", ("RoleManagement.Read.Directory",)
)
LIST_ROLE_ASSIGNMENTS = Operation(
    "/roleManagement/directory/roleAssignments", ("RoleManagement.Read.Directory",)
)
LIST_ELIGIBLE_ROLES = Operation(
    "/roleManagement/directory/roleEligibilityScheduleInstances",
    ("RoleEligibilitySchedule.Read.Directory",),
    plan=P2,
)

LIST_USERS = Operation("/users", ("User.Read.All",))
LIST_SIGN_IN_ACTIVITY = Operation(
    "/users?$select=signInActivity", ("AuditLog.Read.All", "User.Read.All"), plan=P1
)
# https://learn.microsoft.com/graph/api/authenticationmethodsroot-list-userregistrationdetails
LIST_REGISTRATIONS = Operation(
    "/reports/authenticationMethods/userRegistrationDetails", ("AuditLog.Read.All",), plan=P1
)
LIST_ROOMS = Operation("/places/microsoft.graph.room", ("Place.Read.All",))
GET_MAILBOX_PURPOSE = Operation("/users/{}/mailboxSettings/userPurpose", ("MailboxSettings.Read",))
# Of members alone GroupMember.ReadBasic.All would tell too; that it gives the group's name as well is not documented.
# https://learn.microsoft.com/graph/api/group-list-transitivemembers
GET_GROUP = Operation("/groups/{}", ("GroupMember.Read.All",))
LIST_GROUP_MEMBERS = Operation("/groups/{}/transitiveMembers", ("GroupMember.Read.All",))

LIST_APPLICATIONS = Operation("/applications", ("Application.Read.All",))
LIST_SERVICE_PRINCIPALS = Operation("/servicePrincipals", ("Application.Read.All",))
LIST_APP_ROLE_ASSIGNMENTS = Operation("/servicePrincipals/{}/appRoleAssignedTo", ("Application.Read.All",))
LIST_CONSENTS = Operation("/oauth2PermissionGrants", ("Directory.Read.All",))

LIST_ACCESS_REVIEWS = Operation(
    "/identityGovernance/accessReviews/definitions", ("AccessReview.Read.All",), plan=P2
)
# For applications too, and with all labels of the tenant; SensitivityLabels.Read.All is more.
# https://learn.microsoft.com/graph/api/tenantdatasecurityandgovernance-list-sensitivitylabels
LIST_SENSITIVITY_LABELS = Operation(
    "/security/dataSecurityAndGovernance/sensitivityLabels", ("SensitivityLabel.Read",)
)
# Microsoft means these for applications that control backups, and may refuse others whatever they are granted.
# https://learn.microsoft.com/graph/api/backuprestoreroot-get
GET_BACKUP_SERVICE = Operation("/solutions/backupRestore", ("BackupRestore-Control.Read.All",))
LIST_BACKUP_POLICIES = Operation(
    "/solutions/backupRestore/protectionPolicies", ("BackupRestore-Configuration.Read.All",)
)
LIST_PROTECTED_DRIVES = Operation(
    "/solutions/backupRestore/protectionUnits/microsoft.graph.driveProtectionUnit",
    ("BackupRestore-Configuration.Read.All",),
)
LIST_PROTECTED_SITES = Operation(
    "/solutions/backupRestore/protectionUnits/microsoft.graph.siteProtectionUnit",
    ("BackupRestore-Configuration.Read.All",),
)
LIST_SIGN_INS = Operation("/auditLogs/signIns", ("AuditLog.Read.All",), plan=P1)
# Both, by https://learn.microsoft.com/graph/api/directoryaudit-list
LIST_DIRECTORY_AUDITS = Operation("/auditLogs/directoryAudits", ("AuditLog.Read.All", "Directory.Read.All"))

LIST_SITES = Operation("/sites/getAllSites", ("Sites.Read.All",))
LIST_ROOT_SITES = Operation("/sites?$filter=siteCollection/root ne null", ("Sites.Read.All",))
# Files.Read.All would be less, but who may not list the sites has no drives to ask for.
# https://learn.microsoft.com/graph/api/drive-list
LIST_SITE_DRIVES = Operation("/sites/{}/drives", ("Sites.Read.All",))
GET_USER_DRIVE = Operation("/users/{}/drive", ("Files.Read.All",))
LIST_CHANGES = Operation("/drives/{}/root/delta", ("Files.Read.All",))
LIST_SHARING_CHANGES = Operation("/drives/{}/root/delta", ("Sites.FullControl.All",), optional=True)
GET_ITEM = Operation("/drives/{}/items/{}", ("Files.Read.All",))
LIST_ITEM_PERMISSIONS = Operation("/drives/{}/items/{}/permissions", ("Files.Read.All",))

OPERATIONS: tuple[Operation, ...] = tuple(
    member for member in vars().values() if isinstance(member, Operation)
)
"""All of the above, in the order of this file."""
