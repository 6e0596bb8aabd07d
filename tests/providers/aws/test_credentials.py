import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudaudit.facts import Cause, NotRead, Read, Source, Unread
from cloudaudit.model import Status
from cloudaudit.providers.aws.credentials import (
    NOT_SUPPORTED,
    ROOT,
    Dated,
    Event,
    access_key_ages,
    access_key_uses,
    age,
    beyond_the_report,
    has_console_password,
    judge_ages,
    legacy_credential_ages,
    parse_credential_report,
    password_age,
    password_use,
    root_can_sign_in,
    root_uses,
)
from cloudaudit.providers.aws.model import (
    Account,
    AccountSummary,
    CredentialCertificate,
    CredentialKey,
    CredentialRow,
    LegacyCredential,
    User,
)
from cloudaudit.testing import build, denied, read
from cloudaudit.text import Text

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SOURCE = Source("iam:GetCredentialReport", "2026-11-21T00:00:00Z")

BLANK = {
    "user": "x",
    "arn": "arn:aws:iam::123456789012:user/x",
    "user_creation_time": "2016-05-16T19:03:36+00:00",
    "password_enabled": "true",
    "password_last_used": "no_information",
    "password_last_changed": "2016-08-30T18:24:44+00:00",
    "password_next_rotation": "N/A",
    "mfa_active": "false",
    "access_key_1_active": "false",
    "access_key_1_last_rotated": "N/A",
    "access_key_1_last_used_date": "N/A",
    "access_key_1_last_used_region": "N/A",
    "access_key_1_last_used_service": "N/A",
    "access_key_2_active": "false",
    "access_key_2_last_rotated": "N/A",
    "access_key_2_last_used_date": "N/A",
    "access_key_2_last_used_region": "N/A",
    "access_key_2_last_used_service": "N/A",
    "cert_1_active": "false",
    "cert_1_last_rotated": "N/A",
    "cert_2_active": "false",
    "cert_2_last_rotated": "N/A",
}


def _report(*lines: Mapping[str, str]) -> str:
    header = list(dict.fromkeys([*BLANK, *(column for line in lines for column in line)]))
    file = io.StringIO()
    writer = csv.DictWriter(file, header)
    writer.writeheader()
    writer.writerows({**BLANK, **line} for line in lines)
    return file.getvalue()


def _row(line: Mapping[str, str]) -> CredentialRow:
    (row,) = parse_credential_report(_report(line))
    return row


def _two_keys(**fields: str) -> CredentialRow:
    return _row(
        {
            "access_key_1_active": "true",
            "access_key_1_last_rotated": "2026-11-01T00:00:00Z",
            "access_key_2_active": "true",
            "access_key_2_last_rotated": "2026-01-01T00:00:00Z",
            **fields,
        }
    )


# --------------------------------------------------------------------------- the report


def test_a_line_is_read_as_it_is_meant() -> None:
    row = _row(
        {
            "password_last_used": "2016-11-16T14:10:34+09:00",
            "access_key_2_active": "TRUE",
            "access_key_2_last_rotated": "2016-10-11T15:27:35Z",
            "access_key_2_last_used_date": "2016-10-20T20:27:00+00:00",
            "cert_1_active": "True",
            "cert_1_last_rotated": "2015-01-01T00:00:00+00:00",
        }
    )
    assert row == CredentialRow(
        user="x",
        arn="arn:aws:iam::123456789012:user/x",
        created_at="2016-05-16T19:03:36Z",
        password_enabled=True,
        password_last_used="2016-11-16T05:10:34Z",
        password_last_changed="2016-08-30T18:24:44Z",
        mfa_active=False,
        keys=(
            CredentialKey(
                slot=2, active=True, last_rotated="2016-10-11T15:27:35Z", last_used="2016-10-20T20:27:00Z"
            ),
        ),
        certificates=(CredentialCertificate(slot=1, active=True, last_rotated="2015-01-01T00:00:00Z"),),
    )


@pytest.mark.parametrize(
    ("cell", "told"),
    [("TRUE", True), ("true", True), ("False", False), ("not_supported", None), ("N/A", None)],
)
def test_whether_there_is_a_password_may_not_be_told(cell: str, *, told: bool | None) -> None:
    assert _row({"password_enabled": cell}).password_enabled is told


@pytest.mark.parametrize(
    ("cell", "time"),
    [("N/A", ""), ("no_information", ""), ("", ""), ("not_supported", NOT_SUPPORTED)],
)
def test_never_and_not_told_are_kept_apart(cell: str, time: str) -> None:
    assert _row({"password_last_used": cell}).password_last_used == time


def test_an_inactive_key_with_a_date_exists_and_an_active_one_without_does_too() -> None:
    row = _row({"access_key_1_last_rotated": "2016-10-11T15:27:35Z", "access_key_2_active": "true"})
    assert [(key.slot, key.active, key.last_rotated) for key in row.keys] == [
        (1, False, "2016-10-11T15:27:35Z"),
        (2, True, ""),
    ]


@pytest.mark.parametrize(
    ("cell", "unlisted"), [("", False), ("N/A", False), ("0", False), ("2 more; iam:ListAccessKeys", True)]
)
def test_more_credentials_than_listed_are_noticed(cell: str, *, unlisted: bool) -> None:
    assert _row({"additional_credentials_info": cell}).unlisted is unlisted


def test_root_is_a_line_like_the_others() -> None:
    rows = parse_credential_report(
        _report(
            {"user": ROOT, "arn": "arn:aws:iam::123456789012:root", "password_enabled": "not_supported"}, {}
        )
    )
    assert [row.user for row in rows] == [ROOT, "x"]


def test_empty_lines_are_no_users() -> None:
    assert len(parse_credential_report(_report({}) + "\n\n")) == 1


@given(st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1), unique=True))
def test_no_name_can_break_a_line_or_hide_a_user(names: list[str]) -> None:
    rows = parse_credential_report(_report(*({"user": name, "arn": name} for name in names)))
    assert [row.user for row in rows] == names


@pytest.mark.parametrize(
    "text",
    [
        "",
        "user,arn\nx,y\n",
        _report({}).replace("mfa_active", "user", 1),
        _report({}) + "torn,arn:aws:iam\n",
        _report({}).rstrip() + ",more\n",
        _report({}) + '"never closed',
        _report({"mfa_active": "N/A"}),
        _report({"access_key_1_active": "perhaps"}),
        _report({"password_last_changed": "yesterday"}),
        _report({"password_last_changed": "2026-W47"}),
        _report({"password_last_used": "2026-11-20"}),
        _report({"access_key_1_last_rotated": "20261120T000000Z"}),
        _report({"access_key_1_last_rotated": "2026-11-20T00:00:00"}),
        _report({"password_last_used": "0001-01-01T00:00:00+14:00"}),
        _report({"user": ROOT}, {"user": ROOT, "mfa_active": "true"}),
    ],
)
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"credential report|calendar"):
        parse_credential_report(text)


def test_the_same_line_twice_is_one_user() -> None:
    assert parse_credential_report(_report({"user": ROOT}, {"user": ROOT})) == (_row({"user": ROOT}),)


def test_of_two_lines_of_a_user_the_worse_is_kept_whatever_their_order() -> None:
    good = {
        "password_enabled": "false",
        "mfa_active": "true",
        "password_last_used": "2016-11-21T14:42:22Z",
        "password_last_changed": "2016-11-21T14:42:53Z",
        "access_key_1_active": "true",
        "access_key_1_last_rotated": "2016-11-20T00:00:00Z",
    }
    bad = {
        "mfa_active": "false",
        "user_creation_time": "2015-01-01T00:00:00Z",
        "password_last_changed": "2016-08-30T17:40:36Z",
        "access_key_1_active": "true",
        "access_key_1_last_rotated": "2014-01-01T00:00:00Z",
        "cert_1_active": "true",
        "additional_credentials_info": "1",
    }
    for lines in ((good, bad), (bad, good)):
        (row,) = parse_credential_report(_report(*lines))
        assert row.password_enabled is True
        assert row.mfa_active is False
        assert row.created_at == "2015-01-01T00:00:00Z"
        assert row.password_last_used == ""
        assert row.password_last_changed == "2016-08-30T17:40:36Z"
        assert {key.last_rotated for key in row.keys} == {"2014-01-01T00:00:00Z", "2016-11-20T00:00:00Z"}
        assert len(row.certificates) == 1
        assert row.unlisted is True


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [("not_supported", "false", None), ("false", "FALSE", False), ("true", "N/A", True)],
)
def test_a_password_that_one_line_tells_of_is_there(first: str, second: str, *, kept: bool | None) -> None:
    lines = ({"password_enabled": first}, {"password_enabled": second, "mfa_active": "true"})
    (row,) = parse_credential_report(_report(*lines))
    assert row.password_enabled is kept


def test_of_two_times_the_one_not_told_is_kept() -> None:
    lines = ({"password_last_used": "not_supported"}, {"password_last_used": "2016-01-01T00:00:00Z"})
    (row,) = parse_credential_report(_report(*lines))
    assert row.password_last_used == NOT_SUPPORTED


# --------------------------------------------------------------------------- ages


@pytest.mark.parametrize(
    ("then", "days"),
    [
        ("2026-11-20T00:00:01Z", 0),
        ("2026-11-20T00:00:00Z", 1),
        ("2026-08-23T00:00:00Z", 90),
        ("2026-11-21T12:00:00Z", 0),
        ("2026-11-22T00:00:00Z", 0),
    ],
)
def test_whole_days_pass_and_the_snapshots_own_day_is_now(then: str, days: int) -> None:
    assert age(then, NOW, SOURCE, "f") == Read(days, SOURCE)


@pytest.mark.parametrize(
    ("then", "cause"),
    [
        ("", Cause.MALFORMED),
        ("yesterday", Cause.MALFORMED),
        ("2026-W47", Cause.MALFORMED),
        ("2026-11-20", Cause.MALFORMED),
        ("2026-13-20T00:00:00Z", Cause.MALFORMED),
        ("0001-01-01T00:00:00+14:00", Cause.MALFORMED),
        ("2026-11-22T00:00:01Z", Cause.MALFORMED),
        (NOT_SUPPORTED, Cause.UNSUPPORTED),
    ],
)
def test_no_usable_date_gives_no_age(then: str, cause: Cause) -> None:
    fact = age(then, NOW, SOURCE, "cert_1_last_rotated")
    assert isinstance(fact, Unread)
    assert (fact.cause, fact.source) == (cause, SOURCE)
    assert "cert_1_last_rotated" in str(fact.detail)


def _dated(key: str, since: str, event: Event = Event.MADE) -> Dated:
    return Dated(key=key, label=Text(en=key, ja=key), event=event, field=key, since=since, source=SOURCE)


def test_ages_are_sorted_into_young_old_and_not_told() -> None:
    ages = judge_ages(
        [_dated("young", "2026-11-20T00:00:00Z"), _dated("old", "2026-01-01T00:00:00Z"), _dated("none", "")],
        90,
        NOW,
    )
    assert [(part.key, part.status) for part in ages.parts] == [("young", Status.PASS), ("old", Status.FAIL)]
    assert [part.key for part in ages.too_old] == ["old"]
    assert [fact.cause for fact in ages.unread] == [Cause.MALFORMED]
    assert ages.evidence["limit_days"] == 90
    assert (ages.evidence["judged"], ages.evidence["too_old"]) == (2, 1)
    assert ages.evidence["not_told"] == [ages.unread[0].detail]


@pytest.mark.parametrize("event", list(Event))
def test_each_event_is_told_in_both_languages(event: Event) -> None:
    (part,) = judge_ages([_dated("{days}", "2026-11-11T00:00:00Z", event)], 90, NOW).parts
    assert "{days}" in part.reason.en  # a name is data, never a template
    assert "10" in part.reason.en
    assert "10" in part.reason.ja
    assert part.evidence == {"counted_from": event, "since": "2026-11-11T00:00:00Z", "age_days": 10}


# --------------------------------------------------------------------------- a user's credentials


@pytest.mark.parametrize("enabled", [True, False])
def test_a_console_password_is_there_or_not(*, enabled: bool) -> None:
    assert has_console_password(read(_row({"password_enabled": str(enabled)}))) is enabled


@pytest.mark.parametrize(
    ("fact", "cause"),
    [
        (read(_row({"password_enabled": "not_supported"})), Cause.UNSUPPORTED),
        (denied("iam:GetCredentialReport"), Cause.DENIED),
    ],
)
def test_a_password_that_is_not_told_is_not_guessed(fact: Read[CredentialRow] | Unread, cause: Cause) -> None:
    with pytest.raises(NotRead) as missing:
        has_console_password(fact)
    assert [one.cause for one in missing.value.facts] == [cause]


def test_what_the_report_does_not_list_is_unread() -> None:
    refused = denied("iam:GetCredentialReport")
    assert beyond_the_report(refused) == (refused,)
    assert beyond_the_report(read(_row({}))) == ()
    (beyond,) = beyond_the_report(read(_row({"additional_credentials_info": "1"})))
    assert beyond.cause is Cause.UNSUPPORTED


def test_only_active_keys_age() -> None:
    keys = access_key_ages(read(_two_keys(access_key_2_active="false")))
    assert [(key.since, key.event) for key in keys] == [("2026-11-01T00:00:00Z", Event.MADE)]


def test_a_keys_name_stays_when_its_sibling_is_deleted() -> None:
    before = {key.since: key.key for key in access_key_ages(read(_two_keys()))}
    after = access_key_ages(
        read(_row({"access_key_1_active": "true", "access_key_1_last_rotated": "2026-01-01T00:00:00Z"}))
    )
    assert after[0].key == before["2026-01-01T00:00:00Z"]


def test_keys_made_in_the_same_second_have_names_of_their_own() -> None:
    twins = access_key_ages(read(_two_keys(access_key_2_last_rotated="2026-11-01T00:00:00Z")))
    assert len({key.key for key in twins}) == 2


def test_use_counts_from_the_last_use_else_from_the_making() -> None:
    used, unused = access_key_uses(read(_two_keys(access_key_1_last_used_date="2026-11-05T00:00:00Z")))
    assert (used.event, used.since, used.field) == (
        Event.USED,
        "2026-11-05T00:00:00Z",
        "access_key_1_last_used_date",
    )
    assert (unused.event, unused.since, unused.field) == (
        Event.NEVER_USED,
        "2026-01-01T00:00:00Z",
        "access_key_2_last_rotated",
    )


def test_a_passwords_use_and_age() -> None:
    never = read(_row({}))
    used = read(_row({"password_last_used": "2026-11-05T00:00:00Z"}))
    assert (password_use(never).event, password_use(never).since) == (
        Event.NEVER_USED,
        "2016-08-30T18:24:44Z",
    )
    assert (password_use(used).event, password_use(used).since) == (Event.USED, "2026-11-05T00:00:00Z")
    changed = read(_row({"password_last_changed": "2026-11-11T00:00:00Z"}))
    assert password_age(changed, NOW) == Read(10, changed.source)
    refused = denied("iam:GetCredentialReport")
    assert password_age(refused, NOW) is refused


def test_legacy_credentials_are_those_that_are_active_and_were_read() -> None:
    one = LegacyCredential(id="APKA…1", type="codecommit", active=True, created_at="2026-01-01T00:00:00Z")
    off = LegacyCredential(id="APKA…2", type="codecommit", active=False, created_at="2026-01-01T00:00:00Z")
    user = build(
        User,
        ssh_keys=(one, off),
        service_credentials=denied("iam:ListServiceSpecificCredentials"),
        credentials=_row(
            {"cert_1_active": "true", "cert_1_last_rotated": "2026-01-01T00:00:00Z", "cert_2_active": "false"}
        ),
    )
    assert [dated.key for dated in legacy_credential_ages(user)] == [
        "ssh-key:APKA…1:2026-01-01T00:00:00Z",
        "signing-certificate:2026-01-01T00:00:00Z",
    ]
    assert legacy_credential_ages(build(User)) == ()


# --------------------------------------------------------------------------- root


def _account(
    *, password: bool | None, key: bool = False, certificate: bool = False, **fields: Any
) -> Account:
    summary = AccountSummary(
        root_mfa=False,
        root_access_keys=key,
        root_signing_certificates=certificate,
        root_password=password,
        users=0,
    )
    return build(Account, summary=summary, **fields)


@pytest.mark.parametrize(
    ("account", "can"),
    [
        (_account(password=True), True),
        (_account(password=False), False),
        (_account(password=False, key=True), True),
        (_account(password=False, certificate=True), True),
        (_account(password=None, organization=None), True),
        (_account(password=None, root=_row({"password_enabled": "false"})), False),
        (_account(password=None, root=_row({"password_enabled": "true"})), True),
    ],
)
def test_root_can_sign_in_with_anything_it_has(account: Account, *, can: bool) -> None:
    assert root_can_sign_in(account) is can


@pytest.mark.parametrize(
    "account", [_account(password=None, root=_row({"password_enabled": "not_supported"})), build(Account)]
)
def test_whether_root_can_sign_in_is_not_guessed(account: Account) -> None:
    with pytest.raises(NotRead):
        root_can_sign_in(account)


def test_roots_uses_leave_out_what_was_never_used() -> None:
    row = _row(
        {
            "password_last_used": "2026-11-11T00:00:00Z",
            "access_key_1_last_rotated": "2020-01-01T00:00:00Z",
            "access_key_2_last_rotated": "2020-01-01T00:00:00Z",
            "access_key_2_last_used_date": "2030-01-01T00:00:00Z",
        }
    )
    uses = root_uses(read(row), NOW)
    assert list(uses) == ["password_last_used", "access_key_2_last_used_date"]
    password, key = uses.values()
    assert isinstance(password, Read)
    assert password.value == 10
    assert isinstance(key, Unread)
