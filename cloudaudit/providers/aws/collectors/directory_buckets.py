"""S3 Express One Zone: directory buckets, listed region by region."""

from datetime import datetime

from msgspec import Struct

from cloudaudit.facts import Fact, Read
from cloudaudit.providers.aws.collectors.bucket_answers import EncryptionAnswer, PolicyText
from cloudaudit.providers.aws.collectors.buckets import encryption_of
from cloudaudit.providers.aws.collectors.keys import KMS_ALGORITHMS, KeyReader, no_key
from cloudaudit.providers.aws.model import DirectoryBucket, Encryption
from cloudaudit.providers.aws.operations import (
    GET_DIRECTORY_BUCKET_ENCRYPTION,
    GET_DIRECTORY_BUCKET_POLICY,
    LIST_DIRECTORY_BUCKETS,
)
from cloudaudit.providers.aws.reader import Page, Reader, text_time

SUFFIX = "--x-s3"
"""Every directory bucket's name ends so, and no other bucket's may."""


class DirectoryLine(Struct, frozen=True, rename="pascal"):
    """One directory bucket of the listing."""

    name: str
    creation_date: datetime | None = None


class _Listing(Struct, frozen=True, rename="pascal"):
    buckets: tuple[DirectoryLine, ...]
    continuation_token: str = ""


def list_directory_buckets(reader: Reader, region: str) -> tuple[DirectoryLine, ...]:
    """Return the directory buckets of a region.

    Raises:
        CallFailed: the listing was not answered.
    """
    listed = reader.pages(
        LIST_DIRECTORY_BUCKETS,
        region,
        {},
        _Listing,
        lambda body: Page(body.buckets, body.continuation_token),
        "ContinuationToken",
    ).body
    # An S3-compatible endpoint without directory buckets takes this for ListBuckets and answers with ordinary ones.
    return tuple(line for line in listed if line.name.endswith(SUFFIX))


def directory_arn(partition: str, region: str, account: str, name: str) -> str:
    """Return the ARN of a directory bucket."""
    return f"arn:{partition}:s3express:{region}:{account}:bucket/{name}"


def read_directory_bucket(
    reader: Reader, key: KeyReader, line: DirectoryLine, *, arn: str, account: str, region: str
) -> DirectoryBucket:
    """Read what a directory bucket has of settings."""
    policy: Fact[str | None] = reader.fact(
        GET_DIRECTORY_BUCKET_POLICY,
        region,
        {"Bucket": line.name},
        PolicyText,
        lambda body: body.policy,
        absent={"NoSuchBucketPolicy": None},
    )
    encryption: Fact[Encryption | None] = reader.fact(
        GET_DIRECTORY_BUCKET_ENCRYPTION,
        region,
        {"Bucket": line.name},
        EncryptionAnswer,
        encryption_of,
        absent={"ServerSideEncryptionConfigurationNotFoundError": None},
    )
    named = encryption.value if isinstance(encryption, Read) else None
    if named is not None and named.key and named.algorithm in KMS_ALGORITHMS:
        kms_key = key(region, named.key)
    else:
        kms_key = no_key(encryption.source) if isinstance(encryption, Read) else encryption
    return DirectoryBucket(
        id=arn,
        name=line.name,
        account=account,
        region=region,
        created_at=text_time(line.creation_date),
        policy=policy,
        encryption=encryption,
        kms_key=kms_key,
    )
