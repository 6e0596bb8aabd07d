"""Quirks that recorded and published answers of Graph have shown, each sent over HTTP once."""

from typing import Any

import pytest

from cloudaudit.demo.m365.names import SALES_DRIVE, TANAKA
from cloudaudit.demo.m365.writing import uid
from cloudaudit.providers.m365.model import AccessReview, Permission, Tenant, User

from .conftest import LINKS, World, read

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
