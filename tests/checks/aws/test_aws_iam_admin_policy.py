import json
from typing import Any

import pytest

from cloudaudit.model import Status
from cloudaudit.providers.aws.model import PrincipalPolicy, User
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-iam-admin-policy"
EVERYTHING = json.dumps({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
READING = json.dumps({"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}})
ALL_BUT_ONE = json.dumps({"Statement": {"Effect": "Allow", "NotAction": ["iam:PassRole"], "Resource": "*"}})


def user(document: str, *, kind: str = "inline", via: str = "", boundary: Any = None) -> User:
    policy = PrincipalPolicy(name="p", type=kind, via=via, document=document)
    return build(User, policies=(policy,), boundary=boundary)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (user(READING), Status.PASS),
        (user(EVERYTHING), Status.FAIL),
        (user(EVERYTHING, kind="customer"), Status.FAIL),
        (user(EVERYTHING, kind="aws", via="admins"), Status.FAIL),
        (user(EVERYTHING, boundary=READING), Status.PASS),
        (user(ALL_BUT_ONE), Status.FAIL),
        (user(EVERYTHING, boundary=denied("iam:GetPolicyVersion")), Status.NOT_ASSESSED),
        (user("{"), Status.NOT_ASSESSED),
        (build(User, policies=(), boundary=None), Status.PASS),
        (build(User, policies=denied("iam:ListUserPolicies")), Status.NOT_ASSESSED),
    ],
)
def test_unlimited_rights_fail(given: User, status: Status) -> None:
    assert verdict(CHECK, given).status is status


def test_the_policy_and_its_group_are_named() -> None:
    finding = verdict(CHECK, user(EVERYTHING, via="admins"))
    assert finding.reason.en.endswith("is given by p (group admins).")
    assert finding.reason.ja.startswith("p(グループ admins) により")
    assert finding.evidence["policies"] == ["p (group admins)"]
