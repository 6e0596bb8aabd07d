import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.providers.aws.model import Account, PublicAccessBlock
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-s3-account-public-access-block"
SWITCHES = ("block_public_acls", "ignore_public_acls", "block_public_policy", "restrict_public_buckets")


def block(*off: str) -> PublicAccessBlock:
    return PublicAccessBlock(**{name: name not in off for name in SWITCHES})


def test_all_four_settings_pass() -> None:
    assert verdict(CHECK, build(Account, public_access_block=block())).status is Status.PASS


@pytest.mark.parametrize("off", SWITCHES)
def test_one_setting_that_is_off_fails_and_is_named(off: str) -> None:
    finding = verdict(CHECK, build(Account, public_access_block=block(off)))
    assert finding.status is Status.FAIL
    assert off in finding.reason.en
    assert off in finding.reason.ja
    assert finding.evidence["public_access_block"][off] is False


def test_no_block_at_all_fails() -> None:
    finding = verdict(CHECK, build(Account, public_access_block=None))
    assert finding.status is Status.FAIL
    assert finding.evidence["public_access_block"] is None


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(Account, public_access_block=denied("s3:GetAccountPublicAccessBlock")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.DENIED
    assert finding.missing_permissions == ("s3:GetAccountPublicAccessBlock",)
