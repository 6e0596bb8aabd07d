"""The tenant's own settings, policies, logs, backup and applications."""

from cloudaudit.demo.m365.graph import Estate, Json
from cloudaudit.demo.m365.names import DOMAIN, EMERGENCY, INITIAL, LIMITED_GUEST, SALES_SITE, SATO, TENANT
from cloudaudit.demo.m365.writing import GRAPH_APP, SHAREPOINT_APP, Calendar, policy, secret, uid

FILES_READ_WRITE = "75359482-378d-4052-8f01-80520e7db3cd"
SITES_READ = "332a536c-c7ef-4017-ab91-336970924f0d"
MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
ACCOUNTING_VENDOR = "0ddba11c-0000-4000-8000-000000000009"
UNPROTECTED_GROUP = uid(2, 3)
ASIDE = "?$filter=siteCollection/root ne null"


def make_settings(estate: Estate, dates: Calendar) -> None:
    """Add what is true of the tenant as a whole."""
    _make_organisation(estate, dates)
    _make_policies(estate)
    _make_logs(estate, dates)
    _make_backup(estate, dates)
    _make_applications(estate, dates)


def _make_organisation(estate: Estate, dates: Calendar) -> None:
    estate.lists["/organization"] = [
        {
            "id": TENANT,
            "displayName": "サンプル商事株式会社",
            "countryLetterCode": "JP",
            "createdDateTime": dates.ago(2500),
            "onPremisesSyncEnabled": True,
            "assignedPlans": [],
            "verifiedDomains": [{"name": DOMAIN, "isDefault": True}, {"name": INITIAL, "isDefault": False}],
        }
    ]
    estate.lists["/domains"] = [
        {
            "id": name,
            "isVerified": True,
            "isDefault": name == DOMAIN,
            "authenticationType": "Managed",
            "passwordValidityPeriodInDays": 2147483647,
        }
        for name in (DOMAIN, INITIAL)
    ]
    estate.objects["/admin/sharepoint/settings"] = {
        "sharingCapability": "externalUserAndGuestSharing",
        "sharingDomainRestrictionMode": "none",
        "sharingAllowedDomainList": [],
        "sharingBlockedDomainList": [],
        "isResharingByExternalUsersEnabled": True,
        "deletedUserPersonalSiteRetentionPeriodInDays": 30,
        "isUnmanagedSyncAppForTenantRestricted": False,
        "allowedDomainGuidsForSyncApp": [],
        "isLegacyAuthProtocolsEnabled": True,
    }


def _make_policies(estate: Estate) -> None:
    estate.objects["/policies/authorizationPolicy"] = {
        "allowInvitesFrom": "everyone",
        "guestUserRoleId": LIMITED_GUEST,
        "allowEmailVerifiedUsersToJoinOrganization": False,
    }
    estate.objects["/policies/identitySecurityDefaultsEnforcementPolicy"] = {"isEnabled": False}
    estate.lists["/identity/conditionalAccess/policies"] = [
        policy(
            1,
            "全社員に MFA を要求",
            "enabled",
            ["mfa"],
            includeUsers=["All"],
            excludeUsers=[uid(EMERGENCY)],
            excludeGroups=[UNPROTECTED_GROUP],
        ),
        policy(
            2,
            "レガシ認証をブロック(検証中)",
            "enabledForReportingButNotEnforced",
            ["block"],
            includeUsers=["All"],
        ),
    ]
    estate.objects[f"/groups/{UNPROTECTED_GROUP}"] = {
        "id": UNPROTECTED_GROUP,
        "displayName": "MFA 除外(期間限定)",
    }
    estate.lists[f"/groups/{UNPROTECTED_GROUP}/transitiveMembers/microsoft.graph.user"] = [
        {"id": uid(4), "userPrincipalName": f"misaki.takahashi@{DOMAIN}"}
    ]
    estate.lists["/identity/conditionalAccess/namedLocations"] = [
        {
            "@odata.type": "#microsoft.graph.ipNamedLocation",
            "id": uid(1, 8),
            "displayName": "本社(東京)",
            "isTrusted": True,
            "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "203.0.113.0/28"}],
        }
    ]
    estate.objects["/policies/authenticationMethodsPolicy"] = {
        "authenticationMethodConfigurations": [
            {"id": "Fido2", "state": "enabled"},
            {"id": "MicrosoftAuthenticator", "state": "enabled"},
            {"id": "Sms", "state": "enabled"},
        ]
    }
    estate.lists["/identityGovernance/accessReviews/definitions"] = []
    estate.lists["/security/dataSecurityAndGovernance/sensitivityLabels"] = [
        {"id": uid(1, 9), "name": "社外秘", "hasProtection": True},
        {"id": uid(2, 9), "name": "公開", "hasProtection": False},
    ]


def _make_logs(estate: Estate, dates: Calendar) -> None:
    estate.lists["/auditLogs/signIns"] = [{"createdDateTime": dates.ago(days)} for days in (0, 10, 29.9)]
    estate.lists["/auditLogs/directoryAudits"] = [{"activityDateTime": dates.ago(days)} for days in (0, 29.9)]


def _make_backup(estate: Estate, dates: Calendar) -> None:
    estate.objects["/solutions/backupRestore"] = {
        "serviceStatus": {
            "status": "enabled",
            "disableReason": "none",
            "backupServiceConsumer": "firstparty",
            "lastModifiedDateTime": dates.ago(90),
        }
    }
    estate.lists["/solutions/backupRestore/protectionPolicies"] = [
        {
            "@odata.type": "#microsoft.graph.sharePointProtectionPolicy",
            "id": uid(1, 6),
            "displayName": "営業部サイト",
            "status": "active",
        }
    ]
    units = "/solutions/backupRestore/protectionUnits/microsoft.graph"
    estate.lists[f"{units}.siteProtectionUnit"] = [
        {
            "id": uid(1, 4),
            "policyId": uid(1, 6),
            "status": "protected",
            "siteId": SALES_SITE,
            "createdDateTime": dates.ago(90),
        }
    ]
    estate.lists[f"{units}.driveProtectionUnit"] = [
        {
            "id": uid(2, 4),
            "status": "unprotected",
            "directoryObjectId": uid(SATO),
            "createdDateTime": dates.ago(90),
        }
    ]


def _make_applications(estate: Estate, dates: Calendar) -> None:
    def holder(number: int, name: str, **more: object) -> Json:
        written: Json = {
            "id": uid(number, 11),
            "appId": uid(number, 12),
            "displayName": name,
            "createdDateTime": dates.ago(1000),
            "signInAudience": "AzureADMyOrg",
            "passwordCredentials": [],
            "keyCredentials": [],
        }
        return written | more

    estate.lists["/applications"] = [
        holder(
            1,
            "受発注連携",
            passwordCredentials=[secret(uid(1, 13), "2年有効", dates.ago(700), dates.ago(-30))],
        ),
        holder(
            2,
            "勤怠集計バッチ",
            keyCredentials=[secret(uid(2, 13), "CN=kintai", dates.ago(100), dates.ago(-200))],
        ),
    ]
    graph = holder(90, "Microsoft Graph", appId=GRAPH_APP, appOwnerOrganizationId=MICROSOFT)
    roles = ((FILES_READ_WRITE, "Files.ReadWrite.All"), (SITES_READ, "Sites.Read.All"))
    graph["appRoles"] = [{"id": role, "value": name} for role, name in roles]
    sharepoint = holder(
        91, "Office 365 SharePoint Online", appId=SHAREPOINT_APP, appOwnerOrganizationId=MICROSOFT
    )
    sharepoint["appRoles"] = []
    vendor = holder(
        50,
        "経費精算クラウド",
        appOwnerOrganizationId=ACCOUNTING_VENDOR,
        servicePrincipalType="Application",
        accountEnabled=True,
        verifiedPublisher=None,
    )
    own = holder(
        51,
        "受発注連携",
        appId=uid(1, 12),
        appOwnerOrganizationId=TENANT,
        servicePrincipalType="Application",
        accountEnabled=True,
    )
    estate.lists["/servicePrincipals"] = [graph, sharepoint, vendor, own]
    estate.lists[f"/servicePrincipals/{graph['id']}/appRoleAssignedTo"] = [
        {"principalId": vendor["id"], "appRoleId": FILES_READ_WRITE},
        {"principalId": own["id"], "appRoleId": SITES_READ},
    ]
    estate.lists[f"/servicePrincipals/{sharepoint['id']}/appRoleAssignedTo"] = []
    estate.lists["/oauth2PermissionGrants"] = [
        {
            "clientId": vendor["id"],
            "resourceId": graph["id"],
            "consentType": "AllPrincipals",
            "scope": "User.Read Files.Read.All",
        }
    ]
    estate.lists[f"/sites{ASIDE}"] = [{"siteCollection": {"hostname": "sample-shoji.sharepoint.example"}}]
