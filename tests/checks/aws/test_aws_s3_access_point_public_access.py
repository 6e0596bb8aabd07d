import json
from typing import Any

import pytest

from cloudaudit.model import Severity, Status
from cloudaudit.providers.aws.model import AccessPoint, Account, PublicAccessBlock
from cloudaudit.providers.aws.policy_blocks import ALL_ON
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-s3-access-point-public-access"
OFF = PublicAccessBlock()
PUBLIC = json.dumps({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}})


def point(**facts: Any) -> AccessPoint:
    given: dict[str, Any] = {
        "network_origin": "Internet",
        "public_access_block": OFF,
        "policy": None,
        "policy_is_public": None,
        **facts,
    }
    return build(AccessPoint, **given)


def account(block: Any = None) -> Account:
    return build(Account, public_access_block=block)


@pytest.mark.parametrize(
    ("given", "above", "status"),
    [
        (point(network_origin="VPC", vpc="vpc-1", policy=PUBLIC), None, Status.PASS),
        (
            point(public_access_block=ALL_ON, policy=PUBLIC),
            denied("s3:GetAccountPublicAccessBlock"),
            Status.PASS,
        ),
        (point(public_access_block=denied("s3:GetAccessPoint")), ALL_ON, Status.PASS),
        (point(), ALL_ON, Status.PASS),
        (point(), None, Status.FAIL),
        (point(public_access_block=None), OFF, Status.FAIL),
        (point(public_access_block=PublicAccessBlock(restrict_public_buckets=True)), OFF, Status.FAIL),
        (point(public_access_block=denied("s3:GetAccessPoint")), OFF, Status.NOT_ASSESSED),
        (point(), denied("s3:GetAccountPublicAccessBlock"), Status.NOT_ASSESSED),
    ],
)
def test_a_full_block_or_a_vpc_passes(given: AccessPoint, above: Any, status: Status) -> None:
    assert verdict(CHECK, given, account(above)).status is status


@pytest.mark.parametrize(
    ("facts", "severity"),
    [
        ({}, Severity.MEDIUM),
        ({"policy": PUBLIC, "policy_is_public": True}, Severity.CRITICAL),
        ({"policy": PUBLIC, "policy_is_public": False}, Severity.CRITICAL),
        ({"policy_is_public": True}, Severity.CRITICAL),
        ({"policy_is_public": denied("s3:GetAccessPointPolicyStatus")}, Severity.CRITICAL),
        ({"policy": denied("s3:GetAccessPointPolicy"), "policy_is_public": False}, Severity.CRITICAL),
        ({"policy": "{", "policy_is_public": False}, Severity.CRITICAL),
    ],
)
def test_only_a_policy_that_is_certainly_not_public_lowers_the_severity(
    facts: dict[str, Any], severity: Severity
) -> None:
    finding = verdict(CHECK, point(**facts), account())
    assert finding.status is Status.FAIL
    assert finding.severity is severity


def test_a_multi_region_access_point_is_judged_alike() -> None:
    assert verdict(CHECK, point(multi_region=True), account()).status is Status.FAIL
    assert (
        verdict(CHECK, point(multi_region=True, public_access_block=ALL_ON), account()).status is Status.PASS
    )
