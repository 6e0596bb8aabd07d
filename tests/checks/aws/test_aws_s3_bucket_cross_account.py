import json
from typing import Any

import pytest

from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import (
    Account,
    Acl,
    Bucket,
    DirectoryBucket,
    Grant,
    Organization,
    PublicAccessBlock,
)
from cloudaudit.testing import ACCOUNT, build, denied, verdict

CHECK = "aws-s3-bucket-cross-account"
ARN = "arn:aws:s3:::b"
OTHER = "111122223333"


def policy(principal: Any, **changes: Any) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "s3:GetObject",
        "Resource": "*",
        **changes,
    }
    return json.dumps({"Statement": statement})


def account(**facts: Any) -> Account:
    given: dict[str, Any] = {
        "public_access_block": None,
        "organization_s3_block": None,
        "resource_control_policies": (),
        "canonical_user": "me",
        "organization": None,
        **facts,
    }
    return build(Account, partition="aws", **given)


def bucket(text: Any = None, **facts: Any) -> Bucket:
    given: dict[str, Any] = {
        "public_access_block": None,
        "policy_is_public": False,
        "acl": Acl(owner="me", grants=()),
        "ownership": None,
        **facts,
    }
    return build(Bucket, name="b", id=ARN, policy=text, **given)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (bucket(), Status.PASS),
        (bucket(policy({"AWS": ACCOUNT})), Status.PASS),
        (bucket(policy({"Service": "logging.s3.amazonaws.com"})), Status.PASS),
        (bucket(policy({"AWS": OTHER})), Status.FAIL),
        (bucket(policy("*"), policy_is_public=True), Status.FAIL),
        (bucket(policy("*", Condition={"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}})), Status.FAIL),
        (bucket(policy("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-9"}})), Status.FAIL),
        (bucket(policy("*", Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}})), Status.NOT_ASSESSED),
        (bucket(policy({"AWS": OTHER}), policy_is_public=True), Status.FAIL),
        (bucket(policy({"AWS": ACCOUNT}), policy_is_public=True), Status.NOT_ASSESSED),
        (bucket(denied("s3:GetBucketPolicy")), Status.NOT_ASSESSED),
        (bucket(acl=denied("s3:GetBucketAcl")), Status.NOT_ASSESSED),
        (bucket(acl=denied("s3:GetBucketAcl"), ownership="BucketOwnerEnforced"), Status.PASS),
        (bucket("{"), Status.NOT_ASSESSED),
    ],
)
def test_only_trusted_ones_may_be_let_in(given: Bucket, status: Status) -> None:
    assert verdict(CHECK, given, account()).status is status


def test_the_stranger_and_the_path_are_named() -> None:
    finding = verdict(CHECK, bucket(policy({"AWS": [ACCOUNT, OTHER]})), account())
    assert finding.evidence["untrusted"] == [OTHER]
    assert f"Open to {OTHER} because statement 1 of the bucket policy" in finding.reason.en


def test_trusted_accounts_and_organisations_pass() -> None:
    trusted = AuditPolicy(trusted_accounts=(OTHER,), trusted_organizations=("o-9",))
    finding = verdict(CHECK, bucket(policy({"AWS": OTHER})), account(), policy=trusted)
    assert finding.status is Status.PASS
    assert "is trusted" in finding.reason.en
    organization = bucket(policy("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-9"}}))
    assert verdict(CHECK, organization, account(), policy=trusted).status is Status.PASS


def test_members_of_the_organisation_pass_when_they_can_be_read() -> None:
    given = bucket(policy({"AWS": OTHER}))
    own = Organization(id="o-1", management_account="999988887777")
    assert (
        verdict(CHECK, given, account(organization=own, organization_accounts=(OTHER,))).status is Status.PASS
    )
    unread = account(organization=own, organization_accounts=denied("organizations:ListAccounts"))
    finding = verdict(CHECK, given, unread)
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("organizations:ListAccounts",)


def test_a_grant_to_a_stranger_in_the_acl_fails() -> None:
    grant = Grant(grantee_type="CanonicalUser", grantee="they", permission="READ")
    assert verdict(CHECK, bucket(acl=Acl(owner="me", grants=(grant,))), account()).status is Status.FAIL


def test_a_directory_bucket_is_judged_too() -> None:
    text = policy({"AWS": OTHER}, Action="s3express:CreateSession")
    assert (
        verdict(CHECK, build(DirectoryBucket, name="b", id=ARN, policy=text), account()).status is Status.FAIL
    )


@pytest.mark.parametrize(
    ("condition", "networks", "status"),
    [
        ({"IpAddress": {"aws:SourceIp": "192.0.2.0/25"}}, ("192.0.2.0/24",), Status.PASS),
        ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, ("192.0.2.0/25",), Status.FAIL),
        ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, ("vpc-1", "2001:db8::/32"), Status.FAIL),
        ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, ("vpce-1",), Status.PASS),
    ],
)
def test_networks_that_the_policy_trusts_may_come_in(
    condition: dict[str, object], networks: tuple[str, ...], status: Status
) -> None:
    given = bucket(policy("*", Condition=condition))
    assert verdict(CHECK, given, account(), policy=AuditPolicy(trusted_networks=networks)).status is status


def test_controls_of_the_organisation_that_were_not_read_are_named() -> None:
    above = account(resource_control_policies=denied("organizations:ListPoliciesForTarget"))
    finding = verdict(CHECK, bucket(policy({"AWS": OTHER})), above)
    assert finding.status is Status.FAIL
    assert "were not considered" in finding.reason.en
    assert "考慮していません" in finding.reason.ja


def service(**condition: Any) -> str:
    return policy({"Service": "cloudfront.amazonaws.com"}, **({"Condition": condition} if condition else {}))


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (service(), Status.PASS),
        (service(StringEquals={"AWS:SourceAccount": ACCOUNT}), Status.PASS),
        (
            service(StringEquals={"AWS:SourceArn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/E"}),
            Status.PASS,
        ),
        (service(StringEquals={"AWS:SourceArn": f"arn:aws:cloudfront::{OTHER}:distribution/E"}), Status.FAIL),
        (service(ArnLike={"AWS:SourceArn": f"arn:aws:cloudfront::{OTHER}:distribution/*"}), Status.FAIL),
        (service(StringEquals={"AWS:SourceOrgID": "o-9"}), Status.FAIL),
    ],
)
def test_a_service_is_trusted_unless_it_acts_for_a_stranger(text: str, status: Status) -> None:
    assert verdict(CHECK, bucket(text), account()).status is status


def test_a_service_that_acts_for_a_trusted_account_passes() -> None:
    text = service(StringEquals={"AWS:SourceArn": f"arn:aws:cloudfront::{OTHER}:distribution/E"})
    trusted = AuditPolicy(trusted_accounts=(OTHER,))
    assert verdict(CHECK, bucket(text), account(), policy=trusted).status is Status.PASS


def test_a_service_whose_customer_is_not_told_is_evidence() -> None:
    finding = verdict(CHECK, bucket(service()), account())
    assert finding.evidence["services_without_source"] == ["cloudfront.amazonaws.com"]


def test_a_thousand_strangers_make_a_short_finding() -> None:
    strangers = [f"{number:012}" for number in range(1, 1301)]
    finding = verdict(CHECK, bucket(policy({"AWS": strangers}, Action="s3:*")), account())
    assert finding.status is Status.FAIL
    assert "and 1295 more" in finding.reason.en
    assert "ほか 1295 件" in finding.reason.ja
    assert len(finding.reason.en) < 2_000
    assert finding.evidence["untrusted"] == strangers[:20]
    assert finding.evidence["untrusted_more"] == 1280
    assert len(json.dumps(finding.evidence)) < 10_000


def test_a_grant_to_everyone_is_ignored_also_where_a_deny_spares_some() -> None:
    condition = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": condition}
    text = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    everyone = Grant(
        grantee_type="Group",
        grantee="http://acs.amazonaws.com/groups/global/AllUsers",
        permission="FULL_CONTROL",
    )
    block = PublicAccessBlock(ignore_public_acls=True)
    given = bucket(text, public_access_block=block, acl=Acl(owner="me", grants=(everyone,)))
    assert verdict(CHECK, given, account()).status is Status.PASS


def test_an_approved_share_passes_by_its_rule_and_ends_with_it() -> None:
    text = policy({"AWS": f"arn:aws:iam::{OTHER}:root"})
    found = verdict(CHECK, bucket(text), account())
    assert found.status is Status.FAIL
    (who,) = found.evidence["untrusted"]
    rule = {"resource": "b", "audience": who, "reason": "contract 12"}
    approved = verdict(
        CHECK, bucket(text), account(), policy=AuditPolicy.model_validate({"approved_shares": [rule]})
    )
    assert approved.status is Status.PASS
    assert approved.evidence["approved_shares"] == [rule]
    ended = AuditPolicy.model_validate({"approved_shares": [{**rule, "until": "2020-01-01"}]})
    assert verdict(CHECK, bucket(text), account(), policy=ended).status is Status.FAIL


def test_a_bucket_open_to_everyone_is_not_approved_with_one_of_them() -> None:
    both = json.dumps(
        {
            "Statement": [
                {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "*"}
                for principal in ("*", {"AWS": OTHER})
            ]
        }
    )
    rule = {"resource": "b", "audience": OTHER, "reason": "contract 12"}
    trust = AuditPolicy.model_validate({"approved_shares": [rule]})
    found = verdict(CHECK, bucket(both, policy_is_public=True), account(), policy=trust)
    assert found.status is Status.FAIL
