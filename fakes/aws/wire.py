"""How answers look on the wire: XML and JSON of each protocol, errors included.

Wrappers and members are named as in AWS's API references; tests hold them against botocore's models.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any, cast
from xml.sax.saxutils import escape

REQUEST_ID = b"\0request-id\0"
"""Where the id of the request goes; ``parts`` cuts an answer there."""
REQUEST_ID_LENGTH = 16

XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
XSI = "http://www.w3.org/2001/XMLSchema-instance"


class Protocol(StrEnum):
    """How a service speaks; the S3 pair differ in how they wrap an error."""

    S3 = "s3"
    S3_CONTROL = "s3control"
    QUERY = "query"
    EC2 = "ec2"
    JSON = "json"
    REST_JSON = "rest-json"

    @property
    def is_xml(self) -> bool:
        """Whether answers are XML."""
        return self not in {Protocol.JSON, Protocol.REST_JSON}


@dataclass(frozen=True)
class Service:
    """A service and how it writes things.

    Attributes:
        name: the name of its client in boto3.
        namespace: of its XML.
        target: what comes before the operation in ``X-Amz-Target``.
        version: of its JSON, as in the content type.
        lists: member to (wrapper, tag of an item); without wrapper the items stand side by side.
        renames: member to its name on the wire, where that differs.
        maps: members that are maps and not structures.
        times: members that hold times, for JSON that writes them as seconds since 1970.
        lower: whether names begin in lower case on the wire.
    """

    name: str
    protocol: Protocol
    namespace: str = ""
    target: str = ""
    lists: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    renames: Mapping[str, str] = field(default_factory=dict[str, str])
    maps: frozenset[str] = frozenset()
    times: frozenset[str] = frozenset()
    lower: bool = False


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer before it is written; ``headers`` are pairs."""

    status: int = HTTPStatus.OK
    body: bytes = b""
    content_type: str = "application/xml"
    headers: Sequence[tuple[str, str]] = ()


class ApiError(Exception):
    """An error that the service answers with.

    Attributes:
        extra: further members of the body, such as the bucket's name.
    """

    def __init__(
        self,
        code: str,
        message: str = "",
        status: int = HTTPStatus.BAD_REQUEST,
        *,
        extra: Mapping[str, str] | None = None,
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message or code
        self.status = int(status)
        self.extra = extra or {}
        self.headers = headers


# --------------------------------------------------------------------------- services

S3_LISTS = {
    "Buckets": ("Buckets", "Bucket"),
    "CommonPrefixes": ("", "CommonPrefixes"),
    "Contents": ("", "Contents"),
    "DeleteMarkers": ("", "DeleteMarker"),
    "EncryptionType": ("", "EncryptionType"),
    "Grants": ("AccessControlList", "Grant"),
    "InventoryConfigurationList": ("", "InventoryConfiguration"),
    "NoncurrentVersionTransitions": ("", "NoncurrentVersionTransition"),
    "OptionalFields": ("OptionalFields", "Field"),
    "RoutingRules": ("RoutingRules", "RoutingRule"),
    "Rules": ("", "Rule"),
    "TagSet": ("TagSet", "Tag"),
    "Tags": ("", "Tag"),
    "TargetGrants": ("TargetGrants", "Grant"),
    "Transitions": ("", "Transition"),
    "Versions": ("", "Version"),
}

S3 = Service(
    "s3",
    Protocol.S3,
    "http://s3.amazonaws.com/doc/2006-03-01/",
    lists=S3_LISTS,
    renames={"MFADelete": "MfaDelete"},
)
S3_CONTROL = Service(
    "s3control",
    Protocol.S3_CONTROL,
    "http://awss3control.amazonaws.com/doc/2018-08-20/",
    lists={
        "AccessPointList": ("AccessPointList", "AccessPoint"),
        "AccessPoints": ("AccessPoints", "AccessPoint"),
        "Regions": ("Regions", "Region"),
    },
    maps=frozenset({"Endpoints"}),
)
IAM = Service(
    "iam",
    Protocol.QUERY,
    "https://iam.amazonaws.com/doc/2010-05-08/",
    maps=frozenset({"SummaryMap"}),
)
STS = Service("sts", Protocol.QUERY, "https://sts.amazonaws.com/doc/2011-06-15/")
EC2 = Service(
    "ec2",
    Protocol.EC2,
    "http://ec2.amazonaws.com/doc/2016-11-15/",
    lists={"Regions": ("regionInfo", "item")},
    renames={"Endpoint": "regionEndpoint"},
    lower=True,
)
KMS = Service(
    "kms",
    Protocol.JSON,
    target="TrentService",
    times=frozenset({"CreationDate", "DeletionDate", "ValidTo", "NextRotationDate"}),
)
CLOUDTRAIL = Service(
    "cloudtrail",
    Protocol.JSON,
    target="com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101",
    times=frozenset(
        {
            "EventTime",
            "LatestDeliveryTime",
            "LatestDigestDeliveryTime",
            "LatestCloudWatchLogsDeliveryTime",
            "LatestNotificationTime",
            "StartLoggingTime",
            "StopLoggingTime",
        }
    ),
)
EVENTS = Service("events", Protocol.JSON, target="AWSEvents")
ORGANIZATIONS = Service(
    "organizations",
    Protocol.JSON,
    target="AWSOrganizationsV20161128",
    times=frozenset({"JoinedTimestamp", "LastUpdatedTimestamp"}),
)
SSO_ADMIN = Service(
    "sso-admin",
    Protocol.JSON,
    target="SWBExternalService",
    times=frozenset({"AddedDate", "CreatedDate"}),
)
BACKUP = Service(
    "backup",
    Protocol.REST_JSON,
    times=frozenset(
        {"CompletionDate", "CreationDate", "DeletionDate", "LastBackupTime", "LastExecutionDate", "LockDate"}
    ),
)
GUARDDUTY = Service("guardduty", Protocol.REST_JSON, renames={"DNSLogs": "dnsLogs"}, lower=True)
MACIE = Service("macie2", Protocol.REST_JSON)
ACCESS_ANALYZER = Service("accessanalyzer", Protocol.REST_JSON)

BY_SIGNING_NAME: Mapping[str, Service] = {
    "s3": S3,
    "s3express": S3,
    "iam": IAM,
    "sts": STS,
    "ec2": EC2,
    "kms": KMS,
    "cloudtrail": CLOUDTRAIL,
    "events": EVENTS,
    "organizations": ORGANIZATIONS,
    "sso": SSO_ADMIN,
    "backup": BACKUP,
    "guardduty": GUARDDUTY,
    "macie2": MACIE,
    "access-analyzer": ACCESS_ANALYZER,
}
"""Service by the name in the credential scope of a signature. S3 Control signs as ``s3``: its path tells."""

SERVICES: Mapping[str, Service] = {
    service.name: service for service in (*BY_SIGNING_NAME.values(), S3_CONTROL)
}


# --------------------------------------------------------------------------- XML


def text(value: object) -> str:
    """Return a scalar as XML shows it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(str(value))


def wire_name(service: Service, name: str) -> str:
    """Return what a member is called on the wire."""
    renamed = service.renames.get(name)
    if renamed is not None:
        return renamed
    return name[0].lower() + name[1:] if service.lower else name


def xml_map(tag: str, entries: Mapping[str, Any]) -> str:
    """Return a map as entries of key and value."""
    rows = "".join(
        f"<entry><key>{text(key)}</key><value>{text(value)}</value></entry>" for key, value in entries.items()
    )
    return f"<{tag}>{rows}</{tag}>"


def xml_list(service: Service, name: str, items: Sequence[Any]) -> str:
    """Return a list in the form that the service has for it."""
    wrapper, tag = service.lists.get(name, (name, "member"))
    rows = "".join(f"<{tag}>{xml_value(service, item)}</{tag}>" for item in items)
    return f"<{wrapper}>{rows}</{wrapper}>" if wrapper else rows


def xml_value(service: Service, value: object) -> str:
    """Return what stands inside an element."""
    if isinstance(value, Mapping):
        return xml_members(service, cast("Mapping[str, Any]", value))
    return text(value)


def xml_grantee(service: Service, grantee: Mapping[str, Any]) -> str:
    """Return a grantee, whose type is an attribute and not a member."""
    inner = xml_members(service, {key: value for key, value in grantee.items() if key != "Type"})
    return f'<Grantee xmlns:xsi="{XSI}" xsi:type="{text(grantee["Type"])}">{inner}</Grantee>'


def xml_member(service: Service, name: str, value: object) -> str:
    """Return one member of a structure."""
    if isinstance(value, list | tuple):
        return xml_list(service, name, cast("Sequence[Any]", value))
    if name == "Grantee":
        return xml_grantee(service, cast("Mapping[str, Any]", value))
    tag = wire_name(service, name)
    if name in service.maps:
        return xml_map(tag, cast("Mapping[str, Any]", value))
    return f"<{tag}>{xml_value(service, value)}</{tag}>"


def xml_members(service: Service, members: Mapping[str, Any]) -> str:
    """Return the members of a structure, those that are None left out."""
    return "".join(xml_member(service, name, value) for name, value in members.items() if value is not None)


def xml(service: Service, root: str, members: Mapping[str, Any]) -> Answer:
    """Return an answer of S3 or S3 Control with this root element."""
    inner = xml_members(service, members)
    body = f'{XML_HEAD}<{root} xmlns="{service.namespace}">{inner}</{root}>'
    return Answer(body=body.encode())


def query(service: Service, operation: str, members: Mapping[str, Any]) -> Answer:
    """Return an answer of the query protocol."""
    inner = xml_members(service, members)
    body = (
        f'<{operation}Response xmlns="{service.namespace}"><{operation}Result>{inner}</{operation}Result>'
        f"<ResponseMetadata><RequestId>{REQUEST_ID.decode()}</RequestId></ResponseMetadata></{operation}Response>"
    )
    return Answer(body=body.encode(), content_type="text/xml")


def ec2(operation: str, members: Mapping[str, Any]) -> Answer:
    """Return an answer of EC2."""
    body = (
        f'{XML_HEAD}<{operation}Response xmlns="{EC2.namespace}">'
        f"<requestId>{REQUEST_ID.decode()}</requestId>{xml_members(EC2, members)}</{operation}Response>"
    )
    return Answer(body=body.encode(), content_type="text/xml;charset=UTF-8")


# --------------------------------------------------------------------------- JSON


def seconds(moment: str) -> float:
    """Return a time as seconds since 1970."""
    return datetime.fromisoformat(moment).timestamp()


def json_shape(service: Service, value: object) -> object:
    """Return a value with names and times as the service writes them."""
    if isinstance(value, list | tuple):
        items = cast("Sequence[object]", value)
        return [json_shape(service, item) for item in items]
    if not isinstance(value, Mapping):
        return value
    members = cast("Mapping[str, Any]", value)
    shaped: dict[str, object] = {}
    for name, member in members.items():
        if name in service.times and isinstance(member, str):
            shaped[wire_name(service, name)] = seconds(member)
        elif member is not None:
            shaped[wire_name(service, name)] = json_shape(service, member)
    return shaped


def json_answer(service: Service, members: Mapping[str, Any]) -> Answer:
    """Return an answer in JSON."""
    version = "json" if service.protocol is Protocol.REST_JSON else "x-amz-json-1.1"
    body = json.dumps(json_shape(service, members), ensure_ascii=False, separators=(",", ":"))
    return Answer(body=body.encode(), content_type=f"application/{version}")


def structured(service: Service, operation: str, members: Mapping[str, Any]) -> Answer:
    """Return an answer in the protocol of the service; S3's root elements come from its own handlers."""
    match service.protocol:
        case Protocol.QUERY:
            return query(service, operation, members)
        case Protocol.EC2:
            return ec2(operation, members)
        case Protocol.S3 | Protocol.S3_CONTROL:
            return xml(service, f"{operation}Result", members)
        case Protocol.JSON | Protocol.REST_JSON:
            return json_answer(service, members)


# --------------------------------------------------------------------------- errors


def error(service: Service, problem: ApiError) -> Answer:
    """Return an error in the form of the service."""
    if service.protocol.is_xml:
        body = xml_error(service, problem).encode()
        return Answer(
            status=problem.status, body=body, content_type="application/xml", headers=problem.headers
        )
    document = {"__type": problem.code, "message": problem.message, **problem.extra}
    headers = problem.headers
    if service.protocol is Protocol.REST_JSON:
        document.pop("__type")
        headers = (("x-amzn-ErrorType", problem.code), *headers)
    answer = json_answer(service, document)
    return Answer(status=problem.status, body=answer.body, content_type=answer.content_type, headers=headers)


def xml_error(service: Service, problem: ApiError) -> str:
    """Return the body of an error in XML."""
    request = REQUEST_ID.decode()
    told = f"<Code>{escape(problem.code)}</Code><Message>{escape(problem.message)}</Message>"
    extra = "".join(f"<{key}>{text(value)}</{key}>" for key, value in problem.extra.items())
    match service.protocol:
        case Protocol.S3:
            ids = f"<RequestId>{request}</RequestId><HostId>fake</HostId>"
            return f"{XML_HEAD}<Error>{told}{extra}{ids}</Error>"
        case Protocol.EC2:
            return (
                f"{XML_HEAD}<Response><Errors><Error>{told}</Error></Errors>"
                f"<RequestID>{request}</RequestID></Response>"
            )
        case _:
            return (
                f'<ErrorResponse xmlns="{service.namespace}"><Error><Type>Sender</Type>{told}{extra}</Error>'
                f"<RequestId>{request}</RequestId></ErrorResponse>"
            )


# --------------------------------------------------------------------------- HTTP


def parts(answer: Answer, *, head_only: bool = False) -> tuple[bytes, ...]:
    """Return the bytes of an HTTP/1.1 answer, cut where the request id goes: ``request_id.join(parts)``."""
    filled = len(answer.body) + answer.body.count(REQUEST_ID) * (REQUEST_ID_LENGTH - len(REQUEST_ID))
    request = REQUEST_ID.decode()
    lines = [
        f"HTTP/1.1 {int(answer.status)} {HTTPStatus(answer.status).phrase}",
        f"Content-Type: {answer.content_type}",
        f"Content-Length: {filled}",
        f"x-amz-request-id: {request}",
        f"x-amzn-RequestId: {request}",
        *(f"{name}: {value}" for name, value in answer.headers),
        "\r\n",
    ]
    head = "\r\n".join(lines).encode()
    return tuple((head if head_only else head + answer.body).split(REQUEST_ID))
