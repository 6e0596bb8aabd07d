"""Which questions about a bucket are not asked, and that leaving them out changes no verdict."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.model import Status
from cloudaudit.providers.aws.model import Account, Acl, Bucket, Grant
from cloudaudit.providers.aws.policy_blocks import ALL_ON
from cloudaudit.providers.aws.worth_asking import (
    Doors,
    policy_status_decides,
    status_not_asked,
    website_decides,
    website_not_asked,
)
from cloudaudit.testing import ACCOUNT, build, verdict

ARN = "arn:aws:s3:::b"
SOURCE = Source("test:Read")
CHECKS = (
    "aws-s3-bucket-public-access",
    "aws-s3-bucket-public-write",
    "aws-s3-bucket-cross-account",
    "aws-s3-bucket-website",
)
UNREAD = Unread(Cause.DENIED, SOURCE, permission="test:Read")


def policy(**more: Any) -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*", **more}
    return json.dumps({"Statement": statement})


def facts(*values: Any) -> st.SearchStrategy[Fact[Any]]:
    return st.sampled_from([*(Read(value, SOURCE) for value in values), UNREAD])


EVERYONE = Grant(
    grantee_type="Group", grantee="http://acs.amazonaws.com/groups/global/AllUsers", permission="FULL_CONTROL"
)
POLICIES = facts(
    None,
    policy(),
    policy(Principal={"AWS": "999988887777"}),
    policy(Condition={"StringEquals": {"s3:DataAccessPointAccount": ACCOUNT}}),
    "{",
)
STATUSES = facts(*(True, False))
DOORS = st.builds(
    Doors,
    account_block=facts(None, ALL_ON),
    public_access_block=facts(None, ALL_ON),
    policy=POLICIES,
    ownership=facts(None, "BucketOwnerEnforced"),
    acl=facts(Acl(owner="me", grants=()), Acl(owner="me", grants=(EVERYONE,))),
)


@given(doors=DOORS, status=STATUSES)
def test_what_is_not_asked_would_have_changed_no_verdict(doors: Doors, status: Fact[bool | None]) -> None:
    account = build(
        Account,
        public_access_block=doors.account_block,
        organization_s3_block=None,
        resource_control_policies=(),
        organization=None,
        canonical_user="me",
    )
    members = {name: getattr(doors, name) for name in ("public_access_block", "policy", "ownership", "acl")}
    no_policy = isinstance(doors.policy, Read) and doors.policy.value is None
    if no_policy:
        status = Read(None, SOURCE)

    def bucket(known: Fact[bool | None], site: Fact[Any]) -> Bucket:
        return build(Bucket, name="b", id=ARN, policy_is_public=known, website=site, **members)

    left_out = status if no_policy or policy_status_decides(doors) else status_not_asked(doors.policy)
    no_site: Fact[Any] = Read(None, SOURCE)
    site = no_site if website_decides(ARN, doors, left_out) else website_not_asked(doors.policy)
    for check in CHECKS:
        asked = verdict(check, bucket(status, no_site), account)
        spared = verdict(check, bucket(left_out, site), account)
        assert spared.status is asked.status, check


def test_a_website_of_a_bucket_that_is_shut_passes_and_says_why() -> None:
    doors = Doors(
        account_block=Read(None, SOURCE),
        public_access_block=Read(ALL_ON, SOURCE),
        policy=Read(None, SOURCE),
        ownership=Read(None, SOURCE),
        acl=Read(Acl(owner="me", grants=()), SOURCE),
    )
    assert not website_decides(ARN, doors, Read(None, SOURCE))
    given_bucket = build(
        Bucket,
        name="b",
        id=ARN,
        public_access_block=doors.public_access_block,
        policy=None,
        policy_is_public=None,
        ownership=None,
        acl=doors.acl,
        website=website_not_asked(doors.policy),
    )
    account = build(
        Account,
        public_access_block=None,
        organization_s3_block=None,
        resource_control_policies=(),
        canonical_user="me",
    )
    finding = verdict("aws-s3-bucket-website", given_bucket, account)
    assert finding.status is Status.PASS
    assert "a website could show nothing" in finding.reason.en
