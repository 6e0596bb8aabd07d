from collections.abc import Callable

import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.m365.model import AppCredential, Application, ServicePrincipal
from cloudaudit.testing import build, denied, verdict

CHECK = "m365-app-secret-age"
Ago = Callable[[int], str]


def app(*credentials: AppCredential) -> Application:
    return build(Application, name="請求書連携", app_id="a1", credentials=credentials)


def secret(start: str, end: str, key: str = "k1") -> AppCredential:
    return AppCredential(key=key, kind="secret", name="nightly", start=start, end=end)


@pytest.mark.parametrize(
    ("start", "end", "status", "word"),
    [
        (-100, 200, Status.PASS, "within"),
        (-364, 1, Status.PASS, "within"),
        (-365, 1, Status.FAIL, "365 days old"),
        (-10, 720, Status.FAIL, "valid for 730 days"),
        (-100, -1, Status.FAIL, "expired"),
    ],
)
def test_a_secret_is_neither_expired_nor_old_nor_long_lived(
    ago: Ago, start: int, end: int, status: Status, word: str
) -> None:
    finding = verdict(CHECK, app(secret(ago(-start), ago(-end))))
    assert finding.status is status
    (part,) = finding.sub_findings
    assert (part.key, part.status) == ("k1", status)
    assert word in part.reason.en


def test_the_policy_says_how_long(ago: Ago) -> None:
    held = app(secret(ago(100), ago(-200)))
    assert verdict(CHECK, held, policy=AuditPolicy(app_secret_max_age_days=90)).status is Status.FAIL


@pytest.mark.parametrize(("start", "end"), [("", ""), ("", "2027-01-01T00:00:00Z"), ("some day", "")])
def test_dates_that_are_missing_are_not_assessed(start: str, end: str) -> None:
    assert verdict(CHECK, app(secret(start, end))).cause is Cause.MALFORMED


def test_a_bad_secret_fails_beside_one_without_dates(ago: Ago) -> None:
    finding = verdict(CHECK, app(secret("", "", "k2"), secret(ago(900), ago(1))))
    assert finding.status is Status.FAIL


def test_a_service_principal_is_judged_likewise(ago: Ago) -> None:
    principal = build(ServicePrincipal, credentials=(secret(ago(900), ago(1)), secret(ago(900), ago(1))))
    finding = verdict(CHECK, principal)
    assert finding.status is Status.FAIL
    assert len(finding.sub_findings) == 1


def test_an_application_without_secrets_is_left_out() -> None:
    assert verdict(CHECK, app()).status is Status.NOT_APPLICABLE


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(Application, credentials=denied("Application.Read.All")))
    assert finding.missing_permissions == ("Application.Read.All",)
