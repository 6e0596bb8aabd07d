import pytest

from cloudaudit.facts import Unread
from cloudaudit.model import Finding, Status
from cloudaudit.providers.aws.model import Account, Bucket, PublicAccessBlock
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-s3-bucket-public-access-block"
SHUT = PublicAccessBlock(ignore_public_acls=True, restrict_public_buckets=True)
ACLS_ONLY = PublicAccessBlock(ignore_public_acls=True)
POLICIES_ONLY = PublicAccessBlock(restrict_public_buckets=True)
LATE = PublicAccessBlock(block_public_acls=True, block_public_policy=True)
NO_BUCKET = denied("s3:GetBucketPublicAccessBlock")
NO_ACCOUNT = denied("s3:GetAccountPublicAccessBlock")

Given = PublicAccessBlock | Unread | None


def judged(bucket: Given, account: Given) -> Finding:
    return verdict(
        CHECK, build(Bucket, public_access_block=bucket), build(Account, public_access_block=account)
    )


@pytest.mark.parametrize(
    ("bucket", "account"),
    [
        (SHUT, None),
        (SHUT, NO_ACCOUNT),
        (None, SHUT),
        (NO_BUCKET, SHUT),
        (ACLS_ONLY, POLICIES_ONLY),
        (POLICIES_ONLY, ACLS_ONLY),
    ],
)
def test_bucket_and_account_together_shut_the_public_out(bucket: Given, account: Given) -> None:
    assert judged(bucket, account).status is Status.PASS


@pytest.mark.parametrize(
    ("bucket", "account"),
    [(None, None), (ACLS_ONLY, None), (None, POLICIES_ONLY), (ACLS_ONLY, ACLS_ONLY), (LATE, LATE)],
)
def test_half_a_block_fails(bucket: Given, account: Given) -> None:
    assert judged(bucket, account).status is Status.FAIL


def test_the_bucket_suffices_where_no_account_was_read() -> None:
    assert verdict(CHECK, build(Bucket, public_access_block=SHUT)).status is Status.PASS


def test_without_a_record_of_the_account_it_is_not_assessed() -> None:
    assert verdict(CHECK, build(Bucket, public_access_block=None)).status is Status.NOT_ASSESSED


@pytest.mark.parametrize(
    ("bucket", "account", "missing"),
    [
        (NO_BUCKET, None, {NO_BUCKET.permission}),
        (None, NO_ACCOUNT, {NO_ACCOUNT.permission}),
        (NO_BUCKET, NO_ACCOUNT, {NO_BUCKET.permission, NO_ACCOUNT.permission}),
        (NO_BUCKET, ACLS_ONLY, {NO_BUCKET.permission}),
    ],
)
def test_what_was_denied_and_could_decide_is_named(bucket: Given, account: Given, missing: set[str]) -> None:
    finding = judged(bucket, account)
    assert finding.status is Status.NOT_ASSESSED
    assert set(finding.missing_permissions) == missing
