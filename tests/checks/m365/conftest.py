"""Builders for what the checks of Microsoft 365 look at."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cloudaudit.clock import parse, stamp
from cloudaudit.providers.m365.model import (
    AccessPolicy,
    Directory,
    Domain,
    Drive,
    Grantee,
    Permission,
    Person,
    SharedItem,
    SharePointSettings,
    Sharing,
    Tenant,
    Who,
)
from cloudaudit.testing import TAKEN_AT, build, read

EVERYONE = Who(users=("All",))


@pytest.fixture
def ago() -> Callable[[int], str]:
    """The time so many days before the snapshot."""

    def time(days: int) -> str:
        return stamp(parse(TAKEN_AT) - timedelta(days=days))

    return time


@pytest.fixture
def tenant() -> Callable[..., Tenant]:
    """A tenant with its domain and anyone links allowed, save what is given."""

    def make(**facts: Any) -> Tenant:
        given: dict[str, Any] = {
            "domains": (Domain(name="contoso.example"),),
            "sharepoint": SharePointSettings(sharing_capability="externalUserAndGuestSharing"),
            "security_defaults": False,
            "access_policies": (),
            "roles": (),
            "authentication_methods": (),
            **facts,
        }
        return build(Tenant, name="contoso", **given)

    return make


@pytest.fixture
def directory() -> Callable[..., Directory]:
    """A directory of a member and a guest, save what is given."""

    def make(**facts: Any) -> Directory:
        people = (
            Person("u1", "hanako@contoso.example", "m", enabled=True),
            Person("u2", "jo_x.example#EXT#@contoso.example", "g", enabled=True),
        )
        return build(Directory, name="contoso", **{"people": people, "groups": (), **facts})

    return make


@pytest.fixture
def access_policy() -> Callable[..., AccessPolicy]:
    """A policy in force that demands MFA from everyone for everything, save what is given."""

    def make(**fields: Any) -> AccessPolicy:
        given: dict[str, Any] = {
            "id": "p1",
            "name": "MFA for all",
            "state": "enabled",
            "include": EVERYONE,
            "include_apps": ("All",),
            "client_apps": ("all",),
            "controls": ("mfa",),
            **fields,
        }
        return AccessPolicy(**given)

    return make


@pytest.fixture
def drive(ago: Callable[[int], str]) -> Callable[..., Drive]:
    """A drive looked at in full yesterday, with one item that has these permissions."""

    def make(*permissions: Permission, items: tuple[SharedItem, ...] = (), **fields: Any) -> Drive:
        one = SharedItem(
            id="i1",
            path=fields.pop("path", "/見積書.xlsx"),
            changed_at=fields.pop("changed_at", ago(3)),
            permissions=read(permissions),
        )
        sharing = Sharing(
            items=(*((one,) if permissions else ()), *items),
            complete_at=fields.pop("complete_at", ago(1)),
            complete_by=fields.pop("complete_by", "read-scopes"),
            looked_at=10,
        )
        given: dict[str, Any] = {
            "url": "https://contoso.example/sites/hr/Shared%20Documents",
            "owner": "hanako@contoso.example",
            "sharing": sharing,
            **fields,
        }
        return build(Drive, name="Documents", **given)

    return make


@pytest.fixture
def unread_item() -> Callable[..., SharedItem]:
    """An item that is known to be shared and was not read again."""

    def make(fact: Any) -> SharedItem:
        return SharedItem(id="i9", path="/old.docx", permissions=fact)

    return make


@pytest.fixture
def link() -> Callable[..., Permission]:
    """A sharing link of a scope."""

    def make(scope: str, **fields: Any) -> Permission:
        given: dict[str, Any] = {
            "id": f"link-{scope}",
            "link": True,
            "scope": scope,
            "link_type": "view",
            "roles": ("read",),
            **fields,
        }
        return Permission(**given)

    return make


@pytest.fixture
def grant() -> Callable[..., Permission]:
    """A direct grant to somebody."""

    def make(email: str, user_type: str = "", **fields: Any) -> Permission:
        who = Grantee(kind="user", id=email, name=email, email=email, user_type=user_type)
        given: dict[str, Any] = {"id": f"grant-{email}", "roles": ("read",), "grantees": (who,), **fields}
        return Permission(**given)

    return make
