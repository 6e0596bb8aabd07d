"""Which application permission each path needs, by Microsoft's documentation and independent of the provider's list."""

import re
from collections.abc import Mapping

POLICY = frozenset({"Policy.Read.All"})
BACKUP = frozenset({"BackupRestore-Configuration.Read.All"})
ROLES = frozenset({"RoleManagement.Read.Directory"})
APPLICATIONS = frozenset({"Application.Read.All"})
GROUPS = frozenset({"GroupMember.Read.All"})
LOGS = frozenset({"AuditLog.Read.All"})
SITES = frozenset({"Sites.Read.All"})
FILES = frozenset({"Files.Read.All"})

NEEDED: Mapping[str, frozenset[str]] = {
    "/organization": frozenset({"Organization.Read.All"}),
    "/domains": frozenset({"Domain.Read.All"}),
    "/admin/sharepoint/settings": frozenset({"SharePointTenantSettings.Read.All"}),
    "/policies/authorizationPolicy": POLICY,
    "/policies/identitySecurityDefaultsEnforcementPolicy": POLICY,
    "/identity/conditionalAccess/policies": POLICY,
    "/identity/conditionalAccess/namedLocations": POLICY,
    "/policies/authenticationMethodsPolicy": frozenset({"Policy.Read.AuthenticationMethod"}),
    "/roleManagement/directory/roleDefinitions": ROLES,
    "/roleManagement/directory/roleAssignments": ROLES,
    "/roleManagement/directory/roleEligibilityScheduleInstances": frozenset(
        {"RoleEligibilitySchedule.Read.Directory"}
    ),
    "/users": frozenset({"User.Read.All"}),
    "/reports/authenticationMethods/userRegistrationDetails": LOGS,
    "/places/microsoft.graph.room": frozenset({"Place.Read.All"}),
    "/users/[^/]+/mailboxSettings/userPurpose": frozenset({"MailboxSettings.Read"}),
    "/groups/[^/]+": GROUPS,
    "/groups/[^/]+/transitiveMembers(/microsoft.graph.user)?": GROUPS,
    "/applications": APPLICATIONS,
    "/servicePrincipals": APPLICATIONS,
    "/servicePrincipals/[^/]+/appRoleAssignedTo": APPLICATIONS,
    "/oauth2PermissionGrants": frozenset({"Directory.Read.All"}),
    "/identityGovernance/accessReviews/definitions": frozenset({"AccessReview.Read.All"}),
    "/security/dataSecurityAndGovernance/sensitivityLabels": frozenset({"SensitivityLabel.Read"}),
    "/solutions/backupRestore": frozenset({"BackupRestore-Control.Read.All"}),
    "/solutions/backupRestore/protectionPolicies": BACKUP,
    "/solutions/backupRestore/protectionUnits/.+": BACKUP,
    "/auditLogs/signIns": LOGS,
    "/auditLogs/directoryAudits": LOGS | frozenset({"Directory.Read.All"}),
    "/sites": SITES,
    "/sites/getAllSites": SITES,
    "/sites/.+/drives": SITES,
    "/users/[^/]+/drive": FILES,
    "/drives/[^/]+/root/delta": FILES,
    "/drives/[^/]+/items/[^/]+": FILES,
    "/drives/[^/]+/items/[^/]+/permissions": FILES,
}

SHARING_CHANGES = frozenset({"Sites.FullControl.All"})


def needed(path: str, *, signed_in: bool, sharing_changes: bool) -> frozenset[str] | None:
    """Return what a request needs, all of it; None for a path that is not known here."""
    if sharing_changes:
        return SHARING_CHANGES
    found = next((names for pattern, names in NEEDED.items() if re.fullmatch(pattern, path)), None)
    return found | LOGS if found is not None and signed_in else found
