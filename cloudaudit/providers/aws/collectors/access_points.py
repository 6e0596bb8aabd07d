"""S3 Control: the account's own block, access points and multi-region access points."""

from msgspec import Struct

from cloudaudit.facts import Fact, Read, Source
from cloudaudit.providers.aws.collectors.bucket_answers import Block, BlockWire, PolicyStatus, PolicyText
from cloudaudit.providers.aws.model import AccessPoint, PublicAccessBlock
from cloudaudit.providers.aws.operations import (
    GET_ACCESS_POINT,
    GET_ACCESS_POINT_POLICY,
    GET_ACCESS_POINT_POLICY_STATUS,
    GET_ACCOUNT_PUBLIC_ACCESS_BLOCK,
    GET_MULTI_REGION_ACCESS_POINT_POLICY,
    GET_MULTI_REGION_ACCESS_POINT_POLICY_STATUS,
    LIST_ACCESS_POINTS,
    LIST_MULTI_REGION_ACCESS_POINTS,
    Operation,
)
from cloudaudit.providers.aws.reader import Page, Reader

PAGE_SIZE = 1_000
MULTI_REGION_HOME = "us-west-2"
"""Multi-region access points are managed from this region, wherever their buckets are."""


class AccessPointLine(Struct, frozen=True, rename="pascal"):
    """One access point of the listing."""

    name: str
    bucket: str
    network_origin: str = "Internet"
    bucket_account_id: str = ""
    access_point_arn: str = ""
    alias: str = ""


class _Listing(Struct, frozen=True, rename="pascal"):
    access_point_list: tuple[AccessPointLine, ...]
    next_token: str = ""


class _Vpc(Struct, frozen=True, rename="pascal"):
    vpc_id: str = ""


class _Details(Struct, frozen=True, rename="pascal"):
    name: str
    public_access_block_configuration: BlockWire | None = None
    vpc_configuration: _Vpc = _Vpc()


class _Region(Struct, frozen=True, rename="pascal"):
    bucket: str
    region: str = ""
    bucket_account_id: str = ""


class MultiRegionLine(Struct, frozen=True, rename="pascal"):
    """One multi-region access point of the listing."""

    name: str
    alias: str = ""
    status: str = ""
    public_access_block: BlockWire | None = None
    regions: tuple[_Region, ...] = ()


class _MultiListing(Struct, frozen=True, rename="pascal"):
    access_points: tuple[MultiRegionLine, ...]
    next_token: str = ""


class _Established(Struct, frozen=True, rename="pascal"):
    established: PolicyText | None = None


class _MultiPolicy(Struct, frozen=True, rename="pascal"):
    policy: _Established


class _EstablishedStatus(Struct, frozen=True, rename="pascal"):
    is_public: bool


class _MultiStatus(Struct, frozen=True, rename="pascal"):
    established: _EstablishedStatus


def read_account_block(reader: Reader, account: str) -> Fact[PublicAccessBlock | None]:
    """Read the account-level block."""
    return reader.fact(
        GET_ACCOUNT_PUBLIC_ACCESS_BLOCK,
        reader.home,
        {"AccountId": account},
        Block,
        lambda body: body.public_access_block_configuration.to_model(),
        absent={"NoSuchPublicAccessBlockConfiguration": None},
    )


def list_access_points(reader: Reader, region: str, account: str) -> tuple[AccessPointLine, ...]:
    """Return the access points of a region.

    Raises:
        CallFailed: the listing was not answered.
    """
    return reader.pages(
        LIST_ACCESS_POINTS,
        region,
        {"AccountId": account, "MaxResults": PAGE_SIZE},
        _Listing,
        lambda body: Page(body.access_point_list, body.next_token),
        "NextToken",
    ).body


def list_multi_region_access_points(
    reader: Reader, account: str
) -> tuple[tuple[MultiRegionLine, ...], Source]:
    """Return the multi-region access points of the account, and where that was read.

    Raises:
        CallFailed: the listing was not answered.
    """
    answer = reader.pages(
        LIST_MULTI_REGION_ACCESS_POINTS,
        MULTI_REGION_HOME,
        {"AccountId": account},
        _MultiListing,
        lambda body: Page(body.access_points, body.next_token),
        "NextToken",
    )
    return answer.body, answer.source


def access_point_arn(partition: str, region: str, account: str, name: str) -> str:
    """Return the ARN of an access point."""
    return f"arn:{partition}:s3:{region}:{account}:accesspoint/{name}"


def multi_region_arn(partition: str, account: str, alias: str) -> str:
    """Return the ARN of a multi-region access point."""
    return f"arn:{partition}:s3::{account}:accesspoint/{alias}"


def read_access_point(
    reader: Reader, line: AccessPointLine, *, arn: str, account: str, region: str
) -> AccessPoint:
    """Read one access point."""
    where = {"AccountId": account, "Name": line.name}
    details: Fact[_Details] = reader.fact(GET_ACCESS_POINT, region, where, _Details, lambda body: body)
    block: Fact[PublicAccessBlock | None] = (
        Read(_block(details.value.public_access_block_configuration), details.source)
        if isinstance(details, Read)
        else details
    )
    policy: Fact[str | None] = reader.fact(
        GET_ACCESS_POINT_POLICY,
        region,
        where,
        PolicyText,
        lambda body: body.policy,
        absent={"NoSuchAccessPointPolicy": None},
    )
    return AccessPoint(
        id=arn,
        name=line.name,
        account=account,
        region=region,
        multi_region=False,
        alias=line.alias,
        buckets=(line.bucket,),
        bucket_account=line.bucket_account_id,
        network_origin=line.network_origin,
        vpc=details.value.vpc_configuration.vpc_id if isinstance(details, Read) else "",
        public_access_block=block,
        policy=policy,
        policy_is_public=_status(reader, GET_ACCESS_POINT_POLICY_STATUS, region, where, policy),
    )


def read_multi_region_access_point(
    reader: Reader, line: MultiRegionLine, listed: Source, *, arn: str, account: str
) -> AccessPoint:
    """Read one multi-region access point."""
    where = {"AccountId": account, "Name": line.name}
    policy: Fact[str | None] = reader.fact(
        GET_MULTI_REGION_ACCESS_POINT_POLICY,
        MULTI_REGION_HOME,
        where,
        _MultiPolicy,
        lambda body: body.policy.established.policy if body.policy.established else None,
        absent={"NoSuchAccessPointPolicy": None, "NoSuchMultiRegionAccessPointPolicy": None},
    )
    accounts = {part.bucket_account_id for part in line.regions if part.bucket_account_id}
    return AccessPoint(
        id=arn,
        name=line.name,
        account=account,
        region="global",
        multi_region=True,
        alias=line.alias,
        buckets=tuple(sorted(part.bucket for part in line.regions)),
        bucket_account=accounts.pop() if len(accounts) == 1 else "",
        network_origin="Internet",
        vpc="",
        public_access_block=Read(_block(line.public_access_block), listed),
        policy=policy,
        policy_is_public=_multi_status(reader, where, policy),
    )


def _block(wire: BlockWire | None) -> PublicAccessBlock | None:
    return None if wire is None else wire.to_model()


def _status(
    reader: Reader, operation: Operation, region: str, where: dict[str, str], policy: Fact[str | None]
) -> Fact[bool | None]:
    if isinstance(policy, Read) and policy.value is None:
        return Read(None, policy.source)
    return reader.fact(
        operation,
        region,
        where,
        PolicyStatus,
        lambda body: body.policy_status.is_public,
        absent={"NoSuchAccessPointPolicy": None},
    )


def _multi_status(reader: Reader, where: dict[str, str], policy: Fact[str | None]) -> Fact[bool | None]:
    if isinstance(policy, Read) and policy.value is None:
        return Read(None, policy.source)
    return reader.fact(
        GET_MULTI_REGION_ACCESS_POINT_POLICY_STATUS,
        MULTI_REGION_HOME,
        where,
        _MultiStatus,
        lambda body: body.established.is_public,
        absent={"NoSuchAccessPointPolicy": None, "NoSuchMultiRegionAccessPointPolicy": None},
    )
