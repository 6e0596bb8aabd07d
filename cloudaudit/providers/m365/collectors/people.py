"""Users: four listings joined by id, of which only what a fact needs is held, and written page by page."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from msgspec import Struct, structs

from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.providers.m365.collectors.roles import MEMBERS, MemberWire
from cloudaudit.providers.m365.model import (
    AccessPolicy,
    Admin,
    GroupMembers,
    Person,
    Registration,
    RoleGrant,
    SignIn,
    User,
)
from cloudaudit.providers.m365.operations import (
    GET_GROUP,
    GET_MAILBOX_PURPOSE,
    LIST_GROUP_MEMBERS,
    LIST_REGISTRATIONS,
    LIST_ROOMS,
    LIST_SIGN_IN_ACTIVITY,
    LIST_USERS,
)
from cloudaudit.providers.m365.reader import BATCH_SIZE, Answer, CallFailed, Identified, Page, Reader

T = TypeVar("T")
W = TypeVar("W")

USERS_PATH = (
    "/users?$top=999&$select=id,userPrincipalName,displayName,mail,userType,createdDateTime,accountEnabled,"
    "onPremisesSyncEnabled,passwordPolicies,lastPasswordChangeDateTime,externalUserState"
)
SIGN_IN_PATH = "/users?$top=500&$select=id,signInActivity"
"""Graph gives 500 users a page at most when it has to look up their sign-ins."""

REGISTRATION_PATH = (
    f"{LIST_REGISTRATIONS.path}?$select=id,isMfaRegistered,isMfaCapable,methodsRegistered,lastUpdatedDateTime"
)
ROOMS_PATH = f"{LIST_ROOMS.path}?$select=id,emailAddress"
SYNC_ROLES = frozenset({"d29b2b05-8046-44ba-8758-1e26182fcf32", "a92aed5d-d78a-4d16-b381-09adb37eb3b0"})
"""Directory Synchronization Accounts, and On Premises Directory Sync Account."""

REPORT_WORDS = {
    "fido": "fido2SecurityKey",
    "fido2": "fido2SecurityKey",
    "platformCredential": "macOsSecureEnclaveKey",
}
"""What the older report, and a person's own list of methods, call otherwise than the report of today does."""

NO_MAILBOX = 404
MISSING = "accountEnabled"


class UserWire(Identified, frozen=True, rename="camel"):
    """A line of ``/users``."""

    user_principal_name: str | None = None
    display_name: str | None = None
    mail: str | None = None
    user_type: str | None = None
    created_date_time: str | None = None
    account_enabled: bool | None = None
    on_premises_sync_enabled: bool | None = None
    password_policies: str | None = None
    last_password_change_date_time: str | None = None
    external_user_state: str | None = None

    @property
    def name(self) -> str:
        """The name to show: the principal name where there is one."""
        return self.user_principal_name or self.display_name or self.id

    @property
    def guest(self) -> bool:
        """Whether it is somebody of another organisation, by type or by name."""
        return (self.user_type or "").casefold() == "guest" or "#ext#" in self.name.casefold()


class _Activity(Struct, frozen=True, rename="camel"):
    last_sign_in_date_time: str | None = None
    last_non_interactive_sign_in_date_time: str | None = None
    last_successful_sign_in_date_time: str | None = None


class _ActivityLine(Identified, frozen=True, rename="camel"):
    sign_in_activity: _Activity | None = None


class RegistrationLine(Identified, frozen=True, kw_only=True, rename="camel"):
    """A line of the report of registrations, or of the older one that it replaced.

    The older one has ``authMethods``; its ``isCapable`` is about resetting passwords as well, so it counts for nothing.
    Source: https://learn.microsoft.com/graph/api/resources/userregistrationdetails and
    https://learn.microsoft.com/graph/api/resources/credentialuserregistrationdetails
    """

    is_mfa_registered: bool
    is_mfa_capable: bool = False
    methods_registered: tuple[str, ...] = ()
    auth_methods: tuple[str, ...] = ()
    last_updated_date_time: str | None = None

    def registration(self) -> Registration:
        """Return it as the checks see it."""
        return Registration(
            mfa=self.is_mfa_registered,
            capable=self.is_mfa_capable,
            methods=tuple(map(method_word, self.methods_registered or self.auth_methods)),
            updated_at=self.last_updated_date_time or "",
        )


def method_word(name: str) -> str:
    """Return a registered method as the report of today calls it; one that it does not know keeps its own name.

    The types of a person's own list of methods are understood too; a scan does not ask for that list, which takes a call
    for each person. Source: https://learn.microsoft.com/graph/api/authentication-list-methods
    """
    word = name.rpartition(".")[2].removesuffix("AuthenticationMethod")
    return REPORT_WORDS.get(word, word)


class _RoomLine(Struct, frozen=True, rename="camel"):
    email_address: str | None = None


class _Purpose(Struct, frozen=True):
    value: str | None = None


class _GroupWire(Identified, frozen=True, rename="camel"):
    display_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the bulk listings tell, by user id; each may have failed as a whole."""

    signed_in: Fact[dict[str, SignIn]]
    registrations: Fact[dict[str, Registration]]
    rooms: Fact[frozenset[str]]
    roles: Fact[tuple[RoleGrant, ...]]
    in_force: Mapping[str, tuple[RoleGrant, ...]]


@dataclass
class Everybody:
    """Everyone in the tenant, in the shortest form, as the pages of users go by."""

    people: list[Person] = field(default_factory=list[Person])
    source: Source = field(default_factory=lambda: Source(LIST_USERS.label))

    def fact(self) -> Fact[tuple[Person, ...]]:
        """Return them once all were read."""
        return Read(tuple(self.people), self.source)


async def read_sign_ins(reader: Reader) -> Fact[dict[str, SignIn]]:
    """Return when each user last signed in; who never did is left out."""
    found: dict[str, SignIn] = {}

    def take(line: _ActivityLine) -> None:
        activity = line.sign_in_activity
        if activity is not None:
            found[line.id] = SignIn(
                interactive=activity.last_sign_in_date_time or "",
                non_interactive=activity.last_non_interactive_sign_in_date_time or "",
                successful=activity.last_successful_sign_in_date_time or "",
            )

    return await _gathered(reader.pages(LIST_SIGN_IN_ACTIVITY, SIGN_IN_PATH, _ActivityLine), take, found)


async def read_registrations(reader: Reader) -> Fact[dict[str, Registration]]:
    """Return what each user registered for signing in, by one report for all."""
    found: dict[str, Registration] = {}
    combinations: dict[tuple[str, ...], tuple[str, ...]] = {}

    def take(line: RegistrationLine) -> None:
        registration = line.registration()
        # A hundred thousand people use a few dozen combinations of methods.
        methods = combinations.setdefault(registration.methods, registration.methods)
        found[line.id] = structs.replace(registration, methods=methods)

    return await _gathered(reader.pages(LIST_REGISTRATIONS, REGISTRATION_PATH, RegistrationLine), take, found)


async def read_rooms(reader: Reader) -> Fact[frozenset[str]]:
    """Return the addresses of the tenant's rooms, in lower case."""
    try:
        answer = await reader.every(LIST_ROOMS, ROOMS_PATH, _RoomLine)
    except CallFailed as failure:
        return failure.unread
    return Read(
        frozenset((room.email_address or "").casefold() for room in answer.body) - {""}, answer.source
    )


async def _gathered(
    pages: AsyncIterator[Page[W]], take: Callable[[W], None], found: dict[str, T]
) -> Fact[dict[str, T]]:
    source = Source("")
    try:
        async for page in pages:
            source = page.source
            for line in page.items:
                take(line)
    except CallFailed as failure:
        return failure.unread
    return Read(found, source)


async def read_group(reader: Reader, group: str) -> GroupMembers:
    """Return a group's name and members; a group that is not there any more has no members fact's value."""
    path = GET_GROUP.path.format(group) + "?$select=id,displayName"
    try:
        head = await reader.call(GET_GROUP, path, _GroupWire)
        members = await reader.every(
            LIST_GROUP_MEMBERS, LIST_GROUP_MEMBERS.path.format(group) + MEMBERS, MemberWire
        )
    except CallFailed as failure:
        gone = failure.status == NO_MAILBOX
        return GroupMembers(
            id=group, name="", members=Read(None, failure.unread.source) if gone else failure.unread
        )
    return GroupMembers(
        id=group,
        name=head.body.display_name or "",
        members=Read(tuple(sorted(member.id for member in members.body)), members.source),
    )


def groups_named(policies: Iterable[AccessPolicy]) -> tuple[str, ...]:
    """Return the groups that enabled policies include or exclude."""
    return tuple(
        sorted(
            {
                group
                for policy in policies
                if policy.state == "enabled"
                for who in (policy.include, policy.exclude)
                for group in who.groups
            }
        )
    )


def person(line: UserWire, known: Known) -> Person:
    """Return a user in the shortest form; an account of unknown state counts as one that can sign in."""
    roles = {grant.role for grant in known.in_force.get(line.id, ())}
    kind = "s" if roles & SYNC_ROLES else "g" if line.guest else "m"
    return Person(line.id, line.name, kind, line.account_enabled is not False)


def _of_user(fact: Fact[dict[str, T]], user: str) -> Fact[T | None]:
    return fact if isinstance(fact, Unread) else Read(fact.value.get(user), fact.source)


def _enabled(line: UserWire, source: Source) -> Fact[bool]:
    if line.account_enabled is None:
        return Unread(Cause.MALFORMED, source, permission=LIST_USERS.permission, detail=MISSING)
    return Read(line.account_enabled, source)


def asks_mailbox(line: UserWire, known: Known) -> bool:
    """Whether it matters what kind of mailbox it is: for those who can sign in and are not known to have MFA."""
    registrations = known.registrations
    if isinstance(registrations, Unread) or line.guest or line.account_enabled is False:
        return False
    registration = registrations.value.get(line.id)
    return registration is None or not registration.mfa


async def read_purposes(reader: Reader, users: Sequence[str]) -> dict[str, Fact[str | None]]:
    """Return the kinds of these users' mailboxes, 20 to a request."""
    found: dict[str, Fact[str | None]] = {}
    for start in range(0, len(users), BATCH_SIZE):
        some = users[start : start + BATCH_SIZE]
        paths = [GET_MAILBOX_PURPOSE.path.format(user) for user in some]
        answers = await reader.batch(GET_MAILBOX_PURPOSE, paths, _Purpose)
        found.update(zip(some, map(_purpose, answers), strict=True))
    return found


def _purpose(answer: Answer[_Purpose] | CallFailed) -> Fact[str | None]:
    if isinstance(answer, CallFailed):
        unread = answer.unread
        return Read(None, unread.source) if answer.status == NO_MAILBOX else unread
    return Read(answer.body.value, answer.source)


def user(line: UserWire, known: Known, source: Source, mailbox: Fact[str | None] | None, tenant: str) -> User:
    """Return a user's record.

    Args:
        line: of the listing.
        known: what the bulk listings tell.
        source: of the page that the line is on.
        mailbox: its kind; None where it was not asked for.
        tenant: the tenant id.
    """
    if mailbox is None:
        unread = known.registrations if isinstance(known.registrations, Unread) else None
        mailbox = unread or Read("", source)
    addresses = {line.name.casefold(), (line.mail or "").casefold()}
    rooms = known.rooms
    roles = known.roles
    return User(
        id=line.id,
        name=line.name,
        account=tenant,
        region="global",
        display_name=line.display_name or "",
        mail=line.mail or "",
        user_type=line.user_type or "",
        created_at=line.created_date_time or "",
        synced=bool(line.on_premises_sync_enabled),
        password_policies=line.password_policies or "",
        invitation=line.external_user_state or "",
        enabled=_enabled(line, source),
        password_changed_at=Read(line.last_password_change_date_time or None, source),
        signed_in=_of_user(known.signed_in, line.id),
        registration=_of_user(known.registrations, line.id),
        room=rooms
        if isinstance(rooms, Unread)
        else Read(not addresses.isdisjoint(rooms.value), rooms.source),
        mailbox=mailbox,
        roles=roles
        if isinstance(roles, Unread)
        else Read(tuple(sorted({grant.role for grant in known.in_force.get(line.id, ())})), roles.source),
    )


def admin(line: UserWire, known: Known, source: Source, grants: tuple[RoleGrant, ...], tenant: str) -> Admin:
    """Return the record of a person who holds directory roles."""
    return Admin(
        id=line.id,
        name=line.name,
        account=tenant,
        region="global",
        display_name=line.display_name or "",
        user_type=line.user_type or "",
        synced=bool(line.on_premises_sync_enabled),
        grants=grants,
        enabled=_enabled(line, source),
        registration=_of_user(known.registrations, line.id),
    )
