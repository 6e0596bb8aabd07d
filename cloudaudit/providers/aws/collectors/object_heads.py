"""One object: how it is encrypted by its head, and whom its own ACL lets in. Its contents are never opened."""

import secrets
from collections.abc import Mapping

from msgspec import Struct

from cloudaudit.facts import Cause, Source, Unread
from cloudaudit.inventory.acl import PUBLIC_GROUPS, RIGHTS, STRONGEST
from cloudaudit.inventory.model import EncryptionState
from cloudaudit.providers.aws.collectors import bucket_answers as answers
from cloudaudit.providers.aws.collectors.bucket_answers import Wire
from cloudaudit.providers.aws.collectors.object_pages import Entry
from cloudaudit.providers.aws.operations import (
    GET_OBJECT_ACL,
    GET_OBJECT_VERSION_ACL,
    HEAD_OBJECT,
    HEAD_OBJECT_VERSION,
    LIST_OBJECTS,
)
from cloudaudit.providers.aws.reader import CallFailed, Reader, at
from cloudaudit.text import Text

STATES: Mapping[str, EncryptionState] = {
    "": EncryptionState.NONE,
    "AES256": EncryptionState.SSE_S3,
    "aws:kms": EncryptionState.SSE_KMS,
    "aws:kms:dsse": EncryptionState.DSSE_KMS,
    "aws:fsx": EncryptionState.SSE_FSX,
}
CLIENT_FIELDS = ("x-amz-key-v2", "x-amz-key", "x-amz-cek-alg")
"""Metadata by which AWS's encryption clients say that they encrypted the contents.

https://docs.aws.amazon.com/amazon-s3-encryption-client/latest/developerguide/concepts.html
"""
GONE = frozenset({"404", "NoSuchKey", "NoSuchVersion"})
NEEDS_KEY = "400"
NULL_VERSION = "null"
"""What S3 calls the version of an object from before its bucket kept any."""
NOT_UTF8 = Text(
    en="the object's key is not UTF-8, so no request can name it",
    ja="オブジェクトのキーが UTF-8 ではないため、リクエストで指定できません",
)

Grants = tuple[tuple[str, str], ...]
"""Pairs of group URI and right."""


class Looked(Struct, frozen=True, kw_only=True):
    """What one object said.

    Attributes:
        gone: it was deleted since it was listed.
        state: how it is encrypted; Unread where its head was not answered, None where it is gone.
        key: ARN of its KMS key; else empty.
        client_encrypted: name of the metadata field by which its writer says so; else empty.
        public: what its ACL opens to the public; None where nobody asked.
    """

    entry: Entry
    gone: bool = False
    state: EncryptionState | Unread | None = None
    key: str = ""
    client_encrypted: str = ""
    public: Grants | Unread | None = None


class _Head(
    Struct,
    frozen=True,
    rename={
        "encryption": "ServerSideEncryption",
        "key": "SSEKMSKeyId",
        "customer": "SSECustomerAlgorithm",
        "metadata": "Metadata",
    },
):
    encryption: str = ""
    key: str = ""
    customer: str = ""
    metadata: dict[str, str] = {}


class _Object(Wire, frozen=True):
    key: str


class _Objects(Wire, frozen=True):
    contents: tuple[_Object, ...] = ()


def look(reader: Reader, region: str, bucket: str, entry: Entry, *, acl: bool) -> Looked:
    """Ask for an object's head, and for its ACL where ACLs count."""
    # The current object needs no version to be named, where it is from before there were versions.
    version = "" if entry.latest and entry.version == NULL_VERSION else entry.version
    operation = HEAD_OBJECT_VERSION if version else HEAD_OBJECT
    if not entry.askable:
        unread = Unread(Cause.MALFORMED, Source(operation.label, at()), detail=NOT_UTF8)
        return Looked(entry=entry, state=unread, public=unread if acl else None)
    params = {"Bucket": bucket, "Key": entry.key} | ({"VersionId": version} if version else {})
    try:
        head = reader.call(operation, region, params, _Head).body
    except CallFailed as failure:
        if failure.code in GONE:
            return Looked(entry=entry, gone=True)
        if failure.code != NEEDS_KEY:
            return Looked(
                entry=entry, state=failure.unread, public=_acl(reader, region, params) if acl else None
            )
        refused = _refused_head(reader, region, bucket, params, failure.unread)
        if isinstance(refused, Unread):
            return Looked(entry=entry, state=refused, public=refused if acl else None)
        head = refused
    public = _acl(reader, region, params) if acl else None
    if public == _GONE:
        return Looked(entry=entry, gone=True)
    return Looked(
        entry=entry,
        state=EncryptionState.SSE_C if head.customer else STATES.get(head.encryption, EncryptionState.OTHER),
        key=head.key,
        client_encrypted=next((field for field in CLIENT_FIELDS if field in head.metadata), ""),
        public=public,
    )


_GONE: Grants = (("", ""),)
"""Stands for the ACL of an object that was deleted between the two questions."""


def _refused_head(
    reader: Reader, region: str, bucket: str, params: Mapping[str, object], refused: Unread
) -> _Head | Unread:
    """Tell why an object's head is refused as a bad request: its key is the customer's, or something else is wrong.

    A refusal of a head has no body that would say so. So it is asked for once more with a key that is nobody's: S3
    forbids that for an object under a customer's key, since it is the wrong one, and calls it a bad request for every
    other. Credentials that have expired look like a bad request too; a listing is refused for them and says so.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
    """
    nobodys = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": secrets.token_bytes(32)}
    operation = HEAD_OBJECT_VERSION if "VersionId" in params else HEAD_OBJECT
    try:
        reader.call(operation, region, {**params, **nobodys}, _Head)
    except CallFailed as failure:
        if failure.unread.cause is Cause.DENIED:
            return _Head(customer="AES256")
    try:
        reader.call(LIST_OBJECTS, region, {"Bucket": bucket, "MaxKeys": 1}, _Objects)
    except CallFailed as failure:
        return failure.unread
    return refused


def _acl(reader: Reader, region: str, params: Mapping[str, object]) -> Grants | Unread:
    operation = GET_OBJECT_VERSION_ACL if "VersionId" in params else GET_OBJECT_ACL
    try:
        acl = reader.call(operation, region, params, answers.Acl).body
    except CallFailed as failure:
        return _GONE if failure.code in GONE else failure.unread
    found = {
        (uri, right)
        for grant in acl.grants
        if (uri := grant.grantee.uri.replace("https://", "http://", 1)) in PUBLIC_GROUPS
        for right in RIGHTS.get(grant.permission, STRONGEST)
    }
    return tuple(sorted(found))
