from typing import Any

import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.providers.m365.model import Registration, User
from cloudaudit.providers.m365.roles import SYNCHRONISATION
from cloudaudit.testing import build, denied, unread, verdict

CHECK = "m365-user-mfa-registered"


def user(**facts: Any) -> User:
    given: dict[str, Any] = {
        "name": "hanako@contoso.example",
        "user_type": "Member",
        "enabled": True,
        "registration": Registration(mfa=False, methods=("",)),
        "room": False,
        "mailbox": "user",
        "roles": (),
        **facts,
    }
    return build(User, **given)


def test_a_registered_member_passes_and_nothing_else_is_asked() -> None:
    registered = Registration(mfa=True, methods=("microsoftAuthenticatorPush", ""))
    finding = verdict(CHECK, user(registration=registered, roles=denied("x"), mailbox=denied("x")))
    assert finding.status is Status.PASS
    assert finding.evidence["methods"] == ["microsoftAuthenticatorPush"]


def test_a_member_who_is_not_registered_fails() -> None:
    assert verdict(CHECK, user()).status is Status.FAIL


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"room": True}, "a room"),
        ({"mailbox": "room"}, "a room"),
        ({"mailbox": "shared"}, "a shared mailbox"),
        ({"mailbox": "Equipment"}, "equipment"),
        ({"enabled": False}, "a disabled account"),
        ({"roles": (SYNCHRONISATION,)}, "an account of directory synchronisation"),
        ({"user_type": "Guest"}, "a guest, whose own organisation answers for MFA"),
        (
            {"name": "jo_x.example#EXT#@contoso.example"},
            "a guest, whose own organisation answers for MFA",
        ),
    ],
)
def test_accounts_of_no_person_are_left_out_with_the_reason(facts: dict[str, Any], why: str) -> None:
    finding = verdict(CHECK, user(**facts))
    assert finding.status is Status.NOT_APPLICABLE
    assert finding.evidence == {"left_out": why}


@pytest.mark.parametrize("mailbox", [None, ""])
def test_a_person_without_a_mailbox_is_judged(mailbox: str | None) -> None:
    assert verdict(CHECK, user(mailbox=mailbox)).status is Status.FAIL


def test_a_user_whom_the_report_does_not_name_is_not_assessed() -> None:
    assert verdict(CHECK, user(registration=None)).cause is Cause.UNSUPPORTED


def test_without_the_licence_it_is_not_assessed() -> None:
    assert verdict(CHECK, user(registration=unread(Cause.PLAN))).cause is Cause.PLAN


@pytest.mark.parametrize("field", ["enabled", "registration", "room", "mailbox", "roles"])
def test_a_denied_read_is_not_assessed_and_names_the_permission(field: str) -> None:
    finding = verdict(CHECK, user(**{field: denied("Some.Read.All")}))
    assert finding.missing_permissions == ("Some.Read.All",)
