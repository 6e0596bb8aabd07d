"""The least-privilege role that an audit needs, rendered from the list of operations. Pure."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Literal, TypeAlias, assert_never, get_args

from cloudaudit.providers.aws.object_permissions import (
    NO_OBJECTS,
    ObjectAccess,
    explanations,
    object_statements,
)
from cloudaudit.providers.aws.operations import Operation

Node: TypeAlias = "str | int | bool | Mapping[str, Node] | list[Node]"
Format = Literal["json", "terraform", "cloudformation"]
FORMATS: tuple[Format, ...] = get_args(Format)

POLICY_LIMIT = 6144
"""Characters, white space not counted, that a managed policy may have (IAM and AWS STS quotas)."""

ROLE_NAME = "cloudaudit"
EXTERNAL_ID_MINIMUM = 8
EXTERNAL_ID_MAXIMUM = 1224

_READ = re.compile(r"[a-z0-9-]+:(Get|List|Describe|Lookup|Generate)[A-Za-z0-9]+")
# These have a reading verb, yet open contents, hand out secrets or credentials, or make something.
_NOT_A_READ = re.compile(
    r"s3:GetObject(Version|Torrent|VersionTorrent)?"
    r"|s3express:.*Object.*"
    r"|secretsmanager:GetSecretValue|secretsmanager:BatchGetSecretValue|ssm:GetParameter.*"
    r"|sts:Get(?!CallerIdentity).*|[a-z0-9-]+:Get(Authorization|Session|Federation)Token"
    r"|(?!iam:GenerateCredentialReport$)[a-z0-9-]+:Generate.*"
)

_HEADER = (
    "Read-only role for cloudaudit: settings only, never the contents of objects.",
    "cloudaudit 用の読み取り専用ロールです。設定情報のみを参照し、オブジェクトの内容は読み取りません。",
)
# IAM takes no Japanese in descriptions.
_DESCRIPTION = "Read-only access for cloudaudit: settings only, never the contents of objects"


def actions_for(operations: Iterable[Operation]) -> tuple[str, ...]:
    """Return the IAM actions that the operations need, each once, sorted.

    Raises:
        ValueError: an action is not a read of settings, or is a pattern; no such thing may reach the role.
    """
    actions = sorted({action for operation in operations for action in operation.actions})
    for action in actions:
        if not _READ.fullmatch(action) or _NOT_A_READ.fullmatch(action):
            message = f"{action} is not a read of settings"
            raise ValueError(message)
    return tuple(actions)


def policies(
    operations: Iterable[Operation], limit: int = POLICY_LIMIT, objects: ObjectAccess = NO_OBJECTS
) -> tuple[dict[str, Any], ...]:
    """Return the policy documents that grant the operations, as few as fit.

    Args:
        operations: what is to be called.
        limit: characters a document may have, white space not counted.
        objects: what may be done about single objects; nothing when not given.

    Raises:
        ValueError: an action is not a read, or does not fit into a document of its own.
    """
    documents: list[list[str]] = [[]]
    for action in actions_for(operations):
        if size(_document([*documents[-1], action])) > limit:
            documents.append([])
        documents[-1].append(action)
        if size(_document(documents[-1])) > limit:
            message = f"{action} alone does not fit into {limit} characters"
            raise ValueError(message)
    made = [_document(actions) for actions in documents if actions]
    for statement in object_statements(objects):
        _add(made, statement, limit)
    return tuple(made)


def _add(documents: list[dict[str, Any]], statement: dict[str, Any], limit: int) -> None:
    """Add a statement to the last document, or to a new one where it does not fit."""
    last: dict[str, Any] = documents[-1] if documents else {"Version": "2012-10-17", "Statement": []}
    larger: dict[str, Any] = {**last, "Statement": [*last["Statement"], statement]}
    if documents and size(larger) <= limit:
        documents[-1] = larger
        return
    alone = {"Version": "2012-10-17", "Statement": [statement]}
    if size(alone) > limit:
        message = f"{statement['Sid']} alone does not fit into {limit} characters"
        raise ValueError(message)
    documents.append(alone)


def size(document: Mapping[str, Any]) -> int:
    """Return how many characters of a policy count towards IAM's limit."""
    return len(re.sub(r"\s", "", json.dumps(document)))


def render(
    operations: Sequence[Operation],
    format: Format,  # noqa: A002 - the word users type
    objects: ObjectAccess = NO_OBJECTS,
) -> str:
    """Return the role that an audit needs, ready to be used.

    ``json`` is the policy document (an array of documents where one does not hold it all), ``terraform`` a
    module and ``cloudformation`` a template, also for StackSets, with the role, its trust and the policy.

    Raises:
        ValueError: an action is not a read.
    """
    documents = policies(operations, objects=objects)
    match format:
        case "json":
            return json.dumps(documents[0] if len(documents) == 1 else documents, indent=2) + "\n"
        case "terraform":
            return "".join(_comments(documents)) + _terraform(documents)
        case "cloudformation":
            return "".join(_comments(documents)) + _cloudformation(documents)
        case _:
            assert_never(format)


def _comments(documents: Iterable[Mapping[str, Any]]) -> list[str]:
    return [f"# {line}\n" for text in explanations(documents) for line in (text.en, text.ja)]


def _document(actions: Sequence[str]) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": _sid(service), "Effect": "Allow", "Action": list(group), "Resource": "*"}
            for service, group in groupby(actions, key=lambda action: action.partition(":")[0])
        ],
    }


def _sid(service: str) -> str:
    return "Read" + "".join(word.capitalize() for word in service.split("-"))


# --------------------------------------------------------------------------- Terraform


def _terraform(documents: Sequence[Mapping[str, Any]]) -> str:
    trust: Node = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"AWS": _Expression("var.trusted_principal_arn")},
                "Condition": {"StringEquals": {"sts:ExternalId": _Expression("var.external_id")}},
            }
        ],
    }
    blocks = [
        "\n".join(f"# {line}" for line in _HEADER),
        _HCL_VARIABLES,
        _hcl_role(trust),
        *(_hcl_policy(number, document) for number, document in enumerate(documents, start=1)),
        _HCL_OUTPUT,
    ]
    return "\n\n".join(blocks) + "\n"


_HCL_VARIABLES = f"""variable "trusted_principal_arn" {{
  description = "ARN of the principal that runs cloudaudit and may assume the role"
  type        = string
}}

variable "external_id" {{
  description = "External id that cloudaudit has to present; agree on one per auditor"
  type        = string

  validation {{
    condition     = length(var.external_id) >= {EXTERNAL_ID_MINIMUM}
    error_message = "The external id must have at least {EXTERNAL_ID_MINIMUM} characters."
  }}
}}

variable "role_name" {{
  description = "Name of the role"
  type        = string
  default     = "{ROLE_NAME}"
}}"""


_HCL_OUTPUT = """output "role_arn" {
  description = "ARN of the role that cloudaudit assumes"
  value       = aws_iam_role.cloudaudit.arn
}"""


def _hcl_role(trust: Node) -> str:
    return (
        'resource "aws_iam_role" "cloudaudit" {\n'
        "  name               = var.role_name\n"
        f"  description        = {json.dumps(_DESCRIPTION)}\n"
        f"  assume_role_policy = jsonencode({_hcl(trust, 1)})\n"
        "}"
    )


def _hcl_policy(number: int, document: Mapping[str, Any]) -> str:
    return (
        f'resource "aws_iam_policy" "read_{number}" {{\n'
        f'  name        = "${{var.role_name}}-read-{number}"\n'
        f"  description = {json.dumps(_DESCRIPTION)}\n"
        f"  policy      = jsonencode({_hcl(document, 1)})\n"
        "}\n\n"
        f'resource "aws_iam_role_policy_attachment" "read_{number}" {{\n'
        "  role       = aws_iam_role.cloudaudit.name\n"
        f"  policy_arn = aws_iam_policy.read_{number}.arn\n"
        "}"
    )


class _Expression(str):
    """A piece of HCL that is not a string."""

    __slots__ = ()


def _hcl(value: Node, depth: int) -> str:
    indent, inner = "  " * depth, "  " * (depth + 1)
    if isinstance(value, _Expression):
        return str(value)
    if isinstance(value, Mapping):
        lines = [f"{inner}{_hcl_key(key)} = {_hcl(item, depth + 1)}" for key, item in value.items()]
        return "{\n" + "\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list):
        lines = [f"{inner}{_hcl(item, depth + 1)}," for item in value]
        return "[\n" + "\n".join(lines) + f"\n{indent}]"
    return json.dumps(value)


def _hcl_key(key: str) -> str:
    return key if key.isidentifier() else json.dumps(key)


# --------------------------------------------------------------------------- CloudFormation


def _cloudformation(documents: Sequence[Mapping[str, Any]]) -> str:
    names = [f"ReadPolicy{number}" for number in range(1, len(documents) + 1)]
    template: dict[str, Node] = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": _DESCRIPTION,
        "Metadata": _METADATA,
        "Parameters": _PARAMETERS,
        "Resources": {
            **{
                name: _policy_resource(number, document)
                for number, (name, document) in enumerate(zip(names, documents, strict=True), start=1)
            },
            "Role": _role_resource(names),
        },
        "Outputs": {
            "RoleArn": {
                "Description": "ARN of the role that cloudaudit assumes",
                "Value": {"Fn::GetAtt": ["Role", "Arn"]},
            }
        },
    }
    return "\n".join([*(f"# {line}" for line in _HEADER), *_yaml(template, 0)]) + "\n"


_METADATA: Node = {
    "AWS::CloudFormation::Interface": {
        "ParameterGroups": [
            {
                "Label": {"default": "Who may assume the role"},
                "Parameters": ["TrustedPrincipalArn", "ExternalId"],
            },
            {"Label": {"default": "The role"}, "Parameters": ["RoleName"]},
        ]
    },
    "Cloudaudit": {
        "Purpose": _DESCRIPTION,
        "StackSets": "IAM is global: deploy to one region of each account, with CAPABILITY_NAMED_IAM",
    },
}

_PARAMETERS: Node = {
    "TrustedPrincipalArn": {
        "Type": "String",
        "Description": "ARN of the principal that runs cloudaudit and may assume the role",
        "AllowedPattern": r"^arn:aws[a-z-]*:iam::\d{12}:(root|(role|user)/.+)$",
    },
    "ExternalId": {
        "Type": "String",
        "Description": "External id that cloudaudit has to present; agree on one per auditor",
        "NoEcho": False,
        "MinLength": EXTERNAL_ID_MINIMUM,
        "MaxLength": EXTERNAL_ID_MAXIMUM,
        "AllowedPattern": r"^[\w+=,.@:/-]+$",
    },
    "RoleName": {
        "Type": "String",
        "Description": "Name of the role, the same in every account",
        "Default": ROLE_NAME,
        "MinLength": 1,
        "MaxLength": 64,
        "AllowedPattern": r"^[\w+=,.@-]+$",
    },
}


def _policy_resource(number: int, document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {
            "ManagedPolicyName": {"Fn::Sub": f"${{RoleName}}-read-{number}"},
            "Description": _DESCRIPTION,
            "PolicyDocument": document,
        },
    }


def _role_resource(policy_names: Sequence[str]) -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": {"Ref": "RoleName"},
            "Description": _DESCRIPTION,
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "sts:AssumeRole",
                        "Principal": {"AWS": {"Ref": "TrustedPrincipalArn"}},
                        "Condition": {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}},
                    }
                ],
            },
            "ManagedPolicyArns": [{"Ref": name} for name in policy_names],
        },
    }


def _yaml(value: Mapping[str, Node], depth: int) -> list[str]:
    # Scalars are written as JSON, which YAML contains, so no string can be taken for another type.
    lines: list[str] = []
    for key, item in value.items():
        lines += _yaml_entry(f"{'  ' * depth}{_yaml_key(key)}:", item, depth)
    return lines


def _yaml_entry(head: str, item: Node, depth: int) -> list[str]:
    if isinstance(item, Mapping):
        return [head, *_yaml(item, depth + 1)]
    if isinstance(item, list):
        return [head, *(line for one in item for line in _yaml_item(one, depth + 1))]
    return [f"{head} {json.dumps(item)}"]


def _yaml_item(item: Node, depth: int) -> list[str]:
    dash = "  " * depth + "- "
    if isinstance(item, Mapping):
        first, *rest = _yaml(item, depth + 1)
        return [dash + first.lstrip(), *rest]
    return [dash + json.dumps(item)]


def _yaml_key(key: str) -> str:
    return key if key.isalnum() else json.dumps(key)
