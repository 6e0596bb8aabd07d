from collections.abc import Callable

import pytest

from cloudaudit.model import Severity, Status
from cloudaudit.providers.aws.model import Account, AccountSummary
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-iam-root-access-key"


@pytest.mark.parametrize(
    ("key", "certificate", "status"),
    [
        (False, False, Status.PASS),
        (True, False, Status.FAIL),
        (False, True, Status.FAIL),
        (True, True, Status.FAIL),
    ],
)
def test_neither_key_nor_certificate_passes(
    summary: Callable[..., AccountSummary], *, key: bool, certificate: bool, status: Status
) -> None:
    account = build(Account, summary=summary(root_access_keys=key, root_signing_certificates=certificate))
    finding = verdict(CHECK, account)
    assert finding.status is status
    assert finding.severity is Severity.CRITICAL


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(Account, summary=denied("iam:GetAccountSummary")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("iam:GetAccountSummary",)
