"""Answers of S3."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from fakes.aws import wire
from fakes.aws.answers import Context, Handler, policy_text
from fakes.aws.estate import CREATED, OWNER, Bucket, DirectoryBucket, S3Object
from fakes.aws.paging import page
from fakes.aws.wire import Answer, ApiError

BUCKETS_A_PAGE = 10_000
DIRECTORY_BUCKETS_A_PAGE = 1_000
KEYS_A_PAGE = 1_000
INVENTORIES_A_PAGE = 100
FORBIDDEN = 403
NOT_FOUND = 404
WITH_KEY = "with-customer-key"
"""Our own argument for a request that has the headers of a customer's key."""


def missing(code: str, message: str, bucket: str) -> ApiError:
    """Return the error of a setting that a bucket does not have."""
    return ApiError(code, message, NOT_FOUND, extra={"BucketName": bucket})


def bucket_of(context: Context) -> Bucket:
    """Return the bucket that a call names.

    Raises:
        ApiError: NoSuchBucket.
    """
    name = context.call.resource
    bucket = context.state.buckets.get(name)
    if bucket is None:
        raise missing("NoSuchBucket", "The specified bucket does not exist", name)
    return bucket


# --------------------------------------------------------------------------- the account


def list_buckets(context: Context) -> Answer:
    """ListBuckets: regions are told only to a request that has at least one argument, as AWS does."""
    arguments = context.call.arguments
    asked = {"max-buckets", "continuation-token", "prefix", "bucket-region"} & arguments.keys()
    wanted = [
        bucket
        for bucket in sorted(context.estate.buckets, key=lambda each: each.name)
        if bucket.name.startswith(arguments.get("prefix", ""))
        and arguments.get("bucket-region", bucket.region) == bucket.region
    ]
    size = context.size(arguments.get("max-buckets"), BUCKETS_A_PAGE) if asked else len(wanted) or 1
    shown, token = page(wanted, arguments.get("continuation-token"), size, code="InvalidArgument")
    tells_region = bool(asked) and not context.estate.omit_bucket_region
    rows = [
        {
            "Name": bucket.name,
            "CreationDate": bucket.created,
            "BucketRegion": bucket.region if tells_region else None,
            "BucketArn": f"arn:{context.estate.partition}:s3:::{bucket.name}" if tells_region else None,
        }
        for bucket in shown
    ]
    members = {"Owner": {"ID": OWNER}, "Buckets": rows, "ContinuationToken": token}
    return wire.xml(wire.S3, "ListAllMyBucketsResult", members)


def list_directory_buckets(context: Context) -> Answer:
    """ListDirectoryBuckets: those of the region that the request was signed for."""
    arguments = context.call.arguments
    size = context.size(arguments.get("max-directory-buckets"), DIRECTORY_BUCKETS_A_PAGE)
    shown, token = page(context.region.directory_buckets, arguments.get("continuation-token"), size)
    rows = [{"Name": bucket.name, "CreationDate": bucket.created} for bucket in shown]
    members = {"Buckets": rows, "ContinuationToken": token}
    return wire.xml(wire.S3, "ListAllMyDirectoryBucketsResult", members)


def create_session(context: Context) -> Answer:
    """CreateSession: credentials for a directory bucket."""
    credentials = {
        "AccessKeyId": context.call.access_key,
        "SecretAccessKey": "secret",
        "SessionToken": "session",
        "Expiration": "2099-01-01T00:00:00Z",
    }
    return wire.xml(wire.S3, "CreateSessionResult", {"Credentials": credentials})


# --------------------------------------------------------------------------- sub-resources of a bucket


def head_bucket(bucket: Bucket) -> Answer:
    """HeadBucket."""
    return Answer(headers=[("x-amz-bucket-region", bucket.region)])


def location(bucket: Bucket) -> Answer:
    """GetBucketLocation: empty for us-east-1. The element itself holds the value."""
    constraint = "" if bucket.region == "us-east-1" else bucket.region
    body = f'{wire.XML_HEAD}<LocationConstraint xmlns="{wire.S3.namespace}">{constraint}</LocationConstraint>'
    return Answer(body=body.encode())


def policy(bucket: Bucket | DirectoryBucket) -> Answer:
    """GetBucketPolicy: the policy is the body."""
    if bucket.policy is None:
        raise missing("NoSuchBucketPolicy", "The bucket policy does not exist", bucket.name)
    return Answer(body=policy_text(bucket.policy).encode(), content_type="application/json")


def policy_status(bucket: Bucket) -> Answer:
    """GetBucketPolicyStatus."""
    if bucket.policy is None:
        raise missing("NoSuchBucketPolicy", "The bucket policy does not exist", bucket.name)
    return wire.xml(wire.S3, "PolicyStatus", {"IsPublic": bucket.policy_is_public})


def versioning(bucket: Bucket) -> Answer:
    """GetBucketVersioning: empty when it was never switched on."""
    return wire.xml(wire.S3, "VersioningConfiguration", bucket.versioning)


def acl(bucket: Bucket) -> Answer:
    """GetBucketAcl."""
    return wire.xml(wire.S3, "AccessControlPolicy", bucket.acl)


def logging(bucket: Bucket) -> Answer:
    """GetBucketLogging: empty when it is off."""
    return wire.xml(wire.S3, "BucketLoggingStatus", {"LoggingEnabled": bucket.logging})


def setting(
    root: str, pick: Callable[[Bucket], Mapping[str, Any] | None], code: str, message: str
) -> Callable[[Bucket], Answer]:
    """Return a handler for a setting that a bucket has or has not."""

    def answer(bucket: Bucket) -> Answer:
        members = pick(bucket)
        if members is None:
            raise missing(code, message, bucket.name)
        return wire.xml(wire.S3, root, members)

    return answer


def ownership(bucket: Bucket) -> Mapping[str, Any] | None:
    """Return the ownership controls."""
    return {"Rules": [{"ObjectOwnership": bucket.ownership}]} if bucket.ownership else None


def lifecycle(bucket: Bucket) -> Mapping[str, Any] | None:
    """Return the lifecycle configuration."""
    return None if bucket.lifecycle is None else {"Rules": bucket.lifecycle}


def tagging(bucket: Bucket) -> Mapping[str, Any] | None:
    """Return the tags, which are an error when there are none."""
    if not bucket.tags:
        return None
    return {"TagSet": [{"Key": key, "Value": value} for key, value in bucket.tags.items()]}


def metadata(bucket: Bucket) -> Mapping[str, Any] | None:
    """Return the metadata tables."""
    return None if bucket.metadata is None else {"MetadataConfigurationResult": bucket.metadata}


OF_BUCKET: Mapping[str, Callable[[Bucket], Answer]] = {
    "HeadBucket": head_bucket,
    "GetBucketLocation": location,
    "GetBucketPolicy": policy,
    "GetBucketPolicyStatus": policy_status,
    "GetBucketVersioning": versioning,
    "GetBucketAcl": acl,
    "GetBucketLogging": logging,
    "GetPublicAccessBlock": setting(
        "PublicAccessBlockConfiguration",
        lambda bucket: bucket.public_access_block,
        "NoSuchPublicAccessBlockConfiguration",
        "The public access block configuration was not found",
    ),
    "GetBucketOwnershipControls": setting(
        "OwnershipControls",
        ownership,
        "OwnershipControlsNotFoundError",
        "The bucket ownership controls were not found",
    ),
    "GetBucketEncryption": setting(
        "ServerSideEncryptionConfiguration",
        lambda bucket: bucket.encryption,
        "ServerSideEncryptionConfigurationNotFoundError",
        "The server side encryption configuration was not found",
    ),
    "GetBucketReplication": setting(
        "ReplicationConfiguration",
        lambda bucket: bucket.replication,
        "ReplicationConfigurationNotFoundError",
        "The replication configuration was not found",
    ),
    "GetBucketLifecycleConfiguration": setting(
        "LifecycleConfiguration",
        lifecycle,
        "NoSuchLifecycleConfiguration",
        "The lifecycle configuration does not exist",
    ),
    "GetObjectLockConfiguration": setting(
        "ObjectLockConfiguration",
        lambda bucket: bucket.object_lock,
        "ObjectLockConfigurationNotFoundError",
        "Object Lock configuration does not exist for this bucket",
    ),
    "GetBucketWebsite": setting(
        "WebsiteConfiguration",
        lambda bucket: bucket.website,
        "NoSuchWebsiteConfiguration",
        "The specified bucket does not have a website configuration",
    ),
    "GetBucketTagging": setting("Tagging", tagging, "NoSuchTagSet", "The TagSet does not exist"),
    "GetBucketMetadataConfiguration": setting(
        "GetBucketMetadataConfigurationResult",
        metadata,
        "MetadataConfigurationNotFound",
        "The metadata configuration was not found",
    ),
}

OF_DIRECTORY_BUCKET = frozenset({"GetBucketPolicy", "GetBucketEncryption", "HeadBucket"})
"""What directory buckets have too, as far as it is imitated."""


def sub_resource(context: Context) -> Answer:
    """Answer for a general purpose or a directory bucket."""
    name = context.call.resource
    for directory in context.region.directory_buckets:
        if directory.name == name:
            return of_directory_bucket(context, directory)
    return OF_BUCKET[context.call.operation](bucket_of(context))


def of_directory_bucket(context: Context, bucket: DirectoryBucket) -> Answer:
    """Answer for a directory bucket, which knows few sub-resources."""
    operation = context.call.operation
    if operation not in OF_DIRECTORY_BUCKET:
        raise ApiError("MethodNotAllowed", "The specified method is not allowed against this resource.", 405)
    if operation == "GetBucketPolicy":
        return policy(bucket)
    if operation == "HeadBucket":
        return Answer(headers=[("x-amz-bucket-region", context.call.region)])
    if bucket.encryption is None:
        code = "ServerSideEncryptionConfigurationNotFoundError"
        raise missing(code, "The server side encryption configuration was not found", bucket.name)
    return wire.xml(wire.S3, "ServerSideEncryptionConfiguration", bucket.encryption)


# --------------------------------------------------------------------------- listings in a bucket


def list_inventories(context: Context) -> Answer:
    """ListBucketInventoryConfigurations: an empty list is no error."""
    bucket = bucket_of(context)
    token = context.call.arguments.get("continuation-token")
    shown, following = page(bucket.inventories, token, context.size(None, INVENTORIES_A_PAGE))
    members = {
        "ContinuationToken": token,
        "InventoryConfigurationList": shown,
        "IsTruncated": following is not None,
        "NextContinuationToken": following,
    }
    return wire.xml(wire.S3, "ListInventoryConfigurationsResult", members)


def list_objects(context: Context) -> Answer:
    """ListObjectsV2: keys and common prefixes, in order; both count towards a page."""
    bucket, arguments = bucket_of(context), context.call.arguments
    if bucket.many:
        size = context.size(arguments.get("max-keys"), KEYS_A_PAGE)
        return list_many(bucket, arguments.get("continuation-token"), size)
    prefix, delimiter = arguments.get("prefix", ""), arguments.get("delimiter", "")
    there = context.state.listed(bucket)
    after = arguments.get("start-after", "").encode()
    entries = [entry for entry in grouped(there, prefix.encode(), delimiter.encode()) if entry > after]
    size = context.size(arguments.get("max-keys"), KEYS_A_PAGE)
    token = arguments.get("continuation-token")
    shown, following = page(entries, token, size, code="InvalidArgument")
    encoded = arguments.get("encoding-type") == "url"

    def written(key: bytes) -> str:
        return quote(key) if encoded else key.decode(errors="replace")

    contents = [
        {
            "Key": written(key),
            "LastModified": there[key][0],
            "ETag": '"d41d8cd98f00b204e9800998ecf8427e"',
            "Size": there[key][1],
            "StorageClass": "STANDARD",
        }
        for key in shown
        if key in there
    ]
    folders = [{"Prefix": written(key)} for key in shown if key not in there]
    members = {
        "Name": bucket.name,
        "Prefix": written(prefix.encode()),
        "Delimiter": delimiter or None,
        "MaxKeys": size,
        "EncodingType": "url" if encoded else None,
        "KeyCount": len(shown),
        "IsTruncated": following is not None,
        "ContinuationToken": token,
        "NextContinuationToken": following,
        "Contents": contents,
        "CommonPrefixes": folders,
    }
    return wire.xml(wire.S3, "ListBucketResult", members)


def grouped(keys: Iterable[bytes], prefix: bytes, delimiter: bytes) -> list[bytes]:
    """Return the keys below a prefix, those behind the next delimiter folded into one."""
    found: set[bytes] = set()
    for key in keys:
        if key.startswith(prefix):
            head, cut, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key, b"", b"")
            found.add(prefix + head + cut if cut else key)
    return sorted(found)


# --------------------------------------------------------------------------- objects


def object_of(context: Context) -> S3Object:
    """Return the object, or the version of it, that a call names.

    Raises:
        ApiError: NoSuchBucket, NoSuchKey or NoSuchVersion.
    """
    name, _, key = context.call.resource.partition("/")
    bucket = context.state.buckets.get(name)
    if bucket is None:
        raise missing("NoSuchBucket", "The specified bucket does not exist", name)
    version = context.call.arguments.get("versionId", "")
    found = context.state.stored(bucket).get((key.encode(errors="surrogateescape"), version))
    if found is None and not version and key.isdigit() and int(key) < bucket.many:
        found = S3Object(key=key)
    if found is None or found.gone:
        code = "NoSuchVersion" if version else "NoSuchKey"
        raise ApiError(code, "The specified key does not exist.", NOT_FOUND)
    return found


def head_object(context: Context) -> Answer:
    """HeadObject: what stands in the headers; one with a customer's key is refused without it, or with another."""
    found = object_of(context)
    with_key = WITH_KEY in context.call.arguments
    if found.customer_key and with_key:
        raise ApiError("AccessDenied", "Access Denied", FORBIDDEN)
    if found.customer_key != with_key:
        raise ApiError("InvalidRequest", "The object was stored using a form of Server Side Encryption.", 400)
    headers = [
        *((("x-amz-server-side-encryption", found.encryption),) if found.encryption else ()),
        *((("x-amz-server-side-encryption-aws-kms-key-id", found.kms_key),) if found.kms_key else ()),
        *((f"x-amz-meta-{name}", value) for name, value in found.metadata.items()),
    ]
    return Answer(headers=headers, content_type="binary/octet-stream")


def get_object(context: Context) -> Answer:
    """GetObject: the contents."""
    return Answer(body=object_of(context).body, content_type="binary/octet-stream")


def object_acl(context: Context) -> Answer:
    """GetObjectAcl."""
    return wire.xml(wire.S3, "AccessControlPolicy", object_of(context).acl)


def list_versions(context: Context) -> Answer:
    """ListObjectVersions: by key, the newest version of each first; delete markers are told apart."""
    bucket, arguments = bucket_of(context), context.call.arguments
    every = sorted(bucket.stored, key=lambda each: each.name)
    size = context.size(arguments.get("max-keys"), KEYS_A_PAGE)
    marker = (unquote_to_bytes(arguments.get("key-marker", "")), arguments.get("version-id-marker", ""))
    start = next((at + 1 for at, each in enumerate(every) if (each.name, each.version) == marker), 0)
    shown = every[start : start + size]
    more = start + size < len(every)
    rows = [
        {
            "Key": quote(each.name),
            "VersionId": each.version or "null",
            "IsLatest": each.latest,
            "LastModified": each.changed,
            "Size": each.size,
        }
        for each in shown
        if not each.marker
    ]
    markers = [
        {
            "Key": quote(each.name),
            "VersionId": each.version,
            "IsLatest": each.latest,
            "LastModified": each.changed,
        }
        for each in shown
        if each.marker
    ]
    members = {
        "Name": bucket.name,
        "MaxKeys": size,
        "EncodingType": "url",
        "IsTruncated": more,
        "NextKeyMarker": quote(shown[-1].name) if more else None,
        "NextVersionIdMarker": shown[-1].version if more else None,
        "Versions": rows,
        "DeleteMarkers": markers,
    }
    return wire.xml(wire.S3, "ListVersionsResult", members)


def list_many(bucket: Bucket, token: str | None, size: int) -> Answer:
    """ListObjectsV2 of a bucket whose objects are named by their number."""
    start = int(token or 0)
    end = min(start + size, bucket.many)
    rows = "".join(
        f"<Contents><Key>{number:09}</Key><LastModified>{CREATED}</LastModified><Size>1</Size></Contents>"
        for number in range(start, end)
    )
    more = f"<NextContinuationToken>{end}</NextContinuationToken>" if end < bucket.many else ""
    body = (
        f'{wire.XML_HEAD}<ListBucketResult xmlns="{wire.S3.namespace}"><Name>{bucket.name}</Name>'
        f"<KeyCount>{end - start}</KeyCount><IsTruncated>{wire.text(end < bucket.many)}</IsTruncated>{more}{rows}"
        "</ListBucketResult>"
    )
    return Answer(body=body.encode())


HANDLERS: Mapping[str, Handler] = {
    "ListBuckets": list_buckets,
    "ListDirectoryBuckets": list_directory_buckets,
    "CreateSession": create_session,
    "ListBucketInventoryConfigurations": list_inventories,
    "ListObjectsV2": list_objects,
    "ListObjectVersions": list_versions,
    "HeadObject": head_object,
    "GetObject": get_object,
    "GetObjectAcl": object_acl,
    **dict.fromkeys(OF_BUCKET, sub_resource),
}
