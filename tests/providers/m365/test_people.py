"""Users, administrators, everybody at once; applications and policies: what is asked and what becomes of it."""

from typing import Any

import pytest

from cloudaudit.demo.m365.names import (
    ACCOUNTANT,
    EMERGENCY,
    GLOBAL_ADMIN,
    ITO,
    ROOM,
    SATO,
    SHARED_MAILBOX,
    SHAREPOINT_ADMIN,
    SUZUKI,
    SYNC_ACCOUNT,
    TAKAHASHI,
    TANAKA,
    TENANT,
    YAMAMOTO,
)
from cloudaudit.demo.m365.writing import Calendar, registration, uid, user
from cloudaudit.facts import Cause, Read
from cloudaudit.model import Status
from cloudaudit.providers.m365.model import (
    Admin,
    Application,
    Directory,
    Drive,
    GuestScope,
    ServicePrincipal,
    Tenant,
    User,
)
from fakes.m365 import Fault

from .conftest import TODAY, World, cause, read, unread

MFA = "m365-user-mfa-registered"
ADMINS = "m365-admin-mfa-strong"
EVERYBODY = "m365-mfa-enforced"
APPS = "m365-app-permission"
SECRETS = "m365-app-secret-age"
DATES = Calendar(TODAY)
PURPOSE = "/users/[^/]+/mailboxSettings/userPurpose"


def test_the_kind_of_mailbox_is_asked_only_of_those_who_are_not_registered(world: World) -> None:
    people = world.scan(MFA).records(User)
    asked = {path.split("/")[2] for path in world.fake.counts if path.endswith("userPurpose")}
    expected = (TAKAHASHI, YAMAMOTO, ROOM, SHARED_MAILBOX, SYNC_ACCOUNT)
    assert asked == {uid(number) for number in expected}
    kinds = {
        number: people[uid(number)].mailbox for number in (TANAKA, ITO, ACCOUNTANT, ROOM, SHARED_MAILBOX)
    }
    assert [read(kind) for kind in kinds.values()] == ["", "", "", "room", "shared"]
    assert read(people[uid(SYNC_ACCOUNT)].mailbox) is None
    assert read(people[uid(ROOM)].room) is True
    assert read(people[uid(TAKAHASHI)].room) is False


def test_mailboxes_are_asked_twenty_at_a_time_and_fail_one_by_one(world: World) -> None:
    for number in range(100, 145):
        world.estate.lists["/users"].append(user(number, f"u{number}@x.example", f"u{number}", DATES))
        world.estate.objects[f"/users/{uid(number)}/mailboxSettings/userPurpose"] = {"value": "user"}
    world.fake.faults.append(
        Fault(f"/users/{uid(120)}/mailboxSettings/userPurpose", 403, "ErrorAccessDenied")
    )
    people = world.scan(MFA).records(User)
    assert [method for method, _ in world.fake.requests].count("POST") == 3
    assert cause(people[uid(120)].mailbox) is Cause.DENIED
    assert read(people[uid(121)].mailbox) == "user"


def test_registrations_and_sign_ins_come_in_bulk_and_never_one_call_a_user(world: World) -> None:
    people = world.scan(MFA, "m365-user-unused").records(User)
    assert world.fake.times("/reports/.*") == 1
    assert world.fake.times("/users") == 2
    assert world.fake.times("/users/[^/]+") == 0
    sato = people[uid(SATO)]
    registered = read(sato.registration)
    assert registered is not None
    assert (registered.mfa, registered.methods) == (True, ("microsoftAuthenticatorPush",))
    assert read(people[uid(SYNC_ACCOUNT)].registration) is None
    signed_in = read(sato.signed_in)
    assert signed_in is not None
    assert signed_in.interactive == DATES.ago(1)
    assert read(people[uid(ROOM)].signed_in) is None


def test_many_pages_of_users_are_all_written(world: World) -> None:
    world.estate.lists["/users"] += [
        user(number, f"u{number}@x.example", f"社員 {number}", DATES) for number in range(1000, 1500)
    ]
    world.estate.lists["/reports/authenticationMethods/userRegistrationDetails"] += [
        registration(number, "fido2SecurityKey", dates=DATES) for number in range(1000, 1500)
    ]
    scanned = world.scan(MFA, EVERYBODY)
    assert len(scanned.records(User)) == 513
    assert len(read(scanned.record(Directory).people)) == 513
    assert scanned.gaps == ()


def test_a_user_whose_state_graph_leaves_out_is_not_assessed(world: World) -> None:
    world.estate.lists["/users"] = [user(1, "a@x.example", "a", DATES, accountEnabled=None)]
    scanned = world.scan(MFA)
    fact = unread(scanned.record(User).enabled)
    assert (fact.cause, fact.permission) == (Cause.MALFORMED, "User.Read.All")
    assert scanned.of(MFA).status is Status.NOT_ASSESSED


@pytest.mark.parametrize("name", ["髙橋 🌸", "\u202eadmin", "a\x00b\x1b[2J", "=1+1", "<b>"])
def test_names_of_people_are_data(world: World, name: str) -> None:
    world.estate.lists["/users"].append(user(200, f"{name}@x.example", name, DATES))
    scanned = world.scan(MFA)
    assert scanned.records(User)[uid(200)].display_name == name


# --------------------------------------------------------------------------- administrators


def test_administrators_are_told_with_those_behind_a_group(world: World) -> None:
    admins = world.scan(ADMINS).records(Admin)
    assert set(admins) == {uid(each) for each in (TANAKA, EMERGENCY, SUZUKI, SATO, SYNC_ACCOUNT)}
    (grant,) = admins[uid(SATO)].grants
    assert (grant.role, grant.via, grant.eligible) == (SHAREPOINT_ADMIN, "情報システム管理者", False)


def test_eligible_roles_count_where_they_can_be_read(world: World) -> None:
    eligible = {
        "principalId": uid(YAMAMOTO),
        "roleDefinitionId": GLOBAL_ADMIN,
        "directoryScopeId": "/",
        "principal": {"@odata.type": "#microsoft.graph.user", "userPrincipalName": "y@x.example"},
    }
    world.estate.lists["/roleManagement/directory/roleEligibilityScheduleInstances"] = [eligible]
    (grant,) = world.scan(ADMINS).records(Admin)[uid(YAMAMOTO)].grants
    assert grant.eligible
    assert grant.role_name == "Global Administrator"


def test_a_holder_of_a_role_who_is_not_among_the_users_is_not_forgotten(world: World) -> None:
    stranger = {
        "principalId": uid(999),
        "roleDefinitionId": GLOBAL_ADMIN,
        "directoryScopeId": "/",
        "principal": None,
    }
    world.estate.lists["/roleManagement/directory/roleAssignments"].append(stranger)
    scanned = world.scan(ADMINS)
    assert cause(scanned.records(Admin)[uid(999)].registration) is Cause.UNSUPPORTED
    assert scanned.of(ADMINS, uid(999)).status is Status.NOT_ASSESSED


def test_unread_roles_are_a_gap_for_administrators(world: World) -> None:
    world.fake.faults.append(Fault("/roleManagement/directory/roleAssignments", 403, "accessDenied"))
    scanned = world.scan(ADMINS, "m365-admin-count")
    assert [(gap.of, gap.permission) for gap in scanned.gaps] == [
        ("m365-admin", "RoleManagement.Read.Directory")
    ]
    assert scanned.records(Admin) == {}
    assert scanned.of("m365-admin-count").status is Status.NOT_ASSESSED


def test_roles_and_policies_are_asked_once_for_everybody_who_needs_them(world: World) -> None:
    world.scan()
    assert world.fake.times("/roleManagement/directory/roleAssignments") == 1
    assert world.fake.times("/identity/conditionalAccess/policies") == 1
    assert {path: count for path, count in world.fake.counts.items() if count > 1} == {
        # Two ends of each log; users and their sign-ins; root sites are asked for by another query than searches.
        "/auditLogs/signIns": 2,
        "/auditLogs/directoryAudits": 2,
        "/users": 2,
        "/servicePrincipals": 2,
    }


# --------------------------------------------------------------------------- policies


def test_groups_of_enabled_policies_are_read_with_their_members(world: World) -> None:
    directory = world.scan(EVERYBODY).record(Directory)
    (group,) = read(directory.groups)
    assert (group.name, read(group.members)) == ("MFA 除外(期間限定)", (uid(TAKAHASHI),))


def test_a_group_that_is_gone_has_no_members_and_one_that_is_refused_is_unread(world: World) -> None:
    world.fake.faults.append(Fault("/groups/00000003-.*2", 404, "Request_ResourceNotFound", times=1))
    (group,) = read(world.scan(EVERYBODY).record(Directory).groups)
    assert read(group.members) is None
    world.fake.faults.append(Fault("/groups/00000003-.*2", 403, "Authorization_RequestDenied"))
    (group,) = read(world.scan(EVERYBODY).record(Directory).groups)
    assert cause(group.members) is Cause.DENIED


def test_every_condition_of_a_policy_is_kept_and_unknown_ones_are_named(world: World) -> None:
    policy: dict[str, Any] = world.estate.lists["/identity/conditionalAccess/policies"][0]
    policy["conditions"] |= {
        "signInRiskLevels": ["high"],
        "platforms": {"includePlatforms": ["all"], "excludePlatforms": ["iOS"]},
        "locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]},
        "devices": {"deviceFilter": {"mode": "exclude", "rule": "device.isCompliant -eq True"}},
        "moonPhases": ["full"],
        "futureNothing": None,
        "authenticationFlows": {"transferMethods": "deviceCodeFlow"},
    }
    policy["conditions"]["users"]["excludeGuestsOrExternalUsers"] = {
        "guestOrExternalUserTypes": "b2bCollaborationGuest,internalGuest",
        "externalTenants": {"@odata.type": "#microsoft.graph.x", "membershipKind": "enumerated"},
    }
    policy["grantControls"]["authenticationStrength"] = {
        "id": "s",
        "displayName": "フィッシング耐性",
        "requirementsSatisfied": "mfa",
        "allowedCombinations": ["fido2"],
    }
    found = read(world.scan(EVERYBODY).record(Tenant).access_policies)[0]
    assert found.risks == ("signIn:high",)
    assert found.exclude_platforms == ("iOS",)
    assert found.exclude_locations == ("AllTrusted",)
    assert found.device_filter == "exclude: device.isCompliant -eq True"
    assert found.other_conditions == ("moonPhases",)
    assert found.authentication_flows == "deviceCodeFlow"
    assert found.exclude.guests == GuestScope(
        types=("b2bCollaborationGuest", "internalGuest"), all_tenants=False
    )
    assert found.strength is not None
    assert (found.strength.satisfies, found.strength.combinations) == ("mfa", ("fido2",))


# --------------------------------------------------------------------------- applications


def test_applications_have_their_credentials_and_never_a_secret(world: World) -> None:
    scanned = world.scan(SECRETS)
    apps = {each.name: each for each in scanned.records(Application).values()}
    (secret,) = read(apps["受発注連携"].credentials)
    assert (secret.kind, secret.name) == ("secret", "2年有効")
    (certificate,) = read(apps["勤怠集計バッチ"].credentials)
    assert certificate.kind == "certificate"
    assert '"hint"' not in scanned.snapshot.read_text(encoding="utf-8")


def test_permissions_of_applications_come_from_the_apis_that_grant_them(world: World) -> None:
    found = {each.name: each for each in world.scan(APPS).records(ServicePrincipal).values()}
    assert set(found) == {"経費精算クラウド", "受発注連携"}
    assert {(each.name, each.kind) for each in read(found["経費精算クラウド"].permissions)} == {
        ("Files.ReadWrite.All", "application"),
        ("User.Read", "delegated"),
        ("Files.Read.All", "delegated"),
    }
    assert world.fake.times("/servicePrincipals/[^/]+/appRoleAssignedTo") == 2


def test_unread_consents_leave_permissions_unread_and_credentials_read(world: World) -> None:
    world.fake.faults.append(Fault("/oauth2PermissionGrants", 403, "accessDenied"))
    for each in world.scan(APPS).records(ServicePrincipal).values():
        assert cause(each.permissions) is Cause.DENIED
        assert isinstance(each.credentials, Read)


# --------------------------------------------------------------------------- an empty tenant


def test_an_empty_tenant_is_not_assessed_and_not_compliant(bare: World) -> None:
    scanned = bare.scan()
    assert set(scanned.records(Tenant)) == {TENANT}
    assert scanned.records(User) == {}
    assert scanned.records(Drive) == {}
    assert 3 in scanned.exit_codes
    for check in ("m365-mfa-enforced", "m365-admin-count", "m365-legacy-auth-blocked"):
        assert scanned.of(check).status is not Status.PASS, check


def test_a_tenant_of_which_nothing_may_be_read_is_not_assessed(world: World) -> None:
    world.fake.granted = frozenset()
    scanned = world.scan()
    assert {each.status for each in scanned.findings} == {Status.NOT_ASSESSED}
    assert {gap.of for gap in scanned.gaps} == {
        "m365-user",
        "m365-admin",
        "m365-application",
        "m365-service-principal",
        "m365-drive",
    }
    assert scanned.score.overall.guaranteed in {None, 0}
