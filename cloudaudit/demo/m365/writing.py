"""Short ways to write what Graph answers."""

from datetime import datetime, timedelta

from cloudaudit.clock import stamp
from cloudaudit.demo.m365.graph import Json

GRAPH_APP = "00000003-0000-0000-c000-000000000000"
SHAREPOINT_APP = "00000003-0000-0ff1-ce00-000000000000"


class Calendar:
    """Dates counted back from the day of the demo."""

    def __init__(self, today: datetime) -> None:
        self._today = today

    def ago(self, days: float) -> str:
        """Return the time that many days ago; negative for the future."""
        return stamp(self._today - timedelta(days=days))


def uid(number: int, kind: int = 0) -> str:
    """Return an object id."""
    return f"{kind:08x}-0000-4000-8000-{number:012x}"


def user(number: int, name: str, display: str, dates: Calendar, **more: object) -> Json:
    """Return a user; a member who signed in yesterday and changed the password a month ago unless told otherwise."""
    return {
        "id": uid(number),
        "userPrincipalName": name,
        "displayName": display,
        "mail": name,
        "userType": "Member",
        "accountEnabled": True,
        "createdDateTime": dates.ago(900),
        "onPremisesSyncEnabled": None,
        "passwordPolicies": None,
        "lastPasswordChangeDateTime": dates.ago(30),
        "externalUserState": None,
        "signInActivity": {
            "lastSignInDateTime": dates.ago(1),
            "lastNonInteractiveSignInDateTime": dates.ago(1),
            "lastSuccessfulSignInDateTime": dates.ago(1),
        },
    } | more


def registration(number: int, *methods: str, dates: Calendar) -> Json:
    """Return a line of the report of registrations; no methods for none."""
    return {
        "id": uid(number),
        "isMfaRegistered": bool(methods),
        "isMfaCapable": bool(methods),
        "methodsRegistered": list(methods),
        "lastUpdatedDateTime": dates.ago(1),
    }


def policy(number: int, name: str, state: str, controls: list[str], **users: list[str]) -> Json:
    """Return a conditional access policy about all applications."""
    return {
        "id": uid(number, 7),
        "displayName": name,
        "state": state,
        "conditions": {
            "clientAppTypes": ["all"],
            "applications": {"includeApplications": ["All"], "excludeApplications": []},
            "users": {"includeUsers": [], "excludeUsers": [], "excludeGroups": [], **users},
            "platforms": None,
            "locations": None,
        },
        "grantControls": {"operator": "OR", "builtInControls": controls, "authenticationStrength": None},
    }


def item(item_id: str, name: str, dates: Calendar, **more: object) -> Json:
    """Return a file in a drive's root, as a delta tells it."""
    return {
        "id": item_id,
        "name": name,
        "file": {},
        "parentReference": {"id": "root"},
        "lastModifiedDateTime": dates.ago(20),
        "lastModifiedBy": {"user": {"email": "hanako.sato@sample-shoji.example", "displayName": "佐藤 花子"}},
        "createdBy": {"user": {"email": "hanako.sato@sample-shoji.example", "displayName": "佐藤 花子"}},
    } | more


def root(dates: Calendar) -> Json:
    """Return a drive's root."""
    return {"id": "root", "name": "root", "root": {}, "folder": {}, "lastModifiedDateTime": dates.ago(20)}


def folder(item_id: str, name: str, dates: Calendar, **more: object) -> Json:
    """Return a folder in a drive's root."""
    written = item(item_id, name, dates, folder={}, **more)
    del written["file"]
    return written


SHARED = {"scope": "users"}


def link(key: str, scope: str, kind: str = "view", expires: str = "") -> Json:
    """Return a sharing link."""
    written: Json = {
        "id": key,
        "roles": ["write" if kind == "edit" else "read"],
        "shareId": f"u!{key}",
        "link": {"scope": scope, "type": kind, "webUrl": f"https://sample-shoji.sharepoint.example/{key}"},
        "hasPassword": False,
    }
    return written | ({"expirationDateTime": expires} if expires else {})


def grant(key: str, role: str, number: int, name: str, email: str) -> Json:
    """Return a direct grant to a user."""
    return {
        "id": key,
        "roles": [role],
        "grantedToV2": {
            "user": {"id": uid(number), "displayName": name, "email": email},
            "siteUser": {"id": "9", "displayName": name, "loginName": f"i:0#.f|membership|{email}"},
        },
    }


def secret(key: str, name: str, start: str, end: str) -> Json:
    """Return an application's secret; Graph never tells its value."""
    return {"keyId": key, "displayName": name, "startDateTime": start, "endDateTime": end, "hint": "abc"}
