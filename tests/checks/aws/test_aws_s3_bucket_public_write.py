import json
from typing import Any

import pytest

from cloudaudit.model import Status
from cloudaudit.providers.aws.model import Account, Acl, Bucket, Grant
from cloudaudit.providers.aws.policy_blocks import ALL_ON
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-s3-bucket-public-write"
ARN = "arn:aws:s3:::b"
EVERYONE = "http://acs.amazonaws.com/groups/global/AllUsers"


def account(**facts: Any) -> Account:
    given: dict[str, Any] = {
        "public_access_block": None,
        "organization_s3_block": None,
        "resource_control_policies": (),
        **facts,
    }
    return build(Account, partition="aws", **given)


def bucket(action: str = "", **facts: Any) -> Bucket:
    statement = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": f"{ARN}/*"}
    given: dict[str, Any] = {
        "policy": json.dumps({"Statement": statement}) if action else None,
        "policy_is_public": bool(action),
        "public_access_block": None,
        "acl": Acl(owner="me", grants=()),
        "ownership": None,
        **facts,
    }
    return build(Bucket, name="b", id=ARN, **given)


@pytest.mark.parametrize(
    ("action", "status"),
    [
        ("s3:PutObject*", Status.FAIL),
        ("s3:DeleteObject", Status.FAIL),
        ("s3:PutBucketPolicy", Status.FAIL),
        ("S3:*", Status.FAIL),
        ("s3:GetObject", Status.PASS),
        ("s3:List*", Status.PASS),
        ("", Status.PASS),
    ],
)
def test_writing_deleting_and_administering_fail(action: str, status: Status) -> None:
    finding = verdict(CHECK, bucket(action), account())
    assert finding.status is status


def test_the_rights_are_named_in_both_languages() -> None:
    finding = verdict(CHECK, bucket("s3:*"), account())
    assert finding.reason.en.startswith("Everyone can write, administer.")
    assert finding.reason.ja.startswith("誰でも書き込み・権限変更が可能です。")


@pytest.mark.parametrize("permission", ["WRITE", "WRITE_ACP", "FULL_CONTROL"])
def test_a_public_acl_fails(permission: str) -> None:
    grant = Grant(grantee_type="Group", grantee=EVERYONE, permission=permission)
    given = bucket(acl=Acl(owner="me", grants=(grant,)))
    assert verdict(CHECK, given, account()).status is Status.FAIL
    assert verdict(CHECK, given, account(public_access_block=ALL_ON)).status is Status.PASS


def test_an_unread_policy_is_not_assessed() -> None:
    finding = verdict(CHECK, bucket(policy=denied("s3:GetBucketPolicy")), account())
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("s3:GetBucketPolicy",)
