import json
from typing import Any

import pytest

from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import Account, Acl, Bucket, Grant, Website
from cloudaudit.providers.aws.policy_blocks import ALL_ON
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-s3-bucket-website"
ARN = "arn:aws:s3:::b"
PUBLIC = json.dumps(
    {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{ARN}/*"}}
)
OPEN = Acl(
    owner="me",
    grants=(
        Grant(
            grantee_type="Group",
            grantee="http://acs.amazonaws.com/groups/global/AllUsers",
            permission="FULL_CONTROL",
        ),
    ),
)
NO_POLICY = {"policy": None, "policy_is_public": None}
SITE = Website(index_document="index.html")
ACCOUNT = build(
    Account,
    public_access_block=None,
    organization_s3_block=None,
    resource_control_policies=(),
    canonical_user="me",
)


def bucket(**facts: Any) -> Bucket:
    given: dict[str, Any] = {
        "website": SITE,
        "policy": PUBLIC,
        "policy_is_public": True,
        "public_access_block": None,
        "acl": Acl(owner="me", grants=()),
        "ownership": None,
        **facts,
    }
    return build(Bucket, name="b", id=ARN, **given)


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({}, Status.FAIL),
        ({"website": None, "policy": denied("s3:GetBucketPolicy")}, Status.PASS),
        ({"website": Website(redirect_to="example.com")}, Status.PASS),
        ({"public_access_block": ALL_ON}, Status.PASS),
        ({"policy": None, "policy_is_public": None}, Status.PASS),
        ({"policy": denied("s3:GetBucketPolicy")}, Status.NOT_ASSESSED),
        ({"website": denied("s3:GetBucketWebsite")}, Status.NOT_ASSESSED),
        # The bucket's ACL gives nobody its objects, whatever it gives.
        ({"acl": OPEN, **NO_POLICY}, Status.PASS),
        ({"acl": OPEN, **NO_POLICY, "website": denied("s3:GetBucketWebsite")}, Status.PASS),
        ({"acl": OPEN}, Status.FAIL),
        # Nor does a policy that tells the bucket's own settings alone.
        ({"policy": PUBLIC.replace("GetObject", "GetBucketLocation").replace("/*", "")}, Status.PASS),
        ({"policy": PUBLIC.replace("GetObject", "Get*")}, Status.FAIL),
        ({"policy": PUBLIC.replace("s3:GetObject", "*")}, Status.FAIL),
    ],
)
def test_a_website_that_the_public_can_read_fails(facts: dict[str, Any], status: Status) -> None:
    assert verdict(CHECK, bucket(**facts), ACCOUNT).status is status


def test_an_approved_website_passes() -> None:
    approved = AuditPolicy(approved_websites=("b",))
    assert verdict(CHECK, bucket(), ACCOUNT, policy=approved).status is Status.PASS
    other = AuditPolicy(approved_websites=("c",))
    assert verdict(CHECK, bucket(), ACCOUNT, policy=other).status is Status.FAIL


def test_acls_of_single_objects_are_said_not_to_be_looked_at() -> None:
    private = bucket(policy=None, policy_is_public=None)
    assert "Objects may carry public ACLs" in verdict(CHECK, private, ACCOUNT).reason.en
    enforced = bucket(policy=None, policy_is_public=None, ownership="BucketOwnerEnforced")
    assert "ACL" not in verdict(CHECK, enforced, ACCOUNT).reason.en
