import json
from typing import Any

import pytest

from cloudaudit.model import Status
from cloudaudit.providers.aws.model import Principal, PrincipalPolicy, Role, User
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-iam-storage-wildcard"


def policies(*actions: str, resource: str = "*") -> tuple[PrincipalPolicy, ...]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    return (PrincipalPolicy(name="p", type="inline", via="", document=json.dumps({"Statement": statement})),)


BROKEN = PrincipalPolicy(name="q", type="inline", via="", document="{")


@pytest.mark.parametrize("kind", [User, Role])
@pytest.mark.parametrize(
    ("given", "boundary", "status"),
    [
        (policies("s3:*"), None, Status.FAIL),
        (policies("s3:*", resource="arn:aws:s3:::*"), None, Status.FAIL),
        (policies("s3:*", resource="arn:aws:s3:::?*"), None, Status.FAIL),
        (policies("s3:*", resource="arn:aws:s3:::b/*"), None, Status.PASS),
        (policies("s3:Get*"), None, Status.PASS),
        (policies("*"), None, Status.PASS),
        ((), None, Status.PASS),
        ((*policies("s3:*"), BROKEN), None, Status.NOT_ASSESSED),
        ((BROKEN,), None, Status.NOT_ASSESSED),
        (policies("s3:*"), denied("iam:GetPolicyVersion"), Status.NOT_ASSESSED),
        (denied("iam:ListRolePolicies"), None, Status.NOT_ASSESSED),
    ],
)
def test_only_administrators_may_hold_all_storage(
    kind: type[Principal], given: Any, boundary: Any, status: Status
) -> None:
    assert verdict(CHECK, build(kind, policies=given, boundary=boundary)).status is status


def test_the_policy_is_named_in_both_languages() -> None:
    reason = verdict(CHECK, build(Role, policies=policies("s3:*"), boundary=None)).reason
    assert reason.en.endswith("are given by p.")
    assert reason.ja.startswith("p により、")


def test_a_service_linked_role_is_not_applicable() -> None:
    role = build(
        Role, path="/aws-service-role/backup.amazonaws.com/", policies=policies("s3:*"), boundary=None
    )
    assert verdict(CHECK, role).status is Status.NOT_APPLICABLE
