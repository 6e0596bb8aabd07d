from collections.abc import Callable
from typing import Any

import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.providers.m365.model import SignIn, User
from cloudaudit.testing import build, denied, unread, verdict

CHECK = "m365-user-unused"
Ago = Callable[[int], str]


def user(signed_in: Any, made: str, **fields: Any) -> User:
    given: dict[str, Any] = {
        "name": "hanako@contoso.example",
        "created_at": made,
        "enabled": True,
        "signed_in": signed_in,
        **fields,
    }
    return build(User, **given)


@pytest.mark.parametrize(("days", "status"), [(0, Status.PASS), (89, Status.PASS), (90, Status.FAIL)])
def test_an_account_without_sign_in_for_long_fails(ago: Ago, days: int, status: Status) -> None:
    finding = verdict(CHECK, user(SignIn(interactive=ago(days)), ago(900)))
    assert finding.status is status
    assert finding.evidence["days_since_sign_in"] == days


def test_any_sort_of_sign_in_counts(ago: Ago) -> None:
    signed_in = SignIn(interactive=ago(400), non_interactive=ago(2), successful=ago(300))
    assert verdict(CHECK, user(signed_in, ago(900))).status is Status.PASS


@pytest.mark.parametrize("signed_in", [None, SignIn()])
@pytest.mark.parametrize(("age", "status"), [(10, Status.PASS), (90, Status.FAIL)])
def test_an_account_never_used_is_judged_by_its_own_age(
    ago: Ago, signed_in: Any, age: int, status: Status
) -> None:
    finding = verdict(CHECK, user(signed_in, ago(age), name="jo#EXT#@contoso.example"))
    assert finding.status is status
    assert finding.evidence["guest"] is True


def test_a_disabled_account_is_left_out(ago: Ago) -> None:
    assert verdict(CHECK, user(None, ago(900), enabled=False)).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("then", ["some day", "2027-05-01T00:00:00Z"])
def test_a_date_that_cannot_be_is_not_assessed(ago: Ago, then: str) -> None:
    assert verdict(CHECK, user(SignIn(interactive=then), ago(900))).cause is Cause.MALFORMED
    assert verdict(CHECK, user(None, then)).cause is Cause.MALFORMED


def test_without_the_licence_it_is_not_assessed(ago: Ago) -> None:
    assert verdict(CHECK, user(unread(Cause.PLAN), ago(900))).cause is Cause.PLAN


@pytest.mark.parametrize("field", ["enabled", "signed_in"])
def test_a_denied_read_is_not_assessed_and_names_the_permission(ago: Ago, field: str) -> None:
    facts: dict[str, Any] = {"signed_in": None, field: denied("AuditLog.Read.All")}
    assert verdict(CHECK, user(made=ago(1), **facts)).missing_permissions == ("AuditLog.Read.All",)
