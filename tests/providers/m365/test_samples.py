"""Quirks that recorded and published answers of Graph have shown, each sent over HTTP once."""

from typing import Any

import msgspec
import pytest

from cloudaudit.demo.m365.names import SALES_DRIVE, SALES_SITE, TANAKA
from cloudaudit.demo.m365.settings import UNPROTECTED_GROUP
from cloudaudit.demo.m365.writing import uid
from cloudaudit.facts import Cause, Unread
from cloudaudit.model import Resource, Status
from cloudaudit.providers.m365.collectors.people import RegistrationLine
from cloudaudit.providers.m365.collectors.permissions import PermissionWire
from cloudaudit.providers.m365.credentials import strong_methods
from cloudaudit.providers.m365.model import (
    AccessReview,
    Application,
    BackupService,
    Directory,
    Drive,
    Permission,
    Registration,
    ServicePrincipal,
    Tenant,
    User,
)
from cloudaudit.providers.m365.policy_sharing import Kind, is_live, kind_of
from cloudaudit.text import Text
from fakes.m365 import Fault

from .conftest import LINKS, TODAY, World, read

NEVER = "0001-01-01T00:00:00Z"


def permission(world: World, **line: Any) -> Permission:
    path = f"/drives/{SALES_DRIVE}/items/s1/permissions"
    world.estate.lists[path] = [{"id": "1", "roles": ["write"], **line}]
    (found,) = read(world.scan(LINKS).items_of(SALES_DRIVE)["s1"].permissions)
    return found


def test_existing_access_is_a_link_of_its_own_kind_and_an_expiry_of_the_year_1_is_none(world: World) -> None:
    found = permission(world, link={"scope": "existingAccess", "type": "view"}, expirationDateTime=NEVER)
    assert (found.link, found.scope, found.link_type, found.expires) == (True, "existingAccess", "view", "")


def test_a_link_without_scope_stays_without_one(world: World) -> None:
    people = {
        "link": {"webUrl": "https://x.example", "application": {"id": "1234", "displayName": "App"}},
        "grantedToIdentities": [{"user": {"id": "35f", "displayName": "Old"}}],
        "grantedToIdentitiesV2": [
            {
                "user": {"id": "35f", "displayName": "Misty Suarez"},
                "siteUser": {
                    "id": "1",
                    "displayName": "Misty",
                    "loginName": "i:0#.f|membership|misty_x#ext#@y",
                },
            }
        ],
    }
    found = permission(world, **people)
    assert (found.link, found.scope) == (True, "")
    (grantee,) = found.grantees
    assert (grantee.kind, grantee.name, grantee.login) == (
        "user",
        "Misty Suarez",
        "i:0#.f|membership|misty_x#ext#@y",
    )


def test_an_invitation_that_nobody_took_up_has_an_address_and_nobody_else(world: World) -> None:
    found = permission(world, invitation={"email": "jd@gmail.com", "signInRequired": True})
    assert (found.link, found.invited, found.grantees) == (False, "jd@gmail.com", ())


def test_deprecated_grantees_count_where_the_new_ones_are_missing(world: World) -> None:
    found = permission(world, grantedTo={"user": {"id": "5D33", "displayName": "John Doe"}})
    assert [(each.id, each.name) for each in found.grantees] == [("5D33", "John Doe")]


@pytest.mark.parametrize(
    ("identities", "kind", "name"),
    [
        ({"group": {"id": "g", "displayName": "営業部"}}, "group", "営業部"),
        (
            {"siteGroup": {"id": "5", "displayName": "Visitors", "loginName": "Visitors"}},
            "siteGroup",
            "Visitors",
        ),
        ({"siteUser": {"id": "3", "loginName": "c:0(.s|true"}}, "siteUser", ""),
        ({"application": {"id": "a", "displayName": "連携アプリ"}}, "application", "連携アプリ"),
    ],
)
def test_not_only_users_are_granted_something(
    world: World, identities: dict[str, Any], kind: str, name: str
) -> None:
    (grantee,) = permission(world, grantedToV2=identities).grantees
    assert (grantee.kind, grantee.name) == (kind, name)


def test_a_link_that_prevents_downloads_and_one_with_a_password_are_told(world: World) -> None:
    found = permission(
        world, link={"scope": "anonymous", "type": "view", "preventsDownload": True}, hasPassword=True
    )
    assert (found.link_type, found.password) == ("blocksDownload", True)


def test_nulls_are_what_is_left_out(world: World) -> None:
    found = permission(
        world,
        roles=None,
        link={"scope": None, "type": None, "webUrl": None},
        grantedToV2=None,
        grantedToIdentitiesV2=None,
        invitation=None,
        inheritedFrom=None,
        hasPassword=None,
        expirationDateTime=None,
    )
    assert found == Permission(id="1", link=True, first_seen=found.first_seen)


def test_settings_of_sharepoint_may_come_wrapped(world: World) -> None:
    plain = world.estate.objects["/admin/sharepoint/settings"]
    before = read(world.scan("m365-sharing-capability").record(Tenant).sharepoint)
    world.estate.objects["/admin/sharepoint/settings"] = {"value": plain}
    assert read(world.scan("m365-sharing-capability").record(Tenant).sharepoint) == before
    assert before.sharing_capability == "externalUserAndGuestSharing"


def test_methods_of_registration_may_be_empty_strings(world: World) -> None:
    line = world.estate.lists["/reports/authenticationMethods/userRegistrationDetails"][0]
    line["methodsRegistered"] = [""]
    found = read(world.scan("m365-user-mfa-registered").records(User)[uid(TANAKA)].registration)
    assert found is not None
    assert found.methods == ("",)


def test_labels_beneath_labels_are_found(world: World) -> None:
    world.estate.lists["/security/dataSecurityAndGovernance/sensitivityLabels"] = [
        {"id": "1", "name": "社外秘", "sublabels": [{"id": "2", "name": "人事", "hasProtection": True}]}
    ]
    labels = read(world.scan("m365-sensitivity-label").record(Tenant).sensitivity_labels)
    assert [(label.name, label.protects) for label in labels] == [("社外秘", None), ("人事", True)]


def test_every_query_of_a_review_is_kept(world: World) -> None:
    world.estate.lists["/identityGovernance/accessReviews/definitions"] = [
        {
            "id": "r",
            "displayName": "ゲストの棚卸し",
            "status": "InProgress",
            "scope": {
                "@odata.type": "#microsoft.graph.principalResourceMembershipsScope",
                "principalScopes": [
                    {"query": "/users?$filter=(userType eq 'Guest')", "queryType": "MicrosoftGraph"}
                ],
                "resourceScopes": [{"query": "/groups"}],
            },
            "instanceEnumerationScope": {"query": "/groups?$filter=x"},
            "settings": {
                "recurrence": {
                    "pattern": {"type": "absoluteMonthly", "interval": 3},
                    "range": {"type": "endDate", "endDate": "2027-01-01"},
                }
            },
        }
    ]
    (review,) = read(world.scan("m365-access-review").record(Tenant).access_reviews)
    assert review == AccessReview(
        id="r",
        name="ゲストの棚卸し",
        status="InProgress",
        recurs=True,
        queries=("/users?$filter=(userType eq 'Guest')", "/groups", "/groups?$filter=x"),
        ends="2027-01-01",
    )


# --------------------------------------------------------------------------- excerpts that lack an id

# Documentation shortens its answers, often by the id. Such a line is read, it is somebody or something that cannot be
# named, and so the listing is malformed: whatever needs it whole is not assessed, and the other lines are still read.


def test_a_user_without_an_id_is_a_gap_and_the_others_are_read(world: World) -> None:
    whole = len(world.scan("m365-user-mfa-registered").records(User))
    world.estate.lists["/users"].append({"displayName": "John Smith"})
    scanned = world.scan("m365-user-mfa-registered", "m365-mfa-enforced")
    assert len(scanned.records(User)) == whole
    assert {gap.of for gap in scanned.gaps} == {User.of_kind()}
    (gap,) = scanned.gaps
    assert (gap.cause, isinstance(gap.detail, Text) and gap.detail.en) == (
        Cause.MALFORMED,
        "1 line(s) without an id",
    )
    assert scanned.of("m365-mfa-enforced").status is Status.NOT_ASSESSED
    assert (scanned.score.overall.coverage or 0) < 1


@pytest.mark.parametrize(
    ("path", "line", "check", "kind"),
    [
        ("/applications", {"appId": "0", "displayName": "My app"}, "m365-app-secret-age", Application),
        (
            "/servicePrincipals",
            {"accountEnabled": True, "displayName": "a", "servicePrincipalType": "Application"},
            "m365-app-permission",
            ServicePrincipal,
        ),
        ("/sites/getAllSites", {"displayName": "OneDrive Team Site"}, LINKS, Drive),
    ],
)
def test_a_line_of_a_listing_without_an_id_is_a_gap(
    world: World, path: str, line: dict[str, Any], check: str, kind: type[Resource]
) -> None:
    world.estate.lists[path] = [*world.estate.lists[path], line]
    gaps = world.scan(check).gaps
    assert (kind.of_kind(), Cause.MALFORMED) in {(gap.of, gap.cause) for gap in gaps}


@pytest.mark.parametrize(
    ("path", "line", "check", "fact"),
    [
        ("/domains", {"passwordValidityPeriodInDays": 2147483647}, "m365-user-password-age", "domains"),
        (
            f"/groups/{UNPROTECTED_GROUP}/transitiveMembers/microsoft.graph.user",
            {"displayName": "Adele"},
            "",
            "",
        ),
    ],
)
def test_a_fact_of_a_listing_with_a_line_without_an_id_is_unread(
    world: World, path: str, line: dict[str, Any], check: str, fact: str
) -> None:
    assert path in world.estate.lists, sorted(world.estate.lists)
    world.estate.lists[path] = [*world.estate.lists[path], line]
    if fact:
        assert isinstance(getattr(world.scan(check).record(Tenant), fact), Unread)
    else:
        groups = read(world.scan("m365-mfa-enforced").record(Directory).groups)
        assert any(isinstance(group.members, Unread) for group in groups)


def test_a_report_with_a_line_without_an_id_is_unread(world: World) -> None:
    path = "/reports/authenticationMethods/userRegistrationDetails"
    world.estate.lists[path] = [*world.estate.lists[path], {"isMfaRegistered": True}]
    scanned = world.scan("m365-user-mfa-registered")
    assert all(isinstance(user.registration, Unread) for user in scanned.records(User).values())
    assert all(each.status is not Status.PASS for each in scanned.findings)


def test_an_item_or_a_drive_without_an_id_is_not_assessed(world: World) -> None:
    drive = world.estate.drives[SALES_DRIVE]
    drive.items = [*drive.items, {"name": "shared.txt", "shared": {}}]
    scanned = world.scan(LINKS)
    assert isinstance(scanned.records(Drive)[SALES_DRIVE].sharing, Unread)
    world.estate.lists[f"/sites/{SALES_SITE}/drives"].append({"name": "Documents"})
    found = world.scan(LINKS).records(Drive)
    assert SALES_DRIVE not in found
    assert any(each.id.startswith("site:") and isinstance(each.sharing, Unread) for each in found.values())


def test_a_users_drive_without_an_id_is_not_no_drive(world: World) -> None:
    world.estate.objects[f"/users/{uid(TANAKA)}/drive"].pop("id")
    found = world.scan(LINKS).records(Drive)[f"user:{uid(TANAKA)}"]
    assert isinstance(found.sharing, Unread)


def test_a_permission_without_an_id_counts(world: World) -> None:
    path = f"/drives/{SALES_DRIVE}/items/s1/permissions"
    world.estate.lists[path] = [{"roles": ["write"], "link": {"scope": "anonymous", "type": "edit"}}]
    assert world.scan(LINKS).of(LINKS, "営業部/ドキュメント").status is Status.FAIL


# --------------------------------------------------------------------------- names that are not valid Unicode


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (rb"\ud800.txt", "\\ud800.txt"),
        (rb"a\udc00\ud83d\ude00", "a\\udc00\U0001f600"),
        (b"\xff.txt", "\\xff.txt"),
        (rb"\\ud800 \"x\"", '\\ud800 "x"'),
    ],
)
def test_a_name_that_is_no_unicode_is_made_visible_and_the_rest_of_its_page_is_read(
    world: World, name: bytes, shown: str
) -> None:
    page = b'{"value":[{"id":"s1","name":"' + name + b'","shared":{}},{"id":"s2","name":"b","shared":{}}]}'
    world.fake.faults.append(Fault(f"/drives/{SALES_DRIVE}/root/delta", 200, raw=page, times=1))
    items = world.scan(LINKS).items_of(SALES_DRIVE)
    assert {each.id: each.path for each in items.values()} == {"s1": f"/{shown}", "s2": "/b"}


# --------------------------------------------------------------------------- templates, and shapes of other answers


def test_a_template_of_a_permission_opens_nothing_that_it_does_not_say(world: World) -> None:
    found = permission(
        world,
        id="string (identifier)",
        grantedTo={"@odata.type": "microsoft.graph.identitySet"},
        grantedToIdentities=[{"@odata.type": "microsoft.graph.identitySet"}],
        inheritedFrom={"@odata.type": "microsoft.graph.itemReference"},
        invitation={"@odata.type": "microsoft.graph.sharingInvitation"},
        link={"@odata.type": "microsoft.graph.sharingLink", "scope": "anonymous | organization"},
        roles=["string"],
        expirationDateTime="string (timestamp)",
        hasPassword="boolean",
    )
    assert (found.link, found.scope, found.roles) == (True, "anonymous | organization", ("string",))
    assert (found.grantees, found.invited, found.password) == ((), "", False)
    assert kind_of(found) is Kind.UNTOLD
    assert is_live(found, TODAY)


@pytest.mark.parametrize(
    "scope", ["Anonymous ", "anonymous2", "anyone", "匿名", "anon\u0000ymous", "users|anonymous"]
)
def test_only_the_word_itself_is_an_anonymous_link(scope: str) -> None:
    wire = msgspec.convert({"id": "1", "link": {"scope": scope, "type": "view"}}, PermissionWire)
    assert kind_of(wire.permission({}, "")) is Kind.UNTOLD


def test_a_shortcut_to_another_drive_is_named_and_known_as_a_folder(world: World) -> None:
    elsewhere = {
        "id": "far!192",
        "name": "共同企画",
        "folder": {"childCount": 2},
        "parentReference": {"driveId": "far", "id": "far!104"},
    }
    drive = world.estate.drives[SALES_DRIVE]
    drive.items = [
        *drive.items,
        {"id": "shortcut", "remoteItem": elsewhere, "shared": {}, "parentReference": {"id": "root"}},
        {"id": "unshared", "remoteItem": {"id": "far!9", "name": "Roster.xlsx", "file": {}, "shared": {}}},
    ]
    world.estate.lists[f"/drives/{SALES_DRIVE}/items/shortcut/permissions"] = []
    items = world.scan(LINKS).items_of(SALES_DRIVE)
    assert items["shortcut"].path.endswith("/共同企画")
    assert items["shortcut"].folder
    # Whether the other one is shared is told in its own drive.
    assert "unshared" not in items


def test_a_line_of_the_older_report_of_registrations_is_read() -> None:
    line = {
        "id": "1",
        "isRegistered": False,
        "isCapable": True,
        "isMfaRegistered": True,
        "authMethods": ["fido"],
    }
    found = msgspec.convert(line, RegistrationLine).registration()
    # There, capable is about resetting a password.
    assert found == Registration(mfa=True, capable=False, methods=("fido2SecurityKey",))
    assert strong_methods(found) == ("fido2SecurityKey",)


@pytest.mark.parametrize(
    ("name", "word", "strong"),
    [
        ("fido2", "fido2SecurityKey", True),
        ("windowsHelloForBusiness", "windowsHelloForBusiness", True),
        ("platformCredential", "macOsSecureEnclaveKey", True),
        ("phone", "phone", False),
        ("password", "password", False),
    ],
)
def test_a_method_by_the_type_of_a_persons_own_list_has_the_reports_word(
    name: str, word: str, *, strong: bool
) -> None:
    methods = [f"#microsoft.graph.{name}AuthenticationMethod"]
    line = {"id": "1", "isMfaRegistered": True, "methodsRegistered": methods}
    found = msgspec.convert(line, RegistrationLine).registration()
    assert found.methods == (word,)
    assert bool(strong_methods(found)) is strong


def test_labels_may_say_active_and_labels_of_a_file_have_an_id_alone(world: World) -> None:
    path = "/security/dataSecurityAndGovernance/sensitivityLabels"
    world.estate.lists[path] = [
        {"id": "1", "name": "旧", "isActive": False, "hasProtection": True, "parent": None},
        {"id": "2", "name": "社外秘", "isEnabled": True, "isActive": False},
        {"sensitivityLabelId": "3", "assignmentMethod": "standard", "tenantId": "t"},
    ]
    labels = read(world.scan("m365-sensitivity-label").record(Tenant).sensitivity_labels)
    assert [(label.id, label.enabled) for label in labels] == [("1", False), ("2", True), ("3", None)]
    world.estate.lists[path] = [{"name": "無名"}]
    assert isinstance(world.scan("m365-sensitivity-label").record(Tenant).sensitivity_labels, Unread)


def test_the_state_of_the_backup_service_is_read_and_a_state_that_is_missing_is_malformed(
    world: World,
) -> None:
    service: dict[str, Any] = {
        "status": "restoreLocked",
        "disableReason": "invalidBillingProfile",
        "gracePeriodDateTime": "2026-03-01T00:00:00Z",
        "restoreAllowedTillDateTime": None,
        "lastModifiedBy": {"user": {"identity": "1"}},
    }
    world.estate.objects["/solutions/backupRestore"] = {"serviceStatus": service}
    scanned = world.scan("m365-drive-backup")
    assert read(scanned.record(Tenant).backup_service) == BackupService(
        status="restoreLocked", reason="invalidBillingProfile", grace_until="2026-03-01T00:00:00Z"
    )
    assert {each.status for each in scanned.findings} == {Status.FAIL}
    service |= {"status": "enabled", "disableReason": "none", "gracePeriodDateTime": None}
    assert read(world.scan("m365-drive-backup").record(Tenant).backup_service) == BackupService(
        status="enabled"
    )
    world.estate.objects["/solutions/backupRestore"] = {"id": "x"}
    assert isinstance(world.scan("m365-drive-backup").record(Tenant).backup_service, Unread)
