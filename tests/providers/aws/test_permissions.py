import itertools
import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cloudaudit.providers.aws.operations import OPERATIONS, Operation
from cloudaudit.providers.aws.permissions import (
    FORMATS,
    POLICY_LIMIT,
    Format,
    actions_for,
    policies,
    render,
    size,
)

READ = Operation("s3", "GetBucketEncryption", ("s3:GetEncryptionConfiguration",))
FEW = (
    READ,
    Operation("iam", "GenerateCredentialReport", ("iam:GenerateCredentialReport",)),
    Operation("iam", "GetCredentialReport", ("iam:GetCredentialReport",)),
    Operation("accessanalyzer", "ListAnalyzers", ("access-analyzer:ListAnalyzers",)),
    Operation("sts", "GetCallerIdentity", ()),
    READ,
)
MANY = tuple(Operation("s3", f"Get{number}", (f"s3:GetSomethingLong{number:04}",)) for number in range(400))


def _actions(*documents: Any) -> list[str]:
    return [
        action
        for document in documents
        for statement in document["Statement"]
        for action in statement["Action"]
    ]


def _template(operations: tuple[Operation, ...]) -> Any:
    return yaml.safe_load(render(operations, "cloudformation"))


def _policy_documents(template: Any) -> list[Any]:
    return [
        resource["Properties"]["PolicyDocument"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::IAM::ManagedPolicy"
    ]


def _assigned(block: str, name: str) -> str:
    """The brace-balanced argument of ``name = jsonencode(…)`` in an HCL block."""
    start = re.search(rf"^  {name} += jsonencode\(", block, re.MULTILINE)
    assert start is not None
    depths = itertools.accumulate(
        {"(": 1, "{": 1, "[": 1, ")": -1, "}": -1, "]": -1}.get(letter, 0)
        for letter in block[start.end() - 1 :]
    )
    length = next(index for index, depth in enumerate(depths) if depth == 0)
    return block[start.end() : start.end() - 1 + length]


def _blocks(hcl: str) -> dict[str, str]:
    found = re.findall(r'^(\w+(?: "\w+")+) \{\n(.*?)^\}', hcl, re.MULTILINE | re.DOTALL)
    return dict(found)


# --------------------------------------------------------------------------- actions


def test_actions_come_once_and_sorted() -> None:
    assert actions_for(FEW) == (
        "access-analyzer:ListAnalyzers",
        "iam:GenerateCredentialReport",
        "iam:GetCredentialReport",
        "s3:GetEncryptionConfiguration",
    )


@pytest.mark.parametrize(
    "action",
    [
        "s3:PutBucketPolicy",
        "s3:Get*",
        "s3:*",
        "*",
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3express:GetObject",
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "secretsmanager:GetSecretValue",
        "ssm:GetParameters",
        "sts:GetFederationToken",
        "sts:AssumeRole",
        "ecr:GetAuthorizationToken",
        "iam:Get",
        "GetBucketAcl",
        "s3:GetBucketAcl\n",
    ],
)
@pytest.mark.parametrize("format", FORMATS)
def test_whatever_is_not_a_read_of_settings_is_refused(action: str, format: Format) -> None:  # noqa: A002 - as in render
    with pytest.raises(ValueError, match="is not a read of settings"):
        render((*FEW, Operation("x", "X", (action,))), format)


def test_the_operations_of_this_provider_are_reads_and_fit_one_policy() -> None:
    assert len(actions_for(OPERATIONS)) > 50
    assert len(policies(OPERATIONS)) == 1


# --------------------------------------------------------------------------- documents


def test_statements_are_one_a_service_with_a_name_each() -> None:
    (document,) = policies(FEW)
    assert document == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ReadAccessAnalyzer",
                "Effect": "Allow",
                "Action": ["access-analyzer:ListAnalyzers"],
                "Resource": "*",
            },
            {
                "Sid": "ReadIam",
                "Effect": "Allow",
                "Action": ["iam:GenerateCredentialReport", "iam:GetCredentialReport"],
                "Resource": "*",
            },
            {
                "Sid": "ReadS3",
                "Effect": "Allow",
                "Action": ["s3:GetEncryptionConfiguration"],
                "Resource": "*",
            },
        ],
    }


@given(st.integers(min_value=150, max_value=2000))
def test_every_document_fits_and_no_action_is_lost_or_doubled(limit: int) -> None:
    operations = (*FEW, *MANY[:30])
    documents = policies(operations, limit)
    assert all(size(document) <= limit for document in documents)
    assert _actions(*documents) == list(actions_for(operations))
    for document in documents:
        sids = [statement["Sid"] for statement in document["Statement"]]
        assert len(set(sids)) == len(sids)


def test_what_one_managed_policy_cannot_hold_is_split() -> None:
    documents = policies(MANY)
    assert len(documents) > 1
    assert all(size(document) <= POLICY_LIMIT for document in documents)


def test_an_action_that_fits_nowhere_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        policies(FEW, 100)


def test_white_space_does_not_count() -> None:
    assert size({"a": [1, 2]}) == len('{"a":[1,2]}')


# --------------------------------------------------------------------------- formats


@pytest.mark.parametrize("operations", [FEW, OPERATIONS])
def test_json_is_the_document_itself(operations: tuple[Operation, ...]) -> None:
    document = json.loads(render(operations, "json"))
    assert document == policies(operations)[0]
    assert _actions(document) == list(actions_for(operations))


def test_json_is_an_array_when_one_document_does_not_hold_it_all() -> None:
    documents = json.loads(render(MANY, "json"))
    assert len(documents) == len(policies(MANY)) > 1
    assert _actions(*documents) == list(actions_for(MANY))


@pytest.mark.parametrize("operations", [FEW, MANY, OPERATIONS])
def test_the_template_grants_every_action_once_through_its_role(operations: tuple[Operation, ...]) -> None:
    template = _template(operations)
    documents = _policy_documents(template)
    assert tuple(documents) == policies(operations)
    names = [
        name for name, found in template["Resources"].items() if found["Type"] == "AWS::IAM::ManagedPolicy"
    ]
    role = template["Resources"]["Role"]
    assert role["Type"] == "AWS::IAM::Role"
    assert role["Properties"]["ManagedPolicyArns"] == [{"Ref": name} for name in names]
    assert set(template["Resources"]) == {*names, "Role"}


def test_the_template_trusts_one_principal_that_knows_the_external_id() -> None:
    template = _template(FEW)
    (statement,) = template["Resources"]["Role"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": {"Ref": "TrustedPrincipalArn"}},
        "Condition": {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}},
    }


def test_the_template_has_what_a_stack_set_asks_for() -> None:
    template = _template(FEW)
    assert template["AWSTemplateFormatVersion"] == "2010-09-09"
    assert template["Description"].isascii()
    parameters = template["Parameters"]
    assert set(parameters) == {"TrustedPrincipalArn", "ExternalId", "RoleName"}
    assert (parameters["ExternalId"]["NoEcho"], parameters["ExternalId"]["MinLength"]) == (False, 8)
    assert "Default" not in parameters["ExternalId"]
    assert "Default" not in parameters["TrustedPrincipalArn"]
    assert parameters["RoleName"]["Default"]
    assert template["Outputs"]["RoleArn"]["Value"] == {"Fn::GetAtt": ["Role", "Arn"]}
    (group, _) = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert group["Parameters"] == ["TrustedPrincipalArn", "ExternalId"]


@pytest.mark.parametrize(
    ("arn", "accepted"),
    [
        ("arn:aws:iam::123456789012:root", True),
        ("arn:aws:iam::123456789012:role/audit/runner", True),
        ("arn:aws-us-gov:iam::123456789012:user/auditor", True),
        ("*", False),
        ("arn:aws:iam::123456789012:role/", False),
        ("123456789012", False),
    ],
)
def test_the_template_takes_one_principal_and_no_wildcard(arn: str, *, accepted: bool) -> None:
    pattern = _template(FEW)["Parameters"]["TrustedPrincipalArn"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, arn)) is accepted


@pytest.mark.parametrize("operations", [FEW, MANY, OPERATIONS])
def test_terraform_grants_every_action_once_through_its_role(operations: tuple[Operation, ...]) -> None:
    hcl = render(operations, "terraform")
    blocks = _blocks(hcl)
    numbers = range(1, len(policies(operations)) + 1)
    granted = [
        _assigned(blocks[f'resource "aws_iam_policy" "read_{number}"'], "policy") for number in numbers
    ]
    listed = [re.findall(r'"([a-z0-9-]+:\w+)",', policy) for policy in granted]
    assert [action for actions in listed for action in actions] == list(actions_for(operations))
    assert all(hcl.count(f'"{action}"') == 1 for action in actions_for(operations))
    for number in numbers:
        attachment = blocks[f'resource "aws_iam_role_policy_attachment" "read_{number}"']
        assert f"aws_iam_policy.read_{number}.arn" in attachment
        assert "aws_iam_role.cloudaudit.name" in attachment


def test_terraform_is_balanced_and_has_no_other_block() -> None:
    hcl = render(FEW, "terraform")
    for opening, closing in ("{}", "[]", "()"):
        assert hcl.count(opening) == hcl.count(closing)
    assert set(_blocks(hcl)) == {
        'variable "trusted_principal_arn"',
        'variable "external_id"',
        'variable "role_name"',
        'resource "aws_iam_role" "cloudaudit"',
        'resource "aws_iam_policy" "read_1"',
        'resource "aws_iam_role_policy_attachment" "read_1"',
        'output "role_arn"',
    }


def test_terraform_trusts_one_principal_that_knows_the_external_id() -> None:
    blocks = _blocks(render(FEW, "terraform"))
    trust = _assigned(blocks['resource "aws_iam_role" "cloudaudit"'], "assume_role_policy")
    assert 'Action = "sts:AssumeRole"' in trust
    assert "AWS = var.trusted_principal_arn" in trust
    assert '"sts:ExternalId" = var.external_id' in trust
    assert "length(var.external_id) >= 8" in blocks['variable "external_id"']
    assert "default" not in blocks['variable "external_id"']


@pytest.mark.parametrize("format", ["terraform", "cloudformation"])
def test_what_a_person_opens_says_what_it_is_in_both_languages(format: Format) -> None:  # noqa: A002 - as in render
    english, japanese, *_ = render(FEW, format).splitlines()
    assert "never the contents of objects" in english
    assert "オブジェクトの内容は読み取りません" in japanese
