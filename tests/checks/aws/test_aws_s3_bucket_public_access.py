import json
from typing import Any

import pytest

from cloudaudit import discovery
from cloudaudit.engine import judge
from cloudaudit.facts import Cause, Read, Source, Unread
from cloudaudit.model import Finding, Gap, Severity, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import (
    AccessPoint,
    Account,
    Acl,
    Bucket,
    ControlPolicy,
    DirectoryBucket,
    ExposureEvent,
    Grant,
    Organization,
    PublicAccessBlock,
    Region,
)
from cloudaudit.providers.aws.policy_blocks import ALL_ON
from cloudaudit.providers.aws.worth_asking import status_not_asked
from cloudaudit.testing import ACCOUNT, REGION, build, denied, snapshot_of, verdict

CHECK = "aws-s3-bucket-public-access"
ARN = "arn:aws:s3:::b"
NOBODY = Acl(owner="me", grants=())


def policy(action: str = "s3:GetObject", **changes: Any) -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": f"{ARN}/*", **changes}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def account(**facts: Any) -> Account:
    given: dict[str, Any] = {
        "public_access_block": None,
        "organization_s3_block": None,
        "resource_control_policies": (),
        "canonical_user": "me",
        **facts,
    }
    return build(Account, partition="aws", **given)


def bucket(text: Any = None, **facts: Any) -> Bucket:
    given: dict[str, Any] = {
        "public_access_block": None,
        "policy_is_public": None,
        "acl": NOBODY,
        "ownership": None,
        **facts,
    }
    return build(Bucket, name="b", id=ARN, policy=text, **given)


def region(**facts: Any) -> Region:
    return build(Region, name=REGION, id=f"{ACCOUNT}/{REGION}", **facts)


def judged(given: Bucket | DirectoryBucket, *others: Any) -> Finding:
    return verdict(CHECK, given, *(others or (account(),)))


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:ListBucket", "s3:*", "*"])
def test_a_policy_that_lets_everyone_read_or_list_fails_with_the_path(action: str) -> None:
    finding = judged(bucket(policy(action), policy_is_public=True))
    assert finding.status is Status.FAIL
    assert finding.severity is Severity.CRITICAL
    assert f"statement 1 of the bucket policy allows {action} to everyone" in finding.reason.en
    assert "これを止めるブロックはありません" in finding.reason.ja
    assert finding.evidence["openings"][0]["path"][0]["en"].startswith("statement 1")
    assert finding.evidence["policy_is_public_by_aws"] is True
    assert "policy_is_public_by_aws_not_read" not in finding.evidence


def test_a_word_of_aws_that_was_not_asked_for_is_explained() -> None:
    given = bucket(policy("s3:GetObject"), policy_is_public=status_not_asked(Read(None, Source("s3:X"))))
    finding = judged(given)
    assert finding.status is Status.FAIL
    assert finding.evidence["policy_is_public_by_aws"] is None
    why = finding.evidence["policy_is_public_by_aws_not_read"]
    assert (why["operation"], why["cause"]) == ("s3:GetBucketPolicyStatus", "unsupported")
    assert why["detail"]["en"].startswith("not asked")
    assert "確認していません" in why["detail"]["ja"]


def test_a_way_in_without_the_acl_is_open_unless_the_organisation_may_shut_it() -> None:
    """One rule for both: whoever reads that a control shuts the policy's way must not know less than who does not."""
    less = Unread(Cause.DENIED, Source("t:R"), permission="t:R")
    given = bucket(policy("s3:GetObject"), policy_is_public=True, acl=less)
    shuts = json.dumps(
        {"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}}
    )
    control = ControlPolicy(id="p", name="p", document=shuts)
    member = Organization(id="o-1", management_account="999988887777")
    assert judged(given).status is Status.FAIL
    known = judged(given, account(organization=member, resource_control_policies=(control,)))
    assert known.status is Status.NOT_ASSESSED
    unknown = judged(given, account(organization=member, resource_control_policies=less))
    assert unknown.status is Status.NOT_ASSESSED
    assert "open as far as was read" in unknown.reason.en
    assert "statement 1 of the bucket policy" in unknown.reason.en


def test_writing_alone_is_another_check() -> None:
    assert judged(bucket(policy("s3:PutObject"), policy_is_public=True)).status is Status.PASS


def test_a_private_bucket_passes() -> None:
    finding = judged(bucket())
    assert finding.status is Status.PASS
    assert "Nobody from the public can read or list" in finding.reason.en


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, True),
        ({"ownership": "ObjectWriter"}, True),
        ({"ownership": "BucketOwnerEnforced"}, False),
        ({"public_access_block": PublicAccessBlock(ignore_public_acls=True)}, False),
        ({"public_access_block": PublicAccessBlock(block_public_acls=True)}, True),
    ],
)
def test_acls_of_objects_that_may_exist_are_said_not_to_be_looked_at(
    facts: dict[str, Any],
    said: bool,  # noqa: FBT001
) -> None:
    finding = judged(bucket(**facts))
    assert finding.status is Status.PASS
    assert ("Objects may carry public ACLs" in finding.reason.en) is said
    assert ("オブジェクトごとの ACL により" in finding.reason.ja) is said


def test_the_reason_of_a_pass_is_that_of_the_right() -> None:
    closed = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "*"}
    opened = {**closed, "Effect": "Allow"}
    text = json.dumps({"Statement": [opened, closed]})
    assert "denies" not in judged(bucket(text, policy_is_public=True)).reason.en


def test_a_block_passes_and_is_named() -> None:
    finding = judged(bucket(policy(), public_access_block=ALL_ON))
    assert finding.status is Status.PASS
    assert "the public access block of the bucket restricts" in finding.reason.en


def test_with_the_account_block_on_nothing_else_is_asked() -> None:
    hidden = build(Bucket, name="b", id=ARN)
    assert judged(hidden, account(public_access_block=ALL_ON)).status is Status.PASS


def test_a_public_acl_fails() -> None:
    everyone = Grant(
        grantee_type="Group", grantee="http://acs.amazonaws.com/groups/global/AllUsers", permission="READ"
    )
    finding = judged(bucket(acl=Acl(owner="me", grants=(everyone,))))
    assert finding.status is Status.FAIL
    assert "ACL grants READ to everyone" in finding.reason.en


def test_where_aws_says_public_and_we_do_not_both_readings_are_told() -> None:
    finding = judged(bucket(policy(Principal={"AWS": ACCOUNT}), policy_is_public=True))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.UNSUPPORTED
    assert "AWS says public, cloudaudit's own answer is no" in finding.reason.en


@pytest.mark.parametrize(
    ("facts", "permission"),
    [
        ({"acl": denied("s3:GetBucketAcl")}, "s3:GetBucketAcl"),
        ({"policy_is_public": denied("s3:GetBucketPolicyStatus")}, "s3:GetBucketPolicyStatus"),
    ],
)
def test_a_denied_read_is_not_assessed_and_names_the_permission(
    facts: dict[str, Any], permission: str
) -> None:
    finding = judged(bucket(**facts))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == (permission,)


def test_a_malformed_policy_is_not_assessed() -> None:
    finding = judged(bucket("{", policy_is_public=False))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.MALFORMED


def test_controls_of_the_organisation_that_were_not_read_are_said_to_be_left_out() -> None:
    unread = denied("organizations:DescribeEffectivePolicy")
    finding = judged(bucket(policy(), policy_is_public=True), account(organization_s3_block=unread))
    assert finding.status is Status.FAIL
    assert "not considered" in finding.reason.en
    assert "考慮していません" in finding.reason.ja


@pytest.mark.parametrize("name", ["organization_s3_block", "resource_control_policies"])
def test_where_the_organisation_may_shut_it_all_else_must_have_been_read(name: str) -> None:
    unread = denied("organizations:ListPoliciesForTarget")
    given = bucket(policy(), policy_is_public=True, ownership="ObjectWriter", acl=denied("s3:GetBucketAcl"))
    assert judged(given, account()).status is Status.FAIL
    finding = judged(given, account(**{name: unread}))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("organizations:ListPoliciesForTarget", "s3:GetBucketAcl")
    assert "Public because" in finding.reason.en


@pytest.mark.parametrize("status", [False, denied("s3:GetBucketPolicyStatus")])
def test_a_block_of_the_organisation_that_may_not_hold_is_not_considered(status: Any) -> None:
    given = bucket(policy(), policy_is_public=status)
    finding = judged(given, account(organization_s3_block=True))
    assert finding.status is Status.FAIL
    assert "s3:GetBucketPolicyStatus) were not considered" in finding.reason.en
    unsure = account(organization_s3_block=True, public_access_block=denied("s3:GetAccountPublicAccessBlock"))
    assert judged(given, unsure).status is Status.NOT_ASSESSED
    confirmed = bucket(policy(), policy_is_public=True)
    assert judged(confirmed, account(organization_s3_block=True)).status is Status.PASS


def test_a_directory_bucket_passes() -> None:
    given = build(DirectoryBucket, name="b", id=ARN, policy=policy("s3express:CreateSession"))
    assert judged(given).status is Status.PASS


@pytest.mark.parametrize(
    ("events", "at"),
    [
        (
            (ExposureEvent(bucket="b", event="PutBucketPolicy", at="2026-11-01T00:00:00Z"),),
            "2026-11-01T00:00:00Z",
        ),
        ((ExposureEvent(bucket="c", event="PutBucketPolicy", at="2026-11-01T00:00:00Z"),), "unknown"),
        ((), "unknown"),
        (denied("cloudtrail:LookupEvents"), "unknown"),
    ],
)
def test_since_when_is_told_where_it_is_known_and_never_spoils_the_verdict(events: Any, at: str) -> None:
    finding = judged(bucket(policy(), policy_is_public=True), account(), region(exposure_events=events))
    assert finding.status is Status.FAIL
    assert finding.evidence["since"]["at"] == at


def test_a_region_that_was_not_listed_never_spoils_the_verdict() -> None:
    gap = Gap(of="aws-region", region="global", cause=Cause.DENIED, operation="ec2:DescribeRegions")
    given = bucket(policy(), policy_is_public=True)
    snapshot = snapshot_of(given, account(), gaps=(gap,))
    (finding,) = judge(snapshot, [discovery.checks()[CHECK]], AuditPolicy())
    assert finding.status is Status.FAIL
    assert finding.evidence["since"] == {"at": "unknown", "why": "ec2:DescribeRegions: denied"}


def test_a_public_access_point_fails_where_the_bucket_delegates() -> None:
    delegates = policy(Condition={"StringEquals": {"s3:DataAccessPointAccount": ACCOUNT}})
    point = build(
        AccessPoint,
        name="p",
        id=f"arn:aws:s3:{REGION}:{ACCOUNT}:accesspoint/p",
        buckets=("b",),
        network_origin="Internet",
        public_access_block=PublicAccessBlock(),
        policy=policy(),
        policy_is_public=True,
    )
    given = bucket(delegates, policy_is_public=False)
    assert judged(given, account()).status is Status.PASS
    assert judged(given, account(), point).status is Status.FAIL
