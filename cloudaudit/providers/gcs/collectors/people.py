"""Workspace and Cloud Identity users, through the Directory API of the Admin SDK."""

from collections.abc import Callable, Iterator
from typing import Literal, TypeVar

from msgspec import Struct, field

from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.providers.gcs.collectors.times import utc
from cloudaudit.providers.gcs.model import Administration, Standing, User
from cloudaudit.providers.gcs.operations import LIST_USERS
from cloudaudit.providers.gcs.reader import Page, Reader

T = TypeVar("T")
V = TypeVar("V")

PAGE_SIZE = "500"
NEVER = "1970-01-01T00:00:00"
FIELDS = (
    "kind,nextPageToken,users(customerId,id,primaryEmail,creationTime,suspended,suspensionReason,archived,"
    "isAdmin,isDelegatedAdmin,isEnrolledIn2Sv,isEnforcedIn2Sv,lastLoginTime)"
)
"""What is judged, and nothing else of what a directory holds about people."""


class UserLine(Struct, frozen=True, rename="camel"):
    """A user of the listing; None: not told, so not known."""

    customer_id: str
    id: str
    primary_email: str
    creation_time: str = ""
    last_login_time: str | None = None
    suspended: bool | None = None
    is_admin: bool | None = None
    is_delegated_admin: bool | None = None
    enrolled: bool | None = field(name="isEnrolledIn2Sv", default=None)
    enforced: bool | None = field(name="isEnforcedIn2Sv", default=None)
    archived: bool = False
    suspension_reason: str = ""


class _Users(Struct, frozen=True, rename="camel"):
    # Without it an answer is no listing, and would look like one of nobody.
    kind: Literal["admin#directory#users"]
    users: tuple[UserLine, ...] = ()
    next_page_token: str = ""


def _page(told: _Users) -> Page[UserLine]:
    return Page(told.users, told.next_page_token)


def list_users(reader: Reader, customer: str) -> Iterator[tuple[Source, tuple[UserLine, ...]]]:
    """Yield the pages of a customer's users.

    Raises:
        CallFailed: a page did not answer; those before it were yielded.
    """
    params = {"customer": customer, "maxResults": PAGE_SIZE, "orderBy": "email", "fields": FIELDS}
    for source, page in reader.each_page(LIST_USERS, (), _Users, _page, params=params):
        yield source, page.items


def user_id(line: UserLine) -> str:
    """Return the id of a user, which stays when they are renamed."""
    return f"//admin.googleapis.com/customers/{line.customer_id}/users/{line.id}"


def make_user(line: UserLine, source: Source) -> User:
    """Return a user."""
    return User(
        id=user_id(line),
        name=line.primary_email,
        account=line.customer_id,
        region="global",
        created_at=line.creation_time,
        standing=_told(
            "suspended",
            line.suspended,
            source,
            lambda suspended: Standing(
                suspended=suspended, archived=line.archived, suspension_reason=line.suspension_reason
            ),
        ),
        administration=_administration(line, source),
        two_step_enrolled=_told("isEnrolledIn2Sv", line.enrolled, source, bool),
        two_step_enforced=_told("isEnforcedIn2Sv", line.enforced, source, bool),
        last_sign_in=_told("lastLoginTime", line.last_login_time, source, _sign_in),
    )


def _administration(line: UserLine, source: Source) -> Fact[Administration]:
    """Return what a user administers; who is no full administrator may be a delegated one, so that must be told too."""
    if line.is_admin is not False:
        return _told(
            "isAdmin", line.is_admin, source, lambda full: Administration(full=full, delegated=False)
        )
    return _told(
        "isDelegatedAdmin",
        line.is_delegated_admin,
        source,
        lambda delegated: Administration(full=False, delegated=delegated),
    )


def _told(name: str, told: V | None, source: Source, make: Callable[[V], T]) -> Fact[T]:
    """Return what a member of a user tells; without it nothing is known."""
    try:
        if told is not None:
            return Read(make(told), source)
    except ValueError as error:
        return Unread(Cause.MALFORMED, source, permission=LIST_USERS.permission, detail=str(error)[:200])
    return Unread(Cause.MALFORMED, source, permission=LIST_USERS.permission, detail=name)


def _sign_in(told: str) -> str | None:
    return None if told.startswith(NEVER) else utc(told)
