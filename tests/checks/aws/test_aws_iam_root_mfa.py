from collections.abc import Callable

import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Severity, Status
from cloudaudit.providers.aws.model import Account, AccountSummary, CredentialRow, Organization
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-iam-root-mfa"
Summaries = Callable[..., AccountSummary]
Rows = Callable[..., CredentialRow]
ORGANIZATION = Organization(id="o-abc", management_account="111122223333")


def test_mfa_passes_whatever_the_credentials(summary: Summaries) -> None:
    account = build(Account, summary=summary(root_mfa=True, root_access_keys=True))
    assert verdict(CHECK, account).status is Status.PASS


@pytest.mark.parametrize(
    "held",
    [
        {"root_password": True},
        {"root_password": False, "root_access_keys": True},
        {"root_password": False, "root_signing_certificates": True},
        {"root_password": None, "root_access_keys": True},
    ],
)
def test_any_credential_without_mfa_fails_as_critical(
    summary: Summaries, held: dict[str, bool | None]
) -> None:
    finding = verdict(CHECK, build(Account, summary=summary(**held)))
    assert finding.status is Status.FAIL
    assert finding.severity is Severity.CRITICAL


def test_root_without_any_credential_passes(summary: Summaries) -> None:
    assert verdict(CHECK, build(Account, summary=summary(root_password=False))).status is Status.PASS


@pytest.mark.parametrize(
    ("enabled", "status"), [(False, Status.PASS), (True, Status.FAIL), (None, Status.NOT_ASSESSED)]
)
def test_where_the_summary_does_not_tell_of_a_password_the_report_does(
    summary: Summaries, row: Rows, *, enabled: bool | None, status: Status
) -> None:
    account = build(
        Account,
        summary=summary(root_password=None),
        organization=ORGANIZATION,
        root=row(password_enabled=enabled),
    )
    assert verdict(CHECK, account).status is status


def test_outside_an_organisation_root_keeps_its_password(summary: Summaries) -> None:
    account = build(Account, summary=summary(root_password=None), organization=None)
    assert verdict(CHECK, account).status is Status.FAIL


def test_a_password_that_nothing_tells_of_is_not_assessed(summary: Summaries) -> None:
    account = build(Account, summary=summary(root_password=None), root=denied("iam:GenerateCredentialReport"))
    finding = verdict(CHECK, account)
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("iam:GenerateCredentialReport",)


def test_a_denied_summary_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(Account, summary=denied("iam:GetAccountSummary")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.DENIED
    assert finding.missing_permissions == ("iam:GetAccountSummary",)
