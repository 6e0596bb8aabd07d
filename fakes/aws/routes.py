"""From a request to the operation that it asks for, per protocol."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qsl, unquote

from fakes.aws import wire

GLOBAL = "us-east-1"

S3_CONTROL_PREFIX = "/v20180820/"

BUCKET_READS: Mapping[str, str] = {
    "location": "GetBucketLocation",
    "publicAccessBlock": "GetPublicAccessBlock",
    "policy": "GetBucketPolicy",
    "policyStatus": "GetBucketPolicyStatus",
    "acl": "GetBucketAcl",
    "ownershipControls": "GetBucketOwnershipControls",
    "encryption": "GetBucketEncryption",
    "versioning": "GetBucketVersioning",
    "logging": "GetBucketLogging",
    "replication": "GetBucketReplication",
    "lifecycle": "GetBucketLifecycleConfiguration",
    "object-lock": "GetObjectLockConfiguration",
    "website": "GetBucketWebsite",
    "tagging": "GetBucketTagging",
    "inventory": "ListBucketInventoryConfigurations",
    "metadataConfiguration": "GetBucketMetadataConfiguration",
    "list-type": "ListObjectsV2",
    "versions": "ListObjectVersions",
    "session": "CreateSession",
}
"""The part of the query that says which sub-resource of a bucket is read."""

PATHS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "s3control": (
        ("configuration/publicAccessBlock", "GetPublicAccessBlock"),
        ("accesspoint", "ListAccessPoints"),
        ("accesspoint/{Name}", "GetAccessPoint"),
        ("accesspoint/{Name}/policy", "GetAccessPointPolicy"),
        ("accesspoint/{Name}/policyStatus", "GetAccessPointPolicyStatus"),
        ("mrap/instances", "ListMultiRegionAccessPoints"),
        ("mrap/instances/{Name}/policy", "GetMultiRegionAccessPointPolicy"),
        ("mrap/instances/{Name}/policystatus", "GetMultiRegionAccessPointPolicyStatus"),
    ),
    "backup": (
        ("backup-vaults", "ListBackupVaults"),
        ("backup/plans", "ListBackupPlans"),
        ("backup/plans/{BackupPlanId}", "GetBackupPlan"),
        ("resources", "ListProtectedResources"),
        ("backup-vaults/{BackupVaultName}/recovery-points", "ListRecoveryPointsByBackupVault"),
        ("copy-jobs", "ListCopyJobs"),
    ),
    "guardduty": (
        ("detector", "ListDetectors"),
        ("detector/{DetectorId}", "GetDetector"),
        ("detector/{DetectorId}/publishingDestination", "ListPublishingDestinations"),
    ),
    "macie2": (
        ("macie", "GetMacieSession"),
        ("automated-discovery/configuration", "GetAutomatedDiscoveryConfiguration"),
    ),
    "accessanalyzer": (("analyzer", "ListAnalyzers"),),
}
"""Services that put the operation in the path; all of these are GET."""

RESOURCE_ARGUMENTS = (
    "Name",
    "UserName",
    "KeyId",
    "ResourceArn",
    "BackupPlanId",
    "BackupVaultName",
    "TrailName",
    "DetectorId",
    "Rule",
    "PolicyId",
    "TargetId",
    "ChildId",
    "RoleArn",
)
"""Arguments that name what a call is about, where a path does not."""

READ = re.compile(r"^(Get|List|Describe|Head|Lookup)")
SESSION = frozenset({"AssumeRole", "CreateSession", "GenerateCredentialReport"})
"""Operations that change no setting, whatever their names say."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was sent, taken apart as far as every protocol needs.

    Attributes:
        signed_for: the service in the credential scope of the signature; empty for an unsigned request.
        access_key: the access key id of the signature.
    """

    method: str
    path: str
    query: str
    region: str
    signed_for: str
    access_key: str
    target: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """An operation that was asked for.

    Attributes:
        service: the service, named as its client in boto3.
        operation: its name; for one that is not known the method and path, or the name in the request.
        resource: what it is about; empty for the account as a whole.
        arguments: query, path, form or JSON arguments by the names on the wire.
        known: whether this server has an answer.
        write: whether it would change something.
        head: whether only the head of the answer was asked for.
    """

    service: wire.Service
    operation: str
    region: str
    access_key: str
    resource: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    known: bool = True
    write: bool = False
    head: bool = False


def is_read(operation: str) -> bool:
    """Whether an operation, by its name, leaves everything as it is."""
    return bool(READ.match(operation)) or operation in SESSION


def resource_of(arguments: Mapping[str, Any]) -> str:
    """Return what a call is about, by its arguments."""
    return next((str(arguments[name]) for name in RESOURCE_ARGUMENTS if name in arguments), "")


def route(request: Request) -> Call:
    """Return the operation that a request asks for; one that is not known is marked so."""
    if request.path.startswith(S3_CONTROL_PREFIX):
        return route_path(request, wire.S3_CONTROL, request.path.removeprefix(S3_CONTROL_PREFIX))
    service = wire.BY_SIGNING_NAME.get(request.signed_for)
    if service is None:
        unknown = wire.Service(request.signed_for or "unsigned", wire.Protocol.JSON)
        return Call(
            unknown, f"{request.method} {request.path}", request.region, request.access_key, known=False
        )
    match service.protocol:
        case wire.Protocol.S3 | wire.Protocol.S3_CONTROL:
            return route_s3(request)
        case wire.Protocol.QUERY | wire.Protocol.EC2:
            return route_form(request, service)
        case wire.Protocol.JSON:
            return route_target(request, service)
        case wire.Protocol.REST_JSON:
            return route_path(request, service, request.path)


def route_s3(request: Request) -> Call:
    """Return the operation of an S3 request in path style."""
    bucket, _, key = unquote(request.path.lstrip("/")).partition("/")
    arguments = dict(parse_qsl(request.query, keep_blank_values=True))
    operation = s3_operation(request, bucket, key, arguments)
    return Call(
        wire.S3,
        operation or f"{request.method} {'object' if key else 'bucket'} {request.query}".strip(),
        request.region,
        request.access_key,
        resource=f"{bucket}/{key}" if key else bucket,
        arguments=arguments,
        known=bool(operation),
        write=request.method not in {"GET", "HEAD"},
        head=request.method == "HEAD",
    )


def s3_operation(request: Request, bucket: str, key: str, arguments: Mapping[str, str]) -> str:
    """Return the name of an S3 operation, or nothing for one that is not known."""
    if key:
        return object_operation(request, arguments)
    if request.method == "HEAD":
        return "HeadBucket"
    if request.method != "GET":
        return ""
    if not bucket:
        return "ListDirectoryBuckets" if request.signed_for == "s3express" else "ListBuckets"
    if "inventory" in arguments and "id" in arguments:
        return ""
    return next((BUCKET_READS[name] for name in arguments if name in BUCKET_READS), "")


def object_operation(request: Request, arguments: Mapping[str, str]) -> str:
    """Return the name of an operation on one object, or nothing for one that is not known."""
    if request.method == "HEAD":
        return "HeadObject"
    if request.method != "GET" or not set(arguments) <= {"acl", "versionId", "x-id"}:
        return ""
    return "GetObjectAcl" if "acl" in arguments else "GetObject"


def route_form(request: Request, service: wire.Service) -> Call:
    """Return the operation of a form, as IAM, STS and EC2 take it."""
    text = request.body.decode("utf-8", "replace") or request.query
    arguments = dict(parse_qsl(text, keep_blank_values=True))
    operation = arguments.get("Action", "")
    return named_call(request, service, operation, arguments)


def route_target(request: Request, service: wire.Service) -> Call:
    """Return the operation named in ``X-Amz-Target``."""
    prefix, _, operation = request.target.rpartition(".")
    arguments: dict[str, Any] = {}
    try:
        document: object = json.loads(request.body or b"{}")
    except ValueError:
        return Call(service, operation, request.region, request.access_key, known=False)
    if isinstance(document, dict):
        arguments = cast("dict[str, Any]", document)
    if prefix != service.target:
        operation = request.target
    return named_call(request, service, operation, arguments)


def named_call(request: Request, service: wire.Service, operation: str, arguments: Mapping[str, Any]) -> Call:
    """Return a call whose operation the request names; whether it is known is seen when it is answered."""
    return Call(
        service,
        operation or f"{request.method} {request.path}",
        request.region,
        request.access_key,
        resource=resource_of(arguments),
        arguments=arguments,
        write=not is_read(operation),
    )


def route_path(request: Request, service: wire.Service, path: str) -> Call:
    """Return the operation that a path stands for."""
    steps = path.strip("/").split("/")
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    for template, operation in PATHS.get(service.name, ()):
        found = fill(template, steps)
        if found is not None and request.method == "GET":
            arguments = query | found
            return Call(
                service,
                operation,
                request.region,
                request.access_key,
                resource=resource_of(found),
                arguments=arguments,
            )
    return Call(
        service,
        f"{request.method} {path}",
        request.region,
        request.access_key,
        known=False,
        write=request.method not in {"GET", "HEAD"},
    )


def fill(template: str, steps: list[str]) -> dict[str, str] | None:
    """Return the values of a template's names, or None where the path is another. Steps are still encoded."""
    names = template.split("/")
    if len(names) != len(steps):
        return None
    values: dict[str, str] = {}
    for name, step in zip(names, steps, strict=True):
        if name.startswith("{"):
            values[name[1:-1]] = unquote(step)
        elif name != step:
            return None
    return values
