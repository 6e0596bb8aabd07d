"""The people of the estate: staff, guests, a room, and accounts that nobody sits behind."""

from cloudaudit.demo.m365.graph import Estate
from cloudaudit.demo.m365.names import (
    ACCOUNTANT,
    DESIGNER,
    EMERGENCY,
    FORMER_PARTNER,
    GLOBAL_ADMIN,
    INITIAL,
    ITO,
    ROOM,
    SATO,
    SHARED_MAILBOX,
    SHAREPOINT_ADMIN,
    SUZUKI,
    SYNC,
    SYNC_ACCOUNT,
    TAKAHASHI,
    TANAKA,
    YAMAMOTO,
    address,
)
from cloudaudit.demo.m365.writing import Calendar, registration, uid, user

NEVER_SIGNED_IN = {"signInActivity": None}


def make_people(estate: Estate, dates: Calendar) -> None:
    """Add users, their registrations and roles."""
    guest = {"userType": "Guest", "externalUserState": "Accepted", "lastPasswordChangeDateTime": None}
    long_ago = {"lastSignInDateTime": dates.ago(400), "lastNonInteractiveSignInDateTime": None}
    estate.lists["/users"] = [
        user(TANAKA, address("ichiro.tanaka"), "田中 一郎", dates),
        user(SATO, address("hanako.sato"), "佐藤 花子", dates),
        user(SUZUKI, address("jiro.suzuki"), "鈴木 次郎", dates, lastPasswordChangeDateTime=dates.ago(800)),
        user(TAKAHASHI, address("misaki.takahashi"), "髙橋 美咲 🌸", dates),
        user(ITO, address("ken.ito"), "伊藤 健(退職)", dates, accountEnabled=False, signInActivity=long_ago),
        user(YAMAMOTO, address("yuki.yamamoto"), "山本 由紀", dates, signInActivity=long_ago),
        user(ROOM, address("room-fuji"), "会議室 富士", dates, **NEVER_SIGNED_IN),
        user(SHARED_MAILBOX, address("info"), "お問い合わせ窓口", dates, **NEVER_SIGNED_IN),
        user(SYNC_ACCOUNT, f"Sync_DC01_0a1b2c3d@{INITIAL}", "On-Premises Directory Sync", dates),
        user(EMERGENCY, f"kinkyu-01@{INITIAL}", "緊急用アカウント", dates, **NEVER_SIGNED_IN),
        user(ACCOUNTANT, f"ueda_zeirishi.example#EXT#@{INITIAL}", "上田 税理士", dates, **guest),
        user(DESIGNER, f"mori_design.example#EXT#@{INITIAL}", "森 デザイン", dates, **guest),
        user(
            FORMER_PARTNER,
            f"old_partner.example#EXT#@{INITIAL}",
            "旧取引先 担当者",
            dates,
            **{**guest, "signInActivity": long_ago},
        ),
    ]
    estate.lists["/reports/authenticationMethods/userRegistrationDetails"] = [
        registration(TANAKA, "fido2SecurityKey", "microsoftAuthenticatorPush", dates=dates),
        registration(SATO, "microsoftAuthenticatorPush", dates=dates),
        registration(SUZUKI, "mobilePhone", dates=dates),
        registration(EMERGENCY, "fido2SecurityKey", dates=dates),
        *(registration(each, dates=dates) for each in (TAKAHASHI, ITO, YAMAMOTO, ROOM, SHARED_MAILBOX)),
        *(registration(each, dates=dates) for each in (ACCOUNTANT, DESIGNER, FORMER_PARTNER)),
    ]
    estate.lists["/places/microsoft.graph.room"] = [
        {"id": uid(1, 5), "displayName": "会議室 富士", "emailAddress": address("room-fuji")}
    ]
    mailboxes = {TAKAHASHI: "user", YAMAMOTO: "user", ROOM: "room", SHARED_MAILBOX: "shared"}
    for number, purpose in mailboxes.items():
        estate.objects[f"/users/{uid(number)}/mailboxSettings/userPurpose"] = {"value": purpose}
    _make_roles(estate)


def _make_roles(estate: Estate) -> None:
    names = {
        GLOBAL_ADMIN: "Global Administrator",
        SHAREPOINT_ADMIN: "SharePoint Administrator",
        SYNC: "Directory Synchronization Accounts",
    }
    estate.lists["/roleManagement/directory/roleDefinitions"] = [
        {"id": role, "templateId": role, "displayName": name} for role, name in names.items()
    ]
    holders = {line["id"]: line for line in estate.lists["/users"]}
    group = uid(1, 3)

    def held(role: str, principal: str) -> dict[str, object]:
        line = holders.get(principal)
        kind = "user" if line else "group"
        who = (
            {"userPrincipalName": line["userPrincipalName"]}
            if line
            else {"displayName": "情報システム管理者"}
        )
        return {
            "id": f"{role}-{principal}",
            "principalId": principal,
            "roleDefinitionId": role,
            "directoryScopeId": "/",
            "principal": {"@odata.type": f"#microsoft.graph.{kind}", "id": principal, **who},
        }

    estate.lists["/roleManagement/directory/roleAssignments"] = [
        held(GLOBAL_ADMIN, uid(TANAKA)),
        held(GLOBAL_ADMIN, uid(EMERGENCY)),
        held(GLOBAL_ADMIN, uid(SUZUKI)),
        held(SHAREPOINT_ADMIN, group),
        held(SYNC, uid(SYNC_ACCOUNT)),
    ]
    estate.lists["/roleManagement/directory/roleEligibilityScheduleInstances"] = []
    estate.objects[f"/groups/{group}"] = {"id": group, "displayName": "情報システム管理者"}
    estate.lists[f"/groups/{group}/transitiveMembers/microsoft.graph.user"] = [
        {"id": uid(SATO), "userPrincipalName": address("hanako.sato")}
    ]
