"""AWS's definition of public on the text of a policy, rule by rule of the S3 User Guide."""

import json
from typing import Any

import pytest

from cloudaudit.providers.aws.policy import Answer, is_public_by_definition
from cloudaudit.providers.aws.policy_conditions import Place

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
ROLE = "arn:aws:iam::111122223333:role/app"
POINTS = "arn:aws:s3:us-west-2:111122223333:accesspoint/*"


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(condition: Any = None, **changes: Any) -> dict[str, Any]:
    base: dict[str, Any] = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
    if condition is not None:
        base["Condition"] = condition
    merged = {**base, **changes}
    return {name: each for name, each in merged.items() if each is not None}


@pytest.mark.parametrize(
    ("principal", "answer"),
    [
        ("*", YES),
        ({"AWS": "*"}, YES),
        ({"AWS": [ROLE, "*"]}, YES),
        ({"CanonicalUser": "*"}, YES),
        ({"AWS": "arn:aws:iam::*:role/app"}, YES),
        ({"AWS": ROLE}, NO),
        ({"AWS": "111122223333"}, NO),
        ({"Service": "cloudtrail.amazonaws.com"}, NO),
        ({"Federated": "cognito-identity.amazonaws.com"}, NO),
        ({"CanonicalUser": "79a59df900b949e55d96a1e698fbaced"}, NO),
    ],
)
def test_only_fixed_principals_are_not_public(principal: Any, answer: Answer) -> None:
    assert is_public_by_definition(policy(allow(Principal=principal))) is answer


def test_everyone_but_someone_is_public() -> None:
    assert is_public_by_definition(policy(allow(Principal=None, NotPrincipal={"AWS": ROLE}))) is YES


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:SourceVpc": "vpc-91237329"}},
        {"StringEquals": {"AWS:SOURCEVPCE": ["vpce-1", "vpce-2"]}},
        {"StringLike": {"aws:SourceAccount": "111122223333"}},
        {"StringEqualsIgnoreCase": {"aws:SourceOwner": "111122223333"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:topic"}},
        {"ARNEquals": {"aws:PrincipalArn": ROLE}},
        {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        {"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": ["o-a1b2c3d4e5/r-ab12/"]}},
        {"StringEquals": {"aws:PrincipalAccount": 111122223333}},
        {"StringEquals": {"aws:userid": "AIDAEXAMPLEID12345678"}},
        {"StringEquals": {"s3:DataAccessPointAccount": "111122223333"}},
        {"ArnLike": {"s3:DataAccessPointArn": POINTS}},
        {"IpAddress": {"aws:SourceIp": "54.240.143.0/24"}},
        {"IpAddress": {"aws:SourceIp": ["54.240.143.7", "2001:db8::/32", "10.0.0.0/8"]}},
        {
            "StringLike": {"aws:UserAgent": "x*"},
            "StringEquals": {"aws:SourceVpc": "vpc-1", "aws:RequestedRegion": "a"},
        },
        {"StringEqualsIfExists": {"aws:SourceVpce": {"a": "b"}}, "StringEquals": {"aws:SourceVpc": "vpc-1"}},
    ],
)
def test_a_condition_on_fixed_values_narrows(condition: Any) -> None:
    assert is_public_by_definition(policy(allow(condition))) is NO


@pytest.mark.parametrize(
    "condition",
    [
        {"StringLike": {"aws:SourceVpc": "vpc-*"}},
        {"StringEquals": {"aws:SourceVpc": "vpc-?"}},
        {"StringEquals": {"aws:SourceVpc": ["vpc-1", "*"]}},
        {"StringEquals": {"aws:PrincipalAccount": "${aws:PrincipalTag/account}"}},
        {"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}},
        {"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": "o-1/r-1/"}},
        {"ForAllValues:ArnEqualsIfExists": {"aws:SourceArn": ROLE}},
        {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}},
        {"ArnNotLike": {"aws:PrincipalArn": ROLE}},
        {"NotIpAddress": {"aws:SourceIp": "8.8.8.8"}},
        {"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}},
        {"IpAddress": {"aws:SourceIp": ["54.240.143.0/24", "16.0.0.0/7"]}},
        {"IpAddress": {"aws:SourceIp": "2001::/16"}},
        {"IpAddress": {"aws:SourceIp": "54.*"}},
        {"StringLike": {"aws:SourceIp": "54.240.143.1"}},
        {"StringEquals": {"aws:userid": "AROAEXAMPLEID:session"}},
        {"StringEquals": {"aws:userid": "ANONYMOUS"}},
        {"StringEquals": {"aws:PrincipalAccount": ["111122223333", "anonymous"]}},
        {"IpAddress": {"aws:SourceIp": [f"{number}.0.0.0/8" for number in range(256)]}},
        {"IpAddress": {"aws:SourceIp": ["16.0.0.0/8", "17.0.0.0/8"]}},
        {"IpAddress": {"aws:SourceIp": ["2001:db8::/32", "2001:db9::/32"]}},
        {"ArnLike": {"s3:DataAccessPointArn": "arn:aws:s3:x:１２３４５６７８９０１２:accesspoint/x"}},
        {"StringLike": {"aws:userid": "AROAEXAMPLEID:*"}},
        {"ArnLike": {"s3:DataAccessPointArn": "arn:aws:s3:us-west-2:*:accesspoint/x"}},
        {"StringLike": {"s3:DataAccessPointArn": "arn:*"}},
        {"Bool": {"aws:SecureTransport": "true"}},
        {"Bool": {"aws:MultiFactorAuthPresent": True}},
        {"Null": {"aws:SourceVpc": "false"}},
        {"NumericLessThan": {"s3:max-keys": 10}},
        {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
        {"BinaryEquals": {"aws:SourceVpc": "eA=="}},
        {"StringEquals": {"s3:x-amz-server-side-encryption": "AES256"}},
        {"StringEquals": {"aws:ResourceOrgID": "o-1"}},
        {"StringEquals": {"aws:username": "taro"}},
        {"NoSuchOperator": {"aws:SourceVpc": "vpc-1"}},
    ],
)
def test_a_condition_that_anyone_can_meet_does_not_narrow(condition: Any) -> None:
    assert is_public_by_definition(policy(allow(condition))) is YES


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:SourceVpc": {"a": "b"}}},
        {"StringEquals": {"aws:SourceVpc": []}},
        {"StringEquals": {"aws:SourceVpc": None}},
        {"IpAddress": {"aws:SourceIp": "not an address"}},
        {"StringEquals": {"aws:SourceOrgID": "o-1"}},
        {"StringEquals": {"aws:VpceOrgID": "o-1"}},
    ],
)
def test_what_is_not_understood_or_not_documented_is_unknown(condition: Any) -> None:
    assert is_public_by_definition(policy(allow(condition))) is UNKNOWN


@pytest.mark.parametrize("key", ["s3:DataAccessPointArn", "s3:DataAccessPointAccount"])
def test_on_an_access_point_its_own_keys_do_not_narrow(key: str) -> None:
    value = "111122223333" if key.endswith("Account") else POINTS.replace("*", "own")
    text = policy(allow({"StringEquals": {key: value}}))
    assert is_public_by_definition(text, Place.ACCESS_POINT) is YES
    assert is_public_by_definition(text, Place.BUCKET) is NO


def test_one_public_statement_makes_the_policy_public() -> None:
    closed = allow(Principal={"AWS": ROLE})
    doubtful = allow({"StringEquals": {"aws:SourceOrgID": "o-1"}})
    assert is_public_by_definition(policy(closed, closed)) is NO
    assert is_public_by_definition(policy(closed, doubtful)) is UNKNOWN
    assert is_public_by_definition(policy(closed, doubtful, allow())) is YES


def test_a_deny_is_never_public_and_never_helps() -> None:
    deny = allow(Effect="Deny")
    assert is_public_by_definition(policy(deny)) is NO
    assert is_public_by_definition(policy(allow(), deny)) is YES


def test_actions_of_other_services_and_unknown_ones_count() -> None:
    assert is_public_by_definition(policy(allow(Action=["rds:*"]))) is YES
    assert is_public_by_definition(policy(allow(Action="s3:NotASupportedAction"))) is YES
    assert is_public_by_definition(policy(allow(Action=None, NotAction="s3:DeleteBucket"))) is YES


def test_a_single_statement_need_not_be_a_list_and_a_large_policy_is_judged() -> None:
    assert is_public_by_definition(json.dumps({"Statement": allow()})) is YES
    many = [allow(Principal={"AWS": ROLE}, Resource=f"arn:aws:s3:::b/{'x' * 60}{n}") for n in range(120)]
    text = policy(*many)
    assert len(text) > 20_000
    assert is_public_by_definition(text) is NO
    assert is_public_by_definition(policy(*many, allow())) is YES


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "1" * 5000,
        "[" * 100_000,
        "{}",
        '{"Statement": []}',
        '{"Statement": "x"}',
        '{"Statement": [1]}',
        '{"Version": "2010-08-14", "Statement": {}}',
        '{"Version": "2012-10-17", "Statement": {}, "More": 1}',
        policy(allow(Effect="allow")),
        policy(allow(Effect=None)),
        policy(allow(Sid=7)),
        policy(allow(Action=None)),
        policy(allow(Action=[])),
        policy(allow(Action=[1])),
        policy(allow(NotAction="s3:*")),
        policy(allow(NotResource="x")),
        policy(allow(NotPrincipal="*")),
        policy(allow(Principal=None)),
        policy(allow(Principal="arn:aws:iam::111122223333:root")),
        policy(allow(Principal={})),
        policy(allow(Principal={"Somebody": "*"})),
        policy(allow(Principal={"AWS": []})),
        policy(allow(Surprise="x")),
        policy(allow(Sid="\ud800")),
        policy(allow({"StringEquals": {"aws:SourceVpce": "vpce-\udfff"}})),
        policy(allow(["x"])),
        policy(allow({"StringEquals": "x"})),
        '{"Statement": {"Effect": "Deny", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}',
    ],
)
def test_a_malformed_policy_is_unknown(text: str) -> None:
    assert is_public_by_definition(text) is UNKNOWN
