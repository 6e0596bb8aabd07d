import json
from typing import Any

import pytest

from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import Account, Bucket
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-s3-bucket-network-bound"
ARN = "arn:aws:s3:::b"
SENSITIVE = AuditPolicy(sensitive_tags=("class=personal", "secret"))
OUTSIDE_VPCE = {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}


def policy(condition: Any, **changes: Any) -> str:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [ARN, f"{ARN}/*"],
        "Condition": condition,
        **changes,
    }
    return json.dumps({"Statement": statement})


def bucket(text: Any = None, tags: Any = (("class", "personal"),)) -> Bucket:
    return build(Bucket, name="b", id=ARN, policy=text, tags=tags)


@pytest.mark.parametrize(
    ("tags", "status"),
    [
        ((), Status.NOT_APPLICABLE),
        ((("class", "public"),), Status.NOT_APPLICABLE),
        ((("class", "personal"),), Status.FAIL),
        ((("secret", "any"),), Status.FAIL),
        (denied("s3:GetBucketTagging"), Status.NOT_ASSESSED),
    ],
)
def test_only_tagged_buckets_are_judged(tags: Any, status: Status) -> None:
    assert verdict(CHECK, bucket(tags=tags), policy=SENSITIVE).status is status


def test_without_configured_tags_it_is_not_applicable() -> None:
    assert verdict(CHECK, bucket(tags=denied("s3:GetBucketTagging"))).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (policy(OUTSIDE_VPCE), Status.PASS),
        (policy({"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}), Status.PASS),
        (policy({"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}), Status.PASS),
        (policy({**OUTSIDE_VPCE, "BoolIfExists": {"aws:ViaAWSService": "false"}}), Status.PASS),
        (policy({**OUTSIDE_VPCE, "Bool": {"aws:ViaAWSService": "true"}}), Status.FAIL),
        (policy({"NotIpAddress": {"aws:SourceIp": "0.0.0.0/0"}}), Status.FAIL),
        (policy({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}), Status.FAIL),
        (policy(OUTSIDE_VPCE, Action="s3:GetObject"), Status.FAIL),
        (policy(OUTSIDE_VPCE, Resource=f"{ARN}/*"), Status.FAIL),
        (policy(OUTSIDE_VPCE, Effect="Allow"), Status.FAIL),
        (policy({"Bool": {"aws:SecureTransport": "false"}}), Status.FAIL),
        (policy({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}), Status.FAIL),
        (policy({"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}, Effect="Allow"), Status.FAIL),
        (policy({"NotIpAddress": {"aws:SourceIp": [f"{n}.0.0.0/8" for n in range(255)]}}), Status.FAIL),
        (denied("s3:GetBucketPolicy"), Status.NOT_ASSESSED),
        ("{", Status.NOT_ASSESSED),
    ],
)
def test_a_deny_for_other_networks_passes(text: Any, status: Status) -> None:
    assert verdict(CHECK, bucket(text), policy=SENSITIVE).status is status


def test_the_accepted_networks_and_exceptions_are_evidence() -> None:
    role = "arn:aws:iam::123456789012:role/admin"
    text = policy({**OUTSIDE_VPCE, "ArnNotEquals": {"aws:PrincipalArn": role}})
    finding = verdict(CHECK, bucket(text), policy=SENSITIVE)
    assert finding.evidence["accepted"] == ["aws:sourcevpce=vpce-1", f"aws:principalarn={role}"]


KNOWN = {"NotIpAddress": {"aws:SourceIp": ["192.0.2.0/25", "192.0.2.128/25"]}}
STRANGE = {"NotIpAddress": {"aws:SourceIp": ["192.0.2.0/25", "198.51.100.0/24"]}}


@pytest.mark.parametrize(
    ("condition", "networks", "strange"),
    [
        (KNOWN, ("192.0.2.0/24",), []),
        (STRANGE, ("192.0.2.0/24",), ["198.51.100.0/24"]),
        (STRANGE, (), []),
        (OUTSIDE_VPCE, ("vpce-1",), []),
        (OUTSIDE_VPCE, ("192.0.2.0/24",), ["vpce-1"]),
        (
            {**KNOWN, "ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/a"}},
            ("192.0.2.0/24",),
            [],
        ),
    ],
)
def test_only_networks_that_the_policy_trusts_may_be_named(
    condition: Any, networks: tuple[str, ...], strange: list[str]
) -> None:
    thresholds = AuditPolicy(sensitive_tags=("class",), trusted_networks=networks)
    finding = verdict(CHECK, bucket(policy(condition)), build(Account, partition="aws"), policy=thresholds)
    assert finding.status is (Status.FAIL if strange else Status.PASS)
    assert finding.evidence.get("untrusted", []) == strange
