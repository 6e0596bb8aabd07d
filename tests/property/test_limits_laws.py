"""Controls of the organisation: knowing less of them never makes a bucket assessed that was not, nor makes it pass."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudaudit.facts import Cause, Read, Source, Unread
from cloudaudit.model import Status
from cloudaudit.providers.aws.model import (
    AccessPoint,
    Account,
    Acl,
    Bucket,
    ControlPolicy,
    Grant,
    Organization,
    PublicAccessBlock,
)
from cloudaudit.providers.aws.policy_blocks import ALL_ON
from cloudaudit.testing import ACCOUNT, build, verdict

CHECKS = (
    "aws-s3-bucket-public-access",
    "aws-s3-bucket-public-write",
    "aws-s3-bucket-cross-account",
    "aws-s3-bucket-website",
)
EVERYONE = "http://acs.amazonaws.com/groups/global/AllUsers"
YES_OR_NO = (True, False)
SOURCE = Source("test:Read")
RANK = {Status.NOT_ASSESSED: 0, Status.FAIL: 1, Status.PASS: 2}


def document(effect: str, **more: Any) -> str:
    statement = {"Effect": effect, "Principal": "*", "Action": "s3:*", "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def facts(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(
        [*(Read(value, SOURCE) for value in values), Unread(Cause.DENIED, SOURCE, permission="test:Read")]
    )


def a_bucket(**given: Any) -> Bucket:
    return build(Bucket, name="b", id="arn:aws:s3:::b", **given)


def a_point(**given: Any) -> AccessPoint:
    arn = f"arn:aws:s3:ap-northeast-1:{ACCOUNT}:accesspoint/p"
    return build(AccessPoint, name="p", id=arn, buckets=("b",), network_origin="Internet", **given)


POLICIES = facts(
    None,
    document("Allow"),
    document("Allow", Principal={"AWS": "999988887777"}),
    document("Allow", Condition={"StringEquals": {"s3:DataAccessPointAccount": ACCOUNT}}),
)
BLOCKS = facts(None, ALL_ON, PublicAccessBlock())
ACLS = facts(
    Acl(owner="me", grants=()),
    Acl(owner="me", grants=(Grant(grantee_type="Group", grantee=EVERYONE, permission="FULL_CONTROL"),)),
)
CONTROLS = st.sampled_from(
    [
        Read(tuple(ControlPolicy(id="p", name="p", document=text) for text in texts), SOURCE)
        for texts in (
            (),
            (document("Deny"),),
            (document("Deny", Action="s3:GetObject"),),
            (document("Deny", Condition={"StringNotLike": {"aws:PrincipalArn": "${aws:userid}*"}}),),
            ("{",),
        )
    ]
)
BUCKETS = st.builds(
    a_bucket,
    policy=POLICIES,
    policy_is_public=facts(*YES_OR_NO),
    acl=ACLS,
    ownership=facts(None, "ObjectWriter", "BucketOwnerEnforced"),
    public_access_block=BLOCKS,
    website=facts(None),
)
POINTS = st.builds(
    a_point,
    policy=facts(None, document("Allow")),
    policy_is_public=facts(*YES_OR_NO),
    public_access_block=BLOCKS,
)


@pytest.mark.parametrize("check", CHECKS)
@settings(max_examples=100)
@given(bucket=BUCKETS, point=POINTS, block=BLOCKS, above=st.sampled_from([None, True]), controls=CONTROLS)
def test_the_organisation_unread_is_never_better(
    check: str, bucket: Bucket, point: AccessPoint, block: Any, above: Any, controls: Any
) -> None:
    known: dict[str, Any] = {
        "public_access_block": block,
        "organization": Organization(id="o-1", management_account="999988887777"),
        "organization_s3_block": above,
        "resource_control_policies": controls,
        "organization_accounts": (ACCOUNT,),
        "canonical_user": "me",
    }
    before = verdict(check, bucket, build(Account, partition="aws", **known), point)
    for name in ("organization", "organization_s3_block", "resource_control_policies"):
        less: dict[str, Any] = {**known, name: Unread(Cause.DENIED, SOURCE, permission="test:Less")}
        after = verdict(check, bucket, build(Account, partition="aws", **less), point)
        assert RANK[after.status] <= RANK[before.status], f"{name}: {before.reason.en} -> {after.reason.en}"
        if after.status is Status.FAIL and before.status is Status.PASS:
            assert "not considered" in after.reason.en
